"""Inviting somebody: a link, its QR code, and a page to be printed and given by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from aiohttp import web

from node.actions import membership as joining
from node.errors import Conflict, EntraideError, Forbidden, Invalid, NotFound
from node.moderation.rates import Rate
from node.outbox.here import Here
from node.social.accounts import Actor
from node.social.membership import (
    DAYS,
    DAYS_MOST,
    KINDS_BY_MEMBERS,
    USES_MOST,
)
from node.store import invitations
from node.store.invitations import Invitation
from node.store.transaction import Transaction
from node.web.kinds import KINDS, kind_said
from node.web.qr import qr
from node.web.site.visit import NOTHING, Page, Visit, act, as_number, show

INVITATIONS: Final = Rate("invitations", 30, 3600.0)
LISTED: Final = 50


async def invite(visit: Visit) -> web.Response:
    """GET /me/invite."""
    return await _page(visit)


async def invited(visit: Visit) -> web.Response:
    """POST /me/invite: fields ``kind``, ``uses`` and ``days``."""
    typed = {name: visit.text(name) for name in ("kind", "uses", "days")}
    try:
        _, code = await visit.store.write(
            joining.invite,
            visit.here,
            visit.me.actor,
            kind=typed["kind"] or "resident",
            uses=as_number(typed["uses"] or "1") or 0,
            days=as_number(typed["days"] or str(DAYS)) or 0,
        )
    except (Invalid, Conflict, Forbidden) as error:
        field = _field(error, typed)
        return await _page(visit, status=error.status, errors={field: error.public}, typed=typed)
    return visit.go(f"/me/invite/{code}")


async def one(visit: Visit) -> web.Response:
    """GET /me/invite/{code}: the invitation itself, on the screen or printed."""
    code = visit.path("code")
    found = await visit.store.read(_mine, visit.here, visit.me.actor, code)
    link = joining.join_link(visit.here, code)
    return visit.page(
        "mine/invitation.html",
        title=visit.say("Une invitation"),
        link=link,
        picture=qr(link),
        kind=kind_said(visit, found.kind),
        uses=found.uses_left,
        until=found.expires_at,
        me=visit.me.actor,
    )


async def taken_back(visit: Visit) -> web.Response:
    """POST /me/invite/end: field ``hash``."""
    await visit.store.write(
        joining.revoke_invitation, visit.here, visit.me.actor, visit.text("hash")[:100]
    )
    return visit.go("/me/invite", notice=visit.say("L’invitation ne marche plus."))


def _field(error: EntraideError, typed: Mapping[str, str]) -> str:
    if isinstance(error, Forbidden):
        return "kind"
    if isinstance(error, Conflict):
        return ""
    days = as_number(typed["days"] or str(DAYS)) or 0
    return "uses" if 1 <= days <= DAYS_MOST else "days"


def _mine(tx: Transaction, here: Here, me: Actor, code: str) -> Invitation:
    found, inviter = joining.invitation_of(tx, here, code)
    if inviter.id != me.id:
        raise NotFound(NOTHING)
    return found


async def _page(
    visit: Visit,
    *,
    status: int = 200,
    errors: Mapping[str, str] | None = None,
    typed: Mapping[str, str] | None = None,
) -> web.Response:
    found = await visit.store.read(invitations.of, visit.me.actor.id)
    mediator = visit.me.has_role("mediator")
    return visit.page(
        "mine/invite.html",
        status=status,
        title=visit.say("Inviter quelqu’un"),
        errors=errors or {},
        typed={"kind": "resident", "uses": "1", "days": str(DAYS), **(typed or {})},
        kinds=[
            (kind, kind_said(visit, kind)) for kind in KINDS if mediator or kind in KINDS_BY_MEMBERS
        ],
        uses_most=USES_MOST,
        days_most=DAYS_MOST,
        closed=visit.here.settings.node.joining == "closed",
        confirmed=visit.me.account.confirmed_at is not None,
        invitations=[
            {
                "hash": one.hash,
                "kind": kind_said(visit, one.kind),
                "uses": one.uses_left,
                "made": one.created_at,
                "until": one.expires_at,
            }
            for one in found
            if one.is_good(visit.now)
        ][:LISTED],
    )


PAGES: Final[tuple[Page, ...]] = (
    show("/me/invite", invite, who="member"),
    act("/me/invite", invited, who="member", rate=INVITATIONS),
    act("/me/invite/end", taken_back, who="member"),
    show("/me/invite/{code}", one, who="member"),
)
