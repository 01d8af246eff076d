"""Attacks on the door itself: clients that are slow, many, loud, or write HTTP in two meanings."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from collections.abc import AsyncIterator
from pathlib import Path

import orjson
import pytest
import pytest_asyncio
from aiohttp import web

from node.clock import SystemClock
from node.web.guards import guards
from tests.flows.attacking import Raw, Scene, read_answer, scene
from tests.serving import settings_for

pytestmark = pytest.mark.asyncio(loop_scope="module")

SLOW = {"header_seconds": 0.4, "body_seconds": 0.4, "idle_seconds": 1.0}
PATIENCE_S = 3.0  # within which what should be closed is closed, on a busy machine


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def s(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    async with scene(tmp_path_factory.mktemp("serving"), limits=SLOW) as made:
        yield made


async def closed(reader: asyncio.StreamReader) -> bytes:
    """What came until the node closed the connection; TimeoutError when it does not."""
    async with asyncio.timeout(PATIENCE_S):
        with contextlib.suppress(ConnectionError):
            return await reader.read()
    return b""


# ── slow ─────────────────────────────────────────────────────────────────────────────────────


async def test_a_client_that_says_nothing(s: Scene) -> None:
    """A connection over which no request begins is closed."""
    async with s.connection() as (reader, _):
        assert await closed(reader) == b""


@pytest.mark.parametrize("begun", [b"G", b"GET / HTTP/1.1\r\n", b"GET / HTTP/1.1\r\nHost: x\r\nX:"])
async def test_headers_that_dribble(s: Scene, begun: bytes) -> None:
    """Headers that come byte by byte have their time, however often a byte comes."""
    async with s.connection() as (reader, writer):
        writer.write(begun)
        reading = asyncio.create_task(closed(reader))
        while not reading.done():
            with contextlib.suppress(ConnectionError):
                writer.write(b"x")
                await writer.drain()
            await asyncio.sleep(0.05)
        assert b" 200 " not in await reading


async def test_the_second_requests_headers_dribble(s: Scene) -> None:
    """A client that was good once has no more time for its next headers."""
    async with s.connection() as (reader, writer):
        writer.write(f"GET /health HTTP/1.1\r\nHost: {s.node.domain}\r\n\r\n".encode())
        assert (await read_answer(reader)).status == 200
        reading = asyncio.create_task(closed(reader))
        began = time.monotonic()
        while not reading.done():
            with contextlib.suppress(ConnectionError):
                writer.write(b"G")
                await writer.drain()
            await asyncio.sleep(0.05)
        await reading
        assert time.monotonic() - began < PATIENCE_S


async def test_a_client_that_rests(s: Scene) -> None:
    """A kept connection is closed when it has been idle for its time."""
    async with s.connection() as (reader, writer):
        writer.write(f"GET /health HTTP/1.1\r\nHost: {s.node.domain}\r\n\r\n".encode())
        assert (await read_answer(reader)).status == 200
        began = time.monotonic()
        assert await closed(reader) == b""
        assert time.monotonic() - began > 0.4


@pytest.mark.parametrize("framing", ["Content-Length: 1000", "Transfer-Encoding: chunked"])
async def test_bodies_that_dribble(s: Scene, framing: str) -> None:
    """A body that comes byte by byte is answered 408 after its time."""
    async with s.unchanged(), s.connection() as (reader, writer):
        head = f"POST /inbox HTTP/1.1\r\nHost: {s.node.domain}\r\n{framing}\r\n"
        writer.write(f"{head}Content-Type: application/activity+json\r\n\r\n".encode())
        answering = asyncio.create_task(read_answer(reader))
        piece = b"x" if framing.startswith("Content") else b"1\r\nx\r\n"
        async with asyncio.timeout(PATIENCE_S):
            while not answering.done():
                with contextlib.suppress(ConnectionError):
                    writer.write(piece)
                    await writer.drain()
                await asyncio.sleep(0.05)
            assert (await answering).status == 408


async def test_a_client_that_does_not_read(s: Scene) -> None:
    """Who asks and asks and never reads the answers loses the connection, and nobody else does."""
    asking = f"GET /static/entraide.css HTTP/1.1\r\nHost: {s.node.domain}\r\n\r\n".encode() * 200
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.setblocking(False)
    host, _, port = s.node.domain.partition(":")
    loop = asyncio.get_running_loop()
    await loop.sock_connect(connection, (host, int(port)))
    try:
        with contextlib.suppress(ConnectionError):
            async with asyncio.timeout(10.0):
                while True:
                    await loop.sock_sendall(connection, asking)
        assert (await s.get("/health")).status == 200
    finally:
        connection.close()


async def test_many_who_do_nothing(s: Scene) -> None:
    """Three hundred connections that say nothing keep nobody out."""
    async with contextlib.AsyncExitStack() as stack:
        for _ in range(300):
            await stack.enter_async_context(s.connection())
        assert (await s.get("/health")).status == 200


# ── large ────────────────────────────────────────────────────────────────────────────────────


def headers(count: int, size: int = 1) -> list[tuple[str, str]]:
    return [(f"X-{number}", "x" * size) for number in range(count)]


async def test_many_headers(s: Scene) -> None:
    """A hundred headers are read, of two hundred the request is refused."""
    assert (await s.get("/health", headers(100))).status == 200
    assert (await s.get("/health", headers(200))).status in (400, 431)


async def test_long_headers(s: Scene, caplog: pytest.LogCaptureFixture) -> None:
    """A header of nearly 8 KiB is read, one of 9 KiB refused, and so is such an address; none of it
    fills the log."""
    assert (await s.get("/health", [("X", "x" * 8_000)])).status == 200
    assert (await s.get("/health", [("X", "x" * 9_216)])).status in (400, 431)
    assert (await s.get("/health", [("X" * 9_216, "x")])).status in (400, 431)
    assert (await s.get("/" + "x" * 9_216)).status in (400, 414)
    assert not any(one.exc_info for one in caplog.records)


async def test_headers_without_end(s: Scene) -> None:
    """Headers that never end are cut off."""
    async with s.connection() as (reader, writer):
        writer.write(b"GET / HTTP/1.1\r\n")
        reading = asyncio.create_task(closed(reader))
        with contextlib.suppress(ConnectionError):
            for number in range(2_000):
                writer.write(b"X-%d: %s\r\n" % (number, b"x" * 1_000))
                await writer.drain()
        assert b" 200 " not in await reading


# ── two meanings ─────────────────────────────────────────────────────────────────────────────

INNER = b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"
SMUGGLED: dict[str, bytes] = {
    "both lengths": b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "both, the other way": b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
    "two lengths": b"Content-Length: 0\r\nContent-Length: 5\r\n\r\nhello",
    "lengths in a list": b"Content-Length: 0, 5\r\n\r\nhello",
    "a length with a sign": b"Content-Length: +0\r\n\r\n",
    "a negative length": b"Content-Length: -1\r\n\r\n",
    "a length in hex": b"Content-Length: 0x5\r\n\r\nhello",
    "a length beyond numbers": b"Content-Length: 99999999999999999999\r\n\r\n",
    "a length with a space": b"Content-Length : 5\r\n\r\nhello",
    "another coding": b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "chunked, and not last": b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "chunked twice": b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunked with a tab": b"Transfer-Encoding:\tchunked\x0b\r\n\r\n0\r\n\r\n",
    "a folded line": b"Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
    "a bare return": b"X: a\rTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a NUL": b"X: a\x00b\r\n\r\n",
    "a chunk of no size": b"Transfer-Encoding: chunked\r\n\r\nx\r\n\r\n",
    "a chunk of a negative size": b"Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n",
    "a chunk beyond numbers": b"Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n\r\n",
    "a chunk that is longer": b"Transfer-Encoding: chunked\r\n\r\n1\r\nxyz\r\n0\r\n\r\n",
}  # fmt: skip


@pytest.mark.parametrize("name", SMUGGLED)
async def test_smuggling(s: Scene, name: str) -> None:
    """A request that two readers would end at two places is refused, and nothing that follows it
    on the connection is answered."""
    host = f"Host: {s.node.domain}\r\n".encode()
    async with s.unchanged(), s.connection() as (reader, writer):
        writer.write(b"POST /inbox HTTP/1.1\r\n" + host + SMUGGLED[name] + INNER)
        said = await closed(reader)
        assert said.startswith((b"HTTP/1.1 400", b"HTTP/1.0 400")), said[:200]
        assert said.count(b"HTTP/1.") == 1, said[:500]
        assert b"entraide_" not in said


@pytest.mark.parametrize(
    "line",
    [
        b"", b"GET", b"GET /", b"GET / HTTP/9.9", b"GET / HTTP/2.0", b"PRI * HTTP/2.0",
        b"GET  / HTTP/1.1", b"GET /\x00 HTTP/1.1", b"G\x00T / HTTP/1.1", b"\x16\x03\x01\x02\x00",
        b"GET /\r/ HTTP/1.1", b"get / HTTP/1.1", b"* * *", b"GET http:// HTTP/1.1",
        b"GET http://[ HTTP/1.1", b"CONNECT 10.0.0.1:22 HTTP/1.1", b"OPTIONS * HTTP/1.1",
        b"TRACE / HTTP/1.1", b"GET //[ HTTP/1.1", b"GET /%00 HTTP/1.1", b"GET /%ff%fe HTTP/1.1",
        b"GET /?%ff=%00&&=;== HTTP/1.1", b"GET /@amina/\xff HTTP/1.1", b"GET /@%2e%2e/1 HTTP/1.1",
        b"GET /../../etc/passwd HTTP/1.1", b"GET /static/%2e%2e/guards.py HTTP/1.1",
    ],
)  # fmt: skip
async def test_lines_that_are_no_requests(
    s: Scene, line: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever a first line says, it is no error of ours, leads nowhere and fills no log."""
    async with s.connection() as (reader, writer):
        host = f"Host: {s.node.domain}\r\nConnection: close\r\n\r\n".encode()
        writer.write(line + b"\r\n" + host)
        said = await closed(reader)
        assert b"HTTP/1.1 5" not in said
        assert b"root:" not in said
        assert b"import " not in said
    assert not any(one.exc_info for one in caplog.records)


