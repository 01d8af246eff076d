"""Whom our mediators silenced: served, and left out of public lists and of what is passed on."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from node.store.tables import actors, silences
from node.store.transaction import Transaction
from node.store.upsert import insert_or_update


def silence(tx: Transaction, actor_id: int, *, reason: str, now: float) -> None:
    insert_or_update(
        tx,
        silences,
        {"actor_id": actor_id, "reason": reason, "created_at": now},
        key=("actor_id",),
    )


def unsilence(tx: Transaction, actor_id: int) -> bool:
    return tx.execute(sa.delete(silences).where(silences.c.actor_id == actor_id)).rowcount > 0


def is_silenced(tx: Transaction, actor_id: int) -> bool:
    return (
        tx.scalar(sa.select(silences.c.actor_id).where(silences.c.actor_id == actor_id)) is not None
    )


def among(tx: Transaction, actor_ids: Collection[int]) -> set[int]:
    """Those of them who are silenced."""
    if not actor_ids:
        return set()
    rows = tx.all(sa.select(silences.c.actor_id).where(silences.c.actor_id.in_(list(actor_ids))))
    return {row.actor_id for row in rows}


def is_silenced_uri(tx: Transaction, actor_uri: str) -> bool:
    return (
        tx.scalar(
            sa.select(silences.c.actor_id)
            .join(actors, actors.c.id == silences.c.actor_id)
            .where(actors.c.uri == actor_uri)
        )
        is not None
    )


def not_silenced(actor_id: sa.Column[int]) -> sa.ColumnElement[bool]:
    """For the `where` of a public list (its query must join `actors` and leave out those with
    `suspended_at` by itself: they are not served at all)."""
    return sa.not_(sa.exists().where(silences.c.actor_id == actor_id))
