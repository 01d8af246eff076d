"""Between whom nothing passes: whoever of the two blocked the other."""

from __future__ import annotations

import sqlalchemy as sa

from node.store import follows
from node.store.tables import blocks
from node.store.transaction import Transaction
from node.store.upsert import insert_new


def put(
    tx: Transaction, *, actor_id: int, target_id: int, activity_uri: str | None, now: float
) -> bool:
    """`actor` blocks `target`; the follows between them end."""
    follows.remove(tx, actor_id, target_id)
    follows.remove(tx, target_id, actor_id)
    return insert_new(
        tx,
        blocks,
        {
            "actor_id": actor_id,
            "target_id": target_id,
            "activity_uri": activity_uri,
            "created_at": now,
        },
    )


def remove(tx: Transaction, *, actor_id: int, target_id: int) -> bool:
    return (
        tx.execute(
            sa.delete(blocks).where(blocks.c.actor_id == actor_id, blocks.c.target_id == target_id)
        ).rowcount
        > 0
    )


def remove_by_activity(tx: Transaction, *, activity_uri: str, actor_id: int) -> bool:
    return (
        tx.execute(
            sa.delete(blocks).where(
                blocks.c.activity_uri == activity_uri, blocks.c.actor_id == actor_id
            )
        ).rowcount
        > 0
    )


def stands(tx: Transaction, *, actor_id: int, target_id: int) -> bool:
    """Whether one blocked the other, in this direction."""
    return (
        tx.scalar(
            sa.select(blocks.c.created_at).where(
                blocks.c.actor_id == actor_id, blocks.c.target_id == target_id
            )
        )
        is not None
    )


def between(tx: Transaction, a: int, b: int) -> bool:
    """Whether one of two actors has blocked the other."""
    return (
        tx.first(
            sa.select(blocks.c.actor_id).where(
                sa.or_(
                    sa.and_(blocks.c.actor_id == a, blocks.c.target_id == b),
                    sa.and_(blocks.c.actor_id == b, blocks.c.target_id == a),
                )
            )
        )
        is not None
    )


def of(tx: Transaction, actor_id: int) -> set[int]:
    """Everybody who is left out of what an actor sees: whom it blocked, and who blocked it."""
    theirs = sa.select(blocks.c.target_id.label("other")).where(blocks.c.actor_id == actor_id)
    others = sa.select(blocks.c.actor_id.label("other")).where(blocks.c.target_id == actor_id)
    return {row.other for row in tx.all(sa.union(theirs, others))}


def activity_of(tx: Transaction, *, actor_id: int, target_id: int) -> str | None:
    """IRI of the Block that said so; None for no block, or for one without."""
    uri: str | None = tx.scalar(
        sa.select(blocks.c.activity_uri).where(
            blocks.c.actor_id == actor_id, blocks.c.target_id == target_id
        )
    )
    return uri


def made_by(tx: Transaction, actor_id: int, *, before: int | None, most: int) -> list[int]:
    """Whom an actor blocked, by actor id, newest met first."""
    statement = (
        sa.select(blocks.c.target_id)
        .where(blocks.c.actor_id == actor_id)
        .order_by(blocks.c.target_id.desc())
        .limit(most)
    )
    if before is not None:
        statement = statement.where(blocks.c.target_id < before)
    return [row.target_id for row in tx.all(statement)]
