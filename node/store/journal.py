"""The journal of what came in: one row per activity, for ever; the body while it is needed.

States: `pending` → `handled`, or `aside` after too many failures, where an administrator sees it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from node.ids import new_id
from node.store.tables import journal
from node.store.transaction import Transaction
from node.store.upsert import insert_new

BELL = "journal"
LEASE_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class Waiting:
    """An entry that a worker holds: `fence` must still be the row's when it reports back."""

    id: int
    activity_uri: str
    actor_uri: str
    host: str
    scheme: str
    body: bytes
    attempts: int
    fence: int


# Written out, not bound: the partial indexes are for these very words.
_PENDING = journal.c.state == sa.literal_column("'pending'")
_ASIDE = journal.c.state == sa.literal_column("'aside'")
_HANDLED = journal.c.state == sa.literal_column("'handled'")

_SEEN = sa.select(journal.c.state).where(journal.c.activity_uri == sa.bindparam("uri"))

_DUE = (
    sa.select(journal.c.id, journal.c.host)
    .where(
        _PENDING,
        journal.c.next_at <= sa.bindparam("now"),
        journal.c.leased_until <= sa.bindparam("now"),
        journal.c.host.not_in(sa.bindparam("busy", expanding=True)),
    )
    .order_by(journal.c.next_at, journal.c.id)
    .limit(sa.bindparam("most"))
)

_NEXT = (
    sa.select(journal.c.next_at)
    .where(_PENDING, journal.c.host.not_in(sa.bindparam("busy", expanding=True)))
    .order_by(journal.c.next_at)
    .limit(1)
)

_CLAIM = (
    sa.update(journal)
    .where(journal.c.id.in_(sa.bindparam("chosen", expanding=True)))
    .values(
        leased_until=sa.bindparam("lease"),
        next_at=sa.bindparam("lease"),  # out of the way of what is due, and due if never heard of
        fence=journal.c.fence + 1,
    )
    .returning(
        journal.c.id,
        journal.c.activity_uri,
        journal.c.actor_uri,
        journal.c.host,
        journal.c.scheme,
        journal.c.body,
        journal.c.attempts,
        journal.c.fence,
    )
)

_FINISH = (
    sa.update(journal)
    .where(
        journal.c.id == sa.bindparam("entry"),
        journal.c.fence == sa.bindparam("held"),
        _PENDING,
    )
    .values(state="handled", note=sa.bindparam("why"), leased_until=0.0)
)


def seen(tx: Transaction, activity_uri: str) -> bool:
    """Whether this activity was ever accepted here."""
    return tx.scalar(_SEEN, {"uri": activity_uri}) is not None


def record(
    tx: Transaction,
    *,
    activity_uri: str,
    actor_uri: str,
    host: str,
    scheme: str,
    body: bytes | None,
    now: float,
    handled: bool,
    note: str | None = None,
) -> int | None:
    """Write one entry; its id, or None when the activity is there already.

    `handled=True` is for what is applied in the same transaction and never waits.
    """
    entry = new_id()
    fresh = insert_new(
        tx,
        journal,
        {
            "id": entry,
            "activity_uri": activity_uri,
            "actor_uri": actor_uri,
            "host": host,
            "scheme": scheme,
            "body": body,
            "state": "handled" if handled else "pending",
            "note": note,
            "attempts": 0,
            "next_at": now,
            "leased_until": 0.0,
            "fence": 0,
            "received_at": now,
        },
    )
    if not fresh:
        return None
    if not handled:
        tx.ring(BELL)
    return entry


def claim(
    tx: Transaction,
    *,
    now: float,
    most: int,
    busy_hosts: Collection[str] = (),
    per_host: int = 1_000_000,
) -> list[Waiting]:
    """Lease up to `most` due entries, oldest first, of each host at most `per_host`."""
    due = _DUE
    if tx.dialect == "postgresql":
        due = due.with_for_update(skip_locked=True)
    passed_over = set(busy_hosts)
    taken: dict[str, int] = {}
    chosen: dict[int, None] = {}
    while len(chosen) < most:
        rows = tx.all(due, {"now": now, "most": 4 * most, "busy": list(passed_over) or [""]})
        newly_full = False
        for row in rows:
            if row.id in chosen or len(chosen) >= most:
                continue
            if taken.get(row.host, 0) >= per_host:
                newly_full = newly_full or row.host not in passed_over
                passed_over.add(row.host)
                continue
            taken[row.host] = taken.get(row.host, 0) + 1
            chosen[row.id] = None
        if not newly_full:
            break
    if not chosen:
        return []
    rows = tx.all(_CLAIM, {"chosen": list(chosen), "lease": now + LEASE_SECONDS})
    return sorted((Waiting(*row) for row in rows), key=lambda waiting: waiting.id)


