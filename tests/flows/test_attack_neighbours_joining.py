"""Attacks on what stands between two quartiers: forged handshakes, absurd territories, referrals
that nobody may make, and floods."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import h3
import pytest
import sqlalchemy as sa

from node.actions.neighbours import answer_neighbour, ask_neighbour
from node.aid.neighbours import Event
from node.errors import Invalid
from node.store import follows, neighbours, tables
from node.store.transaction import Transaction
from tests.databases import database_url, postgres_url, sqlite_url
from tests.flows.neighbourhood import (
    CONTEXT,
    FAR,
    HERE,
    Quartier,
    Town,
    around,
    origin_of,
    state_of,
    town,
    until,
)
from tests.peers.documents import Document, User

__all__ = ["database_url", "postgres_url", "sqlite_url"]


@pytest.fixture
async def t(database_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    async with town(database_url, tmp_path) as made:
        yield made


def said(kind: str, by: User, thing: Any, number: int = 1) -> Document:
    return {
        "@context": CONTEXT,
        "id": f"{by.id}#said/{kind}/{number}",
        "type": kind,
        "actor": by.id,
        "object": thing,
    }


async def our_follow(t: Town, other: Quartier) -> Document:
    """Our Group's Follow of theirs, as it was sent."""
    found = await other.received(
        lambda one: one["type"] == "Follow" and one["object"] == other.quartier.id
    )
    return found.activity


# ── the handshake ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", ["Accept", "Reject"])
async def test_an_answer_by_the_wrong_one(t: Town, kind: str) -> None:
    """Only the Group that we asked answers: not somebody of its server, not another's Group."""
    async with Quartier("paul", place=HERE) as asked, Quartier() as stranger:
        asked.accepts_follows = False
        await ask_neighbour(t.node.store, t.node.here, t.node.node.remote, asked.base)
        follow = await our_follow(t, asked)
        group = asked.add_user("other", kind="Group")
        for by, thing in (
            (asked.paul, follow),
            (group, follow["id"]),
            (asked.node, follow),
        ):
            await asked.say(t.node, said(kind, by, thing), by=by)
        for thing in (follow, follow["id"], follow | {"object": stranger.quartier.id}):
            answer = said(kind, stranger.quartier, thing, hash(str(thing)))
            await stranger.say(t.node, answer)
        forged = said(kind, asked.quartier, follow)
        assert await stranger.say(t.node, forged, by=stranger.quartier) in (400, 401, 403)
        await t.settled()
        assert await state_of(t.node, asked) == "invited"
        assert await state_of(t.node, stranger) is None
        # the true one
        await asked.say(t.node, said(kind, asked.quartier, follow, 2))
        wanted = "joined" if kind == "Accept" else "refused"
        await until(lambda: state_of(t.node, asked), wanted)


async def test_an_answer_to_nothing(t: Town) -> None:
    """An Accept, Reject or Undo of what was never said makes nobody a neighbour."""
    async with Quartier("paul") as stranger:
        ours = {
            "id": f"{t.node.base}/activities/1",
            "type": "Follow",
            "actor": f"{t.node.base}/quartier",
            "object": stranger.quartier.id,
        }
        theirs = {
            "id": f"{stranger.quartier.id}#follows/9",
            "type": "Follow",
            "actor": stranger.quartier.id,
            "object": f"{t.node.base}/quartier",
        }
        for number, (kind, thing) in enumerate(
            [("Accept", ours), ("Reject", ours), ("Accept", theirs), ("Undo", theirs)]
        ):
            await stranger.say(t.node, said(kind, stranger.quartier, thing, number))
        await t.settled()
        assert await state_of(t.node, stranger) is None


