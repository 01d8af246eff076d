"""What this machine can do at most, measured in the same run: nothing can be faster than these."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from tests.benchmarks.bench import Bench, prepare
from tests.benchmarks.node import NodeProcess, free_port
from tests.benchmarks.processes import ROOT, Helper, Others, cpu_seconds, end
from tests.benchmarks.report import Figure
from tests.benchmarks.traffic import read_keys

GROUP = 64  # units that share a commit


def run(bench: Bench) -> list[Figure]:
    span = 0.3 if bench.quick else 1.0
    figures = [_others(span), *_signatures(bench, span), *_commits(bench.folder, span)]
    return figures + _requests(bench)


def _others(span: float) -> Figure:
    """A figure to read all others by."""
    others = Others()
    time.sleep(span)
    note = f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.2f}; before anything of ours ran"
    return Figure("machine", "busy with other work", 100 * others.share(), "%", note=note)


def _signatures(bench: Bench, span: float) -> list[Figure]:
    keys, text = read_keys(bench.keys)[0], b"x" * 300
    padding, digest = PKCS1v15(), SHA256()
    rsa, ed25519 = keys.rsa.sign(text, padding, digest), keys.ed25519.sign(text)
    rsa_public, ed_public = keys.rsa.public_key(), keys.ed25519.public_key()
    steps: list[tuple[str, Callable[[], object]]] = [
        ("RSA-2048 signatures", lambda: keys.rsa.sign(text, padding, digest)),
        ("RSA-2048 verifications", lambda: rsa_public.verify(rsa, text, padding, digest)),
        ("Ed25519 signatures", lambda: keys.ed25519.sign(text)),
        ("Ed25519 verifications", lambda: ed_public.verify(ed25519, text)),
    ]
    return [
        Figure("machine", name, _per_second(step, span), "/s", note="one process")
        for name, step in steps
    ]


def _per_second(step: Callable[[], object], span: float) -> float:
    step()
    began, count = time.perf_counter(), 0
    while time.perf_counter() - began < span:
        for _ in range(10):
            step()
        count += 10
    return count / (time.perf_counter() - began)


def _commits(folder: Path, span: float) -> list[Figure]:
    """Rows of 2 kB into SQLite, WAL, each commit on disk before the next (synchronous=FULL)."""
    with closing(sqlite3.connect(folder / "commits.sqlite3", isolation_level=None)) as database:
        database.execute("pragma journal_mode=wal")
        database.execute("pragma synchronous=full")
        database.execute("drop table if exists one")
        database.execute("create table one (id integer primary key, body blob)")
        body = os.urandom(2000)

        def commit(rows: int) -> None:
            database.execute("begin immediate")
            database.executemany("insert into one (body) values (?)", [(body,)] * rows)
            database.execute("commit")

        single = _per_second(lambda: commit(1), span)
        grouped = GROUP * _per_second(lambda: commit(GROUP), span)
    return [
        Figure("machine", "commits to disk", single, "/s", note="a row of 2 kB each"),
        Figure("machine", "grouped commits, rows", grouped, "/s", note=f"{GROUP} rows a commit"),
    ]


BARE = """
import asyncio, sys, uvloop
from aiohttp import web

async def inbox(request):
    await request.read()
    return web.Response(status=202)

async def main():
    application = web.Application()
    application.add_routes([web.post("/inbox", inbox)])
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", int(sys.argv[1])).start()
    print("ready", flush=True)
    await asyncio.sleep(600)

uvloop.run(main())
"""


def _requests(bench: Bench) -> list[Figure]:
    """A server that does nothing, under the same load generator: the most that can be served."""
    node = NodeProcess(bench.folder / "bare")
    count = bench.size(8000, 2000)
    port = free_port()
    node.port, node.base = port, f"http://127.0.0.1:{port}"
    server = subprocess.Popen(
        [sys.executable, "-c", BARE, str(port)], cwd=ROOT, stdout=subprocess.PIPE
    )
    try:
        assert server.stdout is not None
        server.stdout.readline()
        with Helper("load") as load:
            prepare(bench, load, node, "bare", 500, [("127.0.0.1:9", 0)])
            rates, cpus = [], []
            for _ in range(max(2, count // 500)):
                cpu = cpu_seconds(server.pid)
                told = load.ask(
                    do="post", name="bare", start=0, stop=500, url=f"{node.base}/inbox",
                    connections=64, rate=None,
                )  # fmt: skip
                rates.append(500 / (told["ended"] - told["began"]))
                cpus.append(cpu_seconds(server.pid) - cpu)
        rate = sorted(rates)[len(rates) // 2]
        each = 1000 * sum(cpus) / (500 * len(cpus))
        return [
            Figure("machine", "bare aiohttp, POST answered 202", rate, "/s", note="one process"),
            Figure("machine", "bare aiohttp, CPU of each POST", each, "ms"),
        ]
    finally:
        end(server)
