"""What anybody sees of a node from outside, over HTTP."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from html import unescape
from html.parser import HTMLParser
from typing import Any

import aiohttp
import orjson

from node.cli.demo.telling import CheckFailed

ACTIVITY = "application/activity+json"
WAIT_S = 30.0
"""How long anything may take before it is told as failed."""
LOOK_EVERY_S = 0.05
SIDES = ("here", "beside")
PAGES_MOST = 20
_MORE = re.compile(r'<p class="more"><a class="button second" href="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Card:
    """An announcement as the page of a quartier lists it."""

    title: str
    who: str
    link: str


async def until(question: Callable[[], Awaitable[bool]], otherwise: str) -> float:
    """Ask until the answer is yes: how long it took, in seconds. Raises CheckFailed."""
    began = time.monotonic()
    while not await question():
        if time.monotonic() - began > WAIT_S:
            raise CheckFailed(f"{otherwise} (attendu {WAIT_S:.0f} s)")
        await asyncio.sleep(LOOK_EVERY_S)
    return time.monotonic() - began


class Outside:
    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def healthy(self, url: str) -> bool:
        try:
            async with self._session.get(f"{url}/health") as answer:
                return answer.status == 200
        except aiohttp.ClientConnectionError:
            return False

    async def page(self, url: str) -> str:
        """A page for people; CheckFailed when it is no HTML or not 200."""
        headers = {"Accept": "text/html", "Accept-Language": "fr"}
        async with self._session.get(url, headers=headers) as answer:
            if answer.status != 200 or answer.content_type != "text/html":
                raise CheckFailed(f"{url} répond {answer.status} {answer.content_type}")
            return await answer.text()

    async def cards(self, url: str) -> list[Card]:
        """All that the quartier at this address lists: ours, and the neighbours', page by page."""
        found: list[Card] = []
        for side in SIDES:
            path = f"/?side={side}"
            for _ in range(PAGES_MOST):
                page = await self.page(f"{url}{path}")
                found += read_cards(page)
                going_on = _MORE.search(page)
                if going_on is None:
                    break
                path = unescape(going_on[1])
        return found

    async def titles(self, url: str) -> list[str]:
        return [card.title for card in await self.cards(url)]

    async def document(self, url: str) -> dict[str, Any]:
        """What another server reads at an address."""
        return await self._json(url, {"Accept": ACTIVITY})

    async def webfinger(self, url: str, address: str) -> dict[str, Any]:
        return await self._json(f"{url}/.well-known/webfinger?resource=acct:{address}", {})

    async def waiting(self, url: str) -> int:
        """Deliveries to make and activities to apply."""
        async with self._session.get(f"{url}/metrics") as answer:
            text = await answer.text()
        waiting = ("entraide_inbox_pending", 'entraide_deliveries{state="pending"}')
        return sum(
            int(float(line.rpartition(" ")[2]))
            for line in text.splitlines()
            if line.startswith(waiting)
        )

    async def _json(self, url: str, headers: dict[str, str]) -> dict[str, Any]:
        async with self._session.get(url, headers=headers) as answer:
            body = await answer.read()
            if answer.status != 200:
                raise CheckFailed(f"{url} répond {answer.status}")
        found = orjson.loads(body)
        if not isinstance(found, dict):
            raise CheckFailed(f"{url} ne donne pas un objet JSON")
        return found


def read_cards(page: str) -> list[Card]:
    reader = _Reader()
    reader.feed(page)
    return reader.cards


class _Reader(HTMLParser):
    """Each `article.card`: the link in its heading, and what has the class ``who``."""

    def __init__(self) -> None:
        super().__init__()
        self.cards: list[Card] = []
        self._in_card = self._in_link = False
        self._link, self._who_tag = "", ""
        self._title: list[str] = []
        self._who: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        classes = (values.get("class") or "").split()
        if tag == "article" and "card" in classes:
            self._in_card, self._link, self._title, self._who = True, "", [], []
        elif not self._in_card:
            return
        elif tag == "a" and not self._link:
            self._in_link, self._link = True, values.get("href") or ""
        elif "who" in classes and not self._who_tag:
            self._who_tag = tag

    def handle_endtag(self, tag: str) -> None:
        if tag == "article" and self._in_card:
            who = " ".join("".join(self._who).split())
            self.cards.append(Card("".join(self._title).strip(), who, self._link))
            self._in_card = False
        elif tag == "a":
            self._in_link = False
        elif tag == self._who_tag:
            self._who_tag = ""

    def handle_data(self, data: str) -> None:
        if self._in_link:
            self._title.append(data)
        elif self._who_tag:
            self._who.append(data)
