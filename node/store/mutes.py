"""Whom a person of ours does not want to read for a while, or at all; nobody else learns of it."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from node.ids import new_id
from node.store.tables import mutes
from node.store.transaction import Transaction
from node.store.upsert import insert_or_update


@dataclass(frozen=True, slots=True)
class Mute:
    id: int
    target_id: int
    notifications: bool
    """Whether what they cause is not told either."""
    expires_at: float | None


_COLUMNS = (mutes.c.id, mutes.c.target_id, mutes.c.notifications, mutes.c.expires_at)


def put(
    tx: Transaction,
    *,
    account_id: int,
    target_id: int,
    notifications: bool,
    expires_at: float | None,
) -> None:
    insert_or_update(
        tx,
        mutes,
        {
            "id": new_id(),
            "account_id": account_id,
            "target_id": target_id,
            "notifications": notifications,
            "expires_at": expires_at,
        },
        key=("account_id", "target_id"),
    )


def remove(tx: Transaction, *, account_id: int, target_id: int) -> bool:
    return (
        tx.execute(
            sa.delete(mutes).where(mutes.c.account_id == account_id, mutes.c.target_id == target_id)
        ).rowcount
        > 0
    )


def in_force(now: float) -> sa.ColumnElement[bool]:
    return sa.or_(mutes.c.expires_at.is_(None), mutes.c.expires_at > now)


def of(tx: Transaction, account_id: int, *, now: float) -> set[int]:
    """Everybody whom somebody muted."""
    rows = tx.all(
        sa.select(mutes.c.target_id).where(mutes.c.account_id == account_id, in_force(now))
    )
    return {row.target_id for row in rows}


def page(
    tx: Transaction,
    account_id: int,
    *,
    now: float,
    below: int | None,
    above: int | None,
    upward: bool,
    most: int,
) -> list[Mute]:
    """Newest first, between two numbers; ``upward`` takes those that lie right above."""
    statement = sa.select(*_COLUMNS).where(mutes.c.account_id == account_id, in_force(now))
    if below is not None:
        statement = statement.where(mutes.c.id < below)
    if above is not None:
        statement = statement.where(mutes.c.id > above)
    order = mutes.c.id.asc() if upward else mutes.c.id.desc()
    found = [Mute(*row) for row in tx.all(statement.order_by(order).limit(most))]
    return sorted(found, key=lambda one: -one.id)


def drop_expired(tx: Transaction, *, now: float) -> int:
    return tx.execute(
        sa.delete(mutes).where(mutes.c.expires_at.is_not(None), mutes.c.expires_at <= now)
    ).rowcount
