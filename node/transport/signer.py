"""Signatures under our own GETs, by the node's actor, for servers that ask who reads."""

from __future__ import annotations

from typing import Protocol

from node.activitypub.keys import PrivateKey
from node.activitypub.signatures import Scheme, sign_request
from node.clock import Clock


class GetSigner(Protocol):
    def sign_get(self, url: str, scheme: Scheme) -> dict[str, str]:
        """Headers for a GET of exactly `url`."""
        ...


class KeySigner:
    def __init__(self, key: PrivateKey, clock: Clock) -> None:
        self._key = key
        self._clock = clock

    def sign_get(self, url: str, scheme: Scheme = "cavage-rsa") -> dict[str, str]:
        return sign_request(
            self._key, scheme, method="GET", url=url, body=None, now=self._clock.now()
        )
