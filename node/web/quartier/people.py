"""Somebody's page, and what stands under a hashtag."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from aiohttp import web
from markupsafe import Markup

from node.actions.vouching import Voucher, vouchers_of
from node.activitypub.negotiation import negotiate
from node.errors import NotFound
from node.social.accounts import Actor
from node.store import actors, proposals
from node.store.proposal_details import Entry, Reader, entries
from node.store.proposals import Listed
from node.store.transaction import Transaction
from node.web.cards import card_of, portrait_of, reader_of
from node.web.kinds import kind_said
from node.web.quartier.opening import may_look, members_only
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
    if not may_look(visit):
        return members_only(visit)
    before = as_number(visit.query("max_id"))
    found, backed = await visit.store.read(
        _of_person, actor, visit.now, before, reader_of(visit.person)
    )
    return visit.page(
        "quartier/person.html",
        title=actor.name or actor.username,
        handle=f"@{actor.handle}",
        portrait=portrait_of(visit, actor),
        kind=kind_said(visit, actor.kind) if actor.kind != "resident" else "",
        backed=[one.who.name or one.who.username for one in backed[:VOUCHERS]],
        summary=Markup(actor.summary),  # noqa: S704 - cleaned when it was stored
        document=actor.uri,
        cards=[card_of(visit, one) for one in found.entries],
        more=f"{quote(visit.request.path)}?max_id={found.before}" if found.before else "",
    )


async def tag(visit: Visit) -> web.Response:
    """GET /tags/{slug}."""
    if not may_look(visit):
        return members_only(visit)
    slug = visit.path("slug").casefold()[:100]
    before = as_number(visit.query("max_id"))
    found = await visit.store.read(_tagged, slug, visit.now, before, reader_of(visit.person))
    return visit.page(
        "quartier/tag.html",
        title=f"#{slug}",
        cards=[card_of(visit, one) for one in found.entries],
        more=f"{quote(visit.request.path)}?max_id={found.before}" if found.before else "",
    )


@dataclass(frozen=True, slots=True)
class Shown:
    entries: list[Entry]
    before: int | None
    """Where the older ones begin."""


def _of_person(
    tx: Transaction, actor: Actor, now: float, before: int | None, reader: Reader
) -> tuple[Shown, list[Voucher]]:
    found = proposals.listed(tx, now=now, author_id=actor.id, before=before, most=PAGE + 1)
    return _shown(tx, found, reader), vouchers_of(tx, actor.id)


def _tagged(tx: Transaction, slug: str, now: float, before: int | None, reader: Reader) -> Shown:
    found = proposals.listed(tx, now=now, tag=slug, before=before, most=PAGE + 1)
    return _shown(tx, found, reader)


def _shown(tx: Transaction, found: list[Listed], reader: Reader) -> Shown:
    """What the lists found, with all that is told of it."""
    ids = [one.proposal.id for one in found[:PAGE]]
    seen = entries(tx, ids, reader, addressed=True)
    return Shown([seen[one] for one in ids if one in seen], ids[-1] if len(found) > PAGE else None)


PAGES: Final[tuple[Page, ...]] = (show("/@{name}", person), show("/tags/{slug}", tag))