async def test_parting_by_the_wrong_one(t: Town) -> None:
    """Somebody of the neighbour's server, another neighbour or a stranger ends nothing, and the
    neighbour itself ends nothing by leaving somebody else."""
    presquile = t.presquile
    group = presquile.add_user("other", kind="Group")
    follow = {
        "id": f"{presquile.quartier.id}#follows/1",
        "type": "Follow",
        "actor": presquile.quartier.id,
        "object": f"{t.node.base}/quartier",
    }
    ours = await our_follow(t, presquile)
    for other, by in (
        (presquile, presquile.nadia),
        (presquile, group),
        (t.vaise, t.vaise.quartier),
    ):
        for number, (kind, thing) in enumerate(
            [
                ("Undo", follow),
                ("Undo", follow["id"]),
                ("Undo", follow | {"actor": by.id}),
                ("Reject", ours),
                ("Reject", ours["id"]),
            ]
        ):
            if by is t.vaise.quartier and kind == "Undo" and thing == follow | {"actor": by.id}:
                continue  # it would be its own
            await other.say(t.node, said(kind, by, thing, number), by=by)
    elsewhere = {
        "type": "Follow",
        "actor": presquile.quartier.id,
        "object": f"{t.node.base}/urgent",
    }
    await presquile.say(t.node, said("Undo", presquile.quartier, elsewhere, 7))
    await t.settled()
    assert await state_of(t.node, presquile) == "joined"
    assert await state_of(t.node, t.vaise) == "joined"
    await presquile.say(t.node, said("Undo", presquile.quartier, follow, 8))
    await until(lambda: state_of(t.node, presquile), "stopped")


async def test_only_a_group_asks_to_join(t: Town) -> None:
    """A person who follows the quartier is a follower; a Follow in the name of a Group that did
    not sign it is refused; and nobody joins without an answer from here."""
    async with Quartier("paul") as stranger:
        quartier = f"{t.node.base}/quartier"
        await stranger.say(t.node, said("Follow", stranger.paul, quartier), by=stranger.paul)
        forged = said("Follow", stranger.quartier, quartier)
        assert await stranger.say(t.node, forged, by=stranger.paul) in (401, 403)
        await t.settled()
        assert await state_of(t.node, stranger) is None
        for number in range(3):
            await stranger.say(t.node, said("Follow", stranger.quartier, quartier, number))
        await t.settled()
        assert await state_of(t.node, stranger) == "asked"
        following = await t.node.store.read(_follows_here, stranger.quartier.id)
        assert not following


def _follows_here(tx: Transaction, uri: str) -> bool:
    found = tx.scalar(
        sa.select(tables.follows.c.state)
        .join(tables.actors, tables.actors.c.id == tables.follows.c.follower_id)
        .where(tables.actors.c.uri == uri)
    )
    return bool(found == follows.ACCEPTED)


async def test_another_group_of_the_same_server(t: Town) -> None:
    """A parents' group of the neighbour's server asks to join, too: naming the server alone is not
    enough then, and the one that is accepted is the one that is named."""
    async with Quartier() as asking:
        parents = asking.add_user("parents", kind="Group")
        for group in (parents, asking.quartier):
            await asking.follow(f"{t.node.base}/quartier", user=group)
            await until(partial(state_of, t.node, asking, group=group), "asked")
        with pytest.raises(Invalid, match="lequel"):
            await answer_neighbour(t.node.store, t.node.here, asking.domain, Event.WE_ACCEPT)
        named = asking.quartier.id
        await answer_neighbour(t.node.store, t.node.here, named, Event.WE_ACCEPT)
        assert await state_of(t.node, asking) == "joined"
        assert await state_of(t.node, asking, group=parents) == "asked"


async def test_a_request_that_was_seen_before(t: Town) -> None:
    """After we parted, the neighbour's old Follow, sent again as it was, asks for nothing."""
    async with Quartier() as other:
        follow = said("Follow", other.quartier, f"{t.node.base}/quartier")
        await other.say(t.node, follow)
        await until(lambda: state_of(t.node, other), "asked")
        await answer_neighbour(t.node.store, t.node.here, other.domain, Event.WE_ACCEPT)
        await answer_neighbour(t.node.store, t.node.here, other.domain, Event.WE_STOP)
        await other.say(t.node, follow)
        await t.settled()
        assert await state_of(t.node, other) == "stopped"


async def test_parting_ends_what_hung_on_its_word(t: Town) -> None:
    """What only a neighbour said leaves the list with the neighbour; what is confirmed stays."""
    async with origin_of() as (origin, amina):
        kept = origin.publish_at_home(origin.proposal(amina))
        await t.presquile.pass_on(t.node, origin.create(amina, kept))
        await until(lambda: t.voucher(kept["id"]), "")
    async with origin_of() as (origin, amina):
        note = origin.proposal(amina)
        await origin.close_port()
        create, author = origin.create(amina, note), origin.credential(amina)
        await t.presquile.pass_on(t.node, create, author, t.presquile.statement(origin))
        await until(lambda: t.voucher(note["id"]), t.presquile.base)
        here = t.node.here
        await answer_neighbour(t.node.store, here, t.presquile.domain, Event.WE_STOP)
        assert not await t.shown(note["id"])
        assert await t.shown(kept["id"])
        await t.presquile.pass_on(t.node, create, author, t.presquile.statement(origin))
        await t.tried()
        assert not await t.shown(note["id"])
        # Another whom we trust may still say so.
        await t.vaise.pass_on(t.node, create, author, t.vaise.statement(origin))
        await until(lambda: t.shown(note["id"]), True)


