"""Servers of which a person of ours wants to hear nothing."""

from __future__ import annotations

import sqlalchemy as sa

from node.store.tables import domain_mutes
from node.store.transaction import Transaction
from node.store.upsert import insert_new


def add(tx: Transaction, *, account_id: int, domain: str, now: float) -> bool:
    row = {"account_id": account_id, "domain": domain, "created_at": now}
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
