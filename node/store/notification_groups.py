"""What people were told, in groups: favourites of one status, people who follow, of half a day."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from node.store import notification_pages as pages
from node.store.notifications import Notification
from node.store.tables import notifications
from node.store.transaction import Transaction

ROWS_PER_GROUP: Final = 10
"""How many are looked at for each group of a page: beyond, the page is shorter."""
SAMPLE: Final = 8
ALONE: Final = "ungrouped-"


@dataclass(frozen=True, slots=True)
class Group:
    key: str
    newest: Notification
    """The newest of those on this page."""
    page_ids: tuple[int, ...]
    """Of those on this page, the newest first."""
    count: int
    """In all."""
    most_recent_id: int
    actors: tuple[int | None, ...]
    """Who caused the latest, each once."""


def page(
    tx: Transaction,
    account_id: int,
    *,
    kinds: Collection[str],
    grouped: Collection[str],
    from_id: int | None,
    state: str | None,
    below: int | None,
    above: int | None,
    upward: bool,
    most: int,
) -> list[Group]:
    """By their newest on the page, newest first; `grouped` are the kinds that come in groups."""
    rows = pages.page(
        tx,
        account_id,
        kinds=kinds,
        from_id=from_id,
        state=state,
        below=below,
        above=above,
        upward=upward,
        most=most * ROWS_PER_GROUP,
    )
    if upward:
        rows.reverse()
    members: dict[str, list[Notification]] = {}
    for row in rows:
        key = _key(row, grouped)
        if key not in members and len(members) == most:
            break
        members.setdefault(key, []).append(row)
    return groups_of(tx, account_id, members)


def _key(one: Notification, grouped: Collection[str]) -> str:
    return one.group_key if one.group_key and one.kind in grouped else f"{ALONE}{one.id}"


def groups_of(
    tx: Transaction, account_id: int, members: dict[str, list[Notification]]
) -> list[Group]:
    latest = _latest(tx, account_id, [key for key in members if not key.startswith(ALONE)])
    found = []
    for key, rows in members.items():
        ids = tuple(sorted((one.id for one in rows), reverse=True))
        newest = max(rows, key=lambda one: one.id)
        count, most_recent, actors = latest.get(key, (1, newest.id, [newest.actor_id]))
        who = tuple(dict.fromkeys(actors))
        found.append(Group(key, newest, ids, count, most_recent, who))
    return sorted(found, key=lambda group: -group.newest.id)


def _latest(
    tx: Transaction, account_id: int, keys: Sequence[str]
) -> dict[str, tuple[int, int, list[int | None]]]:
    """By key: how many there are, the id of the newest, and who caused the latest few."""
    if not keys:
        return {}
    mine = sa.and_(
        notifications.c.account_id == account_id,
        notifications.c.group_key.in_(list(keys)),
        notifications.c.group_key != "",
    )
    order = notifications.c.id.desc()
    ranked = sa.select(
        notifications.c.group_key,
        notifications.c.id,
        notifications.c.actor_id,
        sa.func.row_number()
        .over(partition_by=notifications.c.group_key, order_by=order)
        .label("n"),
        sa.func.count().over(partition_by=notifications.c.group_key).label("total"),
    ).where(mine)
    some = ranked.subquery()
    found: dict[str, tuple[int, int, list[int | None]]] = {}
    for row in tx.all(sa.select(some).where(some.c.n <= SAMPLE).order_by(some.c.id.desc())):
        _, _, actors = found.setdefault(row.group_key, (row.total, row.id, []))
        actors.append(row.actor_id)
    return found


def members(tx: Transaction, account_id: int, key: str, *, most: int) -> list[Notification]:
    """All of a group, the newest first; of one that stands alone, that one."""
    if key.startswith(ALONE):
        number = key.removeprefix(ALONE)
        fits = number.isascii() and number.isdigit() and len(number) < 19
        found = pages.one(tx, account_id, int(number)) if fits else None
        return [found] if found is not None else []
    rows = tx.all(
        sa.select(notifications.c.id)
        .where(
            notifications.c.account_id == account_id,
            notifications.c.group_key == key,
            notifications.c.group_key != "",
        )
        .order_by(notifications.c.id.desc())
        .limit(most)
    )
    return pages.several(tx, account_id, [row.id for row in rows])


def count_above(
    tx: Transaction,
    account_id: int,
    *,
    kinds: Collection[str],
    grouped: Collection[str],
    from_id: int | None,
    above: int,
    most: int,
) -> int:
    """How many groups have something after an id, counted up to `most`."""
    rows = pages.page(
        tx,
        account_id,
        kinds=kinds,
        from_id=from_id,
        above=above,
        most=most * ROWS_PER_GROUP,
    )
    return min(most, len({_key(one, grouped) for one in rows}))
