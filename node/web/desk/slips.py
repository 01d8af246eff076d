"""Thirty paper slips, one volunteer: a table, a row a slip."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from aiohttp import web

from node.actions import topic_choices
from node.aid.topics import GROUPS, Topic
from node.errors import Conflict, Forbidden, Invalid
from node.web.desk import slip_rows
from node.web.desk.slip_rows import AT_ONCE, MOST, Slip
from node.web.site.languages import later
from node.web.site.visit import Page, Visit, act, as_number, show

CONSENT: Final = later(
    "Cochez que ces personnes sont d’accord : sans leur accord, rien n’est publié."
)


async def slips(visit: Visit) -> web.Response:
    """GET /desk/slips; ``rows`` says how many."""
    rows = min(as_number(visit.query("rows")) or AT_ONCE, MOST)
    return await _page(visit, slip_rows.blank(rows))


async def entered(visit: Visit) -> web.Response:
    """POST /desk/slips. The rows that are right are published, the others are shown again; with
    ``more`` nothing is published yet, and there are ten more rows."""
    rows = slip_rows.read(visit.text)
    if "more" in visit.form:
        return await _page(visit, [*rows, *slip_rows.blank(min(AT_ONCE, MOST - len(rows)))])
    written = [one for one in rows if not one.empty]
    if not visit.ticked("consent"):
        return await _page(visit, rows, status=422, errors={"consent": CONSENT})
    left: list[Slip] = []
    for slip in written:
        try:
            alike = await visit.store.write(
                slip_rows.publish, visit.here, visit.me.actor, slip, visit.language.code
            )
        except (Invalid, Conflict, Forbidden) as error:
            left.append(slip_rows.judged(slip, error))
        else:
            if alike is not None:
                left.append(slip_rows.like(slip, alike))
    done = len(written) - len(left)
    said = visit.count("%(n)s fiche est publiée.", "%(n)s fiches sont publiées.", done)
    if left:
        wrong = visit.count(
            "%(n)s fiche est à corriger : les autres sont publiées.",
            "%(n)s fiches sont à corriger : les autres sont publiées.",
            len(left),
        )
        return await _page(visit, left, status=422, errors={"": wrong})
    return visit.go("/desk/behalf" if done else "/desk/slips", said)


async def _page(
    visit: Visit, rows: list[Slip], *, status: int = 200, errors: dict[str, str] | None = None
) -> web.Response:
    topics = await visit.store.read(topic_choices.listed)
    return visit.page(
        "desk/slips.html",
        status=status,
        rows=rows,
        topics=grouped(topics, visit.language.code),
        errors=errors or {},
        consent=visit.ticked("consent"),
        full=len(rows) >= MOST,
    )


def grouped(topics: Iterable[tuple[Topic, bool]], code: str) -> dict[str, list[tuple[str, str]]]:
    """What the quartier does not hide: the group's name → slug and name of each topic."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for topic, hidden in topics:
        if not hidden:
            named = groups.setdefault(GROUPS[topic.group].label(code), [])
            named.append((topic.slug, topic.label(code)))
    return groups


PAGES: Final[tuple[Page, ...]] = (
    show("/desk/slips", slips, who="mediator"),
    act("/desk/slips", entered, who="mediator"),
)
