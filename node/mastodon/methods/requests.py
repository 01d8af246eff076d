"""Who asked to follow, and what one answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from node.actions import follows as following
from node.actions import relating
from node.mastodon.entities import account as accounts
from node.mastodon.entities.relationship import relationship
from node.mastodon.method import Ask, Bounds, Handler, Listing, Method, listed, ordered
from node.outbox.here import Here
from node.social.accounts import Actor
from node.store import relations
from node.store.transaction import Transaction


async def every(ask: Ask) -> Listing:
    """GET /api/v1/follow_requests."""
    bounds = ask.bounds(default=40, most=80)
    return await ask.store.read(_every, ask.here, ask.person.actor.id, bounds)


def _every(tx: Transaction, here: Here, me: int, bounds: Bounds) -> Listing:
    found = relations.people(tx, "requests", me, **ordered(bounds))
    shown = accounts.listed(tx, here, [other for _, other in found])
    return listed(shown, [number for number, _ in found], bounds)


def _answered(unit: Callable[[Transaction, Here, Actor, Actor], None]) -> Handler:
    def answer(tx: Transaction, here: Here, me: Actor, identifier: int) -> dict[str, Any]:
        follower = relating.somebody(tx, identifier)
        unit(tx, here, me, follower)
        return relationship(tx, me.id, follower.id, now=here.clock.now())

    async def handler(ask: Ask) -> dict[str, Any]:
        return await ask.store.write(answer, ask.here, ask.person.actor, ask.number())

    return handler


_ALL = "/api/v1/follow_requests"
_WRITE = "write:follows"

METHODS = (
    Method("GET", _ALL, every, scope="read:follows"),
    Method("POST", f"{_ALL}/{{id}}/authorize", _answered(following.accept), scope=_WRITE),
    Method("POST", f"{_ALL}/{{id}}/reject", _answered(following.refuse), scope=_WRITE),
)
