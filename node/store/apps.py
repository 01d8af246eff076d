"""Registered apps, the codes they were given, and their tokens."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from node.ids import new_id
from node.store import calls, pushes
from node.store.tables import apps, authorizations, tokens
from node.store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class App:
    id: int
    client_id: str
    secret_hash: str
    name: str
    website: str | None
    redirect_uris: tuple[str, ...]
    scopes: str


@dataclass(frozen=True, slots=True)
class Authorization:
    app_id: int
    account_id: int
    redirect_uri: str
    scopes: str
    challenge: str | None
    created_at: float
    used_at: float | None
    token_hash: str | None


_SELECT = sa.select(
    apps.c.id,
    apps.c.client_id,
    apps.c.secret_hash,
    apps.c.name,
    apps.c.website,
    apps.c.redirect_uris,
    apps.c.scopes,
)


def _app(row: sa.Row[tuple[int, str, str, str, str | None, list[str], str]] | None) -> App | None:
    if row is None:
        return None
    return App(
        row.id,
        row.client_id,
        row.secret_hash,
        row.name,
        row.website,
        tuple(row.redirect_uris),
        row.scopes,
    )


def insert(
    tx: Transaction,
    *,
    client_id: str,
    secret_hash: str,
    name: str,
    website: str | None,
    redirect_uris: tuple[str, ...],
    scopes: str,
    now: float,
) -> App:
    identifier = new_id()
    tx.execute(
        sa.insert(apps),
        {
            "id": identifier,
            "client_id": client_id,
            "secret_hash": secret_hash,
            "name": name,
            "website": website,
            "redirect_uris": list(redirect_uris),
            "scopes": scopes,
            "created_at": now,
        },
    )
    return App(identifier, client_id, secret_hash, name, website, redirect_uris, scopes)


def by_client_id(tx: Transaction, client_id: str) -> App | None:
    return _app(tx.first(_SELECT.where(apps.c.client_id == client_id)))


def by_id(tx: Transaction, identifier: int) -> App | None:
    return _app(tx.first(_SELECT.where(apps.c.id == identifier)))


# ── codes ────────────────────────────────────────────────────────────────────────────────────


def authorize(
    tx: Transaction,
    *,
    hash: str,
    app_id: int,
    account_id: int,
    redirect_uri: str,
    scopes: str,
    challenge: str | None,
    now: float,
) -> None:
    tx.execute(
        sa.insert(authorizations),
        {
            "hash": hash,
            "app_id": app_id,
            "account_id": account_id,
            "redirect_uri": redirect_uri,
            "scopes": scopes,
            "challenge": challenge,
            "created_at": now,
        },
    )


def authorization(tx: Transaction, hash: str) -> Authorization | None:
    row = tx.first(
        sa.select(
            authorizations.c.app_id,
            authorizations.c.account_id,
            authorizations.c.redirect_uri,
            authorizations.c.scopes,
            authorizations.c.challenge,
            authorizations.c.created_at,
            authorizations.c.used_at,
            authorizations.c.token_hash,
        ).where(authorizations.c.hash == hash)
    )
    return None if row is None else Authorization(*row)


def use(tx: Transaction, hash: str, *, token_hash: str, now: float) -> bool:
    """Once: False when it was used before."""
    changed = tx.execute(
        sa.update(authorizations)
        .where(authorizations.c.hash == hash, authorizations.c.used_at.is_(None))
        .values(used_at=now, token_hash=token_hash)
    )
    return changed.rowcount == 1


def forget_codes(tx: Transaction, *, before: float) -> int:
    return tx.execute(
        sa.delete(authorizations).where(authorizations.c.created_at < before)
    ).rowcount


# ── tokens ───────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Granted:
    """A token that is in force."""

    account_id: int | None
    """None: of an app, and of nobody in particular."""
    app_id: int | None
    scopes: str
    created_at: float


def token(tx: Transaction, hash: str) -> Granted | None:
    row = tx.first(
        sa.select(tokens.c.account_id, tokens.c.app_id, tokens.c.scopes, tokens.c.created_at).where(
            tokens.c.hash == hash, tokens.c.revoked_at.is_(None)
        )
    )
    return None if row is None else Granted(*row)


def add_token(
    tx: Transaction,
    *,
    hash: str,
    account_id: int | None,
    app_id: int | None,
    scopes: str,
    now: float,
) -> None:
    tx.execute(
        sa.insert(tokens),
        {
            "hash": hash,
            "account_id": account_id,
            "app_id": app_id,
            "scopes": scopes,
            "created_at": now,
        },
    )


def revoke(tx: Transaction, hash: str, *, now: float, app_id: int | None = None) -> bool:
    """End a token; with `app_id` only one of that app."""
    statement = sa.update(tokens).where(tokens.c.hash == hash, tokens.c.revoked_at.is_(None))
    if app_id is not None:
        statement = statement.where(tokens.c.app_id == app_id)
    revoked = tx.execute(statement.values(revoked_at=now)).rowcount > 0
    if revoked:
        calls.token_ended(tx, hash)
        pushes.remove(tx, hash)
    return revoked
