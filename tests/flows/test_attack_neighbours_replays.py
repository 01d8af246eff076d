"""Attacks with true words at the wrong time: an author's own old activities, brought once more,
and what an origin says of them when it answers."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from node.store import proposals
from tests.databases import database_url, postgres_url, sqlite_url
from tests.flows.neighbourhood import (
    FAR,
    Quartier,
    Town,
    iso,
    origin_of,
    town,
    until,
)
from tests.peers.documents import Document, User

__all__ = ["database_url", "postgres_url", "sqlite_url"]


@pytest.fixture
async def t(database_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    async with town(database_url, tmp_path) as made:
        yield made


class Story:
    """Amina's proposal, and everything that she says of it, passed on by one neighbour."""

    def __init__(self, t: Town, origin: Quartier, amina: User, **more: Any) -> None:
        self.t, self.origin, self.amina = t, origin, amina
        self.note = origin.publish_at_home(origin.proposal(amina, **more))
        self.uri: str = self.note["id"]
        self.create = origin.create(amina, self.note)
        self.credential = origin.credential(amina)

    async def by(self, neighbour: Quartier, *activities: Document) -> None:
        """With all that is needed to be believed while the origin is silent."""
        for activity in activities:
            statement = neighbour.statement(self.origin)
            await neighbour.pass_on(self.t.node, activity, self.credential, statement)
            await self.t.tried()

    async def begins(self, silent: bool) -> None:
        """It is listed: confirmed, or by Presqu'île's word when its origin is silent."""
        if silent:
            await self.origin.close_port()
        await self.by(self.t.presquile, self.create)
        await until(lambda: self.t.voucher(self.uri), self.t.presquile.base if silent else "")

    def update(self, seconds: float, **changes: Any) -> Document:
        """An edit made so many seconds after the beginning."""
        at = iso(time.time() - 60 + seconds)
        return self.origin.update(self.amina, self.note, updated=at, **changes)

    def closed(self, seconds: float) -> Document:
        return self.update(seconds, publishes=self.note["publishes"] | {"finished": True})


silent_or_not = pytest.mark.parametrize("silent", [False, True], ids=["alive", "silent"])


@silent_or_not
async def test_an_old_create_after_an_edit(t: Town, silent: bool) -> None:
    """Brought again by either neighbour, the first words do not come back, and nobody is told
    twice."""
    async with origin_of() as (origin, amina):
        story = Story(t, origin, amina)
        await story.begins(silent)
        await story.by(t.presquile, story.update(1, name="Neuf"))
        await until(lambda: t.title(story.uri), "Neuf")
        for neighbour in (t.presquile, t.vaise, t.presquile):
            await story.by(neighbour, story.create)
        assert await t.title(story.uri) == "Neuf"
        assert await t.told(story.uri) == 1


@silent_or_not
async def test_an_old_edit_after_a_newer_one(t: Town, silent: bool) -> None:
    """Edits are ordered by when they were made, whatever the order in which they come."""
    async with origin_of() as (origin, amina):
        story = Story(t, origin, amina)
        await story.begins(silent)
        old, new = story.update(1, name="Vieux"), story.update(2, name="Neuf")
        await story.by(t.presquile, new, old)
        await story.by(t.vaise, old)
        assert await t.title(story.uri) == "Neuf"


@silent_or_not
async def test_edits_without_a_date_are_ordered_by_their_proofs(t: Town, silent: bool) -> None:
    """Where the proposal has no `updated`, the proof says when it was made."""
    async with origin_of() as (origin, amina):
        story = Story(t, origin, amina)
        await story.begins(silent)
        edits = []
        for seconds, name in ((1, "Vieux"), (2, "Neuf")):
            bare = origin.activity("Update", amina, story.note | {"name": name})
            edits.append(origin.proven(bare, by=amina, now=time.time() - 60 + seconds))
        await story.by(t.presquile, edits[1], edits[0])
        await story.by(t.vaise, edits[0])
        assert await t.title(story.uri) == "Neuf"


