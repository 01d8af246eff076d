"""What somebody asked and offered, as they see it themselves: in which state, until when, and
whether they are to say that it is still so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from node.aid.lifecycle import LIVE, State
from node.aid.proposals import DAY, Proposal, Purpose
from node.aid.reminders import Reminder, reminder
from node.store.drafts import Kept
from node.web.site.languages import later
from node.web.site.visit import Visit

ASKED_AGAIN_S: Final = 14 * DAY
"""So long after its end one is asked whether it is to go on."""
KEPT: Final = frozenset(State) - {State.DONE, State.WITHDRAWN, State.REMOVED}
"""What may still come to something."""

STATES: Final[Mapping[State, str]] = {
    State.DRAFT: later("Pas encore envoyée"),
    State.REVIEW: later("La médiation la relit"),
    State.OPEN: later("Publiée"),
    State.PARTLY_MATCHED: later("Publiée, promise en partie"),
    State.MATCHED: later("Quelqu’un s’en occupe"),
    State.DONE: later("Réglée"),
    State.PAUSED: later("En pause"),
    State.SATISFIED_FOR_NOW: later("Suffisant pour le moment"),
    State.REFERRED: later("Confiée à un quartier voisin"),
    State.EXPIRED: later("Terminée"),
    State.WITHDRAWN: later("Retirée"),
    State.REMOVED: later("Retirée par la médiation"),
}


@dataclass(frozen=True, slots=True)
class Own:
    """One announcement of one's own, in a list."""

    id: int
    title: str
    request: bool
    state: str
    until: str
    """When it ends, or opens again; "" for neither."""
    note: str
    """What a mediator wrote about it."""
    link: str


def own_of(visit: Visit, one: Proposal) -> Own:
    zone, until = visit.here.settings.node.time_zone, ""
    over = one.has_expired(visit.now)
    if one.opens_again_at is not None:
        when = visit.language.day(one.opens_again_at, zone)
        until = visit.say("rouvre le %(when)s", when=when)
    elif one.expires_at is not None and one.state in LIVE and not over:
        until = visit.say("jusqu’au %(until)s", until=visit.language.moment(one.expires_at, zone))
    state = State.EXPIRED if over and one.state in LIVE else one.state
    request = one.purpose is Purpose.REQUEST
    promised = state is State.MATCHED and not request
    return Own(
        id=one.id,
        title=one.title,
        request=request,
        state=visit.say("Promise à quelqu’un") if promised else visit.say(STATES[state]),
        until=until,
        note=one.reason,
        link=f"/edit/{one.id}",
    )


def draft_of(visit: Visit, kept: Kept) -> Own:
    """What is not finished, waits for a mediator's look, or came back from it."""
    waits = kept.state == "review"
    back = not waits and bool(kept.note)
    said = (
        visit.say("La médiation vous l’a renvoyée")
        if back
        else visit.say(STATES[State(kept.state)])
    )
    return Own(
        id=kept.id,
        title=str(kept.fields.get("title") or visit.say("Sans titre")),
        request=kept.fields.get("purpose") != "offer",
        state=said,
        until="",
        note="" if waits else kept.note,
        link=f"/write/{kept.id}/check" if waits else f"/write/{kept.id}/words",
    )


def wants_renewal(one: Proposal, now: float) -> bool:
    """Its end is near or just was, or it has none and is asked about now and then."""
    if one.series_id is not None or _is_past(one, now):
        return False
    ended = one.state is State.EXPIRED or (one.state in LIVE and one.has_expired(now))
    if ended and one.expires_at is not None:
        return now - one.expires_at < ASKED_AGAIN_S
    match reminder(one, now):
        case Reminder.DAY | Reminder.ASKS | Reminder.PAUSES:
            return one.state in LIVE
        case Reminder.WEEK:
            said = one.renewed_at if one.renewed_at is not None else one.created
            return one.state in LIVE and (one.expires_at or now) - said > 8 * DAY
        case _:
            return False


def _is_past(one: Proposal, now: float) -> bool:
    """What had its day is not renewed, but asked or offered anew."""
    if one.gathering:
        return True
    return one.due is not None and one.due <= now
