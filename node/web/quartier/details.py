"""All that is told of one announcement, in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from babel import Locale
from markupsafe import Markup

from node.aid.content_reading import own_part
from node.aid.lifecycle import CLOSED, LIVE, State
from node.aid.proposals import Answerable, Proposal, Purpose, Urgency
from node.aid.quantities import amount_of
from node.aid.series_words import words as recurrence_words
from node.aid.territory import metres_between
from node.store.pictures import Picture
from node.store.proposal_details import Entry
from node.store.series import Series
from node.web.kinds import kind_said
from node.web.site.languages import later
from node.web.site.visit import Visit

NEAR_M: Final = 50.0
"""What lies nearer than this is the middle of the quartier itself: nobody said where."""

URGENCIES: Final[Mapping[Urgency, str]] = {
    Urgency.LOW: later("Rien ne presse"),
    Urgency.HIGH: later("Urgent"),
    Urgency.CRITICAL: later("Très urgent"),
}
OVER: Final[Mapping[State, str]] = {
    State.DONE: later("C’est réglé. Merci !"),
    State.PAUSED: later("Cette annonce est en pause : elle ne prend pas de réponse en ce moment."),
    State.SATISFIED_FOR_NOW: later("Merci, c’est suffisant pour le moment."),
    State.REFERRED: later("Cette demande est confiée à un quartier voisin, qui s’en occupe."),
    State.EXPIRED: later("Cette annonce est arrivée à son terme."),
    State.WITHDRAWN: later("Cette annonce n’est plus d’actualité : qui l’a écrite l’a retirée."),
    State.REMOVED: later("La médiation du quartier a retiré cette annonce."),
}


@dataclass(frozen=True, slots=True)
class Fact:
    name: str
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """One announcement as its page shows it."""

    id: int
    title: str
    language: str
    """"" where it is the page's own."""
    request: bool
    kind: str
    urgency: str
    pressing: bool
    topic: str
    mode: str
    text: str
    """Plain; "" where only `content` is told."""
    content: Markup
    state: str
    """What became of it, "" while it is simply open."""
    live: bool
    facts: Sequence[Fact]
    who: str
    who_link: str
    who_kind: str
    backed: Sequence[str]
    """Who vouches for them."""
    pictures: Sequence[Picture]
    doubt: str
    local: bool
    place: str
    """Its quartier, as people say it."""
    home: str
    """Where it is at home, for people."""
    document: str
    """Its id, for programs."""
    path: str
    reader: str
    """Who will read an answer, in a sentence."""


def details_of(
    visit: Visit,
    entry: Entry,
    *,
    place: str = "",
    backed: Sequence[str] = (),
    series: Series | None = None,
) -> Details:
    """`place`: the neighbour where it is at home, where it is one."""
    one, code = entry.proposal, visit.language.code
    request = one.purpose is Purpose.REQUEST
    topic, mode = one.topic_data.label(code), one.mode_data.label(code)
    username = entry.author.username
    state = state_of(one, visit.now)
    place = visit.here.settings.node.name if entry.local else place or one.origin
    content = entry.content if entry.local else own_part(entry.content, one)
    return Details(
        id=one.id,
        title=one.title,
        language=one.language if one.language.partition("-")[0] != code else "",
        request=request,
        kind=visit.say("Demande") if request else visit.say("Offre"),
        urgency=_urgency(visit, one),
        pressing=one.urgency in (Urgency.HIGH, Urgency.CRITICAL),
        topic=topic,
        mode="" if topic.casefold().startswith(mode.casefold()) else mode,
        text=one.text if entry.local else "",
        content=Markup(content),  # noqa: S704 - cleaned when it was stored
        state=_state(visit, one, state),
        live=state in LIVE,
        facts=_facts(visit, entry, place, series),
        who=entry.author.name or username,
        who_link=_page_of(entry),
        who_kind=kind_said(visit, entry.author.kind) if entry.author.kind != "resident" else "",
        backed=backed,
        pictures=[
            picture
            for picture in entry.pictures
            if picture.state == "ready" and picture.media_type.startswith("image/")
        ],
        doubt=_doubt(visit, entry),
        local=entry.local,
        place=place,
        home=web_address(entry.url) or web_address(one.uri),
        document=one.uri,
        path=path_of(entry),
        reader=reader_said(visit, entry, place),
    )


