"""Deliveries under way: claimed with a lease and a fencing number, given back or done with.

A delivery is `pending` until it is done (then the row goes) or given up on (`dead`: kept,
listed, and resumed when its host comes back).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from node.store.tables import deliveries
from node.store.transaction import Transaction

LEASE_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class Delivery:
    """A leased delivery. `fence` must still be the row's when its holder reports back."""

    id: int
    outbox_id: int
    inbox: str
    host: str
    urgent: bool
    attempts: int
    created_at: float
    fence: int


_earlier = deliveries.alias("earlier")

_IN_TURN = ~sa.exists().where(
    _earlier.c.inbox == deliveries.c.inbox,
    _earlier.c.order_key == deliveries.c.order_key,
    _earlier.c.id < deliveries.c.id,
    _earlier.c.state == "pending",
)

# One urgency at a time: so the index alone gives the rows in their order, however many wait.
_DUE = (
    sa.select(deliveries.c.id, deliveries.c.host)
    .where(
        deliveries.c.state == "pending",
        deliveries.c.urgent == sa.bindparam("urgency"),
        deliveries.c.next_at <= sa.bindparam("now"),
        deliveries.c.leased_until <= sa.bindparam("now"),
        deliveries.c.host.not_in(sa.bindparam("busy", expanding=True)),
        _IN_TURN,
    )
    .order_by(deliveries.c.next_at, deliveries.c.id)
    .limit(sa.bindparam("most"))
)

_NEXT = (
    sa.select(deliveries.c.next_at)
    .where(
        deliveries.c.state == "pending",
        deliveries.c.urgent == sa.bindparam("urgency"),
        deliveries.c.host.not_in(sa.bindparam("busy", expanding=True)),
        _IN_TURN,
    )
    .order_by(deliveries.c.next_at)
    .limit(1)
)

_CLAIM = (
    sa.update(deliveries)
    .where(deliveries.c.id.in_(sa.bindparam("chosen", expanding=True)))
    .values(
        leased_until=sa.bindparam("lease"),
        next_at=sa.bindparam("lease"),  # out of the way of what is due, and due if never heard of
        fence=deliveries.c.fence + 1,
    )
    .returning(
        deliveries.c.id,
        deliveries.c.outbox_id,
        deliveries.c.inbox,
        deliveries.c.host,
        deliveries.c.urgent,
        deliveries.c.attempts,
        deliveries.c.created_at,
        deliveries.c.fence,
    )
)


@dataclass(frozen=True, slots=True)
class Claimed:
    deliveries: list[Delivery]
    full_hosts: frozenset[str]
    """Hosts for which more is due than the caller may hold."""


def claim(
    tx: Transaction, *, now: float, most: int, held: Mapping[str, int], per_host: int
) -> Claimed:
    """Lease up to `most` due deliveries, urgent ones first.

    `held` counts what the caller holds for each host already: no host gets beyond `per_host`,
    however much waits for it. A delivery whose object has an earlier one waiting for the same
    inbox is not due.
    """
    due = _DUE
    if tx.dialect == "postgresql":
        due = due.with_for_update(skip_locked=True, of=deliveries)
    taken = dict(held)
    full = {host for host, count in taken.items() if count >= per_host}
    chosen: list[int] = []
    for urgency in (1, 0):
        room = most - len(chosen)
        chosen += _choose(tx, due, urgency, now, room, taken, full, per_host)
    if not chosen:
        return Claimed([], frozenset(full))
    claimed = tx.all(_CLAIM, {"chosen": chosen, "lease": now + LEASE_SECONDS})
    leased = [Delivery(r[0], r[1], r[2], r[3], bool(r[4]), r[5], r[6], r[7]) for r in claimed]
    leased.sort(key=lambda delivery: (not delivery.urgent, delivery.id))
    return Claimed(leased, frozenset(full))


def _choose(
    tx: Transaction,
    due: sa.Select[tuple[int, str]],
    urgency: int,
    now: float,
    room: int,
    taken: dict[str, int],
    full: set[str],
    per_host: int,
) -> list[int]:
    """Ids of at most `room` due rows; counts them in `taken`, notes in `full` who has enough."""
    chosen: dict[int, None] = {}
    while len(chosen) < room:
        rows = tx.all(
            due,
            {
                "urgency": urgency,
                "now": now,
                "most": room + len(chosen),
                "busy": list(full) or [""],
            },
        )
        newly_full = False
        for row in rows:
            if row.id in chosen or len(chosen) >= room:
                continue
            if taken.get(row.host, 0) >= per_host:
                newly_full = newly_full or row.host not in full
                full.add(row.host)
                continue
            taken[row.host] = taken.get(row.host, 0) + 1
            chosen[row.id] = None
        if not newly_full:
            break
    return list(chosen)


def next_due(tx: Transaction, *, busy_hosts: Collection[str] = ()) -> float | None:
    """When the next pending delivery is due or its lease ends; None when there is none.

    One that waits for an earlier one of its object is not counted: the earlier one is.
    """
    busy = list(busy_hosts) or [""]
    times = [tx.scalar(_NEXT, {"urgency": urgency, "busy": busy}) for urgency in (1, 0)]
    return min((when for when in times if when is not None), default=None)
