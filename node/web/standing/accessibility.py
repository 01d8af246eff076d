"""The accessibility statement, in the structure of the French model (RGAA 4.1, « déclaration
d’accessibilité »), filled in from the settings: it says what is known and nothing else."""

from __future__ import annotations

from datetime import date
from typing import Final

from aiohttp import web
from babel.dates import format_date

from node import __version__
from node.actions.house import texts_of
from node.web.site.visit import Visit

STATED: Final = date(2026, 11, 23)
"""When these texts, and what they say of the program's own tests, were last gone through."""
TECHNOLOGIES: Final = ("HTML5", "CSS", "SVG", "WAI-ARIA")
TOOLS: Final = ("axe-core", "Playwright")
LETTERS: Final = "Défenseur des droits, Libre réponse 71120, 75342 Paris CEDEX 07"


async def accessibility(visit: Visit) -> web.Response:
    """GET /accessibility."""
    settings = visit.here.settings
    told = settings.accessibility
    audited = date.fromisoformat(told.audited_on) if told.audited_on else None
    return visit.page(
        "standing/accessibility.html",
        title=visit.say("Déclaration d’accessibilité"),
        entity=told.entity or settings.node.name,
        contact=(await visit.store.read(texts_of, visit.here)).contact_email,
        audited=_day(visit, audited) if audited else "",
        audited_by=told.audited_by,
        percent=told.percent,
        failings=told.failings,
        stated=_day(visit, max(STATED, audited) if audited else STATED),
        technologies=TECHNOLOGIES,
        tools=TOOLS,
        letters=LETTERS,
        version=__version__,
        site=settings.base_url,
    )


def _day(visit: Visit, day: date) -> str:
    return str(format_date(day, "long", locale=visit.language.locale))
