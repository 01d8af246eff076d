"""Kept-alive HTTP/1.1 connections that carry posts, one at a time each.

aiohttp's client costs several times what the signature under a post does, and a post to a
thousand followers is a thousand posts. What is left out of it here is what a post to an inbox
never uses: cookies, redirects, proxies, decompression, streaming. llhttp reads the answers.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
import time
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import aiohappyeyeballs
import httptools

from node.transport.guard import AddressRefused, Guard
from node.transport.resolver import Resolver

ANSWER_MOST: Final = 64 * 1024
IDLE_S: Final = 30.0
IDLE_MOST: Final = 1000
SWEEP_S: Final = 10.0
NAMES_S: Final = 60.0
NAMES_KEPT: Final = 4096
EYEBALLS_DELAY_S: Final = 0.25  # RFC 8305

AddressInfo = tuple[int, int, int, str, tuple[Any, ...]]


class Place(NamedTuple):
    """Where a connection leads."""

    secure: bool
    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    retry_after: str | None
    body: bytes
    """At most 64 KiB."""


class Disconnected(OSError):
    """The connection ended before an answer had come."""


class NonsenseReply(OSError):
    """What came is not HTTP, or too long."""


class Connection(asyncio.Protocol):
    """One connection. `exchange` is not called again before the last one has ended."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._waiter: asyncio.Future[Reply] | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._body = bytearray()
        self._size = 0
        self._after: str | None = None
        self._headers_done = False
        self._answered = False
        self._keep = True
        self.idle_since = 0.0

    @property
    def usable(self) -> bool:
        return self._keep and self._transport is not None and not self._transport.is_closing()

    async def exchange(self, request: bytes) -> Reply:
        """Send and wait for the answer; raises Disconnected or NonsenseReply."""
        if self._transport is None or self._transport.is_closing():
            raise Disconnected("the connection was closed")
        self._body.clear()
        self._size = 0
        self._after = None
        self._headers_done = False
        self._answered = False
        self._waiter = self._loop.create_future()
        self._transport.write(request)
        try:
            return await self._waiter
        finally:
            self._waiter = None

    def close(self) -> None:
        self._keep = False
        if self._transport is not None:
            self._transport.abort()

    # ── asyncio.Protocol ─────────────────────────────────────────────────────────────────────

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]  # a stream's, always

    def connection_lost(self, exc: Exception | None) -> None:
        self._keep = False
        if self._headers_done:
            self._settle()  # a body that the end of the connection ends
        else:
            self._fail(Disconnected(str(exc or "the other side closed the connection")))

    def data_received(self, data: bytes) -> None:
        if self._waiter is None:  # nobody asked: whatever it is, it answers no request of ours
            self.close()
            return
        self._size += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            self._fail(NonsenseReply(f"not HTTP: {error}"))
            self.close()
            return
        if self._size > ANSWER_MOST and not self._waiter.done():
            if self._headers_done:
                self._settle()
            else:
                self._fail(NonsenseReply("headers without end"))
            self.close()

    # ── httptools ────────────────────────────────────────────────────────────────────────────

    def on_message_begin(self) -> None:
        if self._answered:  # a second answer to one request: the next would be taken for another's
            self._keep = False

    def on_header(self, name: bytes, value: bytes) -> None:
        if name.lower() == b"retry-after":
            self._after = value[:100].decode("latin-1")

    def on_headers_complete(self) -> None:
        self._headers_done = self._parser.get_status_code() >= 200

    def on_body(self, body: bytes) -> None:
        if len(self._body) < ANSWER_MOST:
            self._body += body

    def on_message_complete(self) -> None:
        if self._headers_done:  # else it was a 1xx, and the answer is still to come
            self._keep = self._keep and self._parser.should_keep_alive()
            self._answered = True
            self._settle()

    def _settle(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            status = self._parser.get_status_code()
            self._waiter.set_result(Reply(status, self._after, bytes(self._body[:ANSWER_MOST])))

    def _fail(self, error: OSError) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_exception(error)


class Connections:
    """All connections that carry posts; how many go to one host is the engine's to decide."""

    def __init__(self, guard: Guard, *, connect_seconds: float) -> None:
        self._guard = guard
        self._connect_seconds = connect_seconds
        self._resolver = Resolver()
        self._tls = ssl.create_default_context()
        self._tls.set_alpn_protocols(["http/1.1"])
        self._idle: dict[Place, list[Connection]] = {}
        self._idle_count = 0
        self._names: dict[tuple[str, int], tuple[float, list[AddressInfo]]] = {}
        self._sweeper: asyncio.TimerHandle | None = None

    async def exchange(self, place: Place, request: bytes) -> Reply:
        """One request and its answer; raises OSError, AddressRefused among them."""
        while True:
            connection = self._take(place)
            fresh = connection is None
            if connection is None:
                connection = await self._connect(place)
            try:
                reply = await connection.exchange(request)
            except Disconnected:
                if fresh:
                    raise
                continue  # it was closed while it lay idle; a post may be sent twice
            except BaseException:
                connection.close()
                raise
            self._give_back(place, connection)
            return reply

    def _take(self, place: Place) -> Connection | None:
        idle = self._idle.get(place)
        while idle:
            connection = idle.pop()
            self._idle_count -= 1
            if connection.usable:
                return connection
        return None

    def _give_back(self, place: Place, connection: Connection) -> None:
        if not connection.usable or self._idle_count >= IDLE_MOST:
            connection.close()
            return
        loop = asyncio.get_running_loop()
        connection.idle_since = loop.time()
        self._idle.setdefault(place, []).append(connection)
        self._idle_count += 1
        if self._sweeper is None:
            self._sweeper = loop.call_later(SWEEP_S, self._sweep)

    def _sweep(self) -> None:
        loop = asyncio.get_running_loop()
        old = loop.time() - IDLE_S
        for place, idle in list(self._idle.items()):
            kept = [one for one in idle if one.usable and one.idle_since > old]
            for one in idle:
                if one not in kept:
                    one.close()
            self._idle_count -= len(idle) - len(kept)
            if kept:
                self._idle[place] = kept
            else:
                del self._idle[place]
        self._sweeper = loop.call_later(SWEEP_S, self._sweep) if self._idle else None

    async def _connect(self, place: Place) -> Connection:
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(self._connect_seconds):
            found = await self._addresses(place.host, place.port)
            opened = await aiohappyeyeballs.start_connection(
                found,
                happy_eyeballs_delay=EYEBALLS_DELAY_S,
                socket_factory=self._guard.socket,
                loop=loop,
            )
            try:
                opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                _, connection = await loop.create_connection(
                    Connection,
                    sock=opened,
                    ssl=self._tls if place.secure else None,
                    server_hostname=place.host if place.secure else None,
                )
            except BaseException:
                opened.close()
                raise
        return connection

    async def _addresses(self, host: str, port: int) -> list[AddressInfo]:
        """Where a name leads, of that only what the guard lets through; raises AddressRefused."""
        now = time.monotonic()
        known = self._names.get((host, port))
        if known is not None and now < known[0]:
            return known[1]
        found = []
        refused: AddressRefused | None = None
        for one in await self._look_up(host, port):
            try:
                self._guard.check_address(str(one[4][0]))
            except AddressRefused as error:
                refused = error
            else:
                found.append(one)
        if not found:
            raise refused or OSError(f"{host} has no address")
        if len(self._names) >= NAMES_KEPT:
            self._names.clear()
        self._names[host, port] = (now + NAMES_S, found)
        return found

    async def _look_up(self, host: str, port: int) -> list[AddressInfo]:
        literal = host.strip("[]")
        try:
            address = ipaddress.ip_address(literal)
        except ValueError:
            found = await self._resolver.resolve(host, port)
            return [
                (one["family"], socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (one["host"], port))
                for one in found
            ]
        family = socket.AF_INET6 if address.version == 6 else socket.AF_INET
        return [(family, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (literal, port))]

    async def close(self) -> None:
        if self._sweeper is not None:
            self._sweeper.cancel()
            self._sweeper = None
        for idle in self._idle.values():
            for connection in idle:
                connection.close()
        self._idle.clear()
        self._idle_count = 0
        await self._resolver.close()
