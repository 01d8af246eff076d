"""Who has a page open in this process, and what they are told: that there are other cards now, or
news for them. Nothing of what happened goes over the stream: the page asks for it.

Many changes are one word: a line keeps which words wait, not a list of events. What other
processes wrote is heard, too (`Transaction.call`).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Literal

from node.errors import Unavailable
from node.outbox.here import Here
from node.store import apps, notifications, proposal_search, proposals
from node.store.engine import Store
from node.store.proposal_filters import Wanted
from node.store.transaction import Call, CallsMissed, Transaction

log = logging.getLogger(__name__)

LINES_MOST: Final = 600
"""Open pages of this process."""
PER_PERSON: Final = 12
PER_NETWORK: Final = 60
"""Of people who are not signed in: behind one address there may be a school."""
LOOKED_AT_MOST: Final = 500
"""Of what was written since the last look; beyond, everybody is told to look."""
TOGETHER_S: Final = 0.7
"""How long what happens is gathered before it is told."""
UNREAD_MOST: Final = 99

Word = Literal["cards", "news"]


@dataclass(slots=True, eq=False)
class Line:
    """One open page. Used from the event loop only."""

    network: str
    closed: Callable[[], bool] = lambda: False
    """Whether whoever read it went away."""
    session: str = ""
    """The digest of the session's token, "" for nobody who is signed in."""
    actor_id: int | None = None
    open: bool = False
    """Whether announcements are shown to who reads it."""
    unread: int = 0
    waiting: set[Word] = field(default_factory=set)
    ended: bool = False
    called: asyncio.Event = field(default_factory=asyncio.Event)

    def note(self, word: Word) -> None:
        self.waiting.add(word)
        self.called.set()

    def end(self) -> None:
        self.ended = True
        self.called.set()

    def take(self) -> set[Word]:
        taken, self.waiting = self.waiting, set()
        self.called.clear()
        return taken


class Hub:
    """Used from one event loop. `start` and `close` are called by the application."""

    def __init__(self, here: Here, store: Store) -> None:
        self._here = here
        self._store = store
        self._lines: set[Line] = set()
        self._written: set[int] = set()
        self._told: set[int] = set()
        self._cards = False
        """Something changed in any case, whatever was written."""
        self._newest: int | None = None
        self._happened = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._closed = False
        store.subscribe(self._hear)

    def start(self) -> None:
        self._task = asyncio.create_task(self._work())

    async def close(self) -> None:
        """Nobody waits for an open page."""
        self._closed = True
        for line in self._lines:
            line.end()
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    # ── who listens ──────────────────────────────────────────────────────────────────────────

    @property
    def count(self) -> int:
        return len(self._lines)

    async def add(self, line: Line) -> bool:
        """False when there are too many, or when the session is over."""
        for gone in [one for one in self._lines if one.closed()]:
            gone.end()
            self.remove(gone)
        if self._closed or len(self._lines) >= LINES_MOST:
            return False
        if line.actor_id is None:
            alike = sum(one.network == line.network for one in self._lines if not one.session)
            most = PER_NETWORK
        else:
            alike = sum(one.actor_id == line.actor_id for one in self._lines)
            most = PER_PERSON
        if alike >= most:
            return False
        if not self._lines:
            self._newest = None  # nobody listened meanwhile
        self._lines.add(line)
        # Looked up again now that its end is heard.
        if line.session and await self._store.read(apps.token, line.session) is None:
            self.remove(line)
            return False
        return True

    def remove(self, line: Line) -> None:
        self._lines.discard(line)

    async def newest(self) -> int:
        """The number of the newest announcement, 0 for none; looked up once for all lines."""
        if self._newest is None:
            self._newest = await self._store.read(_newest, self._here.clock.now())
        return self._newest

    # ── what happened ────────────────────────────────────────────────────────────────────────

    def _hear(self, event: object) -> None:
        if not self._lines:
            return
        match event:
            case Call(words=words):
                verb, *about = words.split(" ")
                self._called(verb, about)
            case CallsMissed():
                self._cards = True
                self._told |= {line.actor_id for line in self._lines if line.actor_id is not None}
                self._happened.set()

    def _called(self, verb: str, about: list[str]) -> None:
        match verb:
            case "token":
                for line in self._lines:
                    if line.session == about[0]:
                        line.end()
            case "tokens":
                for line in self._lines:
                    if line.actor_id == int(about[0]):
                        line.end()
            case "written" | "edited":
                if len(self._written) < LOOKED_AT_MOST:
                    self._written.add(int(about[0]))
                else:
                    self._cards = True
                self._happened.set()
            case "told":
                self._told.add(int(about[1]))
                self._happened.set()

    async def _work(self) -> None:
        while True:
            await self._happened.wait()
            await asyncio.sleep(TOGETHER_S)
            self._happened.clear()
            written, self._written = self._written, set()
            told, self._told = self._told, set()
            cards, self._cards = self._cards, False
            people = told & {line.actor_id or 0 for line in self._lines}
            try:
                seen, unread = await self._store.read(
                    look_up, set() if cards else written, people, self._here.clock.now()
                )
            except Unavailable as error:
                log.warning("open pages are told later what changed: %s", error)
                self._written |= written
                self._told |= told
                self._cards |= cards
                self._happened.set()
            except Exception:
                log.exception("open pages could not be told what changed")
            else:
                self._tell(unread, cards=cards or seen)

    def _tell(self, unread: dict[int, int], *, cards: bool) -> None:
        if cards:
            self._newest = None
        for line in self._lines:
            if cards and line.open:
                line.note("cards")
            count = unread.get(line.actor_id) if line.actor_id is not None else None
            if count is not None:
                line.unread = count
                line.note("news")


def _newest(tx: Transaction, now: float) -> int:
    found = proposal_search.find(tx, Wanted(now=now, most=1))
    return found[0].id if found else 0


def look_up(
    tx: Transaction, written: set[int], people: set[int], now: float
) -> tuple[bool, dict[int, int]]:
    """Whether an announcement that everybody sees is among what was written; and how much is
    unread of each of these people."""
    stored = proposals.by_ids(tx, written)
    seen = any(one.shown and one.proposal.is_live(now) for one in stored.values())
    return seen, {who: notifications.unread_count(tx, who, most=UNREAD_MOST) for who in people}
