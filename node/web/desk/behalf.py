"""What was written for people who have no account, and how they are called back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from node.actions import on_behalf as actions
from node.actions import proposals as changing
from node.actions import renewal
from node.aid.lifecycle import CLOSED, LIVE, State
from node.aid.on_behalf import How, check_consent
from node.aid.proposals import DAY
from node.errors import Conflict, Invalid
from node.store import actors, agreements, objects, on_behalf, proposals
from node.store.on_behalf import OnBehalf
from node.store.proposals import Stored
from node.store.transaction import Transaction
from node.web.mine.own import STATES
from node.web.site.languages import later
from node.web.site.visit import Page, Visit, act, as_number, show

MOST: Final = 30
SOON_S: Final = 2 * DAY
HOW: Final = {
    How.PAPER: later("par écrit, sur sa fiche"),
    How.SPOKEN: later("de vive voix"),
    How.PHONE: later("au téléphone"),
    How.OTHER: later("autrement"),
}
DONE: Final = {
    "renew": later("L’annonce est renouvelée."),
    "done": later("L’annonce est close. Merci !"),
    "back": later("L’annonce est retirée, et ce qu’on savait de la personne effacé."),
}


@dataclass(frozen=True, slots=True)
class Line:
    record: OnBehalf
    how: str
    stored: Stored
    link: str
    writer: str
    own: bool
    """The reader wrote it: answers come to them."""
    answers: int
    """How many wait for a yes or no."""
    state: str
    closed: bool
    live: bool
    soon: bool
    """It ends soon, or has ended and can be renewed."""


async def behalf(visit: Visit) -> web.Response:
    """GET /desk/behalf; ``show=ending`` what ends soon."""
    ending = visit.query("show") == "ending"
    before = None if ending else as_number(visit.query("max_id"))
    lines, more = await visit.store.read(_lines, visit, ending, before)
    return visit.page("desk/behalf.html", lines=lines, more=more, ending=ending)


async def deed(visit: Visit) -> web.Response:
    """POST /desk/behalf/{id}/{deed}: renew, done, or take back the consent."""
    what, number = visit.path("deed"), visit.number()

    def unit(tx: Transaction) -> None:
        actions.of(tx, visit.me.actor, number)
        if what == "renew":
            renewal.renew(tx, visit.here, number)
        elif what == "done":
            changing.close_proposal(tx, visit.here, number)
        else:
            actions.take_back(tx, visit.here, visit.me.actor, number)

    await visit.store.write(unit)
    return visit.go("/desk/behalf", visit.say(DONE[what]))


async def record(visit: Visit) -> web.Response:
    """GET /desk/behalf/{id}: what is known of the person, to be corrected."""
    return await _record(visit)


async def corrected(visit: Visit) -> web.Response:
    """POST /desk/behalf/{id}: ``beneficiary``, ``consented_by``, ``how``, ``callback``; the
    consent is one of today when ``anew`` is ticked."""

    def unit(tx: Transaction) -> None:
        known = actions.of(tx, visit.me.actor, visit.number())
        consent = check_consent(
            beneficiary=visit.text("beneficiary"),
            consented_by=visit.text("consented_by"),
            consented_at=visit.now if visit.ticked("anew") else known.consented_at,
            consent_how=visit.text("how"),
            call_back=visit.text("callback"),
            now=visit.now,
        )
        actions.correct(tx, visit.here, visit.me.actor, known.subject_id, consent)

    try:
        await visit.store.write(unit)
    except (Invalid, Conflict) as error:
        return await _record(visit, status=error.status, errors={"": error.public})
    return visit.go("/desk/behalf", visit.say("C’est corrigé."))


async def _record(
    visit: Visit, *, status: int = 200, errors: Mapping[str, str] | None = None
) -> web.Response:
    def known(tx: Transaction) -> tuple[OnBehalf, Stored | None]:
        found = actions.of(tx, visit.me.actor, visit.number())
        return found, proposals.by_id(tx, found.subject_id)

    found, stored = await visit.store.read(known)
    typed = {
        "beneficiary": found.beneficiary,
        "consented_by": found.consented_by,
        "how": found.consent_how,
        "callback": found.call_back,
    }
    if visit.request.method == "POST":
        typed = {name: visit.text(name) for name in typed}
    return visit.page(
        "desk/record.html",
        status=status,
        record=found,
        about=stored.proposal.title if stored is not None else "",
        typed=typed,
        hows=[(one.value, visit.say(said)) for one, said in HOW.items()],
        errors=errors or {},
    )


def _lines(
    tx: Transaction, visit: Visit, ending: bool, before: int | None
) -> tuple[list[Line], str]:
    """With a fixed number of queries."""
    if ending:
        ids = on_behalf.ending(tx, before=visit.now + SOON_S, most=MOST)
        found = on_behalf.by_ids(tx, ids)
    else:
        found = actions.listed(tx, visit.me.actor, before=before, most=MOST + 1)
    shown = found[:MOST]
    more = f"/desk/behalf?max_id={shown[-1].subject_id}" if len(found) > MOST else ""
    return _said(tx, visit, shown), more


def _said(tx: Transaction, visit: Visit, found: Sequence[OnBehalf]) -> list[Line]:
    ids = {one.subject_id for one in found}
    people = actors.by_ids(tx, {one.writer_id for one in found})
    stored, statuses = proposals.by_ids(tx, ids), objects.by_ids(tx, ids)
    waiting = agreements.waiting_for(tx, ids)
    lines = []
    for one in found:
        there, writer = stored.get(one.subject_id), people.get(one.writer_id)
        if there is None or writer is None or one.subject_id not in statuses:
            continue  # a draft still: it stands in the queue
        proposal = there.proposal
        over = proposal.has_expired(visit.now)
        state = State.EXPIRED if over and proposal.state in LIVE else proposal.state
        near = proposal.expires_at is not None and proposal.expires_at <= visit.now + SOON_S
        lines.append(
            Line(
                record=one,
                how=visit.say(HOW[How(one.consent_how)]),
                stored=there,
                link=f"/@{writer.username}/{one.subject_id}",
                writer=writer.name or writer.username,
                own=writer.id == visit.me.actor.id,
                answers=waiting.get(one.subject_id, 0),
                state=visit.say(STATES[state]),
                closed=proposal.state in CLOSED,
                live=state in LIVE,
                soon=near and state in (*LIVE, State.EXPIRED),
            )
        )
    return lines


PAGES: Final[tuple[Page, ...]] = (
    show("/desk/behalf", behalf, who="mediator"),
    show("/desk/behalf/{id}", record, who="mediator"),
    act("/desk/behalf/{id}", corrected, who="mediator"),
    act("/desk/behalf/{id}/{deed:renew|done|back}", deed, who="mediator"),
)