def finish(tx: Transaction, entry: Waiting, note: str | None = None) -> bool:
    """Mark a held entry handled; False when somebody else holds or finished it meanwhile."""
    done = tx.execute(_FINISH, {"entry": entry.id, "held": entry.fence, "why": note})
    return done.rowcount == 1


def is_held(tx: Transaction, entry: Waiting) -> bool:
    """Whether the holder of an entry still holds it."""
    return (
        tx.scalar(
            sa.select(journal.c.id).where(
                journal.c.id == entry.id,
                journal.c.fence == entry.fence,
                _PENDING,
            )
        )
        is not None
    )


def remember(tx: Transaction, *, activity_uri: str, actor_uri: str, now: float) -> None:
    """Note an activity that came inside another, so that it is not applied again."""
    record(
        tx,
        activity_uri=activity_uri,
        actor_uri=actor_uri,
        host="",
        scheme="proof",
        body=None,
        now=now,
        handled=True,
        note="passed on by a neighbour",
    )


def put_back(
    tx: Transaction,
    entry: Waiting,
    *,
    next_at: float | None,
    note: str,
    aside: bool = False,
    count: bool = True,
) -> None:
    """After a failed try: due again at `next_at`, or put aside for an administrator.

    `count` False when the try says nothing about the entry (the database was away).
    """
    tx.execute(
        sa.update(journal)
        .where(journal.c.id == entry.id, journal.c.fence == entry.fence, _PENDING)
        .values(
            state="aside" if aside else "pending",
            note=note[:500],
            attempts=journal.c.attempts + int(count),
            next_at=next_at or 0.0,
            leased_until=0.0,
        )
    )


def next_due(tx: Transaction, *, busy_hosts: Collection[str] = ()) -> float | None:
    """When the next entry is due or its lease ends; None when none waits."""
    when: float | None = tx.scalar(_NEXT, {"busy": list(busy_hosts) or [""]})
    return when


def waiting_count(tx: Transaction) -> int:
    return int(tx.scalar(sa.select(sa.func.count()).select_from(journal).where(_PENDING)) or 0)


def aside_count(tx: Transaction) -> int:
    return int(tx.scalar(sa.select(sa.func.count()).select_from(journal).where(_ASIDE)) or 0)


def release_leases(tx: Transaction, entries: Sequence[Waiting]) -> None:
    """Give entries back untouched, at a stop."""
    for entry in entries:
        tx.execute(
            sa.update(journal)
            .where(journal.c.id == entry.id, journal.c.fence == entry.fence, _PENDING)
            .values(leased_until=0.0, next_at=journal.c.received_at)
        )
    if entries:
        tx.ring(BELL)


def drop_old_bodies(tx: Transaction, *, before: float) -> int:
    """Forget the bytes of handled entries; the row stays as the memory of the id."""
    return tx.execute(
        sa.update(journal)
        .where(
            _HANDLED,
            journal.c.received_at < before,
            journal.c.body.is_not(None),
        )
        .values(body=None)
    ).rowcount


def forget_body(tx: Transaction, entry_id: int) -> None:
    tx.execute(sa.update(journal).where(journal.c.id == entry_id).values(body=None))


def aside(tx: Transaction, *, most: int = 100) -> list[tuple[int, str, str, str | None]]:
    """What was put aside: (id, activity, actor, why)."""
    rows = tx.all(
        sa.select(journal.c.id, journal.c.activity_uri, journal.c.actor_uri, journal.c.note)
        .where(_ASIDE)
        .order_by(journal.c.id.desc())
        .limit(most)
    )
    return [(row.id, row.activity_uri, row.actor_uri, row.note) for row in rows]


def retry_aside(tx: Transaction, *, now: float) -> int:
    count = tx.execute(
        sa.update(journal)
        .where(_ASIDE)
        .values(state="pending", attempts=0, next_at=now, leased_until=0.0)
    ).rowcount
    tx.ring(BELL)
    return count
