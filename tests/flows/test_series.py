"""Recurring help: every Tuesday a proposal of its own, three weeks ahead and never twice."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
import pytest
import sqlalchemy as sa

from node.actions import series
from node.actions import topic_choices as choices
from node.actions.accounts import create_account, make_token, prepare_account
from node.actions.bootstrap import settle
from node.actions.renewal import expire_proposals, remind
from node.aid.lifecycle import State
from node.aid.series import SeriesState
from node.clock import FixedClock, to_iso
from node.errors import Conflict, Invalid, NotFound
from node.ids import new_id
from node.jobs.occurrences import make_due
from node.outbox.here import Here
from node.social.accounts import Actor
from node.store import proposals
from node.store import series as stored
from node.store.engine import Store
from node.store.proposals import Listed
from node.store.series import Series
from node.store.tables import agreements, notifications, outbox
from node.store.tables import proposals as table
from node.store.transaction import Transaction
from tests.databases import database_url, new_sqlite, postgres_url, sqlite_url
from tests.serving import PASSWORD, free_port, serving, settings_for

__all__ = ["database_url", "postgres_url", "sqlite_url"]

PARIS = ZoneInfo("Europe/Paris")
DAY = 86_400.0
MONDAY = datetime(2027, 3, 15, 12, 0, tzinfo=PARIS).timestamp()
TUESDAY = datetime(2027, 3, 16, 18, 0, tzinfo=PARIS).timestamp()
GROCERIES = {"purpose": "offer", "topic": "care.groceries", "title": "Courses du mardi"}


@dataclass
class Home:
    """A node without its doors, in which the hour is what a test says."""

    store: Store
    here: Here
    clock: FixedClock
    amina: Actor

    async def every_tuesday(self, rule: str = "FREQ=WEEKLY", **fields: Any) -> Series:
        return await self.store.write(
            lambda tx: series.create_series(
                tx,
                self.here,
                self.amina,
                GROCERIES | fields,
                rule=rule,
                starts=TUESDAY,
                lasts_s=7200.0,
            )
        )

    async def shown(self) -> list[Listed]:
        """What is open now, soonest first."""
        found = await self.store.read(proposals.listed, now=self.clock.now())
        return sorted(found, key=lambda one: one.proposal.starts_at or 0.0)

    async def dates(self) -> list[str]:
        return [local(one.proposal.starts_at) for one in await self.shown()]

    async def round(self) -> None:
        await make_due(self.store, self.here)

    async def answered(self, object_id: int) -> None:
        def unit(tx: Transaction) -> None:
            tx.execute(
                sa.insert(agreements),
                {
                    "id": new_id(),
                    "offer_uri": f"https://a.example/{object_id}",
                    "proposal_id": object_id,
                    "author_id": self.amina.id,
                    "channel": "vf",
                    "answerer_id": self.here.quartier.id,
                    "state": "accepted",
                    "quantity": "1",
                    "unit": "one",
                    "created_at": 1.0,
                    "updated_at": 1.0,
                },
            )

        await self.store.write(unit)

    async def do(self, what: Any, one: Series, *more: Any, **keywords: Any) -> Series:
        changed: Series = await self.store.write(
            lambda tx: what(tx, self.here, self.amina, one.id, *more, **keywords)
        )
        return changed


def local(seconds: float | None) -> str:
    assert seconds is not None
    return datetime.fromtimestamp(seconds, PARIS).strftime("%d.%m. %H:%M")


@contextlib.asynccontextmanager
async def a_home(url: str, directory: Path) -> AsyncIterator[Home]:
    clock = FixedClock(MONDAY)
    store = await Store.open(url)
    try:
        here = await settle(store, settings_for(url, directory, free_port()), clock)
        new = await asyncio.to_thread(
            prepare_account,
            username="amina",
            email="a@example.org",
            password=PASSWORD,
            kind="resident",
            role="member",
        )
        yield Home(store, here, clock, await store.write(create_account, here, new))
    finally:
        await store.close()


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    async with a_home(new_sqlite(tmp_path), tmp_path) as made:
        yield made


async def test_each_time_is_a_proposal_three_weeks_ahead(database_url: str, tmp_path: Path) -> None:
    """At 18:00 on both sides of the clock change; each open until it is over; with the weeks
    new ones come, and what is over has gone."""
    async with a_home(database_url, tmp_path) as home:
        one = await home.every_tuesday()
        assert one.state is SeriesState.RUNNING
        assert await home.dates() == ["16.03. 18:00", "23.03. 18:00", "30.03. 18:00"]
        first = (await home.shown())[0].proposal
        assert (first.starts_at, first.ends_at) == (TUESDAY, TUESDAY + 7200)
        assert first.expires_at == TUESDAY + 7200
        assert (first.series_id, first.occurrence) == (one.id, TUESDAY)
        home.clock.at = TUESDAY + 7201
        await home.round()
        assert await home.dates() == ["23.03. 18:00", "30.03. 18:00", "06.04. 18:00"]


async def test_nothing_is_made_twice(home: Home) -> None:
    """However often the job looks, and when two workers look at once."""
    await home.every_tuesday()
    for _ in range(3):
        await home.round()
    home.clock.advance(7 * DAY)
    await asyncio.gather(*(home.round() for _ in range(4)))
    assert len(await home.dates()) == 3
    made = await home.store.read(
        lambda tx: tx.scalar(
            sa.select(sa.func.count()).select_from(table).where(table.c.series_id.is_not(None))
        )
    )
    assert made == 4


async def test_a_node_that_slept_makes_no_past(home: Home) -> None:
    """After five weeks of silence there is what is still to come, and nothing else."""
    await home.every_tuesday()
    home.clock.advance(36 * DAY)
    await home.round()
    assert await home.dates() == ["20.04. 18:00", "27.04. 18:00", "04.05. 18:00"]


async def test_nobody_is_told_every_week_that_a_week_is_over(home: Home) -> None:
    """Neither that an end is near nor that it came: the next one is there already."""
    await home.every_tuesday()
    for _ in range(30):
        home.clock.advance(DAY)
        await home.store.write(remind, home.here)
        await home.store.write(expire_proposals, home.here)
        await home.round()
    told = await home.store.read(lambda tx: tx.all(sa.select(notifications.c.kind)))
    assert told == []
    assert len(await home.dates()) == 3


async def test_one_date_is_left_out(home: Home) -> None:
    """Before it was made or after; not one that somebody answered, nor what is no date of it."""
    one = await home.every_tuesday()
    one = await home.do(series.skip_occurrence, one, TUESDAY + 7 * DAY)
    assert await home.dates() == ["16.03. 18:00", "30.03. 18:00"]
    later = one.pattern.next(TUESDAY + 20 * DAY)[0]
    one = await home.do(series.skip_occurrence, one, later)
    assert await home.do(series.skip_occurrence, one, later) == one
    home.clock.advance(14 * DAY)
    await home.round()
    assert await home.dates() == ["30.03. 18:00", "13.04. 18:00"]
    await home.answered((await home.shown())[0].proposal.id)
    thirtieth = (await home.shown())[0].proposal.starts_at
    with pytest.raises(Conflict, match="déjà répondu"):
        await home.do(series.skip_occurrence, one, thirtieth)
    for no_date in (home.clock.now() + 3600, TUESDAY):
        with pytest.raises(Invalid, match="dates à venir"):
            await home.do(series.skip_occurrence, one, no_date)


async def test_a_pause_makes_nothing_and_does_not_catch_up(home: Home) -> None:
    """What was made stays; after the pause only what is to come is made."""
    one = await home.every_tuesday()
    one = await home.do(series.pause_series, one)
    assert one.state is SeriesState.PAUSED
    home.clock.advance(28 * DAY)
    await home.round()
    assert await home.dates() == []
    one = await home.do(series.resume_series, one)
    assert one.state is SeriesState.RUNNING
    assert await home.dates() == ["13.04. 18:00", "20.04. 18:00", "27.04. 18:00"]


async def test_the_end_withdraws_what_nobody_answered(home: Home) -> None:
    """What was agreed stays, and the series is over for good."""
    one = await home.every_tuesday()
    answered = (await home.shown())[1].proposal
    await home.answered(answered.id)
    ended = await home.do(series.end_series, one)
    assert ended.state is SeriesState.ENDED
    assert [found.proposal.id for found in await home.shown()] == [answered.id]
    home.clock.advance(7 * DAY)
    await home.round()
    assert len(await home.shown()) == 1
    for what in (series.resume_series, series.pause_series):
        with pytest.raises(Conflict, match="terminée"):
            await home.do(what, one)
    assert (await home.do(series.end_series, one)).state is SeriesState.ENDED


async def test_new_words_are_of_what_is_to_come_and_not_answered(home: Home) -> None:
    """Who answered, answered to the words that stood there."""
    one = await home.every_tuesday()
    await home.answered((await home.shown())[0].proposal.id)
    await home.do(series.change_series, one, title="Courses, aussi au marché")
    titles = [found.proposal.title for found in await home.shown()]
    assert titles == ["Courses du mardi", *["Courses, aussi au marché"] * 2]
    home.clock.advance(14 * DAY)
    await home.round()
    assert (await home.shown())[-1].proposal.title == "Courses, aussi au marché"
    with pytest.raises(Invalid):
        await home.do(series.change_series, one, title="   ")


async def test_a_rule_that_comes_to_its_end_ends_the_series(home: Home) -> None:
    """Three times and no more."""
    one = await home.every_tuesday("FREQ=WEEKLY;COUNT=3")
    assert len(await home.dates()) == 3
    assert one.state is SeriesState.RUNNING
    home.clock.at = TUESDAY + 15 * DAY
    await home.round()
    found = await home.store.read(stored.by_id, one.id)
    assert found is not None
    assert found.state is SeriesState.ENDED


async def test_a_topic_that_was_hidden_pauses_the_series(home: Home) -> None:
    """It makes nothing, breaks nothing for others, and goes on when its author says so."""
    one = await home.every_tuesday()
    other = await home.every_tuesday(topic="lending.tools")
    await home.store.write(lambda tx: choices.choose(tx, hidden=["care.groceries"], first=[]))
    home.clock.advance(7 * DAY)
    await home.round()
    states = [
        found.state
        for found in [await home.store.read(stored.by_id, each.id) for each in (one, other)]
        if found
    ]
    assert states == [SeriesState.PAUSED, SeriesState.RUNNING]
    await home.store.write(lambda tx: choices.choose(tx, hidden=[], first=[]))
    assert (await home.do(series.resume_series, one)).state is SeriesState.RUNNING
    assert len([found for found in await home.shown() if found.proposal.series_id == one.id]) == 3


async def test_a_gathering_recurs_with_its_places_and_its_event(home: Home) -> None:
    """Each has twelve places of its own, and an Event."""
    await home.every_tuesday(
        topic="collective.repair", mode="together", gathering=True, quantity="12"
    )
    assert {found.proposal.available for found in await home.shown()} == {"12"}
    assert all(found.proposal.gathering for found in await home.shown())
    events = await home.store.read(
        lambda tx: tx.all(
            sa.select(outbox.c.id).where(
                outbox.c.type == "Create", outbox.c.object_uri.endswith("/event")
            )
        )
    )
    assert len(events) == 3


async def test_what_does_not_fit_is_refused_before_anything_is_kept(home: Home) -> None:
    """A mistake in the draft, the rule, the time; more than one person can look after."""
    for wrong in ({"topic": "care.nothing"}, {"title": ""}, {"pictures": ["1"]}):
        with pytest.raises(Invalid):
            await home.every_tuesday(**wrong)
    with pytest.raises(Invalid):
        await home.every_tuesday("FREQ=SECONDLY")
    home.clock.at = TUESDAY
    with pytest.raises(Invalid, match="à venir"):
        await home.every_tuesday()
    home.clock.at = MONDAY
    assert await home.store.read(stored.of_author, home.amina.id) == []


# ── by the interface ─────────────────────────────────────────────────────────────────────────


async def test_by_the_json_interface(tmp_path: Path) -> None:
    """Made, listed, read in words, changed, skipped, paused, ended; nobody sees another's."""
    async with serving(new_sqlite(tmp_path), tmp_path) as node, aiohttp.ClientSession() as web:
        tokens = {}
        for name in ("amina", "bruno"):
            await node.account(name)
            tokens[name] = await node.store.write(make_token, name, "read write", time.time())

        async def call(method: str, path: str, who: str = "amina", **body: Any) -> tuple[int, Any]:
            async with web.request(
                method,
                f"{node.base}/api/aid/v1{path}",
                json=body or None,
                headers={"Authorization": f"Bearer {tokens[who]}"},
            ) as answer:
                return answer.status, await answer.json()

        starts = to_iso(time.time() + DAY)
        new: dict[str, Any] = {
            **GROCERIES,
            "rule": "FREQ=DAILY;COUNT=5",
            "starts": starts,
            "lasts_s": 3600,
        }
        status, made = await call(
            "POST", "/series", **new, place={"latitude": 45.77412345, "longitude": 4.828}
        )
        assert (status, made["state"], len(made["occurrences"])) == (201, "running", 5)
        assert made["starts"] == starts == made["next"][0] == made["occurrences"][0]["at"]
        assert made["words"].startswith("tous les jours à ")
        assert "45.774123" not in str(made)
        path = f"/series/{made['id']}"
        assert (await call("GET", path))[1] == made
        assert (await call("GET", "/series"))[1] == [made]
        assert (await call("GET", "/series", "bruno"))[1] == []
        for method, where, body in (
            ("GET", path, {}),
            ("PATCH", path, {"paused": True}),
            ("DELETE", path, {}),
            ("POST", f"{path}/skip", {"at": starts}),
        ):
            assert (await call(method, where, "bruno", **body))[0] == 404
        status, told = await call("POST", f"{path}/skip", at=made["next"][1])
        assert (status, told["skipped"]) == (200, [made["next"][1]])
        assert len(told["occurrences"]) == 4
        status, told = await call("PATCH", path, title="Autre", paused=True)
        assert (status, told["state"], told["title"]) == (200, "paused", "Autre")
        assert (await call("POST", f"{path}/skip", at="demain"))[0] == 422
        status, told = await call("DELETE", path)
        assert (status, told["state"], told["next"], told["occurrences"]) == (200, "ended", [], [])
        assert (await call("PATCH", path, paused=False))[0] == 409
        with pytest.raises(NotFound):
            await node.store.read(series.own_series, await node.account("zoe"), int(made["id"]))
        withdrawn = await node.store.read(
            lambda tx: tx.all(sa.select(table.c.state).where(table.c.series_id == int(made["id"])))
        )
        assert {row.state for row in withdrawn} == {State.WITHDRAWN.value}
