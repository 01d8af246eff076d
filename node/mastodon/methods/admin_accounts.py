"""Mediators look through people, answer who asks to join, and judge."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Final, get_args

from node.actions import membership, moderation, relating
from node.actions import reports as reporting
from node.actions.accounts import make_keys
from node.actions.deletion import delete_account
from node.errors import Conflict, Forbidden, Invalid, NotFound
from node.mastodon.entities import admin as entities
from node.mastodon.method import Ask, Bounds, Handler, Listing, Method, listed, missing, ordered
from node.mastodon.parameters import Parameters
from node.moderation.reports import Outcome
from node.outbox.here import Here
from node.social.accounts import ROLES, Actor
from node.store import join_requests, people_pages
from node.store.people_pages import Standing, Wanted
from node.store.transaction import Transaction

STAFF: Final = ("admin", "mediator")
ROLE_IDS: Final = {"-99": "member", "2": "mediator", "3": "admin"}
BY_APP: Final = "Décidé dans une application."
"""What the others read where an app gave no reason."""
UNDOABLE: Final = "Ici, on met en sourdine (silence) ou on suspend (suspend)."


# ── looked through ───────────────────────────────────────────────────────────────────────────


async def every(ask: Ask) -> Listing:
    """GET /api/v2/admin/accounts."""
    ask.require("mediator")
    read = ask.parameters
    roles = [ROLE_IDS[one] for one in read.texts("role_ids") if one in ROLE_IDS]
    origin = read.text("origin")
    return await _page(
        ask,
        status=read.text("status"),
        wanted=Wanted(
            local={"local": True, "remote": False}.get(origin),
            standing=_standing(read.text("status")),
            roles=STAFF if read.text("permissions") == "staff" else (roles or None),
            invited_by=read.identifier("invited_by"),
            **_names(read),
        ),
    )


async def every_old(ask: Ask) -> Listing:
    """GET /api/v1/admin/accounts: the same by flags."""
    ask.require("mediator")
    read = ask.parameters
    local = True if read.flag("local") else (False if read.flag("remote") else None)
    words = ("pending", *get_args(Standing), "disabled", "sensitized")
    status = next((word for word in words if read.flag(word)), "")
    return await _page(
        ask,
        status=status,
        wanted=Wanted(
            local=local,
            standing=_standing(status),
            roles=STAFF if read.flag("staff") else None,
            **_names(read),
        ),
    )


def _names(read: Parameters) -> dict[str, Any]:
    return {
        "username": read.maybe("username"),
        "name": read.maybe("display_name"),
        "domain": read.maybe("by_domain"),
        "email": read.maybe("email"),
    }


def _standing(word: str) -> Standing | None:
    for one in get_args(Standing):
        if one == word:
            found: Standing = one
            return found
    return None


async def _page(ask: Ask, *, status: str, wanted: Wanted) -> Listing:
    bounds = ask.bounds(default=100, most=200)
    if status in ("disabled", "sensitized"):
        return Listing([])  # there is no such thing here
    if status == "pending":
        return await ask.store.read(_waiting, ask.here, bounds)
    return await ask.store.read(_every, ask.here, wanted, bounds)


def _every(tx: Transaction, here: Here, wanted: Wanted, bounds: Bounds) -> Listing:
    ids = people_pages.page(tx, wanted, **ordered(bounds))
    shown = entities.accounts(tx, here, ids)
    return listed([shown[one] for one in ids if one in shown], ids, bounds)


def _waiting(tx: Transaction, here: Here, bounds: Bounds) -> Listing:
    found = join_requests.listed(tx, before=bounds.max_id, most=bounds.limit)
    shown = [entities.waiting(here, one) for one in found]
    return Listing(shown, None, found[-1].id if found else None, len(found) >= bounds.limit)


async def one(ask: Ask) -> dict[str, Any]:
    """GET /api/v1/admin/accounts/:id."""
    ask.require("mediator")
    return await ask.store.read(_one, ask.here, ask.number())


def _one(tx: Transaction, here: Here, identifier: int) -> dict[str, Any]:
    request = join_requests.by_id(tx, identifier)
    if request is not None and request.state == join_requests.WAITING:
        return entities.waiting(here, request)
    found = entities.accounts(tx, here, [identifier])
    if identifier not in found:
        raise missing()
    return found[identifier]


# ── who asks to join ─────────────────────────────────────────────────────────────────────────


async def approve(ask: Ask) -> dict[str, Any]:
    """POST /api/v1/admin/accounts/:id/approve."""
    me, number = ask.require("mediator").actor, ask.number()
    keys = await asyncio.to_thread(make_keys)
    try:
        made = await ask.store.write(membership.accept_request, ask.here, me, number, keys)
    except Conflict as error:
        raise Forbidden(error.public) from error
    return await ask.store.read(_one, ask.here, made.id)


async def reject(ask: Ask) -> dict[str, Any]:
    """POST /api/v1/admin/accounts/:id/reject."""
    me, number = ask.require("mediator").actor, ask.number()
    before = await ask.store.read(_one, ask.here, number)
    try:
        await ask.store.write(membership.decline_request, ask.here, me, number)
    except Conflict as error:
        raise Forbidden(error.public) from error
    return before


# ── judged ───────────────────────────────────────────────────────────────────────────────────


async def act(ask: Ask) -> dict[str, Any]:
    """POST /api/v1/admin/accounts/:id/action."""
    me = ask.require("mediator").actor
    read = ask.parameters
    await ask.store.write(
        _act,
        ask.here,
        me,
        ask.number(),
        read.text("type"),
        read.text("text").strip() or BY_APP,
        read.identifier("report_id"),
    )
    return {}


def _act(
    tx: Transaction,
    here: Here,
    me: Actor,
    identifier: int,
    kind: str,
    reason: str,
    report_id: int | None,
) -> None:
    target = relating.somebody(tx, identifier)
    outcome = Outcome.TALKED
    try:
        match kind:
            case "none":
                pass
            case "silence":
                moderation.silence(tx, here, me, target, reason)
                outcome = Outcome.SILENCED
            case "suspend":
                moderation.suspend(tx, here, me, target, reason)
                outcome = Outcome.SUSPENDED
            case _:
                raise Invalid(UNDOABLE)
        if report_id is not None:
            reporting.settle(tx, here, me, report_id, outcome=outcome, note=reason)
    except Conflict as error:
        raise Forbidden(error.public) from error


def _undone(unit: Callable[[Transaction, Here, Actor, Actor, str], None]) -> Handler:
    def undo(tx: Transaction, here: Here, me: Actor, identifier: int) -> dict[str, Any]:
        target = relating.somebody(tx, identifier)
        try:
            unit(tx, here, me, target, BY_APP)
        except Conflict as error:
            raise Forbidden(error.public) from error
        return _one(tx, here, identifier)

    async def handler(ask: Ask) -> dict[str, Any]:
        me = ask.require("mediator").actor
        return await ask.store.write(undo, ask.here, me, ask.number())

    return handler


async def as_it_is(ask: Ask) -> dict[str, Any]:
    """POST …/enable and …/unsensitive: nobody is disabled or marked here."""
    ask.require("mediator")
    return await ask.store.read(_one, ask.here, ask.number())


async def delete(ask: Ask) -> dict[str, Any]:
    """DELETE /api/v1/admin/accounts/:id: of somebody of ours who is suspended, for good."""
    me, number = ask.require(ROLES[0]).actor, ask.number()
    return await ask.store.write(_delete, ask.here, me, number)


def _delete(tx: Transaction, here: Here, me: Actor, identifier: int) -> dict[str, Any]:
    target = relating.somebody(tx, identifier)
    before = _one(tx, here, identifier)
    if not target.local or not target.suspended:
        raise Forbidden("This action is not allowed")
    try:
        delete_account(tx, here, target.username, by=me)
    except NotFound as error:
        raise Forbidden(error.public) from error
    return before


_ALL = "/api/v1/admin/accounts"
_ONE = f"{_ALL}/{{id}}"
_READ, _WRITE = "admin:read:accounts", "admin:write:accounts"

METHODS = (
    Method("GET", "/api/v2/admin/accounts", every, scope=_READ),
    Method("GET", _ALL, every_old, scope=_READ),
    Method("GET", _ONE, one, scope=_READ),
    Method("DELETE", _ONE, delete, scope=_WRITE),
    Method("POST", f"{_ONE}/approve", approve, scope=_WRITE),
    Method("POST", f"{_ONE}/reject", reject, scope=_WRITE),
    Method("POST", f"{_ONE}/action", act, scope=_WRITE),
    Method("POST", f"{_ONE}/unsilence", _undone(moderation.unsilence), scope=_WRITE),
    Method("POST", f"{_ONE}/unsuspend", _undone(moderation.unsuspend), scope=_WRITE),
    Method("POST", f"{_ONE}/enable", as_it_is, scope=_WRITE),
    Method("POST", f"{_ONE}/unsensitive", as_it_is, scope=_WRITE),
)
