"""What somebody reported, and what was done about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from aiohttp import web
from markupsafe import Markup

from node.actions import moderation
from node.actions import reports as actions
from node.aid.lifecycle import State, may_become
from node.errors import Conflict, Invalid
from node.moderation.reports import Outcome
from node.social.accounts import Actor
from node.store import actors, mediator_notes, objects, proposals, reports, silences
from node.store.reports import Report
from node.store.transaction import Transaction
from node.web.desk.person import path_of
from node.web.site.languages import later
from node.web.site.visit import Page, Visit, act, as_number, show

MOST: Final = 40
CATEGORIES: Final = {
    "spam": later("publicité ou message indésirable"),
    "legal": later("contraire à la loi"),
    "violation": later("contraire aux règles du quartier"),
    "scam": later("tromperie, demande d’argent"),
    "danger": later("quelqu’un est en danger"),
    "other": later("autre chose"),
}
OUTCOMES: Final = {
    Outcome.NOTHING: later("Rien à faire"),
    Outcome.TALKED: later("Nous avons parlé avec la personne"),
    Outcome.REMOVED: later("Des annonces sont retirées"),
    Outcome.SILENCED: later("La personne est mise en sourdine"),
    Outcome.SUSPENDED: later("Le compte est suspendu"),
}
HOW: Final = later("Choisissez ce qui a été fait.")


@dataclass(frozen=True, slots=True)
class Line:
    report: Report
    reporter: Actor | None
    target: Actor | None
    category: str


@dataclass(frozen=True, slots=True)
class Reported:
    """Something that the report names."""

    id: int
    title: str
    """"" for what is no announcement."""
    content: Markup
    language: str
    link: str
    removable: bool


@dataclass(frozen=True, slots=True)
class Whole:
    line: Line
    about: list[Reported]
    notes: list[mediator_notes.Note]
    silenced: bool


async def queue(visit: Visit) -> web.Response:
    """GET /desk/reports; ``all`` shows the settled ones, too."""
    before = as_number(visit.query("max_id"))
    every = bool(visit.query("all"))
    found = await visit.store.read(
        reports.listed, state=None if every else "open", before=before, most=MOST + 1
    )
    lines = await visit.store.read(_lines, visit, found[:MOST])
    onward = "all=1&" if every else ""
    more = f"/desk/reports?{onward}max_id={found[MOST - 1].id}" if len(found) > MOST else ""
    return visit.page("desk/reports.html", lines=lines, more=more, every=every)


async def one(visit: Visit) -> web.Response:
    """GET /desk/reports/{id}."""
    return await _page(visit)


async def settle(visit: Visit) -> web.Response:
    """POST /desk/reports/{id}: ``outcome``, ``note``."""
    try:
        outcome = Outcome(visit.text("outcome"))
    except ValueError:
        return await _page(visit, status=422, errors={"outcome": HOW})
    try:
        await visit.store.write(
            actions.settle,
            visit.here,
            visit.me.actor,
            visit.number(),
            outcome=outcome,
            note=visit.text("note"),
        )
    except (Invalid, Conflict) as error:
        return await _page(visit, status=error.status, errors={"": error.public})
    return visit.go("/desk/reports", visit.say("C’est réglé. Qui a signalé sait que c’est vu."))


async def reopen(visit: Visit) -> web.Response:
    """POST /desk/reports/{id}/reopen."""
    await visit.store.write(actions.reopen, visit.here, visit.me.actor, visit.number())
    return visit.go(f"/desk/reports/{visit.number()}", visit.say("Le signalement est rouvert."))


async def forward(visit: Visit) -> web.Response:
    """POST /desk/reports/{id}/forward: ``words``, for the quartier of who is reported."""
    try:
        await visit.store.write(
            actions.forward, visit.here, visit.me.actor, visit.number(), visit.text("words")
        )
    except (Invalid, Conflict) as error:
        return await _page(visit, status=error.status, errors={"words": error.public})
    said = visit.say("C’est transmis, sans dire qui a signalé.")
    return visit.go(f"/desk/reports/{visit.number()}", said)


async def remove(visit: Visit) -> web.Response:
    """POST /desk/remove/{id}: an announcement is taken out, with a ``reason`` its author reads."""
    back = visit.text("next", "/desk/reports")
    try:
        await visit.store.write(
            moderation.remove_proposal,
            visit.here,
            visit.me.actor,
            visit.number(),
            visit.text("reason"),
        )
    except Invalid as error:
        return visit.go(back, visit.language.explain(error.public))
    return visit.go(back, visit.say("L’annonce est retirée ; son auteur sait pourquoi."))


async def _page(
    visit: Visit, *, status: int = 200, errors: dict[str, str] | None = None
) -> web.Response:
    whole = await visit.store.read(_whole, visit)
    target = whole.line.target
    return visit.page(
        "desk/report.html",
        status=status,
        line=whole.line,
        about=whole.about,
        notes=whole.notes,
        silenced=whole.silenced,
        person=path_of(visit, target) if target is not None else "",
        outcomes=[(one.value, visit.say(said), "") for one, said in OUTCOMES.items()],
        typed={name: visit.text(name) for name in ("words", "note", "outcome")},
        errors=errors or {},
    )


def _whole(tx: Transaction, visit: Visit) -> Whole:
    """With a fixed number of queries."""
    report = actions.by_id(tx, visit.number())
    line = _lines(tx, visit, [report])[0]
    numbers = objects.ids_of(tx, report.objects) if report.objects else {}
    statuses = objects.by_ids(tx, numbers.values())
    known = proposals.by_ids(tx, set(statuses))
    own = line.target is not None and line.target.local
    about = []
    for number, status in statuses.items():
        link = f"/@{line.target.username}/{number}" if own and line.target else ""
        stored = known.get(number)
        if stored is not None:
            link = f"/proposals/{number}"
        about.append(
            Reported(
                id=number,
                title=stored.proposal.title if stored is not None else "",
                content=Markup(status.content),  # noqa: S704 - cleaned when it was stored
                language=status.language or "",
                link=link,
                removable=stored is not None and may_become(stored.proposal.state, State.REMOVED),
            )
        )
    return Whole(
        line,
        about,
        mediator_notes.listed(tx, about="report", about_id=report.id, most=MOST),
        line.target is not None and silences.is_silenced(tx, line.target.id),
    )


def _lines(tx: Transaction, visit: Visit, found: list[Report]) -> list[Line]:
    named = {one.reporter_id for one in found} | {one.target_id for one in found if one.target_id}
    people = actors.by_ids(tx, named)
    return [
        Line(
            one,
            people.get(one.reporter_id),
            people.get(one.target_id or 0),
            visit.say(CATEGORIES.get(one.category, CATEGORIES["other"])),
        )
        for one in found
    ]


PAGES: Final[tuple[Page, ...]] = (
    show("/desk/reports", queue, who="mediator"),
    show("/desk/reports/{id}", one, who="mediator"),
    act("/desk/reports/{id}", settle, who="mediator"),
    act("/desk/reports/{id}/reopen", reopen, who="mediator"),
    act("/desk/reports/{id}/forward", forward, who="mediator"),
    act("/desk/remove/{id}", remove, who="mediator"),
)
