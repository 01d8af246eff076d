"""An offer and a request that fit: both people are told why, once, and nobody else is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_asyncio

from node.jobs.matching import match_waiting
from node.store import suggestions
from tests.databases import new_sqlite
from tests.flows.asking import Asking, people
from tests.serving import Serving, serving

CENTRE = {"latitude": 45.774, "longitude": 4.828}
BESIDE = {"latitude": 45.784, "longitude": 4.828}
FAR = {"latitude": 45.9, "longitude": 4.828}


@pytest_asyncio.fixture
async def cast(tmp_path: Path) -> AsyncIterator[tuple[Serving, dict[str, Asking]]]:
    async with (
        serving(new_sqlite(tmp_path), tmp_path) as node,
        people(node, amina="member", bruno="member", chloe="member", mona="mediator") as who,
    ):
        yield node, who


async def say(who: Asking, purpose: str, title: str, **fields: Any) -> str:
    given = {"topic": "care.groceries", "place": CENTRE, "purpose": purpose, "title": title}
    status, made = await who.ask("POST", "/proposals", **(given | fields))
    assert status == 201, made
    return str(made["id"])


async def looked(node: Serving) -> None:
    """Until nothing waits to be looked at: by the job of the node, or by us, whoever is first."""
    for _ in range(20):
        await match_waiting(node.store, node.here)
        if not await node.store.read(suggestions.waiting, most=1):
            return
    raise AssertionError("something waits for ever")


def kinds(told: list[tuple[str, dict[str, Any]]]) -> list[str]:
    return [kind for kind, _ in told if kind == "suggestion"]


async def test_both_are_told_why_and_nobody_else_is(
    cast: tuple[Serving, dict[str, Asking]],
) -> None:
    """However often it is looked at again, and whoever came first."""
    node, who = cast
    amina, bruno, chloe, mona = who["amina"], who["bruno"], who["chloe"], who["mona"]
    asks = await say(amina, "request", "Courses du mardi")
    await looked(node)
    offers = await say(bruno, "offer", "Je passe au marché", place=BESIDE)
    await say(chloe, "offer", "De l’autre côté du pays", place=FAR)
    await say(chloe, "offer", "Une perceuse", topic="lending.tools")
    await looked(node)

    (to_amina,) = await amina.get("/suggestions")
    (to_bruno,) = await bruno.get(f"/proposals/{offers}/suggestions")
    assert (to_amina["own_id"], to_amina["other"]["id"]) == (asks, offers)
    assert (to_bruno["own_id"], to_bruno["other"]["id"]) == (offers, asks)
    for one in (to_amina, to_bruno):
        same, away = one["reasons"]
        assert same == "même besoin\u00a0: aide aux courses"
        assert away.startswith("à ")
        assert away.endswith("\u00a0m")
    assert await chloe.get("/suggestions") == await mona.get("/suggestions") == []
    assert (await chloe.ask("GET", f"/proposals/{offers}/suggestions"))[0] == 404

    assert (await bruno.ask("PATCH", f"/proposals/{offers}", title="Je passe aux halles"))[0] == 200
    await looked(node)
    for one in (amina, bruno):
        assert kinds(await one.told()) == ["suggestion"]
    for one in (chloe, mona):
        assert kinds(await one.told()) == []


async def test_what_does_not_suit_is_put_aside_by_each_for_themselves(
    cast: tuple[Serving, dict[str, Asking]],
) -> None:
    """It does not come back by an edit, and the other still sees it."""
    node, who = cast
    amina, bruno, chloe = who["amina"], who["bruno"], who["chloe"]
    asks = await say(amina, "request", "Courses du mardi")
    offers = await say(bruno, "offer", "Je passe au marché")
    await looked(node)
    path = f"/suggestions/{asks}/{offers}/dismiss"
    assert (await chloe.ask("POST", path))[0] == 404
    assert (await amina.ask("POST", path))[0] == 204
    assert (await amina.ask("PATCH", f"/proposals/{asks}", text="Deux sacs"))[0] == 200
    await looked(node)
    assert await amina.get("/suggestions") == []
    assert len(await bruno.get("/suggestions")) == 1
    assert (await amina.ask("POST", f"/suggestions/{offers}/{asks}/dismiss"))[0] == 404


async def test_what_is_over_and_whom_one_blocked_are_not_suggested(
    cast: tuple[Serving, dict[str, Asking]],
) -> None:
    """Neither anew, nor any more."""
    node, who = cast
    amina, bruno, chloe = who["amina"], who["bruno"], who["chloe"]
    await say(amina, "request", "Courses du mardi")
    offers = await say(bruno, "offer", "Je passe au marché")
    await looked(node)
    status, _ = await amina.ask("POST", "/blocks", account_id=chloe.id)
    assert status == 200
    await say(chloe, "offer", "J’y vais aussi")
    await looked(node)
    assert [one["other"]["id"] for one in await amina.get("/suggestions")] == [offers]
    assert await chloe.get("/suggestions") == []
    assert (await bruno.ask("POST", f"/proposals/{offers}/withdraw"))[0] == 200
    assert await amina.get("/suggestions") == await bruno.get("/suggestions") == []
