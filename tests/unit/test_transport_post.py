"""Posting: whatever an inbox answers, the result says what to do about it, and costs little."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from email.utils import formatdate
from typing import Any

import pytest

from node.transport.guard import Guard
from node.transport.post import HttpPoster, retry_after
from tests.flows.hostile import Asked, Hostile, answer, redirect

HEADERS = {"Host": "x.example", "Content-Type": "application/activity+json", "Signature": "s"}


@pytest.fixture
async def there() -> AsyncIterator[Hostile]:
    async with Hostile() as server:
        yield server


@pytest.fixture
async def poster() -> AsyncIterator[HttpPoster]:
    made = HttpPoster(
        Guard(insecure_loopback=True), agent="Entraide/0", connect_seconds=1.0, total_seconds=1.0
    )
    yield made
    await made.close()


def closing(said: bytes) -> Any:
    async def say(asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(said)
        await writer.drain()
        writer.close()

    return say


async def test_a_post_arrives_as_it_was_given(there: Hostile, poster: HttpPoster) -> None:
    """Target, headers and body are sent as they were signed."""
    there.says["/inbox"] = answer(status=202)
    result = await poster.post(there["/inbox?a=%20b"], b'{"a": 1}', HEADERS)
    assert (result.status, result.error) == (202, "")
    asked = there.asked[0]
    assert (asked.method, asked.target, asked.body) == ("POST", "/inbox?a=%20b", b'{"a": 1}')
    assert asked.headers["host"] == "x.example"
    assert asked.headers["user-agent"] == "Entraide/0"


async def test_connections_are_kept(there: Hostile, poster: HttpPoster) -> None:
    """One post after another to one host goes over one connection."""
    there.says["/inbox"] = answer(status=202)
    for _ in range(20):
        assert (await poster.post(there["/inbox"], b"{}", HEADERS)).status == 202
    assert there.connections == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_are_not_followed(there: Hostile, poster: HttpPoster, status: int) -> None:
    """A POST goes where it was signed for, and nowhere else."""
    there.says["/inbox"] = redirect("/other", status)
    result = await poster.post(there["/inbox"], b"{}", HEADERS)
    assert result.status == 400
    assert str(status) in result.error
    assert there.paths() == ["/inbox"]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 413, 429, 500, 503, 599])
async def test_refusals_are_told(there: Hostile, poster: HttpPoster, status: int) -> None:
    """The status, and the beginning of what was said, for the administrator."""
    there.says["/inbox"] = answer(b"no: " + b"x" * 10_000, status=status)
    result = await poster.post(there["/inbox"], b"{}", HEADERS)
    assert result.status == status
    assert result.error.startswith(f"{status}: no: ")
    assert len(result.error) < 300


async def test_when_to_come_back(there: Hostile, poster: HttpPoster) -> None:
    """Retry-After, in seconds or as a date, at most a day; nonsense is none."""
    for said, wanted in (("120", 120.0), ("9999999", 86_400.0), ("soon", None), ("-5", None)):
        there.says["/inbox"] = answer(status=503, Retry_After=said)
        assert (await poster.post(there["/inbox"], b"{}", HEADERS)).retry_after == wanted


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None), ("", None), ("0", 0.0), (" 7 ", 7.0), ("1.5", None), ("1e9", None),
        ("٣", None), ("9" * 11, 86_400.0), ("9" * 400, None), ("NaN", None),
        (formatdate(1_000_060, usegmt=True), 60.0), (formatdate(1, usegmt=True), 0.0),
        (formatdate(9_000_000, usegmt=True), 86_400.0), ("Fri, 99 Foo 2026 00:00:00 GMT", None),
        ("Mon, 01 Jan 99999 00:00:00 GMT", None),
    ],
)  # fmt: skip
def test_retry_after(header: str | None, seconds: float | None) -> None:
    """RFC 9110 §10.2.3, and everything that is not."""
    assert retry_after(header, 1_000_000.0) == seconds


# ── answers that are none ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "said",
    [
        b"", b"\x00" * 100, b"SSH-2.0-OpenSSH_9\r\n", b"HTTP/1.1 abc\r\n\r\n", b"HTTP/1.1 200",
        b"HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\nabc",
        b"HTTP/1.1 100 Continue\r\n\r\n",
        b"HTTP/1.1 202 So\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 202 So\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
    ],
)  # fmt: skip
async def test_nonsense(there: Hostile, poster: HttpPoster, said: bytes) -> None:
    """What is not HTTP is no answer: it is tried again later, and nothing here breaks."""
    there.says["/inbox"] = closing(said)
    result = await poster.post(there["/inbox"], b"{}", HEADERS)
    assert result.status is None
    assert result.error
    there.says["/inbox"] = answer(status=202)
    assert (await poster.post(there["/inbox"], b"{}", HEADERS)).status == 202


async def test_a_body_that_never_ends(there: Hostile, poster: HttpPoster) -> None:
    """Of a huge answer the status counts; the rest is not read."""

    async def say(asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 202 So\r\n\r\n")
        while not writer.is_closing():
            writer.write(b"x" * 65536)
            await writer.drain()

    there.says["/inbox"] = say
    began = time.monotonic()
    assert (await poster.post(there["/inbox"], b"{}", HEADERS)).status == 202
    assert time.monotonic() - began < 0.9


async def test_headers_that_never_end(there: Hostile, poster: HttpPoster) -> None:
    """Headers, or provisional answers, without end are no answer."""
    for head, piece in (
        (b"HTTP/1.1 202 So\r\n", b"X-A: " + b"x" * 1000 + b"\r\n"),
        (b"HTTP/1.1 202 So\r\nX:", b"x" * 1000),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 50),
        (b"", b"HTTP/1.1 103 Early\r\nLink: " + b"x" * 500 + b"\r\n\r\n"),
    ):

        async def say(
            asked: Asked,
            writer: asyncio.StreamWriter,
            head: bytes = head,
            piece: bytes = piece,
        ) -> None:
            writer.write(head)
            while not writer.is_closing():
                writer.write(piece)
                await writer.drain()

        there.says["/inbox"] = say
        result = await poster.post(there["/inbox"], b"{}", HEADERS)
        assert result.status is None


async def test_an_answer_that_dribbles(there: Hostile, poster: HttpPoster) -> None:
    """A byte now and then does not hold a place beyond the time for a POST."""

    async def say(asked: Asked, writer: asyncio.StreamWriter) -> None:
        while not writer.is_closing():
            writer.write(b"H")
            await writer.drain()
            await asyncio.sleep(0.02)

    there.says["/inbox"] = say
    began = time.monotonic()
    assert (await poster.post(there["/inbox"], b"{}", HEADERS)).status is None
    assert time.monotonic() - began < 2.0


async def test_silence(there: Hostile, poster: HttpPoster) -> None:
    """A server that accepts and says nothing is left after the time for a POST; the next post
    does not meet the old connection."""

    async def say(asked: Asked, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(5.0)

    there.says["/inbox"] = say
    result = await poster.post(there["/inbox"], b"{}", HEADERS)
    assert (result.status, result.error) == (None, "no answer in time")
    there.says["/inbox"] = answer(status=202)
    assert (await poster.post(there["/inbox"], b"{}", HEADERS)).status == 202
    assert there.connections == 2


async def test_nobody_listens(poster: HttpPoster) -> None:
    """A closed port is no answer."""
    async with Hostile() as gone:
        address = gone["/inbox"]
    result = await poster.post(address, b"{}", HEADERS)
    assert result.status is None


async def test_a_connection_that_was_closed_while_idle(there: Hostile, poster: HttpPoster) -> None:
    """A kept connection that the other side has closed costs no failed post."""
    there.says["/inbox"] = closing(answer(status=202))
    for _ in range(3):
        assert (await poster.post(there["/inbox"], b"{}", HEADERS)).status == 202
        await asyncio.sleep(0.02)


async def test_an_answer_before_the_question(there: Hostile, poster: HttpPoster) -> None:
    """A second answer, sent along with the first or after it, is not taken for the answer to the
    next post."""
    good, bad = answer(status=202), answer(status=410)
    there.says["/inbox"] = good + bad
    assert (await poster.post(there["/inbox"], b"{}", HEADERS)).status == 202
    there.says["/inbox"] = good
    assert (await poster.post(there["/inbox"], b"{}", HEADERS)).status == 202

    async def late(asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(good)
        await writer.drain()
        await asyncio.sleep(0.02)
        writer.write(bad)

    there.says["/inbox"] = late
    assert (await poster.post(there["/inbox"], b"{}", HEADERS)).status == 202
    await asyncio.sleep(0.1)
    there.says["/inbox"] = good
    assert (await poster.post(there["/inbox"], b"{}", HEADERS)).status == 202


async def test_half_an_answer_before_the_question(there: Hostile, poster: HttpPoster) -> None:
    """Nor is the beginning of one, which the next answer would end."""
    there.says["/inbox"] = answer(status=202) + b"HTTP/1.1 410 Gone\r\nX: "
    assert (await poster.post(there["/inbox"], b"{}", HEADERS)).status == 202
    there.says["/inbox"] = answer(status=202)
    assert (await poster.post(there["/inbox"], b"{}", HEADERS)).status == 202
    assert there.connections == 2


# ── addresses that are none ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "inbox",
    [
        "", "inbox", "ftp://127.0.0.1/inbox", "http://", "http://[/inbox", "http://127.0.0.1:0x1/",
        "http://user@127.0.0.1/inbox", "http://10.0.0.1/inbox", "http://169.254.169.254/inbox",
        "http://[::ffff:127.0.0.1]/inbox", "http://127.0.0.1\r\nX: y/inbox",
        "http://127.0.0.1/in\r\nX: y", "http://127.0.0.1/a b",
    ],
)  # fmt: skip
async def test_where_we_do_not_post(poster: HttpPoster, inbox: str) -> None:
    """An address that is none, or is closed to us, fails for good and at once."""
    began = time.monotonic()
    result = await poster.post(inbox, b"{}", HEADERS)
    assert result.status in (400, None)
    assert result.error
    assert time.monotonic() - began < 0.9


@pytest.mark.parametrize("value", ["a\r\nX: y", "a\nb", "a\rb"])
async def test_no_header_breaks_out_of_its_line(
    there: Hostile, poster: HttpPoster, value: str
) -> None:
    """A line break in a header is not sent."""
    result = await poster.post(there["/inbox"], b"{}", HEADERS | {"X": value})
    assert result.status == 400
    assert not there.asked


async def test_a_node_of_the_internet_does_not_post_at_home(there: Hostile) -> None:
    """Without `insecure_loopback` neither http nor this machine is posted to."""
    poster = HttpPoster(
        Guard(insecure_loopback=False), agent="x", connect_seconds=1.0, total_seconds=1.0
    )
    try:
        for address in (there["/inbox"], f"https://127.0.0.1:{there.port}/inbox",
                        f"https://localhost:{there.port}/inbox"):  # fmt: skip
            result = await poster.post(address, b"{}", HEADERS)
            assert result.status == 400
        assert there.connections == 0
    finally:
        await poster.close()
