"""What we take from a neighbour, what waits for a mediator, and what neighbours do against it.

The neighbours are of others' making: they sign and prove by code that is not the product's.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from node.actions import passing
from node.activitypub.vocabulary import TOPIC
from node.aid.terms import Terms
from node.store import neighbours, tables
from node.store.neighbours import NeighbourRow
from node.store.transaction import Transaction
from tests.databases import new_sqlite
from tests.flows.asking import Asking, people
from tests.flows.neighbourhood import Quartier, Town, town, until
from tests.peers.documents import Document, User

pytestmark = pytest.mark.asyncio(loop_scope="module")
FREE = {"topics": None, "least_urgency": "low", "review": False, "per_hour": 10_000}


@dataclass(frozen=True, slots=True)
class Scene:
    town: Town
    ada: Asking
    """Runs the node."""
    maud: Asking
    """Mediates."""

    async def number(self, other: Quartier) -> str:
        return next(
            str(one["id"]) for one in await self.ada.get("/links") if one["domain"] == other.domain
        )

    async def terms(self, other: Quartier, **change: Any) -> dict[str, Any]:
        status, found = await self.ada.ask(
            "PATCH", f"/neighbours/{await self.number(other)}", **change
        )
        assert status == 200, found
        return dict(found)

    async def steps(self, other: Quartier, *steps: str) -> None:
        for step in steps:
            status, found = await self.ada.ask(
                "POST", f"/neighbours/{await self.number(other)}/{step}"
            )
            assert status == 200, found

    async def passed(self, by: Quartier, author: User, **more: Any) -> Document:
        """A proposal of a neighbour's that it passed on, and that was looked at."""
        note = by.publish_at_home(by.proposal(author, **more))
        await by.pass_on(self.town.node, by.create(author, note), by.credential(author))
        await self.town.settled()
        return note

    async def held(self, **query: str) -> list[str]:
        return [one["uri"] for one in await self.maud.get("/held", **query)]

    async def held_id(self, uri: str, **query: str) -> str:
        found = await self.maud.get("/held", **query)
        return next(str(one["id"]) for one in found if one["uri"] == uri)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def scene(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    directory = Path(tmp_path_factory.mktemp("terms"))
    async with contextlib.AsyncExitStack() as stack:
        made = await stack.enter_async_context(town(new_sqlite(directory), directory))
        who = await stack.enter_async_context(people(made.node, ada="admin", maud="mediator"))
        yield Scene(made, who["ada"], who["maud"])


@pytest_asyncio.fixture(loop_scope="module")
async def s(scene: Scene) -> AsyncIterator[Scene]:
    yield scene
    for other in (scene.town.presquile, scene.town.vaise):
        await scene.terms(other, **FREE)


def about(topic: str, note: Document) -> dict[str, Any]:
    return {"publishes": note["publishes"] | {"resourceConformsTo": TOPIC + topic}}


async def test_only_the_topics_that_we_take(s: Scene) -> None:
    """By topic and by group; what is not taken is neither shown nor passed on, and asks nobody."""
    near, nadia = s.town.presquile, s.town.presquile.nadia
    await s.terms(near, topics=["care", "lending.tools"])
    shown = {}
    for topic in ("care.meals", "lending.tools", "lending.bicycle", "goods.books"):
        note = near.proposal(nadia)
        shown[topic] = await s.passed(near, nadia, **about(topic, note))
    assert [topic for topic, note in shown.items() if await s.town.shown(note["id"])] == [
        "care.meals",
        "lending.tools",
    ]
    assert await s.held() == []
    left = shown["goods.books"]["id"]
    assert await s.town.told(left) == 0
    assert s.town.vaise.was_told(left) == []
    assert s.town.vaise.was_told(shown["care.meals"]["id"])
    # Taken after all: it was kept, and is shown now.
    await s.terms(near, topics=None)
    await until(partial(s.town.shown, left), True)
    # And the other way: what we no longer take leaves the list.
    await s.terms(near, topics=["goods"])
    assert not await s.town.shown(shown["care.meals"]["id"])
    assert await s.town.shown(left)


async def test_the_least_urgency(s: Scene) -> None:
    """Low and normal stay unseen; a neighbour cannot make them urgent later without being heard."""
    near, nadia = s.town.presquile, s.town.presquile.nadia
    await s.terms(near, least_urgency="high")
    calm = await s.passed(near, nadia)
    pressing = await s.passed(near, nadia, urgency="critical")
    assert not await s.town.shown(calm["id"])
    assert await s.town.shown(pressing["id"])
    await near.pass_on(s.town.node, near.update(nadia, calm, urgency="high"))
    await until(partial(s.town.shown, calm["id"]), True)
    await near.pass_on(s.town.node, near.update(nadia, pressing, urgency="low"))
    await until(partial(s.town.shown, pressing["id"]), False)


async def test_over_the_rate_it_waits(s: Scene) -> None:
    """A flood: as many as agreed are shown, the rest is for a mediator, who is told once; what is
    urgent is shown all the same."""
    near, nadia = s.town.presquile, s.town.presquile.nadia
    await s.town.node.store.write(_joined_long_ago)
    await s.terms(near, per_hour=0)
    notes = [await s.passed(near, nadia, name=f"Annonce {n}") for n in range(5)]
    urgent = await s.passed(near, nadia, urgency="high")
    assert [await s.town.shown(note["id"]) for note in notes] == [False] * 5
    assert await s.town.shown(urgent["id"])
    assert set(await s.held()) == {note["id"] for note in notes}
    told = [kind for kind, _ in await s.maud.told() if kind == "review-waiting"]
    # Once an hour, and once more of what is urgent; an hour may end meanwhile.
    assert 1 <= len(told) <= 4
    link = await s.ada.get(f"/neighbours/{await s.number(near)}")
    assert link["waiting"] == 5

    # In bulk: two are shown, one is left; nobody without the role does it.
    ids = [await s.held_id(note["id"]) for note in notes]
    status, done = await s.maud.ask("POST", "/held/show", ids=ids[:2])
    assert (status, done) == (200, {"done": 2})
    status, done = await s.maud.ask("POST", "/held/leave", ids=ids[2:3])
    assert (status, done) == (200, {"done": 1})
    again, _ = await s.maud.ask("POST", "/held/leave", ids=ids[:3])
    assert again == 404
    assert [await s.town.shown(note["id"]) for note in notes] == [True, True, False, False, False]
    await until(partial(s.town.told, notes[0]["id"]), 1)

    # What was left does not come back, by whatever word and by whichever neighbour.
    left = notes[2]
    await near.pass_on(s.town.node, near.update(nadia, left, name="Encore moi"))
    create = near.create(nadia, left)
    await s.town.vaise.pass_on(s.town.node, create, near.credential(nadia))
    await s.town.settled()
    assert not await s.town.shown(left["id"])
    # Deleted while it waits, and over while it waits: nobody is asked about it any more.
    await near.pass_on(s.town.node, near.delete(nadia, notes[3]["id"]))
    await near.pass_on(s.town.node, _finished(near, nadia, notes[4]))
    await s.town.settled()
    assert await s.held() == []
    # A mediator changes their mind.
    status, _ = await s.maud.ask("POST", "/held/show", ids=ids[2:3])
    assert status == 200
    assert await s.town.shown(left["id"])


def _finished(by: Quartier, author: User, note: Document) -> Document:
    return by.update(author, note, publishes=note["publishes"] | {"finished": True})


def _joined_long_ago(tx: Transaction) -> None:
    tx.execute(tables.neighbours.update().values(joined_at=time.time() - 7200))


async def test_after_a_look(s: Scene) -> None:
    """Everything of this neighbour waits, urgent or not; its words are looked at again when they
    change, its end is not; and another neighbour, whom we trust, brings it at once."""
    near, nadia = s.town.presquile, s.town.presquile.nadia
    before = await s.passed(near, nadia)
    await s.terms(near, review=True)
    assert not await s.town.shown(before["id"]), "it was never looked at"
    note = await s.passed(near, nadia, urgency="critical")
    assert not await s.town.shown(note["id"])
    assert set(await s.held()) >= {before["id"], note["id"]}
    waiting = next(one for one in await s.maud.get("/held") if one["uri"] == note["id"])
    assert (waiting["why"], waiting["urgency"], waiting["title"]) == (
        "review",
        "critical",
        note["name"],
    )
    status, _ = await s.maud.ask("POST", "/held/show", ids=[waiting["id"]])
    assert status == 200
    assert await s.town.shown(note["id"])
    # Also when the author says it by themselves, not by the neighbour.
    update = near.update(nadia, note, name="Achetez mes pilules", content="<p>Pilules</p>")
    assert await near.say(s.town.node, update, by=nadia) == 202
    await until(partial(s.town.shown, note["id"]), False)
    assert note["id"] in await s.held()

    create, author = near.create(nadia, before), near.credential(nadia)
    await s.town.vaise.pass_on(s.town.node, create, author, s.town.vaise.statement(near))
    await until(partial(s.town.shown, before["id"]), True)
    assert before["id"] not in await s.held()
    await s.terms(near, review=False)
    await until(partial(s.town.shown, note["id"]), True)


async def test_a_pause_stops_both_directions(s: Scene) -> None:
    """Nothing new of theirs is shown and nothing of ours goes there; ends are heard all the same;
    when we go on, both have what is open."""
    near, nadia = s.town.presquile, s.town.presquile.nadia
    known = await s.passed(near, nadia)
    await s.steps(near, "pause")
    meanwhile, ended = await s.passed(near, nadia), await s.passed(near, nadia)
    ours = await s.town.node.publish(s.maud.actor, reach="wide")
    await near.pass_on(s.town.node, near.delete(nadia, known["id"]))
    await near.pass_on(s.town.node, near.delete(nadia, ended["id"]))
    await s.town.settled()
    assert not await s.town.shown(known["id"])
    assert not await s.town.shown(meanwhile["id"])
    assert near.was_told(ours) == []
    await s.steps(near, "resume")
    await s.town.settled()
    assert await s.town.shown(meanwhile["id"])
    assert not await s.town.shown(ended["id"])
    await until(partial(_times_told, near, ours), 1)
    for step, expected in (("resume", 409), ("accept", 409), ("pause", 200), ("resume", 200)):
        status, _ = await s.ada.ask("POST", f"/neighbours/{await s.number(near)}/{step}")
        assert status == expected, step
    await s.town.settled()
    assert len(near.was_told(ours)) == 1


async def _times_told(one: Quartier, uri: str) -> int:
    return len(one.was_told(uri))


async def test_the_other_side_is_told_what_we_take(s: Scene) -> None:
    """In our Follow, again when it changes, and only then."""
    near = s.town.presquile
    quartier = f"{s.town.node.base}/quartier"

    def follows() -> list[Document]:
        return [
            one
            for one in near.activities
            if one["type"] == "Follow" and one["object"] == near.quartier.id
        ]

    before = len(follows())
    await s.terms(near, topics=["care"], least_urgency="normal", per_hour=7)
    await s.terms(near, review=True)
    await s.terms(near, review=True)
    await s.town.settled()
    told = follows()[before:]
    assert len(told) == 1
    assert told[0]["actor"] == quartier
    assert told[0]["takes"] == {
        "leastUrgency": "normal",
        "perHour": 7,
        "resourceConformsTo": [f"{TOPIC}care"],
    }


async def test_we_send_what_they_take(s: Scene) -> None:
    """Topics, urgency and rate as they say in their Follow; when they take more, they get it."""
    near, maud = s.town.vaise, s.maud.actor
    takes = {"resourceConformsTo": [f"{TOPIC}care"], "leastUrgency": "high", "perHour": 0}
    await _follow(s, near, takes)
    calm = await s.town.node.publish(maud, reach="wide", title="Des courses, un jour")
    books = await s.town.node.publish(maud, reach="wide", topic="goods.books", urgency="critical")
    pressing = await s.town.node.publish(maud, reach="wide", urgency="critical")
    await s.town.settled()
    assert [len(near.was_told(uri)) for uri in (calm, books, pressing)] == [0, 0, 1]
    row = await _row(s, near)
    assert row.takes is not None
    assert row.takes.topics == ("care",)
    # The rate alone: it waits for their next hour.
    await _follow(s, near, {"perHour": 0})
    await s.town.settled()
    assert near.was_told(calm) == []
    assert (await _row(s, near)).waits
    await _follow(s, near, {"perHour": 50})
    await until(partial(_times_told, near, calm), 1)
    await until(partial(_times_told, near, books), 1)
    assert len(near.was_told(pressing)) == 1


async def _follow(s: Scene, by: Quartier, takes: dict[str, Any]) -> None:
    """Their Group follows once more, and says what it takes."""
    follow = {
        "@context": [
            *by.serves[by.quartier.path]["@context"],
            {
                "takes": "entraide:takes",
                "leastUrgency": "entraide:leastUrgency",
                "perHour": "entraide:perHour",
            },
        ],
        "id": by.new_id(by.quartier, "follows"),
        "type": "Follow",
        "actor": by.quartier.id,
        "object": f"{s.town.node.base}/quartier",
        "takes": takes,
    }
    assert await by.say(s.town.node, follow) == 202
    await s.town.settled()


async def _row(s: Scene, other: Quartier) -> NeighbourRow:
    rows = await s.town.node.store.read(neighbours.every)
    return next(row for row in rows if row.actor_uri == other.quartier.id)


async def test_the_hour_passes(s: Scene) -> None:
    """What went in one hour is forgotten in the next, and what waited is offered then."""
    near = s.town.vaise
    now = time.time() + 100_000

    def plays(tx: Transaction) -> tuple[int, int, int]:
        row = next(one for one in neighbours.every(tx) if one.actor_uri == near.quartier.id)
        for _ in range(3):
            neighbours.count_one(tx, row.actor_id, "from", now=now)
        return (
            neighbours.in_this_hour(tx, row.actor_id, "from", now=now),
            neighbours.in_this_hour(tx, row.actor_id, "from", now=now + 3599),
            neighbours.in_this_hour(tx, row.actor_id, "from", now=now + 3600),
        )

    assert await s.town.node.store.write(plays) == (3, 3, 0)
    await s.town.node.store.write(passing.offer_what_waited, s.town.node.here)


async def test_who_may_see_and_change_it(s: Scene) -> None:
    """Everybody sees who is joined, and nothing of the terms; a mediator sees them; only an
    administrator changes them. What cannot be is said in words."""
    near = s.town.presquile
    number = await s.number(near)
    async with s.ada.session.get(f"{s.town.node.base}/api/aid/v1/neighbours") as answer:
        joined = await answer.json()
    assert {one["domain"] for one in joined} == {near.domain, s.town.vaise.domain}
    assert all(one["adjacent"] for one in joined)
    assert "terms" not in joined[0]
    assert (await s.maud.get(f"/neighbours/{number}"))["state"] == "joined"
    status, _ = await s.maud.ask("PATCH", f"/neighbours/{number}", review=True)
    assert status == 403
    status, _ = await s.maud.ask("POST", f"/neighbours/{number}/pause")
    assert status == 403
    changes: tuple[dict[str, list[str]], ...] = ({"topics": []}, {"topics": ["nothing"]})
    for change in changes:
        status, said = await s.ada.ask("PATCH", f"/neighbours/{number}", **change)
        assert status == 422
        assert "sujet" in said["error"]
    status, _ = await s.ada.ask("PATCH", "/neighbours/1", review=True)
    assert status == 404
    status, said = await s.ada.ask("POST", "/neighbours", address="http://127.0.0.1:1")
    assert status == 422
    status, _ = await s.ada.ask("POST", "/neighbours", address=s.town.node.base)
    assert status == 422
    assert (await _row(s, near)).terms == Terms(per_hour=10_000)
