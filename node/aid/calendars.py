"""What takes place, as an iCalendar stream (RFC 5545) that calendar programs subscribe to.

Times are written in the quartier's time zone, with its VTIMEZONE, so that an entry keeps the hour
that people were told. The place is the coarse public one: people tell each other the exact one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

import icalendar

from node.aid.series import zone_of

MEDIA_TYPE: Final = "text/calendar; charset=utf-8"
PRODUCT: Final = "-//Entraide//Entraide//FR"
REFRESH: Final = timedelta(hours=1)
DEFAULT_LASTS_S: Final = 3600.0
SEQUENCE_MAX: Final = 2**31 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Something at a time. Times are seconds since the epoch."""

    uid: str
    """Stable, and the same from whatever feed: clients show it once."""
    starts: float
    ends: float | None
    """None: an hour is shown."""
    title: str
    text: str
    """Plain."""
    url: str
    created: float
    updated: float
    cancelled: bool = False
    place: str = ""
    """As people say it: the quartier."""
    at: tuple[float, float] | None = None
    """(latitude, longitude) of the coarse public place."""
    categories: tuple[str, ...] = ()


def calendar(
    entries: Sequence[Entry], *, name: str, zone: str, language: str, now: float, url: str = ""
) -> bytes:
    """The stream; the same bytes for the same entries whatever the time (`now` is only for an
    empty one's time zone)."""
    stream = icalendar.Calendar()
    stream.add("prodid", PRODUCT)
    stream.add("version", "2.0")
    stream.add("calscale", "GREGORIAN")
    stream.add("method", "PUBLISH")
    stream.add("name", name, parameters={"LANGUAGE": language})  # RFC 7986
    stream.add("x-wr-calname", name)  # what clients read
    stream.add("x-wr-timezone", zone)
    stream.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    stream.add("x-published-ttl", "PT1H")
    if url:
        stream.add("url", url)
    for entry in sorted(entries, key=lambda one: (one.starts, one.uid)):
        stream.add_component(_event(entry, zone, language))
    times = [entry.starts for entry in entries] or [now]
    # an end may lie in the year after
    first = _year(min(times), 0)
    last = _year(max([entry.ends or 0.0 for entry in entries] + times), 1)
    if entries:
        stream.add_missing_timezones(first_date=first, last_date=last)
    else:  # a calendar has one component at least (RFC 5545 §3.6)
        stream.add_component(icalendar.Timezone.from_tzid(zone, first_date=first, last_date=last))
    text: bytes = stream.to_ical()
    return text


def _event(entry: Entry, zone: str, language: str) -> icalendar.Event:
    event = icalendar.Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", _utc(entry.updated))
    event.add("created", _utc(entry.created))
    event.add("last-modified", _utc(entry.updated))
    # Grows with every change, as RFC 5545 §3.8.7.4 asks, without being counted anywhere.
    event.add("sequence", min(max(0, int(entry.updated) - int(entry.created)), SEQUENCE_MAX))
    event.add("dtstart", _local(entry.starts, zone))
    ends = entry.ends if entry.ends is not None else entry.starts + DEFAULT_LASTS_S
    event.add("dtend", _local(max(ends, entry.starts + 60), zone))
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    event.add("summary", entry.title, parameters={"LANGUAGE": language})
    if entry.text:
        event.add("description", entry.text, parameters={"LANGUAGE": language})
    event.add("url", entry.url)
    if entry.place:
        event.add("location", entry.place, parameters={"LANGUAGE": language})
    if entry.at is not None:
        event.add("geo", entry.at)
    if entry.categories:
        event.add("categories", list(entry.categories))
    return event


def _utc(seconds: float) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)


def _local(seconds: float, zone: str) -> datetime:
    return datetime.fromtimestamp(int(seconds), zone_of(zone))


def _year(seconds: float, later: int) -> date:
    return date(min(_utc(seconds).year + later, 9998), 12 if later else 1, 31 if later else 1)