ODD = ["", "0", "-1", "9" * 30, "%00", "%2f..", "é", "x" * 500, "1e5", "٣", "%F0%9F%98%80", "'--"]


@pytest.mark.parametrize("odd", ODD)
async def test_addresses_that_are_odd(s: Scene, odd: str) -> None:
    """No address of this node, with whatever in it, is an error of ours."""
    odd = odd.encode().decode("latin-1")
    for path in (
        f"/objects/{odd}", f"/objects/{odd}/replies", f"/objects/{odd}/context?page=true",
        f"/activities/{odd}", f"/users/{odd}", f"/users/amina/outbox?page=true&max_id={odd}",
        f"/users/{odd}/followers_synchronization", f"/quartier/outbox?max_id={odd}", f"/@{odd}",
        f"/@amina/{odd}", f"/proposals/{odd}", f"/tags/{odd}", f"/?max_id={odd}",
        f"/nodeinfo/{odd}", f"/.well-known/webfinger?resource={odd}", f"/static/{odd}",
        f"/.well-known/webfinger?resource=acct:{odd}@{s.node.domain}",
    ):  # fmt: skip
        for accept in ("application/activity+json", "text/html", odd or "*/*", "q=;,,/;q=x"):
            answer = await s.raw(
                f"GET {path} HTTP/1.1\r\nHost: {s.node.domain}\r\nAccept: {accept}\r\n"
                "Connection: close\r\n\r\n".encode("latin-1")
            )
            assert answer.status < 500, (path, accept, answer)


