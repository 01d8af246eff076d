"""What time does to proposals: which of them are over."""

from __future__ import annotations

import sqlalchemy as sa

from node.store.proposals.rows import LIVE
from node.store.tables import objects, proposals
from node.store.transaction import Transaction


def expired(tx: Transaction, *, now: float, most: int = 100) -> list[int]:
    """Local live proposals whose time is over: their object ids."""
    rows = tx.all(
        sa.select(proposals.c.object_id)
        .join(objects, objects.c.id == proposals.c.object_id)
        .where(
            objects.c.local.is_(True),
            proposals.c.state.in_(LIVE),
            proposals.c.expires_at.is_not(None),
            proposals.c.expires_at <= now,
        )
        .order_by(proposals.c.expires_at)
        .limit(most)
    )
    return [row.object_id for row in rows]


def next_expiry(tx: Transaction) -> float | None:
    """When the next local live proposal expires."""
    when: float | None = tx.scalar(
        sa.select(sa.func.min(proposals.c.expires_at))
        .join(objects, objects.c.id == proposals.c.object_id)
        .where(
            objects.c.local.is_(True),
            proposals.c.state.in_(LIVE),
            proposals.c.expires_at.is_not(None),
        )
    )
    return when


def mark_expired_remote(tx: Transaction, *, now: float) -> int:
    """Copies from elsewhere whose time is over, even if the closing message was lost."""
    return tx.execute(
        sa.update(proposals)
        .where(
            proposals.c.state.in_(LIVE),
            proposals.c.expires_at.is_not(None),
            proposals.c.expires_at <= now,
            sa.exists().where(objects.c.id == proposals.c.object_id, objects.c.local.is_(False)),
        )
        .values(state="expired", closed_at=now)
    ).rowcount
