"""Conversations: threads of direct statuses."""

from __future__ import annotations

from typing import Any

from node.mastodon.entities.conversation import conversations
from node.mastodon.method import Ask, Bounds, Listing, Method, listed, missing, ordered
from node.outbox.here import Here
from node.social.accounts import Actor
from node.store import conversations as store
from node.store.transaction import Transaction


async def index(ask: Ask) -> Listing:
    """GET /api/v1/conversations."""
    bounds = ask.bounds(default=20, most=40)
    made, numbers = await ask.store.read(_page, ask.here, ask.person.actor, bounds)
    return listed(made, numbers, bounds)


def _page(
    tx: Transaction, here: Here, me: Actor, bounds: Bounds
) -> tuple[list[dict[str, Any]], list[int]]:
    found = store.page(tx, me.id, **ordered(bounds))
    return conversations(tx, here, me, found), [one.last_object_id for one in found]


async def delete(ask: Ask) -> dict[str, Any]:
    """DELETE /api/v1/conversations/:id."""
    if not await ask.store.write(store.remove, ask.person.actor.id, ask.number()):
        raise missing()
    return {}


async def read(ask: Ask) -> dict[str, Any]:
    """POST /api/v1/conversations/:id/read."""
    return await ask.store.write(_mark, ask.here, ask.person.actor, ask.number(), unread=False)


async def unread(ask: Ask) -> dict[str, Any]:
    """POST /api/v1/conversations/:id/unread."""
    return await ask.store.write(_mark, ask.here, ask.person.actor, ask.number(), unread=True)


def _mark(
    tx: Transaction, here: Here, me: Actor, identifier: int, *, unread: bool
) -> dict[str, Any]:
    if not store.set_unread(tx, me.id, identifier, unread=unread):
        raise missing()
    found = store.by_id(tx, me.id, identifier)
    made = conversations(tx, here, me, [found]) if found is not None else []
    if not made:
        raise missing()
    return made[0]


_ONE, _WRITE = "/api/v1/conversations/{id}", "write:conversations"

METHODS = (
    Method("GET", "/api/v1/conversations", index, scope="read:statuses"),
    Method("DELETE", _ONE, delete, scope=_WRITE),
    Method("POST", f"{_ONE}/read", read, scope=_WRITE),
    Method("POST", f"{_ONE}/unread", unread, scope=_WRITE),
)
