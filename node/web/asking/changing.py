"""What one does with one's own announcement afterwards: other words, a pause, an end. A mediator
does it, too, for what another wrote for somebody who has no account."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from aiohttp import web

from node.actions import audit, on_behalf, renewal, series
from node.actions import pictures as pictures_actions
from node.actions import proposals as actions
from node.aid.draft_checks import moment
from node.aid.lifecycle import CLOSED, LIVE, State
from node.aid.proposals import DAY, Proposal, Purpose
from node.aid.series import SeriesState
from node.aid.series_words import words as in_words
from node.aid.topics import OTHER, TOPICS
from node.errors import Conflict, Invalid, NotFound
from node.social.accounts import Actor
from node.store import pictures
from node.store import series as series_store
from node.store.pictures import Picture
from node.store.series import Series
from node.store.transaction import Transaction
from node.web.asking.words import told_of
from node.web.site.languages import later
from node.web.site.visit import NOTHING, Page, Visit, act, show

WHEN: Final = later("Dites quand l’annonce rouvre.")
ONCE: Final = later("Cette annonce ne se répète pas.")
LENGTHS: Final = ("1d", "3d", "7d", "21d", "60d")
DONE: Final = {
    "renew": later("L’annonce est renouvelée."),
    "pause": later("L’annonce est en pause : personne ne la voit plus pour le moment."),
    "resume": later("L’annonce est ouverte à nouveau."),
    "enough": later("C’est noté : l’annonce rouvrira à cette date."),
    "done": later("L’annonce est close. Merci !"),
    "withdraw": later("L’annonce est retirée."),
    "skip": later("Cette fois est retirée ; les autres restent."),
    "series-pause": later("La répétition est en pause : rien de nouveau ne paraît."),
    "series-resume": later("La répétition reprend."),
    "series-end": later("La répétition est terminée. Ce qui est convenu reste convenu."),
}


@dataclass(frozen=True, slots=True)
class Own:
    """What is changed, and what belongs to it."""

    proposal: Proposal
    author: Actor
    pictures: list[Picture]
    series: Series | None


async def edit(visit: Visit) -> web.Response:
    """GET /edit/{id}."""
    return _page(visit, await visit.store.read(_whole, visit))


async def edited(visit: Visit) -> web.Response:
    """POST /edit/{id}: ``title``, ``text``, ``expires`` (a length, counted from now), ``alt-ID``
    of each picture, and ``whole`` for all that is to come of a series."""
    title, text = visit.text("title"), visit.text("text")

    def unit(tx: Transaction) -> Own:
        own = _whole(tx, visit)
        number, proposal = own.proposal.id, own.proposal
        if visit.ticked("whole") and own.series is not None:
            series.change_series(tx, visit.here, own.author, own.series.id, title=title, text=text)
        for one in own.pictures:
            alt = visit.text(f"alt-{one.id}", one.alt)
            if " ".join(alt.split()) != one.alt:
                pictures_actions.describe_picture(tx, visit.here, own.author, one.id, alt)
        length = visit.text("expires") or None
        if length or (title, text) != (proposal.title, proposal.text):
            actions.edit_proposal(tx, visit.here, number, title=title, text=text, expires=length)
        _noted(tx, visit, own.author)
        return own

    try:
        own = await visit.store.write(unit)
    except (Invalid, Conflict) as error:
        before = await visit.store.read(_whole, visit)
        errors = {_field(visit, before, error): error.public}
        return _page(visit, before, status=error.status, errors=errors, title=title, text=text)
    return visit.go(link(own), visit.say("L’annonce est changée."))


def _field(visit: Visit, own: Own, error: Invalid | Conflict) -> str:
    """Where it is told what is wrong."""
    if isinstance(error, Conflict):
        return ""
    bare = [one for one in own.pictures if not visit.text(f"alt-{one.id}", one.alt)]
    if bare:
        return f"alt-{bare[0].id}"
    return "text" if visit.text("title") else "title"


async def deed(visit: Visit) -> web.Response:
    """POST /edit/{id}/{deed}."""
    what = visit.path("deed")

    def unit(tx: Transaction) -> Own:
        own = _whole(tx, visit)
        if what.startswith("series-") or what == "skip":
            _repeated(tx, visit, own, what)
        else:
            _do(tx, visit, what)
        _noted(tx, visit, own.author)
        return own

    try:
        own = await visit.store.write(unit)
    except Conflict as error:
        before = await visit.store.read(_whole, visit)
        return _page(visit, before, status=409, errors={"": error.public})
    except Invalid as error:
        before = await visit.store.read(_whole, visit)
        field = "until" if what == "enough" else ""
        return _page(visit, before, status=422, errors={field: error.public})
    back = link(own) if own.author.id == visit.me.actor.id else "/desk/behalf"
    return visit.go(back, visit.say(DONE[what]))


def _do(tx: Transaction, visit: Visit, what: str) -> None:
    here, number = visit.here, visit.number()
    match what:
        case "renew":
            renewal.renew(tx, here, number)
        case "pause":
            renewal.pause(tx, here, number)
        case "resume":
            renewal.resume(tx, here, number)
        case "enough":
            until = moment(visit.text("until"), here.settings.node.time_zone)
            if until is None:
                raise Invalid(WHEN)
            renewal.satisfied(tx, here, number, until=until)
        case "done":
            actions.close_proposal(tx, here, number)
        case _:
            actions.close_proposal(tx, here, number, state=State.WITHDRAWN)


def _repeated(tx: Transaction, visit: Visit, own: Own, what: str) -> None:
    """With all of a series, or one time of it."""
    found, here = own.series, visit.here
    if found is None or own.proposal.occurrence is None:
        raise Conflict(ONCE)
    match what:
        case "skip":
            series.skip_occurrence(tx, here, own.author, found.id, own.proposal.occurrence)
        case "series-pause":
            series.pause_series(tx, here, own.author, found.id)
        case "series-resume":
            series.resume_series(tx, here, own.author, found.id)
        case _:
            series.end_series(tx, here, own.author, found.id)


def link(own: Own) -> str:
    return f"/@{own.author.username}/{own.proposal.id}"


def _whole(tx: Transaction, visit: Visit) -> Own:
    """Raises NotFound for another's as for none."""
    number, me = visit.number(), visit.me.actor
    try:
        stored, author = actions.own(tx, number, me)
    except NotFound:
        try:
            on_behalf.of(tx, me, number)  # of whoever wrote it, for a mediator
        except NotFound:
            raise NotFound(NOTHING) from None
        stored, author = actions.own(tx, number)
    proposal = stored.proposal
    found = series_store.by_id(tx, proposal.series_id) if proposal.series_id is not None else None
    return Own(proposal, author, pictures.of_object(tx, number), found)


