"""Quartiers that a neighbour told us about, and that we told our neighbours about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import sqlalchemy as sa

from node.ids import new_id
from node.store.tables import introductions
from node.store.transaction import Transaction
from node.store.upsert import insert_new

State = Literal["told", "heard", "asked", "declined"]


@dataclass(frozen=True, slots=True)
class Introduction:
    id: int
    activity_uri: str
    by_id: int
    """The Group that introduces: ours, when we told it."""
    group_uri: str
    """Who is introduced."""
    to_uri: str
    """To whom: our Group, when we heard it."""
    domain: str
    """Of who is introduced."""
    name: str
    state: State
    created_at: float


_SELECT = sa.select(
    introductions.c.id,
    introductions.c.activity_uri,
    introductions.c.by_id,
    introductions.c.group_uri,
    introductions.c.to_uri,
    introductions.c.domain,
    introductions.c.name,
    introductions.c.state,
    introductions.c.created_at,
)


def add(
    tx: Transaction,
    *,
    activity_uri: str,
    by_id: int,
    group_uri: str,
    to_uri: str,
    domain: str,
    name: str,
    state: State,
    now: float,
) -> int | None:
    """Its id; None when that activity was heard before."""
    identifier = new_id()
    fresh = insert_new(
        tx,
        introductions,
        {
            "id": identifier,
            "activity_uri": activity_uri,
            "by_id": by_id,
            "group_uri": group_uri,
            "to_uri": to_uri,
            "domain": domain,
            "name": name,
            "state": state,
            "created_at": now,
        },
    )
    return identifier if fresh else None


def by_id(tx: Transaction, identifier: int) -> Introduction | None:
    row = tx.first(_SELECT.where(introductions.c.id == identifier))
    return None if row is None else Introduction(*row)


def by_activity(tx: Transaction, activity_uri: str) -> Introduction | None:
    row = tx.first(_SELECT.where(introductions.c.activity_uri == activity_uri))
    return None if row is None else Introduction(*row)


def between(tx: Transaction, *, by: int, group_uri: str, to_uri: str) -> Introduction | None:
    """What a Group said of these two before, last."""
    row = tx.first(
        _SELECT.where(
            introductions.c.by_id == by,
            introductions.c.group_uri == group_uri,
            introductions.c.to_uri == to_uri,
        )
        .order_by(introductions.c.id.desc())
        .limit(1)
    )
    return None if row is None else Introduction(*row)


def heard_of(tx: Transaction, by: int) -> int:
    """How many introductions of one neighbour wait for an answer."""
    return int(
        tx.scalar(
            sa.select(sa.func.count()).where(
                introductions.c.by_id == by, introductions.c.state == "heard"
            )
        )
        or 0
    )


def listed(
    tx: Transaction, *, state: State | None = None, before: int | None = None, most: int = 40
) -> list[Introduction]:
    """Newest first, in keyset pages by id."""
    statement = _SELECT.order_by(introductions.c.id.desc()).limit(most)
    if state is not None:
        statement = statement.where(introductions.c.state == state)
    if before is not None:
        statement = statement.where(introductions.c.id < before)
    return [Introduction(*row) for row in tx.all(statement)]


def settle(tx: Transaction, identifier: int, state: State) -> None:
    tx.execute(sa.update(introductions).where(introductions.c.id == identifier).values(state=state))


def remove(tx: Transaction, identifier: int) -> None:
    tx.execute(sa.delete(introductions).where(introductions.c.id == identifier))
