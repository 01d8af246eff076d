"""The event loop steps aside while a database thread runs its statements.

Both need the interpreter's lock, and a database thread lets go of it at every statement. A busy
event loop lets go only for the microseconds of a system call, too short for a sleeping thread to
wake up and take it, and each time Python counts its switch interval anew. Measured beside a loop
that is always busy: 30 units of work a second instead of 12,000, one of them late by 9 s.

So a thread asks the loop to wait for it, for a bounded time, on a lock that costs nothing; and
while anything is unanswered the loop rests now and then for long enough that a thread can ask.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable, Iterator

# The loop waits no longer than this (seconds) for one group of units…
ASIDE_SECONDS = 0.005
# …and after a slow one, whose time goes by inside the database, not at all for so long.
SULK_SECONDS = 0.02
# How often the loop rests while a unit is unanswered, and for how long.
REST_EVERY, REST_SECONDS = 0.001, 0.00005


class Turn:
    """Made and rested on the event loop; taken by database threads."""

    def __init__(self, loop: asyncio.AbstractEventLoop, waiting: Callable[[], int]) -> None:
        self._loop = loop
        self._waiting = waiting  # how many units are unanswered
        self._resting = False
        self._not_before = 0.0

    @contextlib.contextmanager
    def taken(self) -> Iterator[None]:
        """On a database thread, around what needs the interpreter's lock."""
        done = threading.Lock()
        done.acquire()
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody is in the way
            self._loop.call_soon_threadsafe(self._step_aside, done)
        try:
            yield
        finally:
            done.release()

    def rest(self) -> None:
        """On the event loop, when a unit was handed in: begin to rest now and then."""
        if not self._resting:
            self._resting = True
            self._loop.call_later(REST_EVERY, self._rest)

    def _rest(self) -> None:
        if not self._waiting():
            self._resting = False
            return
        time.sleep(REST_SECONDS)
        self._loop.call_later(REST_EVERY, self._rest)

    def _step_aside(self, done: threading.Lock) -> None:
        if time.monotonic() < self._not_before:
            return
        if not done.acquire(timeout=ASIDE_SECONDS):
            self._not_before = time.monotonic() + SULK_SECONDS
