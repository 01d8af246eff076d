"""The second factor of signing in, and the codes for the day when it is lost."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from node.store.tables import recovery_codes, second_factors
from node.store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Factor:
    secret: str
    """Base32, as apps that make codes take it."""
    confirmed_at: float | None
    """None while its owner has not shown that their app makes its codes: not in force."""
    last_step: int


def of(tx: Transaction, account_id: int) -> Factor | None:
    row = tx.first(
        sa.select(
            second_factors.c.secret, second_factors.c.confirmed_at, second_factors.c.last_step
        ).where(second_factors.c.account_id == account_id)
    )
    return None if row is None else Factor(*row)


def is_on(tx: Transaction, account_id: int) -> bool:
    found = of(tx, account_id)
    return found is not None and found.confirmed_at is not None


def begin(tx: Transaction, account_id: int, secret: str) -> None:
    """Not in force yet; takes the place of one that never was."""
    tx.execute(
        sa.delete(second_factors).where(
            second_factors.c.account_id == account_id, second_factors.c.confirmed_at.is_(None)
        )
    )
    tx.execute(
        sa.insert(second_factors), {"account_id": account_id, "secret": secret, "last_step": 0}
    )


def confirm(tx: Transaction, account_id: int, *, step: int, now: float) -> bool:
    """In force from now on; False when it was already, or is gone."""
    return (
        tx.execute(
            sa.update(second_factors)
            .where(
                second_factors.c.account_id == account_id, second_factors.c.confirmed_at.is_(None)
            )
            .values(confirmed_at=now, last_step=step)
        ).rowcount
        == 1
    )


def use_step(tx: Transaction, account_id: int, step: int) -> bool:
    """A code of this step was given. False when one of it, or of a later one, was before."""
    return (
        tx.execute(
            sa.update(second_factors)
            .where(second_factors.c.account_id == account_id, second_factors.c.last_step < step)
            .values(last_step=step)
        ).rowcount
        == 1
    )


def drop(tx: Transaction, account_id: int) -> bool:
    """With its recovery codes; False when there was none."""
    put_codes(tx, account_id, ())
    return (
        tx.execute(
            sa.delete(second_factors).where(second_factors.c.account_id == account_id)
        ).rowcount
        == 1
    )


def put_codes(tx: Transaction, account_id: int, hashes: Iterable[str]) -> None:
    """Those before are good no more."""
    tx.execute(sa.delete(recovery_codes).where(recovery_codes.c.account_id == account_id))
    rows = [{"account_id": account_id, "hash": one} for one in hashes]
    if rows:
        tx.execute(sa.insert(recovery_codes), rows)


def use_code(tx: Transaction, account_id: int, hash: str) -> bool:
    """One recovery code is used up; False when it is none of theirs."""
    return (
        tx.execute(
            sa.delete(recovery_codes).where(
                recovery_codes.c.account_id == account_id, recovery_codes.c.hash == hash
            )
        ).rowcount
        == 1
    )


def codes_left(tx: Transaction, account_id: int) -> int:
    found = tx.scalar(
        sa.select(sa.func.count())
        .select_from(recovery_codes)
        .where(recovery_codes.c.account_id == account_id)
    )
    return int(found or 0)
