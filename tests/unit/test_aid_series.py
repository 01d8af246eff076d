"""Recurring help: which times a rule means, in local time, and how a person says it."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from node.aid.series import COMPUTED_MOST, Pattern, check_lasts, check_rule
from node.aid.series_words import words
from node.errors import Invalid
from tests.ending import ends

PARIS = "Europe/Paris"
DAY = 86_400.0


def at(text: str, zone: str = PARIS) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()


def local(seconds: float, zone: str = PARIS) -> str:
    return datetime.fromtimestamp(seconds, ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")


def pattern(rule: str, starts: str, zone: str = PARIS) -> Pattern:
    return Pattern(
        check_rule(rule, starts=at(starts, zone), zone=zone), at(starts, zone), 7200.0, zone
    )


def dates(one: Pattern, most: int = 4) -> list[str]:
    return [local(found, one.zone) for found in one.next(one.starts - 1, most)]


def test_every_tuesday_at_18_stays_at_18_when_the_clocks_change() -> None:
    """The clock on the wall counts, not the seconds between."""
    one = pattern("FREQ=WEEKLY;BYDAY=TU", "2027-03-16T18:00")
    assert dates(one) == [
        *("2027-03-16 18:00", "2027-03-23 18:00", "2027-03-30 18:00", "2027-04-06 18:00"),
    ]
    times = one.next(one.starts - 1, 3)
    assert (times[1] - times[0], times[2] - times[1]) == (7 * DAY, 7 * DAY - 3600)


def test_an_hour_that_does_not_exist_is_the_one_after_it() -> None:
    """RFC 5545 §3.3.5: 02:30 on the day the clocks go forward is 03:30."""
    one = pattern("FREQ=DAILY", "2027-03-27T02:30")
    assert dates(one, 3) == ["2027-03-27 02:30", "2027-03-28 03:30", "2027-03-29 02:30"]


def test_an_hour_that_comes_twice_is_the_first() -> None:
    """RFC 5545 §3.3.5, on the day the clocks go back."""
    one = pattern("FREQ=DAILY", "2027-10-30T02:30")
    second = one.next(one.starts, 1)[0]
    assert second - one.starts == DAY
    assert dates(one, 3) == ["2027-10-30 02:30", "2027-10-31 02:30", "2027-11-01 02:30"]


def test_other_zones_have_their_own_hours() -> None:
    """La Réunion has no summer time."""
    one = pattern("FREQ=WEEKLY", "2027-03-23T09:00", "Indian/Reunion")
    assert dates(one, 2) == ["2027-03-23 09:00", "2027-03-30 09:00"]
    assert one.next(one.starts, 1)[0] - one.starts == 7 * DAY


@pytest.mark.parametrize(
    ("rule", "starts", "expected", "french", "english"),
    [
        (
            "FREQ=WEEKLY;BYDAY=TU",
            "2027-01-05T18:00",
            ["2027-01-05", "2027-01-12", "2027-01-19"],
            "chaque mardi à 18 h",
            "every Tuesday at 18:00",
        ),
        (
            "FREQ=WEEKLY",
            "2027-01-06T14:30",
            ["2027-01-06", "2027-01-13", "2027-01-20"],
            "chaque mercredi à 14 h 30",
            "every Wednesday at 14:30",
        ),
        (
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=SA",
            "2027-01-02T10:00",
            ["2027-01-02", "2027-01-16", "2027-01-30"],
            "un samedi sur deux à 10 h",
            "every 2 weeks, on Saturday at 10:00",
        ),
        (
            "FREQ=WEEKLY;BYDAY=TH,MO",
            "2027-01-04T09:00",
            ["2027-01-04", "2027-01-07", "2027-01-11"],
            "tous les lundis et jeudis à 9 h",
            "every Monday and Thursday at 9:00",
        ),
        (
            "FREQ=DAILY;COUNT=10",
            "2027-01-04T08:00",
            ["2027-01-04", "2027-01-05", "2027-01-06"],
            "tous les jours à 8 h, 10 fois",
            "every day at 8:00, 10 times",
        ),
        (
            "FREQ=DAILY;INTERVAL=3",
            "2027-01-04T08:00",
            ["2027-01-04", "2027-01-07", "2027-01-10"],
            "tous les 3 jours à 8 h",
            "every 3 days at 8:00",
        ),
        (
            "FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR",
            "2027-01-08T16:30",
            ["2027-01-08", "2027-01-11", "2027-01-12"],
            "tous les lundis, mardis, mercredis, jeudis et vendredis à 16 h 30",
            "every Monday, Tuesday, Wednesday, Thursday and Friday at 16:30",
        ),
        (
            "FREQ=MONTHLY;BYDAY=1TU",
            "2027-01-05T18:00",
            ["2027-01-05", "2027-02-02", "2027-03-02"],
            "le premier mardi de chaque mois à 18 h",
            "the first Tuesday of every month at 18:00",
        ),
        (
            "FREQ=MONTHLY;BYDAY=-1SA;UNTIL=20270630",
            "2027-01-30T14:00",
            ["2027-01-30", "2027-02-27", "2027-03-27"],
            "le dernier samedi de chaque mois à 14 h, jusqu’au 30 juin 2027",
            "the last Saturday of every month at 14:00, until 30 June 2027",
        ),
        (
            "FREQ=MONTHLY;BYMONTHDAY=1,15",
            "2027-01-01T12:00",
            ["2027-01-01", "2027-01-15", "2027-02-01"],
            "le 1er et le 15 de chaque mois à 12 h",
            "the 1st and 15th of every month at 12:00",
        ),
        (
            "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=-1",
            "2027-01-31T12:00",
            ["2027-01-31", "2027-04-30", "2027-07-31"],
            "le dernier jour du mois, tous les 3 mois à 12 h",
            "the last day of the month, every 3 months at 12:00",
        ),
        (
            "FREQ=MONTHLY;BYDAY=SA,SU;BYSETPOS=1",
            "2027-01-02T12:00",
            ["2027-01-02", "2027-02-06", "2027-03-06"],
            "le premier samedi ou dimanche de chaque mois à 12 h",
            "the first Saturday or Sunday of every month at 12:00",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and value.startswith("FREQ") else "",
)
def test_a_rule_means_its_dates_and_is_said_in_words(
    rule: str, starts: str, expected: list[str], french: str, english: str
) -> None:
    """The same rule for the calendar, for a French reader and for an English one."""
    one = pattern(rule, starts)
    assert [date[:10] for date in dates(one, 3)] == expected
    assert words(one, "fr").replace("\u00a0", " ") == french
    assert words(one, "en") == english


def test_the_last_day_is_meant_whole() -> None:
    """UNTIL names a day, and what takes place in its evening belongs to it."""
    one = pattern("FREQ=WEEKLY;UNTIL=20270119T170000Z", "2027-01-05T20:00")
    assert [date[:10] for date in dates(one, 9)] == ["2027-01-05", "2027-01-12", "2027-01-19"]
    assert one.ends()


def test_a_skipped_date_is_left_out_and_counts_as_one_of_the_times() -> None:
    """As RFC 5545's EXDATE: three times with one left out are two."""
    starts = at("2027-01-05T18:00")
    one = Pattern("FREQ=WEEKLY;COUNT=3", starts, 3600.0, PARIS, frozenset({starts + 7 * DAY}))
    assert dates(one, 9) == ["2027-01-05 18:00", "2027-01-19 18:00"]
    assert one.has(starts + 7 * DAY)
    assert not one.has(starts + 8 * DAY)


