"""Attacks on the reader: bodies that are too much, too deep, or nonsense. All are signed well, so
that it is the reading that refuses them."""

from __future__ import annotations

import asyncio
import gzip
import time
import zlib
from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest
import pytest_asyncio

from node.store import objects
from node.store.tables import recipients
from tests.flows.attacking import AS2, PUBLIC, Raw, Scene, scene, whole_store

pytestmark = pytest.mark.asyncio(loop_scope="module")

MIB = 1024 * 1024
QUICK_S = 1.5  # on a busy machine; alone it takes a tenth


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def s(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    async with scene(tmp_path_factory.mktemp("reading")) as made:
        yield made


async def quickly_refused(s: Scene, body: bytes, *statuses: int) -> Raw:
    async with s.unchanged():
        began = time.monotonic()
        answer = await s.post(s.mallory, body)
        took = time.monotonic() - began
        await s.refused(answer, *statuses)
        assert took < QUICK_S, f"{took:.1f} s"
    return answer


def written(s: Scene, **more: Any) -> bytes:
    return orjson.dumps(s.follow(s.mallory, **more))


# ── how much ─────────────────────────────────────────────────────────────────────────────────


async def test_more_than_a_mebibyte(s: Scene) -> None:
    """A body of a byte too much is answered 413, one of a hundred mebibytes before it has come."""
    body = written(s, summary="x" * MIB)
    await quickly_refused(s, body, 413)
    head = {"Host": s.node.domain, "Content-Type": "application/activity+json"}
    async with s.unchanged():
        answer = await s.send(b"{", head | {"Content-Length": str(100 * MIB)})
        await s.refused(answer, 413)


async def test_a_mebibyte_in_chunks(s: Scene) -> None:
    """A body that does not say how long it is ends where too much has come."""
    body = written(s, summary="x" * (2 * MIB))
    headers = s.headers(s.mallory, body) | {"Transfer-Encoding": "chunked"}
    chunks = b"".join(
        b"%x\r\n%s\r\n" % (len(body[at : at + 65536]), body[at : at + 65536])
        for at in range(0, len(body), 65536)
    )
    async with s.unchanged():
        await s.refused(await s.send(chunks + b"0\r\n\r\n", headers), 413)


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
async def test_a_bomb(s: Scene, encoding: str) -> None:
    """A hundred mebibytes packed into a hundred kibibytes are never unpacked."""
    plain = b" " * (100 * MIB)
    body = gzip.compress(plain, 1) if encoding == "gzip" else zlib.compress(plain, 1)
    assert len(body) < MIB
    headers = s.headers(s.mallory, body) | {"Content-Encoding": encoding}
    async with s.unchanged():
        began = time.monotonic()
        await s.refused(await s.send(body, headers), 413, 415)
        assert time.monotonic() - began < QUICK_S


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "gzip, gzip", "x"])
async def test_packed_or_said_to_be(s: Scene, encoding: str) -> None:
    """A Content-Encoding, true or a lie, is answered 415: nobody needs one here."""
    plain = written(s)
    for body in (plain, gzip.compress(plain)):
        headers = s.headers(s.mallory, body) | {"Content-Encoding": encoding}
        async with s.unchanged():
            await s.refused(await s.send(body, headers), 400, 413, 415)


@pytest.mark.parametrize(
    "kind",
    [
        "application/json",
        "text/html",
        "application/ld+json",
        'application/ld+json; profile="https://other.example/"',
        "multipart/form-data; boundary=x",
        "application/activity+json, text/html",
        "text/plain; a=application/activity+json",
        "",
    ],
)
async def test_another_type(s: Scene, kind: str) -> None:
    """What is not said to be ActivityStreams is answered 415, however well it is signed."""
    body = written(s)
    async with s.unchanged():
        answer = await s.send(body, s.headers(s.mallory, body) | {"Content-Type": kind})
        await s.refused(answer, 415)


# ── what it looks like ───────────────────────────────────────────────────────────────────────


def nested(depth: int, opening: str, closing: str) -> str:
    return opening * depth + "1" + closing * depth


