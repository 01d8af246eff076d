"""Who is let in: the policy of notifications, and the requests of those who wait."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from node.mastodon.entities.account import accounts
from node.mastodon.entities.notification import shown
from node.mastodon.entities.times import moment
from node.mastodon.method import Ask, Bounds, Listing, Method, listed, missing, ordered
from node.outbox.here import Here
from node.social.accounts import Actor
from node.social.told import FOR, check_policy
from node.store import calls
from node.store import notification_requests as requests
from node.store.notification_requests import ACCEPTED, DISMISSED, Request
from node.store.transaction import Transaction

COUNTED_MOST: Final = 100


# ── the policy ───────────────────────────────────────────────────────────────────────────────


async def policy(ask: Ask) -> dict[str, Any]:
    """GET /api/v2/notifications/policy."""
    return await ask.store.read(_policy, ask.person.actor)


async def set_policy(ask: Ask) -> dict[str, Any]:
    """PATCH /api/v2/notifications/policy."""
    wanted = check_policy({name: ask.parameters.maybe(name) for name in FOR})
    return await ask.store.write(_set_policy, ask.person.actor, wanted)


def _set_policy(tx: Transaction, me: Actor, wanted: Mapping[str, str]) -> dict[str, Any]:
    if wanted:
        requests.set_policy(tx, me.id, wanted)
    return _policy(tx, me)


def _policy(tx: Transaction, me: Actor) -> dict[str, Any]:
    rules = requests.policy(tx, me.id)
    waiting, told = requests.waiting(tx, me.id, most=COUNTED_MOST)
    return {
        **{name: rules[name] for name in FOR},
        "summary": {"pending_requests_count": waiting, "pending_notifications_count": told},
    }


# ── requests ─────────────────────────────────────────────────────────────────────────────────


async def index(ask: Ask) -> Listing:
    """GET /api/v1/notifications/requests."""
    bounds = ask.bounds(default=40, most=80)
    made, numbers = await ask.store.read(_page, ask.here, ask.person.actor, bounds)
    return listed(made, numbers, bounds)


def _page(
    tx: Transaction, here: Here, me: Actor, bounds: Bounds
) -> tuple[list[dict[str, Any]], list[int]]:
    found = requests.page(tx, me.id, **ordered(bounds))
    return _entities(tx, here, me, found), [one.id for one in found]


def _entities(
    tx: Transaction, here: Here, me: Actor, found: Sequence[Request]
) -> list[dict[str, Any]]:
    people = accounts(tx, here, {one.from_id for one in found})
    statuses = shown(tx, here, me, {one.last_object_id for one in found if one.last_object_id})
    return [
        {
            "id": str(one.id),
            "created_at": moment(one.created_at),
            "updated_at": moment(one.updated_at),
            "notifications_count": str(one.count),
            "account": people[one.from_id],
            **_last(statuses.get(one.last_object_id or 0)),
        }
        for one in found
        if one.from_id in people
    ]


def _last(status: dict[str, Any] | None) -> dict[str, Any]:
    """It may be left out, and is never null."""
    return {} if status is None else {"last_status": status}


async def show(ask: Ask) -> dict[str, Any]:
    """GET /api/v1/notifications/requests/:id."""
    found = await ask.store.read(_one, ask.here, ask.person.actor, ask.number())
    if not found:
        raise missing()
    return found[0]


def _one(tx: Transaction, here: Here, me: Actor, identifier: int) -> list[dict[str, Any]]:
    return _entities(tx, here, me, requests.by_ids(tx, me.id, [identifier]))


async def accept(ask: Ask) -> dict[str, Any]:
    """POST /api/v1/notifications/requests/:id/accept."""
    await ask.store.write(_accept, ask.person.actor, [ask.number()], all_there=True)
    return {}


async def accept_several(ask: Ask) -> dict[str, Any]:
    """POST /api/v1/notifications/requests/accept."""
    await ask.store.write(_accept, ask.person.actor, ask.parameters.identifiers("id"))
    return {}


def _accept(tx: Transaction, me: Actor, ids: Collection[int], *, all_there: bool = False) -> None:
    """What waited is in the list, and what they cause from now on, too."""
    found = requests.by_ids(tx, me.id, ids)
    if all_there and not found:
        raise missing()
    requests.decide(tx, me.id, ids, ACCEPTED)
    if sum(requests.merge(tx, me.id, one.from_id) for one in found):
        calls.let_in(tx, me.id)


async def dismiss(ask: Ask) -> dict[str, Any]:
    """POST /api/v1/notifications/requests/:id/dismiss."""
    await ask.store.write(_dismiss, ask.person.actor, [ask.number()], all_there=True)
    return {}


async def dismiss_several(ask: Ask) -> dict[str, Any]:
    """POST /api/v1/notifications/requests/dismiss."""
    await ask.store.write(_dismiss, ask.person.actor, ask.parameters.identifiers("id"))
    return {}


def _dismiss(tx: Transaction, me: Actor, ids: Collection[int], *, all_there: bool = False) -> None:
    found = requests.by_ids(tx, me.id, ids)
    if all_there and not found:
        raise missing()
    requests.decide(tx, me.id, ids, DISMISSED)
    for one in found:
        requests.forget_waiting(tx, me.id, one.from_id)


async def merged(ask: Ask) -> dict[str, Any]:
    """GET /api/v1/notifications/requests/merged: what was let in is in the list at once."""
    return {"merged": True}


_BASE, _READ, _WRITE = "/api/v1/notifications/requests", "read:notifications", "write:notifications"
_POLICY = "/api/v2/notifications/policy"

METHODS = (
    Method("GET", _POLICY, policy, scope=_READ),
    Method("PATCH", _POLICY, set_policy, scope=_WRITE),
    Method("PUT", _POLICY, set_policy, scope=_WRITE),
    Method("GET", _BASE, index, scope=_READ),
    Method("GET", f"{_BASE}/merged", merged, scope=_READ),
    Method("POST", f"{_BASE}/accept", accept_several, scope=_WRITE),
    Method("POST", f"{_BASE}/dismiss", dismiss_several, scope=_WRITE),
    Method("GET", f"{_BASE}/{{id}}", show, scope=_READ),
    Method("POST", f"{_BASE}/{{id}}/accept", accept, scope=_WRITE),
    Method("POST", f"{_BASE}/{{id}}/dismiss", dismiss, scope=_WRITE),
)
