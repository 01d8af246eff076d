"""Figures of the quartier, without names: what a town hall asks for at the end of the year."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from node.aid.topics import GROUPS
from node.store.activity import Activity, activity
from node.web.site.visit import Page, Visit, show

DAY_S: Final = 86_400
SPANS: Final = (30, 90, 365)
FEW: Final = 5
"""Fewer than so many could be somebody: they are not told."""


@dataclass(frozen=True, slots=True)
class Line:
    name: str
    published: str
    done: str
    share: int
    """Of the longest, in hundredths: for a bar."""


async def figures(visit: Visit) -> web.Response:
    """GET /desk/figures; ``days`` 30, 90 or 365."""
    days, found = await _found(visit)
    longest = max(found.published.values(), default=0)
    code = visit.language.code
    lines = [
        Line(
            GROUPS[group].label(code),
            _told(visit, many),
            _told(visit, found.done.get(group, 0)),
            many * 100 // longest if many >= FEW else 0,
        )
        for group, many in sorted(found.published.items(), key=lambda one: -one[1])
        if group in GROUPS
    ]
    return visit.page(
        "house/figures.html",
        days=days,
        spans=SPANS,
        lines=lines,
        figures=_whole(visit, found),
    )


async def table(visit: Visit) -> web.Response:
    """GET /desk/figures.csv: the same, for a spreadsheet."""
    days, found = await _found(visit)
    code = visit.language.code
    out = io.StringIO()
    rows = csv.writer(out, delimiter=";")
    rows.writerows(_whole(visit, found))
    rows.writerow([])
    rows.writerow([visit.say("Sujets"), visit.say("Publiées"), visit.say("Closes, faites")])
    for group, many in sorted(found.published.items()):
        if group in GROUPS:
            done = _told(visit, found.done.get(group, 0))
            rows.writerow([GROUPS[group].label(code), _told(visit, many), done])
    return web.Response(
        body=out.getvalue().encode("utf-8-sig"),
        content_type="text/csv",
        headers={
            "Content-Disposition": f'attachment; filename="entraide-{days}.csv"',
            "Cache-Control": "private, no-store",
            "Vary": "Cookie",
        },
    )


async def _found(visit: Visit) -> tuple[int, Activity]:
    wanted = visit.query("days")
    days = int(wanted) if wanted in {str(span) for span in SPANS} else SPANS[0]
    return days, await visit.store.read(activity, since=visit.now - days * DAY_S, now=visit.now)


def _whole(visit: Visit, found: Activity) -> list[tuple[str, str]]:
    """What is told of all together: name and value."""
    first = found.first_answer_s
    return [
        (visit.say("Annonces ouvertes maintenant"), visit.language.number(found.open)),
        (visit.say("Réponses"), _told(visit, found.answers)),
        (visit.say("Accords conclus"), _told(visit, found.agreed)),
        (visit.say("Membres"), visit.language.number(found.members)),
        (visit.say("Nouveaux membres"), _told(visit, found.newcomers)),
        (visit.say("Membres qui ont publié ou répondu"), _told(visit, found.active)),
        (
            visit.say("La moitié des annonces ont une première réponse en moins de"),
            visit.language.span(first)
            if first is not None and found.answers_timed >= FEW
            else visit.say("trop peu de réponses pour le dire"),
        ),
    ]


def _told(visit: Visit, many: int) -> str:
    if 0 < many < FEW:
        return visit.say("moins de 5")
    return visit.language.number(many)


PAGES: Final[tuple[Page, ...]] = (
    show("/desk/figures", figures, who="mediator"),
    show("/desk/figures.csv", table, who="mediator"),
)
