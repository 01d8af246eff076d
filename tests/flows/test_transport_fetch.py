"""Fetching documents: what is believed of an answer, and what an answer may cost."""

from __future__ import annotations

import asyncio
import gzip
import os
import time
import zlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from node.errors import FetchError, FetchFailed, FetchGone, FetchRefused
from node.transport.http import HostBusy
from tests.flows.hostile import (
    ACTIVITY,
    AS2,
    Asked,
    Hostile,
    WayOut,
    answer,
    redirect,
    way_out,
)
from tests.peers.verifying import Request, check_request, read_signature

MIB = 1024 * 1024


@pytest.fixture
async def there() -> AsyncIterator[Hostile]:
    async with Hostile() as server:
        yield server


@pytest.fixture
async def elsewhere() -> AsyncIterator[Hostile]:
    async with Hostile() as server:
        yield server


@pytest.fixture
async def out(tmp_path: Path) -> AsyncIterator[WayOut]:
    async with way_out(tmp_path) as made:
        yield made


def note(id: str, **more: Any) -> dict[str, Any]:
    return {"@context": AS2, "id": id, "type": "Note", "content": "x"} | more


def ask_header(asked: Asked, base: str) -> Request:
    return Request(asked.method, base + asked.target, list(asked.headers.items()), asked.body)


# ── what is believed ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "kind",
    [
        ACTIVITY,
        f"{ACTIVITY}; charset=utf-8",
        f'application/ld+json; profile="{AS2}"',
        f'Application/LD+JSON;charset=utf-8;profile="{AS2}"',
    ],
)
async def test_a_document_of_activitypubs_types(there: Hostile, out: WayOut, kind: str) -> None:
    """A document is what its origin serves under its id with ActivityPub's content type."""
    there.says["/n"] = answer(note(there["/n"]), kind=kind)
    assert (await out.documents.fetch(there["/n"])).id == there["/n"]


@pytest.mark.parametrize(
    "kind",
    ["", "application/json", "text/html", "application/ld+json", "text/plain", "image/png", "x"],
)
async def test_a_document_of_another_type(there: Hostile, out: WayOut, kind: str) -> None:
    """What somebody uploaded to a server must not pass for what that server says."""
    there.says["/n"] = answer(note(there["/n"]), kind=kind)
    with pytest.raises(FetchRefused):
        await out.documents.fetch(there["/n"])


async def test_a_document_of_another_origin(
    there: Hostile, elsewhere: Hostile, out: WayOut
) -> None:
    """A document that has the id of another server is not believed, and that server not asked."""
    there.says["/n"] = answer(note(elsewhere["/n"]))
    elsewhere.says["/n"] = answer(note(elsewhere["/n"]))
    with pytest.raises(FetchRefused):
        await out.documents.fetch(there["/n"])
    assert not elsewhere.asked


async def test_another_id_is_asked_for_once(there: Hostile, out: WayOut) -> None:
    """An address whose document has another id leads to that id, which must then be its own."""
    there.says["/@zoe"] = answer(note(there["/users/zoe"]))
    there.says["/users/zoe"] = answer(note(there["/users/zoe"]))
    assert (await out.documents.fetch(there["/@zoe"])).id == there["/users/zoe"]
    assert there.paths() == ["/@zoe", "/users/zoe"]


async def test_ids_that_lead_on_and_on(there: Hostile, out: WayOut) -> None:
    """A document that names a second one that names a third is not believed."""
    for number in range(5):
        there.says[f"/{number}"] = answer(note(there[f"/{number + 1}"]))
    with pytest.raises(FetchRefused):
        await out.documents.fetch(there["/0"])
    assert len(there.asked) == 2


@pytest.mark.parametrize("id", [None, "", 5, "urn:x", "http://[", {"a": 1}, "n"])
async def test_a_document_without_an_id(there: Hostile, out: WayOut, id: Any) -> None:
    """What has no address is nobody's."""
    there.says["/n"] = answer(note(there["/n"]) | {"id": id})
    with pytest.raises(FetchRefused):
        await out.documents.fetch(there["/n"])


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"{", b'{"id":1,"id":2}', b"\xff\xfe{\x00"])
async def test_what_is_no_document(there: Hostile, out: WayOut, body: bytes) -> None:
    """Nonsense is refused in words, not with an error of ours."""
    there.says["/n"] = answer(body)
    with pytest.raises(FetchRefused):
        await out.documents.fetch(there["/n"])


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (204, FetchRefused), (206, FetchRefused), (400, FetchRefused), (403, FetchRefused),
        (404, FetchGone), (410, FetchGone), (408, FetchFailed), (425, FetchFailed),
        (429, FetchFailed), (500, FetchFailed), (503, FetchFailed),
    ],
)  # fmt: skip
async def test_what_statuses_mean(
    there: Hostile, out: WayOut, status: int, error: type[FetchError]
) -> None:
    """Gone, perhaps later, and never are told apart."""
    body = b"" if status == 204 else note(there["/n"])
    there.says["/n"] = answer(body, status=status)
    with pytest.raises(error):
        await out.documents.fetch(there["/n"])


