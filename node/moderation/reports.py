"""Reports: what somebody can say is wrong, and what mediators can say they did about it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from node.errors import Invalid

WORDS_MAX: Final = 5_000
OBJECTS_MAX: Final = 20
REASON_MAX: Final = 500


class Category(StrEnum):
    """Mastodon's, and two that help between strangers needs."""

    SPAM = "spam"
    LEGAL = "legal"
    VIOLATION = "violation"
    """Of what people here agreed on."""
    SCAM = "scam"
    """Asks for money or papers, or is not who it says."""
    DANGER = "danger"
    """Somebody may come to harm."""
    OTHER = "other"


class ReportState(StrEnum):
    OPEN = "open"
    SETTLED = "settled"


class Outcome(StrEnum):
    """What was done. The acts themselves are acts of their own, each with its line in the
    audit."""

    NOTHING = "nothing"
    TALKED = "talked"
    REMOVED = "removed"
    SILENCED = "silenced"
    SUSPENDED = "suspended"


URGENT: Final = frozenset({Category.DANGER})
"""Mediators are told of these at once."""

GRAPH: Final[Mapping[ReportState, frozenset[ReportState]]] = {
    ReportState.OPEN: frozenset({ReportState.SETTLED}),
    # looked at again, when more is known
    ReportState.SETTLED: frozenset({ReportState.OPEN}),
}


def check_category(text: str) -> Category:
    try:
        return Category(text.strip())
    except ValueError:
        raise Invalid(f"La raison se choisit parmi : {', '.join(Category)}.") from None


def check_outcome(text: str) -> Outcome:
    try:
        return Outcome(text.strip())
    except ValueError:
        raise Invalid(f"La suite se choisit parmi : {', '.join(Outcome)}.") from None


def check_reason(text: str, *, needed: bool = True) -> str:
    """Why a mediator did something: the others read it, and the person concerned may."""
    reason = " ".join(text.split())
    if needed and not reason:
        raise Invalid("Dites pourquoi, en une phrase : la personne concernée doit comprendre.")
    if len(reason) > REASON_MAX:
        raise Invalid(f"La raison est trop longue : {REASON_MAX} caractères au plus.")
    return reason


def check_words(text: str) -> str:
    """What somebody who reports says; line breaks are theirs."""
    words = text.strip()
    if len(words) > WORDS_MAX:
        raise Invalid(f"Le signalement est trop long : {WORDS_MAX} caractères au plus.")
    return words