# ── territories ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "cells",
    [
        sorted(h3.get_res0_cells()),
        sorted(h3.grid_disk(h3.latlng_to_cell(*HERE, 3), 3)),
        ["8928308280fffff" * 2, "", "not a cell", "8g28308280fffff"],
        [h3.latlng_to_cell(*HERE, 15)],
        [h3.latlng_to_cell(*HERE, 9), "ffffffffffffffff"],
    ],
    ids=["the world", "France", "garbage", "a room", "half garbage"],
)
async def test_a_territory_that_is_none(t: Town, cells: list[str]) -> None:
    """A quartier that claims the world has no territory that we can read: nothing is passed to
    it, and everybody else gets theirs."""
    async with Quartier(cells=cells) as greedy:
        await greedy.join(t.node)
        marie = await t.node.account("marie")
        uri = await t.node.publish(marie, reach="wide")
        await t.presquile.received(lambda one: bool(t.presquile.was_told(uri)))
        await t.settled()
        if cells[0] != h3.latlng_to_cell(*HERE, 9):
            assert greedy.was_told(uri) == []


async def test_the_largest_territories(t: Town) -> None:
    """Ten neighbours with a whole region each, and a hundred proposals for one that joins: it
    takes seconds, and others are served meanwhile."""
    cells = sorted(h3.grid_disk(h3.latlng_to_cell(*HERE, 8), 29))[:2_800]
    marie = await t.node.account("marie")
    many = [Quartier(cells=[*cells[n:], *cells[:n]]) for n in range(4)]
    try:
        for one in many:
            await one.__aenter__()
            await one.join(t.node)
        for number in range(50):
            await t.node.publish(marie, reach="wide", title=f"Annonce {number}")
        began = time.monotonic()
        async with Quartier() as late:
            await late.join(t.node)
            assert time.monotonic() - began < 10
    finally:
        for one in many:
            await one.__aexit__(None, None, None)


async def test_a_territory_that_grows(t: Town) -> None:
    """A neighbour far away that says it has moved next door is believed about itself, and about
    nobody else; one that then claims the world gets nothing any more."""
    async with Quartier(place=FAR) as far:
        await far.join(t.node)
        marie = await t.node.account("marie")
        first = await t.node.publish(marie, reach="wide")
        far.cells = around(HERE)
        far.serve(far.quartier)
        update = said("Update", far.quartier, far.serves[far.quartier.path], 1)
        assert await far.say(t.node, update) == 202
        of_others = said("Update", far.quartier, t.vaise.serves[t.vaise.quartier.path], 2)
        await far.say(t.node, of_others)
        await t.settled()
        second = await t.node.publish(marie, reach="wide")
        await until(lambda: _told(far, second), 1)
        assert far.was_told(first) == []
        far.cells = sorted(h3.get_res0_cells())
        far.serve(far.quartier)
        await far.say(t.node, said("Update", far.quartier, far.serves[far.quartier.path], 3))
        await t.settled()
        third = await t.node.publish(marie, reach="wide")
        await t.settled()
        assert far.was_told(third) == []
        rows = await t.node.store.read(neighbours.every)
        assert {row.domain for row in rows if row.state == "joined"} >= {t.vaise.domain}


async def _told(one: Quartier, uri: str) -> int:
    return len(one.was_told(uri))


# ── Offers ───────────────────────────────────────────────────────────────────────────────────


async def offers(t: Town) -> list[str]:
    """What was handed to us, and what was answered."""

    def read(tx: Transaction) -> list[str]:
        rows = tx.all(
            sa.union_all(
                sa.select(tables.referrals.c.activity_uri.label("uri")),
                sa.select(tables.agreements.c.offer_uri.label("uri")),
            )
        )
        return [row.uri for row in rows]

    return await t.node.store.read(read)


