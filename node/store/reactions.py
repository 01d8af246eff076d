"""Likes, and reactions with an emoji."""

from __future__ import annotations

import sqlalchemy as sa

from node.ids import new_id
from node.social.told import Told
from node.store import news, tallies
from node.store.tables import reactions
from node.store.transaction import Transaction
from node.store.upsert import insert_new


def add(tx: Transaction, *, object_id: int, actor_id: int, emoji: str, activity_uri: str) -> bool:
    """A Like (`emoji` empty) or an EmojiReact."""
    fresh = insert_new(
        tx,
        reactions,
        {
            "id": new_id(),
            "object_id": object_id,
            "actor_id": actor_id,
            "emoji": emoji,
            "activity_uri": activity_uri,
        },
    )
    if fresh and not emoji:
        tallies.status(tx, object_id, "likes", 1)
        news.favourited(tx, object_id, actor_id)
    return fresh


def remove(tx: Transaction, *, activity_uri: str, actor_id: int) -> bool:
    gone = tx.all(
        sa.delete(reactions)
        .where(reactions.c.activity_uri == activity_uri, reactions.c.actor_id == actor_id)
        .returning(reactions.c.object_id, reactions.c.emoji)
    )
    for row in gone:
        if not row.emoji:
            tallies.status(tx, row.object_id, "likes", -1)
            news.author_untold(tx, Told.FAVOURITE, row.object_id, actor_id)
    return bool(gone)


def activity_of(tx: Transaction, *, object_id: int, actor_id: int) -> str | None:
    """The Like of somebody."""
    uri: str | None = tx.scalar(
        sa.select(reactions.c.activity_uri).where(
            reactions.c.object_id == object_id,
            reactions.c.actor_id == actor_id,
            reactions.c.emoji == "",
        )
    )
    return uri


def count(tx: Transaction, object_id: int) -> int:
    return int(tx.scalar(sa.select(sa.func.count()).where(reactions.c.object_id == object_id)) or 0)
