"""What is to be published later: looked at, moved, dropped."""

from __future__ import annotations

from typing import Any

from node.actions import scheduling
from node.mastodon.entities.scheduled import scheduled as entities
from node.mastodon.method import Ask, Listing, Method, listed, ordered
from node.outbox.here import Here
from node.social.accounts import Actor
from node.store import scheduled
from node.store.transaction import Transaction


async def every(ask: Ask) -> Listing:
    """GET /api/v1/scheduled_statuses."""
    bounds = ask.bounds()
    found = await ask.store.read(scheduled.of_account, ask.person.actor.id, **ordered(bounds))
    shown = await ask.store.read(entities, ask.here, found)
    return listed(shown, [one.id for one in found], bounds)


async def one(ask: Ask) -> dict[str, Any]:
    """GET /api/v1/scheduled_statuses/:id."""
    return await ask.store.read(_shown, ask.here, ask.person.actor, ask.number())


async def move(ask: Ask) -> dict[str, Any]:
    """PUT /api/v1/scheduled_statuses/:id."""
    at = scheduling.time_of(ask.parameters.text("scheduled_at"), ask.here.clock.now())
    me = ask.person.actor
    await ask.store.write(scheduling.move, me, ask.number(), at)
    return await ask.store.read(_shown, ask.here, me, ask.number())


async def drop(ask: Ask) -> dict[str, Any]:
    """DELETE /api/v1/scheduled_statuses/:id."""
    await ask.store.write(scheduling.drop, ask.here, ask.person.actor, ask.number())
    return {}


def _shown(tx: Transaction, here: Here, me: Actor, identifier: int) -> dict[str, Any]:
    return entities(tx, here, [scheduling.own(tx, me, identifier)])[0]


_ALL = "/api/v1/scheduled_statuses"

METHODS = (
    Method("GET", _ALL, every, scope="read:statuses"),
    Method("GET", f"{_ALL}/{{id}}", one, scope="read:statuses"),
    Method("PUT", f"{_ALL}/{{id}}", move, scope="write:statuses"),
    Method("DELETE", f"{_ALL}/{{id}}", drop, scope="write:statuses"),
)
