"""Looking for proposals, on both databases: what is found is what a plain look at all of them
would find, page after page, from indexes, in as many queries however many there are."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from node.aid.searching import asked
from node.aid.territory import metres_between, public_place
from node.store import tables
from node.store.engine import Store
from node.store.proposal_details import Reader, entries
from node.store.proposal_filters import Near, Order, Wanted
from node.store.proposal_search import find
from node.store.transaction import Transaction
from tests.benchmarks.many_proposals import SELDOM, fill
from tests.store.people import NOW, add_actor, add_proposal
from tests.store.plainly import HERE, Plainly, town

LOOKED_FOR = (
    "courses", "cour", "outil", "pret outils", "VELO", "vélos enf", "journal", "gateau", "arabe ",
    "écoute présence", "bicycle", "rien de tel", "les cour", "d’outils",
)  # fmt: skip
ORDERS: tuple[Order, ...] = ("newest", "nearest", "urgency")


def questions(chance: random.Random, authors: list[int]) -> Iterator[Wanted]:
    """Any mixture of what may be asked."""

    def rare(what: Any) -> Any:
        return what if chance.random() < 0.25 else None

    while True:
        order = chance.choice(ORDERS)
        near = rare(True) or order == "nearest"
        metres = chance.choice(
            [300, 900, 2_000] if order == "nearest" else [300, 1500, 4_000, 9_000]
        )
        where = (HERE[0] + chance.gauss(0, 0.005), HERE[1] + chance.gauss(0, 0.005))
        yield Wanted(
            now=NOW,
            topics=rare(chance.choice([("care.groceries",), ("care.meals", "lending.tools")]))
            or (),
            purpose=rare("offer"),
            modes=rare(("loan",)) or (),
            urgencies=rare(("critical", "high")) or (),
            reach=rare("wide"),
            near=Near(*where, metres) if near else None,
            asked=asked(chance.choice(LOOKED_FOR)) if chance.random() < 0.3 else None,
            states=rare(chance.choice([("open",), ("expired", "done"), ("removed", "open")])) or (),
            author_id=rare(chance.choice(authors)),
            local=rare(chance.random() < 0.5),
            origin=rare("m.example"),
            language=rare(chance.choice(["fr", "pt", "ar"])),
            until=rare(NOW + 2 * 86_400),
            since=rare(NOW + 3_700),
            order=order,
            most=chance.choice([1, 3, 7, 40]),
        )


def pages(tx: Transaction, wanted: Wanted) -> list[int]:
    """All of it, page after page."""
    found: list[int] = []
    while True:
        page = find(tx, wanted)
        found += [one.id for one in page]
        if len(page) < wanted.most:
            return found
        wanted = replace(wanted, after=page[-1])


async def test_what_is_found_is_what_a_plain_look_would_find(store: Store) -> None:
    """Any mixture of filters, in any order, page after page: nothing missing, nothing twice."""
    made = await store.write(town, 260)

    def unit(tx: Transaction) -> None:
        plainly = Plainly(tx, made)
        rows = tx.all(sa.select(tables.actors.c.id, tables.actors.c.uri))
        uris = {row.id: row.uri for row in rows}
        chance = random.Random(11)
        asking, some = questions(chance, list(uris)), 0
        for _ in range(120):
            wanted = next(asking)
            expected = plainly.find(wanted, uris.get(wanted.author_id or 0))
            assert pages(tx, wanted) == expected, wanted
            some += bool(expected)
        assert some > 40

    await store.read(unit)


@pytest.mark.parametrize(
    "where",
    [(-16.8, 179.995), (-16.8, -180.0), (78.22, 15.64), (0.0, 0.0), (90.0, 0.0), (-90.0, 180.0)],
    ids=["Taveuni", "its other side", "Longyearbyen", "Null Island", "north", "south"],
)
async def test_near_is_near_anywhere(store: Store, where: tuple[float, float]) -> None:
    """Where the days begin, and where degrees are narrow; at the poles it is only survived."""
    lat, lon = where
    chance = random.Random(7)

    def unit(tx: Transaction) -> None:
        made, zoe = [], add_actor(tx, "zoe", "m.example")
        for number in range(80):
            east = chance.gauss(0, 0.08) / max(0.01, math.cos(math.radians(lat)))
            at = public_place(
                max(-90.0, min(90.0, lat + chance.gauss(0, 0.08))), (lon + east + 540) % 360 - 180
            )
            made.append(add_proposal(tx, zoe, number, cell=at.cell, lat=at.lat, lon=at.lon))
        for metres in (900, 5_000, 20_000, 30_000):
            wanted = Wanted(now=NOW, near=Near(lat, lon, metres), most=100)
            found = {one.id for one in find(tx, wanted)}
            aways = {one.id: metres_between(where, (one.lat, one.lon)) - 531 for one in made}
            if abs(lat) < 90:
                assert {one for one, away in aways.items() if away < 0.98 * metres - 5} <= found
                assert found <= {one for one, away in aways.items() if away < 1.02 * metres + 5}

    await store.write(unit)


# ── how it is found ──────────────────────────────────────────────────────────────────────────

NEAR = Near(*HERE, 900)
ASKED: dict[str, tuple[Wanted, str]] = {
    # by name: what is asked, and the index that must answer it
    "newest": (Wanted(now=NOW), "ix_proposals_open"),
    "nearby": (Wanted(now=NOW, near=NEAR), "ix_proposals_open_cell"),
    "nearest": (Wanted(now=NOW, near=NEAR, order="nearest"), "ix_proposals_open_cell"),
    "some way": (Wanted(now=NOW, near=Near(*HERE, 4_000)), "ix_proposals_open_cell_7"),
    "urgent": (Wanted(now=NOW, order="urgency"), "ix_proposals_open_urgency"),
    "a topic": (Wanted(now=NOW, topics=("care.meals",)), "ix_proposals_open_topic"),
    "words": (Wanted(now=NOW, asked=asked(SELDOM)), "proposal_words"),
}


def statements(tx: Transaction, wanted: Wanted) -> list[tuple[str, Any]]:
    """What is asked of the database for a page, with all that is told of it."""
    found: list[tuple[str, Any]] = []

    def note(*args: Any) -> None:
        found.append((args[2], args[3]))

    sa.event.listen(tx.connection, "before_cursor_execute", note)
    try:
        ids = [one.id for one in find(tx, wanted)]
        entries(tx, ids, Reader(actor_id=1))
    finally:
        sa.event.remove(tx.connection, "before_cursor_execute", note)
    return found


def plan(tx: Transaction, statement: str, parameters: Any) -> str:
    if tx.dialect == "sqlite":
        rows = tx.connection.exec_driver_sql("EXPLAIN QUERY PLAN " + statement, parameters)
        return "\n".join(row[3] for row in rows)
    rows = tx.connection.exec_driver_sql("EXPLAIN (COSTS OFF) " + statement, parameters)
    return "\n".join(row[0] for row in rows)


async def test_every_question_is_answered_by_its_index(store: Store) -> None:
    """Cells, topics, urgencies and words are looked up; no list is made by reading all."""

    await store.write(lambda tx: fill(tx.connection, 0, 6_000))  # enough for a planner to care
    await store.maintain()

    def unit(tx: Transaction) -> None:
        for name, (wanted, index) in ASKED.items():
            if index == "proposal_words" and tx.dialect == "postgresql":
                index = "ix_proposals_words_found"
            (statement, parameters), *_ = statements(tx, wanted)
            told = plan(tx, statement, parameters)
            words = told.replace("(", " ").split()
            assert index in words, (name, told)
            assert "SCAN proposals\n" not in f"{told}\n", (name, told)
            assert "Seq Scan on proposals" not in told, (name, told)

    await store.read(unit)


async def test_a_page_costs_as_many_queries_with_forty_rows_as_with_one(store: Store) -> None:
    """Authors, who vouches, pictures and answers come with the page, not with each row."""
    await store.write(town, 4)

    def count(tx: Transaction) -> dict[str, int]:
        return {name: len(statements(tx, wanted)) for name, (wanted, _) in ASKED.items()}

    def grow(tx: Transaction) -> None:
        zoe = add_actor(tx, "zoe", "m.example")
        at = public_place(*HERE)
        for number in range(60):
            add_proposal(
                tx, zoe, 1_000 + number, title=f"Courses et {SELDOM}", topic="care.meals",
                cell=at.cell, lat=at.lat, lon=at.lon,
            )  # fmt: skip

    await store.write(grow)
    few = await store.write(count)
    await store.write(town, 200, 2_000)
    assert await store.write(count) == few
    assert set(few.values()) == {6}