def path_of(entry: Entry) -> str:
    number = entry.proposal.id
    return f"/@{entry.author.username}/{number}" if entry.local else f"/proposals/{number}"


def state_of(one: Proposal, now: float) -> State:
    """What is over is over, whether or not anybody has marked it yet."""
    if one.state in LIVE and one.has_expired(now):
        return State.EXPIRED
    return one.state


def counts(one: Proposal) -> bool:
    """Whether there is more than one of it, so that who answers says how much."""
    return (one.quantity, one.unit) != ("1", "one")


def amount(visit: Visit, text: str, unit: str) -> str:
    """« 3 », « 2,5 kg », « 2 heures »."""
    value = amount_of(text)
    if value is None:
        return text
    number = visit.language.number(float(value))
    whole = 1 if value < 2 else 2
    match unit:
        case "kilogram":
            return f"{number}\u00a0kg"
        case "litre":
            return visit.count("%(amount)s litre", "%(amount)s litres", whole, amount=number)
        case "hour":
            return visit.count("%(amount)s heure", "%(amount)s heures", whole, amount=number)
        case _:
            return number


def reader_said(visit: Visit, entry: Entry, place: str) -> str:
    """Who reads what somebody answers, said before it is sent."""
    who = entry.author.name or entry.author.username
    if entry.proposal.asked_by_id is not None:
        return visit.say("La personne qui demande lira votre réponse, et la médiation du quartier.")
    if entry.local:
        return visit.say("%(who)s lira votre réponse, et personne d’autre.", who=who)
    return visit.say(
        "%(who)s lira votre réponse, et personne d’autre. Elle part vers le quartier voisin "
        "où est l’annonce : %(place)s.",
        who=who,
        place=place,
    )


def web_address(text: str | None) -> str:
    """An address that a link may lead to; "" for any other."""
    return text if text is not None and text.startswith(("https://", "http://")) else ""


def _page_of(entry: Entry) -> str:
    if entry.local:
        return f"/@{entry.author.username}"
    return web_address(entry.author.url) or web_address(entry.author.uri)


def _urgency(visit: Visit, one: Proposal) -> str:
    said = URGENCIES.get(one.urgency)
    return visit.say(said) if said else ""


def _state(visit: Visit, one: Proposal, state: State) -> str:
    if state is State.MATCHED:
        if one.purpose is Purpose.REQUEST:
            return visit.say("Merci, quelqu’un s’en occupe.")
        return visit.say("Merci, tout est déjà promis.")
    if state not in OVER:
        return ""
    said = visit.say(OVER[state])
    if state is State.SATISFIED_FOR_NOW and one.opens_again_at is not None:
        day = visit.language.date(one.opens_again_at, visit.here.settings.node.time_zone)
        said += " " + visit.say("Elle rouvrira le %(day)s.", day=day)
    return said


def _doubt(visit: Visit, entry: Entry) -> str:
    if entry.voucher is None or entry.unconfirmed_since is None:
        return ""
    return visit.say(
        "Transmise par %(voucher)s. Le site d’où elle vient ne répond pas depuis %(since)s.",
        voucher=entry.voucher.split("//", 1)[-1],
        since=visit.language.span(visit.now - entry.unconfirmed_since),
    )


# ── facts ────────────────────────────────────────────────────────────────────────────────────


