"""The fixed words of what people read, in French and in English, and how times and amounts are
said."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from importlib.resources import files
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from node.aid.lifecycle import State
from node.aid.proposals import Purpose, Urgency

NBSP: Final = "\u00a0"
THIN: Final = "\u202f"  # narrow no-break space: before ; ! ? in French


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
    take_part: str
    answer_here: str
    places: str
    on: str
    on_from_to: str
    from_to: str
    from_on: str
    reopens: str
    speaks: str
    members: str
    vouched: str
    removed: str


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
    take_part=f"Pour participer{NBSP}: répondez à ce message en privé.",
    answer_here=f"Pour répondre{NBSP}: connectez-vous au site du quartier.",
    places="Places",
    on="Le {start}",
    on_from_to="Le {day}, de {start} à {end}",
    from_to="Du {start} au {end}",
    from_on="À partir du {start}",
    reopens="Elle rouvrira le {at}.",
    speaks="On peut se parler en",
    members="Réservé aux membres du quartier.",
    vouched="Réservé aux membres du quartier pour qui quelqu’un se porte garant.",
    removed="Annonce retirée",
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
    take_part="To take part: reply to this message privately.",
    answer_here="To answer: sign in on the neighbourhood's site.",
    places="Places",
    on="On {start}",
    on_from_to="On {day}, from {start} to {end}",
    from_to="From {start} to {end}",
    from_on="From {start} on",
    reopens="It opens again on {at}.",
    speaks="We can speak",
    members="For members of the neighbourhood only.",
    vouched="Only for members of the neighbourhood whom somebody vouches for.",
    removed="Post removed",
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


def moment(seconds: float, language: str, zone: str) -> str:
    """``mardi 24 novembre 2026 à 13 h``, in local time."""
    at = " at " if language == "en" else " à "
    return f"{day(seconds, language, zone)}{at}{hour(seconds, language, zone)}"


def day(seconds: float, language: str, zone: str) -> str:
    """``mardi 24 novembre 2026``."""
    at, _ = _local(seconds, zone)
    if language == "en":
        return f"{_ENGLISH_DAYS[at.weekday()]} {at.day} {_ENGLISH_MONTHS[at.month - 1]} {at.year}"
    ordinal = "1er" if at.day == 1 else str(at.day)
    return f"{_DAYS[at.weekday()]} {ordinal} {_MONTHS[at.month - 1]} {at.year}"


def hour(seconds: float, language: str, zone: str) -> str:
    """``13 h``, ``13 h 05``, ``13:05``."""
    at, suffix = _local(seconds, zone)
    if language == "en":
        return f"{at.hour}:{at.minute:02}{suffix}"
    minutes = f"{NBSP}{at.minute:02}" if at.minute else ""
    return f"{at.hour}{NBSP}h{minutes}{suffix}"


def _local(seconds: float, zone: str) -> tuple[datetime, str]:
    """The time there, and what is to be said of it."""
    try:
        return datetime.fromtimestamp(seconds, ZoneInfo(zone)), ""
    except (ZoneInfoNotFoundError, ValueError):  # a machine without the tz database
        return datetime.fromtimestamp(seconds, UTC), f"{NBSP}UTC"


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


_LANGUAGES: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        code: (fr, en)
        for code, (fr, en) in json.loads(
            files("node.aid").joinpath("data", "languages.json").read_text(encoding="utf-8")
        ).items()
    }
)


def language_name(code: str, language: str) -> str:
    """What a language is called; its code where nobody told us."""
    names = _LANGUAGES.get(code.partition("-")[0])
    return code if names is None else names[1 if language == "en" else 0]


def listed(names: list[str], language: str) -> str:
    """``français, anglais et arabe``."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {'and' if language == 'en' else 'et'} {names[-1]}"
