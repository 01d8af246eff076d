"""Agreements as a stranger's server writes them, for the tests of attacks: with code and contexts
that are not the product's."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

from node.aid.agreements import Agreement, State
from node.social.accounts import Actor
from node.store import agreements, objects
from tests.flows.neighbourhood import CONTEXT, Quartier, Town, iso
from tests.peers.documents import Document, User

TERMS: list[Any] = [
    *CONTEXT,
    {
        "Agreement": "vf:Agreement",
        "Commitment": "vf:Commitment",
        "stipulates": "vf:stipulates",
        "satisfies": "vf:satisfies",
        "state": "entraide:state",
        "confirmedBy": {"@id": "entraide:confirmedBy", "@type": "@id", "@container": "@set"},
        "PropertyValue": "schema:PropertyValue",
        "value": "schema:value",
    },
]
_numbers = itertools.count(1)


@dataclass
class Bargain:
    """Amina lives here, Bruno beside her; Nadia and Olga in Presqu'île, Viviane in Vaise."""

    town: Town
    amina: Actor
    bruno: Actor
    olga: User

    @property
    def nadia(self) -> User:
        return self.town.presquile.nadia

    @property
    def viviane(self) -> User:
        return self.town.vaise.viviane

    def home_of(self, user: User) -> Quartier:
        vaise = self.town.vaise
        return vaise if user.id.startswith(vaise.base) else self.town.presquile

    async def say(self, user: User, kind: str, thing: Any, **more: Any) -> Document:
        """An activity by `user`, of which the node has made what it makes of it."""
        home = self.home_of(user)
        activity = {
            "@context": TERMS,
            "id": f"{home.base}/activities/said-{next(_numbers)}",
            "type": kind,
            "actor": user.id,
            "to": [self.amina.uri],
            "object": thing,
        } | more
        answer = await home.post(f"{self.town.node.base}/inbox", activity, user=user)
        assert answer.status in (202, 400, 401, 403), (answer.status, answer.body)
        await self.town.tried()
        return activity

    # ── documents ────────────────────────────────────────────────────────────────────────────

    def agreement(self, uri: str, quantity: Any = "1", unit: Any = "one", **more: Any) -> Document:
        return {
            "type": "Agreement",
            "stipulates": {
                "type": "Commitment",
                "satisfies": f"{uri}#primary",
                "resourceQuantity": {"hasUnit": unit, "hasNumericalValue": quantity},
            },
        } | more

    async def offer(self, user: User, uri: str, quantity: Any = "1", **more: Any) -> Document:
        unit = more.pop("unit", "one")
        return await self.say(user, "Offer", self.agreement(uri, quantity, unit), **more)

    def result(self, by: User, uri: str, now: float, **more: Any) -> Document:
        """What an Accept brings: the agreement about the proposal `uri`, by its author."""
        number = more.pop("number", next(_numbers))
        return self.agreement(uri) | {
            "id": f"{self.home_of(by).base}/agreements/{number}",
            "attributedTo": by.id,
            "published": iso(now),
            "updated": iso(now),
            "state": "accepted",
            **more,
        }

    def step(self, by: User, agreement_uri: str, name: str = "confirmed", **more: Any) -> Document:
        return {
            "id": f"{self.home_of(by).base}/documents/{next(_numbers)}",
            "type": "Document",
            "attributedTo": by.id,
            "to": [self.amina.uri],
            "context": agreement_uri,
            "name": name,
        } | more

    def contact(self, by: User, agreement_uri: str, value: str, **more: Any) -> Document:
        return {
            "id": f"{self.home_of(by).base}/objects/contact-{next(_numbers)}",
            "type": "Note",
            "attributedTo": by.id,
            "to": [self.amina.uri],
            "context": agreement_uri,
            "content": f"<p>{value}</p>",
            "attachment": [{"type": "PropertyValue", "name": "contact", "value": value}],
        } | more

    # ── what is here ─────────────────────────────────────────────────────────────────────────

    async def number(self, uri: str) -> int:
        status = await self.town.node.store.read(objects.by_uri, uri)
        assert status is not None
        return status.id

    async def answers(self, uri: str) -> list[Agreement]:
        return await self.town.node.store.read(agreements.of_proposal, await self.number(uri))

    async def states(self, uri: str) -> list[State]:
        return [one.state for one in await self.answers(uri)]

    async def one(self, identifier: int) -> Agreement:
        found = await self.town.node.store.read(agreements.by_id, identifier)
        assert found is not None
        return found