def test_between_is_open_before_and_closed_after() -> None:
    """What was made up to a time is not made again."""
    one = pattern("FREQ=DAILY", "2027-01-05T18:00")
    assert one.between(one.starts, one.starts + 2 * DAY) == [
        one.starts + DAY,
        one.starts + 2 * DAY,
    ]
    assert len(one.between(one.starts - 1, one.starts + 4000 * DAY)) == COMPUTED_MOST
    assert len(one.next(one.starts, 10_000)) == COMPUTED_MOST


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "FREQ=SECONDLY",
        "FREQ=MINUTELY;INTERVAL=5",
        "FREQ=HOURLY",
        "FREQ=YEARLY",
        "INTERVAL=2",
        "FREQ=DAILY;FREQ=WEEKLY",
        "FREQ=DAILY;BYHOUR=1,2,3",
        "FREQ=DAILY;BYEASTER=0",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;INTERVAL=9999",
        "FREQ=DAILY;INTERVAL=7;BYDAY=MO",
        "FREQ=DAILY;COUNT=10000000",
        "FREQ=DAILY;COUNT=3;UNTIL=20280101",
        "FREQ=DAILY;UNTIL=20200101",
        "FREQ=DAILY;UNTIL=20279999",
        "FREQ=WEEKLY;BYDAY=1TU",
        "FREQ=WEEKLY;BYMONTHDAY=3",
        "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=31",
        "FREQ=MONTHLY;BYMONTHDAY=32",
        "FREQ=MONTHLY;BYDAY=MO;BYMONTHDAY=13",
        "FREQ=MONTHLY;BYSETPOS=2",
        "FREQ=MONTHLY;BYDAY=1MO;BYSETPOS=2",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=WEEKLY;BYDAY=" + ",".join(["MO"] * 100),
        "FREQ=WEEKLY\nDTSTART:20270101",
        "FREQ=WEEKLY;UNTIL=２０２８０１０１",
    ],
)
def test_hostile_and_senseless_rules_are_refused_in_words(rule: str) -> None:
    """Told at once and in plain French; nothing is followed to the end of time."""
    with ends(), pytest.raises(Invalid) as refused:
        check_rule(rule, starts=at("2027-01-05T18:00"), zone=PARIS)
    assert refused.value.public.endswith(".")


