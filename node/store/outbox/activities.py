"""What we say: published activities, with one delivery per inbox that they go to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from node.ids import new_id
from node.store.tables import deliveries, outbox
from node.store.transaction import Transaction
from node.store.upsert import insert_many, insert_new

BELL = "deliveries"


@dataclass(frozen=True, slots=True)
class Target:
    """An inbox to deliver to, and its host (with port)."""

    inbox: str
    host: str


@dataclass(frozen=True, slots=True)
class Parcel:
    """What a delivery carries: the activity as bytes, its sender, and whether it goes to
    followers (then FEP-8fcf's header goes with it)."""

    actor_id: int
    body: bytes
    sync: bool


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
    """Write the activity and one delivery per distinct inbox; the outbox row's id.

    An activity that is there already gets further inboxes; one that waits for an inbox waits
    for it once.
    """
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


_PARCEL = sa.select(outbox.c.actor_id, outbox.c.body, outbox.c.sync).where(
    outbox.c.id == sa.bindparam("outbox_id")
)


def parcel(tx: Transaction, outbox_id: int) -> Parcel | None:
    row = tx.first(_PARCEL, {"outbox_id": outbox_id})
    return None if row is None else Parcel(row.actor_id, row.body.encode(), bool(row.sync))


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


def set_public(tx: Transaction, activity_uri: str, public: bool) -> None:
    """Whether an activity stands in its actor's outbox for all to see."""
    tx.execute(sa.update(outbox).where(outbox.c.activity_uri == activity_uri).values(public=public))


def forget_object(tx: Transaction, object_uri: str) -> None:
    """What told of an object is gone, with whatever of it was not delivered yet: it holds what
    nobody may keep."""
    tx.execute(sa.delete(outbox).where(outbox.c.object_uri == object_uri))
