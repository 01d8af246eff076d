"""Answering from an account elsewhere; and what our own people see who come from elsewhere.

The person's server names the page at which they go on (`node.activitypub.intents`). They follow a
link to it, which they see before: nobody is sent away by a form.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote, urlsplit

from aiohttp import web

from node.actions.finding import URL_MAX, meant
from node.activitypub.intents import Whereabouts, whereabouts
from node.errors import FetchError, Invalid, NotFound
from node.moderation.rates import Rate
from node.outbox.here import Here
from node.store import actors, objects, proposals
from node.store.proposal_details import Entry
from node.store.transaction import Transaction
from node.web.quartier.details import details_of
from node.web.quartier.finding import entry_of
from node.web.quartier.opening import may_look, members_only
from node.web.site.languages import later
from node.web.site.sessions import Cookies
from node.web.site.visit import Page, Visit, act, show

log = logging.getLogger(__name__)

ASKED: Final = Rate("servers of people elsewhere", 20, 3600.0)
FETCHED: Final = Rate("addresses from elsewhere", 60, 3600.0)
SECONDS: Final = 8.0
"""A person waits."""
YEAR_S: Final = 365 * 86_400
NOT_AN_ADDRESS: Final = later(
    "Ce n’est pas une adresse : écrivez-la comme @zoe@mastodon.example, ou seulement le nom du "
    "site, mastodon.example."
)


@dataclass(frozen=True, slots=True)
class Onward:
    """Where somebody goes on."""

    at: str
    """What they typed, as it was understood."""
    link: str
    """"" where their server names no such page, or does not answer."""
    host: str
    """Whose page the link leads to."""


async def elsewhere(visit: Visit) -> web.Response:
    """GET /elsewhere/{id}."""
    if not may_look(visit):
        return members_only(visit)
    entry = await entry_of(visit, visit.number())
    return _page(visit, entry, typed=_remembered(visit))


async def asked(visit: Visit) -> web.Response:
    """POST /elsewhere/{id}: fields ``address`` and ``remember``."""
    if not may_look(visit):
        return members_only(visit)
    entry = await entry_of(visit, visit.number())
    typed = visit.text("address")
    where = whereabouts(typed)
    if where is None:
        return _page(visit, entry, status=422, errors={"address": NOT_AN_ADDRESS}, typed=typed)
    link = await _link(visit, where, entry.proposal.uri)
    host = urlsplit(link).netloc
    response = _page(visit, entry, typed=typed, onward=Onward(str(where), link, host))
    cookies = Cookies(visit.here.settings.base_url)
    if visit.ticked("remember"):
        cookies.put(response, cookies.elsewhere, quote(str(where)), seconds=YEAR_S)
    else:
        cookies.drop(response, cookies.elsewhere)
    return response


async def _link(visit: Visit, where: Whereabouts, uri: str) -> str:
    """ "" where there is none: the person then copies the address."""
    try:
        async with asyncio.timeout(SECONDS):
            return await visit.parts.remote.interaction(where, uri) or ""
    except (FetchError, Invalid, TimeoutError) as error:
        log.info("no page for people of %s: %s", where.domain, error)
        return ""


def _remembered(visit: Visit) -> str:
    cookies = Cookies(visit.here.settings.base_url)
    return unquote(cookies.read(visit.request, cookies.elsewhere))


def _page(
    visit: Visit,
    entry: Entry,
    *,
    status: int = 200,
    errors: Mapping[str, str] | None = None,
    typed: str = "",
    onward: Onward | None = None,
) -> web.Response:
    remembered = bool(_remembered(visit))
    return visit.page(
        "quartier/elsewhere.html",
        status=status,
        title=visit.say("Répondre depuis un compte ailleurs"),
        one=details_of(visit, entry),
        to=f"@{entry.author.handle}",
        errors=errors or {},
        typed=typed,
        remember=visit.ticked("remember") if onward is not None or errors else remembered,
        onward=onward,
    )


# ── from elsewhere to here ───────────────────────────────────────────────────────────────────


async def arriving(visit: Visit) -> web.Response:
    """GET /authorize_interaction?uri=…: where other sites send our people, who go on here with
    what they read there. What is not here yet is fetched when they say so."""
    uri = visit.query("uri")[:URL_MAX]
    path = await visit.store.read(_here, visit.here, uri)
    if path:
        return visit.go(path)
    return visit.page(
        "quartier/arriving.html", title=visit.say("Vous venez d’un autre site"), uri=uri
    )


async def fetched(visit: Visit) -> web.Response:
    """POST /authorize_interaction: field ``uri``."""
    uri = visit.text("uri")[:URL_MAX]
    found = await meant(visit.store, visit.here, visit.parts.remote, uri, ask=True)
    about = found.actor or found.status
    path = await visit.store.read(_here, visit.here, about.uri) if about is not None else ""
    if not path:
        raise NotFound(
            "Cela n’est pas arrivé dans notre quartier : l’annonce est finie, ou son quartier "
            "n’est pas un de nos voisins."
        )
    return visit.go(path)


def _here(tx: Transaction, here: Here, uri: str) -> str:
    """The page here of what has that address; "" for what has none."""
    actor = actors.by_uri(tx, uri)
    if actor is not None and actor.local:
        return f"/@{actor.username}"
    status = objects.by_uri(tx, uri)
    if status is None:
        return ""
    stored = proposals.by_id(tx, status.id)
    if stored is not None and stored.shown:
        return f"/proposals/{status.id}"
    return urlsplit(status.url).path if status.local and status.url else ""


PAGES: Final[tuple[Page, ...]] = (
    show("/elsewhere/{id}", elsewhere),
    act("/elsewhere/{id}", asked, rate=ASKED),
    show("/authorize_interaction", arriving, who="member"),
    act("/authorize_interaction", fetched, who="member", rate=FETCHED),
)
