"""What people read: the HTML of a proposal, which must do in any client and for anybody.

Kind, title, text, when, where roughly, how to answer, hashtags; in French or English. Somebody
who has never heard of this project, reading in Mastodon, has all that is needed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from html import escape
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from node.activitypub.html import from_plain
from node.aid.lifecycle import CLOSED, LIVE, State
from node.aid.proposals import Proposal, Purpose, Urgency

NBSP: Final = "\u00a0"
THIN: Final = "\u202f"  # narrow no-break space: before ; ! ? in French


@dataclass(frozen=True, slots=True)
class Tag:
    name: str
    """Without the ``#``."""
    href: str


@dataclass(frozen=True, slots=True)
class Words:
    """The fixed words of one language."""

    kinds: Mapping[Purpose, str]
    urgency: Mapping[Urgency, str]
    ended: Mapping[State, str]
    promised: Mapping[Purpose, str]
    units: Mapping[str, tuple[str, str]]
    colon: str
    quantity: str
    left: str
    before: str
    give_back: str
    until: str
    where: str
    answer: str


FRENCH: Final = Words(
    kinds=MappingProxyType({Purpose.OFFER: "Offre", Purpose.REQUEST: "Demande"}),
    urgency=MappingProxyType(
        {
            Urgency.LOW: "Rien ne presse.",
            Urgency.NORMAL: "",
            Urgency.HIGH: "C’est urgent.",
            Urgency.CRITICAL: "C’est très urgent.",
        }
    ),
    ended=MappingProxyType(
        {
            State.DONE: f"Merci, c’est réglé{THIN}!",
            State.PAUSED: "Cette annonce est en pause.",
            State.SATISFIED_FOR_NOW: "Merci, c’est suffisant pour le moment.",
            State.REFERRED: "Cette annonce a été confiée à un autre quartier.",
            State.EXPIRED: "Cette annonce est arrivée à son terme.",
            State.WITHDRAWN: "Merci, cette annonce n’est plus d’actualité.",
            State.REMOVED: "Cette annonce a été retirée par la médiation du quartier.",
        }
    ),
    promised=MappingProxyType(
        {
            Purpose.OFFER: "Merci, tout est déjà promis.",
            Purpose.REQUEST: "Merci, quelqu’un s’en occupe.",
        }
    ),
    units=MappingProxyType(
        {
            "one": ("", ""),
            "kilogram": ("kg", "kg"),
            "litre": ("litre", "litres"),
            "hour": ("heure", "heures"),
        }
    ),
    colon=f"{NBSP}: ",
    quantity="Quantité",
    left="il reste",
    before="Pour le",
    give_back="À rendre avant le",
    until="Annonce valable jusqu’au",
    where="Vers {name}, à {near} près.",
    answer=f"Pour répondre{NBSP}: répondez à ce message en privé.",
)

ENGLISH: Final = Words(
    kinds=MappingProxyType({Purpose.OFFER: "Offer", Purpose.REQUEST: "Request"}),
    urgency=MappingProxyType(
        {
            Urgency.LOW: "There is no hurry.",
            Urgency.NORMAL: "",
            Urgency.HIGH: "This is urgent.",
            Urgency.CRITICAL: "This is very urgent.",
        }
    ),
    ended=MappingProxyType(
        {
            State.DONE: "Thank you, this is settled!",
            State.PAUSED: "This post is on hold.",
            State.SATISFIED_FOR_NOW: "Thank you, this is enough for now.",
            State.REFERRED: "This post was handed to another neighbourhood.",
            State.EXPIRED: "This post has come to its end.",
            State.WITHDRAWN: "Thank you, this is no longer needed.",
            State.REMOVED: "This post was removed by the neighbourhood's mediators.",
        }
    ),
    promised=MappingProxyType(
        {
            Purpose.OFFER: "Thank you, everything has been promised.",
            Purpose.REQUEST: "Thank you, somebody is taking care of it.",
        }
    ),
    units=MappingProxyType(
        {
            "one": ("", ""),
            "kilogram": ("kg", "kg"),
            "litre": ("litre", "litres"),
            "hour": ("hour", "hours"),
        }
    ),
    colon=": ",
    quantity="Quantity",
    left="left",
    before="For",
    give_back="To be returned by",
    until="Open until",
    where="Around {name}, within {near} or so.",
    answer="To answer: reply to this message privately.",
)

_DAYS: Final = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_MONTHS: Final = (
    *("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août"),
    *("septembre", "octobre", "novembre", "décembre"),
)
_ENGLISH_DAYS: Final = (
    *("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
)
_ENGLISH_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June", "July", "August"),
    *("September", "October", "November", "December"),
)


def words_of(language: str) -> Words:
    return ENGLISH if language.partition("-")[0] == "en" else FRENCH


def spoken(language: str) -> str:
    """The language of the fixed words: ``fr`` or ``en``."""
    return "en" if words_of(language) is ENGLISH else "fr"