@silent_or_not
async def test_old_words_after_the_close(t: Town, silent: bool) -> None:
    """What is finished stays so: neither its Create nor an earlier edit opens it again."""
    async with origin_of() as (origin, amina):
        story = Story(t, origin, amina)
        await story.begins(silent)
        old = story.update(1, name="Vieux")
        await story.by(t.presquile, story.closed(2))
        await until(lambda: t.shown(story.uri), False)
        for neighbour in (t.presquile, t.vaise):
            await story.by(neighbour, story.create, old)
        assert not await t.shown(story.uri)


@silent_or_not
async def test_old_words_after_the_deletion(t: Town, silent: bool) -> None:
    """What is deleted stays so, also for an edit that nobody had seen before."""
    async with origin_of() as (origin, amina):
        story = Story(t, origin, amina)
        await story.begins(silent)
        unseen = story.update(1, name="Jamais vu")
        deletion = origin.delete(amina, story.uri)
        if not silent:
            origin.publish_at_home({"@context": [], "id": story.uri, "type": "Tombstone"})
        await story.by(t.presquile, deletion)
        await until(lambda: t.shown(story.uri), False)
        for neighbour in (t.presquile, t.vaise):
            await story.by(neighbour, story.create, unseen)
        assert not await t.shown(story.uri)


@silent_or_not
async def test_old_words_after_the_end(t: Town, silent: bool) -> None:
    """An expired proposal is not listed, told or passed on, whoever brings it and how often."""
    async with origin_of() as (origin, amina):
        story = Story(t, origin, amina, endTime=iso(time.time() - 5))
        if silent:
            await origin.close_port()
        for neighbour in (t.presquile, t.vaise, t.presquile):
            await story.by(neighbour, story.create)
        assert not await t.shown(story.uri)
        assert await t.told(story.uri) == 0
        assert t.vaise.was_told(story.uri) == t.presquile.was_told(story.uri) == []


async def test_the_deletion_comes_first(t: Town) -> None:
    """Deleted by its author's proven word before its Create comes: it never appears."""
    async with origin_of() as (origin, amina):
        story = Story(t, origin, amina)
        origin.publish_at_home({"@context": [], "id": story.uri, "type": "Tombstone"})
        await story.by(t.presquile, origin.delete(amina, story.uri))
        await story.by(t.vaise, story.create)
        assert not await t.shown(story.uri)


async def test_a_deletion_by_word_alone_is_not_for_ever(t: Town) -> None:
    """By a neighbour's word it is hidden; its origin, when it answers, still has it: it is shown
    again, confirmed. A forged deletion of what was never here leaves no trace either."""
    async with origin_of() as (origin, amina):
        # Two authors: once Amina's key is had from her node, her proof is no mere word any more.
        bruno = origin.add_user("bruno")
        story, other = Story(t, origin, amina), Story(t, origin, bruno)
        await story.begins(silent=True)
        await story.by(t.presquile, origin.delete(amina, story.uri))
        await until(lambda: t.shown(story.uri), False)
        await other.by(t.presquile, origin.delete(bruno, other.uri))
        await origin.open_port()
        await until(lambda: t.voucher(story.uri), "")
        await t.node.settled(seconds=25)
        await other.by(t.vaise, other.create)
        await until(lambda: t.voucher(other.uri), "")


async def test_a_deletion_without_proof(t: Town) -> None:
    """While the origin is silent nothing happens; when it answers, what it says happens."""
    async with origin_of() as (origin, amina):
        story, other = Story(t, origin, amina), Story(t, origin, amina)
        await story.by(t.presquile, story.create, other.create)
        await until(lambda: t.voucher(other.uri), "")
        await origin.close_port()
        for uri in (story.uri, other.uri):
            bare = origin.activity("Delete", amina, {"id": uri, "type": "Tombstone"})
            await t.presquile.pass_on(t.node, bare)
        await t.tried()
        assert await t.shown(story.uri)
        assert await t.shown(other.uri)
        origin.publish_at_home({"@context": [], "id": story.uri, "type": "Tombstone"})
        await origin.open_port()
        await until(lambda: t.shown(story.uri), False, seconds=30)
        await t.tried()
        assert await t.shown(other.uri)


