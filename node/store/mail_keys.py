"""Keys that went to somebody by mail: each opens one thing, once, for a while."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from node.store.tables import mail_keys
from node.store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class MailKey:
    account_id: int
    purpose: str
    """``password`` or ``email``."""
    email: str
    """The address it went to."""
    expires_at: float


def add(
    tx: Transaction,
    *,
    hash: str,
    account_id: int,
    purpose: str,
    email: str,
    now: float,
    ends: float,
) -> None:
    """Another key for the same purpose takes the place of the one before."""
    tx.execute(
        sa.delete(mail_keys).where(
            mail_keys.c.account_id == account_id, mail_keys.c.purpose == purpose
        )
    )
    tx.execute(
        sa.insert(mail_keys),
        {
            "hash": hash,
            "account_id": account_id,
            "purpose": purpose,
            "email": email,
            "created_at": now,
            "expires_at": ends,
        },
    )


def find(tx: Transaction, hash: str, *, now: float) -> MailKey | None:
    row = tx.first(
        sa.select(
            mail_keys.c.account_id,
            mail_keys.c.purpose,
            mail_keys.c.email,
            mail_keys.c.expires_at,
        ).where(mail_keys.c.hash == hash, mail_keys.c.expires_at > now)
    )
    return None if row is None else MailKey(*row)


def drop_of(tx: Transaction, account_id: int, *, purpose: str | None = None) -> None:
    """All keys of an account, or those for one purpose."""
    statement = sa.delete(mail_keys).where(mail_keys.c.account_id == account_id)
    if purpose is not None:
        statement = statement.where(mail_keys.c.purpose == purpose)
    tx.execute(statement)


def drop_expired(tx: Transaction, *, now: float) -> int:
    return tx.execute(sa.delete(mail_keys).where(mail_keys.c.expires_at <= now)).rowcount
