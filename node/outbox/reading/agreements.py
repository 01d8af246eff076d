"""Agreements, for their two people only: "not yours" and "not there" are one answer."""

from __future__ import annotations

from aiohttp import web

from node.activitypub.vocabulary import OUR_CONTEXT
from node.aid.agreement_wire import agreed
from node.errors import NotFound
from node.outbox.publish import Document, prove
from node.outbox.reading.answers import Reading, document, number
from node.social.accounts import Actor
from node.store import actors, agreements, proposals
from node.store.transaction import Transaction

MISSING = "There is nothing at this address, or nothing that you may see."


class Agreements:
    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    async def agreement(self, request: web.Request) -> web.Response:
        """As it stands, to whoever signs the request as one of the two (FEP-0837)."""
        identifier = number(request.match_info["id"])
        viewer = await self._reading.viewer(request)
        if viewer is None:
            raise NotFound(MISSING)
        found = await self._reading.store.read(self._told, identifier, viewer)
        if found is None:
            raise NotFound(MISSING)
        return document(found, private=True)

    def _told(self, tx: Transaction, identifier: int, viewer: Actor) -> Document | None:
        agreement = agreements.by_id(tx, identifier)
        if agreement is None or viewer.id not in (agreement.author_id, agreement.answerer_id):
            return None
        uri = self._reading.here.addresses.agreement(agreement.id)
        stored = proposals.by_id(tx, agreement.proposal_id)
        author = actors.by_id(tx, agreement.author_id)
        answerer = actors.by_id(tx, agreement.answerer_id)
        if agreement.uri != uri or stored is None or author is None or answerer is None:
            return None  # of another node, which tells of it itself, or not accepted yet
        told: Document = agreed(
            agreement,
            stored.proposal,
            uri=uri,
            author_uri=author.uri,
            answerer_uri=answerer.uri,
            context=OUR_CONTEXT,
        )
        return prove(tx, self._reading.here, author, told)
