"""How a peer asks others: signed GETs and POSTs, WebFinger, whole collections."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import aiohttp
import orjson
from yarl import URL

from tests.peers.documents import Document, User
from tests.peers.signing import sign
from tests.peers.verifying import Scheme

ACCEPT = 'application/activity+json, application/ld+json; profile="https://www.w3.org/ns/activitystreams"'
PAGES_MAX = 100


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes

    @property
    def document(self) -> Document:
        parsed = orjson.loads(self.body)
        assert isinstance(parsed, dict), f"a JSON object was expected: {self.body[:200]!r}"
        return parsed


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection with all its pages read."""

    total: int | None
    items: list[Any]
    pages: int


class Client:
    """One server's way out, in the one scheme that it speaks."""

    def __init__(self, speaks: Scheme, *, timeout_s: float = 20.0) -> None:
        self.speaks = speaks
        self._session: aiohttp.ClientSession | None = None
        self._timeout = aiohttp.ClientTimeout(total=timeout_s)

    async def open(self) -> None:
        self._session = aiohttp.ClientSession(timeout=self._timeout, auto_decompress=True)

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def request(
        self, user: User, method: str, url: str, body: bytes = b"", *, accept: str = ACCEPT
    ) -> Answer:
        """One signed request, redirects not followed."""
        headers = sign(
            user.keys, self.speaks, actor=user.id, method=method, url=url, now=time.time(),
            body=body,
        )  # fmt: skip
        return await self.send(method, url, headers | {"Accept": accept}, body)

    async def send(
        self, method: str, url: str, headers: dict[str, str], body: bytes = b""
    ) -> Answer:
        """One request with exactly these headers: for forgers, too."""
        assert self._session is not None
        async with self._session.request(
            method,
            URL(url, encoded=True),  # what is signed is what is sent
            headers=headers,
            data=body or None,
            allow_redirects=False,
        ) as response:
            return Answer(
                response.status,
                {name.lower(): value for name, value in response.headers.items()},
                await response.read(),
            )

    async def document(self, user: User, url: str) -> Document:
        """What stands at an address; AssertionError when it is no ActivityStreams document."""
        answer = await self.request(user, "GET", url)
        assert answer.status == 200, f"GET {url}: {answer.status} {answer.body[:300]!r}"
        kind = answer.headers.get("content-type", "")
        assert kind.startswith(("application/activity+json", "application/ld+json")), kind
        return answer.document

    async def webfinger(self, user: User, handle: str) -> str:
        """The actor's id behind ``@name@host[:port]``."""
        name, _, domain = handle.removeprefix("@").partition("@")
        resource = quote(f"acct:{name}@{domain}", safe="")
        answer = await self.request(
            user, "GET", f"http://{domain}/.well-known/webfinger?resource={resource}",
            accept="application/jrd+json, application/json",
        )  # fmt: skip
        assert answer.status == 200, f"WebFinger of {handle}: {answer.status} {answer.body!r}"
        assert answer.headers["content-type"].startswith("application/jrd+json")
        found = answer.document
        assert found["subject"] == f"acct:{name}@{domain}"
        for link in found["links"]:
            if link.get("rel") == "self" and link.get("type") == "application/activity+json":
                return str(link["href"])
        raise AssertionError(f"WebFinger of {handle} has no self link: {found}")

    async def collection(self, user: User, url: str) -> Collection:
        """Every item, through all pages; AssertionError for one that goes round or has no end."""
        top = await self.document(user, url)
        assert top["id"] == url
        assert top["type"] in ("Collection", "OrderedCollection")
        items = list(_items(top))
        page: Any = top.get("first")
        seen: set[str] = set()
        while page is not None:
            if isinstance(page, str):
                page = await self.document(user, page)
            assert page["type"] in ("CollectionPage", "OrderedCollectionPage")
            assert page["partOf"] == url
            assert page["id"] not in seen, f"{url} goes round at {page['id']}"
            seen.add(page["id"])
            assert len(seen) <= PAGES_MAX
            items += _items(page)
            page = page.get("next")
        return Collection(top.get("totalItems"), items, len(seen))


def _items(document: Document) -> list[Any]:
    items = document.get("orderedItems", document.get("items", []))
    return items if isinstance(items, list) else [items]
