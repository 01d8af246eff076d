"""What became of deliveries: done, due again, or dead; and what that taught about their hosts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from node.store.outbox.activities import BELL
from node.store.outbox.deliveries import Delivery
from node.store.outbox.hosts import leave_alone, remember_host, revive_host
from node.store.tables import deliveries
from node.store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Postponed:
    """A failed delivery and what becomes of it: due again at `again`, or dead."""

    delivery: Delivery
    again: float
    dead: bool
    count: bool
    status: int | None
    error: str


@dataclass(frozen=True, slots=True)
class HostChange:
    """What a batch of tries taught about a host."""

    scheme: str | None = None
    revived: bool = False
    failures: int = 0
    failing_since: float | None = None
    open_until: float | None = None
    """Set when the host is to be left alone until then."""


@dataclass(frozen=True, slots=True)
class Settlement:
    """What became of a batch of tries."""

    done: Sequence[Delivery]
    failures: Sequence[Postponed]
    hosts: Mapping[str, HostChange]


_DONE = sa.delete(deliveries).where(
    deliveries.c.id == sa.bindparam("delivery"), deliveries.c.fence == sa.bindparam("held")
)

_PUT_BACK = (
    sa.update(deliveries)
    .where(deliveries.c.id == sa.bindparam("delivery"), deliveries.c.fence == sa.bindparam("held"))
    .values(
        state=sa.bindparam("becomes"),
        attempts=sa.bindparam("tries"),
        next_at=sa.bindparam("again"),
        status=sa.bindparam("answered"),
        error=sa.bindparam("why"),
        leased_until=0.0,
    )
)

_FOLLOWERS_UP = (
    sa.select(deliveries.c.id)
    .where(
        deliveries.c.inbox.in_(sa.bindparam("inboxes", expanding=True)),
        deliveries.c.state == "pending",
        # Not by next_at: one published while this batch waited for its turn dates from after it.
        deliveries.c.leased_until <= sa.bindparam("now"),
    )
    .limit(1)
)


def settle(tx: Transaction, batch: Settlement, *, now: float) -> None:
    """Write down a batch of tries in one go. What somebody else holds by now is left alone."""
    if batch.done:
        _delivered(tx, batch.done, now)
    if batch.failures:
        _postponed(tx, batch.failures)
    for host, change in batch.hosts.items():
        if change.scheme is not None:
            remember_host(tx, host, scheme=change.scheme)
        if change.revived:
            revive_host(tx, host, now=now)
        elif change.open_until is not None:
            remember_host(
                tx,
                host,
                failures=change.failures,
                failing_since=change.failing_since,
                open_until=change.open_until,
            )
            leave_alone(tx, host, until=change.open_until, now=now)


def _delivered(tx: Transaction, done: Sequence[Delivery], now: float) -> None:
    tx.execute(_DONE, [{"delivery": d.id, "held": d.fence} for d in done])
    # A later delivery about the same object may have waited for one of these.
    if tx.scalar(_FOLLOWERS_UP, {"inboxes": list({d.inbox for d in done}), "now": now}) is not None:
        tx.ring(BELL)


def _postponed(tx: Transaction, failures: Sequence[Postponed]) -> None:
    tx.execute(
        _PUT_BACK,
        [
            {
                "delivery": f.delivery.id,
                "held": f.delivery.fence,
                "becomes": "dead" if f.dead else "pending",
                "tries": f.delivery.attempts + int(f.count),
                "again": f.again,
                "answered": f.status,
                "why": f.error[:300],
            }
            for f in failures
        ],
    )
    tx.ring(BELL)