async def test_each_request_is_signed(there: Hostile, out: WayOut) -> None:
    """A GET carries a signature for exactly the address that is asked."""
    there.says["/n"] = answer(note(there["/n?a=b%20c"]))
    await out.documents.fetch(there["/n?a=b%20c"])
    request = ask_header(there.asked[0], there.base)
    check_request(request, read_signature(request), now=time.time())
    assert there.asked[0].target == "/n?a=b%20c"


async def test_401_is_asked_again_in_the_other_scheme(there: Hostile, out: WayOut) -> None:
    """A server that reads only RFC 9421 is asked so, at once and from then on."""

    async def modern(asked: Asked, writer: asyncio.StreamWriter) -> None:
        good = "signature-input" in asked.headers
        writer.write(answer(note(there[asked.target])) if good else answer(status=401))

    there.says |= {"/1": modern, "/2": modern}
    await out.documents.fetch(there["/1"])
    await out.documents.fetch(there["/2"])
    assert there.paths() == ["/1", "/1", "/2"]


# ── redirects ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_three_redirects(there: Hostile, out: WayOut, status: int) -> None:
    """Three redirects are followed, each signed anew for where it leads; a fourth is not."""
    for number in range(4):
        there.says[f"/{number}"] = redirect(f"/{number + 1}", status)
    there.says["/4"] = answer(note(there["/4"]))
    assert (await out.documents.fetch(there["/1"])).id == there["/4"]
    for asked in there.asked:
        request = ask_header(asked, there.base)
        check_request(request, read_signature(request), now=time.time())
    with pytest.raises(FetchRefused):
        await out.documents.fetch(there["/0"])


async def test_redirects_to_another_origin(there: Hostile, elsewhere: Hostile, out: WayOut) -> None:
    """It is the final address whose origin must be the id's: a redirect does not lend its name."""
    there.says["/to"] = redirect(elsewhere["/n"])
    elsewhere.says["/n"] = answer(note(elsewhere["/n"]))
    assert (await out.documents.fetch(there["/to"])).id == elsewhere["/n"]
    there.says["/lie"] = redirect(elsewhere["/lie"])
    elsewhere.says["/lie"] = answer(note(there["/lie"]))
    with pytest.raises(FetchRefused):
        await out.documents.fetch(there["/lie"])


@pytest.mark.parametrize(
    "location",
    [
        "http://10.0.0.1/", "http://169.254.169.254/latest/meta-data/", "http://[::ffff:7f00:1]/",
        "http://192.168.1.1/n", "http://0.0.0.0/n", "http://[::]/n", "http://[fe80::1]/n",
        "file:///etc/passwd", "ftp://127.0.0.1/n", "gopher://127.0.0.1/", "javascript:1",
        "http://[", "http://a@127.0.0.1/n", "http://127.0.0.1:99999/",
    ],
)  # fmt: skip
async def test_redirects_to_where_we_do_not_go(there: Hostile, out: WayOut, location: str) -> None:
    """Each hop is looked at like the first."""
    there.says["/n"] = redirect(location)
    began = time.monotonic()
    with pytest.raises(FetchError):
        await out.documents.fetch(there["/n"])
    assert time.monotonic() - began < 2.0
    assert there.paths() in (["/n"], ["/n", "/"], ["/n", "/n"])


async def test_a_redirect_in_a_circle(there: Hostile, out: WayOut) -> None:
    """Round and round ends after three."""
    there.says |= {"/a": redirect("/b"), "/b": redirect("/a")}
    with pytest.raises(FetchRefused):
        await out.documents.fetch(there["/a"])
    assert len(there.asked) == 4


# ── what an answer may cost ──────────────────────────────────────────────────────────────────


