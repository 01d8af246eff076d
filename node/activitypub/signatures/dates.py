"""HTTP dates (RFC 9110 §5.6.7), read and written."""

from __future__ import annotations

import calendar
from datetime import UTC
from email.utils import formatdate, parsedate_to_datetime
from functools import lru_cache

from node.activitypub.signatures.base import Refusal

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), 1
    )
}


@lru_cache(maxsize=8)
def http_date(second: int) -> str:
    """``Sun, 06 Nov 1994 08:49:37 GMT``. Thousands of requests are signed in one second."""
    return formatdate(second, usegmt=True)


@lru_cache(maxsize=256)
def parse_http_date(text: str) -> float:
    """Seconds since the epoch. Raises Refusal for what is no date.

    The one form that RFC 9110 lets be sent is read by position. Other e-mail dates, with
    ``+0000`` or a one-digit day, come from a few peers.
    """
    if len(text) == 29 and text.isascii() and text.endswith(" GMT"):
        month = _MONTHS.get(text[8:11])
        day, year, hour, minute, second = (
            text[5:7],
            text[12:16],
            text[17:19],
            text[20:22],
            text[23:25],
        )
        if month and (day + year + hour + minute + second).isdigit():
            parts = (int(year), month, int(day), int(hour), int(minute), int(second))
            if parts[0] >= 1970 and 1 <= parts[2] <= 31 and parts[3] < 24 and parts[4] < 60:
                return float(calendar.timegm((*parts, 0, 0, 0)))
    if len(text) > 64:
        raise Refusal("a date that is none", 400)
    try:
        when = parsedate_to_datetime(text)
        return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        raise Refusal("a date that is none", 400) from None
