"""What is known of the servers that we deliver to: how to sign, and whether they are well."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from node.store.outbox.activities import BELL
from node.store.tables import deliveries, hosts
from node.store.transaction import Transaction
from node.store.upsert import insert_or_update

HOSTS_BELL = "hosts"


@dataclass(frozen=True, slots=True)
class HostRecord:
    host: str
    scheme: str | None
    failures: int
    failing_since: float | None
    open_until: float | None


# Dead for want of an answer: resumed when the host comes back. A refusal stays one.
_NOT_REFUSED = sa.or_(
    deliveries.c.status.is_(None),
    deliveries.c.status >= 500,
    deliveries.c.status.in_((401, 408, 425, 429)),
)


def host_records(tx: Transaction) -> list[HostRecord]:
    rows = tx.all(
        sa.select(
            hosts.c.host,
            hosts.c.scheme,
            hosts.c.failures,
            hosts.c.failing_since,
            hosts.c.open_until,
        )
    )
    return [HostRecord(*row) for row in rows]


def remember_host(tx: Transaction, host: str, /, **changes: Any) -> None:
    """Set columns of a host's row, making it when it is new."""
    insert_or_update(tx, hosts, {"host": host, **changes}, key=("host",))
    tx.ring(HOSTS_BELL)


def revive_host(tx: Transaction, host: str, *, now: float) -> int:
    """A host is well again: its waiting and its dead deliveries are due now. How many.

    What a server refused stays refused, and what is under way stays with its holder.
    """
    remember_host(tx, host, failures=0, failing_since=None, open_until=None)
    count = tx.execute(
        sa.update(deliveries)
        .where(
            deliveries.c.host == host,
            deliveries.c.leased_until <= now,
            sa.or_(
                sa.and_(deliveries.c.state == "pending", deliveries.c.next_at > now),
                sa.and_(deliveries.c.state == "dead", _NOT_REFUSED),
            ),
        )
        .values(state="pending", next_at=now, attempts=0, created_at=now)
    ).rowcount
    tx.ring(BELL)
    return count


def leave_alone(tx: Transaction, host: str, *, until: float, now: float) -> None:
    """Nothing is tried at a host before `until`, but for what is under way."""
    tx.execute(
        sa.update(deliveries)
        .where(
            deliveries.c.host == host,
            deliveries.c.state == "pending",
            deliveries.c.next_at < until,
            deliveries.c.leased_until <= now,
        )
        .values(next_at=until)
    )
