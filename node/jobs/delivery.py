"""The delivery engine: claims due deliveries, posts them, and writes down what became of them.

No server can hold a place that others need: at most two posts are under way to one host, those
to hosts that failed lately share half of the places, and what is held for one host is bounded.
The engine sleeps until something is published, a retry is due, or a post ends.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict, deque
from dataclasses import dataclass, field, replace
from typing import assert_never

from node.clock import Clock
from node.errors import Unavailable
from node.outbox.deliver import Deliver, Outcome
from node.outbox.hosts import HostBook
from node.outbox.schedule import Again, Dead, Done, Nobody, counts_against_host, decide
from node.store import actors as stored_actors
from node.store import outbox
from node.store.engine import Store
from node.store.outbox import Delivery, Postponed

log = logging.getLogger(__name__)

HELD_PER_HOST = 8  # claimed for one host: what is under way and what comes next
MOST_AT_ONCE = 500  # rows in one claim
LONGEST_SLEEP_S = 30.0  # should a bell ever fail


@dataclass(slots=True)
class _Lane:
    """What is held for one host."""

    waiting: deque[Delivery] = field(default_factory=deque)
    active: int = 0

    @property
    def held(self) -> int:
        return len(self.waiting) + self.active


class DeliveryEngine:
    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        hosts: HostBook,
        deliver: Deliver,
        at_once: int,
        per_host: int,
        scale: float,
    ) -> None:
        self._store = store
        self._clock = clock
        self._hosts = hosts
        self._deliver = deliver
        self._at_once = at_once
        self._per_host = per_host
        self._scale = scale
        self._lanes: OrderedDict[str, _Lane] = OrderedDict()
        self._active = 0
        self._active_unwell = 0
        self._outcomes: list[tuple[Delivery, Outcome]] = []
        self._wake = asyncio.Event()
        self._recorded = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopping = False
        self._full: frozenset[str] = frozenset()  # hosts for which more is due than is held
        self._cut = False  # the last claim took as much as it might, so more may be due
        self._starved = False  # a lane waits for one of the places that all hosts share
        self._gone: list[str] = []

    # ── the loop ─────────────────────────────────────────────────────────────────────────────

    async def run(self) -> None:
        """Until cancelled; on the way out, what is under way gets a moment and the rest goes
        back to the queue."""
        self._hosts.load(await self._store.read(outbox.host_records))
        helpers = [
            asyncio.create_task(self._listen(outbox.BELL)),
            asyncio.create_task(self._reload_hosts()),
            asyncio.create_task(self._record()),
        ]
        try:
            while True:
                self._wake.clear()
                try:
                    claimed = await self._claim()
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

    async def _reload_hosts(self) -> None:
        bell = self._store.bell(outbox.HOSTS_BELL)
        while True:
            if await bell.wait(None):
                self._hosts.load(await self._store.read(outbox.host_records))

    async def _sleep(self) -> None:
        due = await self._store.read(outbox.next_due, busy_hosts=self._full_hosts())
        now = self._clock.now()
        pause = LONGEST_SLEEP_S if due is None else min(max(due - now, 0.005), LONGEST_SLEEP_S)
        try:
            async with asyncio.timeout(pause):
                await self._wake.wait()
        except TimeoutError:
            return

    def _full_hosts(self) -> list[str]:
        return [host for host, lane in self._lanes.items() if lane.held >= HELD_PER_HOST]

    async def _claim(self) -> int:
        room = min(2 * self._at_once - self._held, MOST_AT_ONCE)
        if room <= 0:
            self._cut = True
            return 0
        claimed = await self._store.write(
            outbox.claim,
            now=self._clock.now(),
            most=room,
            held={host: lane.held for host, lane in self._lanes.items()},
            per_host=HELD_PER_HOST,
        )
        self._full = claimed.full_hosts
        self._cut = len(claimed.deliveries) >= room
        for delivery in claimed.deliveries:
            lane = self._lanes.setdefault(delivery.host, _Lane())
            if delivery.urgent:
                lane.waiting.appendleft(delivery)
            else:
                lane.waiting.append(delivery)
        return len(claimed.deliveries)

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
            outcome = _untried()
        except Exception:
            log.exception("delivery %s to %s failed by our own fault", delivery.id, delivery.inbox)
            outcome = Outcome(None, None, "an error of this node, see its log", None)
        lane = self._lanes[delivery.host]
        lane.active -= 1
        self._active -= 1
        self._active_unwell -= unwell
        self._outcomes.append((delivery, outcome))
        self._recorded.set()
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

    # ── writing down ─────────────────────────────────────────────────────────────────────────

    async def _record(self) -> None:
        while True:
            await self._recorded.wait()
            await self._record_once()

    async def _record_once(self) -> None:
        self._recorded.clear()
        outcomes, self._outcomes = self._outcomes, []
        if not outcomes:
            return
        batch = self._judge(outcomes, self._clock.now())
        while True:
            try:
                await self._store.write(outbox.settle, batch, now=self._clock.now())
                for inbox in self._gone:
                    await self._store.write(
                        stored_actors.lose_follower_inbox, inbox, now=self._clock.now()
                    )
                self._gone.clear()
                return
            except Exception:
                # The database is away: what was posted is posted; say so when it is back.
                log.exception("the outcome of %d deliveries is not written yet", len(outcomes))
                await asyncio.sleep(1.0)

    def _judge(self, outcomes: list[tuple[Delivery, Outcome]], now: float) -> outbox.Settlement:
        done: list[Delivery] = []
        failures: list[Postponed] = []
        changes: dict[str, outbox.HostChange] = {}
        for delivery, outcome in outcomes:
            if not outcome.tried:
                opens = self._hosts.of(delivery.host).open_until or now
                failures.append(Postponed(delivery, opens, False, False, None, outcome.error))
                continue
            changes.update(self._learn(delivery.host, outcome, now, changes.get(delivery.host)))
            decision = decide(
                status=outcome.status,
                retry_after=outcome.retry_after,
                attempts=delivery.attempts,
                created_at=delivery.created_at,
                now=now,
                scale=self._scale,
            )
            match decision:
                case Done():
                    done.append(delivery)
                case Nobody(gone=gone):
                    log.info("nobody lives at %s (%s)", delivery.inbox, outcome.status)
                    if gone:
                        self._gone.append(delivery.inbox)
                    done.append(delivery)
                case Again(at=at):
                    until = self._hosts.of(delivery.host).open_until
                    failures.append(
                        Postponed(
                            delivery,
                            max(at, until or at),
                            False,
                            True,
                            outcome.status,
                            outcome.error,
                        )
                    )
                case Dead(reason=reason):
                    log.warning("gave up %s: %s (%s)", delivery.inbox, reason, outcome.error)
                    failures.append(Postponed(delivery, now, True, True, outcome.status, reason))
                case _:
                    assert_never(decision)
        return outbox.Settlement(done, failures, changes)

    def _learn(
        self, host: str, outcome: Outcome, now: float, known: outbox.HostChange | None
    ) -> dict[str, outbox.HostChange]:
        change = known or outbox.HostChange()
        if outcome.scheme is not None and self._hosts.learned_scheme(host, outcome.scheme):
            change = replace(change, scheme=outcome.scheme)
        if counts_against_host(outcome.status):
            until = self._hosts.failed(host, now)
            if until is not None:
                self._release(host)
                state = self._hosts.of(host)
                change = replace(
                    change,
                    revived=False,
                    failures=len(state.failures),
                    failing_since=state.failures[0],
                    open_until=until,
                )
        elif self._hosts.well(host):
            change = replace(change, revived=True, failures=0, open_until=None)
        return {} if change == outbox.HostChange() else {host: change}

    def _release(self, host: str) -> None:
        """Give back what waits for a host that is to be left alone."""
        lane = self._lanes.get(host)
        if lane is not None and lane.waiting:
            self._outcomes += [(delivery, _untried()) for delivery in lane.waiting]
            lane.waiting.clear()
            self._recorded.set()

    async def _wind_down(self) -> None:
        waiting = [delivery for lane in self._lanes.values() for delivery in lane.waiting]
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=5.0)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        self._outcomes += [(delivery, _untried()) for delivery in waiting]
        await self._record_once()


def _untried() -> Outcome:
    return Outcome(None, None, "not tried yet", None, tried=False)
