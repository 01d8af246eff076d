"""Announces: who passed on what."""

from __future__ import annotations

import sqlalchemy as sa

from node.ids import new_id
from node.social.told import Told
from node.store import calls, feed, news, tallies
from node.store.tables import shares
from node.store.transaction import Transaction
from node.store.upsert import insert_new


def add(
    tx: Transaction, *, object_id: int, actor_id: int, activity_uri: str, published: float
) -> bool:
    identifier = new_id()
    fresh = insert_new(
        tx,
        shares,
        {
            "id": identifier,
            "object_id": object_id,
            "actor_id": actor_id,
            "activity_uri": activity_uri,
            "published": published,
        },
    )
    if fresh:
        tallies.status(tx, object_id, "shares", 1)
        feed.shared(tx, identifier, object_id, actor_id)
        calls.shared(tx, identifier)
        news.shared(tx, object_id, actor_id)
    return fresh


def remove(tx: Transaction, *, activity_uri: str, actor_id: int) -> bool:
    gone = tx.all(
        sa.delete(shares)
        .where(shares.c.activity_uri == activity_uri, shares.c.actor_id == actor_id)
        .returning(shares.c.id, shares.c.object_id)
    )
    for row in gone:
        tallies.status(tx, row.object_id, "shares", -1)
        feed.unshared(tx, row.id)
        calls.gone(tx, row.id, open=False)
        news.author_untold(tx, Told.REBLOG, row.object_id, actor_id)
    return bool(gone)


def activity_of(tx: Transaction, *, object_id: int, actor_id: int) -> str | None:
    """The Announce by which an actor shared an object."""
    uri: str | None = tx.scalar(
        sa.select(shares.c.activity_uri).where(
            shares.c.object_id == object_id, shares.c.actor_id == actor_id
        )
    )
    return uri


def has_any(tx: Transaction, object_id: int) -> bool:
    return (
        tx.scalar(sa.select(shares.c.id).where(shares.c.object_id == object_id).limit(1))
        is not None
    )


def count(tx: Transaction, object_id: int) -> int:
    return int(tx.scalar(sa.select(sa.func.count()).where(shares.c.object_id == object_id)) or 0)
