"""Counts of a status and of a person, moved by one as things happen.

Whoever writes a reply, a share, a like, a follow or a status says so here, in the same
transaction; pages read the counts of all that they show in one query.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from node.store.tables import actor_tallies, status_tallies
from node.store.transaction import Transaction

OfStatus = Literal["replies", "shares", "likes", "quotes"]
OfActor = Literal["statuses", "followers", "following"]


@dataclass(frozen=True, slots=True)
class StatusTally:
    replies: int = 0
    shares: int = 0
    likes: int = 0
    quotes: int = 0


@dataclass(frozen=True, slots=True)
class ActorTally:
    statuses: int = 0
    followers: int = 0
    following: int = 0
    last_status_at: float | None = None


@cache
def _move(table: sa.Table, key: str, what: str, dialect: str) -> Any:
    """One more or one fewer, never below none; the row is made when it is the first."""
    insert = sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)
    changed = table.c[what] + sa.bindparam("by", type_=sa.Integer)
    return insert.on_conflict_do_update(
        index_elements=[key],
        set_={what: sa.case((changed < 0, 0), else_=changed)},
    )


def status(tx: Transaction, object_id: int, what: OfStatus, by: int) -> None:
    statement = _move(status_tallies, "object_id", what, tx.dialect)
    tx.execute(statement.values(**{"object_id": object_id, what: max(by, 0)}), {"by": by})


def actor(tx: Transaction, actor_id: int, what: OfActor, by: int) -> None:
    statement = _move(actor_tallies, "actor_id", what, tx.dialect)
    tx.execute(statement.values(**{"actor_id": actor_id, what: max(by, 0)}), {"by": by})


def published(tx: Transaction, actor_id: int, at: float) -> None:
    """Their last status, unless a later one is known."""
    last = actor_tallies.c.last_status_at
    tx.execute(
        sa.update(actor_tallies)
        .where(actor_tallies.c.actor_id == actor_id, sa.or_(last.is_(None), last < at))
        .values(last_status_at=at)
    )


def of_statuses(tx: Transaction, ids: Collection[int]) -> dict[int, StatusTally]:
    if not ids:
        return {}
    rows = tx.all(sa.select(status_tallies).where(status_tallies.c.object_id.in_(ids)))
    return {row.object_id: StatusTally(*row[1:]) for row in rows}


def of_actors(tx: Transaction, ids: Collection[int]) -> dict[int, ActorTally]:
    if not ids:
        return {}
    rows = tx.all(sa.select(actor_tallies).where(actor_tallies.c.actor_id.in_(ids)))
    return {row.actor_id: ActorTally(*row[1:]) for row in rows}