async def test_links_do_not_follow_the_host_header(s: Scene) -> None:
    """Whatever host a client names, pages and documents have this node's own addresses."""
    for path in ("/", "/users/amina", "/.well-known/host-meta", "/.well-known/nodeinfo", "/actor"):
        for accept in ("application/activity+json", "text/html"):
            answer = await s.get(path, {
                "Host": "evil.example", "X-Forwarded-Host": "evil.example",
                "Forwarded": "host=evil.example", "Accept": accept,
            })  # fmt: skip
            assert b"evil.example" not in answer.body
            assert "evil.example" not in str(answer.headers)


async def test_every_answer_protects_its_reader(s: Scene) -> None:
    """Good answers and refusals alike say how they may be used, and not what serves them."""
    for path in ("/", "/users/amina", "/nothing", "/objects/1"):
        answer = await s.get(path)
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "aiohttp" not in answer.headers.get("server", "")


# ── loud ─────────────────────────────────────────────────────────────────────────────────────


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def strict(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    limits = {"rate_limits": True, "requests_per_5min": 5, "inbox_per_5min": 5}
    async with scene(tmp_path_factory.mktemp("strict"), limits=limits) as made:
        yield made


async def statuses(s: Scene, times: int, *addresses: str) -> list[int]:
    found = []
    for number in range(times):
        address = addresses[number % len(addresses)]
        answer = await s.get("/", [("X-Forwarded-For", address)])
        found.append(answer.status)
        if answer.status == 429:
            assert int(answer.headers["retry-after"]) > 0
    return found


async def test_too_many_requests_of_one_address(strict: Scene) -> None:
    """The sixth of five is answered 429 with Retry-After; another address is not touched."""
    assert await statuses(strict, 6, "8.8.1.1") == [200] * 5 + [429]
    assert await statuses(strict, 1, "8.8.1.2") == [200]


async def test_one_house_of_ipv6(strict: Scene) -> None:
    """All addresses of a /64 are one household's; the next /64 is another's."""
    many = [f"2001:4860:1:1::{number:x}" for number in range(1, 7)]
    assert await statuses(strict, 6, *many) == [200] * 5 + [429]
    assert await statuses(strict, 1, "2001:4860:1:2::1") == [200]


async def test_one_address_in_many_spellings(strict: Scene) -> None:
    """With a port, in brackets, or as IPv6 it is one address still; another IPv4 address that
    comes as IPv6 is another."""
    many = ["8.8.2.1", "8.8.2.1:5678", "::ffff:8.8.2.1", "[::ffff:8.8.2.1]:99", " 8.8.2.1 "]
    assert await statuses(strict, 6, *many) == [200] * 5 + [429]
    assert await statuses(strict, 1, "::ffff:8.8.2.2") == [200]


async def test_what_a_client_says_of_itself(strict: Scene) -> None:
    """Only the part that the proxy itself added counts, in one line or in a line of its own."""
    for number in range(5):
        forwarded = [("X-Forwarded-For", f"9.9.9.{number}, 8.8.3.1, 127.0.0.1")]
        assert (await strict.get("/", forwarded)).status == 200
    for lines in (
        [("X-Forwarded-For", "9.9.9.9"), ("X-Forwarded-For", "8.8.3.1")],
        [("X-Forwarded-For", "9.9.9.9, 8.8.3.1")],
        [("X-Forwarded-For", "x" * 5_000 + ", 8.8.3.1")],
    ):
        assert (await strict.get("/", lines)).status == 429


async def test_forged_deliveries_count(strict: Scene) -> None:
    """Who sends forged deliveries is answered 429 after a while, before they cost anything more;
    honest ones from elsewhere are taken meanwhile."""
    body = orjson.dumps(strict.follow(strict.zoe))
    found: list[Raw] = []
    for _ in range(7):
        headers = strict.headers(strict.zoe, body, keys=strict.mallory.keys)
        found.append(await strict.send(body, headers | {"X-Forwarded-For": "8.8.4.1"}))
    assert [one.status for one in found] == [401] * 5 + [429] * 2
    assert int(found[-1].headers["retry-after"]) > 0
    assert (await strict.post(strict.zoe, strict.follow(strict.zoe))).status == 202


async def test_one_loud_server(strict: Scene) -> None:
    """A server that sends more than its share is answered 429, and the others are heard."""
    found = [
        (await strict.post(strict.mallory, strict.follow(strict.mallory))).status for _ in range(7)
    ]
    assert found == [202] * 5 + [429] * 2
    yan = await strict.post(strict.yan, strict.follow(strict.yan))
    assert yan.status == 429  # of the same server
    rosa = strict.honest.add_user("rosa")
    assert (await strict.post(rosa, strict.follow(rosa))).status == 202


async def test_forwarding_counts_from_configured_proxies_only(tmp_path: Path) -> None:
    """Where no proxy is configured, nobody says whose request it is but the connection."""
    limits = {"rate_limits": True, "requests_per_5min": 3}
    async with scene(tmp_path, limits=limits, server={"proxies": []}) as s:
        found = [
            (await s.get("/", [("X-Forwarded-For", f"8.8.5.{number}")])).status
            for number in range(5)
        ]
        assert found == [200] * 3 + [429] * 2


async def test_a_network_of_proxies(tmp_path: Path) -> None:
    """A proxy may be configured as a network, as containers have them."""
    limits = {"rate_limits": True, "requests_per_5min": 3}
    async with scene(tmp_path, limits=limits, server={"proxies": ["127.0.0.0/8"]}) as s:
        assert await statuses(s, 5, *[f"8.8.6.{number}" for number in range(5)]) == [200] * 5


async def test_more_than_can_be_applied(tmp_path: Path) -> None:
    """When too much waits already, deliveries are answered 503 with Retry-After 30."""
    async with scene(tmp_path, limits={"inbox_pending": 0}) as s, s.unchanged():
        answer = await s.post(s.zoe, s.follow(s.zoe))
        assert (answer.status, answer.headers["retry-after"]) == (503, "30")
        assert (await s.get("/")).status == 200


async def test_more_at_once_than_can_be_held(tmp_path: Path) -> None:
    """Above a number of requests at once the next are answered 503 with Retry-After 30, and are
    taken again as soon as there is room."""
    release = asyncio.Event()

    async def wait(request: web.Request) -> web.Response:
        await release.wait()
        return web.Response()

    settings = settings_for("sqlite://", tmp_path, 1)
    application = web.Application(middlewares=guards(settings, SystemClock(), at_once=3))
    application.add_routes([web.get("/", wait)])
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]

    async def ask() -> Raw:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            return await read_answer(reader)
        finally:
            writer.close()

    try:
        held = [asyncio.create_task(ask()) for _ in range(3)]
        await asyncio.sleep(0.1)
        refused = await ask()
        assert (refused.status, refused.headers["retry-after"]) == (503, "30")
        release.set()
        assert [(await one).status for one in held] == [200] * 3
        assert (await ask()).status == 200
    finally:
        await runner.cleanup()
