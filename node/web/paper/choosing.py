"""What one wants to print."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from node.web.paper.finding import Chosen, found, group_options
from node.web.paper.phones import phone_of
from node.web.paper.strips import STRIPS, STRIPS_LEAST, STRIPS_MOST
from node.web.quartier.details import path_of
from node.web.quartier.opening import may_look
from node.web.site.visit import Page, Visit, show

SHOWN: Final = 10
"""Announcements that are offered for a sheet of their own, of each sort."""


async def choose(visit: Visit) -> web.Response:
    """GET /paper."""
    open_now = await found(visit, Chosen(), most=SHOWN) if may_look(visit) else {}
    return visit.page(
        "paper/choose.html",
        title=visit.say("Sur papier"),
        groups=group_options(visit),
        purposes=[
            ("", visit.say("Les demandes et les offres"), ""),
            ("request", visit.say("Les demandes"), ""),
            ("offer", visit.say("Les offres"), ""),
        ],
        phone=await phone_of(visit),
        strips=STRIPS,
        strips_least=STRIPS_LEAST,
        strips_most=STRIPS_MOST,
        shown={
            purpose: [(one.proposal, path_of(one)) for one in some]
            for purpose, some in open_now.items()
        },
    )


PAGES: Final[tuple[Page, ...]] = (show("/paper", choose),)