async def test_a_stale_create_is_asked_of_its_origin(t: Town) -> None:
    """A neighbour keeps the close from us and passes on yesterday's Create, truly Amina's: it is
    unconfirmed while the origin is silent, and ends when the origin says so."""
    async with origin_of() as (origin, amina):
        story = Story(t, origin, amina)
        await story.begins(silent=False)  # Amina's key is known from home
        note = origin.proposal(amina, published=iso(time.time() - 90_000))
        bare = origin.activity("Create", amina, note)
        create = origin.proven(bare, by=amina, now=time.time() - 90_000)
        finished = note["publishes"] | {"finished": True}
        origin.publish_at_home(note | {"publishes": finished, "updated": iso(time.time())})
        await origin.close_port()
        await story.by(t.presquile, create)
        await until(lambda: t.voucher(note["id"]), t.presquile.base)
        await origin.open_port()
        await until(lambda: t.shown(note["id"]), False)


# ── what the origin says when it answers ─────────────────────────────────────────────────────


def tombstone(note: Document) -> Document | None:
    return {"@context": [], "id": note["id"], "type": "Tombstone"}


def nothing(note: Document) -> Document | None:
    return None


def plain_note(note: Document) -> Document | None:
    return {k: v for k, v in note.items() if k not in ("purpose", "publishes")}


def private(note: Document) -> Document | None:
    return note | {"to": [note["cc"][0]], "cc": [], "content": "<p>SECRET</p>"}


def anothers(note: Document) -> Document | None:
    return note | {"attributedTo": note["attributedTo"].replace("amina", "quartier")}


def another_id(note: Document) -> Document | None:
    return note | {"id": f"{note['id']}0"}


@pytest.mark.parametrize("answer", [tombstone, nothing, plain_note, private, anothers, another_id])
async def test_the_origin_denies_it(t: Town, answer: Any) -> None:
    """What the origin does not own up to is withdrawn, told so, and does not come back."""
    async with origin_of() as (origin, amina):
        story = Story(t, origin, amina)
        await story.begins(silent=True)
        said = answer(story.note)
        path = story.uri.removeprefix(origin.base)
        origin.serves.pop(path)
        if said is not None:
            origin.serves[path] = said
        await origin.open_port()
        await until(lambda: t.shown(story.uri), False)
        await t.tried()
        assert await t.told(story.uri) == 0
        assert await t.status(story.uri) is None
        for neighbour in (t.presquile, t.vaise):
            await story.by(neighbour, story.create)
        assert not await t.shown(story.uri)


async def test_the_origin_says_otherwise(t: Town) -> None:
    """Its words replace the neighbour's."""
    async with origin_of() as (origin, amina):
        story = Story(t, origin, amina)
        await story.begins(silent=True)
        origin.publish_at_home(story.note | {"name": "Autrement", "updated": iso(time.time())})
        await origin.open_port()
        await until(lambda: t.title(story.uri), "Autrement")
        assert await t.voucher(story.uri) == ""


async def test_the_origin_comes_back_with_another_key(t: Town) -> None:
    """A new installation at the old address is the origin from now on: what the old one wrote,
    and it does not know, goes; what it has written stays; its author's old key is worth nothing."""
    async with origin_of() as (origin, amina):
        story, kept = Story(t, origin, amina), Story(t, origin, amina)
        await story.begins(silent=True)
        await kept.by(t.presquile, kept.create)
        origin.serves.clear()
        old = amina.keys
        for name, kind in (("instance", "Application"), ("quartier", "Group"), ("amina", "Person")):
            origin.add_user(name, kind=kind)
        origin.publish_at_home(kept.note)
        await origin.open_port()
        await until(lambda: t.shown(story.uri), False)
        await until(lambda: t.voucher(kept.uri), "")
        again = origin.users["amina"]
        note = origin.proposal(again)
        again.keys, new = old, again.keys
        forged = origin.create(again, note)
        again.keys = new
        await story.by(t.presquile, forged)
        assert not await t.shown(note["id"])


