"""Lists: some of those whom a person follows, to be read by themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from node.ids import new_id
from node.store import feed
from node.store.tables import list_members, lists
from node.store.transaction import Transaction
from node.store.upsert import insert_new


@dataclass(frozen=True, slots=True)
class List:
    id: int
    account_id: int
    title: str
    replies_policy: str
    """followed, list or none: which replies of the members stand in it."""
    exclusive: bool
    """Whether its members do not stand in home."""


_SELECT = sa.select(
    lists.c.id, lists.c.account_id, lists.c.title, lists.c.replies_policy, lists.c.exclusive
)


def add(
    tx: Transaction, *, account_id: int, title: str, replies_policy: str, exclusive: bool
) -> List:
    made = List(new_id(), account_id, title, replies_policy, exclusive)
    tx.execute(
        sa.insert(lists),
        {
            "id": made.id,
            "account_id": account_id,
            "title": title,
            "replies_policy": replies_policy,
            "exclusive": exclusive,
        },
    )
    return made


def by_id(tx: Transaction, identifier: int, *, account_id: int) -> List | None:
    """None for another's as for none."""
    row = tx.first(_SELECT.where(lists.c.id == identifier, lists.c.account_id == account_id))
    return None if row is None else List(*row)


def of(tx: Transaction, account_id: int) -> list[List]:
    rows = tx.all(_SELECT.where(lists.c.account_id == account_id).order_by(lists.c.id))
    return [List(*row) for row in rows]


def change(
    tx: Transaction, identifier: int, *, title: str, replies_policy: str, exclusive: bool
) -> None:
    tx.execute(
        sa.update(lists)
        .where(lists.c.id == identifier)
        .values(title=title, replies_policy=replies_policy, exclusive=exclusive)
    )


def remove(tx: Transaction, identifier: int) -> None:
    tx.execute(sa.delete(lists).where(lists.c.id == identifier))


# ── members ──────────────────────────────────────────────────────────────────────────────────


def put_in(tx: Transaction, identifier: int, actor_id: int) -> bool:
    """False when they are in it already."""
    row = {"list_id": identifier, "actor_id": actor_id, "id": new_id()}
    fresh = insert_new(tx, list_members, row)
    if fresh:
        feed.put_in_list(tx, identifier, actor_id)
    return fresh


def take_out(tx: Transaction, identifier: int, actor_ids: Sequence[int]) -> None:
    tx.execute(
        sa.delete(list_members).where(
            list_members.c.list_id == identifier, list_members.c.actor_id.in_(list(actor_ids))
        )
    )
    for actor_id in actor_ids:
        feed.taken_out_of_list(tx, identifier, actor_id)


def forget(tx: Transaction, *, account_id: int, actor_id: int) -> None:
    """Who is followed no more is in none of the lists."""
    for one in containing(tx, account_id=account_id, actor_id=actor_id):
        feed.taken_out_of_list(tx, one.id, actor_id)
    tx.execute(
        sa.delete(list_members).where(
            list_members.c.actor_id == actor_id,
            list_members.c.list_id.in_(
                sa.select(lists.c.id).where(lists.c.account_id == account_id)
            ),
        )
    )


def containing(tx: Transaction, *, account_id: int, actor_id: int) -> list[List]:
    rows = tx.all(
        _SELECT.join(list_members, list_members.c.list_id == lists.c.id)
        .where(lists.c.account_id == account_id, list_members.c.actor_id == actor_id)
        .order_by(lists.c.id)
    )
    return [List(*row) for row in rows]


def members_page(
    tx: Transaction,
    identifier: int,
    *,
    below: int | None,
    above: int | None,
    upward: bool,
    most: int | None,
) -> list[tuple[int, int]]:
    """Newest first: (number, actor id); all of them without `most`."""
    statement = sa.select(list_members.c.id, list_members.c.actor_id).where(
        list_members.c.list_id == identifier
    )
    if below is not None:
        statement = statement.where(list_members.c.id < below)
    if above is not None:
        statement = statement.where(list_members.c.id > above)
    statement = statement.order_by(
        list_members.c.id.asc() if upward else list_members.c.id.desc()
    ).limit(most)
    return sorted(((row.id, row.actor_id) for row in tx.all(statement)), reverse=True)


def members_count(tx: Transaction, identifier: int) -> int:
    return int(
        tx.scalar(sa.select(sa.func.count()).where(list_members.c.list_id == identifier)) or 0
    )
