"""Writing for somebody who has no account: their name stays here, and nowhere else."""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import pytest
import pytest_asyncio

from node.actions.proposals import close_proposal, delete_proposal
from node.aid.lifecycle import State
from node.clock import to_iso
from node.store import objects, on_behalf, proposals, tables
from node.store.transaction import Transaction
from tests.databases import new_sqlite
from tests.flows.asking import Asking, people
from tests.flows.neighbourhood import Quartier
from tests.serving import Serving, serving

pytestmark = pytest.mark.asyncio(loop_scope="module")

PLANTED = ("Colette Planchat", "sa fille Odile", "04 78 99 88 77", "0478998877")


@dataclass(frozen=True, slots=True)
class Scene:
    node: Serving
    neighbour: Quartier
    maud: Asking
    centre: Asking  # an association
    amina: Asking

    async def state(self, number: str) -> State:
        stored = await self.node.store.read(proposals.by_id, int(number))
        assert stored is not None
        return stored.proposal.state

    async def kept(self, number: str) -> bool:
        return await self.node.store.read(on_behalf.of, int(number)) is not None


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def s(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    directory = Path(tmp_path_factory.mktemp("on-behalf"))
    async with (
        serving(new_sqlite(directory), directory) as node,
        Quartier("nadia") as neighbour,
        people(node, maud="mediator", centre="association", amina="member") as who,
    ):
        await neighbour.join(node)
        await neighbour.follow(who["centre"].actor.uri, user=neighbour.nadia)
        yield Scene(node, neighbour, **who)


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.DEBUG)
    return caplog


def record(**changes: Any) -> dict[str, Any]:
    return {
        "proposal": {
            "purpose": "request",
            "topic": "care.groceries",
            "title": "Courses pour une voisine",
            "text": "Deux sacs, le mardi.",
            "language": "fr",
        },
        "beneficiary": "Colette Planchat",
        "consented_by": "sa fille Odile",
        "consented_at": to_iso(time.time() - 3_600),
        "consent_how": "phone",
        "call_back": "04 78 99 88 77",
    } | changes


async def test_nothing_of_the_person_leaves_the_node(
    s: Scene, said: pytest.LogCaptureFixture
) -> None:
    """Neither in what was sent, nor on a page, nor in another answer, nor in a log, nor in the
    outbox that waits; who wrote and the mediators read it."""
    status, made = await s.centre.ask("POST", "/on-behalf", **record())
    assert status == 201
    assert made["writer"]["handle"].startswith("centre@")
    assert (made["beneficiary"], made["call_back"]) == ("Colette Planchat", "04 78 99 88 77")
    await s.neighbour.received(lambda one: one["type"] == "Create")
    await s.node.settled()

    for who in (s.centre, s.maud):
        assert await who.get(f"/on-behalf/{made['id']}") == made
        assert made in await who.get("/on-behalf")
    assert (await s.amina.ask("GET", f"/on-behalf/{made['id']}"))[0] == 404
    assert (await s.amina.ask("GET", "/on-behalf/77"))[0] == 404
    assert await s.amina.get("/on-behalf") == []
    assert (await s.amina.ask("PATCH", f"/on-behalf/{made['id']}", call_back="x"))[0] == 404
    assert (await s.amina.ask("DELETE", f"/on-behalf/{made['id']}"))[0] == 404

    sent = [one.request.body for one in s.neighbour.inbox_log]
    assert sent
    seen = [*sent, *(await _everything_public(s, made["proposal_uri"], made["id"]))]
    seen += [record.getMessage().encode() for record in said.records]
    seen.append(orjson.dumps(await s.maud.get("/audit")))
    seen += await s.node.store.read(_rows)
    for planted in PLANTED:
        assert not [one for one in seen if planted.encode() in one], planted
    assert any(b"Courses pour une voisine" in one for one in seen), "something was looked at"


def _rows(tx: Transaction) -> list[bytes]:
    """Every row of every other table: also what is yet to be sent, told or mailed."""
    return [
        repr(tuple(row)).encode()
        for table in tables.metadata.sorted_tables
        if table.name != "on_behalf"
        for row in tx.all(table.select())
    ]


async def _everything_public(s: Scene, uri: str, number: str) -> list[bytes]:
    """All that somebody without an account, another server and another member can read."""
    found = []
    paths = (
        "/", "/@centre", f"/@centre/{number}", f"/proposals/{number}", "/tags/demande",
        "/users/centre", "/users/centre/outbox?page=true", "/quartier/outbox?page=true",
        uri.removeprefix(s.node.base), "/metrics", "/nodeinfo/2.1",
        "/api/aid/v1/proposals", f"/api/aid/v1/proposals/{number}", "/api/aid/v1/openapi.json",
        "/api/aid/v1/feed.atom", "/api/aid/v1/reports/mine", "/api/aid/v1/proposals?q=Colette",
    )  # fmt: skip
    headers: list[dict[str, str]] = [
        {"Accept": "text/html"},
        {"Accept": "application/activity+json"},
        {"Authorization": f"Bearer {s.amina.token}"},
    ]
    async with aiohttp.ClientSession() as session:
        for path in paths:
            for header in headers:
                async with session.get(s.node.base + path, headers=header) as answer:
                    assert answer.status < 500, path
                    found.append(await answer.read())
    return found


