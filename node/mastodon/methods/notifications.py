"""Notifications, one by one."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from node.mastodon.entities.notification import notifications
from node.mastodon.method import Ask, Bounds, Listing, Method, listed, missing, ordered
from node.outbox.here import Here
from node.social.accounts import Actor
from node.social.told import STANDARD
from node.store import markers
from node.store import notification_pages as pages
from node.store.transaction import Transaction

COUNTED_MOST = 1_000


async def index(ask: Ask) -> Listing:
    """GET /api/v1/notifications."""
    bounds = ask.bounds(default=40, most=80)
    made, numbers = await ask.store.read(
        _page,
        ask.here,
        ask.person.actor,
        bounds,
        wanted(ask),
        ask.parameters.identifier("account_id"),
        None if ask.parameters.flag("include_filtered") else "shown",
    )
    return listed(made, numbers, bounds)


def wanted(ask: Ask) -> Collection[str]:
    """The kinds that are asked for: `types`, less `exclude_types`."""
    only = set(ask.parameters.texts("types")) or STANDARD
    return only - set(ask.parameters.texts("exclude_types"))


def _page(
    tx: Transaction,
    here: Here,
    me: Actor,
    bounds: Bounds,
    kinds: Collection[str],
    from_id: int | None,
    state: str | None,
) -> tuple[list[dict[str, Any]], list[int]]:
    found = pages.page(tx, me.id, kinds=kinds, from_id=from_id, state=state, **ordered(bounds))
    return notifications(tx, here, me, found), [one.id for one in found]


async def show(ask: Ask) -> dict[str, Any]:
    """GET /api/v1/notifications/:id."""
    found = await ask.store.read(_one, ask.here, ask.person.actor, ask.number())
    if found is None:
        raise missing()
    return found


def _one(tx: Transaction, here: Here, me: Actor, identifier: int) -> dict[str, Any] | None:
    found = pages.one(tx, me.id, identifier)
    made = notifications(tx, here, me, [found]) if found is not None else []
    return made[0] if made else None


async def clear(ask: Ask) -> dict[str, Any]:
    """POST /api/v1/notifications/clear."""
    await ask.store.write(pages.clear, ask.person.actor.id)
    return {}


async def dismiss(ask: Ask) -> dict[str, Any]:
    """POST /api/v1/notifications/:id/dismiss."""
    await ask.store.write(_dismiss, ask.person.actor, ask.number())
    return {}


async def dismiss_as_before(ask: Ask) -> dict[str, Any]:
    """POST /api/v1/notifications/dismiss: with the id in the form, as before Mastodon 1.3."""
    await ask.store.write(_dismiss, ask.person.actor, ask.parameters.identifier("id") or 0)
    return {}


def _dismiss(tx: Transaction, me: Actor, identifier: int) -> None:
    found = pages.one(tx, me.id, identifier)
    if found is None:
        raise missing()
    pages.dismiss(tx, me.id, [found])


async def unread(ask: Ask) -> dict[str, Any]:
    """GET /api/v1/notifications/unread_count: above the marker."""
    most = ask.parameters.integer("limit", 100, least=1, most=COUNTED_MOST)
    count = await ask.store.read(
        _unread,
        ask.person.actor,
        wanted(ask),
        most,
    )
    return {"count": count}


def _unread(tx: Transaction, me: Actor, kinds: Collection[str], most: int) -> int:
    marker = markers.of(tx, me.id, ("notifications",))
    above = marker[0].last_read_id if marker else 0
    return pages.count_above(tx, me.id, kinds=kinds, above=above, most=most)


_READ, _WRITE = "read:notifications", "write:notifications"

METHODS = (
    Method("GET", "/api/v1/notifications", index, scope=_READ),
    Method("GET", "/api/v1/notifications/unread_count", unread, scope=_READ),
    Method("POST", "/api/v1/notifications/clear", clear, scope=_WRITE),
    Method("GET", "/api/v1/notifications/{id}", show, scope=_READ),
    Method("POST", "/api/v1/notifications/{id}/dismiss", dismiss, scope=_WRITE),
    Method("POST", "/api/v1/notifications/dismiss", dismiss_as_before, scope=_WRITE),
)
