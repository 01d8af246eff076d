"""Which neighbours are known to have what, and how much went each way in this hour."""

from __future__ import annotations

import sqlalchemy as sa

from node.aid.terms import HOUR_S
from node.store.proposals.rows import LIVE
from node.store.tables import neighbour_hours, objects, passes, proposals
from node.store.transaction import Transaction
from node.store.upsert import insert_new, insert_or_update


def having(tx: Transaction, object_id: int) -> dict[int, str]:
    """Neighbour → how it is known to have the object: `to` (we sent it) or `from` (it did)."""
    rows = tx.all(
        sa.select(passes.c.neighbour_id, passes.c.direction).where(passes.c.object_id == object_id)
    )
    return {row.neighbour_id: row.direction for row in rows}


def passed(
    tx: Transaction, *, object_id: int, neighbour_id: int, direction: str, now: float
) -> bool:
    """Note that a neighbour has the object; False when that was known. Who had it from us and
    passes it to us vouches for it, too: `from` stands before `to`."""
    fresh = insert_new(
        tx,
        passes,
        {
            "object_id": object_id,
            "neighbour_id": neighbour_id,
            "direction": direction,
            "at": now,
        },
    )
    if not fresh and direction == "from":
        tx.execute(
            sa.update(passes)
            .where(passes.c.object_id == object_id, passes.c.neighbour_id == neighbour_id)
            .values(direction="from")
        )
    return fresh


def in_this_hour(tx: Transaction, neighbour_id: int, direction: str, *, now: float) -> int:
    """How many proposals went to a neighbour, or were shown of those that came from it, in the
    hour that runs. What was deleted since counts still."""
    row = tx.first(
        sa.select(neighbour_hours.c.began_at, neighbour_hours.c.count).where(
            neighbour_hours.c.neighbour_id == neighbour_id,
            neighbour_hours.c.direction == direction,
        )
    )
    return 0 if row is None or not _runs(row.began_at, now) else int(row[1])


def count_one(tx: Transaction, neighbour_id: int, direction: str, *, now: float) -> None:
    where = (
        neighbour_hours.c.neighbour_id == neighbour_id,
        neighbour_hours.c.direction == direction,
    )
    row = tx.first(sa.select(neighbour_hours.c.began_at).where(*where))
    if row is not None and _runs(row.began_at, now):
        more = {"count": neighbour_hours.c.count + 1}
        tx.execute(sa.update(neighbour_hours).where(*where).values(more))
        return
    insert_or_update(
        tx,
        neighbour_hours,
        {"neighbour_id": neighbour_id, "direction": direction, "began_at": now, "count": 1},
        key=("neighbour_id", "direction"),
    )


def _runs(began_at: float, now: float) -> bool:
    return began_at <= now < began_at + HOUR_S


def live_from(tx: Transaction, neighbour_id: int, *, now: float, most: int) -> list[int]:
    """Object ids of what a neighbour passed to us and is open now, shown or not, the newest
    first."""
    rows = tx.all(
        sa.select(passes.c.object_id)
        .join(proposals, proposals.c.object_id == passes.c.object_id)
        .join(objects, objects.c.id == passes.c.object_id)
        .where(
            passes.c.neighbour_id == neighbour_id,
            passes.c.direction == "from",
            objects.c.local.is_(False),
            proposals.c.state.in_(LIVE),
            sa.or_(proposals.c.expires_at.is_(None), proposals.c.expires_at > now),
        )
        .order_by(passes.c.object_id.desc())
        .limit(most)
    )
    return [row.object_id for row in rows]
