"""Who and where this node is: what everything that publishes needs to know, made once at start."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from node.activitypub.addresses import Addresses
from node.aid.territory import Territory
from node.clock import Clock
from node.config import Settings
from node.moderation.rates import Rates
from node.outbox.keyring import Keyring
from node.social.accounts import Actor


@dataclass(slots=True)
class Place:
    """Where the quartier lies; the association may draw it anew while the node runs."""

    territory: Territory
    settled: Territory
    """What the settings say, which holds where nobody drew another."""


@dataclass(frozen=True, slots=True)
class Here:
    settings: Settings
    addresses: Addresses
    clock: Clock
    keyring: Keyring
    node: Actor
    """The Application at /actor."""
    quartier: Actor
    """The Group of the neighbourhood."""
    urgent: Actor
    """The Group that announces only what is urgent."""
    place: Place
    vapid: str
    """The key by which push services know this node: PKCS#8 PEM, P-256."""
    vapid_public: str
    """As apps are told it, base64url."""
    rates: Rates
    """What several doors count together: signing in, joining."""

    @property
    def territory(self) -> Territory:
        return self.place.territory

    @property
    def domain(self) -> str:
        return self.settings.node.domain

    def is_ours(self, iri: str) -> bool:
        """Whether an IRI lies on this node."""
        base = self.settings.base_url
        return iri == base or iri.startswith(base + "/")


def host_of(iri: str) -> str:
    """Host with port, as deliveries and breakers name it."""
    return urlsplit(iri).netloc.lower()
