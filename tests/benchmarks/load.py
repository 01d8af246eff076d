"""The load generator: signs everything before the clock starts, then posts it, whole requests
as ready bytes over kept-alive connections. One process; jobs come as JSON lines on stdin.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from collections import Counter, deque
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, Final, cast
from urllib.parse import urlsplit

import uvloop

from tests.benchmarks.traffic import (
    actor_uri,
    create_note,
    follow,
    post_cavage,
    post_rfc9421,
    read_keys,
)

LENGTH: Final = re.compile(rb"\r\ncontent-length: *([0-9]+)", re.IGNORECASE)
CHUNK: Final = 250
PATIENCE_S: Final = 120.0


def sign_some(job: dict[str, Any], start: int, stop: int) -> list[bytes]:
    """Requests number ``start`` to ``stop`` of a job: its senders take turns."""
    keys = read_keys(Path(job["keys"]))
    senders = [(authority, number) for authority, number in job["senders"]]
    sign = post_rfc9421 if job["scheme"] == "ed25519" else post_cavage
    now, signed = time.time(), []
    for index in range(start, stop):
        authority, number = senders[index % len(senders)]
        actor = actor_uri(authority, number)
        body = (
            follow(actor, job["target"])
            if job["what"] == "follow"
            else create_note(actor, f"{job['name']}-{index}")
        )
        signed.append(sign(keys[number % len(keys)], actor, job["inbox"], body, now))
    return signed


class Connection(asyncio.Protocol):
    """One request under way at a time."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._buffer = b""
        self._due = 0.0
        self._waiting = False
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is no subclass of it
        self._run.idle(self)

    def send(self, request: bytes, due: float) -> None:
        assert self._transport is not None
        self._due, self._waiting = due, True
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        buffer = self._buffer + data if self._buffer else data
        end = buffer.find(b"\r\n\r\n")
        if end >= 0:
            found = LENGTH.search(buffer, 0, end)
            if len(buffer) >= end + 4 + (int(found[1]) if found else 0):
                self._buffer = b""
                self._waiting = False
                self._run.answered(int(buffer[9:12]), time.monotonic() - self._due)
                self._run.idle(self)
                return
        self._buffer = buffer

    def connection_lost(self, exc: Exception | None) -> None:
        self._run.lost(self._waiting)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.abort()


class Run:
    """Sends a list of requests: as fast as they are answered, or so many per second."""

    def __init__(self, requests: Sequence[bytes], rate: float | None) -> None:
        self._requests = requests
        self._rate = rate
        self._next = 0
        self._left = len(requests)
        self._idle: list[Connection] = []
        self._late: deque[tuple[int, float]] = deque()
        self.statuses: Counter[str] = Counter()
        self.latencies: list[float] = []
        self.done = asyncio.Event()
        self.ended = 0.0
        self.started = False

    def idle(self, connection: Connection) -> None:
        if not self.started:
            self._idle.append(connection)
        elif self._late:
            index, due = self._late.popleft()
            connection.send(self._requests[index], due)
        elif self._rate is None and self._next < len(self._requests):
            self._next += 1
            connection.send(self._requests[self._next - 1], time.monotonic())
        else:
            self._idle.append(connection)

    def answered(self, status: int, seconds: float) -> None:
        self.statuses[str(status)] += 1
        self.latencies.append(seconds)
        self._one_less()

    def lost(self, waiting: bool) -> None:
        if waiting:
            self.statuses["lost"] += 1
            self._one_less()

    def _one_less(self) -> None:
        self._left -= 1
        if self._left == 0:
            self.ended = time.monotonic()
            self.done.set()

    async def begin(self) -> None:
        """With a rate the clock of a request starts when it is due, not when a place is free."""
        self.started = True
        if self._rate is None:
            idle, self._idle = self._idle, []
            for connection in idle:
                self.idle(connection)
            return
        start = time.monotonic()
        for index in range(len(self._requests)):
            due = start + index / self._rate
            if (pause := due - time.monotonic()) > 0:
                await asyncio.sleep(pause)
            if self._idle:
                self._idle.pop().send(self._requests[index], due)
            else:
                self._late.append((index, due))


async def send(
    requests: Sequence[bytes], address: str, connections: int, rate: float | None
) -> dict[str, Any]:
    """Send all; what came back, with times on the machine's monotonic clock."""
    host, port = address.rsplit(":", 1)
    loop = asyncio.get_running_loop()
    run = Run(requests, rate)
    opened = []
    for _ in range(connections):
        _, protocol = await loop.create_connection(lambda: Connection(run), host, int(port))
        opened.append(protocol)
    began, cpu = time.monotonic(), time.process_time()
    pace = asyncio.create_task(run.begin())
    async with asyncio.timeout(PATIENCE_S + len(requests) / (rate or 20.0)):
        await run.done.wait()
    await pace
    spent = time.process_time() - cpu
    for protocol in opened:
        protocol.close()
    ordered = sorted(run.latencies)
    return {
        "statuses": dict(run.statuses),
        "began": began,
        "ended": run.ended,
        "cpu": spent,
        "latency": {
            name: round(1000 * ordered[min(int(share * len(ordered)), len(ordered) - 1)], 2)
            for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99), ("max", 1.0))
        }
        if ordered
        else {},
    }


def main() -> None:
    prepared: dict[str, list[bytes]] = {}
    for line in sys.stdin:
        job = json.loads(line)
        answer: dict[str, Any]
        match job["do"]:
            case "prepare":
                starts = range(0, job["count"], CHUNK)
                with ProcessPoolExecutor(2) as pool:
                    parts = pool.map(
                        sign_some,
                        [job] * len(starts),
                        starts,
                        [min(start + CHUNK, job["count"]) for start in starts],
                    )
                    prepared[job["name"]] = [request for part in parts for request in part]
                ready = prepared[job["name"]]
                answer = {"count": len(ready), "bytes": len(ready[0])}
            case "post":
                requests = prepared[job["name"]][job["start"] : job["stop"]]
                address = urlsplit(job["url"]).netloc
                answer = uvloop.run(send(requests, address, job["connections"], job["rate"]))
            case "get":
                parts_of = urlsplit(job["url"])
                query = f"?{parts_of.query}" if parts_of.query else ""
                headers = {"Accept": "application/activity+json", **job.get("headers", {})}
                request = (
                    f"GET {parts_of.path}{query} HTTP/1.1\r\nHost: {parts_of.netloc}\r\n"
                    + "".join(f"{name}: {text}\r\n" for name, text in headers.items())
                    + "\r\n"
                ).encode()
                answer = uvloop.run(
                    send([request] * job["count"], parts_of.netloc, job["connections"], None)
                )
            case unknown:
                answer = {"error": f"no such job: {unknown}"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
