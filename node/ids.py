"""64-bit identifiers that sort by time, made in the process.

The layout is Mastodon's, 48 bits of milliseconds and 16 of sequence, so the same number serves
as the client API's id. Two processes on one database start their sequences apart at random;
should they meet, the primary key refuses the second and the unit of work is run again.
"""

from __future__ import annotations

import secrets
import threading
import time

_lock = threading.Lock()
_last = 0
_sequence = secrets.randbits(16)


def new_id(now: float | None = None) -> int:
    """A fresh id; ``now`` in seconds since the epoch dates it (default: the present, and then
    every id of this process is larger than the one before)."""
    global _last, _sequence
    ms = int((time.time() if now is None else now) * 1000)
    with _lock:
        _sequence = (_sequence + 1) & 0xFFFF
        made = (ms << 16) | _sequence
        if now is None:
            # The sequence went round within the millisecond, or the clock was put back.
            made = _last = max(made, _last + 1)
        return made


def id_time(identifier: int) -> float:
    """Seconds since the epoch at which the id was made."""
    return (identifier >> 16) / 1000
