"""How far somebody read: one place in each timeline, for all their apps."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

from node.store.tables import markers
from node.store.transaction import Transaction
from node.store.upsert import insert_or_update

TIMELINES = ("home", "notifications")


@dataclass(frozen=True, slots=True)
class Marker:
    timeline: str
    last_read_id: int
    version: int
    """Counts the times that it was moved."""
    updated_at: float


def of(tx: Transaction, account_id: int, timelines: Collection[str]) -> list[Marker]:
    rows = tx.all(
        sa.select(
            markers.c.timeline, markers.c.last_read_id, markers.c.version, markers.c.updated_at
        )
        .where(markers.c.account_id == account_id, markers.c.timeline.in_(list(timelines)))
        .order_by(markers.c.timeline)
    )
    return [Marker(*row) for row in rows]


def put(
    tx: Transaction, account_id: int, timeline: str, last_read_id: int, *, now: float
) -> Marker:
    before = of(tx, account_id, (timeline,))
    made = Marker(timeline, last_read_id, before[0].version + 1 if before else 0, now)
    insert_or_update(
        tx,
        markers,
        {
            "account_id": account_id,
            "timeline": timeline,
            "last_read_id": last_read_id,
            "version": made.version,
            "updated_at": now,
        },
        key=("account_id", "timeline"),
    )
    return made
