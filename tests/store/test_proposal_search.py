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

from node.aid.lifecycle import State
from node.aid.nearby import is_coarse, is_near
from node.aid.proposals import Proposal, Purpose, Reach, Urgency
from node.aid.searching import asked, matches, words_for
from node.aid.territory import metres_between, public_place
from node.store import tables
from node.store.engine import Store
from node.store.proposal_details import Reader, entries
from node.store.proposal_filters import URGENCIES, Near, Order, Wanted
from node.store.proposal_search import find
from node.store.transaction import Transaction
from tests.benchmarks.help import SELDOM, fill
from tests.store.people import NOW, add_actor, add_proposal

HERE = (45.774, 4.828)
TITLES = (
    "Aide aux courses le jeudi", "Prêt d’outils de jardin", "Vélos d’enfants à donner",
    "Traduction arabe, gratuite", "Cours de français", "Écoute et présence", "Bicycles to lend",
    "Gâteaux pour la fête", "Courrier à porter", "Journaux et livres",
)  # fmt: skip
LOOKED_FOR = (
    "courses", "cour", "outil", "pret outils", "VELO", "vélos enf", "journal", "gateau", "arabe ",
    "écoute présence", "bicycle", "rien de tel", "les cour", "d’outils",
)  # fmt: skip
ORDERS: tuple[Order, ...] = ("newest", "nearest", "urgency")


def town(tx: Transaction, count: int, first: int = 0) -> list[Proposal]:
    """Proposals of three people, all over a few kilometres, of all kinds and in all states."""
    chance = random.Random(5 + first)
    amina, bruno = add_actor(tx, "amina"), add_actor(tx, "bruno")
    zoe = add_actor(tx, "zoe", "m.example")
    made = []
    for number in range(first, first + count):
        author, local = chance.choice([(amina, True), (bruno, True), (zoe, False)])
        where = (HERE[0] + chance.gauss(0, 0.01), HERE[1] + chance.gauss(0, 0.015))
        at = public_place(*where, 7 if chance.random() < 0.1 else 8)
        starts = NOW + chance.choice([0, 86_400, 5 * 86_400]) if chance.random() < 0.3 else None
        made.append(
            add_proposal(
                tx,
                author,
                number,
                local=local,
                shown=chance.random() > 0.05,
                title=chance.choice(TITLES),
                text="Pour une voisine" if local else "",
                topic=chance.choice(["care.groceries", "care.meals", "lending.tools"]),
                purpose=chance.choice(list(Purpose)),
                mode=chance.choice(["service", "loan"]),
                urgency=chance.choice(list(Urgency)),
                reach=chance.choice(list(Reach)),
                state=chance.choice([State.OPEN] * 6 + list(State)[2:]),
                expires_at=chance.choice([None, NOW - 5, NOW + 5]),
                starts_at=starts,
                ends_at=starts + 3600 if starts and chance.random() < 0.5 else None,
                due=NOW + 86_400 if chance.random() < 0.2 else None,
                language=chance.choice(["fr", "en", "pt-BR"]),
                languages=("ar",) if chance.random() < 0.2 else (),
                cell=at.cell,
                lat=at.lat,
                lon=at.lon,
                radius_m=at.radius_m,
                origin="croix-rousse.example" if local else "m.example",
            )
        )
    return made


class Plainly:
    """What a look at every proposal finds."""

    def __init__(self, tx: Transaction, made: list[Proposal]) -> None:
        self.made = made
        rows = tx.all(sa.select(tables.proposals.c.object_id, tables.proposals.c.shown))
        self.shown = {row.object_id: bool(row.shown) for row in rows}
        self.author = {one.id: one.author_uri for one in made}
        self.words = {one.id: words_for(one, "1") for one in made}

    def find(self, wanted: Wanted, author_uri: str | None) -> list[int]:
        found = [one for one in self.made if self._fits(one, wanted, author_uri)]

        def order(one: Proposal) -> tuple[float, ...]:
            if wanted.order == "urgency":
                return URGENCIES.index(one.urgency.value), -one.id
            if wanted.order == "nearest" and wanted.near is not None:
                # The middle of a coarse cell is that of one of the cells in it.
                return round(self._away(one, wanted.near)), is_coarse(one.cell), -one.id
            return 0, -one.id

        return [one.id for one in sorted(found, key=order)]

    @staticmethod
    def _away(one: Proposal, near: Near) -> float:
        return metres_between((near.lat, near.lon), (one.lat, one.lon))

    def _fits(self, one: Proposal, wanted: Wanted, author_uri: str | None) -> bool:
        over = one.has_expired(wanted.now)
        live = one.state in (State.OPEN, State.PARTLY_MATCHED)
        if wanted.unlisted:
            state = "expired" if live and over else one.state.value
            listed = state in wanted.states
        else:
            listed = live and not over and self.shown[one.id]
            listed = listed and (not wanted.states or one.state.value in wanted.states)
        near = wanted.near
        question = wanted.asked
        last = one.ends_at if one.ends_at is not None else (one.due if one.mode != "loan" else None)
        return (
            listed
            and (not wanted.topics or one.topic in wanted.topics)
            and wanted.purpose in (None, one.purpose.value)
            and (not wanted.modes or one.mode in wanted.modes)
            and (not wanted.urgencies or one.urgency.value in wanted.urgencies)
            and wanted.reach in (None, one.reach.value)
            and wanted.origin in (None, one.origin)
            and (wanted.local is None or wanted.local is (one.origin != "m.example"))
            and author_uri in (None, one.author_uri)
            and (
                wanted.language is None
                or wanted.language in (one.language, one.language[:2], *one.languages)
            )
            and (wanted.until is None or one.starts_at is None or one.starts_at < wanted.until)
            and (wanted.since is None or last is None or last >= wanted.since)
            and (
                near is None
                or is_near(self._away(one, near), near.metres, coarse=is_coarse(one.cell))
            )
            and (question is None or matches(self.words[one.id], question))
        )


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
