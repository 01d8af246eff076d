"""The checks of single fields of a draft. Each raises Invalid with what to do, in plain French."""

from __future__ import annotations

import re
from datetime import datetime
from enum import StrEnum
from typing import Final, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from node.aid.proposals import DAY, HOUR, TEXT_MAX, TITLE_MAX, WIDE_MAX_M, Purpose, Reach
from node.aid.quantities import amount_of, amount_text
from node.aid.topics import MODES, TOPICS, Mode, Topic
from node.errors import Invalid

SHORTEST: Final = 15 * 60.0
LONGEST: Final = 366 * DAY
LANGUAGES_MAX: Final = 10
PICTURES_MAX: Final = 4
_LATEST: Final = 32_503_680_000.0  # the year 3000

_Choice = TypeVar("_Choice", bound=StrEnum)

_CHOICES: Final = {
    "purpose": "Dites s’il s’agit d’une offre (offer) ou d’une demande (request).",
    "urgency": "L’urgence se choisit parmi : low, normal, high, critical.",
    "reach": "La portée se choisit parmi : quartier, adjacent, wide.",
    "answerable": (
        "Qui peut répondre se choisit parmi : anyone (tout le monde), members (les membres du "
        "quartier), vouched (ceux pour qui quelqu’un se porte garant)."
    ),
}


def choice(kind: type[_Choice], value: object, name: str) -> _Choice:
    try:
        return kind(str(value))
    except ValueError:
        raise Invalid(_CHOICES[name]) from None


def topic(value: object) -> Topic:
    found = TOPICS.get(str(value or ""))
    if found is None:
        raise Invalid(
            f"Le sujet « {str(value or '')[:60]} » n’existe pas. Choisissez-en un dans "
            "la liste, par exemple care.groceries (aide aux courses) ou other.other (autre)."
        )
    return found


def mode(value: object, about: Topic) -> Mode:
    slug = str(value or about.usual_mode)
    if slug not in MODES:
        raise Invalid(f"Le mode « {slug[:60]} » n’existe pas. Choisissez : {', '.join(MODES)}.")
    return MODES[slug]


