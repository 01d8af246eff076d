"""A server that says exactly what it is told to, byte for byte, and a node's way out to it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import orjson

from node.clock import SystemClock
from node.config import Settings
from node.transport.documents import Documents
from node.transport.expander import Expander
from node.transport.http import Transport
from tests.peers.keys import PeerKeys
from tests.peers.signing import sign
from tests.serving import settings_for

AS2 = "https://www.w3.org/ns/activitystreams"
ACTIVITY = "application/activity+json"


@dataclass(frozen=True, slots=True)
class Asked:
    method: str
    target: str
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes


Says = Callable[[Asked, asyncio.StreamWriter], Awaitable[None]]


@dataclass(slots=True)
class Hostile:
    """Listens on loopback; `says` by path, 404 for any other."""

    says: dict[str, Says | bytes] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0
    connections: int = 0
    host: str = "127.0.0.1"
    port: int = 0
    _server: asyncio.Server | None = None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def base(self) -> str:
        return f"http://{self.host}:{self.port}"

    def __getitem__(self, path: str) -> str:
        return self.base + path

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connected, self.host, 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._server is not None:
            self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            try:
                while not writer.is_closing():
                    asked = await _read(reader)
                    self.asked.append(asked)
                    self.at_once += 1
                    self.most_at_once = max(self.most_at_once, self.at_once)
                    try:
                        await self._say(asked, writer)
                    finally:
                        self.at_once -= 1
            finally:
                writer.close()

    async def _say(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        says = self.says.get(asked.target) or self.says.get(asked.target.partition("?")[0])
        if callable(says):
            await says(asked, writer)
        else:
            writer.write(says or answer(b"", status=404))
        await writer.drain()

    def paths(self) -> list[str]:
        return [one.target for one in self.asked]


async def _read(reader: asyncio.StreamReader) -> Asked:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.rstrip("\r\n").split("\r\n")
    headers = {
        name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
    }
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    method, target, _ = first.split(" ", 2)
    return Asked(method, target, headers, body)


def answer(
    body: bytes | Mapping[str, Any] = b"",
    *,
    status: int = 200,
    kind: str = ACTIVITY,
    **headers: str,
) -> bytes:
    """A whole answer; ``_`` in names of headers is ``-``."""
    content = body if isinstance(body, bytes) else orjson.dumps(body)
    given = {"Content-Type": kind, "Content-Length": str(len(content))} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in given.items() if value)
    return f"HTTP/1.1 {status} So\r\n{lines}\r\n".encode("latin-1") + content


def redirect(location: str, status: int = 302) -> bytes:
    return answer(status=status, Location=location)


class _Signer:
    def __init__(self) -> None:
        self._keys = PeerKeys.generate()

    def sign_get(self, url: str, scheme: str = "cavage-rsa") -> dict[str, str]:
        return sign(
            self._keys, "cavage" if scheme == "cavage-rsa" else "rfc9421-rsa",
            actor="http://127.0.0.1/actor", method="GET", url=url, now=SystemClock().now(),
        )  # fmt: skip


SIGNER = _Signer()


@dataclass(frozen=True, slots=True)
class WayOut:
    settings: Settings
    transport: Transport
    documents: Documents


@contextlib.asynccontextmanager
async def way_out(
    directory: Path, *, monotonic: Callable[[], float] | None = None, **limits: Any
) -> AsyncIterator[WayOut]:
    """What a node fetches with, with limits that a test can wait for."""
    settings = settings_for(
        "sqlite://",
        directory,
        1,
        limits={"fetch_total_s": 5.0, "fetch_read_s": 5.0, "fetch_connect_s": 2.0, **limits},
        federation={"retry_scale": 1.0},
    )
    expander = Expander()
    more = {} if monotonic is None else {"monotonic": monotonic}
    try:
        async with Transport(settings, version="0") as transport:
            yield WayOut(
                settings,
                transport,
                Documents(transport, expander, signer=SIGNER, settings=settings, **more),
            )
    finally:
        await expander.close()