async def test_a_body_that_is_too_long(there: Hostile, out: WayOut) -> None:
    """A mebibyte is read, and not a byte more."""
    padded = note(there["/n"], content="x" * MIB)
    there.says["/n"] = answer(padded)
    with pytest.raises(FetchRefused, match="longer"):
        await out.documents.fetch(there["/n"])


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
async def test_a_bomb(there: Hostile, out: WayOut, encoding: str) -> None:
    """What is packed is unpacked up to a mebibyte."""
    plain = b" " * (200 * MIB)
    body = gzip.compress(plain, 1) if encoding == "gzip" else zlib.compress(plain, 1)
    there.says["/n"] = answer(body, Content_Encoding=encoding)
    began = time.monotonic()
    with pytest.raises(FetchRefused):
        await out.documents.fetch(there["/n"])
    assert time.monotonic() - began < 2.0


async def test_honest_packing(there: Hostile, out: WayOut) -> None:
    """A packed document is read."""
    packed = gzip.compress(answer(note(there["/n"])).partition(b"\r\n\r\n")[2])
    there.says["/n"] = answer(packed, Content_Encoding="gzip")
    assert (await out.documents.fetch(there["/n"])).id == there["/n"]


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "gzip, gzip", "identity, x"])
async def test_lies_about_packing(there: Hostile, out: WayOut, encoding: str) -> None:
    """A body that is not packed as it says, or in a way that we did not ask for, is refused."""
    there.says["/n"] = answer(note(there["/n"]), Content_Encoding=encoding)
    with pytest.raises(FetchRefused):
        await out.documents.fetch(there["/n"])


def endless(head: bytes, piece: bytes) -> Any:
    async def say(asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        while not writer.is_closing():
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0)

    return say


GZIPPED_END = gzip.compress(b"{}")
EMPTY_BLOCKS = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03"


@pytest.mark.parametrize(
    ("head", "piece"),
    [
        (f"HTTP/1.1 200 So\r\nContent-Type: {ACTIVITY}\r\n\r\n".encode(), b" " * 65536),
        (
            f"HTTP/1.1 200 So\r\nContent-Type: {ACTIVITY}\r\nTransfer-Encoding: chunked\r\n\r\n"
            .encode(),
            b"8\r\n        \r\n" * 4096,
        ),
        (
            f"HTTP/1.1 200 So\r\nContent-Type: {ACTIVITY}\r\nContent-Encoding: gzip\r\n\r\n"
            .encode() + GZIPPED_END,
            os.urandom(65536),
        ),
        (
            f"HTTP/1.1 200 So\r\nContent-Type: {ACTIVITY}\r\nContent-Encoding: gzip\r\n\r\n"
            .encode() + EMPTY_BLOCKS,
            b"\x00\x00\x00\xff\xff" * 13_000,
        ),
        (b"HTTP/1.1 200 So\r\n", b"X-Header: " + b"x" * 4000 + b"\r\n"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100),
    ],
    ids=["plain", "chunked", "after the end", "blocks of nothing", "headers", "continue"],
)  # fmt: skip
async def test_answers_that_never_end(
    there: Hostile, tmp_path: Path, head: bytes, piece: bytes
) -> None:
    """However an answer goes on for ever, it ends here, and costs neither memory nor long."""
    there.says["/n"] = endless(head, piece)
    async with way_out(tmp_path, fetch_total_s=1.0) as out:
        began = time.monotonic()
        with pytest.raises(FetchError):
            await out.documents.fetch(there["/n"])
        assert time.monotonic() - began < 3.0


def dribbling(head: bytes, every: float) -> Any:
    async def say(asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        while not writer.is_closing():
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(every)

    return say


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"HTTP/1.1 200 So\r\nX:",
        f"HTTP/1.1 200 So\r\nContent-Type: {ACTIVITY}\r\nContent-Length: 999\r\n\r\n".encode(),
    ],
    ids=["nothing", "headers", "body"],
)
async def test_answers_that_dribble(there: Hostile, tmp_path: Path, head: bytes) -> None:
    """A byte now and then does not hold us beyond the time for the whole."""
    there.says["/n"] = dribbling(head, 0.05)
    async with way_out(tmp_path, fetch_total_s=0.5) as out:
        began = time.monotonic()
        with pytest.raises(FetchError):
            await out.documents.fetch(there["/n"])
        assert time.monotonic() - began < 2.0


