"""Contact details that the two sides of an agreement show each other, while it lasts."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

from node.store.tables import reveals
from node.store.transaction import Transaction
from node.store.upsert import insert_or_update


@dataclass(frozen=True, slots=True)
class Reveal:
    agreement_id: int
    actor_id: int
    """Whose contact details they are."""
    contact: str
    note_uri: str | None
    revealed_at: float


_SELECT = sa.select(
    reveals.c.agreement_id,
    reveals.c.actor_id,
    reveals.c.contact,
    reveals.c.note_uri,
    reveals.c.revealed_at,
)


def reveal(
    tx: Transaction,
    *,
    agreement_id: int,
    actor_id: int,
    contact: str,
    note_uri: str | None,
    now: float,
) -> None:
    insert_or_update(
        tx,
        reveals,
        {
            "agreement_id": agreement_id,
            "actor_id": actor_id,
            "contact": contact,
            "note_uri": note_uri,
            "revealed_at": now,
        },
        key=("agreement_id", "actor_id"),
    )


def revealed(tx: Transaction, agreement_id: int) -> list[Reveal]:
    rows = tx.all(_SELECT.where(reveals.c.agreement_id == agreement_id))
    return [Reveal(*row) for row in rows]


def revealed_of(tx: Transaction, ids: Collection[int]) -> dict[int, list[Reveal]]:
    """The details shown in each of several agreements."""
    found: dict[int, list[Reveal]] = {}
    if not ids:
        return found
    for row in tx.all(_SELECT.where(reveals.c.agreement_id.in_(ids))):
        found.setdefault(row.agreement_id, []).append(Reveal(*row))
    return found


def revealed_in(tx: Transaction, note_uri: str) -> Reveal | None:
    row = tx.first(_SELECT.where(reveals.c.note_uri == note_uri))
    return None if row is None else Reveal(*row)


def hide(tx: Transaction, agreement_id: int, *, actor_id: int | None = None) -> None:
    """The details of one side, or of both, are gone."""
    statement = sa.delete(reveals).where(reveals.c.agreement_id == agreement_id)
    if actor_id is not None:
        statement = statement.where(reveals.c.actor_id == actor_id)
    tx.execute(statement)
