"""Works through the journal: what could not be applied when it arrived, because something had to
be fetched first or because a try failed.

Several entries are under way at once, at most two of one host, so that a server whose documents
are slow to come does not delay the others.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable

from node.clock import Clock
from node.errors import EntraideError, Unavailable
from node.jobs.unbroken import unbroken
from node.outbox.schedule import pause_after
from node.store import journal
from node.store.engine import Store
from node.store.journal import Waiting

log = logging.getLogger(__name__)

AT_ONCE = 16
PER_HOST = 2
TRIES = 8
UNCOUNTED_S = 1.0
LAST_WORDS_S = 5.0  # to give back what is held when the node stops
LONGEST_SLEEP_S = 30.0  # should a bell ever fail

Process = Callable[[Waiting], Awaitable[None]]


class InboxWorker:
    def __init__(self, *, store: Store, clock: Clock, process: Process, scale: float) -> None:
        self._store = store
        self._clock = clock
        self._process = process
        self._scale = scale
        self._held: dict[int, Waiting] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._wake = asyncio.Event()

    async def run(self) -> None:
        """Until cancelled; what is under way is given back to the journal."""
        listener = asyncio.create_task(self._listen())
        try:
            while True:
                self._wake.clear()
                try:
                    if not await unbroken(self._claim()):
                        await self._sleep()
                except Unavailable as error:
                    log.warning("the journal cannot be read now: %s", error)
                    await asyncio.sleep(1.0)
        finally:
            listener.cancel()
            for task in list(self._tasks):
                task.cancel()
            await asyncio.gather(listener, *self._tasks, return_exceptions=True)
            await self._give_back()

    async def _listen(self) -> None:
        bell = self._store.bell(journal.BELL)
        while True:
            if await bell.wait(None):
                self._wake.set()

    def _busy_hosts(self) -> list[str]:
        counts = Counter(entry.host for entry in self._held.values())
        return [host for host, count in counts.items() if count >= PER_HOST]

    async def _claim(self) -> int:
        room = AT_ONCE - len(self._held)
        if room <= 0:
            return 0
        entries = await self._store.write(
            journal.claim,
            now=self._clock.now(),
            most=room,
            busy_hosts=self._busy_hosts(),
            per_host=PER_HOST,
        )
        for entry in entries:
            self._held[entry.id] = entry
            task = asyncio.create_task(self._handle(entry))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return len(entries)

    async def _sleep(self) -> None:
        due = None
        if len(self._held) < AT_ONCE:  # else one of them wakes us when it ends
            due = await self._store.read(journal.next_due, busy_hosts=self._busy_hosts())
        now = self._clock.now()
        pause = LONGEST_SLEEP_S if due is None else min(max(due - now, 0.005), LONGEST_SLEEP_S)
        try:
            async with asyncio.timeout(pause):
                await self._wake.wait()
        except TimeoutError:
            return

    async def _handle(self, entry: Waiting) -> None:
        try:
            await self._try(entry)
        except asyncio.CancelledError:
            raise  # it is held still, and `run` gives it back
        except Exception:
            log.exception("what became of entry %s is not written", entry.activity_uri)
        del self._held[entry.id]
        self._wake.set()

    async def _try(self, entry: Waiting) -> None:
        try:
            await self._process(entry)
        except Unavailable as error:
            log.warning("entry %s waits: %s", entry.activity_uri, error)
            await self._put_back(entry, str(error), count=False)
        except EntraideError as error:
            await self._put_back(entry, str(error), count=True)
        except Exception as error:
            log.exception("entry %s could not be handled", entry.activity_uri)
            await self._put_back(entry, f"{type(error).__name__}: {error}", count=True)

    async def _give_back(self) -> None:
        held = list(self._held.values())
        self._held.clear()
        if not held:
            return
        try:
            async with asyncio.timeout(LAST_WORDS_S):
                await self._store.write(journal.release_leases, held)
        except (Unavailable, TimeoutError):
            log.warning("the database is away: %d entries wait until their lease ends", len(held))

    async def _put_back(self, entry: Waiting, note: str, *, count: bool) -> None:
        tries = entry.attempts + int(count)
        aside = tries >= TRIES
        # What says nothing about the entry (the database was away) passes by itself, and soon.
        pause = pause_after(tries, scale=self._scale) if count else UNCOUNTED_S
        if aside:
            log.error("put aside after %d tries: %s (%s)", tries, entry.activity_uri, note)
        while True:
            try:
                await self._store.write(
                    journal.put_back,
                    entry,
                    next_at=self._clock.now() + pause,
                    note=note,
                    aside=aside,
                    count=count,
                )
                return
            except Unavailable:
                await asyncio.sleep(1.0)