async def test_a_referral_by_a_stranger(t: Town) -> None:
    """Only a quartier next door hands a request over, and one of its own; a stranger, somebody of
    next door, or one who speaks for another leaves nothing."""
    async with Quartier("paul") as stranger:
        quartier = f"{t.node.base}/quartier"

        def offer(by: User, thing: Any, number: int) -> Document:
            return said("Offer", by, thing, number) | {"target": quartier}

        foreign = stranger.publish_at_home(stranger.proposal(stranger.paul))
        for number, by in enumerate((stranger.paul, stranger.quartier)):
            await stranger.say(t.node, offer(by, foreign["id"], number), by=by)
        nadia, group = t.presquile.nadia, t.presquile.quartier
        note = t.presquile.publish_at_home(t.presquile.proposal(nadia))
        forged = offer(group, note["id"], 9)
        assert await stranger.say(t.node, forged, by=stranger.paul) in (401, 403)
        await t.presquile.say(t.node, offer(nadia, note["id"], 8), by=nadia)
        await t.presquile.say(t.node, offer(group, foreign["id"], 7), by=group)
        await t.settled()
        assert await offers(t) == []

        true = offer(group, note["id"], 2)
        for _ in range(3):
            await t.presquile.say(t.node, true, by=group)
        await t.settled()
        assert await offers(t) == [true["id"]]
        assert not await t.shown(note["id"]), "a referral lists nothing by itself"


@pytest.mark.parametrize(
    "thing",
    [
        "javascript:alert(1)",
        {"type": "Agreement", "stipulates": {"satisfies": "http://127.0.0.1:1/objects/1#primary"}},
        {"type": "Agreement", "stipulates": [1, None, {"satisfies": 7}]},
        {"type": "Commitment", "satisfies": "http://127.0.0.1:1/objects/1#primary"},
        [],
        None,
    ],
)
async def test_offers_of_nothing(t: Town, thing: Any) -> None:
    """What is no proposal of ours is not kept, whatever it looks like."""
    nadia = t.presquile.nadia
    await t.presquile.say(t.node, said("Offer", nadia, thing), by=nadia)
    await t.settled()
    assert await offers(t) == []


# ── nonsense ─────────────────────────────────────────────────────────────────────────────────

QUANTITIES: list[Any] = [
    -1,
    0,
    1e300,
    "1e99",
    "NaN",
    "Infinity",
    "٣",
    "1" * 30,
    [],
    {},
    True,
    "1,5",
]
DATES: list[Any] = [
    "1970-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z",
    "0000-00-00",
    "demain",
    7,
    "",
    [],
    {},
]
PLACES: list[Any] = [
    {"latitude": 91, "longitude": 0},
    {"latitude": "NaN", "longitude": "NaN"},
    {"latitude": 1e308, "longitude": -1e308},
    {"latitude": 45.774, "longitude": 4.828, "radius": 1e300},
    {"latitude": 45.774, "longitude": 4.828, "radius": -5},
    {"latitude": 45.774, "longitude": 4.828, "radius": 10, "units": "miles"},
    {"latitude": [45.774], "longitude": ["4.828"], "name": "<b>Ici</b>" * 1000},
    [],
    "ici",
]
AREAS: list[Any] = [-1, 0.4, 1e300, "5000", "NaN", [], None, {"x": 1}]
HTML = "<script>alert(1)</script><img src=x onerror=alert(1)><b>Pain</b>\u202e"


def nonsense(origin: Quartier, author: User) -> list[Document]:
    def intent(**more: Any) -> Document:
        note = origin.proposal(author)
        return note | {"publishes": note["publishes"] | more}

    made = []
    for value in QUANTITIES:
        amount = {"hasUnit": "one", "hasNumericalValue": value}
        made.append(intent(resourceQuantity=amount))
        made.append(intent(availableQuantity=amount))
        made.append(intent(resourceQuantity=amount | {"hasUnit": "x" * 5000}))
    for value in DATES:
        made += [origin.proposal(author, **{name: value}) for name in ("endTime", "published")]
        made.append(intent(due=value))
    for value in PLACES:
        place = {"type": "Place"} | value if isinstance(value, dict) else value
        made.append(origin.proposal(author, location=place))
    for value in AREAS:
        area = {"type": "schema:GeoCircle", "schema:geoRadius": value}
        made.append(origin.proposal(author, areaServed=area))
    texts: list[Any] = [HTML, HTML * 2000, 7, []]
    for name in ("name", "content", "summary", "urgency", "purpose"):
        made += [origin.proposal(author, **{name: text}) for text in texts]
    things: list[Any] = [[], {}, "x", [{}, {}], {"action": "launch"}, {"action": ["transfer", 7]}]
    for thing in things:
        made.append(origin.proposal(author, publishes=thing))
    made.append(origin.proposal(author, contentMap={"fr": HTML, "xx" * 50: HTML}))
    made.append(origin.proposal(author, tag=[{"type": "Hashtag", "name": f"#{HTML}"}] * 200))
    made.append(origin.proposal(author, type=["Note", "Proposal", "x" * 5000]))
    made.append(origin.proposal(author, inScopeOf="javascript:alert(1)", url="javascript:1"))
    return made