# ── what an edit may not change ──────────────────────────────────────────────────────────────


async def test_an_edit_that_changes_who_or_what(t: Town) -> None:
    """The author and the id of a proposal are for ever; another who edits it is nobody."""
    async with origin_of() as (origin, amina):
        story = Story(t, origin, amina)
        other = origin.add_user("mallory")
        await story.begins(silent=False)
        for forged in (
            story.update(1, name="FAUX", attributedTo=other.id),
            origin.update(other, story.note, name="FAUX"),
            origin.update(other, story.note, name="FAUX", attributedTo=other.id),
            story.update(1, name="FAUX", id=f"{t.presquile.base}/objects/1"),
        ):
            await t.presquile.pass_on(t.node, forged, story.credential, origin.credential(other))
        await t.settled()
        assert await t.title(story.uri) == story.note["name"]
        proposal = await t.stored(story.uri)
        assert proposal is not None
        assert proposal.author_uri == amina.id


@pytest.mark.parametrize("purpose", [None, "steal", 7])
async def test_an_edit_that_makes_it_no_proposal(t: Town, purpose: Any) -> None:
    """An author may turn a proposal into a mere note: it is no longer listed as one."""
    async with origin_of() as (origin, amina):
        story = Story(t, origin, amina)
        await story.begins(silent=False)
        update = story.update(1, name="Une note", purpose=purpose)
        if purpose is None:
            changed = {k: v for k, v in update["object"].items() if k != "purpose"}
            update = origin.proven(update | {"object": changed}, by=amina)
        await t.presquile.pass_on(t.node, update, story.credential)
        await until(lambda: t.shown(story.uri), False)


async def test_an_edit_of_the_purpose(t: Town) -> None:
    """An author may ask for what it offered: the list says so."""
    async with origin_of() as (origin, amina):
        story = Story(t, origin, amina)
        await story.begins(silent=False)
        await story.by(t.presquile, story.update(1, purpose="offer"))
        line = await t.line(story.uri)
        assert line is not None
        assert line.proposal.purpose == "offer"


# ── reach ────────────────────────────────────────────────────────────────────────────────────


def circle(metres: Any) -> Document:
    return {"type": "schema:GeoCircle", "schema:geoRadius": metres}


FAR_AWAY = {
    "type": "Place",
    "name": "Paris",
    "latitude": FAR[0],
    "longitude": FAR[1],
    "radius": 531,
}


@pytest.mark.parametrize(
    "more",
    [
        {"areaServed": circle(0)},
        {"areaServed": circle(1_000_000_000), "location": FAR_AWAY},
        {"areaServed": circle(5000), "location": None},
        {"areaServed": None},
    ],
    ids=["its quartier", "the world", "nowhere", "adjacent to a quartier we do not know"],
)
async def test_out_of_reach(t: Town, more: Document) -> None:
    """What is not for us is not listed, told or passed on, though a neighbour passes it on; and
    nobody reaches farther than a hundred kilometres."""
    async with origin_of(place=FAR) as (origin, amina):
        story = Story(t, origin, amina, **more)
        await t.presquile.pass_on(t.node, story.create, story.credential)
        await t.settled()
        assert not await t.shown(story.uri)
        assert await t.told(story.uri) == 0
        assert t.vaise.was_told(story.uri) == []


