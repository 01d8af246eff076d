"""People with an account here: their credentials, roles and tokens."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from node.social.accounts import Actor
from node.store import actors as actors_store
from node.store import calls, news, pushes
from node.store.tables import accounts, actors, tokens
from node.store.transaction import Transaction
from node.store.upsert import insert_new


@dataclass(frozen=True, slots=True)
class Account:
    actor_id: int
    username: str
    email: str
    password_hash: str
    role: str
    locale: str
    confirmed_at: float | None
    """When the e-mail address was known to be theirs; mail goes to no other."""
    contact: str = ""
    """What this person may reveal to the other side of an agreement."""
    notify: Mapping[str, str] = field(default_factory=dict)
    """Kind, or ``*`` for all, → how by mail (`social.notifications.How`)."""
    unsubscribe_key: str | None = None
    digest_at: float | None = None
    """When its next digest goes; None while nothing happened."""
    invited_by: int | None = None
    created_at: float = 0.0
    preferences: Mapping[str, Any] = field(default_factory=dict)
    """What `social.preferences.read` reads."""


_SELECT = sa.select(
    accounts.c.actor_id,
    actors.c.username,
    accounts.c.email,
    accounts.c.password_hash,
    accounts.c.role,
    accounts.c.locale,
    accounts.c.confirmed_at,
    accounts.c.contact,
    accounts.c.notify,
    accounts.c.unsubscribe_key,
    accounts.c.digest_at,
    accounts.c.invited_by,
    accounts.c.created_at,
    accounts.c.preferences,
).join(actors, actors.c.id == accounts.c.actor_id)


def insert(
    tx: Transaction,
    *,
    actor_id: int,
    email: str,
    password_hash: str,
    role: str,
    confirmed_at: float | None,
    now: float,
    locale: str = "fr",
    invited_by: int | None = None,
) -> bool:
    """False when the e-mail address is taken."""
    fresh = insert_new(
        tx,
        accounts,
        {
            "actor_id": actor_id,
            "email": email,
            "password_hash": password_hash,
            "role": role,
            "locale": locale,
            "invited_by": invited_by,
            "confirmed_at": confirmed_at,
            "created_at": now,
        },
    )
    if fresh:
        news.joined(tx, actor_id)
    return fresh


def by_username(tx: Transaction, username: str) -> Account | None:
    row = tx.first(_SELECT.where(actors.c.local.is_(True), actors.c.username == username.lower()))
    return None if row is None else Account(*row)


def by_email(tx: Transaction, email: str) -> Account | None:
    row = tx.first(_SELECT.where(accounts.c.email == email))
    return None if row is None else Account(*row)


def by_unsubscribe_key(tx: Transaction, key: str) -> Account | None:
    # The index is partial: the second half lets both planners use it.
    row = tx.first(
        _SELECT.where(accounts.c.unsubscribe_key == key, accounts.c.unsubscribe_key.is_not(None))
    )
    return None if row is None else Account(*row)


def by_actor(tx: Transaction, actor_id: int) -> Account | None:
    row = tx.first(_SELECT.where(accounts.c.actor_id == actor_id))
    return None if row is None else Account(*row)


def by_actors(tx: Transaction, ids: Collection[int]) -> dict[int, Account]:
    if not ids:
        return {}
    rows = tx.all(_SELECT.where(accounts.c.actor_id.in_(list(ids))))
    return {row.actor_id: Account(*row) for row in rows}


def by_token(tx: Transaction, hash: str) -> tuple[Account, str] | None:
    """The account that a token which is not revoked belongs to, and the token's scopes."""
    row = tx.first(
        _SELECT.add_columns(tokens.c.scopes)
        .join(tokens, tokens.c.account_id == accounts.c.actor_id)
        .where(tokens.c.hash == hash, tokens.c.revoked_at.is_(None))
    )
    return None if row is None else (Account(*row[:-1]), row.scopes)


def with_roles(tx: Transaction, roles: Sequence[str]) -> list[Actor]:
    """Everybody who has one of the roles, the oldest account first."""
    rows = tx.all(
        sa.select(accounts.c.actor_id)
        .where(accounts.c.role.in_(roles))
        .order_by(accounts.c.created_at, accounts.c.actor_id)
    )
    found = (actors_store.by_id(tx, row.actor_id) for row in rows)
    return [actor for actor in found if actor is not None and not actor.suspended]


def change(tx: Transaction, actor_id: int, **values: Any) -> None:
    """Set columns of an account: locale, contact, notify, unsubscribe_key, digest_at, email…"""
    if values:
        tx.execute(sa.update(accounts).where(accounts.c.actor_id == actor_id).values(**values))


def digests_due(tx: Transaction, *, now: float, most: int) -> list[int]:
    """Actor ids of the accounts whose digest is due, the longest due first."""
    rows = tx.all(
        sa.select(accounts.c.actor_id)
        .where(accounts.c.digest_at.is_not(None), accounts.c.digest_at <= now)
        .order_by(accounts.c.digest_at)
        .limit(most)
    )
    return [row.actor_id for row in rows]


def next_digest(tx: Transaction) -> float | None:
    at: float | None = tx.scalar(
        sa.select(sa.func.min(accounts.c.digest_at)).where(accounts.c.digest_at.is_not(None))
    )
    return at


def people(tx: Transaction, ids: Collection[int]) -> dict[int, tuple[str, Mapping[str, Any]]]:
    """Of those who have an account here: (role, preferences)."""
    if not ids:
        return {}
    rows = tx.all(
        sa.select(accounts.c.actor_id, accounts.c.role, accounts.c.preferences).where(
            accounts.c.actor_id.in_(list(ids))
        )
    )
    return {row.actor_id: (row.role, row.preferences) for row in rows}


def set_role(tx: Transaction, actor_id: int, role: str) -> None:
    tx.execute(sa.update(accounts).where(accounts.c.actor_id == actor_id).values(role=role))


def set_password(tx: Transaction, actor_id: int, password_hash: str, *, now: float) -> None:
    """Change the password; every token of the account ends."""
    tx.execute(
        sa.update(accounts)
        .where(accounts.c.actor_id == actor_id)
        .values(password_hash=password_hash)
    )
    tx.execute(
        sa.update(tokens)
        .where(tokens.c.account_id == actor_id, tokens.c.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    calls.tokens_ended(tx, actor_id)
    pushes.remove_of(tx, actor_id)


def delete(tx: Transaction, actor_id: int) -> None:
    calls.tokens_ended(tx, actor_id)
    tx.execute(sa.delete(accounts).where(accounts.c.actor_id == actor_id))


def count(tx: Transaction) -> int:
    return int(tx.scalar(sa.select(sa.func.count()).select_from(accounts)) or 0)


def add_token(tx: Transaction, *, hash: str, account_id: int, scopes: str, now: float) -> None:
    tx.execute(
        sa.insert(tokens),
        {"hash": hash, "account_id": account_id, "scopes": scopes, "created_at": now},
    )


def has_app(tx: Transaction, actor_id: int) -> bool:
    """Whether some app is signed in to it."""
    return (
        tx.scalar(
            sa.select(tokens.c.hash)
            .where(
                tokens.c.account_id == actor_id,
                tokens.c.app_id.is_not(None),
                tokens.c.revoked_at.is_(None),
            )
            .limit(1)
        )
        is not None
    )