def html(proposal: Proposal, *, quartier: str, tags: Sequence[Tag], zone: str) -> str:
    """The content; ``quartier`` is its name as people say it, ``zone`` a tz database name."""
    words, language = words_of(proposal.language), spoken(proposal.language)
    title = f"{words.kinds[proposal.purpose]}{words.colon}{escape(proposal.title, quote=False)}"
    ending = _ending(proposal, words)
    parts = [_paragraph(f"<strong>{title}</strong>")]
    if ending:
        parts.insert(0, _paragraph(f"<strong>{ending}</strong>"))
    if proposal.state not in CLOSED:
        kind = " ".join(filter(None, (_kind(proposal), words.urgency[proposal.urgency])))
        facts = "<br>".join(_facts(proposal, words, language, quartier, zone))
        parts += [_paragraph(kind), from_plain(proposal.text), _paragraph(facts)]
    if not ending:
        parts.append(_paragraph(words.answer))
    if tags:
        parts.append(_paragraph(" ".join(_link(tag) for tag in tags)))
    return "".join(parts)


def _paragraph(markup: str) -> str:
    return f"<p>{markup}</p>"


def moment(seconds: float, language: str, zone: str) -> str:
    """``mardi 24 novembre 2026 à 13 h``, in local time."""
    try:
        at, suffix = datetime.fromtimestamp(seconds, ZoneInfo(zone)), ""
    except (ZoneInfoNotFoundError, ValueError):  # a machine without the tz database
        at, suffix = datetime.fromtimestamp(seconds, UTC), f"{NBSP}UTC"
    if language == "en":
        day = f"{_ENGLISH_DAYS[at.weekday()]} {at.day} {_ENGLISH_MONTHS[at.month - 1]} {at.year}"
        return f"{day} at {at.hour}:{at.minute:02}{suffix}"
    ordinal = "1er" if at.day == 1 else str(at.day)
    minutes = f"{NBSP}{at.minute:02}" if at.minute else ""
    day = f"{_DAYS[at.weekday()]} {ordinal} {_MONTHS[at.month - 1]} {at.year}"
    return f"{day} à {at.hour}{NBSP}h{minutes}{suffix}"


def distance(metres: int, language: str) -> str:
    """``500 m``, ``1,4 km``: rounded, for people."""
    if metres < 1000:
        return f"{max(100, round(metres, -2))}{NBSP}m"
    text = f"{metres / 1000:.1f}".removesuffix(".0")
    return f"{text.replace('.', ',') if language == 'fr' else text}{NBSP}km"


def amount(quantity: str, unit: str, language: str) -> str:
    """``2,5 kg``, ``3 heures``, ``4``."""
    one, many = words_of(language).units.get(unit, (unit, unit))
    # in French the plural begins at two, in English right after one
    plural = Decimal(quantity) >= 2 if language == "fr" else Decimal(quantity) != 1
    number = quantity.replace(".", ",") if language == "fr" else quantity
    return f"{number}{NBSP}{many if plural else one}".removesuffix(NBSP)


def _ending(proposal: Proposal, words: Words) -> str:
    if proposal.state is State.MATCHED:
        return words.promised[proposal.purpose]
    return "" if proposal.state in LIVE else words.ended.get(proposal.state, "")


def _kind(proposal: Proposal) -> str:
    language = spoken(proposal.language)
    topic, mode = proposal.topic_data.label(language), proposal.mode_data.label(language)
    if topic.casefold().startswith(mode.casefold()):  # « Prêt d’outils » says « Prêt »
        return f"{topic}."
    return f"{topic} ({mode[0].lower()}{mode[1:]})."


def _facts(proposal: Proposal, words: Words, language: str, quartier: str, zone: str) -> list[str]:
    facts = []
    if (proposal.quantity, proposal.unit) != ("1", "one"):
        fact = f"{words.quantity}{words.colon}{amount(proposal.quantity, proposal.unit, language)}"
        if proposal.state is State.PARTLY_MATCHED:
            left = amount(proposal.available, proposal.unit, language)
            fact += f", {left} {words.left}" if language == "en" else f", {words.left} {left}"
        facts.append(f"{fact}.")
    if proposal.due is not None:
        due = words.give_back if proposal.mode == "loan" else words.before
        facts.append(f"{due} {moment(proposal.due, language, zone)}.")
    near = distance(proposal.radius_m, language)
    facts.append(words.where.format(name=escape(quartier, quote=False), near=near))
    if proposal.expires_at is not None:
        facts.append(f"{words.until} {moment(proposal.expires_at, language, zone)}.")
    return facts


def _link(tag: Tag) -> str:
    """As Mastodon writes a hashtag, so that clients know it for one."""
    href = escape(tag.href)
    return f'<a href="{href}" class="mention hashtag" rel="tag">#<span>{tag.name}</span></a>'
