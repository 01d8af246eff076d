"""Many small servers in one process: they show their actors and count what is delivered to them.

Minimal HTTP on asyncio protocols, so that they cost less than the node that they measure. Jobs
come as JSON lines on stdin.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, cast

import uvloop

from tests.benchmarks.traffic import Keys, actor_document, read_keys, verifies

LENGTH: Final = re.compile(rb"\r\ncontent-length: *([0-9]+)", re.IGNORECASE)
ACCEPTED: Final = b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"
SAMPLE: Final = 25  # every so many deliveries are kept, to have their signatures verified


@dataclass(slots=True)
class Sink:
    """One server."""

    authority: str = ""
    behaviour: str = "well"
    server: asyncio.Server | None = None
    open: set[asyncio.Transport] = field(default_factory=set)


@dataclass(slots=True)
class Hall:
    """All servers of this process, and what was delivered to them."""

    keys: list[Keys]
    shared_inbox: bool
    sinks: list[Sink] = field(default_factory=list)
    arrivals: list[tuple[float, int, bytes]] = field(default_factory=list)
    others: int = 0
    sample: list[tuple[bytes, bytes, str]] = field(default_factory=list)
    documents: dict[str, bytes] = field(default_factory=dict)

    def got(self, number: int, head: bytes, body: bytes) -> None:
        path = head.split(b" ", 2)[1]
        if b'"Create"' not in body:
            self.others += 1
            return
        self.arrivals.append((time.monotonic(), number, path))
        if len(self.arrivals) % SAMPLE == 1:
            url = f"http://{self.sinks[number].authority}{path.decode()}"
            self.sample.append((head, body, url))

    def shown(self, number: int, path: bytes) -> bytes:
        found = re.fullmatch(rb"/users/a([0-9]{1,6})", path)
        if found is None:
            return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
        actor = int(found[1])
        body = actor_document(
            self.sinks[number].authority,
            actor,
            self.keys[actor % len(self.keys)],
            shared_inbox=self.shared_inbox,
        )
        return (
            b"HTTP/1.1 200 OK\r\nContent-Type: application/activity+json\r\n"
            b"Content-Length: %d\r\n\r\n" % len(body)
        ) + body


class Door(asyncio.Protocol):
    def __init__(self, hall: Hall, number: int) -> None:
        self._hall = hall
        self._number = number
        self._sink = hall.sinks[number]
        self._buffer = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is no subclass of it
        self._sink.open.add(self._transport)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._transport is not None:
            self._sink.open.discard(self._transport)

    def data_received(self, data: bytes) -> None:
        if self._sink.behaviour == "hang" or self._transport is None:
            return
        buffer = self._buffer + data if self._buffer else data
        while (end := buffer.find(b"\r\n\r\n")) >= 0:
            found = LENGTH.search(buffer, 0, end)
            stop = end + 4 + (int(found[1]) if found else 0)
            if len(buffer) < stop:
                break
            head, body, buffer = buffer[:end], buffer[end + 4 : stop], buffer[stop:]
            if head.startswith(b"POST "):
                self._hall.got(self._number, head, body)
                self._transport.write(ACCEPTED)
            else:
                self._transport.write(self._hall.shown(self._number, head.split(b" ", 2)[1]))
        self._buffer = buffer


async def listen(hall: Hall, number: int, port: int) -> None:
    loop = asyncio.get_running_loop()
    sink = hall.sinks[number]
    sink.server = await loop.create_server(
        lambda: Door(hall, number), "127.0.0.1", port, reuse_address=True
    )
    sink.authority = f"127.0.0.1:{sink.server.sockets[0].getsockname()[1]}"


async def behave(hall: Hall, job: dict[str, Any]) -> None:
    """Servers of these numbers are ``well``, ``hang`` (accept and never answer) or ``down``."""
    for number in job["numbers"]:
        sink = hall.sinks[number]
        sink.behaviour = job["how"]
        if job["how"] == "down" and sink.server is not None:
            sink.server.close()
            sink.server = None
            for transport in list(sink.open):
                transport.abort()
        elif job["how"] == "well" and sink.server is None:
            await listen(hall, number, int(sink.authority.rsplit(":", 1)[1]))


def told(hall: Hall, living: set[int]) -> dict[str, Any]:
    """Counts of distinct deliveries to living servers, and when the first and the last came."""
    seen: set[tuple[int, bytes]] = set()
    times = []
    for at, number, path in hall.arrivals:
        if number in living and (number, path) not in seen:
            seen.add((number, path))
            times.append(at)
    return {
        "arrived": len(seen),
        "twice": sum(1 for _, number, _ in hall.arrivals if number in living) - len(seen),
        "first": times[0] if times else None,
        "last": times[-1] if times else None,
        "others": hall.others,
        "cpu": time.process_time(),
    }


async def serve() -> None:
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    hall: Hall | None = None
    while line := await reader.readline():
        job = json.loads(line)
        answer: dict[str, Any] = {}
        if job["do"] == "open":
            hall = Hall(read_keys(Path(job["keys"])), job["shared_inbox"])
            for number in range(job["servers"]):
                hall.sinks.append(Sink())
                await listen(hall, number, 0)
            answer["servers"] = [sink.authority for sink in hall.sinks]
        elif hall is None:
            answer["error"] = "open first"
        elif job["do"] == "behave":
            await behave(hall, job)
        elif job["do"] == "reset":
            hall.arrivals.clear()
            hall.sample.clear()
            hall.others = 0
        elif job["do"] == "count":
            answer = told(hall, set(range(len(hall.sinks))) - set(job["without"]))
        elif job["do"] == "verify":
            holds = [verifies(*one, job["pem"], job["multibase"]) for one in hall.sample]
            ed25519 = sum(b"signature-input" in head.lower() for head, _, _ in hall.sample)
            answer = {"sample": len(holds), "verified": sum(holds), "rfc9421": ed25519}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    uvloop.run(serve())
