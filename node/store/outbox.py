"""What goes out: published activities, one delivery row per inbox, and the health of hosts.

A delivery is `pending` until it is done (then the row goes) or given up on (`dead`: kept,
listed, and resumed when its host comes back).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from node.ids import new_id
from node.store.tables import deliveries, hosts, outbox
from node.store.transaction import Transaction
from node.store.upsert import insert_many, insert_new, insert_or_update

BELL = "deliveries"
HOSTS_BELL = "hosts"
LEASE_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class Target:
    """An inbox to deliver to, and its host (with port)."""

    inbox: str
    host: str


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


@dataclass(frozen=True, slots=True)
class Parcel:
    """What a delivery carries: the activity as bytes, its sender, and whether it goes to
    followers (then FEP-8fcf's header goes with it)."""

    actor_id: int
    body: bytes
    sync: bool


@dataclass(frozen=True, slots=True)
class HostRecord:
    host: str
    scheme: str | None
    failures: int
    failing_since: float | None
    open_until: float | None


# ── publishing ───────────────────────────────────────────────────────────────────────────────


def publish(
    tx: Transaction,
    *,
    activity_uri: str,
    actor_id: int,
    type: str,
    object_uri: str | None,
    body: bytes,
    public: bool,
    sync: bool,
    urgent: bool,
    targets: Iterable[Target],
    order_key: str,
    now: float,
) -> int:
    """Write the activity and one delivery per distinct inbox; the outbox row's id."""
    row_id = new_id()
    fresh = insert_new(
        tx,
        outbox,
        {
            "id": row_id,
            "activity_uri": activity_uri,
            "actor_id": actor_id,
            "type": type,
            "object_uri": object_uri,
            "body": body.decode(),
            "public": public,
            "sync": sync,
            "created_at": now,
        },
    )
    if not fresh:
        existing = tx.scalar(sa.select(outbox.c.id).where(outbox.c.activity_uri == activity_uri))
        row_id = int(existing or row_id)
    seen: set[str] = set()
    rows: list[dict[str, Any]] = []
    for target in targets:
        if target.inbox in seen:
            continue
        seen.add(target.inbox)
        rows.append(
            {
                "id": new_id(),
                "outbox_id": row_id,
                "inbox": target.inbox,
                "host": target.host,
                "order_key": order_key,
                "urgent": int(urgent),
                "state": "pending",
                "attempts": 0,
                "created_at": now,
                "next_at": now,
                "leased_until": 0.0,
                "fence": 0,
            }
        )
    if rows:
        insert_many(tx, deliveries, rows)
        tx.ring(BELL)
    return row_id


# ── delivering ───────────────────────────────────────────────────────────────────────────────

_earlier = deliveries.alias("earlier")

_DUE = (
    sa.select(deliveries.c.id, deliveries.c.host)
    .where(
        deliveries.c.state == "pending",
        deliveries.c.next_at <= sa.bindparam("now"),
        deliveries.c.leased_until <= sa.bindparam("now"),
        deliveries.c.host.not_in(sa.bindparam("busy", expanding=True)),
        ~sa.exists().where(
            _earlier.c.inbox == deliveries.c.inbox,
            _earlier.c.order_key == deliveries.c.order_key,
            _earlier.c.id < deliveries.c.id,
            _earlier.c.state == "pending",
        ),
    )
    .order_by(deliveries.c.urgent.desc(), deliveries.c.next_at, deliveries.c.id)
    .limit(sa.bindparam("most"))
)

_CLAIM = (
    sa.update(deliveries)
    .where(deliveries.c.id.in_(sa.bindparam("chosen", expanding=True)))
    .values(leased_until=sa.bindparam("lease"), fence=deliveries.c.fence + 1)
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

_PARCEL = sa.select(outbox.c.actor_id, outbox.c.body, outbox.c.sync).where(
    outbox.c.id == sa.bindparam("outbox_id")
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
    while len(chosen) < most:
        rows = tx.all(due, {"now": now, "most": most + len(chosen), "busy": list(full) or [""]})
        already = set(chosen)
        newly_full = False
        for row in rows:
            if row.id in already or len(chosen) >= most:
                continue
            if taken.get(row.host, 0) >= per_host:
                newly_full = newly_full or row.host not in full
                full.add(row.host)
                continue
            taken[row.host] = taken.get(row.host, 0) + 1
            chosen.append(row.id)
        if not newly_full:
            break
    if not chosen:
        return Claimed([], frozenset(full))
    claimed = tx.all(_CLAIM, {"chosen": chosen, "lease": now + LEASE_SECONDS})
    leased = [Delivery(r[0], r[1], r[2], r[3], bool(r[4]), r[5], r[6], r[7]) for r in claimed]
    leased.sort(key=lambda delivery: (not delivery.urgent, delivery.id))
    return Claimed(leased, frozenset(full))


def parcel(tx: Transaction, outbox_id: int) -> Parcel | None:
    row = tx.first(_PARCEL, {"outbox_id": outbox_id})
    return None if row is None else Parcel(row.actor_id, row.body.encode(), bool(row.sync))


_FOLLOWERS_UP = (
    sa.select(deliveries.c.id)
    .where(
        deliveries.c.inbox.in_(sa.bindparam("inboxes", expanding=True)),
        deliveries.c.state == "pending",
        deliveries.c.leased_until == 0.0,
    )
    .limit(1)
)


def delivered(tx: Transaction, done: Sequence[Delivery]) -> None:
    tx.execute(_DONE, [{"delivery": d.id, "held": d.fence} for d in done])
    # A later delivery about the same object may have waited for one of these.
    if tx.scalar(_FOLLOWERS_UP, {"inboxes": list({d.inbox for d in done})}) is not None:
        tx.ring(BELL)


@dataclass(frozen=True, slots=True)
class Postponed:
    """A failed delivery and what becomes of it: due again at `again`, or dead."""

    delivery: Delivery
    again: float
    dead: bool
    count: bool
    status: int | None
    error: str


def postponed(tx: Transaction, failures: Sequence[Postponed]) -> None:
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


def next_due(tx: Transaction, *, busy_hosts: Collection[str] = ()) -> float | None:
    """When the next pending delivery is due or its lease ends; None when there is none.

    One that waits for an earlier one of its object is not counted: the earlier one is.
    """
    when: float | None = tx.scalar(
        sa.select(
            sa.func.min(
                sa.case(
                    (
                        deliveries.c.leased_until > deliveries.c.next_at,
                        deliveries.c.leased_until,
                    ),
                    else_=deliveries.c.next_at,
                )
            )
        ).where(
            deliveries.c.state == "pending",
            deliveries.c.host.not_in(list(busy_hosts) or [""]),
            ~sa.exists().where(
                _earlier.c.inbox == deliveries.c.inbox,
                _earlier.c.order_key == deliveries.c.order_key,
                _earlier.c.id < deliveries.c.id,
                _earlier.c.state == "pending",
            ),
        )
    )
    return when


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


def settle(tx: Transaction, batch: Settlement, *, now: float) -> None:
    """Write down a batch of tries in one go."""
    if batch.done:
        delivered(tx, batch.done)
    if batch.failures:
        postponed(tx, batch.failures)
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
            _leave_alone(tx, host, until=change.open_until)


def _leave_alone(tx: Transaction, host: str, *, until: float) -> None:
    tx.execute(
        sa.update(deliveries)
        .where(
            deliveries.c.host == host,
            deliveries.c.state == "pending",
            deliveries.c.next_at < until,
            deliveries.c.leased_until == 0.0,
        )
        .values(next_at=until)
    )


# ── hosts ────────────────────────────────────────────────────────────────────────────────────


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
    """A host is well again: its waiting and its dead deliveries are due now. How many."""
    remember_host(tx, host, failures=0, failing_since=None, open_until=None)
    count = tx.execute(
        sa.update(deliveries)
        .where(
            deliveries.c.host == host,
            sa.or_(
                deliveries.c.next_at > now,
                sa.and_(deliveries.c.state == "dead", _NOT_REFUSED),
            ),
        )
        .values(state="pending", next_at=now, attempts=0, created_at=now)
    ).rowcount
    tx.ring(BELL)
    return count


# ── what an administrator sees ───────────────────────────────────────────────────────────────


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


def retry(tx: Transaction, *, now: float, ids: Sequence[int] = (), host: str | None = None) -> int:
    """Make deliveries due now, dead ones too: those of `ids`, of `host`, or all. How many."""
    statement = sa.update(deliveries).values(state="pending", next_at=now, leased_until=0.0)
    touched = sa.select(deliveries.c.host).distinct()
    if ids:
        statement = statement.where(deliveries.c.id.in_(ids))
        touched = touched.where(deliveries.c.id.in_(ids))
    if host:
        statement = statement.where(deliveries.c.host == host)
        touched = touched.where(deliveries.c.host == host)
    for row in tx.all(touched):
        remember_host(tx, row.host, failures=0, failing_since=None, open_until=None)
    count = tx.execute(statement).rowcount
    tx.ring(BELL)
    return count


def drop(tx: Transaction, *, ids: Sequence[int] = (), host: str | None = None) -> int:
    """Give deliveries up for good: those of `ids` or of `host`. How many."""
    if not ids and host is None:
        return 0
    statement = sa.delete(deliveries)
    if ids:
        statement = statement.where(deliveries.c.id.in_(ids))
    if host:
        statement = statement.where(deliveries.c.host == host)
    tx.ring(BELL)
    return tx.execute(statement).rowcount


# ── what peers read ──────────────────────────────────────────────────────────────────────────


def public_activity(tx: Transaction, activity_uri: str) -> str | None:
    """The body of a public activity of ours."""
    body: str | None = tx.scalar(
        sa.select(outbox.c.body).where(
            outbox.c.activity_uri == activity_uri, outbox.c.public.is_(True)
        )
    )
    return body


def public_count(tx: Transaction, actor_id: int) -> int:
    return int(
        tx.scalar(
            sa.select(sa.func.count()).where(
                outbox.c.actor_id == actor_id, outbox.c.public.is_(True)
            )
        )
        or 0
    )


def public_page(
    tx: Transaction, actor_id: int, *, before: int | None, most: int
) -> list[tuple[int, str]]:
    """A page of an actor's outbox, newest first: (id, body)."""
    statement = (
        sa.select(outbox.c.id, outbox.c.body)
        .where(outbox.c.actor_id == actor_id, outbox.c.public.is_(True))
        .order_by(outbox.c.id.desc())
        .limit(most)
    )
    if before is not None:
        statement = statement.where(outbox.c.id < before)
    return [(row.id, row.body) for row in tx.all(statement)]


def unlist_object(tx: Transaction, object_uri: str) -> None:
    """What told of a deleted object is no longer shown (its deliveries go on)."""
    tx.execute(sa.update(outbox).where(outbox.c.object_uri == object_uri).values(public=False))
