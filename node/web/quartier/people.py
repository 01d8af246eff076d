"""Somebody's page."""

from __future__ import annotations

from typing import Final

from aiohttp import web
from markupsafe import Markup

from node.activitypub.negotiation import negotiate
from node.errors import NotFound
from node.social.accounts import Actor
from node.store import actors, proposals
from node.web.cards import card_of
from node.web.site.visit import Page, Visit, show, to_document

PAGE: Final = 40


async def person_of(visit: Visit) -> Actor:
    """Of the path's name; NotFound for nobody."""
    name, actor = visit.path("name"), None
    if visit.here.addresses.is_username(name):
        uri = visit.here.addresses.actor_of(name)
        actor = await visit.store.read(actors.by_uri, uri)
    if actor is None or actor.gone or actor.suspended:
        raise NotFound("Il n’y a personne de ce nom ici.")
    return actor


async def person(visit: Visit) -> web.Response:
    """GET /@{name}."""
    actor = await person_of(visit)
    if negotiate(visit.request.headers.get("Accept"), default="html") == "activity":
        return to_document(actor.uri)
    if actor.id == visit.here.quartier.id:
        return visit.go("/")
    found = await visit.store.read(
        proposals.listed, now=visit.now, author_id=actor.id, most=PAGE
    )
    return visit.page(
        "quartier/person.html",
        title=actor.name or actor.username,
        handle=f"@{actor.handle}",
        summary=Markup(actor.summary),  # noqa: S704 - cleaned when it was stored
        cards=[card_of(visit, one) for one in found],
    )


PAGES: Final[tuple[Page, ...]] = (show("/@{name}", person),)
