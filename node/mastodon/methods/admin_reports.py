"""Mediators look at what was reported."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from node.actions import reports as actions
from node.errors import Conflict, Forbidden
from node.mastodon.entities.admin import reports_of
from node.mastodon.method import Ask, Handler, Listing, Method, listed
from node.moderation.reports import Outcome, check_category
from node.outbox.here import Here
from node.social.accounts import Actor
from node.store import reports
from node.store.transaction import Transaction

Unit = Callable[[Transaction, Here, Actor, int], None]


async def every(ask: Ask) -> Listing:
    """GET /api/v1/admin/reports: those that are open, or with `resolved` those that are settled."""
    me = ask.require("mediator").actor
    read, bounds = ask.parameters, ask.bounds(default=100, most=200)
    upward = bounds.min_id is not None
    found = await ask.store.read(
        reports.listed,
        state=reports.SETTLED if read.flag("resolved") else reports.OPEN,
        reporter_id=read.identifier("account_id"),
        target_id=read.identifier("target_account_id"),
        before=bounds.max_id,
        after=bounds.min_id if upward else bounds.since_id,
        upward=upward,
        most=bounds.limit,
    )
    shown = await ask.store.read(reports_of, ask.here, me, found)
    return listed(shown, [one.id for one in found], bounds)


async def one(ask: Ask) -> dict[str, Any]:
    """GET /api/v1/admin/reports/:id."""
    me = ask.require("mediator").actor
    return await ask.store.read(_one, ask.here, me, ask.number())


def _one(tx: Transaction, here: Here, me: Actor, identifier: int) -> dict[str, Any]:
    return reports_of(tx, here, me, [actions.by_id(tx, identifier)])[0]


async def change(ask: Ask) -> dict[str, Any]:
    """PUT /api/v1/admin/reports/:id: another category."""
    me = ask.require("mediator").actor
    category = ask.parameters.maybe("category")
    word = check_category(category).value if category else None
    return await ask.store.write(_change, ask.here, me, ask.number(), word)


def _change(
    tx: Transaction, here: Here, me: Actor, identifier: int, category: str | None
) -> dict[str, Any]:
    found = actions.by_id(tx, identifier)
    if category is not None:
        reports.set_category(tx, found.id, category)
    return _one(tx, here, me, identifier)


def _step(unit: Unit) -> Handler:
    def step(tx: Transaction, here: Here, me: Actor, identifier: int) -> dict[str, Any]:
        actions.by_id(tx, identifier)
        try:
            unit(tx, here, me, identifier)
        except Conflict as error:
            raise Forbidden(error.public) from error
        return _one(tx, here, me, identifier)

    async def handler(ask: Ask) -> dict[str, Any]:
        me = ask.require("mediator").actor
        return await ask.store.write(step, ask.here, me, ask.number())

    return handler


def _take(tx: Transaction, here: Here, me: Actor, identifier: int) -> None:
    reports.assign(tx, identifier, me.id)


def _leave(tx: Transaction, here: Here, me: Actor, identifier: int) -> None:
    reports.assign(tx, identifier, None)


def _settle(tx: Transaction, here: Here, me: Actor, identifier: int) -> None:
    actions.settle(tx, here, me, identifier, outcome=Outcome.NOTHING)


def _reopen(tx: Transaction, here: Here, me: Actor, identifier: int) -> None:
    actions.reopen(tx, here, me, identifier)


_ALL = "/api/v1/admin/reports"
_ONE = f"{_ALL}/{{id}}"
_READ, _WRITE = "admin:read:reports", "admin:write:reports"

METHODS = (
    Method("GET", _ALL, every, scope=_READ),
    Method("GET", _ONE, one, scope=_READ),
    Method("PUT", _ONE, change, scope=_WRITE),
    Method("POST", f"{_ONE}/assign_to_self", _step(_take), scope=_WRITE),
    Method("POST", f"{_ONE}/unassign", _step(_leave), scope=_WRITE),
    Method("POST", f"{_ONE}/resolve", _step(_settle), scope=_WRITE),
    Method("POST", f"{_ONE}/reopen", _step(_reopen), scope=_WRITE),
)
