"""Somebody says that something is wrong; mediators look."""

from __future__ import annotations

from typing import Any, Final

from node.actions import relating
from node.actions import reports as actions
from node.errors import Conflict, Invalid
from node.mastodon.entities.report import report as entity
from node.mastodon.method import Ask, Method
from node.moderation.rates import Rate
from node.moderation.reports import Category, check_category
from node.outbox.here import Here
from node.social.accounts import Actor
from node.store.transaction import Transaction

RATE: Final = Rate("reports", 30, 3_600.0)


async def create(ask: Ask) -> dict[str, Any]:
    """POST /api/v1/reports."""
    read = ask.parameters
    chosen = Category.VIOLATION if read.texts("rule_ids") else Category.OTHER
    return await ask.store.write(
        _create,
        ask.here,
        ask.person.actor,
        read.identifier("account_id") or 0,
        object_ids=tuple(dict.fromkeys(read.identifiers("status_ids"))),
        content=read.text("comment"),
        category=check_category(read.text("category") or chosen.value),
        forward=read.flag("forward"),
    )


def _create(
    tx: Transaction, /, here: Here, me: Actor, target_id: int, **about: Any
) -> dict[str, Any]:
    target = relating.somebody(tx, target_id)
    try:
        made = actions.report(tx, here, me, target=target, **about)
    except Conflict as error:
        raise Invalid(error.public) from error
    return entity(tx, here, made)


METHODS = (Method("POST", "/api/v1/reports", create, scope="write:reports", rate=RATE),)
