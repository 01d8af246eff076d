"""Whom a person shows on their profile."""

from __future__ import annotations

import sqlalchemy as sa

from node.ids import new_id
from node.store.tables import endorsements
from node.store.transaction import Transaction
from node.store.upsert import insert_new


def add(tx: Transaction, *, account_id: int, target_id: int) -> bool:
    row = {"id": new_id(), "account_id": account_id, "target_id": target_id}
    return insert_new(tx, endorsements, row)


def remove(tx: Transaction, *, account_id: int, target_id: int) -> bool:
    return (
        tx.execute(
            sa.delete(endorsements).where(
                endorsements.c.account_id == account_id, endorsements.c.target_id == target_id
            )
        ).rowcount
        > 0
    )


def page(
    tx: Transaction,
    account_id: int,
    *,
    below: int | None,
    above: int | None,
    upward: bool,
    most: int,
) -> list[tuple[int, int]]:
    """Newest first: (number, actor id)."""
    statement = sa.select(endorsements.c.id, endorsements.c.target_id).where(
        endorsements.c.account_id == account_id
    )
    if below is not None:
        statement = statement.where(endorsements.c.id < below)
    if above is not None:
        statement = statement.where(endorsements.c.id > above)
    order = endorsements.c.id.asc() if upward else endorsements.c.id.desc()
    rows = tx.all(statement.order_by(order).limit(most))
    return sorted(((row.id, row.target_id) for row in rows), reverse=True)
