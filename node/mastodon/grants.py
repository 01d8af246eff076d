"""Whose a token is, and what it allows."""

from __future__ import annotations

import hashlib

from node.mastodon.method import Grant, Person
from node.store import accounts, actors, apps
from node.store.transaction import Transaction


def hash_of(text: str) -> str:
    """As tokens are kept: SHA-256, hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def grant_of(tx: Transaction, hash: str) -> Grant | None:
    """None for a token that is none, or is over, and for somebody who is suspended or gone."""
    found = apps.token(tx, hash)
    if found is None:
        return None
    app = apps.by_id(tx, found.app_id) if found.app_id is not None else None
    if found.account_id is None:
        return Grant(hash, found.scopes, found.created_at, None, app)
    account = accounts.by_actor(tx, found.account_id)
    actor = actors.by_id(tx, found.account_id)
    if account is None or actor is None or actor.suspended or actor.gone:
        return None
    return Grant(hash, found.scopes, found.created_at, Person(actor, account), app)
