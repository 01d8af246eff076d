"""How a form says that something repeats, as calendars write it."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from node.aid.repeating import Repeats, check_repeats, rule_of
from node.aid.series import Pattern, check_rule
from node.errors import Invalid

ZONE = "Europe/Paris"


def at(*parts: int) -> float:
    return datetime(*parts, tzinfo=ZoneInfo(ZONE)).timestamp()  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("repeats", "first", "second"),
    [
        (Repeats.WEEKLY, (2026, 12, 1, 9), (2026, 12, 8, 9)),
        (Repeats.FORTNIGHTLY, (2026, 12, 1, 9), (2026, 12, 15, 9)),
        (Repeats.MONTHLY, (2026, 12, 8, 9), (2027, 1, 12, 9)),  # the second Tuesday
        (Repeats.MONTHLY, (2026, 12, 29, 9), (2027, 1, 26, 9)),  # the last one
        (Repeats.WEEKLY, (2027, 3, 23, 18), (2027, 3, 30, 18)),  # the clocks change
    ],
)
def test_the_next_time(repeats: Repeats, first: tuple[int, ...], second: tuple[int, ...]) -> None:
    starts = at(*first)
    rule = check_rule(rule_of(repeats, starts, ZONE), starts=starts, zone=ZONE)
    assert Pattern(rule, starts, 3_600.0, ZONE).next(starts - 1, 2) == [starts, at(*second)]


def test_once_and_nonsense() -> None:
    assert check_repeats(None) is None
    assert check_repeats("") is None
    with pytest.raises(Invalid, match="chaque semaine"):
        check_repeats("FREQ=SECONDLY")
