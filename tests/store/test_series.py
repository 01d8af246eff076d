"""Series, occurrences, feeds, calendars and the topics' choice, on both databases."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from node.aid.lifecycle import State
from node.aid.proposals import Purpose, Urgency
from node.aid.series import Pattern, SeriesState
from node.ids import new_id
from node.store import calendars, feeds, gatherings, series, topic_choices
from node.store.engine import Store
from node.store.series import Series
from node.store.tables import accounts, actors, agreements, objects, proposals
from node.store.topic_choices import Choice
from node.store.transaction import Transaction
from tests.store.people import NOW, add_actor, add_proposal

DAY = 86_400.0


def add_series(tx: Transaction, author: int, **changes: Any) -> Series:
    given: dict[str, Any] = {
        "id": new_id(),
        "author_id": author,
        "fields": {"topic": "care.groceries", "place": [45.7, 4.8]},
        "pattern": Pattern("FREQ=DAILY", NOW, 3600.0, "Europe/Paris", frozenset({NOW + DAY})),
        "state": SeriesState.RUNNING,
        "made_until": NOW - 1,
        "created_at": NOW,
    }
    one = Series(**(given | changes))
    series.insert(tx, one)
    return one


def dated(tx: Transaction, made: int, **columns: Any) -> None:
    tx.execute(sa.update(proposals).where(proposals.c.object_id == made).values(**columns))


def mark(tx: Transaction, made: int, *, series_id: int, at: float) -> None:
    dated(tx, made, series_id=series_id, occurrence=at)


def add_agreement(tx: Transaction, proposal: int, author: int, answerer: int, state: str) -> int:
    identifier = new_id()
    tx.execute(
        sa.insert(agreements),
        {
            "id": identifier,
            "offer_uri": f"https://a.example/{identifier}",
            "channel": "vf",
            "proposal_id": proposal,
            "author_id": author,
            "answerer_id": answerer,
            "state": state,
            "quantity": "1",
            "unit": "one",
            "created_at": NOW,
            "updated_at": NOW + 1,
        },
    )
    return identifier


async def test_a_series_is_read_back_whole(store: Store) -> None:
    """With its fields, its rule and the dates that are left out; newest first, in pages."""

    def unit(tx: Transaction) -> None:
        amina, bruno = add_actor(tx, "amina"), add_actor(tx, "bruno")
        first, second = add_series(tx, amina), add_series(tx, amina)
        add_series(tx, bruno)
        assert series.by_id(tx, first.id) == first
        assert series.by_id(tx, 1) is None
        assert series.of_author(tx, amina) == [second, first]
        assert series.of_author(tx, amina, before=second.id, most=1) == [first]
        assert series.count_going_on(tx, amina) == 2
        series.change(tx, first.id, state="ended", skipped=[NOW])
        changed = series.by_id(tx, first.id)
        assert changed is not None
        assert changed.state is SeriesState.ENDED
        assert changed.pattern.skipped == {NOW}
        assert series.count_going_on(tx, amina) == 1

    await store.write(unit)


async def test_what_is_due_is_taken_once(store: Store) -> None:
    """Whoever moves the mark makes the occurrences; nobody does so of what is paused."""

    def unit(tx: Transaction) -> None:
        amina = add_actor(tx, "amina")
        running = add_series(tx, amina)
        paused = add_series(tx, amina, state=SeriesState.PAUSED)
        add_series(tx, amina, made_until=NOW + 30 * DAY)
        assert series.due(tx, before=NOW + 21 * DAY) == [running.id]
        assert series.take(tx, running, until=NOW + 21 * DAY)
        assert not series.take(tx, running, until=NOW + 21 * DAY)
        assert not series.take(tx, paused, until=NOW + 21 * DAY)
        assert series.due(tx, before=NOW + 21 * DAY) == []

    await store.write(unit)


async def test_there_is_one_proposal_of_each_occurrence(store: Store) -> None:
    """The database itself refuses a second one."""

    def prepare(tx: Transaction) -> tuple[Series, int, int]:
        amina = add_actor(tx, "amina")
        one = add_series(tx, amina)
        first, second = add_proposal(tx, amina, 1), add_proposal(tx, amina, 2)
        mark(tx, first.id, series_id=one.id, at=NOW + DAY)
        assert series.is_made(tx, one.id, NOW + DAY)
        assert not series.is_made(tx, one.id, NOW + 2 * DAY)
        return one, first.id, second.id

    one, _, second = await store.write(prepare)
    with pytest.raises(sa.exc.IntegrityError):
        await store.write(mark, second, series_id=one.id, at=NOW + DAY)


async def test_what_is_to_come_says_whether_somebody_answered(store: Store) -> None:
    """An answer counts that was not refused, withdrawn or cancelled; what is over is not told."""

    def unit(tx: Transaction) -> None:
        amina, bruno = add_actor(tx, "amina"), add_actor(tx, "bruno")
        one = add_series(tx, amina)
        for number, state in enumerate(("proposed", "refused", "cancelled", "accepted")):
            made = add_proposal(tx, amina, number)
            mark(tx, made.id, series_id=one.id, at=NOW + number)
            add_agreement(tx, made.id, amina, bruno, state)
        gone = add_proposal(tx, amina, 9, state=State.WITHDRAWN)
        mark(tx, gone.id, series_id=one.id, at=NOW + 9)
        found = series.upcoming(tx, one.id, after=NOW)
        assert [(made.at - NOW, made.answered) for made in found] == [
            *((1, False), (2, False), (3, True)),
        ]

    await store.write(unit)


async def test_a_feed_tells_what_anybody_may_see_now(store: Store) -> None:
    """Open, shown, not over, of nobody who is suspended; by topic, group, purpose, urgency."""

    def unit(tx: Transaction) -> None:
        zoe, troll = add_actor(tx, "zoe", "m.example"), add_actor(tx, "troll", "m.example")
        groceries = add_proposal(tx, zoe, 1, expires_at=NOW + 60)
        visit = add_proposal(tx, zoe, 2, topic="care.visit", urgency=Urgency.HIGH)
        tools = add_proposal(tx, zoe, 3, topic="lending.tools", purpose=Purpose.OFFER)
        add_proposal(tx, zoe, 4, state=State.MATCHED)
        add_proposal(tx, zoe, 5, expires_at=NOW)
        add_proposal(tx, troll, 6)
        hidden = add_proposal(tx, zoe, 7)
        tx.execute(
            sa.update(proposals).where(proposals.c.object_id == hidden.id).values(shown=False)
        )
        private = add_proposal(tx, zoe, 8)
        tx.execute(
            sa.update(objects).where(objects.c.id == private.id).values(visibility="private")
        )
        tx.execute(sa.update(actors).where(actors.c.id == troll).values(suspended_at=NOW))

        def told(**which: Any) -> list[int]:
            return [one.id for one in feeds.open_now(tx, now=NOW, **which)]

        assert told() == [tools.id, visit.id, groceries.id]
        assert told(most=1) == [tools.id]
        assert told(topic="care.visit") == [visit.id]
        assert told(group="care") == [visit.id, groceries.id]
        assert told(group="car") == []
        assert told(purpose="offer") == [tools.id]
        assert told(urgencies=("high", "critical")) == [visit.id]
        assert [one.id for one in feeds.open_now(tx, now=NOW + 60)] == [tools.id, visit.id]
        first = feeds.open_now(tx, now=NOW)[0]
        assert (first.author_name, first.local, first.topic) == ("Zoe", False, "lending.tools")

    await store.write(unit)


async def test_a_calendar_tells_what_has_a_date(store: Store) -> None:
    """Soonest first: open, full and called off; not what is over, nor when a loan comes back."""

    def unit(tx: Transaction) -> None:
        zoe = add_actor(tx, "zoe", "m.example")
        late = add_proposal(tx, zoe, 1, state=State.MATCHED)
        dated(tx, late.id, starts_at=NOW + 2 * DAY, ends_at=NOW + 3 * DAY)
        soon = add_proposal(tx, zoe, 2, due=NOW + DAY)
        off = add_proposal(tx, zoe, 3, state=State.WITHDRAWN)
        dated(tx, off.id, starts_at=NOW + 4 * DAY)
        going_on = add_proposal(tx, zoe, 4)
        dated(tx, going_on.id, starts_at=NOW - DAY, ends_at=NOW + 60)
        over = add_proposal(tx, zoe, 5)
        dated(tx, over.id, starts_at=NOW - DAY, ends_at=NOW - 60)
        add_proposal(tx, zoe, 6, mode="loan", due=NOW + DAY)
        add_proposal(tx, zoe, 7)
        found = feeds.dated(tx, after=NOW)
        assert [one.id for one in found] == [going_on.id, soon.id, late.id, off.id]

    await store.write(unit)


async def test_a_person_s_calendar_has_what_both_sides_agreed_to(store: Store) -> None:
    """As author and as answerer, with the other's name; not what was only asked, nor others'."""

    def unit(tx: Transaction) -> None:
        amina, bruno = add_actor(tx, "amina"), add_actor(tx, "bruno")
        zoe = add_actor(tx, "zoe", "m.example", name="")
        mine = add_proposal(tx, amina, 1)
        dated(tx, mine.id, starts_at=NOW + DAY, ends_at=NOW + DAY + 3600)
        theirs = add_proposal(tx, zoe, 2, due=NOW + 2 * DAY)
        undated = add_proposal(tx, amina, 3)
        one = add_agreement(tx, mine.id, amina, bruno, "accepted")
        two = add_agreement(tx, theirs.id, zoe, amina, "cancelled")
        add_agreement(tx, mine.id, amina, zoe, "proposed")
        add_agreement(tx, undated.id, amina, bruno, "accepted")
        found = calendars.appointments(tx, amina, after=NOW)
        assert [(row.id, row.other, row.cancelled) for row in found] == [
            *((two, "zoe", True), (one, "Bruno", False)),
        ]
        assert (found[1].starts, found[1].ends, found[0].due) == (
            *(NOW + DAY, NOW + DAY + 3600, NOW + 2 * DAY),
        )
        assert [row.id for row in calendars.appointments(tx, bruno, after=NOW)] == [one]
        assert calendars.appointments(tx, bruno, after=NOW + 9 * DAY) == []

    await store.write(unit)


async def test_one_secret_opens_a_calendar_until_it_is_changed(store: Store) -> None:
    """And none opens that of somebody who is suspended."""

    def unit(tx: Transaction) -> None:
        amina = add_actor(tx, "amina")
        tx.execute(
            sa.insert(accounts),
            {
                "actor_id": amina,
                "email": "a@example.org",
                "password_hash": "-",
                "role": "member",
                "locale": "en",
                "created_at": NOW,
            },
        )
        assert not calendars.has_key(tx, amina)
        calendars.set_key(tx, amina, "one")
        assert calendars.has_key(tx, amina)
        assert calendars.owner(tx, "one") == (amina, "en")
        calendars.set_key(tx, amina, "two")
        assert calendars.owner(tx, "one") is None
        tx.execute(sa.update(actors).where(actors.c.id == amina).values(suspended_at=NOW))
        assert calendars.owner(tx, "two") is None
        calendars.set_key(tx, amina, None)
        assert not calendars.has_key(tx, amina)

    await store.write(unit)


async def test_a_gathering_is_ours_public_and_has_a_time(store: Store) -> None:
    """Whatever lacks one of these has no Event."""

    def unit(tx: Transaction) -> None:
        amina, zoe = add_actor(tx, "amina"), add_actor(tx, "zoe", "m.example")
        ours, theirs = add_proposal(tx, amina, 1, local=True), add_proposal(tx, zoe, 2)
        for made in (ours, theirs):
            dated(tx, made.id, gathering=True, starts_at=NOW + DAY)
        found = gatherings.by_id(tx, ours.id)
        assert found is not None
        assert (found.starts, found.ends, found.title) == (NOW + DAY, None, ours.title)
        assert gatherings.by_id(tx, theirs.id) is None
        dated(tx, ours.id, starts_at=None)
        assert gatherings.by_id(tx, ours.id) is None

    await store.write(unit)


async def test_the_choice_of_topics_is_replaced_as_a_whole(store: Store) -> None:
    """What was chosen before goes."""

    def unit(tx: Transaction) -> None:
        topic_choices.replace(
            tx, [Choice("care.visit", True, None), Choice("goods.food", False, 0)]
        )
        assert topic_choices.is_hidden(tx, "care.visit")
        assert not topic_choices.is_hidden(tx, "goods.food")
        topic_choices.replace(tx, [Choice("goods.food", True, 3)])
        assert topic_choices.every(tx) == {"goods.food": Choice("goods.food", True, 3)}
        topic_choices.replace(tx, [])
        assert topic_choices.every(tx) == {}

    await store.write(unit)
