"""Somebody's page, and what stands under a hashtag."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from aiohttp import web
from markupsafe import Markup

from node.actions.vouching import Voucher, vouchers_of
from node.activitypub.negotiation import negotiate
from node.errors import NotFound
from node.social.accounts import Actor
from node.store import actors, proposals
from node.store.proposals import Listed
from node.store.transaction import Transaction
from node.web.cards import card_of
from node.web.kinds import kind_said
from node.web.site.visit import Page, Visit, as_number, show, to_document

PAGE: Final = 40
VOUCHERS: Final = 10


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
    before = as_number(visit.query("max_id"))
    found, backed = await visit.store.read(_of_person, actor, visit.now, before)
    return visit.page(
        "quartier/person.html",
        title=actor.name or actor.username,
        handle=f"@{actor.handle}",
        kind=kind_said(visit, actor.kind),
        backed=[one.who.name or one.who.username for one in backed[:VOUCHERS]],
        summary=Markup(actor.summary),  # noqa: S704 - cleaned when it was stored
        document=actor.uri,
        cards=[card_of(visit, one) for one in found[:PAGE]],
        more=_more(visit, found),
    )


async def tag(visit: Visit) -> web.Response:
    """GET /tags/{slug}."""
    slug = visit.path("slug").casefold()[:100]
    before = as_number(visit.query("max_id"))
    found = await visit.store.read(_tagged, slug, visit.now, before)
    return visit.page(
        "quartier/tag.html",
        title=f"#{slug}",
        cards=[card_of(visit, one) for one in found[:PAGE]],
        more=_more(visit, found),
    )


def _more(visit: Visit, found: list[Listed]) -> str:
    """Where the older ones are; "" where there are none."""
    if len(found) <= PAGE:
        return ""
    return f"{quote(visit.request.path)}?max_id={found[PAGE - 1].proposal.id}"


def _of_person(
    tx: Transaction, actor: Actor, now: float, before: int | None
) -> tuple[list[Listed], list[Voucher]]:
    found = proposals.listed(tx, now=now, author_id=actor.id, before=before, most=PAGE + 1)
    return found, vouchers_of(tx, actor.id)


def _tagged(tx: Transaction, slug: str, now: float, before: int | None) -> list[Listed]:
    return proposals.listed(tx, now=now, tag=slug, before=before, most=PAGE + 1)


PAGES: Final[tuple[Page, ...]] = (show("/@{name}", person), show("/tags/{slug}", tag))
