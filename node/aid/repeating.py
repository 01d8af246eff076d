"""The few ways of repeating help that a form offers, as the rules that calendars write."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Final

from node.aid.series import zone_of
from node.errors import Invalid

_DAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class Repeats(StrEnum):
    WEEKLY = "weekly"
    FORTNIGHTLY = "fortnightly"
    MONTHLY = "monthly"
    """On the same day of a week: the second Tuesday, not the 10th."""


def check_repeats(value: object) -> Repeats | None:
    """None for what takes place once. Raises Invalid."""
    if value is None or value == "":
        return None
    try:
        return Repeats(str(value))
    except ValueError:
        raise Invalid(
            "Cela se répète chaque semaine, toutes les deux semaines ou chaque mois."
        ) from None


def rule_of(repeats: Repeats, starts: float, zone: str) -> str:
    """The rule (RFC 5545) of what begins then and repeats so. What falls on the 29th or later
    takes place on the last such day of each month."""
    first = datetime.fromtimestamp(int(starts), zone_of(zone))
    day = _DAYS[first.weekday()]
    match repeats:
        case Repeats.WEEKLY:
            return f"FREQ=WEEKLY;BYDAY={day}"
        case Repeats.FORTNIGHTLY:
            return f"FREQ=WEEKLY;INTERVAL=2;BYDAY={day}"
        case Repeats.MONTHLY:
            rank = (first.day - 1) // 7 + 1
            return f"FREQ=MONTHLY;BYDAY={rank if rank < 5 else -1}{day}"
