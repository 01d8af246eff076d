"""A whole help between two quartiers by apps alone: each of the two people has nothing but the
Mastodon app they know, with an account at home."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
import sqlalchemy as sa

from node.activitypub.html import plain_text
from node.store.tables import agreements
from tests.flows.neighbourhood import until
from tests.flows.test_proposal_reach import two
from tests.mastodon.signing_in import App, Town
from tests.serving import Serving

pytestmark = pytest.mark.asyncio


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Amina of the Croix-Rousse, Benoît of the Presqu’île, and their apps."""

    here: Serving
    next: Serving
    amina: App
    benoit: App

    async def settled(self) -> None:
        for _ in range(2):
            await self.here.settled()
            await self.next.settled()


@pytest_asyncio.fixture
async def neighbours(tmp_path: Path) -> AsyncIterator[Neighbours]:
    async with two(tmp_path) as (here, next_door, _), aiohttp.ClientSession() as web:
        await next_door.account("benoit")
        amina = await Town(here, web).app("amina")
        benoit = await Town(next_door, web).app("benoit")
        yield Neighbours(here, next_door, amina, benoit)


async def messages(app: App) -> list[dict[str, Any]]:
    """The last of each conversation, newest first."""
    return [one["last_status"] for one in await app.get("/api/v1/conversations")]


async def letter(app: App, words: str) -> dict[str, Any]:
    """The message of the quartier that says so, once it is there."""

    async def said() -> bool:
        return any(words in plain_text(one["content"]) for one in await messages(app))

    await until(said, True)
    return next(one for one in await messages(app) if words in plain_text(one["content"]))


async def say(app: App, words: str, to: dict[str, Any]) -> None:
    """As an app answers a private message: privately, with the name of who wrote it in front."""
    await app.post(
        "/api/v1/statuses",
        status=f"@{to['account']['acct']} {words}",
        in_reply_to_id=to["id"],
        visibility="direct",
    )


async def states(n: Neighbours) -> list[str]:
    """Of what the two agreed, as each of the two nodes has it."""
    found: list[str] = []
    for node in (n.here, n.next):
        rows = await node.store.read(lambda tx: tx.all(sa.select(agreements.c.state)))
        found += [str(row.state) for row in rows]
    return found


async def test_from_asking_to_thanks_with_apps(neighbours: Neighbours) -> None:
    n = neighbours
    quartier = await n.benoit.get("/api/v1/accounts/lookup", acct="quartier")
    followed = await n.benoit.post(f"/api/v1/accounts/{quartier['id']}/follow")
    assert followed["following"] is True

    asked = await n.amina.post(
        "/api/v1/statuses", status="Il me faut une perceuse samedi. #demande #outils #quartiers"
    )
    assert "Il me faut une perceuse" in asked["content"]

    async def arrived() -> list[str]:
        home = await n.benoit.get("/api/v1/timelines/home")
        return [(one["reblog"] or one)["uri"] for one in home]

    async def is_there() -> bool:
        return asked["uri"] in await arrived()

    await until(is_there, True)
    home = await n.benoit.get("/api/v1/timelines/home")
    shown = next(
        (one["reblog"] or one) for one in home if (one["reblog"] or one)["uri"] == asked["uri"]
    )
    assert shown["account"]["acct"] == f"amina@{n.here.domain}"
    assert plain_text(shown["content"]) == plain_text(asked["content"])

    await say(n.benoit, "J’en ai une, je passe samedi !", shown)
    told = await letter(n.amina, "répond à votre annonce")
    assert "J’en ai une, je passe samedi" in plain_text(told["content"])
    news = await n.amina.get("/api/v1/notifications")
    assert "mention" in {one["type"] for one in news}

    await say(n.amina, "oui, avec plaisir", told)
    agreed = await letter(n.benoit, "vous dit oui")

    await say(n.benoit, "fait", agreed)
    for _ in range(4):
        await n.settled()
        if await states(n) == ["confirmed"] * 2:
            break
        for app in (n.amina, n.benoit):
            await say(app, "fait, merci !", (await messages(app))[0])
            await n.settled()
    assert await states(n) == ["confirmed"] * 2
