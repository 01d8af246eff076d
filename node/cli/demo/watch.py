"""Looks at the pages of the quartiers and tells what appears there and what goes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable

import aiohttp

from node.cli.demo.outside import Card, Outside, until
from node.cli.demo.processes import Site
from node.cli.demo.telling import CheckFailed, say, seconds

QUICK_S = 0.1
"""While the demo plays; then `CALM_S`."""
CALM_S = 1.0


class Watch:
    def __init__(self, outside: Outside, sites: Iterable[Site]) -> None:
        self._outside = outside
        self._sites = tuple(sites)
        self._names = {site.domain: site.name for site in self._sites}
        self._shown: dict[str, dict[str, Card]] = {site.slug: {} for site in self._sites}
        self._published: dict[str, tuple[Site, float]] = {}
        self._seen: dict[tuple[str, str], float] = {}
        self.every = QUICK_S

    def published(self, site: Site, title: str) -> None:
        """It is published there now: its way is timed, and told elsewhere only."""
        self._published[title] = site, time.monotonic()

    async def run(self) -> None:
        while True:
            for site in self._sites:
                try:
                    self._compare(site, await self._outside.cards(site.url))
                except (aiohttp.ClientError, TimeoutError, CheckFailed):
                    continue  # a node that does not answer is told elsewhere
            await asyncio.sleep(self.every)

    def shows(self, site: Site, title: str) -> bool:
        return any(card.title == title for card in self._shown[site.slug].values())

    async def arrived(self, site: Site, title: str) -> float:
        """Wait until a quartier shows it: how long after its publication, in seconds.

        Raises CheckFailed when it never does.
        """

        async def there() -> bool:
            return self.shows(site, title)

        await until(there, f"{site.name} n’affiche pas « {title} »")
        _, at = self._published.get(title, (site, 0.0))
        return self._seen[site.slug, title] - at

    async def left(self, site: Site, title: str) -> float:
        """Wait until a quartier shows it no more."""

        async def gone() -> bool:
            return not self.shows(site, title)

        return await until(gone, f"{site.name} affiche encore « {title} »")

    def _compare(self, site: Site, cards: list[Card]) -> None:
        before, after = self._shown[site.slug], {card.link: card for card in cards}
        self._shown[site.slug] = after
        for link, card in reversed(after.items()):  # the page has the newest first
            old = before.get(link)
            self._seen.setdefault((site.slug, card.title), time.monotonic())
            home, _ = self._published.get(card.title, (None, 0.0))
            if old is None and home == site:
                continue
            if old is None:
                say(f"→ {site.name} affiche « {card.title} », {self._from(card)}")
            elif old.title != card.title:
                say(f"→ {site.name} : « {old.title} » devient « {card.title} »")
        for link, card in before.items():
            if link not in after:
                say(f"→ {site.name} n’affiche plus « {card.title} »")

    def _from(self, card: Card) -> str:
        who = card.who.split(" · ")[0]
        for domain, name in self._names.items():
            who = who.replace(domain, name)
        if card.title not in self._published:
            return who
        _, at = self._published[card.title]
        return f"{who} ({seconds(time.monotonic() - at)} après)"
