"""Recurring help: a rule, a first time and a time zone, and the occurrences that they mean.

Rules are RFC 5545 recurrence rules, as calendars write them (``FREQ=WEEKLY;BYDAY=TU``). They are
read in local time, so that every Tuesday at 18:00 stays 18:00 when the clocks change: an hour that
does not exist that day is the one after it, as RFC 5545 §3.3.5 has it.

They come from people, so they are bounded: by day, week or month, at most `COMPUTED_MOST`
occurrences at a time, and only the parts that cannot make a rule that is followed to the year 9999
without ever coming true (``BYMONTH=2;BYMONTHDAY=31`` costs seconds of CPU).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import islice
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dateutil.rrule import rrule, rrulestr

from node.aid.proposals import DAY
from node.errors import Invalid

COMPUTED_MOST: Final = 200
LOOKED_AT_MOST: Final = 5_000
"""Occurrences walked over to come to the time that is asked for."""
AHEAD_S: Final = 21 * DAY
"""How far ahead occurrences are made."""
LONGEST_S: Final = 7 * DAY
"""The longest that one occurrence may last."""
RULE_MAX: Final = 300
SKIPPED_MOST: Final = 200

_FREQUENCIES: Final = frozenset({"DAILY", "WEEKLY", "MONTHLY"})
_PARTS: Final = {
    "FREQ": r"[A-Z]+",
    "INTERVAL": r"[1-9]|1[0-2]",
    "COUNT": r"[1-9][0-9]{0,2}",
    "UNTIL": r"[0-9]{8}(T[0-9]{6}Z?)?",
    "BYDAY": r"([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)(,([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)){0,9}",
    "BYMONTHDAY": r"-?([1-9]|[12][0-9]|3[01])(,-?([1-9]|[12][0-9]|3[01])){0,30}",
    "BYSETPOS": r"-?[1-5](,-?[1-5]){0,4}",
    "WKST": r"MO|SU",
}


class SeriesState(StrEnum):
    RUNNING = "running"
    PAUSED = "paused"
    """Nothing new is made; what was made stays."""
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Pattern:
    """When something recurs. Times are seconds since the epoch."""

    rule: str
    """As `check_rule` writes it."""
    starts: float
    """When the first occurrence begins, if the rule has it."""
    lasts_s: float
    zone: str
    skipped: frozenset[float] = field(default_factory=frozenset)
    """Occurrences that are left out (RFC 5545's EXDATE)."""

    def between(self, after: float, until: float) -> list[float]:
        """When the occurrences later than `after` and not later than `until` begin, in order; at
        most `COMPUTED_MOST`, skipped ones left out."""
        found = (at for at in self._from(after) if after < at and at not in self.skipped)
        return list(islice(_while_before(found, until), COMPUTED_MOST))

    def next(self, after: float, most: int = 1) -> list[float]:
        """When the next occurrences begin, skipped ones left out."""
        found = (at for at in self._from(after) if after < at and at not in self.skipped)
        return list(islice(found, min(most, COMPUTED_MOST)))

    def has(self, at: float) -> bool:
        """Whether an occurrence begins then, skipped or not."""
        return any(one == at for one in _while_before(self._from(at - 1), at))

    def ends(self) -> bool:
        """Whether the rule itself comes to an end."""
        return "COUNT=" in self.rule or "UNTIL=" in self.rule

    def _from(self, after: float) -> Iterator[float]:
        """Occurrences in order, from some time before `after` on."""
        zone = zone_of(self.zone)
        first = _local(self.starts, zone)
        # A day early: local times are compared there, and instants by the caller.
        begin = max(first, _local(after, zone) - timedelta(days=1))
        walked = _parsed(self.rule, first).xafter(begin, inc=True)
        last = None
        for local in islice(walked, LOOKED_AT_MOST):
            at = _instant(local, zone)
            if at != last:  # two local times that the clock change makes one
                yield at
            last = at


def check_rule(text: str, *, starts: float, zone: str) -> str:
    """The rule as it is kept: known parts in a fixed order. Raises Invalid with what to do."""
    given = text.strip().upper().removeprefix("RRULE:")
    if len(given) > RULE_MAX:
        raise Invalid("Cette règle de répétition est trop longue.")
    parts: dict[str, str] = {}
    for part in filter(None, given.split(";")):
        name, _, value = part.partition("=")
        shape = _PARTS.get(name)
        if shape is None or name in parts or not re.fullmatch(shape, value, re.ASCII):
            raise Invalid(
                f"La répétition « {part[:60]} » n’est pas comprise. Écrivez-la comme un agenda, "
                "par exemple FREQ=WEEKLY;BYDAY=TU (chaque mardi)."
            )
        parts[name] = value
    frequency = parts.get("FREQ")
    if frequency not in _FREQUENCIES:
        raise Invalid(
            "Une aide se répète par jour (FREQ=DAILY), par semaine (FREQ=WEEKLY) ou par mois "
            "(FREQ=MONTHLY)."
        )
    _check_parts(frequency, parts)
    rule = ";".join(f"{name}={parts[name]}" for name in _PARTS if name in parts)
    _first_must_exist(Pattern(rule, starts, 0.0, zone))
    return rule


def _check_parts(frequency: str, parts: Mapping[str, str]) -> None:
    """Which parts go together; what is left always comes true before long."""
    ranked = re.search(r"[1-5](MO|TU|WE|TH|FR|SA|SU)", parts.get("BYDAY", "")) is not None
    if frequency != "MONTHLY" and (ranked or "BYSETPOS" in parts or "BYMONTHDAY" in parts):
        raise Invalid(
            "Un jour du mois (BYMONTHDAY=15, ou BYDAY=1TU : le premier mardi) demande une "
            "répétition par mois (FREQ=MONTHLY)."
        )
    if frequency == "DAILY" and "BYDAY" in parts and "INTERVAL" in parts:
        raise Invalid("Choisissez : tous les tant de jours (INTERVAL), ou des jours (BYDAY).")
    if "BYDAY" in parts and "BYMONTHDAY" in parts:
        raise Invalid("Choisissez : des jours de la semaine (BYDAY) ou du mois (BYMONTHDAY).")
    if "BYSETPOS" in parts and (ranked or "BYDAY" not in parts):
        raise Invalid("BYSETPOS choisit parmi des jours de la semaine : BYDAY=MO,TU;BYSETPOS=1.")
    if "COUNT" in parts and "UNTIL" in parts:
        raise Invalid("Donnez un nombre de fois (COUNT) ou une date de fin (UNTIL), pas les deux.")


def check_lasts(seconds: float) -> float:
    """How long an occurrence lasts. Raises Invalid."""
    if not 15 * 60 <= seconds <= LONGEST_S:
        raise Invalid("Chaque fois dure entre 15 minutes et 7 jours.")
    return seconds


def zone_of(name: str) -> ZoneInfo:
    """Raises Invalid for a name that the tz database does not have."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Invalid(
            f"Le fuseau horaire « {name[:60]} » n’existe pas. Écrivez par exemple Europe/Paris."
        ) from error


def _first_must_exist(pattern: Pattern) -> None:
    """A 31st of February never comes: told now, not found out by waiting."""
    try:
        found = pattern.next(pattern.starts - 1)
    except (ValueError, OverflowError, TypeError) as error:
        raise Invalid("Cette règle de répétition ne peut pas être lue.") from error
    if not found:
        raise Invalid("Avec cette règle il n’y aurait aucune date : vérifiez le jour et la fin.")


def _parsed(rule: str, first: datetime) -> rrule:
    """The rule in naive local time."""
    until = re.search(r"UNTIL=([0-9]{8})[T0-9Z]*", rule)
    if until is not None:  # whatever the hour: the last day is meant, where the quartier is
        rule = rule.replace(until[0], f"UNTIL={until[1]}T235959")
    found = rrulestr(rule, dtstart=first)
    if not isinstance(found, rrule):
        raise Invalid("Cette règle de répétition ne peut pas être lue.")
    return found


def _while_before(times: Iterator[float], until: float) -> Iterator[float]:
    for at in times:
        if at > until:
            return
        yield at


def _local(seconds: float, zone: ZoneInfo) -> datetime:
    """Naive: what the clock on the wall says."""
    return datetime.fromtimestamp(int(seconds), zone).replace(tzinfo=None)


def _instant(local: datetime, zone: ZoneInfo) -> float:
    """Seconds since the epoch. Of an hour that comes twice the first, of one that does not exist
    the one that is as long after midnight as it would have been."""
    return local.replace(tzinfo=zone, fold=0).astimezone(UTC).timestamp()
