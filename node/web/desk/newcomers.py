"""Who asks to become a member."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Final

from aiohttp import web

from node.actions import mailing, membership
from node.actions.accounts import make_keys
from node.errors import Invalid
from node.store import join_requests
from node.web.kinds import kind_said
from node.web.site.visit import Page, Visit, act, as_number, show

MOST: Final = 40


async def requests(visit: Visit) -> web.Response:
    """GET /desk/requests."""
    return await _page(visit)


async def accept(visit: Visit) -> web.Response:
    """POST /desk/requests/{id}/accept."""
    await visit.store.read(membership.waiting_request, visit.number())
    keys = await asyncio.to_thread(make_keys)
    actor = await visit.store.write(
        membership.accept_request, visit.here, visit.me.actor, visit.number(), keys
    )
    name = actor.name or actor.username
    return visit.go("/desk/requests", visit.say("%(name)s est membre du quartier.", name=name))


async def decline(visit: Visit) -> web.Response:
    """POST /desk/requests/{id}/decline: ``words``, which stand in the letter."""
    try:
        await visit.store.write(
            membership.decline_request,
            visit.here,
            visit.me.actor,
            visit.number(),
            words=visit.text("words"),
        )
    except Invalid as error:
        return await _page(visit, status=422, errors={"": error.public})
    return visit.go("/desk/requests", visit.say("La demande est déclinée."))


async def _page(
    visit: Visit, *, status: int = 200, errors: Mapping[str, str] | None = None
) -> web.Response:
    found = await visit.store.read(
        join_requests.listed, before=as_number(visit.query("max_id")), most=MOST + 1
    )
    more = f"/desk/requests?max_id={found[MOST - 1].id}" if len(found) > MOST else ""
    return visit.page(
        "desk/requests.html",
        status=status,
        requests=[(one, kind_said(visit, one.kind)) for one in found[:MOST]],
        by_mail=mailing.sends_mail(visit.here),
        more=more,
        errors=errors or {},
    )


PAGES: Final[tuple[Page, ...]] = (
    show("/desk/requests", requests, who="mediator"),
    act("/desk/requests/{id}/accept", accept, who="mediator"),
    act("/desk/requests/{id}/decline", decline, who="mediator"),
)
