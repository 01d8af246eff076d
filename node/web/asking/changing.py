"""What one does with one's own announcement afterwards: other words, a pause, an end."""

from __future__ import annotations

from typing import Any, Final

from aiohttp import web

from node.actions import proposals as actions
from node.actions import renewal
from node.aid.draft_checks import moment
from node.aid.lifecycle import CLOSED, LIVE, State
from node.aid.proposals import Proposal
from node.aid.topics import OTHER, TOPICS
from node.aid.warnings import warnings
from node.errors import Conflict, Invalid
from node.store.transaction import Transaction
from node.web.site.languages import later
from node.web.site.visit import Page, Visit, act, show

WHEN: Final = later("Dites quand l’annonce rouvre.")
DONE: Final = {
    "renew": later("L’annonce est renouvelée."),
    "pause": later("L’annonce est en pause : personne ne la voit plus pour le moment."),
    "resume": later("L’annonce est ouverte à nouveau."),
    "enough": later("C’est noté : l’annonce rouvrira à cette date."),
    "done": later("L’annonce est close. Merci !"),
    "withdraw": later("L’annonce est retirée."),
}


async def edit(visit: Visit) -> web.Response:
    """GET /edit/{id}."""
    return _page(visit, await visit.store.read(_own, visit))


async def edited(visit: Visit) -> web.Response:
    """POST /edit/{id}: ``title``, ``text``."""
    title, text = visit.text("title"), visit.text("text")

    def unit(tx: Transaction) -> Proposal:
        _own(tx, visit)
        return actions.edit_proposal(tx, visit.here, visit.number(), title=title, text=text)

    try:
        changed = await visit.store.write(unit)
    except Invalid as error:
        before = await visit.store.read(_own, visit)
        errors = {"text" if title else "title": error.public}
        return _page(visit, before, status=422, errors=errors, title=title, text=text)
    return visit.go(link(visit, changed), visit.say("L’annonce est changée."))


async def deed(visit: Visit) -> web.Response:
    """POST /edit/{id}/{deed}."""
    what = visit.path("deed")

    def unit(tx: Transaction) -> Proposal:
        _own(tx, visit)
        return _do(tx, visit, what)

    try:
        changed = await visit.store.write(unit)
    except Conflict as error:
        before = await visit.store.read(_own, visit)
        return _page(visit, before, status=409, errors={"": error.public})
    except Invalid as error:
        before = await visit.store.read(_own, visit)
        return _page(visit, before, status=422, errors={"until": error.public})
    return visit.go(link(visit, changed), visit.say(DONE[what]))


def _do(tx: Transaction, visit: Visit, what: str) -> Proposal:
    here, number = visit.here, visit.number()
    match what:
        case "renew":
            return renewal.renew(tx, here, number)
        case "pause":
            return renewal.pause(tx, here, number)
        case "resume":
            return renewal.resume(tx, here, number)
        case "enough":
            until = moment(visit.text("until"), here.settings.node.time_zone)
            if until is None:
                raise Invalid(WHEN)
            return renewal.satisfied(tx, here, number, until=until)
        case "done":
            return actions.close_proposal(tx, here, number)
        case _:
            return actions.close_proposal(tx, here, number, state=State.WITHDRAWN)


def link(visit: Visit, proposal: Proposal) -> str:
    return f"/@{visit.me.actor.username}/{proposal.id}"


def _own(tx: Transaction, visit: Visit) -> Proposal:
    """Raises NotFound for another's as for none."""
    stored, _ = actions.own(tx, visit.number(), visit.me.actor)
    return stored.proposal


def _page(
    visit: Visit,
    proposal: Proposal,
    *,
    status: int = 200,
    errors: dict[str, str] | None = None,
    **typed: Any,
) -> web.Response:
    title, text = typed.get("title", proposal.title), typed.get("text", proposal.text)
    code = visit.language.code
    over = proposal.has_expired(visit.now)
    return visit.page(
        "asking/edit.html",
        status=status,
        proposal=proposal,
        link=link(visit, proposal),
        topic=TOPICS.get(proposal.topic, OTHER).label(code),
        errors=errors or {},
        said=title,
        more=text,
        warnings=(*warnings(title, code), *warnings(text, code)),
        closed=proposal.state in CLOSED,
        open=proposal.state in LIVE and not over,
        paused=proposal.state in (State.PAUSED, State.SATISFIED_FOR_NOW),
        over=over or proposal.state is State.EXPIRED,
    )


DEEDS: Final = "|".join(DONE)
PAGES: Final[tuple[Page, ...]] = (
    show("/edit/{id}", edit, who="member"),
    act("/edit/{id}", edited, who="member"),
    act(f"/edit/{{id}}/{{deed:{DEEDS}}}", deed, who="member"),
)
