"""The quartier's page and the map, with 1,000 and with 10,000 announcements open: what they ask of
the database, and what a page costs over HTTP, template and compression included.

One announcement in fifty is ours: the newest ones of each side are sought among all that is open.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

from node.outbox.here import Here
from node.store.engine import Store
from node.store.migrate import engine_of
from node.store.proposal_details import Reader
from node.store.proposal_filters import Near, Wanted
from node.store.transaction import Transaction
from node.web.charting import chart
from node.web.charting.chart import MOST
from node.web.quartier import front
from node.web.quartier.front import BESIDE, HERE
from tests.benchmarks.bench import Bench
from tests.benchmarks.help import Asked, _maintain, _settled, measured
from tests.benchmarks.many_proposals import CENTRE, OFTEN, fill
from tests.benchmarks.node import NodeProcess
from tests.benchmarks.processes import Helper
from tests.benchmarks.report import Figure, Goal
from tests.databases import new_postgres, new_sqlite

OURS: Final = 50
CONNECTIONS: Final = 8
TWICE: Final = Goal(2.0, "at most")
SOUGHT: Final = Goal(3.0, "at most")
"""Of what is sought among all that is there: what is ours is one in fifty of it."""
SAME: Final = Goal(0, "at most")
PATHS: Final = {
    "the quartier's page": "/",
    "the same, one topic nearby": "/?topic=care&within=1000",
    "the same, a word": f"/?q={OFTEN}",
    "the map": "/map",
}
BROWSER: Final = {"Accept": "text/html", "Accept-Encoding": "gzip", "Accept-Language": "fr"}


def run(bench: Bench) -> list[Figure]:
    marks = [1_000, bench.size(10_000, 3_000)]
    return [*_asked(bench, marks), *_rendered(bench, marks)]


# ── what is asked of the database ────────────────────────────────────────────────────────────


def _asked(bench: Bench, marks: list[int]) -> list[Figure]:
    figures: list[Figure] = []
    for name, url in (("SQLite", new_sqlite(bench.folder)), ("PostgreSQL", new_postgres())):
        here = asyncio.run(_settled(bench, url))
        engine = engine_of(url)
        steps: dict[str, list[Any]] = {}
        at = 0
        for mark in marks:
            with engine.begin() as connection:
                fill(connection, at, mark, open_of=1, local_of=OURS)
            at = mark
            asyncio.run(_maintain(url))
            bench.say(f"{name}: {mark} announcements are open")
            with engine.connect() as connection:
                tx = Transaction(connection, "sqlite" if name == "SQLite" else "postgresql")
                for what, unit in _questions(here).items():
                    steps.setdefault(what, []).append(measured(tx, unit))
        engine.dispose()
        for what, (few, many) in steps.items():
            slower = many.cpu_ms / few.cpu_ms
            note = f"{few.cpu_ms:.2f} → {many.cpu_ms:.2f} ms; {many.queries} queries"
            figures += [
                Figure("front", f"{what}, {name}: queries", many.queries, ""),
                Figure("front", f"{what}, {name}: more", many.queries - few.queries, "", SAME),
                Figure("front", f"{what}, {name}: times", slower, "", TWICE, note=note),
            ]
    return figures


def _questions(here: Here) -> dict[str, Asked]:
    now = here.clock.now()

    def page(**what: Any) -> Asked:
        asked = front.Asked(
            Wanted(now=now, local=True, most=HERE, **what),
            Wanted(now=now, local=False, most=BESIDE, **what),
        )

        def unit(tx: Transaction) -> int:
            whole = front._whole(tx, here, asked, None, Reader())
            return len(whole.here.found) + len(whole.beside.found)

        return unit

    def charted(tx: Transaction) -> int:
        return len(chart._found(tx, here, Wanted(now=now, most=MOST), Reader())[1])

    return {
        "page": page(),
        "page, urgent": page(urgencies=("critical", "high")),
        "page, nearby": page(near=Near(*CENTRE, 1_000)),
        "map": charted,
    }


# ── over HTTP ────────────────────────────────────────────────────────────────────────────────


def _rendered(bench: Bench, marks: list[int]) -> list[Figure]:
    node = NodeProcess(bench.folder / "front")
    node.make()
    url = f"sqlite:///{next(node.folder.rglob('*.sqlite3'))}"
    engine = engine_of(url)
    steps: dict[str, list[tuple[float, Any]]] = {}
    at = 0
    for mark in marks:
        with engine.begin() as connection:
            fill(connection, at, mark, open_of=1, local_of=OURS)
        at = mark
        asyncio.run(_tended(url))
        node.start()
        try:
            with Helper("load") as load:
                for what, path in PATHS.items():
                    steps.setdefault(what, []).append(_one(bench, load, node, path))
        finally:
            node.stop()
    engine.dispose()
    figures = []
    for what, ((few, _), (many, latency)) in steps.items():
        note = f"{few:.2f} ms with {marks[0]}; p99 {latency} ms, {CONNECTIONS} at once"
        figures += [
            Figure("front", f"{what}: CPU with {marks[1]} open", many, "ms", note=note),
            Figure(
                "front",
                f"{what}: times that with {marks[0]}",
                many / few,
                "",
                SOUGHT if "?" in PATHS[what] else TWICE,
            ),
        ]
    return figures


async def _tended(url: str) -> None:
    store = await Store.open(url)
    await store.maintain()
    await store.close()


def _one(bench: Bench, load: Helper, node: NodeProcess, path: str) -> tuple[float, Any]:
    """Milliseconds of CPU of the node for a page, and what the slowest of a hundred takes."""
    job: dict[str, Any] = {
        "do": "get",
        "url": node.base + path,
        "connections": CONNECTIONS,
        "headers": BROWSER,
    }
    load.ask(**job, count=50)
    count = bench.size(1_000, 200)
    cpu = node.cpu()
    told = load.ask(**job, count=count)
    if told["statuses"] != {"200": count}:
        raise RuntimeError(f"{path} answers {told['statuses']}")
    return 1000 * (node.cpu() - cpu) / count, told["latency"]["p99"]
