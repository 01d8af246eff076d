"""Published activities and worked-off deliveries, for the tests of the outbox."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

import sqlalchemy as sa

from node.store import outbox, tables
from node.store.outbox import Claimed, Delivery, Postponed, Settlement, Target
from node.store.transaction import Transaction
from tests.store.people import NOW


def publish(
    tx: Transaction,
    actor_id: int,
    number: int,
    inboxes: Sequence[str],
    *,
    about: str | None = None,
    urgent: bool = False,
    public: bool = True,
    sync: bool = False,
    now: float = NOW,
) -> int:
    """An activity to some inboxes; each number has its own uri and, by default, object."""
    return outbox.publish(
        tx,
        activity_uri=f"https://croix-rousse.example/activities/{number}",
        actor_id=actor_id,
        type="Create",
        object_uri=about or f"o:{number}",
        body=f'{{"é": {number}}}'.encode(),
        public=public,
        sync=sync,
        urgent=urgent,
        targets=[Target(inbox, urlsplit(inbox).netloc) for inbox in inboxes],
        order_key=about or f"o:{number}",
        now=now,
    )


def claim(
    tx: Transaction, now: float = NOW, most: int = 100, per_host: int = 100
) -> list[Delivery]:
    found: Claimed = outbox.claim(tx, now=now, most=most, held={}, per_host=per_host)
    return found.deliveries


def done(tx: Transaction, deliveries: Sequence[Delivery], now: float = NOW) -> None:
    outbox.settle(tx, Settlement(deliveries, [], {}), now=now)


def failed(
    tx: Transaction,
    delivery: Delivery,
    *,
    again: float,
    dead: bool = False,
    count: bool = True,
    status: int | None = 503,
    error: str = "it failed",
    now: float = NOW,
) -> None:
    failure = Postponed(delivery, again, dead, count, status, error)
    outbox.settle(tx, Settlement([], [failure], {}), now=now)


def spoil(tx: Transaction, host: str, status: int | None = 503) -> None:
    """What waits for a host is dead."""
    tx.execute(
        sa.update(tables.deliveries)
        .where(tables.deliveries.c.host == host)
        .values(state="dead", status=status)
    )
