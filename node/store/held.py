"""Proposals of neighbours that wait for a mediator, and what mediators said of them.

A row stays when a mediator has spoken: what was left does not come back with the next word about
it, and what was looked at is not to be looked at again until its words change. It goes with the
proposal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import sqlalchemy as sa

from node.aid.terms import Why
from node.store.proposals.rows import LIVE
from node.store.tables import held, proposals
from node.store.transaction import Row, Transaction
from node.store.upsert import insert_or_update

State = Literal["waiting", "shown", "left"]


@dataclass(frozen=True, slots=True)
class Held:
    object_id: int
    neighbour_id: int
    why: Why
    state: State
    since: float


_SELECT = sa.select(held.c.object_id, held.c.neighbour_id, held.c.why, held.c.state, held.c.since)


def _held(row: Row) -> Held:
    return Held(row.object_id, row.neighbour_id, Why(row.why), row.state, row.since)


def of(tx: Transaction, object_id: int) -> Held | None:
    row = tx.first(_SELECT.where(held.c.object_id == object_id))
    return None if row is None else _held(row)


def hold(tx: Transaction, *, object_id: int, neighbour_id: int, why: Why, now: float) -> None:
    """It waits, from now on."""
    insert_or_update(
        tx,
        held,
        {
            "object_id": object_id,
            "neighbour_id": neighbour_id,
            "why": why.value,
            "state": "waiting",
            "since": now,
        },
        key=("object_id",),
    )


def decide(tx: Transaction, object_id: int, state: State) -> None:
    tx.execute(sa.update(held).where(held.c.object_id == object_id).values(state=state))


def release(tx: Transaction, object_id: int) -> None:
    """It waits no longer, and nobody has looked at it."""
    tx.execute(sa.delete(held).where(held.c.object_id == object_id, held.c.state == "waiting"))


def release_of(tx: Transaction, neighbour_id: int) -> None:
    """Nothing of a neighbour waits any longer."""
    tx.execute(
        sa.delete(held).where(held.c.neighbour_id == neighbour_id, held.c.state == "waiting")
    )


def listed(
    tx: Transaction,
    *,
    now: float,
    state: State = "waiting",
    neighbour_id: int | None = None,
    object_ids: Sequence[int] | None = None,
    before: int | None = None,
    most: int = 40,
) -> list[Held]:
    """What is open still, newest first, in keyset pages by the proposal's id: what ended while it
    waited is not asked about."""
    statement = (
        _SELECT.join(proposals, proposals.c.object_id == held.c.object_id)
        .where(
            held.c.state == state,
            proposals.c.state.in_(LIVE),
            sa.or_(proposals.c.expires_at.is_(None), proposals.c.expires_at > now),
        )
        .order_by(held.c.object_id.desc())
        .limit(most)
    )
    if neighbour_id is not None:
        statement = statement.where(held.c.neighbour_id == neighbour_id)
    if object_ids is not None:
        statement = statement.where(held.c.object_id.in_(list(object_ids)))
    if before is not None:
        statement = statement.where(held.c.object_id < before)
    return [_held(row) for row in tx.all(statement)]


def waiting(tx: Transaction, *, now: float) -> dict[int, int]:
    """Neighbour → how many of its proposals wait."""
    rows = tx.all(
        sa.select(held.c.neighbour_id, sa.func.count().label("many"))
        .join(proposals, proposals.c.object_id == held.c.object_id)
        .where(
            held.c.state == "waiting",
            proposals.c.state.in_(LIVE),
            sa.or_(proposals.c.expires_at.is_(None), proposals.c.expires_at > now),
        )
        .group_by(held.c.neighbour_id)
    )
    return {row.neighbour_id: int(row.many) for row in rows}
