"""An announcement at a glance: what, who, roughly where, until when, how to answer. Shared by all
areas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from node.aid.lifecycle import State
from node.aid.proposals import Proposal, Purpose, Urgency
from node.aid.territory import metres_between
from node.social.accounts import Actor
from node.store.pictures import Picture
from node.store.proposal_details import Entry, Reader
from node.store.proposal_filters import Near
from node.web.site.sessions import Person
from node.web.site.visit import Visit

PEOPLE: Final = frozenset({"resident", "professional"})
"""Who is called by the first name."""
SOON_S: Final = 2 * 86_400.0
"""What ends before that has its hour told."""
NO_NAMES: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    id: int
    title: str
    language: str
    """Of the title, "" where it is the page's own."""
    purpose: str
    """``request`` or ``offer``."""
    kind: str
    """As people say it: Demande, Offre."""
    urgent: str
    """Urgent, Très urgent, or ""."""
    topic: str
    who: str
    """First name, or the name of the association."""
    where: str
    """Our quartier, or the neighbouring one."""
    distance: str
    """From where the reader asked about, "" where nobody asked."""
    when: str
    """It takes place, "" where that is not said."""
    until: str
    state: str
    """What the reader should know besides, "" while it is simply open."""
    link: str
    answer: str
    """Where it is answered, "" where this reader cannot."""
    answered: str
    """The reader's own answer, "" where there is none."""
    change: str
    """Where its author changes it, "" for others."""
    picture: Picture | None
    doubt: str
    """Said of what is known by a neighbour's word alone."""


def reader_of(person: Person | None) -> Reader:
    """Who reads, as the store asks it."""
    if person is None:
        return Reader()
    return Reader(actor_id=person.actor.id, mediator=person.has_role("mediator"))


def card_of(
    visit: Visit, entry: Entry, *, near: Near | None = None, names: Mapping[str, str] = NO_NAMES
) -> Card:
    """`near`: where the reader looks from; `names`: of the quartiers, by domain."""
    one, code = entry.proposal, visit.language.code
    own = visit.person is not None and visit.person.actor.id == entry.author.id
    live = one.is_live(visit.now)
    return Card(
        id=one.id,
        title=one.title,
        language=one.language if one.language.partition("-")[0] != code else "",
        purpose=one.purpose.value,
        kind=visit.say("Demande") if one.purpose is Purpose.REQUEST else visit.say("Offre"),
        urgent=_urgent(visit, one),
        topic=one.topic_data.label(code),
        who=called(entry.author.name or entry.author.username, entry.author.kind),
        where=visit.here.settings.node.name if entry.local else names.get(one.origin, one.origin),
        distance=_distance(visit, one, near),
        when=_moment(visit, one.starts_at) if one.starts_at else "",
        until=_moment(visit, one.expires_at) if one.expires_at else "",
        state=_state(visit, one),
        link=path_of(entry),
        answer=f"/answer/{one.id}" if live and not own and entry.answer_id is None else "",
        answered=f"/me/agreements/{entry.answer_id}" if entry.answer_id is not None else "",
        change=f"/edit/{one.id}" if own and entry.local else "",
        picture=next((each for each in entry.pictures if _is_shown(each)), None),
        doubt=_doubt(visit, entry),
    )


def path_of(entry: Entry) -> str:
    number = entry.proposal.id
    return f"/@{entry.author.username}/{number}" if entry.local else f"/proposals/{number}"


def called(name: str, kind: str | None) -> str:
    """As one is called in a hall: people by their first name, others whole."""
    parts = name.split()
    return parts[0] if parts and kind in PEOPLE else name


def portrait_of(visit: Visit, actor: Actor | None) -> str:
    """Where somebody's picture is, "" for none, and for one that lies elsewhere."""
    found = actor.icon_url if actor is not None else None
    return found if found and found.startswith(f"{visit.here.settings.base_url}/") else ""


def _is_shown(picture: Picture) -> bool:
    return picture.state == "ready" and picture.media_type.startswith("image/")


def _urgent(visit: Visit, one: Proposal) -> str:
    match one.urgency:
        case Urgency.CRITICAL:
            return visit.say("Très urgent")
        case Urgency.HIGH:
            return visit.say("Urgent")
        case _:
            return ""


def _distance(visit: Visit, one: Proposal, near: Near | None) -> str:
    if near is None or not one.cell:
        return ""
    away = metres_between((near.lat, near.lon), (one.lat, one.lon))
    return visit.say("à environ %(distance)s", distance=visit.language.distance(away))


def _moment(visit: Visit, at: float) -> str:
    """With the hour when it is soon."""
    zone = visit.here.settings.node.time_zone
    words = visit.language
    return words.moment(at, zone) if at - visit.now < SOON_S else words.day(at, zone)


def _state(visit: Visit, one: Proposal) -> str:
    request = one.purpose is Purpose.REQUEST
    match one.state:
        case State.PARTLY_MATCHED if request:
            return visit.say("Quelqu’un aide déjà : il manque encore quelqu’un.")
        case State.PARTLY_MATCHED:
            return visit.say("Une partie est déjà promise : il en reste.")
        case State.MATCHED if request:
            return visit.say("Merci, quelqu’un s’en occupe.")
        case State.MATCHED:
            return visit.say("Merci, tout est déjà promis.")
        case State.REFERRED:
            return visit.say("Confiée à notre quartier par un quartier voisin.")
        case _:
            return ""


def _doubt(visit: Visit, entry: Entry) -> str:
    if entry.voucher is None or entry.unconfirmed_since is None:
        return ""
    return visit.say(
        "Transmise par %(voucher)s. Le site d’où elle vient ne répond pas depuis %(since)s.",
        voucher=entry.voucher.split("//", 1)[-1],
        since=visit.language.span(visit.now - entry.unconfirmed_since),
    )
