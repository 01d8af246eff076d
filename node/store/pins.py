"""What somebody keeps at the top of their page."""

from __future__ import annotations

import sqlalchemy as sa

from node.store.tables import pins
from node.store.transaction import Transaction
from node.store.upsert import insert_new


def add(tx: Transaction, *, actor_id: int, object_id: int, now: float) -> bool:
    return insert_new(tx, pins, {"actor_id": actor_id, "object_id": object_id, "added_at": now})


def remove(tx: Transaction, *, actor_id: int, object_id: int) -> bool:
    done = tx.execute(
        sa.delete(pins).where(pins.c.actor_id == actor_id, pins.c.object_id == object_id)
    )
    return done.rowcount > 0
