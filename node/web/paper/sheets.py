"""The board of what is open, and the poster."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from node.aid.topics import GROUPS
from node.web.paper.finding import chosen, found, plain_base, slip_of
from node.web.paper.phones import hours_of, phone_of
from node.web.qr import qr
from node.web.quartier.opening import may_look, members_only
from node.web.site.visit import Page, Visit, show


async def board(visit: Visit) -> web.Response:
    """GET /paper/board: ``group``, ``purpose``, ``neighbours``, ``place``, ``phone``."""
    if not may_look(visit):
        return members_only(visit)
    wanted = chosen(visit)
    open_now = await found(visit, wanted)
    code = visit.language.code
    return visit.page(
        "paper/board.html",
        title=visit.say("Tableau des annonces"),
        place=wanted.place,
        group=GROUPS[wanted.group].label(code) if wanted.group else "",
        requests=[slip_of(visit, one) for one in open_now.get("request", [])],
        offers=[slip_of(visit, one) for one in open_now.get("offer", [])],
        purpose=wanted.purpose,
        today=visit.language.date(visit.now, visit.here.settings.node.time_zone),
        phone=await phone_of(visit),
        site=plain_base(visit),
        code=qr(visit.here.settings.base_url + "/"),
    )


async def poster(visit: Visit) -> web.Response:
    """GET /paper/poster: ``phone``, ``place``."""
    name = visit.here.settings.node.name
    return visit.page(
        "paper/poster.html",
        title=visit.say("Affiche pour le hall"),
        place=chosen(visit).place,
        phone=await phone_of(visit),
        hours=await hours_of(visit),
        long=len(name) > 14,
        site=plain_base(visit),
        code=qr(visit.here.settings.base_url + "/"),
    )


PAGES: Final[tuple[Page, ...]] = (
    show("/paper/board", board),
    show("/paper/poster", poster),
)
