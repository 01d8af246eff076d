"""A whole check, keys fetched: of a request, and of every proof within a document."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass

import aiohttp

from tests.peers.client import Answer
from tests.peers.documents import Document
from tests.peers.keys import NotVerified, multikey
from tests.peers.proofs import check_proof, proof_method, proven_in, speaker_of
from tests.peers.verifying import (
    Request,
    Scheme,
    Signed,
    check_key,
    check_request,
    key_of,
    read_signature,
)


@dataclass(frozen=True, slots=True)
class Proof:
    """A proof that came within an activity."""

    path: str
    """Where in the activity: ``/`` is the activity itself, ``/object`` what it is about."""
    id: str | None
    """Of the proven document."""
    method: str
    error: str | None
    """None when it holds."""


class Checker:
    """Checks with the keys that ``ask``, a GET, finds; each is asked for once."""

    def __init__(self, ask: Callable[[str], Awaitable[Answer]]) -> None:
        self._ask = ask
        self._known: dict[str, Document] = {}

    async def request(self, request: Request, *, reads: Collection[Scheme] | None = None) -> Signed:
        """The signature of a request, when it holds and is of a scheme in ``reads`` (None: any).

        Raises NotVerified.
        """
        signed = read_signature(request)
        if reads is not None and signed.scheme not in reads:
            raise NotVerified(f"this server cannot read {signed.scheme} signatures")
        check_request(request, signed, now=time.time())
        owner = await self._actor(signed.key_id)
        check_key(signed, key_of(owner, signed))
        return signed

    async def proofs(self, document: Document) -> tuple[Proof, ...]:
        """Every proof within a document, with what is wrong with it."""
        return tuple([await self._proof(path, proven) for path, proven in proven_in(document)])

    async def _proof(self, path: str, document: Document) -> Proof:
        id = document.get("id")
        method = "?"
        try:
            method = proof_method(document)
            owner = await self._actor(method)
            speaker = speaker_of(document)
            if speaker is not None and speaker != owner.get("id"):
                raise NotVerified(f"{speaker} speaks, but {owner.get('id')} proves")
            if str(id).split("/")[:3] != method.split("/")[:3]:
                raise NotVerified(f"{id} is proven by a key of another origin, {method}")
            check_proof(document, multikey(owner, method), now=time.time())
        except NotVerified as reason:
            return Proof(path, id, method, str(reason))
        return Proof(path, id, method, None)

    async def _actor(self, key_id: str) -> Document:
        """The document in which a key stands. Raises NotVerified."""
        address = key_id.partition("#")[0]
        known = self._known.get(address)
        if known is None:
            try:
                answer = await self._ask(address)
            except (aiohttp.ClientError, TimeoutError) as error:
                raise NotVerified(f"the key {key_id} cannot be had: {error}") from error
            if answer.status != 200:
                raise NotVerified(f"the key {key_id} cannot be had: {answer.status}")
            known = self._known[address] = answer.document
        return known