async def test_without_a_role_or_a_consent_nothing_is_written(s: Scene) -> None:
    """And nothing that was wrong is repeated in what is answered."""
    before = await s.node.store.read(objects.latest, author_id=s.centre.actor.id)
    records = await s.maud.get("/on-behalf")
    assert (await s.amina.ask("POST", "/on-behalf", **record()))[0] == 403
    wrong: list[dict[str, Any]] = [
        {"beneficiary": " "},
        {"consented_by": ""},
        {"consented_at": to_iso(time.time() + 86_400)},
        {"consented_at": "yesterday"},
        {"consent_how": "telepathy"},
        {"call_back": " "},
        {"proposal": {"purpose": "request"}},
        {"proposal": {**record()["proposal"], "title": "Courses pour COLETTE Planchat"}},
        {"proposal": {**record()["proposal"], "text": "Rappelez le 04.78.99.88.77 !"}},
    ]
    for change in wrong:
        status, told = await s.centre.ask("POST", "/on-behalf", **record(**change))
        assert status == 422, change
        assert not any(planted in str(told) for planted in PLANTED)
    assert await s.node.store.read(objects.latest, author_id=s.centre.actor.id) == before
    assert await s.maud.get("/on-behalf") == records


async def test_it_is_corrected_by_who_wrote_and_by_mediators(s: Scene) -> None:
    """Another telephone, a consent given anew; the rest stays."""
    _, made = await s.centre.ask("POST", "/on-behalf", **record())
    path = f"/on-behalf/{made['id']}"
    assert (await s.centre.ask("PATCH", path, call_back="06 00 11 22 33"))[0] == 200
    status, found = await s.maud.ask("PATCH", path, consent_how="paper", beneficiary="Colette P.")
    assert status == 200
    assert found == made | {
        "call_back": "06 00 11 22 33",
        "consent_how": "paper",
        "beneficiary": "Colette P.",
    }
    assert (await s.maud.ask("PATCH", path, consented_at="2100-01-01T00:00:00Z"))[0] == 422
    assert await s.centre.get(path) == found


async def test_no_later_words_tell_who_it_is(s: Scene) -> None:
    """Neither an edit, nor another name for the person, whom the words would then name."""
    _, made = await s.centre.ask("POST", "/on-behalf", **record())
    path = f"/proposals/{made['id']}"
    for words in ({"title": "Pour Colette  Planchat"}, {"text": "Appelez le 04.78.99.88.77."}):
        status, told = await s.centre.ask("PATCH", path, **words)
        assert status == 422, words
        assert not any(planted in str(told) for planted in PLANTED)
    assert (await s.centre.ask("PATCH", path, text="Trois sacs, le mardi."))[0] == 200
    assert (await s.centre.get(path))["title"] == "Courses pour une voisine"
    change = {"beneficiary": "Une voisine"}
    assert (await s.centre.ask("PATCH", f"/on-behalf/{made['id']}", **change))[0] == 422
    assert (await s.centre.get(f"/on-behalf/{made['id']}"))["beneficiary"] == made["beneficiary"]


async def test_a_consent_that_is_taken_back_takes_the_proposal_along(s: Scene) -> None:
    """The record is gone at once, and the proposal is withdrawn."""
    _, made = await s.centre.ask("POST", "/on-behalf", **record())
    path = f"/on-behalf/{made['id']}"
    assert (await s.maud.ask("DELETE", path))[0] == 204
    assert (await s.centre.ask("GET", path))[0] == 404
    assert (await s.centre.ask("DELETE", path))[0] == 404
    assert await s.state(made["id"]) is State.WITHDRAWN
    line = (await s.maud.get("/audit", action="on-behalf.remove"))[0]
    assert (line["target"], line["who"]) == (f"proposal {made['id']}", s.maud.actor.handle)


@pytest.mark.parametrize("end", ["done", "withdrawn", "removed", "deleted"])
async def test_it_goes_with_the_proposal(s: Scene, end: str) -> None:
    """In the same transaction, however that ends."""
    _, made = await s.maud.ask("POST", "/on-behalf", **record())
    number = int(made["id"])
    assert await s.kept(made["id"])
    match end:
        case "deleted":
            await s.node.store.write(delete_proposal, s.node.here, number)
        case "removed":
            path = f"/moderation/proposals/{number}/remove"
            assert (await s.maud.ask("POST", path, reason="Essai"))[0] == 204
        case _:
            await s.node.store.write(close_proposal, s.node.here, number, state=State(end))
    assert not await s.kept(made["id"])
    assert (await s.maud.ask("GET", f"/on-behalf/{made['id']}"))[0] == 404