def _noted(tx: Transaction, visit: Visit, author: Actor) -> None:
    """Who does something in another's name is named for it."""
    if author.id != visit.me.actor.id:
        about = f"proposal {visit.number()}"
        audit.record(tx, visit.here, visit.me.actor, "on-behalf.change", about)


def _page(
    visit: Visit,
    own: Own,
    *,
    status: int = 200,
    errors: dict[str, str] | None = None,
    **typed: Any,
) -> web.Response:
    proposal, code = own.proposal, visit.language.code
    title, text = typed.get("title", proposal.title), typed.get("text", proposal.text)
    over = proposal.has_expired(visit.now) or proposal.state is State.EXPIRED
    closed = proposal.state in CLOSED
    ahead = proposal.occurrence is not None and proposal.occurrence > visit.now
    return visit.page(
        "asking/edit.html",
        status=status,
        proposal=proposal,
        link=link(own),
        own=own.author.id == visit.me.actor.id,
        topic=TOPICS.get(proposal.topic, OTHER).label(code),
        errors=errors or {},
        said=title,
        more=text,
        pictures=own.pictures,
        alts={one.id: visit.text(f"alt-{one.id}", one.alt) for one in own.pictures},
        lengths=_lengths(visit, proposal),
        warnings=[one for _, one in told_of(visit, title, text)],
        closed=closed,
        over=over and not closed,
        open=proposal.state in LIVE and not over,
        paused=proposal.state in (State.PAUSED, State.SATISFIED_FOR_NOW) and not over,
        repeated=in_words(own.series.pattern, code) if own.series else "",
        going_on=own.series is not None and own.series.state is not SeriesState.ENDED,
        resting=own.series is not None and own.series.state is SeriesState.PAUSED,
        ahead=ahead and proposal.state in LIVE,
    )


def _lengths(visit: Visit, proposal: Proposal) -> list[tuple[str, str]]:
    """Until when it may stand: as it is, or so long from now."""
    words, zone = visit.language, visit.here.settings.node.time_zone
    if proposal.expires_at is None:
        found = [("", visit.say("Comme maintenant : sans fin"))]
    else:
        until = words.moment(proposal.expires_at, zone)
        found = [("", visit.say("Comme maintenant : jusqu’au %(until)s", until=until))]
    for length in LENGTHS:
        seconds = int(length[:-1]) * DAY
        until = words.day(visit.now + seconds, zone)
        found.append(
            (
                length,
                visit.say("%(span)s : jusqu’au %(until)s", span=words.span(seconds), until=until),
            )
        )
    if proposal.purpose is Purpose.OFFER and proposal.expires_at is not None:
        found.append(("none", visit.say("Sans fin")))
    return found


DEEDS: Final = "|".join(DONE)
PAGES: Final[tuple[Page, ...]] = (
    show("/edit/{id}", edit, who="member"),
    act("/edit/{id}", edited, who="member"),
    act(f"/edit/{{id}}/{{deed:{DEEDS}}}", deed, who="member"),
)