async def test_a_server_that_says_nothing(there: Hostile, tmp_path: Path) -> None:
    """Silence is not waited for longer than the time for reading."""
    there.says["/n"] = dribbling(b"HTTP/1.1 200 So\r\n", 60.0)
    async with way_out(tmp_path, fetch_read_s=0.3) as out:
        began = time.monotonic()
        with pytest.raises(FetchFailed):
            await out.documents.fetch(there["/n"])
        assert time.monotonic() - began < 2.0


@pytest.mark.parametrize(
    "said",
    [
        b"", b"\x00" * 1000, b"SSH-2.0-OpenSSH_9\r\n", b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/9.9 200 So\r\n\r\n", b"HTTP/1.1 99999999999 So\r\n\r\n",
        b"HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\nx",
        b"HTTP/1.1 200 So\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 So\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nxxxxxx",
        b"HTTP/1.1 200 So\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 So\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 So\r\nContent-Length: 500\r\n\r\n{",
    ],
)  # fmt: skip
async def test_what_is_not_http(there: Hostile, out: WayOut, said: bytes) -> None:
    """Whatever a port answers, it is a failed fetch and no error of ours."""

    async def say(asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(said)
        writer.close()

    there.says["/n"] = say
    with pytest.raises(FetchError):
        await out.documents.fetch(there["/n"])


# ── how many, how often ──────────────────────────────────────────────────────────────────────


def slowly(there: Hostile, seconds: float) -> Any:
    async def say(asked: Asked, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(seconds)
        writer.write(answer(note(there[asked.target])))

    return say


async def test_four_at_once(there: Hostile, out: WayOut) -> None:
    """A host is asked four things at once, the others wait their turn."""
    there.says |= {f"/{number}": slowly(there, 0.05) for number in range(12)}
    await asyncio.gather(*(out.documents.fetch(there[f"/{number}"]) for number in range(12)))
    assert there.most_at_once == 4


async def test_waiting_for_our_own_turn_says_nothing_of_a_host(
    there: Hostile, tmp_path: Path
) -> None:
    """Who gave up waiting behind our own requests may ask again at once."""
    there.says |= {f"/{number}": slowly(there, 0.4) for number in range(9)}
    async with way_out(tmp_path, fetch_total_s=0.6) as out:
        done = await asyncio.gather(
            *(out.documents.fetch(there[f"/{number}"]) for number in range(9)),
            return_exceptions=True,
        )
        assert any(isinstance(one, HostBusy) for one in done)
        for number, one in enumerate(done):
            if isinstance(one, HostBusy):
                await out.documents.fetch(there[f"/{number}"])


async def test_one_thing_is_asked_once_at_a_time(there: Hostile, out: WayOut) -> None:
    """A hundred who need the same document at once cost its server one request."""
    there.says["/n"] = slowly(there, 0.1)
    found = await asyncio.gather(*(out.documents.fetch(there["/n"]) for _ in range(100)))
    assert len({one.id for one in found}) == 1
    assert len(there.asked) == 1


async def test_one_who_gives_up_does_not_take_it_from_the_others(
    there: Hostile, out: WayOut
) -> None:
    """Whoever asked first may leave; the others get their document."""
    there.says["/n"] = slowly(there, 0.1)
    first = asyncio.create_task(out.documents.fetch(there["/n"]))
    await asyncio.sleep(0.02)
    second = asyncio.create_task(out.documents.fetch(there["/n"]))
    await asyncio.sleep(0.02)
    first.cancel()
    assert (await second).id == there["/n"]


async def test_what_failed_is_not_asked_again_for_ten_minutes(
    there: Hostile, tmp_path: Path
) -> None:
    """A failure is remembered for ten minutes, unless somebody insists."""
    now = [1000.0]
    async with way_out(tmp_path, monotonic=lambda: now[0]) as out:
        for _ in range(5):
            with pytest.raises(FetchGone):
                await out.documents.fetch(there["/n"])
        assert len(there.asked) == 1
        now[0] += 599.0
        with pytest.raises(FetchGone):
            await out.documents.fetch(there["/n"])
        assert len(there.asked) == 1
        there.says["/n"] = answer(note(there["/n"]))
        now[0] += 2.0
        await out.documents.fetch(there["/n"])
        assert len(there.asked) == 2


async def test_insisting(there: Hostile, out: WayOut) -> None:
    """Who needs it fresh asks all the same."""
    with pytest.raises(FetchGone):
        await out.documents.fetch(there["/n"])
    there.says["/n"] = answer(note(there["/n"]))
    assert (await out.documents.fetch(there["/n"], fresh=True)).id == there["/n"]