TEXTS: dict[str, str | bytes] = {
    "empty": "",
    "nothing": " ",
    "null": "null",
    "an array": "[]",
    "a string": '"Follow"',
    "two objects": "{}{}",
    "cut short": '{"type": "Follow"',
    "not JSON": "type: Follow",
    "a comment": '{"a": 1 /* two */}',
    "a comma too many": '{"a": 1,}',
    "one key twice": '{"type": "Follow", "type": "Delete"}',
    "one key twice, in disguise": '{"type": "Follow", "\\u0074ype": "Delete"}',
    "one key twice, deep": '{"a": [{"b": {"c": 1, "c": 2}}]}',
    "NaN": '{"a": NaN}',
    "infinity": '{"a": -Infinity}',
    "a number beyond floats": '{"a": 1e999}',
    "65 bits": '{"a": 36893488147419103232}',
    "a negative beyond 64 bits": '{"a": -9223372036854775809}',
    "a million digits": '{"a": ' + "9" * 900_000 + "}",
    "a fraction of a million digits": '{"a": 0.' + "9" * 20_000 + "e99999}",
    "NUL, written": '{"a": "\\u0000"}',
    "NUL, plain": b'{"a": "\x00"}',
    "NUL in a key": '{"\\u0000": 1}',
    "a lone surrogate": '{"a": "\\ud800"}',
    "surrogates the wrong way round": '{"a": "\\udc00\\ud800"}',
    "a surrogate in UTF-8": b'{"a": "\xed\xa0\x80"}',
    "not UTF-8": b'{"a": "\xff"}',
    "overlong UTF-8": b'{"a": "\xc0\xaf"}',
    "Latin-1": '{"a": "é"}'.encode("latin-1"),
    "UTF-16": '{"type": "Follow"}'.encode("utf-16"),
    "UTF-16 without a mark": '{"type": "Follow"}'.encode("utf-16-le"),
    "UTF-32": '{"type": "Follow"}'.encode("utf-32"),
    "65 arrays deep": '{"a": ' + nested(64, "[", "]") + "}",
    "65 objects deep": nested(65, '{"a": ', "}"),
    "100,000 deep": nested(100_000, "[", "]"),
    "100,000 objects deep": nested(100_000, '{"a":', "}"),
    "brackets that never close": "[" * 500_000,
    "more than 10,000 values": '{"to": [' + "1," * 10_000 + "1]}",
    "more than 10,000 keys": "{" + ",".join(f'"k{n}":1' for n in range(10_001)) + "}",
    "a control character": b'{"a": "\x01"}',
    "an escape that is none": '{"a": "\\x41"}',
}  # fmt: skip


@pytest.mark.parametrize("name", TEXTS)
async def test_nonsense(s: Scene, name: str) -> None:
    """A text that is not strict JSON, or is built to cost, is answered 400 at once."""
    text = TEXTS[name]
    body = text if isinstance(text, bytes) else text.encode()
    await quickly_refused(s, body, 400, *([415] if not body else []))


async def test_a_byte_order_mark(s: Scene) -> None:
    """A mark before honest UTF-8, as some servers on Windows send it, harms nobody."""
    body = b"\xef\xbb\xbf" + written(s)
    assert (await s.post(s.mallory, body)).status == 202


DOCUMENTS: dict[str, dict[str, Any]] = {
    "no type": {"type": None},
    "a type that is a number": {"type": 7},
    "a type that is an object": {"type": {"id": "Follow"}},
    "types without end": {"type": ["x"] * 9_000},
    "no actor": {"actor": None},
    "an actor that is a number": {"actor": 1},
    "an actor that is text": {"actor": "zoe"},
    "an actor without an id": {"actor": {"type": "Person", "name": "Mallory"}},
    "no object": {"object": None},
    "an object that is a number": {"object": 5},
    "an id that is an object": {"id": {"a": 1}},
    "an id of a kibibyte too much": {"id": "http://x.example/" + "x" * 4096},
    "20,000 contexts": {"@context": [{"a": "b:c"}] * 3_000},
    "17 contexts": {"@context": [AS2] * 17},
    "a context of 100 KiB": {"@context": {f"t{n}": f"http://x/{n}" for n in range(5_000)}},
    "a context that is a number": {"@context": 7},
}


@pytest.mark.parametrize("name", DOCUMENTS)
async def test_documents_that_say_nothing(s: Scene, name: str) -> None:
    """A document without sense changes nothing, whether it is refused or not worth an answer."""
    async with s.unchanged("journal"):
        began = time.monotonic()
        answer = await s.post(s.mallory, s.follow(s.mallory) | DOCUMENTS[name])
        await s.refused(answer, 400, 403, 202)
        assert time.monotonic() - began < QUICK_S


# ── what it would make us keep or do ─────────────────────────────────────────────────────────


async def test_recipients_without_end(s: Scene) -> None:
    """Nine thousand recipients are read to the thousandth; a hundred thousand not at all."""
    many = [f"http://x.example/{n}" for n in range(9_000)]
    note = s.note(s.mallory, to=many, cc=[])
    assert (await s.post(s.mallory, s.create(s.mallory, note, to=many[:10]))).status == 202
    await s.node.settled()
    kept = await s.node.store.read(whole_store, frozenset())
    assert len(kept[recipients.name]) <= 1_000
    many = [f"http://x.example/{n}" for n in range(100_000)]
    body = orjson.dumps(s.create(s.mallory, s.note(s.mallory), to=many))
    await quickly_refused(s, body, 400, 413)


