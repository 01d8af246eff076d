"""What is let in to somebody's account: browsers by their sessions, apps by their tokens."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from node.store import apps as apps_store
from node.store import web_sessions
from node.store.tables import apps, tokens
from node.store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Connected:
    """An app, or a program that was given a token by a command."""

    hash: str
    app: str | None
    """As it calls itself; None for a token made by a command."""
    created_at: float


def apps_of(tx: Transaction, actor_id: int) -> list[Connected]:
    """The last let in first."""
    rows = tx.all(
        sa.select(tokens.c.hash, apps.c.name, tokens.c.created_at)
        .outerjoin(apps, apps.c.id == tokens.c.app_id)
        .where(
            tokens.c.account_id == actor_id,
            tokens.c.revoked_at.is_(None),
            tokens.c.scopes != web_sessions.SCOPE,
        )
        .order_by(tokens.c.created_at.desc(), tokens.c.hash)
    )
    return [Connected(*row) for row in rows]


def end(tx: Transaction, actor_id: int, hash: str, *, now: float) -> bool:
    """One of them, with its streams and what it is told; False for what is over, or not theirs."""
    mine = tx.scalar(
        sa.select(tokens.c.hash).where(tokens.c.hash == hash, tokens.c.account_id == actor_id)
    )
    return mine is not None and apps_store.revoke(tx, hash, now=now)


def end_others(tx: Transaction, actor_id: int, keep: str, *, now: float) -> None:
    """All but the one that is kept."""
    rows = tx.all(
        sa.select(tokens.c.hash).where(
            tokens.c.account_id == actor_id, tokens.c.revoked_at.is_(None), tokens.c.hash != keep
        )
    )
    for row in rows:
        apps_store.revoke(tx, row.hash, now=now)
