"""Saying that something is wrong with an announcement; mediators look at it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from aiohttp import web

from node.actions import reports
from node.errors import Conflict, Invalid
from node.moderation.rates import Rate
from node.moderation.reports import WORDS_MAX, Category, check_category
from node.store.proposal_details import Entry
from node.web.quartier.details import details_of
from node.web.quartier.finding import entry_of
from node.web.site.languages import later
from node.web.site.visit import Page, Visit, act, show

REPORTS: Final = Rate("reports of a person", 20, 3600.0)
REASONS: Final[Mapping[Category, tuple[str, str]]] = {
    Category.DANGER: (
        later("Quelqu’un peut être en danger"),
        later("La médiation est prévenue tout de suite. En cas d’urgence, appelez le 112."),
    ),
    Category.SCAM: (
        later("Une arnaque"),
        later("On demande de l’argent, des papiers, ou on se fait passer pour quelqu’un."),
    ),
    Category.VIOLATION: (later("Ce n’est pas conforme aux règles du quartier"), ""),
    Category.SPAM: (later("De la publicité"), ""),
    Category.LEGAL: (later("C’est contraire à la loi"), ""),
    Category.OTHER: (later("Autre chose"), later("Dites quoi ci-dessous.")),
}
NOTHING_CHOSEN: Final = later("Choisissez ce qui ne va pas.")


async def report(visit: Visit) -> web.Response:
    """GET /report/{id}."""
    entry = await entry_of(visit, visit.number())
    if entry.author.id == visit.me.actor.id:
        return visit.go(details_of(visit, entry).path)
    return _page(visit, entry)


async def reported(visit: Visit) -> web.Response:
    """POST /report/{id}: fields ``category``, ``content`` and ``forward``."""
    entry = await entry_of(visit, visit.number())
    try:
        category = check_category(visit.text("category"))
    except Invalid:
        errors = {"category": NOTHING_CHOSEN}
        return _page(visit, entry, status=422, errors=errors)
    try:
        await visit.store.write(
            reports.report,
            visit.here,
            visit.me.actor,
            target=entry.author,
            object_ids=[entry.proposal.id],
            content=visit.text("content"),
            category=category,
            forward=visit.ticked("forward"),
        )
    except Invalid as error:
        return _page(visit, entry, status=422, errors={"content": error.public})
    except Conflict as error:
        return _page(visit, entry, status=409, errors={"": error.public})
    notice = visit.say("Merci. La médiation va regarder, et vous dira quand c’est réglé.")
    return visit.go(details_of(visit, entry).path, notice=notice)


def _page(
    visit: Visit, entry: Entry, *, status: int = 200, errors: Mapping[str, str] | None = None
) -> web.Response:
    return visit.page(
        "quartier/report.html",
        status=status,
        title=visit.say("Signaler un problème"),
        one=details_of(visit, entry),
        reasons=[
            (category.value, visit.say(said), visit.say(more) if more else "")
            for category, (said, more) in REASONS.items()
        ],
        most=WORDS_MAX,
        errors=errors or {},
        typed={name: visit.text(name) for name in ("category", "content")},
        forward=visit.ticked("forward"),
    )


PAGES: Final[tuple[Page, ...]] = (
    show("/report/{id}", report, who="member"),
    act("/report/{id}", reported, who="member", rate=REPORTS),
)
