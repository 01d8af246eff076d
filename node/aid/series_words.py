"""A recurrence in words: « chaque mardi à 18 h », "every Tuesday at 18:00"."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from node.aid.series import Pattern, zone_of

NBSP: Final = "\u00a0"
_CODES: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_DAYS: Final = {
    "fr": ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS: Final = {
    "fr": (
        *("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août"),
        *("septembre", "octobre", "novembre", "décembre"),
    ),
    "en": (
        *("January", "February", "March", "April", "May", "June", "July", "August"),
        *("September", "October", "November", "December"),
    ),
}
_RANKS: Final = {
    "fr": {
        1: "premier",
        2: "deuxième",
        3: "troisième",
        4: "quatrième",
        5: "cinquième",
        -1: "dernier",
        -2: "avant-dernier",
    },
    "en": {
        1: "first",
        2: "second",
        3: "third",
        4: "fourth",
        5: "fifth",
        -1: "last",
        -2: "last but one",
    },
}


def words(pattern: Pattern, language: str) -> str:
    """When it recurs, as a person says it, in ``fr`` or ``en``."""
    language = "en" if language.partition("-")[0] == "en" else "fr"
    parts = dict(part.split("=", 1) for part in pattern.rule.split(";"))
    first = datetime.fromtimestamp(int(pattern.starts), zone_of(pattern.zone))
    every = int(parts.get("INTERVAL", "1"))
    match parts["FREQ"]:
        case "DAILY" if "BYDAY" not in parts:
            said = _daily(every, language)
        case "MONTHLY":
            said = _monthly(parts, every, first, language)
        case _:
            codes = parts.get("BYDAY", _CODES[first.weekday()]).split(",")
            said = _weekly([_CODES.index(code) for code in codes], every, language)
    return said + _hour(first, language) + _end(parts, language)


def _daily(every: int, language: str) -> str:
    if language == "en":
        return "every day" if every == 1 else f"every {every} days"
    return "tous les jours" if every == 1 else f"tous les {every} jours"


def _weekly(days: Sequence[int], every: int, language: str) -> str:
    names = [_DAYS[language][day] for day in sorted(set(days))]
    listed = _listed(names, language)
    if language == "en":
        return f"every {listed}" if every == 1 else f"every {every} weeks, on {listed}"
    if every == 1:
        if len(names) == 1:
            return f"chaque {listed}"
        return f"tous les {_listed([f'{name}s' for name in names], language)}"
    if every == 2 and len(names) == 1:
        return f"un {listed} sur deux"
    return f"toutes les {every} semaines, le {_listed(names, language, 'le ')}"


def _monthly(parts: Mapping[str, str], every: int, first: datetime, language: str) -> str:
    if "BYDAY" in parts:
        which = _ranked(parts["BYDAY"], parts.get("BYSETPOS", ""), language)
    else:
        dates = [int(day) for day in parts.get("BYMONTHDAY", str(first.day)).split(",")]
        which = _dates(dates, language)
    if language == "en":
        return (
            f"{which} of every month"
            if every == 1
            else f"{which} of the month, every {every} months"
        )
    return f"{which} de chaque mois" if every == 1 else f"{which} du mois, tous les {every} mois"


def _ranked(byday: str, positions: str, language: str) -> str:
    the = "the " if language == "en" else "le "
    said = []
    plain = []
    for found in re.finditer(r"([+-]?[1-5])?([A-Z]{2})", byday):
        name = _DAYS[language][_CODES.index(found[2])]
        if found[1]:
            said.append(f"{_rank(int(found[1]), language)} {name}")
        else:
            plain.append(name)
    if plain and positions:
        among = _listed(plain, language, word="ou" if language == "fr" else "or")
        ranks = [_rank(int(position), language) for position in positions.split(",")]
        said.append(f"{_listed(ranks, language)} {among}")
    elif plain:
        every = "every " if language == "en" else "chaque "
        return every + _listed([*plain, *said], language)
    return the + _listed(said, language, the)


def _rank(number: int, language: str) -> str:
    known = _RANKS[language].get(number)
    if known is not None:
        return known
    if language == "en":
        return f"{_RANKS['en'][-number]} from the end"
    return f"{_RANKS['fr'][-number]} en partant de la fin"


def _dates(dates: Sequence[int], language: str) -> str:
    if language == "en":
        return "the " + _listed([_day_of_month_en(day) for day in dates], language)
    return "le " + _listed([_day_of_month_fr(day) for day in dates], language, "le ")


def _day_of_month_fr(day: int) -> str:
    if day == -1:
        return "dernier jour"
    return "1er" if day == 1 else f"{day}" if day > 0 else f"{-day}e jour avant la fin"


def _day_of_month_en(day: int) -> str:
    if day == -1:
        return "last day"
    number = abs(day)
    ending = (
        {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th") if number not in (11, 12, 13) else "th"
    )
    return f"{number}{ending}" if day > 0 else f"{number}{ending} day from the end"


def _hour(first: datetime, language: str) -> str:
    if language == "en":
        return f" at {first.hour}:{first.minute:02}"
    minutes = f"{NBSP}{first.minute:02}" if first.minute else ""
    return f" à {first.hour}{NBSP}h{minutes}"


def _end(parts: Mapping[str, str], language: str) -> str:
    if "COUNT" in parts:
        count = int(parts["COUNT"])
        if language == "en":
            return ", once" if count == 1 else f", {count} times"
        return f", {count} fois"
    if "UNTIL" not in parts:
        return ""
    last = parts["UNTIL"][:8]
    year, month, day = int(last[:4]), int(last[4:6]), int(last[6:])
    if language == "en":
        return f", until {day} {_MONTHS['en'][month - 1]} {year}"
    said = "1er" if day == 1 else str(day)
    return f", jusqu’au {said} {_MONTHS['fr'][month - 1]} {year}"


def _listed(names: Sequence[str], language: str, before: str = "", *, word: str = "") -> str:
    """``a, b et c``; ``before`` stands before each but the first."""
    joint = word or ("and" if language == "en" else "et")
    if len(names) == 1:
        return names[0]
    head = f", {before}".join(names[:-1])
    return f"{head} {joint} {before}{names[-1]}"
