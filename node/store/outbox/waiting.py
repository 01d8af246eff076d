"""What an administrator sees of the deliveries, and may do with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from node.store.outbox.activities import BELL
from node.store.outbox.hosts import remember_host
from node.store.tables import deliveries, outbox
from node.store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class QueueLine:
    id: int
    state: str
    inbox: str
    host: str
    type: str
    activity_uri: str
    attempts: int
    next_at: float
    status: int | None
    error: str | None


def queue(
    tx: Transaction, *, state: str | None = None, host: str | None = None, most: int = 100
) -> list[QueueLine]:
    """The oldest of what is pending or dead."""
    statement = (
        sa.select(
            deliveries.c.id,
            deliveries.c.state,
            deliveries.c.inbox,
            deliveries.c.host,
            outbox.c.type,
            outbox.c.activity_uri,
            deliveries.c.attempts,
            deliveries.c.next_at,
            deliveries.c.status,
            deliveries.c.error,
        )
        .join(outbox, outbox.c.id == deliveries.c.outbox_id)
        .order_by(deliveries.c.id)
        .limit(most)
    )
    if state:
        statement = statement.where(deliveries.c.state == state)
    if host:
        statement = statement.where(deliveries.c.host == host)
    return [QueueLine(*row) for row in tx.all(statement)]


@dataclass(frozen=True, slots=True)
class HostQueue:
    """What waits for one server."""

    host: str
    pending: int
    dead: int
    status: int | None
    """Of the last try that failed."""
    error: str | None


_LATE = sa.or_(deliveries.c.state == "dead", deliveries.c.error.is_not(None))


def by_host(tx: Transaction, *, most: int) -> list[HostQueue]:
    """Servers for which something is late or dead; those with the most first."""
    dead = sa.func.sum(sa.case((deliveries.c.state == "dead", 1), else_=0))
    late = sa.func.sum(sa.case((deliveries.c.state == "pending", 1), else_=0))
    failed = sa.func.max(sa.case((_LATE, deliveries.c.id)))
    rows = tx.all(
        sa.select(deliveries.c.host, late.label("late"), dead.label("dead"), failed.label("failed"))
        .group_by(deliveries.c.host)
        .having(failed.is_not(None))
        .order_by(dead.desc(), late.desc(), deliveries.c.host)
        .limit(most)
    )
    last = {
        row.id: row
        for row in tx.all(
            sa.select(deliveries.c.id, deliveries.c.status, deliveries.c.error).where(
                deliveries.c.id.in_([row.failed for row in rows])
            )
        )
    }
    return [
        HostQueue(
            row.host,
            int(row.late),
            int(row.dead),
            last[row.failed].status,
            last[row.failed].error,
        )
        for row in rows
    ]


def retry(tx: Transaction, *, now: float, ids: Sequence[int] = (), host: str | None = None) -> int:
    """Make deliveries due now, dead ones too: those of `ids`, of `host`, or all. How many.

    They begin anew, with all their tries; what is under way is left to its holder.
    """
    wanted = [deliveries.c.leased_until <= now, *_those(ids, host)]
    statement = (
        sa.update(deliveries)
        .where(*wanted)
        .values(state="pending", next_at=now, attempts=0, created_at=now)
    )
    touched = sa.select(deliveries.c.host).distinct().where(*wanted)
    for row in tx.all(touched):
        remember_host(tx, row.host, failures=0, failing_since=None, open_until=None)
    count = tx.execute(statement).rowcount
    tx.ring(BELL)
    return count


def drop(tx: Transaction, *, ids: Sequence[int] = (), host: str | None = None) -> int:
    """Give deliveries up for good: those of `ids`, of `host`, or those that are both. How many."""
    wanted = _those(ids, host)
    if not wanted:
        return 0
    tx.ring(BELL)  # what waited behind them is due
    return tx.execute(sa.delete(deliveries).where(*wanted)).rowcount


def _those(ids: Sequence[int], host: str | None) -> list[sa.ColumnElement[bool]]:
    wanted: list[sa.ColumnElement[bool]] = []
    if ids:
        wanted.append(deliveries.c.id.in_(ids))
    if host:
        wanted.append(deliveries.c.host == host)
    return wanted
