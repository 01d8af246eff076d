"""Accounts are looked at."""

from __future__ import annotations

from typing import Any

from node.mastodon.entities import account as entities
from node.mastodon.method import Ask, Method, Person, missing
from node.outbox.here import Here
from node.store import actors
from node.store.transaction import Transaction


async def verify(ask: Ask) -> dict[str, Any]:
    """GET /api/v1/accounts/verify_credentials: CredentialAccount."""
    return await ask.store.read(own, ask.here, ask.person)


async def one(ask: Ask) -> dict[str, Any]:
    """GET /api/v1/accounts/:id."""
    return await ask.store.read(_one, ask.here, ask.number())


def own(tx: Transaction, here: Here, person: Person) -> dict[str, Any]:
    return entities.credential(tx, here, person.actor, person.account)


def _one(tx: Transaction, here: Here, identifier: int) -> dict[str, Any]:
    actor = actors.by_id(tx, identifier)
    if actor is None or actor.gone:
        raise missing()
    return entities.one(tx, here, actor)


_ALL = "/api/v1/accounts"

METHODS = (
    Method("GET", f"{_ALL}/verify_credentials", verify, scope=("profile", "read:accounts")),
    Method("GET", f"{_ALL}/{{id}}", one, scope="read:accounts", who="anybody"),
)
