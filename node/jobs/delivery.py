"""The delivery engine: claims due deliveries, posts them, and writes down what became of them.

No server can hold a place that others need: at most two posts are under way to one host, those
to hosts that failed lately share half of the places, and what is held for one host is bounded.
The engine sleeps until something is published, a retry is due, or a post ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import OrderedDict, deque
from dataclasses import dataclass, field

from node.actions.departing import nobody_at
from node.errors import Unavailable
from node.jobs.judging import Judge, Tried
from node.jobs.unbroken import unbroken
from node.outbox.deliver import Deliver, Outcome
from node.outbox.here import Here
from node.outbox.hosts import HostBook
from node.store import outbox
from node.store.engine import Store
from node.store.outbox import Delivery

log = logging.getLogger(__name__)

HELD_PER_HOST = 8  # claimed for one host: what is under way and what comes next
MOST_AT_ONCE = 500  # rows in one claim
LONGEST_SLEEP_S = 30.0  # should a bell ever fail
LAST_POSTS_S = 5.0  # what is under way when the node stops may take so long…
LAST_WORDS_S = 5.0  # …and to write down what became of it so long again


@dataclass(slots=True)
class _Lane:
    """What is held for one host: urgent ones first, else in the order of their claim."""

    waiting: deque[Delivery] = field(default_factory=deque)
    active: int = 0

    def add(self, delivery: Delivery) -> None:
        place = len(self.waiting)
        while delivery.urgent and place and not self.waiting[place - 1].urgent:
            place -= 1
        self.waiting.insert(place, delivery)

    @property
    def held(self) -> int:
        return len(self.waiting) + self.active


class DeliveryEngine:
    def __init__(
        self,
        *,
        store: Store,
        here: Here,
        hosts: HostBook,
        deliver: Deliver,
        at_once: int,
        per_host: int,
        scale: float,
    ) -> None:
        self._store = store
        self._here = here
        self._clock = here.clock
        self._hosts = hosts
        self._deliver = deliver
        self._at_once = at_once
        self._per_host = per_host
        self._judge = Judge(hosts, scale=scale)
        self._lanes: OrderedDict[str, _Lane] = OrderedDict()
        self._active = 0
        self._active_unwell = 0
        self._outcomes: list[Tried] = []
        self._wake = asyncio.Event()
        self._ended = asyncio.Event()
        self._recording = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopping = False
        self._full: frozenset[str] = frozenset()  # hosts for which more is due than is held
        self._cut = False  # the last claim took as much as it might, so more may be due
        self._starved = False  # a lane waits for one of the places that all hosts share

    # ── the loop ─────────────────────────────────────────────────────────────────────────────

    async def run(self) -> None:
        """Until cancelled; on the way out, what is under way gets a moment and the rest goes
        back to the queue."""
        self._stopping = False
        self._hosts.load(await self._store.read(outbox.host_records))
        helpers = [
            asyncio.create_task(self._listen(outbox.BELL)),
            asyncio.create_task(self._record()),
        ]
        try:
            while True:
                self._wake.clear()
                try:
                    claimed = await unbroken(self._claim())
                    self._start()
                    if not claimed:
                        await self._sleep()
                except Unavailable as error:
                    log.warning("the queue cannot be read now: %s", error)
                    await asyncio.sleep(1.0)
        finally:
            self._stopping = True
            await self._wind_down()
            for helper in helpers:
                helper.cancel()
            await asyncio.gather(*helpers, return_exceptions=True)

    @property
    def _held(self) -> int:
        return sum(lane.held for lane in self._lanes.values())

    async def _listen(self, name: str) -> None:
        bell = self._store.bell(name)
        while True:
            if await bell.wait(None):
                self._wake.set()

    async def _sleep(self) -> None:
        due = await self._store.read(outbox.next_due, busy_hosts=self._full_hosts())
        now = self._clock.now()
        pause = LONGEST_SLEEP_S if due is None else min(max(due - now, 0.005), LONGEST_SLEEP_S)
        try:
            async with asyncio.timeout(pause):
                await self._wake.wait()
        except TimeoutError:
            return

    def _allowed(self, host: str) -> int:
        """How many may be held for a host: of one that failed lately a single try says enough,
        and a hundred that hang must not hold all that there is to hold."""
        return 1 if self._hosts.is_unwell(host) else HELD_PER_HOST

    def _full_hosts(self) -> list[str]:
        return [host for host, lane in self._lanes.items() if lane.held >= self._allowed(host)]

    def _counts(self) -> dict[str, int]:
        """What is held for each host, as if all were allowed as much."""
        counts = dict.fromkeys(self._hosts.unwell(), HELD_PER_HOST - 1)
        for host, lane in self._lanes.items():
            counts[host] = lane.held + HELD_PER_HOST - self._allowed(host)
        return counts

    async def _claim(self) -> int:
        room = min(2 * self._at_once - self._held, MOST_AT_ONCE)
        if room <= 0:
            self._cut = True
            return 0
        claimed = await self._store.write(
            outbox.claim,
            now=self._clock.now(),
            most=room,
            held=self._counts(),
            per_host=HELD_PER_HOST,
        )
        self._full = claimed.full_hosts
        self._cut = len(claimed.deliveries) >= room
        left_alone = await self._left_alone(claimed.deliveries)
        for delivery in claimed.deliveries:
            if delivery.host in left_alone:
                self._end(delivery, Outcome.untried("its server is left alone for a while"))
            else:
                self._lanes.setdefault(delivery.host, _Lane()).add(delivery)
        return len(claimed.deliveries)

    async def _left_alone(self, claimed: list[Delivery]) -> set[str]:
        """The hosts among these at which nothing is to be tried yet."""
        now = self._clock.now()
        hosts = {one.host for one in claimed if self._hosts.is_left_alone(one.host, now)}
        if hosts:  # an administrator, or a word of theirs to another process, may have freed them
            with contextlib.suppress(Unavailable):
                self._hosts.load(await self._store.read(outbox.host_records))
        return {host for host in hosts if self._hosts.is_left_alone(host, now)}

    # ── posting ──────────────────────────────────────────────────────────────────────────────

    def _start(self) -> None:
        """Begin as many posts as there are places, the hosts in turn, urgent ones first."""
        self._starved = False
        for host in sorted(
            (h for h, lane in self._lanes.items() if lane.waiting),
            key=lambda h: not self._lanes[h].waiting[0].urgent,
        ):
            self._start_host(host)

    def _start_host(self, host: str) -> None:
        lane = self._lanes[host]
        unwell = self._hosts.is_unwell(host)
        limit = 1 if unwell else self._per_host  # one probe is enough to know
        while lane.waiting and lane.active < limit:
            if self._active >= self._at_once or (
                unwell and self._active_unwell >= self._at_once // 2
            ):
                self._starved = True
                return
            delivery = lane.waiting.popleft()
            lane.active += 1
            self._active += 1
            self._active_unwell += unwell
            task = asyncio.create_task(self._post(delivery, unwell))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _post(self, delivery: Delivery, unwell: bool) -> None:
        try:
            outcome = await self._deliver(delivery)
        except asyncio.CancelledError:
            outcome = Outcome.untried()
        except Unavailable as error:
            outcome = Outcome.untried(str(error))
        except Exception:
            log.exception("delivery %s to %s failed by our own fault", delivery.id, delivery.inbox)
            outcome = Outcome.failed_here("an error of this node, see its log")
        lane = self._lanes[delivery.host]
        lane.active -= 1
        self._active -= 1
        self._active_unwell -= unwell
        self._end(delivery, outcome)
        if self._stopping:
            return
        if lane.waiting:
            self._start_host(delivery.host)
        if lane.held == 0:
            self._lanes.pop(delivery.host, None)
        if self._starved and self._active < self._at_once:
            self._start()
        # More is due for this host than we held, or than we had room for: ask again.
        if (delivery.host in self._full and lane.held <= self._per_host) or (
            self._cut and self._held <= self._at_once
        ):
            self._wake.set()

    def _end(self, delivery: Delivery, outcome: Outcome) -> None:
        self._outcomes.append((delivery, outcome))
        self._ended.set()

    # ── writing down ─────────────────────────────────────────────────────────────────────────

    async def _record(self) -> None:
        while True:
            await self._ended.wait()
            await self._record_once()

    async def _record_once(self) -> None:
        async with self._recording:
            self._ended.clear()
            outcomes, self._outcomes = self._outcomes, []
            if not outcomes:
                return
            judgement = self._judge.judge(outcomes, self._clock.now())
            for host in judgement.unwell:
                self._release(host)
            # First, as a post that is settled is not tried again, and nobody else would say it.
            for inbox in judgement.gone:
                try:
                    await self._store.write(nobody_at, self._here, inbox)
                except Exception:  # the next post there says the same
                    log.exception("%s is gone, and whose it was is not forgotten yet", inbox)
            while True:
                try:
                    await self._store.write(
                        outbox.settle, judgement.settlement, now=self._clock.now()
                    )
                    self._hosts.written(judgement.settlement.hosts)
                    break
                except Unavailable as error:  # what was posted is posted; say so when it is back
                    log.warning("what became of %d deliveries waits: %s", len(outcomes), error)
                except Exception:
                    log.exception("what became of %d deliveries waits", len(outcomes))
                await asyncio.sleep(1.0)

    def _release(self, host: str) -> None:
        """Give back what waits for a host that failed: it gets one try at a time."""
        lane = self._lanes.get(host)
        if lane is None:
            return
        for delivery in lane.waiting:
            self._end(delivery, Outcome.untried())
        lane.waiting.clear()
        if not lane.active:
            del self._lanes[host]

    async def _wind_down(self) -> None:
        for lane in self._lanes.values():
            for delivery in lane.waiting:
                self._end(delivery, Outcome.untried())
            lane.waiting.clear()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=LAST_POSTS_S)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        self._lanes.clear()
        try:
            async with asyncio.timeout(LAST_WORDS_S):
                while self._outcomes or self._recording.locked():
                    await self._record_once()
        except TimeoutError:
            log.warning("the database is away: what was under way may be sent once more")
