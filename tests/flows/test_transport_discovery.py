"""Collections and WebFinger, fetched from servers that say anything at all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from node.errors import FetchError, FetchRefused
from node.transport.discovery import Discovery
from tests.flows.hostile import ACTIVITY, AS2, Asked, Hostile, WayOut, answer, redirect, way_out

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


# ── collections ──────────────────────────────────────────────────────────────────────────────


def page(id: str, items: list[str], **more: Any) -> bytes:
    return answer(
        {"@context": AS2, "id": id, "type": "OrderedCollectionPage", "orderedItems": items} | more
    )


def first(there: Hostile, to: Any) -> bytes:
    return answer({"@context": AS2, "id": there["/c"], "type": "OrderedCollection", "first": to})


async def test_pages_without_end(there: Hostile, out: WayOut) -> None:
    """Of a collection that goes on for ever twenty pages are read."""

    async def another(asked: Asked, writer: asyncio.StreamWriter) -> None:
        number = int(asked.target.rpartition("=")[2])
        writer.write(page(there[asked.target], [there[f"/i/{number}"]],
                          next=there[f"/p?n={number + 1}"]))  # fmt: skip

    there.says |= {"/c": first(there, there["/p?n=1"]), "/p": another}
    assert len(await out.documents.collection(there["/c"])) == 19
    assert len(there.asked) == 20


async def test_pages_in_a_circle(there: Hostile, out: WayOut) -> None:
    """A page that leads back to one that was read ends it."""
    there.says |= {
        "/c": first(there, there["/p1"]),
        "/p1": page(there["/p1"], ["http://a.example/1"], next=there["/p2"]),
        "/p2": page(there["/p2"], ["http://a.example/2"], next=there["/p1"]),
    }
    assert await out.documents.collection(there["/c"]) == [
        "http://a.example/1", "http://a.example/2",
    ]  # fmt: skip
    assert there.paths() == ["/c", "/p1", "/p2"]


async def test_pages_elsewhere(there: Hostile, elsewhere: Hostile, out: WayOut) -> None:
    """A page at another origin is not part of the collection, nor is one that redirects there."""
    elsewhere.says["/p"] = page(elsewhere["/p"], ["http://a.example/1"])
    there.says["/c"] = first(there, elsewhere["/p"])
    assert await out.documents.collection(there["/c"]) == []
    assert not elsewhere.asked
    there.says |= {"/c": first(there, there["/to"]), "/to": redirect(elsewhere["/p"])}
    with pytest.raises(FetchRefused):
        await out.documents.collection(there["/c"])


async def test_a_page_in_the_collection(there: Hostile, out: WayOut) -> None:
    """A first page that stands in the collection itself is read there."""
    inside = {"type": "OrderedCollectionPage", "orderedItems": ["http://a.example/1"]}
    there.says["/c"] = first(there, inside)
    assert await out.documents.collection(there["/c"]) == ["http://a.example/1"]


async def test_what_is_no_collection(there: Hostile, out: WayOut) -> None:
    """A Note that is said to be a collection is refused."""
    there.says["/c"] = answer({"@context": AS2, "id": there["/c"], "type": "Note"})
    with pytest.raises(FetchRefused):
        await out.documents.collection(there["/c"])


# ── WebFinger ────────────────────────────────────────────────────────────────────────────────


def jrd(href: str, kind: str = ACTIVITY, rel: str = "self") -> bytes:
    links = [{"rel": rel, "type": kind, "href": href}]
    return answer({"subject": "acct:x", "links": links}, kind="application/jrd+json")


FINGER = "/.well-known/webfinger"


async def test_webfinger(there: Hostile, out: WayOut) -> None:
    """@name@host leads to the actor of the self link, through redirects, too."""
    there.says |= {FINGER: redirect("/wf"), "/wf": jrd(there["/users/zoe"])}
    discovery = Discovery(out.transport, out.settings)
    host = there.base.partition("://")[2]
    assert await discovery.webfinger("zoe", host) == there["/users/zoe"]
    assert there.asked[0].target == f"{FINGER}?resource=acct%3Azoe%40{host.replace(':', '%3A')}"


async def test_webfinger_by_host_meta(there: Hostile, out: WayOut) -> None:
    """Where WebFinger is not at its place, host-meta tells where it is (RFC 6415)."""
    there.says |= {
        "/.well-known/host-meta.json": answer(
            {"links": [{"rel": "lrdd", "template": there["/finger?q={uri}"]}]},
            kind="application/json",
        ),
        "/finger": jrd(there["/users/zoe"]),
    }
    discovery = Discovery(out.transport, out.settings)
    assert await discovery.webfinger("zoe", there.base.partition("://")[2]) == there["/users/zoe"]


@pytest.mark.parametrize(
    "said",
    [
        jrd("http://127.0.0.1/x", kind="text/html"),
        jrd("http://127.0.0.1/x", rel="profile"),
        jrd("javascript:alert(1)"),
        answer({"links": 7}),
        answer({"links": [7, None, {"rel": "self"}]}),
        answer(b"<html>"),
        answer({}, status=500),
        redirect(FINGER),
        redirect("http://10.0.0.1/"),
        answer(b"x" * (2 * MIB)),
    ],
)
async def test_webfinger_that_leads_nowhere(there: Hostile, out: WayOut, said: bytes) -> None:
    """Nonsense is a failed search."""
    there.says[FINGER] = said
    discovery = Discovery(out.transport, out.settings)
    with pytest.raises(FetchError):
        await discovery.webfinger("zoe", there.base.partition("://")[2])


async def test_a_template_that_leads_to_where_we_do_not_go(there: Hostile, out: WayOut) -> None:
    """Nor does host-meta send us into our own network."""
    there.says["/.well-known/host-meta.json"] = answer(
        {"links": [{"rel": "lrdd", "template": "http://10.0.0.1/{uri}"}]}, kind="application/json"
    )
    discovery = Discovery(out.transport, out.settings)
    with pytest.raises(FetchRefused):
        await discovery.webfinger("zoe", there.base.partition("://")[2])