def author(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise Invalid("Il manque l’auteur de l’annonce : connectez-vous, ou nommez un compte.")
    return value


def title(value: object) -> str:
    words = " ".join(_clean(value).split())
    if not words:
        raise Invalid("Il manque un titre : quelques mots suffisent, « Courses pour une voisine ».")
    if len(words) > TITLE_MAX:
        raise Invalid(f"Le titre est trop long : {len(words)} signes, {TITLE_MAX} au plus.")
    return words


def text(value: object) -> str:
    words = _clean(value).replace("\r\n", "\n").replace("\r", "\n").strip()
    if len(words) > TEXT_MAX:
        raise Invalid(f"Le texte est trop long : {len(words)} signes, {TEXT_MAX} au plus.")
    return words


def clean_words(value: object, most: int) -> str:
    """A few words of somebody's: Invalid when they are too long."""
    words = _clean(value).replace("\r\n", "\n").replace("\r", "\n").strip()
    if len(words) > most:
        raise Invalid(f"C’est trop long : {len(words)} signes, {most} au plus.")
    return words


def _clean(value: object) -> str:
    """Text without control characters (line ends and tabs stay), bidi overrides or surrogates."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Invalid("Le titre et le texte doivent être du texte.")
    return re.sub(
        "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", "", value
    )


def parse_duration(given: str) -> float:
    """Seconds of ``3d``, ``12h`` or ``90m`` (French ``3j`` too). Raises Invalid."""
    found = re.fullmatch(r"\s*([0-9]{1,6})\s*([dhmj])\s*", given, re.ASCII | re.IGNORECASE)
    if found is None:
        raise Invalid(
            f"La durée « {given[:40]} » n’est pas comprise. Écrivez par exemple 3d (3 jours), "
            "12h (12 heures) ou 90m (90 minutes)."
        )
    seconds = int(found[1]) * {"d": DAY, "j": DAY, "h": HOUR, "m": 60.0}[found[2].lower()]
    if not SHORTEST <= seconds <= LONGEST:
        raise Invalid("La durée doit être comprise entre 15 minutes (15m) et un an (365d).")
    return seconds


def expires(value: object, purpose: Purpose) -> tuple[float | None, bool]:
    """(seconds or None for the default, whether it has no end)."""
    match value:
        case None | "":
            return None, False
        case "none":
            return None, standing(True, purpose)
        case str():
            return parse_duration(value), False
        case int() | float() if not isinstance(value, bool) and SHORTEST <= value <= LONGEST:
            return float(value), False
        case _:
            raise Invalid("La durée doit être comprise entre 15 minutes (15m) et un an (365d).")


def standing(value: object, purpose: Purpose) -> bool:
    if value is True and purpose is not Purpose.OFFER:
        raise Invalid("Une demande a toujours une fin. Donnez une durée, par exemple 21d.")
    return value is True


def quantity(value: object, unit: object, mode: Mode) -> tuple[str, str]:
    name = str(unit or mode.units[0])
    if name not in mode.units:
        raise Invalid(
            f"L’unité « {name[:40]} » ne convient pas ici. Choisissez : {', '.join(mode.units)}."
        )
    amount = amount_of("1" if value in (None, "") else value)
    if amount is None or amount <= 0:
        raise Invalid(
            "La quantité doit être un nombre entre 0,001 et 1 000 000, par exemple 2 ou 1,5."
        )
    return amount_text(amount), name


def reach_m(value: object, reach: Reach) -> int | None:
    if reach is not Reach.WIDE or value in (None, ""):
        return None
    amount = amount_of(value)
    if amount is None or not 100 <= amount <= WIDE_MAX_M:
        raise Invalid("La distance doit être comprise entre 100 et 100 000 mètres.")
    return int(amount)


def moment(value: object, zone: str | None = None) -> float | None:
    """Seconds since the epoch, of such or of an ISO 8601 time; one that names no offset is meant
    in ``zone``, by default UTC."""
    match value:
        case None | "":
            return None
        case str() if len(value) <= 40:
            try:
                return _instant(value, zone)
            except (ValueError, OverflowError, ZoneInfoNotFoundError):
                pass
        case int() | float() if not isinstance(value, bool) and 0 < value < _LATEST:
            return float(value)
        case _:
            pass
    raise Invalid("La date n’est pas comprise. Écrivez-la ainsi : 2026-11-24T12:00:00+01:00.")


def _instant(given: str, zone: str | None) -> float:
    when = datetime.fromisoformat(given)
    if when.tzinfo is None:
        when = when.replace(tzinfo=ZoneInfo(zone or "UTC"))
    seconds = when.timestamp()
    if not 0 < seconds < _LATEST:
        raise ValueError(given)
    return seconds


def when(
    starts: object, ends: object, zone: str | None = None
) -> tuple[float | None, float | None]:
    """From when until when."""
    begins, over = moment(starts, zone), moment(ends, zone)
    if over is not None and begins is None:
        raise Invalid("Dites aussi quand cela commence, pas seulement quand cela finit.")
    if begins is not None and over is not None and over <= begins:
        raise Invalid("La fin vient après le début : corrigez l’une des deux dates.")
    if begins is not None and over is not None and over - begins > LONGEST:
        raise Invalid("Entre le début et la fin il y a un an au plus.")
    return begins, over


def gathering(value: object, starts: float | None, mode: Mode) -> bool:
    if value is True and (starts is None or mode.slug != "together"):
        raise Invalid(
            "Pour une rencontre, dites quand elle commence (starts), et choisissez le mode "
            "« together » (activité collective)."
        )
    return value is True


def languages(value: object) -> tuple[str, ...]:
    given = re.split(r"[\s,;]+", value.strip()) if isinstance(value, str) else value
    if given is None or given == [""]:
        return ()
    if not isinstance(given, list | tuple) or len(given) > LANGUAGES_MAX:
        raise Invalid(f"Les langues parlées sont une liste, {LANGUAGES_MAX} au plus : fr, en, ar…")
    return tuple(dict.fromkeys(language(one) for one in given))


def pictures(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, list | tuple) or len(value) > PICTURES_MAX:
        raise Invalid(f"Une annonce a {PICTURES_MAX} images au plus.")
    for one in value:
        if not isinstance(one, str) or not re.fullmatch(r"[0-9]{1,18}", one, re.ASCII):
            raise Invalid("Une image se nomme par son numéro : envoyez-la d’abord.")
    return tuple(dict.fromkeys(value))


def place(value: object) -> tuple[float, float] | None:
    """(latitude, longitude), given so or by those names."""
    if value is None:
        return None
    if isinstance(value, dict) and value.keys() == {"latitude", "longitude"}:
        value = (value["latitude"], value["longitude"])
    if isinstance(value, tuple | list) and len(value) == 2:
        lat, lon = value
        if (
            isinstance(lat, int | float)
            and isinstance(lon, int | float)
            and -90 <= lat <= 90
            and -180 <= lon <= 180
        ):
            return float(lat), float(lon)
    raise Invalid("Le lieu n’est pas compris : latitude (-90 à 90) et longitude (-180 à 180).")


def language(value: object) -> str:
    code = str(value or "fr")
    if not re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}", code, re.ASCII):
        raise Invalid("La langue s’écrit en deux lettres : fr, en, ar…")
    return code
