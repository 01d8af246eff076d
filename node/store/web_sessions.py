"""Sessions of browsers: tokens of the scope ``pages``, with what tells one from another."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from node.social.accounts import Actor
from node.store import accounts, actors, calls, pushes
from node.store.accounts import Account
from node.store.tables import tokens, web_sessions
from node.store.transaction import Transaction

SCOPE: Final = "pages"
LASTS_S: Final = 60 * 86_400
"""A session that nobody used for so long is over."""
DAY_S: Final = 86_400


@dataclass(frozen=True, slots=True)
class Found:
    hash: str
    actor: Actor
    account: Account
    stale: bool
    """Whether `seen` is to be said: it is known to the day."""


@dataclass(frozen=True, slots=True)
class Session:
    hash: str
    device: str
    created_at: float
    seen_at: float


def hash_of(token: str) -> str:
    """As tokens are kept: SHA-256, hex."""
    return hashlib.sha256(token.encode()).hexdigest()


def begin(tx: Transaction, token: str, actor_id: int, *, device: str, now: float) -> None:
    """Whoever has the token is signed in."""
    hashed = hash_of(token)
    accounts.add_token(tx, hash=hashed, account_id=actor_id, scopes=SCOPE, now=now)
    tx.execute(sa.insert(web_sessions), {"hash": hashed, "device": device[:100], "seen_at": now})


def find(tx: Transaction, token: str, *, now: float) -> Found | None:
    """None for a session that is over, and for somebody who is suspended or gone."""
    hashed = hash_of(token)
    row = tx.first(
        sa.select(tokens.c.account_id, web_sessions.c.seen_at)
        .join(web_sessions, web_sessions.c.hash == tokens.c.hash)
        .where(tokens.c.hash == hashed, tokens.c.scopes == SCOPE, tokens.c.revoked_at.is_(None))
    )
    if row is None or row.seen_at < now - LASTS_S:
        return None
    account = accounts.by_actor(tx, row.account_id)
    actor = actors.by_id(tx, row.account_id)
    if account is None or actor is None or actor.suspended or actor.gone:
        return None
    return Found(hashed, actor, account, stale=row.seen_at < now - DAY_S)


def seen(tx: Transaction, hash: str, now: float) -> None:
    tx.execute(sa.update(web_sessions).where(web_sessions.c.hash == hash).values(seen_at=now))


def of(tx: Transaction, actor_id: int, *, now: float) -> list[Session]:
    """Somebody's sessions that are not over, the last used first."""
    rows = tx.all(
        sa.select(
            web_sessions.c.hash,
            web_sessions.c.device,
            tokens.c.created_at,
            web_sessions.c.seen_at,
        )
        .join(tokens, tokens.c.hash == web_sessions.c.hash)
        .where(
            tokens.c.account_id == actor_id,
            tokens.c.revoked_at.is_(None),
            web_sessions.c.seen_at >= now - LASTS_S,
        )
        .order_by(web_sessions.c.seen_at.desc(), web_sessions.c.hash)
    )
    return [Session(*row) for row in rows]


def end(tx: Transaction, actor_id: int, hash: str, *, now: float) -> bool:
    """One of somebody's sessions; False when it was over, or is not theirs."""
    ended = tx.execute(
        sa.update(tokens)
        .where(
            tokens.c.hash == hash,
            tokens.c.account_id == actor_id,
            tokens.c.scopes == SCOPE,
            tokens.c.revoked_at.is_(None),
        )
        .values(revoked_at=now)
    ).rowcount
    if ended:
        calls.token_ended(tx, hash)
        pushes.remove(tx, hash)
    return ended > 0


def end_others(tx: Transaction, actor_id: int, keep: str, *, now: float) -> None:
    """All of somebody's sessions but the one before them."""
    for session in of(tx, actor_id, now=now):
        if session.hash != keep:
            end(tx, actor_id, session.hash, now=now)


def forget(tx: Transaction, *, before: float) -> int:
    """What nobody used since then, and what is over."""
    over = sa.select(tokens.c.hash).where(
        tokens.c.scopes == SCOPE, tokens.c.revoked_at.is_not(None), tokens.c.revoked_at < before
    )
    return tx.execute(
        sa.delete(web_sessions).where(
            sa.or_(web_sessions.c.seen_at < before, web_sessions.c.hash.in_(over))
        )
    ).rowcount
