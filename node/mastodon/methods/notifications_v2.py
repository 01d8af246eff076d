"""Notifications in groups (API version 2)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final

from node.mastodon.entities.account import accounts, listed
from node.mastodon.entities.notification import reports_of, shown
from node.mastodon.entities.times import moment
from node.mastodon.method import Ask, Bounds, Listing, Method, missing, ordered
from node.mastodon.methods.notifications import wanted
from node.outbox.here import Here
from node.social.accounts import Actor
from node.social.told import GROUPED, standard
from node.store import markers
from node.store import notification_groups as groups
from node.store import notification_pages as pages
from node.store.notification_groups import Group
from node.store.transaction import Transaction

MEMBERS_MOST: Final = 1_000
COUNTED_MOST: Final = 1_000
PARTIAL: Final = ("id", "acct", "url", "avatar", "avatar_static", "locked", "bot")


async def index(ask: Ask) -> Listing:
    """GET /api/v2/notifications."""
    bounds = ask.bounds(default=40, most=80)
    body, ids = await ask.store.read(
        _page,
        ask.here,
        ask.person.actor,
        bounds,
        wanted(ask),
        _grouped(ask),
        ask.parameters.identifier("account_id"),
        None if ask.parameters.flag("include_filtered") else "shown",
        ask.parameters.text("expand_accounts") == "partial_avatars",
    )
    return Listing((), max(ids, default=None), min(ids, default=None), body=body)


def _grouped(ask: Ask) -> Collection[str]:
    asked = ask.parameters.texts("grouped_types")
    return GROUPED & set(asked) if "grouped_types" in ask.parameters else GROUPED


def _page(
    tx: Transaction,
    here: Here,
    me: Actor,
    bounds: Bounds,
    kinds: Collection[str],
    grouped: Collection[str],
    from_id: int | None,
    state: str | None,
    partial: bool,
) -> tuple[dict[str, Any], list[int]]:
    found = groups.page(
        tx, me.id, kinds=kinds, grouped=grouped, from_id=from_id, state=state, **ordered(bounds)
    )
    ids = [identifier for group in found for identifier in group.page_ids]
    return _results(tx, here, me, found, paged=True, partial=partial), ids


def _results(
    tx: Transaction,
    here: Here,
    me: Actor,
    found: Sequence[Group],
    *,
    paged: bool,
    partial: bool = False,
) -> dict[str, Any]:
    """GroupedNotificationsResults, in a constant number of queries."""
    quartier = here.quartier.id
    people = accounts(tx, here, {who or quartier for group in found for who in group.actors})
    statuses = shown(tx, here, me, {one.newest.object_id for one in found if one.newest.object_id})
    reported = reports_of(tx, here, [group.newest for group in found])
    told, in_full = [], set()
    for group in found:
        sample = [who or quartier for who in group.actors if (who or quartier) in people]
        about = group.newest.object_id
        if not sample or (about is not None and about not in statuses):
            continue
        in_full.add(sample[0])
        entity = _group(group, sample, paged=paged)
        if group.newest.id in reported:
            entity["report"] = reported[group.newest.id]
        told.append(entity)
    made: dict[str, Any] = {
        "accounts": [one for who, one in people.items() if not partial or who in in_full],
        "statuses": list(statuses.values()),
        "notification_groups": told,
    }
    if partial:
        made["partial_accounts"] = [
            {name: one[name] for name in PARTIAL}
            for who, one in people.items()
            if who not in in_full
        ]
    return made


def _group(group: Group, sample: Sequence[int], *, paged: bool) -> dict[str, Any]:
    made: dict[str, Any] = {
        "group_key": group.key,
        "notifications_count": group.count,
        "type": standard(group.newest.kind),
        "most_recent_notification_id": group.most_recent_id,
        "sample_account_ids": [str(who) for who in sample],
    }
    if paged:
        made["page_min_id"] = str(min(group.page_ids))
        made["page_max_id"] = str(max(group.page_ids))
        made["latest_page_notification_at"] = moment(group.newest.created_at)
    if group.newest.object_id is not None:
        made["status_id"] = str(group.newest.object_id)
    return made


async def show(ask: Ask) -> dict[str, Any]:
    """GET /api/v2/notifications/:group_key."""
    key = ask.request.match_info["group_key"]
    found = await ask.store.read(_one, ask.here, ask.person.actor, key)
    if found is None:
        raise missing()
    return found


def _one(tx: Transaction, here: Here, me: Actor, key: str) -> dict[str, Any] | None:
    rows = groups.members(tx, me.id, key, most=MEMBERS_MOST)
    if not rows:
        return None
    return _results(tx, here, me, groups.groups_of(tx, me.id, {key: rows}), paged=False)


async def dismiss(ask: Ask) -> dict[str, Any]:
    """POST /api/v2/notifications/:group_key/dismiss."""
    await ask.store.write(_dismiss, ask.person.actor, ask.request.match_info["group_key"])
    return {}


def _dismiss(tx: Transaction, me: Actor, key: str) -> None:
    pages.dismiss(tx, me.id, groups.members(tx, me.id, key, most=MEMBERS_MOST))


async def people(ask: Ask) -> list[dict[str, Any]]:
    """GET /api/v2/notifications/:group_key/accounts."""
    key = ask.request.match_info["group_key"]
    return await ask.store.read(_people, ask.here, ask.person.actor, key)


def _people(tx: Transaction, here: Here, me: Actor, key: str) -> list[dict[str, Any]]:
    rows = groups.members(tx, me.id, key, most=MEMBERS_MOST)
    return listed(tx, here, list(dict.fromkeys(one.actor_id or here.quartier.id for one in rows)))


async def unread(ask: Ask) -> dict[str, Any]:
    """GET /api/v2/notifications/unread_count: groups above the marker."""
    most = ask.parameters.integer("limit", 100, least=1, most=COUNTED_MOST)
    from_id = ask.parameters.identifier("account_id")
    count = await ask.store.read(
        _unread, ask.person.actor, wanted(ask), _grouped(ask), from_id, most
    )
    return {"count": count}


def _unread(
    tx: Transaction,
    me: Actor,
    kinds: Collection[str],
    grouped: Collection[str],
    from_id: int | None,
    most: int,
) -> int:
    marker = markers.of(tx, me.id, ("notifications",))
    return groups.count_above(
        tx,
        me.id,
        kinds=kinds,
        grouped=grouped,
        from_id=from_id,
        above=marker[0].last_read_id if marker else 0,
        most=most,
    )


_BASE, _READ, _WRITE = "/api/v2/notifications", "read:notifications", "write:notifications"

METHODS = (
    Method("GET", _BASE, index, scope=_READ),
    Method("GET", f"{_BASE}/unread_count", unread, scope=_READ),
    Method("GET", f"{_BASE}/{{group_key}}", show, scope=_READ),
    Method("POST", f"{_BASE}/{{group_key}}/dismiss", dismiss, scope=_WRITE),
    Method("GET", f"{_BASE}/{{group_key}}/accounts", people, scope=_READ),
)