async def test_nonsense_that_is_well_proven(t: Town) -> None:
    """Whatever an author signs, nothing breaks: what can be read is shown within bounds and clean,
    the rest is left out, and the next proposal is listed."""
    async with origin_of() as (origin, amina):
        notes = nonsense(origin, amina)
        for note in notes:
            try:
                create = origin.create(amina, origin.publish_at_home(note))
            except ValueError:
                continue  # no canonical form: nobody can sign it
            await t.presquile.pass_on(t.node, create, origin.credential(amina))
        last = origin.publish_at_home(origin.proposal(amina))
        await t.presquile.pass_on(t.node, origin.create(amina, last))
        await until(lambda: t.shown(last["id"]), True, seconds=60)
        await t.node.settled(seconds=60)
        aside = await t.node.store.read(_aside)
        assert aside == []
        lines = 0
        for note in notes:
            line = await t.line(note["id"])
            if line is None:
                continue
            lines += 1
            proposal = line.proposal
            assert len(proposal.title) <= 200
            assert "script" not in line.content
            assert "onerror" not in line.content
            assert "\u202e" not in line.content + proposal.title
            assert 0 <= float(proposal.quantity) <= 1_000_000
            assert 0 <= float(proposal.available) <= float(proposal.quantity)
            assert -90 <= proposal.lat <= 90
            assert 0 <= proposal.radius_m <= 1_000_000
            assert (proposal.reach_m or 0) <= 100_000
            assert proposal.expires_at is None or proposal.expires_at > time.time()
            assert line.url is None or line.url.startswith("http")
        assert lines > 20
        for address, kind in (
            ("/quartier/outbox?page=true", "application/activity+json"),
            ("/", "text/html"),
        ):
            answer = await t.presquile.send("GET", f"{t.node.base}{address}", {"Accept": kind})
            assert answer.status == 200
            assert b"<script>alert" not in answer.body
            assert b"onerror=alert" not in answer.body


def _aside(tx: Transaction) -> list[Any]:
    rows = tx.all(
        sa.select(tables.journal.c.activity_uri, tables.journal.c.note).where(
            tables.journal.c.state == "aside"
        )
    )
    return [tuple(row) for row in rows]


# ── floods ───────────────────────────────────────────────────────────────────────────────────


async def test_a_flood(sqlite_url: str, tmp_path: Path) -> None:
    """A neighbour passes on more than its share: 429, and when to come again. The other neighbour
    and its proposals are heard meanwhile. What is passed on counts tenfold."""
    limits = {"rate_limits": True, "inbox_per_5min": 400, "requests_per_5min": 100_000}
    async with town(sqlite_url, tmp_path, limits=limits) as t, origin_of() as (origin, amina):
        credential = origin.credential(amina)
        answers = []
        for _ in range(60):
            note = origin.publish_at_home(origin.proposal(amina))
            announce = {
                "@context": CONTEXT,
                "id": t.presquile.new_id(t.presquile.quartier, "announces"),
                "type": "Announce",
                "actor": t.presquile.quartier.id,
                "object": origin.create(amina, note),
                "attachment": [credential],
            }
            inbox = f"{t.node.base}/inbox"
            answers.append(await t.presquile.post(inbox, announce, user=t.presquile.quartier))
        taken = [answer for answer in answers if answer.status == 202]
        refused = [answer for answer in answers if answer.status == 429]
        assert 30 <= len(taken) <= 45
        assert len(taken) + len(refused) == 60
        assert all(int(answer.headers["retry-after"]) >= 1 for answer in refused)
        honest = origin.publish_at_home(origin.proposal(amina))
        await t.vaise.pass_on(t.node, origin.create(amina, honest), credential)
        await until(lambda: t.shown(honest["id"]), True)