def test_a_time_zone_must_exist() -> None:
    """A name that the tz database does not have is no time zone, nor is a path."""
    for zone in ("Europe/Croix-Rousse", "../../etc/passwd", "", "\x00"):
        with pytest.raises(Invalid):
            check_rule("FREQ=DAILY", starts=0.0, zone=zone)


def test_an_occurrence_lasts_no_longer_than_a_week() -> None:
    """And no shorter than a quarter of an hour."""
    assert check_lasts(900.0) == 900.0
    for seconds in (0.0, 899.0, 8 * DAY):
        with pytest.raises(Invalid):
            check_lasts(seconds)


WEEKDAYS = st.lists(
    st.sampled_from(["MO", "TU", "WE", "TH", "FR", "SA", "SU"]), min_size=1, max_size=3, unique=True
).map(",".join)
RULES = st.one_of(
    st.builds("FREQ=DAILY;INTERVAL={}".format, st.integers(1, 12)),
    st.builds("FREQ=WEEKLY;INTERVAL={};BYDAY={}".format, st.integers(1, 12), WEEKDAYS),
    st.builds("FREQ=MONTHLY;INTERVAL={};BYDAY={}".format, st.integers(1, 12), WEEKDAYS),
    st.builds("FREQ=MONTHLY;BYDAY={}TU".format, st.sampled_from([1, 2, 3, 4, 5, -1, -5])),
    st.builds(
        "FREQ=MONTHLY;INTERVAL={};BYMONTHDAY={}".format,
        st.integers(1, 12),
        st.sampled_from([1, 15, 28, 29, 30, 31, -1, -31]),
    ),
)


@settings(max_examples=60, deadline=None)
@given(RULES, st.integers(1_780_000_000, 1_860_000_000))
def test_whatever_rule_is_accepted_keeps_its_hour(rule: str, starts: int) -> None:
    """Times ascend, the same whether asked for at once or one after the other, at one hour of the
    day but where the clocks change; and there are words for it."""
    with ends():
        try:
            one = Pattern(check_rule(rule, starts=starts, zone=PARIS), float(starts), 3600.0, PARIS)
        except Invalid:
            return  # the 31st, every twelve months from April
    times = one.next(starts - 1, 6)
    assert times == sorted(set(times))
    assert one.next(times[0], 5) == times[1:]
    assert all(one.has(found) for found in times)
    clocks = [datetime.fromtimestamp(found, ZoneInfo(PARIS)).time() for found in times]
    usual = max(set(clocks), key=clocks.count)
    assert sum(clock != usual for clock in clocks) <= 2
    assert words(one, "fr")
    assert words(one, "en")
