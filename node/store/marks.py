"""What a person keeps for themselves about statuses: bookmarks, and threads that are quiet."""

from __future__ import annotations

import sqlalchemy as sa

from node.ids import new_id
from node.store.tables import bookmarks, pins, thread_mutes
from node.store.transaction import Transaction
from node.store.upsert import insert_new


def bookmark(tx: Transaction, account_id: int, object_id: int) -> bool:
    row = {"id": new_id(), "account_id": account_id, "object_id": object_id}
    return insert_new(tx, bookmarks, row)


def unbookmark(tx: Transaction, account_id: int, object_id: int) -> bool:
    done = tx.execute(
        sa.delete(bookmarks).where(
            bookmarks.c.account_id == account_id, bookmarks.c.object_id == object_id
        )
    )
    return done.rowcount > 0


def silence(tx: Transaction, account_id: int, context: str) -> bool:
    """Nothing more is told of this thread."""
    return insert_new(tx, thread_mutes, {"account_id": account_id, "context": context})


def unsilence(tx: Transaction, account_id: int, context: str) -> bool:
    done = tx.execute(
        sa.delete(thread_mutes).where(
            thread_mutes.c.account_id == account_id, thread_mutes.c.context == context
        )
    )
    return done.rowcount > 0


def pin_count(tx: Transaction, actor_id: int) -> int:
    return int(tx.scalar(sa.select(sa.func.count()).where(pins.c.actor_id == actor_id)) or 0)
