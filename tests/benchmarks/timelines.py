"""Timelines, while ever more is stored, on both databases; and how many pages a second one process
answers over HTTP, with 15,000 statuses and 16 connections.

What is asked is what an app asks, entities and all. CPU and clock are measured as for help.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final
from urllib.parse import urlencode

import sqlalchemy as sa

from node.actions.accounts import create_account, prepare_account
from node.mastodon.method import Bounds, Listing
from node.mastodon.methods import account_statuses, statuses
from node.mastodon.methods import timelines as methods
from node.outbox.here import Here
from node.social.accounts import Actor
from node.store import actors, tables
from node.store.engine import Store
from node.store.migrate import engine_of
from node.store.transaction import Transaction
from tests.benchmarks.bench import Bench
from tests.benchmarks.help import Asked, _maintain, _settled, measured
from tests.benchmarks.many_statuses import BUSY, fill
from tests.benchmarks.node import AUTHOR, NodeProcess
from tests.benchmarks.processes import Helper
from tests.benchmarks.report import Figure, Goal
from tests.databases import new_postgres, new_sqlite

PAGE: Final = Bounds(None, None, None, 20)
STORED: Final = 15_000
CONNECTIONS: Final = 16
RATES: Final = {"home": 1_000, "public": 900, "one status": 3_000, "search": 400}
"""Requests a second, to reach."""


def run(bench: Bench) -> list[Figure]:
    return [*_growth(bench), *_rates(bench)]


# ── while ever more is stored ────────────────────────────────────────────────────────────────


def _growth(bench: Bench) -> list[Figure]:
    marks = [1_000, bench.size(200_000, 20_000)]
    figures: list[Figure] = []
    for name, url in (("SQLite", new_sqlite(bench.folder)), ("PostgreSQL", new_postgres())):
        here = asyncio.run(_settled(bench, url))
        me = asyncio.run(_reader(url, here))
        engine = engine_of(url)
        steps: dict[str, list[Any]] = {}
        at = 0
        for mark in marks:
            with engine.begin() as connection:
                fill(connection, at, mark, reader=me.id, base=here.settings.base_url)
            at = mark
            asyncio.run(_maintain(url))
            bench.say(f"{name}: {mark} statuses")
            with engine.connect() as connection:
                tx = Transaction(connection, "sqlite" if name == "SQLite" else "postgresql")
                for what, unit in questions(tx, here, me).items():
                    steps.setdefault(what, []).append(measured(tx, unit))
        engine.dispose()
        for what, (few, many) in steps.items():
            figures += _compared(f"{what}, {name}", marks, few, many)
    return figures


async def _reader(url: str, here: Here) -> Actor:
    new = await asyncio.to_thread(
        prepare_account,
        username=AUTHOR,
        email="a@example.org",
        password="un mot de passe long",
        kind="resident",
        role="member",
    )
    store = await Store.open(url)
    try:
        return await store.write(create_account, here, new)
    finally:
        await store.close()


def questions(tx: Transaction, here: Here, me: Actor) -> dict[str, Asked]:
    """What an app asks; each answers how many statuses it got."""
    author = actors.by_id(tx, 10_000 + BUSY) or me
    account = {"pinned": False, "media": False, "replies": True, "shares": True, "tag": None}

    def count(page: Listing) -> int:
        return len(page.items)

    return {
        "home": lambda tx: count(methods._home(tx, here, me, PAGE)),
        "public": lambda tx: count(methods._public(tx, here, me, PAGE, local=None, media=False)),
        "local": lambda tx: count(methods._public(tx, here, me, PAGE, local=True, media=False)),
        "a tag": lambda tx: count(methods._tag(tx, here, me, PAGE, "lyon")),
        "an account": lambda tx: count(
            account_statuses._of_account(tx, here, me, author.id, PAGE, **account)  # type: ignore[arg-type]
        ),
        "one status": lambda tx: len(statuses._several(tx, here, me, [_last(tx)])),
    }


def _last(tx: Transaction) -> int:
    return int(tx.scalar(sa.select(sa.func.max(tables.objects.c.id))))


def _compared(what: str, marks: list[int], few: Any, many: Any) -> list[Figure]:
    slower = many.cpu_ms / few.cpu_ms
    note = f"{few.cpu_ms:.2f} → {many.cpu_ms:.2f} ms; {many.queries} queries, {many.found} found"
    return [
        Figure(
            "timelines",
            f"{what}: times of CPU with {marks[1]} stored that with {marks[0]}",
            slower,
            "",
            Goal(2.0, "at most"),
            note=note,
        ),
        Figure(
            "timelines",
            f"{what}: queries more",
            many.queries - few.queries,
            "",
            Goal(0, "at most"),
        ),
    ]


# ── over HTTP ────────────────────────────────────────────────────────────────────────────────


def _rates(bench: Bench) -> list[Figure]:
    node = NodeProcess(bench.folder / "timelines")
    node.make()
    token = node.command("token", AUTHOR, "--scopes", "read").split()[-1]
    engine = engine_of(f"sqlite:///{next(node.folder.rglob('*.sqlite3'))}")
    with engine.begin() as connection:
        reader = connection.scalar(sa.select(tables.accounts.c.actor_id))
        fill(connection, 0, STORED, reader=int(reader or 0), base=node.base)
    with engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        last = connection.scalar(sa.select(sa.func.max(tables.objects.c.id)))
    engine.dispose()
    node.start()
    figures = []
    paths = {
        "home": "/api/v1/timelines/home",
        "public": "/api/v1/timelines/public",
        "one status": f"/api/v1/statuses/{last}",
        "search": f"/api/v2/search?{urlencode({'q': 'marché', 'type': 'statuses'})}",
    }
    try:
        with Helper("load") as load:
            for what, path in paths.items():
                signed_in = {"Authorization": f"Bearer {token}"} if what != "public" else {}
                figures.append(_rate(bench, load, node, what, path, signed_in))
    finally:
        node.stop()
    return figures


def _rate(
    bench: Bench,
    load: Helper,
    node: NodeProcess,
    what: str,
    path: str,
    headers: dict[str, str],
) -> Figure:
    job: dict[str, Any] = {
        "do": "get",
        "url": node.base + path,
        "connections": CONNECTIONS,
        "headers": headers,
    }
    load.ask(**job, count=500)
    count = bench.size(10_000, 2_000)
    cpu = node.cpu()
    told = load.ask(**job, count=count)
    if told["statuses"] != {"200": count}:
        raise RuntimeError(f"{path} answers {told['statuses']}")
    rate = count / (told["ended"] - told["began"])
    busy = 1000 * (node.cpu() - cpu) / count
    return Figure(
        "timelines",
        f"{what}, over HTTP",
        rate,
        "/s",
        Goal(RATES[what], "at least"),
        note=f"{busy:.2f} ms of CPU each; p99 {told['latency']['p99']} ms",
    )