def _facts(visit: Visit, entry: Entry, place: str, series: Series | None) -> list[Fact]:
    one = entry.proposal
    if one.state in CLOSED:
        return []
    found = [
        *_amounts(visit, one),
        *_times(visit, one, series),
        Fact(visit.say("Où"), _where(visit, entry, place)),
        *_languages(visit, one),
        *_answerable(visit, one),
    ]
    last = one.ends_at if one.ends_at is not None else one.starts_at
    if one.expires_at is not None and one.expires_at != last:
        until = _moment(visit, one.expires_at)
        found.append(Fact(visit.say("Annonce valable jusqu’au"), until))
    return found


def _amounts(visit: Visit, one: Proposal) -> list[Fact]:
    if not counts(one):
        return []
    places = one.mode == "together" and one.unit == "one"
    said = amount(visit, one.quantity, one.unit)
    if one.available != one.quantity:
        left = amount(visit, one.available, one.unit)
        said = visit.say("%(left)s encore, sur %(whole)s", left=left, whole=said)
    return [Fact(visit.say("Places") if places else visit.say("Quantité"), said)]


def _times(visit: Visit, one: Proposal, series: Series | None) -> list[Fact]:
    found = []
    if one.starts_at is not None:
        found.append(Fact(visit.say("Quand"), _when(visit, one)))
    if series is not None:
        rhythm = recurrence_words(series.pattern, visit.language.code)
        found.append(Fact(visit.say("Cela revient"), rhythm))
    if one.due is not None:
        name = visit.say("À rendre avant le") if one.mode == "loan" else visit.say("Pour le")
        found.append(Fact(name, _moment(visit, one.due)))
    return found


def _when(visit: Visit, one: Proposal) -> str:
    start, zone = one.starts_at or 0.0, visit.here.settings.node.time_zone
    words = visit.language
    if one.ends_at is None:
        if one.gathering:
            return visit.say("le %(start)s", start=_moment(visit, start))
        return visit.say("à partir du %(start)s", start=_moment(visit, start))
    if _day(start, zone) == _day(one.ends_at, zone):
        return visit.say(
            "le %(day)s, de %(start)s à %(end)s",
            day=words.date(start, zone),
            start=words.time(start, zone),
            end=words.time(one.ends_at, zone),
        )
    return visit.say(
        "du %(start)s au %(end)s", start=_moment(visit, start), end=_moment(visit, one.ends_at)
    )


def _day(at: float, zone: str) -> object:
    return datetime.fromtimestamp(at, ZoneInfo(zone)).date()


def _moment(visit: Visit, at: float) -> str:
    """With the day of the week, which people plan by: « mardi 24 novembre 2026, 13:00 »."""
    zone = visit.here.settings.node.time_zone
    return f"{visit.language.date(at, zone)}, {visit.language.time(at, zone)}"


def _where(visit: Visit, entry: Entry, place: str) -> str:
    one, node = entry.proposal, visit.here.settings.node
    if not one.cell:
        return place
    within = visit.say(
        "%(place)s, dans un rayon de %(distance)s",
        place=place,
        distance=visit.language.distance(one.radius_m),
    )
    away = metres_between((node.latitude, node.longitude), (one.lat, one.lon))
    if entry.local or away < NEAR_M:
        return within
    return visit.say(
        "%(within)s, à %(away)s du milieu de notre quartier",
        within=within,
        away=visit.language.distance(away),
    )


def _languages(visit: Visit, one: Proposal) -> list[Fact]:
    if not one.languages:
        return []
    names = (_name(visit, code) for code in dict.fromkeys((one.language, *one.languages)))
    return [Fact(visit.say("On peut se parler en"), ", ".join(dict.fromkeys(names)))]


def _name(visit: Visit, code: str) -> str:
    bare = code.partition("-")[0]
    found = Locale.parse(visit.language.code).languages.get(bare)
    return str(found) if found else code


def _answerable(visit: Visit, one: Proposal) -> list[Fact]:
    match one.answerable:
        case Answerable.MEMBERS:
            said = visit.say("les membres du quartier et des quartiers voisins")
        case Answerable.VOUCHED:
            said = visit.say("les membres du quartier pour qui quelqu’un se porte garant")
        case _:
            return []
    return [Fact(visit.say("Qui peut répondre"), said)]
