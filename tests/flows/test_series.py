"""Recurring help: every Tuesday a proposal of its own, three weeks ahead and never twice."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import sqlalchemy as sa

from node.actions import series
from node.actions import topic_choices as choices
from node.actions.renewal import expire_proposals, remind
from node.aid.series import SeriesState
from node.errors import Conflict, Invalid
from node.store import series as stored
from node.store.tables import notifications, outbox
from node.store.tables import proposals as table
from tests.databases import database_url, postgres_url, sqlite_url
from tests.flows.at_home import DAY, MONDAY, TUESDAY, Home, a_home, home

__all__ = ["database_url", "home", "postgres_url", "sqlite_url"]


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
    """It makes nothing, breaks nothing for others; its author is told why, once, and it goes on
    when they say so."""
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
    [told] = await home.store.read(
        lambda tx: tx.all(
            sa.select(notifications.c.kind, notifications.c.data).where(
                notifications.c.kind == "series-paused"
            )
        )
    )
    assert (told.data["series"], told.data["title"]) == (str(one.id), one.fields["title"])
    assert "Aide aux courses" in told.data["reason"]
    await home.round()
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
