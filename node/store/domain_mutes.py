"""Servers of which a person of ours wants to hear nothing."""

from __future__ import annotations

import sqlalchemy as sa

from node.ids import new_id
from node.store.tables import domain_mutes
from node.store.transaction import Transaction
from node.store.upsert import insert_new


def add(tx: Transaction, *, account_id: int, domain: str, now: float) -> bool:
    row = {"id": new_id(), "account_id": account_id, "domain": domain, "created_at": now}
    return insert_new(tx, domain_mutes, row)


def remove(tx: Transaction, *, account_id: int, domain: str) -> bool:
    return (
        tx.execute(
            sa.delete(domain_mutes).where(
                domain_mutes.c.account_id == account_id, domain_mutes.c.domain == domain
            )
        ).rowcount
        > 0
    )


def of(tx: Transaction, account_id: int, *, most: int = 10_000) -> list[str]:
    """By name."""
    rows = tx.all(
        sa.select(domain_mutes.c.domain)
        .where(domain_mutes.c.account_id == account_id)
        .order_by(domain_mutes.c.domain)
        .limit(most)
    )
    return [row.domain for row in rows]


def count(tx: Transaction, account_id: int) -> int:
    return int(
        tx.scalar(sa.select(sa.func.count()).where(domain_mutes.c.account_id == account_id)) or 0
    )


def page(
    tx: Transaction,
    account_id: int,
    *,
    below: int | None,
    above: int | None,
    upward: bool,
    most: int,
) -> list[tuple[int, str]]:
    """Newest first: (number, domain)."""
    statement = sa.select(domain_mutes.c.id, domain_mutes.c.domain).where(
        domain_mutes.c.account_id == account_id
    )
    if below is not None:
        statement = statement.where(domain_mutes.c.id < below)
    if above is not None:
        statement = statement.where(domain_mutes.c.id > above)
    order = domain_mutes.c.id.asc() if upward else domain_mutes.c.id.desc()
    rows = tx.all(statement.order_by(order).limit(most))
    return sorted(((row.id, row.domain) for row in rows), reverse=True)
