"""Who listens in this process, and how what happened reaches them."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Iterable
from typing import Final

from node.errors import Unavailable
from node.mastodon.streams.channels import PERSONAL, Channel, Key
from node.mastodon.streams.events import Told, look_up
from node.mastodon.streams.line import GOING_AWAY, POLICY, Line, message
from node.outbox.here import Here
from node.store.engine import Store
from node.store.transaction import Call, CallsMissed

log = logging.getLogger(__name__)

LINES_MOST: Final = 3_000
"""Connections of this process."""
PER_TOKEN: Final = 32
CHANNELS_MOST: Final = 64
"""Of one connection."""
WAITING_MOST: Final = 10_000
"""Calls that are not looked at yet; beyond, all streams are ended, and apps ask anew."""
AT_ONCE: Final = 64
BREATH: Final = 200
"""Connections that are written to between two looks at what else is to be done."""
PULSE_S: Final = 15.0


class Hub:
    """Used from one event loop. `start` and `close` are called by the application."""

    def __init__(self, here: Here, store: Store) -> None:
        self.here = here
        self.store = store
        self._lines: dict[str, set[Line]] = {}
        self._channels: dict[Key, set[Line]] = {}
        self._count = 0
        self._calls: deque[tuple[str, ...]] = deque()
        self._called = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        store.subscribe(self._hear)

    def start(self) -> None:
        self._tasks = [asyncio.create_task(self._work()), asyncio.create_task(self._pulse())]

    async def close(self) -> None:
        self.end_all("This server is stopping")
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # ── who listens ──────────────────────────────────────────────────────────────────────────

    @property
    def count(self) -> int:
        return self._count

    def add(self, line: Line) -> bool:
        """Before its token is looked up, so that no end of the token is missed. False when there
        are too many."""
        of_token = self._lines.setdefault(line.hash, set())
        if self._count >= LINES_MOST or len(of_token) >= PER_TOKEN:
            if not of_token:
                del self._lines[line.hash]
            return False
        of_token.add(line)
        self._count += 1
        return True

    def remove(self, line: Line) -> None:
        of_token = self._lines.get(line.hash, set())
        if line not in of_token:
            return
        of_token.remove(line)
        if not of_token:
            del self._lines[line.hash]
        self._count -= 1
        for key in list(line.channels):
            self.leave(line, key)

    def join(self, line: Line, channel: Channel) -> bool:
        """False for too many channels of one connection."""
        if channel.key not in line.channels and len(line.channels) >= CHANNELS_MOST:
            return False
        line.channels[channel.key] = channel.label
        self._channels.setdefault(channel.key, set()).add(line)
        return True

    def leave(self, line: Line, key: Key) -> None:
        line.channels.pop(key, None)
        listening = self._channels.get(key)
        if listening is not None:
            listening.discard(line)
            if not listening:
                del self._channels[key]

    def _all(self) -> list[Line]:
        return [line for lines in self._lines.values() for line in lines]

    def _listeners(self) -> frozenset[int]:
        """Who is signed in on channels that are the same for everybody."""
        return frozenset(
            account
            for key, lines in self._channels.items()
            if key[0] not in PERSONAL
            for account in (line.account_id for line in lines)
            if account is not None
        )

    def end_all(self, reason: str) -> None:
        for line in self._all():
            line.end(GOING_AWAY, reason)

    # ── what happened ────────────────────────────────────────────────────────────────────────

    def _hear(self, event: object) -> None:
        match event:
            case Call(words=words):
                verb, *about = words.split(" ")
                if verb in ("token", "tokens"):
                    self._token_ended(verb, about[0])
                elif self._channels:
                    self._calls.append((verb, *about))
                    self._called.set()
                    if len(self._calls) > WAITING_MOST:
                        self._start_over()
            case CallsMissed():
                self._start_over()

    def _token_ended(self, verb: str, about: str) -> None:
        ended = (
            list(self._lines.get(about, ()))
            if verb == "token"
            # Of one whose token is being looked up it is not known yet whose it is.
            else [
                line for line in self._all() if line.grant is None or line.account_id == int(about)
            ]
        )
        for line in ended:
            line.end(POLICY, "Access token revoked")

    def _start_over(self) -> None:
        """Something may be missed: apps open their streams again and ask for what they lack."""
        self._calls.clear()
        self.end_all("Something may have been missed")

    async def _work(self) -> None:
        while True:
            await self._called.wait()
            self._called.clear()
            while self._calls and self._channels:
                most = min(AT_ONCE, len(self._calls))
                calls = list(dict.fromkeys(self._calls.popleft() for _ in range(most)))
                try:
                    told = await self.store.read(
                        look_up,
                        self.here,
                        calls,
                        frozenset(self._channels),
                        self._listeners(),
                    )
                except Unavailable as error:
                    log.warning("streams end while the database is away: %s", error)
                    self._start_over()
                except Exception:
                    log.exception("what happened could not be told to streams: %s", calls)
                else:
                    await self._tell(told)
            self._calls.clear()

    async def _tell(self, told: Iterable[Told]) -> None:
        written = 0
        for one in told:
            frames: dict[tuple[str, tuple[str, ...]], bytes] = {}
            for key in one.keys:
                for line in list(self._channels.get(key, ())):
                    label = line.channels.get(key)
                    if label is None or not one.is_for(line):
                        continue
                    frame = frames.get((line.kind, label))
                    if frame is None:
                        frame = message(line.kind, label, one.event, one.payload)
                        frames[line.kind, label] = frame
                    line.write(frame)
                    written += 1
                    if written % BREATH == 0:
                        await asyncio.sleep(0)

    async def _pulse(self) -> None:
        while True:
            await asyncio.sleep(PULSE_S)
            for line in self._all():
                if line.ended:
                    line.cut()
                    self.remove(line)
                else:
                    line.pulse()
