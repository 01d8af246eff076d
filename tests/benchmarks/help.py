"""What people ask of help, while ever more of it is stored: nearby, suggestions, words.

Of all proposals a tenth is open, as on a node after some years. What is asked is what the JSON
interface asks, entities and all; each figure is that of the fastest tenth, since others use the
machine too. CPU, which the goals are about for the same reason, is that of this process and, for
PostgreSQL, of its server's.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import psutil  # type: ignore[import-untyped]
import sqlalchemy as sa

from node.actions.bootstrap import settle
from node.actions.looking import page_of
from node.actions.suggestions import look
from node.aid.searching import asked
from node.aid.topics import TOPICS
from node.api.proposal_entity import proposal_entity
from node.clock import SystemClock
from node.outbox.here import Here
from node.store import tables
from node.store.engine import Store
from node.store.migrate import engine_of
from node.store.proposal_details import Reader
from node.store.proposal_filters import Near, Wanted
from node.store.transaction import Transaction
from tests.benchmarks.bench import Bench
from tests.benchmarks.many_proposals import CENTRE, OFTEN, PAGE, SELDOM, fill
from tests.benchmarks.report import Figure, Goal
from tests.databases import new_postgres, new_sqlite
from tests.serving import settings_for

RUNS: Final = 3
TIMES: Final = 40
TWICE: Final = Goal(2.0, "at most")


@dataclass(frozen=True, slots=True)
class Measured:
    found: int
    queries: int
    wall_ms: float
    cpu_ms: float


Asked = Callable[[Transaction], int]


def run(bench: Bench) -> list[Figure]:
    marks = [1_000, bench.size(10_000, 3_000), bench.size(100_000, 10_000)]
    figures: list[Figure] = []
    for name, url in (("SQLite", new_sqlite(bench.folder)), ("PostgreSQL", new_postgres())):
        here = asyncio.run(_settled(bench, url))
        engine = engine_of(url)
        steps: dict[str, list[Measured]] = {}
        at = 0
        for mark in marks:
            began = time.monotonic()
            with engine.begin() as connection:
                fill(connection, at, mark)
            at = mark
            asyncio.run(_maintain(url))
            bench.say(f"{name}: {mark} proposals, after {time.monotonic() - began:.0f} s")
            with engine.connect() as connection:
                tx = Transaction(connection, "sqlite" if name == "SQLite" else "postgresql")
                for what, unit in questions(tx, here).items():
                    steps.setdefault(what, []).append(measured(tx, unit))
        engine.dispose()
        for what, found in steps.items():
            figures += _figures(f"{what}, {name}", marks, found)
    return figures


async def _settled(bench: Bench, url: str) -> Here:
    store = await Store.open(url)
    try:
        return await settle(store, settings_for(url, bench.folder, 8_000), SystemClock())
    finally:
        await store.close()


async def _maintain(url: str) -> None:
    """Planner statistics, as a node makes them every ten minutes."""
    store = await Store.open(url)
    await store.maintain()
    await store.close()


def questions(tx: Transaction, here: Here) -> dict[str, Asked]:
    """What is asked, by name; each answers how much it found."""
    now = here.clock.now()
    requests = [
        row.object_id
        for row in tx.all(
            sa.select(tables.proposals.c.object_id)
            .where(tables.proposals.c.state == "open", tables.proposals.c.purpose == "request")
            .order_by(tables.proposals.c.object_id.desc())
            .limit(TIMES)
        )
    ]
    turn = iter(requests * 1_000)

    def page(**what: Any) -> Asked:
        wanted = Wanted(now=now, most=PAGE, **what)

        def unit(tx: Transaction) -> int:
            found, _ = page_of(tx, wanted, Reader())
            return len([proposal_entity(here, one, None, "fr", wanted.near) for one in found])

        return unit

    def suggested(tx: Transaction) -> int:
        looked = look(tx, here, next(turn))
        return 0 if looked is None else len(looked.found)

    near = Near(*CENTRE, 1_500)
    return {
        "nearby, newest": page(near=near),
        "nearby, nearest first": page(near=near, order="nearest"),
        "within 5 km": page(near=Near(*CENTRE, 5_000)),
        "most urgent first": page(order="urgency"),
        "a group of topics": page(topics=tuple(s for s in TOPICS if s.startswith("care."))),
        "a frequent word": page(asked=asked(OFTEN)),
        "two words, nearby": page(asked=asked(f"{OFTEN} jar"), near=near),
        "a rare word": page(asked=asked(SELDOM)),
        "suggestions for a request": suggested,
    }


def measured(tx: Transaction, unit: Asked) -> Measured:
    for _ in range(5):
        unit(tx)
    statements, found = _counted(tx, unit)
    with _server(tx) as server_cpu:
        walls, cpus = [], []
        for _ in range(RUNS):
            cpu = time.process_time() + server_cpu()
            for _ in range(TIMES):
                began = time.perf_counter()
                unit(tx)
                walls.append(time.perf_counter() - began)
            cpus.append((time.process_time() + server_cpu() - cpu) / TIMES)
    fastest = statistics.quantiles(walls, n=10)[0]
    return Measured(found, statements, 1000 * fastest, 1000 * min(cpus))


def _counted(tx: Transaction, unit: Asked) -> tuple[int, int]:
    count = 0

    def note(*_: Any) -> None:
        nonlocal count
        count += 1

    sa.event.listen(tx.connection, "before_cursor_execute", note)
    try:
        found = unit(tx)
    finally:
        sa.event.remove(tx.connection, "before_cursor_execute", note)
    return count, found


@contextmanager
def _server(tx: Transaction) -> Iterator[Callable[[], float]]:
    """Seconds of CPU of the server's process for this connection; none for SQLite."""
    if tx.dialect == "sqlite":
        yield lambda: 0.0
        return
    process = psutil.Process(int(tx.scalar(sa.text("SELECT pg_backend_pid()"))))

    def seconds() -> float:
        times = process.cpu_times()
        return float(times.user + times.system)

    yield seconds


def _figures(what: str, marks: list[int], found: list[Measured]) -> list[Figure]:
    figures = [
        Figure(
            "help",
            f"{what}: CPU at {mark} stored",
            one.cpu_ms,
            "ms",
            note=f"{one.wall_ms:.2f} ms of time, {one.queries} queries, {one.found} found",
        )
        for mark, one in zip(marks, found, strict=True)
    ]
    slower = found[-1].cpu_ms / found[0].cpu_ms
    note = f"{found[-1].wall_ms / found[0].wall_ms:.2f} times by the clock"
    figures.append(
        Figure("help", f"{what}: times that at {marks[0]}", slower, "", TWICE, note=note)
    )
    if len({one.queries for one in found}) > 1:
        figures.append(
            Figure("help", f"{what}: queries more", found[-1].queries - found[0].queries, "",
                   Goal(0, "at most"))
        )  # fmt: skip
    return figures