@pytest.mark.parametrize("directly", [False, True])
async def test_a_reach_that_is_edited_away(t: Town, directly: bool) -> None:
    """An author who draws the reach in is obeyed: off the list, and our announcement undone."""
    async with origin_of() as (origin, amina):
        story = Story(t, origin, amina)
        await story.begins(silent=False)
        assert await t.told(story.uri) == 1
        update = story.update(1, areaServed=circle(0))
        if directly:
            assert await origin.say(t.node, update, by=amina) == 202
        else:
            await t.presquile.pass_on(t.node, update, story.credential)
        await until(lambda: t.shown(story.uri), False)
        assert await t.told(story.uri) == 0


async def test_a_reach_that_is_edited_wider(t: Town) -> None:
    """It reaches those whom the author means now, once, and nobody who is still out of reach."""
    async with origin_of() as (origin, amina), Quartier(place=FAR) as paris:
        await paris.join(t.node)
        story = Story(t, origin, amina, areaServed=circle(1))
        await story.begins(silent=False)
        assert t.vaise.was_told(story.uri) == []
        update = story.update(1, areaServed=circle(10**12))
        await story.by(t.presquile, update)
        await t.settled()
        assert [one["object"]["type"] for one in t.vaise.was_told(story.uri)] == [
            "Create",
            "Update",
        ]
        assert paris.was_told(story.uri) == []


# ── again and again ──────────────────────────────────────────────────────────────────────────


async def test_ten_neighbours_bring_the_same(t: Town) -> None:
    """Listed once, told once, and passed to each neighbour that has not got it at most once."""
    async with origin_of() as (origin, amina):
        story = Story(t, origin, amina)
        many = [Quartier() for _ in range(4)]
        for one in many:
            await one.__aenter__()
            await one.join(t.node)
        try:
            for _ in range(2):
                for one in (t.presquile, *many):
                    await one.pass_on(t.node, story.create, story.credential)
            await t.settled()
            assert await t.shown(story.uri)
            assert await t.told(story.uri) == 1
            for one in (t.vaise, *many):
                assert len(one.was_told(story.uri)) <= 1
            found = await t.node.store.read(proposals.listed, now=time.time())
            assert [one.proposal.uri for one in found] == [story.uri]
        finally:
            for one in many:
                await one.__aexit__(None, None, None)


async def test_an_announce_of_an_announce_and_round_again(t: Town) -> None:
    """What we passed on comes back, inside the neighbour's Announce or inside ours: nothing moves,
    however often."""
    async with origin_of() as (origin, amina):
        story = Story(t, origin, amina)
        await story.begins(silent=False)
        await t.settled()
        [ours] = t.vaise.was_told(story.uri)
        before = len(t.vaise.activities) + len(t.presquile.activities)
        for _ in range(3):
            await t.vaise.pass_on(t.node, story.create, *ours["attachment"])
            await t.vaise.pass_on(t.node, ours)
            await t.vaise.say(t.node, ours)
        update = story.update(1, name="Neuf")
        for neighbour in (t.presquile, t.vaise, t.presquile, t.vaise):
            await story.by(neighbour, update)
        await t.settled()
        after = len(t.vaise.activities) + len(t.presquile.activities)
        told = [one for one in t.vaise.was_told(story.uri) if one["object"]["type"] == "Update"]
        assert len(told) == 1
        assert after - before == 1
        assert await t.told(story.uri) == 1


async def test_an_edit_repeated_by_a_stranger(t: Town) -> None:
    """A node that is not joined brings an author's true edit a hundred times: it is passed on
    once."""
    async with origin_of() as (origin, amina), Quartier() as stranger:
        story = Story(t, origin, amina)
        await story.begins(silent=False)
        update = story.update(1, name="Neuf")
        for _ in range(20):
            await stranger.pass_on(t.node, update, story.credential)
        await t.settled()
        assert await t.title(story.uri) == "Neuf"
        for neighbour in (t.vaise, t.presquile):
            told = [o for o in neighbour.was_told(story.uri) if o["object"]["type"] == "Update"]
            assert len(told) == 1
