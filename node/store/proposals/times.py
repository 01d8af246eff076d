"""What time does to proposals: which of them are over, open again, or are to be spoken of."""

from __future__ import annotations

import sqlalchemy as sa

from node.store.proposals.rows import LIVE
from node.store.tables import objects, proposals
from node.store.transaction import Transaction

ENDING = (*LIVE, "paused", "satisfied-for-now", "referred")
"""States that the end of a proposal's time ends."""

_OURS = proposals.join(objects, objects.c.id == proposals.c.object_id)
_EXPIRES = (
    objects.c.local.is_(True),
    proposals.c.state.in_(ENDING),
    proposals.c.expires_at.is_not(None),
)
_COPY_EXPIRES = (
    objects.c.local.is_(False),
    proposals.c.state.in_(LIVE),
    proposals.c.expires_at.is_not(None),
)
_OPENS_AGAIN = (
    objects.c.local.is_(True),
    proposals.c.state == "satisfied-for-now",
    proposals.c.opens_again_at.is_not(None),
)
_NOTICE = (objects.c.local.is_(True), proposals.c.notice_at.is_not(None))


def expired(tx: Transaction, *, now: float, most: int = 100) -> list[int]:
    """Local proposals whose time is over: their object ids."""
    return _due(tx, proposals.c.expires_at, _EXPIRES, now, most)


def opening_again(tx: Transaction, *, now: float, most: int = 100) -> list[int]:
    """Local ones that were enough for now, and no longer are."""
    return _due(tx, proposals.c.opens_again_at, _OPENS_AGAIN, now, most)


def to_remind(tx: Transaction, *, now: float, most: int = 100) -> list[int]:
    """Local ones whose author is to be told or asked."""
    return _due(tx, proposals.c.notice_at, _NOTICE, now, most)


def next_moment(tx: Transaction) -> float | None:
    """When time next does something to a local proposal."""
    moments = [
        tx.scalar(sa.select(sa.func.min(column)).select_from(_OURS).where(*which))
        for column, which in (
            (proposals.c.expires_at, _EXPIRES),
            (proposals.c.opens_again_at, _OPENS_AGAIN),
            (proposals.c.notice_at, _NOTICE),
        )
    ]
    return min((float(at) for at in moments if at is not None), default=None)


def set_notice(tx: Transaction, object_id: int, at: float | None) -> None:
    tx.execute(sa.update(proposals).where(proposals.c.object_id == object_id).values(notice_at=at))


def mark_expired_remote(tx: Transaction, *, now: float, most: int = 100) -> list[int]:
    """Copies from elsewhere whose time is over are marked so, even if the closing message was
    lost; their object ids."""
    over = _due(tx, proposals.c.expires_at, _COPY_EXPIRES, now, most)
    if over:
        tx.execute(
            sa.update(proposals)
            .where(proposals.c.object_id.in_(over))
            .values(state="expired", closed_at=now)
        )
    return over


def _due(
    tx: Transaction,
    column: sa.ColumnElement[float | None],
    which: tuple[sa.ColumnElement[bool], ...],
    now: float,
    most: int,
) -> list[int]:
    rows = tx.all(
        sa.select(proposals.c.object_id)
        .select_from(_OURS)
        .where(*which, column <= now)
        .order_by(column)
        .limit(most)
    )
    return [row.object_id for row in rows]
