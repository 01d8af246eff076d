"""Who stands up for whom, and since when."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from node.store.tables import vouches
from node.store.transaction import Transaction
from node.store.upsert import insert_new


@dataclass(frozen=True, slots=True)
class Vouch:
    account_id: int
    """Who is vouched for."""
    voucher_id: int
    created_at: float


_SELECT = sa.select(vouches.c.account_id, vouches.c.voucher_id, vouches.c.created_at)


def add(tx: Transaction, *, account_id: int, voucher_id: int, now: float) -> bool:
    """False when they did so before: the first date counts."""
    return insert_new(
        tx, vouches, {"account_id": account_id, "voucher_id": voucher_id, "created_at": now}
    )


def remove(tx: Transaction, *, account_id: int, voucher_id: int) -> bool:
    return (
        tx.execute(
            sa.delete(vouches).where(
                vouches.c.account_id == account_id, vouches.c.voucher_id == voucher_id
            )
        ).rowcount
        == 1
    )


def for_(tx: Transaction, account_id: int) -> list[Vouch]:
    """Who vouches for somebody, the oldest first."""
    rows = tx.all(
        _SELECT.where(vouches.c.account_id == account_id).order_by(
            vouches.c.created_at, vouches.c.voucher_id
        )
    )
    return [Vouch(*row) for row in rows]


def by(tx: Transaction, voucher_id: int) -> list[Vouch]:
    """For whom somebody vouches."""
    rows = tx.all(
        _SELECT.where(vouches.c.voucher_id == voucher_id).order_by(
            vouches.c.created_at, vouches.c.account_id
        )
    )
    return [Vouch(*row) for row in rows]


def forget_person(tx: Transaction, actor_id: int) -> None:
    tx.execute(
        sa.delete(vouches).where(
            sa.or_(vouches.c.account_id == actor_id, vouches.c.voucher_id == actor_id)
        )
    )
