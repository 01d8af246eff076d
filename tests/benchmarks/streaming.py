"""Streams: how soon an event is there, what open streams weigh, and what a slow reader costs.

Latency is told from before the post is sent until the event has come, so that the commit lies in
between: what is measured is more than what the goal is about. The clients live in this process,
which reads for all of them.
"""

from __future__ import annotations

import asyncio
import contextlib
import statistics
import time
from collections.abc import AsyncIterator
from typing import Final

import aiohttp
import orjson

from node.actions import accounts
from node.actions.accounts import create_account, prepare_account
from node.app.opening import opened
from node.config import load
from tests.benchmarks.bench import Bench
from tests.benchmarks.node import NodeProcess
from tests.benchmarks.report import Figure, Goal

PEOPLE: Final = 10
PER_TOKEN: Final = 25
PASSWORD: Final = "correct horse battery staple"
SCOPES: Final = "read write follow push"
PAUSE_S: Final = 0.05
PATIENCE_S: Final = 20.0


class Listener(asyncio.Protocol):
    """One stream: when what came last came, and what it was."""

    def __init__(self, path: str, host: str) -> None:
        self._path = path
        self._host = host
        self.open = asyncio.Event()
        self.transport: asyncio.Transport | None = None
        self.at: dict[bytes, float] = {}
        self._wanted: bytes | None = None
        self._tail = b""
        self.came = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(
            f"GET {self._path} HTTP/1.1\r\nHost: {self._host}\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
        )

    def expect(self, mark: bytes) -> None:
        self._wanted, self._tail = mark, b""
        self.came.clear()

    def data_received(self, data: bytes) -> None:
        if not self.open.is_set():
            self.open.set()
        if self._wanted is not None:
            seen = self._tail + data
            if self._wanted in seen:
                self.at[self._wanted] = time.monotonic()
                self._wanted = None
                self.came.set()
            self._tail = seen[-256:]


def run(bench: Bench) -> list[Figure]:
    many = bench.size(1_000, 200)
    posts = bench.size(60, 15)
    node = NodeProcess(bench.folder / "streaming")
    node.make()
    tokens = asyncio.run(_tokens(node, 2 + many // PER_TOKEN))
    node.start()
    try:
        return asyncio.run(_measure(node, tokens, many, posts))
    finally:
        node.stop()


async def _tokens(node: NodeProcess, count: int) -> list[str]:
    """Of a few people, before the node is started."""
    async with opened(load(node.config)) as here:
        names = [f"voisin{number}" for number in range(PEOPLE)]
        for name in names:
            new = await asyncio.to_thread(
                prepare_account,
                username=name,
                email=f"{name}@example.org",
                password=PASSWORD,
                kind="resident",
                role="member",
                display_name=name,
            )
            await here.store.write(create_account, here.here, new)
        now = time.time()
        return [
            await here.store.write(accounts.make_token, names[n % PEOPLE], SCOPES, now)
            for n in range(count)
        ]


async def _open(node: NodeProcess, path: str) -> Listener:
    listener = Listener(path, f"127.0.0.1:{node.port}")
    loop = asyncio.get_running_loop()
    await loop.create_connection(lambda: listener, "127.0.0.1", node.port)
    return listener


@contextlib.asynccontextmanager
async def _listening(
    node: NodeProcess, tokens: list[str], count: int, stream: str
) -> AsyncIterator[list[Listener]]:
    opened_ones: list[Listener] = []
    try:
        for number in range(count):
            token = tokens[number // PER_TOKEN]
            path = f"/api/v1/streaming/?stream={stream}&access_token={token}"
            opened_ones.append(await _open(node, path))
            if number % 50 == 49:
                async with asyncio.timeout(PATIENCE_S):
                    await asyncio.gather(*(one.open.wait() for one in opened_ones))
        async with asyncio.timeout(PATIENCE_S):
            await asyncio.gather(*(one.open.wait() for one in opened_ones))
        await asyncio.sleep(0.2)
        yield opened_ones
    finally:
        for one in opened_ones:
            if one.transport is not None:
                one.transport.abort()
        await asyncio.sleep(0.2)


async def _measure(node: NodeProcess, tokens: list[str], many: int, posts: int) -> list[Figure]:
    author, others = tokens[0], tokens[1:]
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {author}"}) as web:
        async with _listening(node, others, 1, "public") as few:
            alone = await _latencies(node, web, few, posts)
        idle = node.memory()["pss"]
        async with _listening(node, others, many, "public") as listeners:
            weight = node.memory()["pss"] - idle
            crowd = await _latencies(node, web, listeners, posts)
            after = node.memory()["pss"] - idle
            slow = listeners[0]
            assert slow.transport is not None
            slow.transport.pause_reading()
            beside = await _latencies(node, web, listeners[1:], posts)
    goal = Goal(100, "at most")
    return [
        Figure("streaming", "one stream, p50", _ms(alone, 50), "ms", goal),
        Figure("streaming", "one stream, p99", _ms(alone, 99), "ms"),
        Figure(
            "streaming", f"{many} streams, p50", _ms(crowd, 50), "ms", goal,
            note="all of them on one event",
        ),
        Figure("streaming", f"{many} streams, p99", _ms(crowd, 99), "ms"),
        Figure(
            "streaming", f"{many} streams beside a slow reader, p50", _ms(beside, 50), "ms", goal,
        ),
        Figure(
            "streaming", f"{many} streams open", weight, "MB", Goal(100, "below"),
            note=f"{1000 * weight / many:.0f} KB each",
        ),
        Figure("streaming", f"{many} streams after {posts} events", after, "MB",
               Goal(100, "below")),
    ]  # fmt: skip


def _ms(seconds: list[float], percent: int) -> float:
    return 1000 * statistics.quantiles(seconds, n=100, method="inclusive")[percent - 1]


async def _latencies(
    node: NodeProcess, web: aiohttp.ClientSession, listeners: list[Listener], posts: int
) -> list[float]:
    found: list[float] = []
    for number in range(posts):
        mark = f"essai {time.monotonic_ns()} {number}".encode()
        for one in listeners:
            one.expect(mark)
        began = time.monotonic()
        body = orjson.dumps({"status": f"Un {mark.decode()}, pour voir."})
        headers = {"Content-Type": "application/json"}
        url = f"{node.base}/api/v1/statuses"
        async with web.post(url, data=body, headers=headers) as answer:
            if answer.status != 200:
                raise RuntimeError(f"a post answers {answer.status}: {await answer.text()}")
        async with asyncio.timeout(PATIENCE_S):
            await asyncio.gather(*(one.came.wait() for one in listeners))
        found += [one.at.pop(mark) - began for one in listeners]
        await asyncio.sleep(PAUSE_S)
    return found
