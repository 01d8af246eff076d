"""The check of what people write, whatever door it came by. Messages say what to do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Final, TypeVar

from node.aid.lifecycle import CLOSED
from node.aid.proposals import (
    DAY,
    HOUR,
    TEXT_MAX,
    TITLE_MAX,
    WIDE_MAX_M,
    Draft,
    Proposal,
    Purpose,
    Reach,
    Urgency,
)
from node.aid.quantities import amount_of, amount_text
from node.aid.topics import MODES, TOPICS, Mode
from node.clock import from_iso
from node.errors import Conflict, Invalid

SHORTEST: Final = 15 * 60.0
LONGEST: Final = 366 * DAY


def check_draft(raw: Mapping[str, object]) -> Draft:
    """Check what came from a form, a command or the client API.

    Keys are those of `Draft`; missing ones and None have the default. ``expires`` is a duration
    (``"3d"``), seconds, or ``"none"`` for a standing offer; ``place`` is (lat, lon). Raises
    Invalid with what to do, in plain French.
    """
    purpose = _choice(Purpose, raw.get("purpose"), "purpose")
    about = TOPICS.get(str(raw.get("topic") or ""))
    if about is None:
        raise Invalid(
            f"Le sujet « {str(raw.get('topic') or '')[:60]} » n’existe pas. Choisissez-en un dans "
            "la liste, par exemple care.groceries (aide aux courses) ou other.other (autre)."
        )
    mode = str(raw.get("mode") or about.usual_mode)
    if mode not in MODES:
        raise Invalid(f"Le mode « {mode[:60]} » n’existe pas. Choisissez : {', '.join(MODES)}.")
    urgency = _choice(Urgency, raw.get("urgency") or "normal", "urgency")
    reach = _choice(Reach, raw.get("reach") or "adjacent", "reach")
    expires, standing = _expires(raw.get("expires"), purpose)
    quantity, unit = _quantity(raw.get("quantity"), raw.get("unit"), MODES[mode])
    return Draft(
        author=_author(raw.get("author")),
        purpose=purpose,
        topic=about.slug,
        mode=mode,
        title=_title(raw.get("title")),
        text=_text(raw.get("text")),
        urgency=urgency,
        reach=reach,
        reach_m=_reach_m(raw.get("reach_m"), reach),
        expires=expires,
        standing=standing or raw.get("standing") is True,
        cooked=raw.get("cooked") is True,
        quantity=quantity,
        unit=unit,
        due=_due(raw.get("due")),
        place=_place(raw.get("place")),
        language=_language(raw.get("language")),
    )


def edit(
    proposal: Proposal, *, now: float, title: str | None = None, text: str | None = None
) -> Proposal:
    """The same proposal with new words. Raises Invalid, and Conflict when it is closed."""
    if proposal.state in CLOSED:
        raise Conflict(
            "Cette annonce est close : elle ne peut plus être modifiée. Publiez-en une nouvelle."
        )
    return replace(
        proposal,
        title=proposal.title if title is None else _title(title),
        text=proposal.text if text is None else _text(text),
        updated=now,
    )


def parse_duration(text: str) -> float:
    """Seconds of ``3d``, ``12h`` or ``90m`` (French ``3j`` too). Raises Invalid."""
    found = re.fullmatch(r"\s*([0-9]{1,6})\s*([dhmj])\s*", text, re.ASCII | re.IGNORECASE)
    if found is None:
        raise Invalid(
            f"La durée « {text[:40]} » n’est pas comprise. Écrivez par exemple 3d (3 jours), "
            "12h (12 heures) ou 90m (90 minutes)."
        )
    seconds = int(found[1]) * {"d": DAY, "j": DAY, "h": HOUR, "m": 60.0}[found[2].lower()]
    if not SHORTEST <= seconds <= LONGEST:
        raise Invalid("La durée doit être comprise entre 15 minutes (15m) et un an (365d).")
    return seconds


_Choice = TypeVar("_Choice", bound=StrEnum)

_CHOICES: Final = {
    "purpose": "Dites s’il s’agit d’une offre (offer) ou d’une demande (request).",
    "urgency": "L’urgence se choisit parmi : low, normal, high, critical.",
    "reach": "La portée se choisit parmi : quartier, adjacent, wide.",
}


def _choice(kind: type[_Choice], value: object, name: str) -> _Choice:
    try:
        return kind(str(value))
    except ValueError:
        raise Invalid(_CHOICES[name]) from None


def _author(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise Invalid("Il manque l’auteur de l’annonce : connectez-vous, ou nommez un compte.")
    return value


def _title(value: object) -> str:
    title = " ".join(_clean(value).split())
    if not title:
        raise Invalid("Il manque un titre : quelques mots suffisent, « Courses pour une voisine ».")
    if len(title) > TITLE_MAX:
        raise Invalid(f"Le titre est trop long : {len(title)} signes, {TITLE_MAX} au plus.")
    return title


def _text(value: object) -> str:
    text = _clean(value).replace("\r\n", "\n").replace("\r", "\n").strip()
    if len(text) > TEXT_MAX:
        raise Invalid(f"Le texte est trop long : {len(text)} signes, {TEXT_MAX} au plus.")
    return text


def _clean(value: object) -> str:
    """Text without control characters (line ends and tabs stay), bidi overrides or surrogates."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Invalid("Le titre et le texte doivent être du texte.")
    return re.sub(
        "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", "", value
    )


def _expires(value: object, purpose: Purpose) -> tuple[float | None, bool]:
    match value:
        case None | "":
            return None, False
        case "none":
            if purpose is not Purpose.OFFER:
                raise Invalid("Une demande a toujours une fin. Donnez une durée, par exemple 21d.")
            return None, True
        case str():
            return parse_duration(value), False
        case int() | float() if not isinstance(value, bool) and SHORTEST <= value <= LONGEST:
            return float(value), False
        case _:
            raise Invalid("La durée doit être comprise entre 15 minutes (15m) et un an (365d).")


def _quantity(value: object, unit: object, mode: Mode) -> tuple[str, str]:
    unit = str(unit or mode.units[0])
    if unit not in mode.units:
        raise Invalid(
            f"L’unité « {unit[:40]} » ne convient pas ici. Choisissez : {', '.join(mode.units)}."
        )
    amount = amount_of("1" if value in (None, "") else value)
    if amount is None or amount <= 0:
        raise Invalid(
            "La quantité doit être un nombre entre 0,001 et 1 000 000, par exemple 2 ou 1,5."
        )
    return amount_text(amount), unit


def _reach_m(value: object, reach: Reach) -> int | None:
    if reach is not Reach.WIDE or value in (None, ""):
        return None
    amount = amount_of(value)
    if amount is None or not 100 <= amount <= WIDE_MAX_M:
        raise Invalid("La distance doit être comprise entre 100 et 100 000 mètres.")
    return int(amount)


def _due(value: object) -> float | None:
    match value:
        case None | "":
            return None
        case str():
            try:
                return from_iso(value)
            except ValueError:
                pass
        case int() | float() if not isinstance(value, bool) and 0 < value < 32_503_680_000:
            return float(value)
        case _:
            pass
    raise Invalid("La date n’est pas comprise. Écrivez-la ainsi : 2026-11-24T12:00:00+01:00.")


def _place(value: object) -> tuple[float, float] | None:
    if value is None:
        return None
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


def _language(value: object) -> str:
    language = str(value or "fr")
    if not re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}", language, re.ASCII):
        raise Invalid("La langue s’écrit en deux lettres : fr, en, ar…")
    return language