async def test_fields_without_end(s: Scene) -> None:
    """Texts, tags and attachments are kept up to their limits."""
    note = s.note(
        s.mallory,
        "<p>x</p>" * 50_000,
        name="n" * 50_000,
        summary="s" * 50_000,
        tag=[{"type": "Hashtag", "name": f"#t{n}"} for n in range(2_000)],
    )
    assert (await s.post(s.mallory, s.create(s.mallory, note))).status == 202
    await s.node.settled()
    status = await s.node.store.read(objects.by_uri, note["id"])
    assert status is not None
    assert len(status.name or "") <= 2_048
    assert len(status.content) < 350_000
    rows = await s.node.store.read(whole_store, frozenset())
    assert sum(str(status.id) in row for row in rows["hashtags"]) <= 50


async def test_pages_that_would_do_something(s: Scene) -> None:
    """Scripts, styles, forms, frames and addresses that are no addresses are cleaned away."""
    content = (
        "<p>bon</p><script>alert(1)</script><img src=x onerror=alert(1)>"
        '<a href="javascript:alert(1)">x</a><iframe src="http://x"></iframe>'
        '<svg onload=alert(1)><style>*{display:none}</style><form action="/x"><input></form>'
        '<p style="position:fixed" onclick="x()">y</p><math><mtext></mtext></math>'
    )
    note = s.note(s.mallory, content, name="<b>titre</b>\u202egnop", summary="<script>x</script>")
    assert (await s.post(s.mallory, s.create(s.mallory, note))).status == 202
    await s.node.settled()
    status = await s.node.store.read(objects.by_uri, note["id"])
    assert status is not None
    kept = f"{status.content} {status.summary}".lower()
    for bad in ("script", "onerror", "onclick", "iframe", "svg", "<form", "<input", "style"):
        assert bad not in kept, bad
    assert "<" not in (status.name or "")
    assert "\u202e" not in (status.name or "")


@pytest.mark.parametrize(
    "published", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "1969-01-01T00:00:00Z", "x", 5]
)
async def test_times_that_were_not(s: Scene, published: Any) -> None:
    """What says that it is of another age stands between 2000 and tomorrow."""
    note = s.note(s.mallory, published=published)
    assert (await s.post(s.mallory, s.create(s.mallory, note))).status == 202
    await s.node.settled()
    status = await s.node.store.read(objects.by_uri, note["id"])
    assert status is not None
    assert 946_684_800 <= status.published <= time.time() + 86_400


async def test_threads_without_end(s: Scene) -> None:
    """A reply to a reply to a reply, each at a server that would make one up for ever, is not
    followed: storing a reply fetches nothing."""
    before = len(s.evil.reading_log)
    for number in range(5):
        note = s.note(s.mallory, inReplyTo=f"{s.evil.base}/made-up/{number}")
        assert (await s.post(s.mallory, s.create(s.mallory, note))).status == 202
    ring = s.note(s.mallory)
    ring["inReplyTo"] = ring["id"]
    assert (await s.post(s.mallory, s.create(s.mallory, ring))).status == 202
    await s.node.settled()
    assert len(s.evil.reading_log) - before <= 1  # who Mallory is


async def test_documents_built_to_hurt_json_ld(s: Scene) -> None:
    """Scoped contexts that multiply cost their sender time, not the others: meanwhile the node
    answers, and the next document is read."""
    scoped = {"p": {"@id": "http://x.example/p", "@context": {"p": "http://x.example/p"} | {
        f"q{n}": f"http://x.example/{n}" for n in range(300)
    }}}  # fmt: skip
    hurting = s.follow(s.mallory) | {
        "@context": [AS2, scoped],
        "tag": [{"p": {"q1": 1}} for _ in range(3_000)],
    }
    waits: list[float] = []

    async def ask() -> None:
        while True:
            began = time.monotonic()
            assert (await s.get("/health")).status == 200
            waits.append(time.monotonic() - began)
            await asyncio.sleep(0.01)

    asking = asyncio.create_task(ask())
    await s.refused(await s.post(s.mallory, hurting), 202, 400, 413)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    assert max(waits) < QUICK_S
    aliased = s.follow(s.zoe)
    aliased["as:object"] = aliased.pop("object")
    assert (await s.post(s.zoe, aliased)).status == 202
    await s.node.settled()


async def test_everything_at_once_is_still_answered(s: Scene) -> None:
    """After all this an honest note comes through."""
    note = s.note(s.zoe, "tout va bien", to=[PUBLIC])
    assert (await s.post(s.zoe, s.create(s.zoe, note))).status == 202
    await s.node.settled()
    assert await s.node.store.read(objects.by_uri, note["id"]) is not None
