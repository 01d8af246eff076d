"""One announcement."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from node.activitypub.negotiation import negotiate
from node.errors import NotFound
from node.store import objects, proposals
from node.web.cards import card_of
from node.web.quartier.people import person_of
from node.web.site.visit import NOTHING, Page, Visit, as_number, show, to_document


async def announcement(visit: Visit) -> web.Response:
    """GET /@{name}/{id}: one of ours."""
    actor = await person_of(visit)
    number = as_number(visit.path("id"))
    status = await visit.store.read(objects.by_id, number) if number else None
    if status is None or status.author_id != actor.id or not status.visibility.open:
        raise NotFound(NOTHING)
    if negotiate(visit.request.headers.get("Accept"), default="html") == "activity":
        return to_document(status.uri)
    return await _one(visit, status.id)


async def copy(visit: Visit) -> web.Response:
    """GET /proposals/{id}: one that a neighbour passed on."""
    return await _one(visit, visit.number())


async def _one(visit: Visit, number: int) -> web.Response:
    found = await visit.store.read(
        proposals.listed, now=visit.now, live_only=False, object_id=number, most=1
    )
    if not found:
        raise NotFound(NOTHING)
    one = found[0]
    return visit.page(
        "quartier/proposal.html",
        title=one.proposal.title,
        card=card_of(visit, one),
        home=one.url or one.proposal.uri,
        local=one.local,
        address=f"@{one.author_username}@{one.author_domain}",
    )


PAGES: Final[tuple[Page, ...]] = (
    show("/@{name}/{id}", announcement),
    show("/proposals/{id}", copy),
)
