"""The quartier's page: what is asked and offered now."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from node.activitypub.negotiation import negotiate
from node.store import proposals
from node.web.cards import card_of
from node.web.site.visit import Page, Visit, as_number, show, to_document

PAGE: Final = 40


async def front(visit: Visit) -> web.Response:
    """GET /."""
    if negotiate(visit.request.headers.get("Accept"), default="html") == "activity":
        return to_document(visit.here.quartier.uri)
    before = as_number(visit.query("max_id"))
    found = await visit.store.read(proposals.listed, now=visit.now, before=before, most=PAGE + 1)
    return visit.page(
        "quartier/front.html",
        cards=[card_of(visit, one) for one in found[:PAGE]],
        more=f"/?max_id={found[PAGE - 1].proposal.id}" if len(found) > PAGE else "",
    )


PAGES: Final[tuple[Page, ...]] = (show("/", front),)
