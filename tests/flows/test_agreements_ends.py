"""Ends of agreements that nobody chose: two say yes in the same moment, somebody is gone for good,
a proposal rests while its last help is done."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from node.actions import agreements as acting
from node.actions.departing import nobody_at
from node.actions.proposals import change_proposal
from node.aid.agreements import State
from node.aid.lifecycle import State as Life
from node.errors import Conflict, FetchGone
from node.outbox.here import Here
from node.store import actors, agreements, objects, proposals, reveals, tables
from node.store.transaction import Transaction
from tests.databases import database_url, new_sqlite, postgres_url, sqlite_url
from tests.flows.bargaining import Bargain
from tests.flows.neighbourhood import town, until
from tests.serving import serving

__all__ = ["database_url", "postgres_url", "sqlite_url"]


async def test_two_are_accepted_in_the_same_moment(database_url: str, tmp_path: Path) -> None:
    """Whichever comes first has it; the other answer is refused kindly and cannot be accepted."""
    async with serving(database_url, tmp_path) as node:
        amina, *others = [await node.account(name) for name in ("amina", "bea", "chloe")]
        uri = await node.publish(amina)
        status = await node.store.read(objects.by_uri, uri)
        assert status is not None
        asked = [
            await node.store.write(acting.offer_help, node.here, one, status.id) for one in others
        ]
        done = await asyncio.gather(
            *(node.store.write(acting.accept, node.here, amina, one.id) for one in asked),
            return_exceptions=True,
        )
        assert sorted(isinstance(one, Conflict) for one in done) == [False, True]
        found = await node.store.read(agreements.of_proposal, status.id)
        assert sorted(one.state for one in found) == [State.ACCEPTED, State.REFUSED]
        stored = await node.store.read(proposals.by_id, status.id)
        assert stored is not None
        assert (stored.proposal.available, stored.proposal.state) == ("0", Life.MATCHED)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def s(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Bargain]:
    directory = tmp_path_factory.mktemp("ends")
    async with town(new_sqlite(directory), directory) as made:
        amina, bruno = await made.node.account("amina"), await made.node.account("bruno")
        yield Bargain(made, amina, bruno, made.presquile.add_user("olga"))


@pytest.mark.parametrize("told", ["by a Delete", "by their server", "by their inbox"])
@pytest.mark.asyncio(loop_scope="module")
async def test_who_answered_is_gone(s: Bargain, told: str) -> None:
    """Their account was deleted: what they took is free again, what waited is withdrawn, and
    neither side's details are kept. The same when nobody says so and their server answers 410,
    asked for them or when something is to be delivered."""
    node, presquile = s.town.node, s.town.presquile
    gone = presquile.add_user(f"left-{told.rpartition(' ')[2]}")
    first, second = await node.publish(s.amina), await node.publish(s.amina)
    await s.offer(gone, first)
    await s.offer(gone, second)
    [asked] = await s.answers(first)
    await node.store.write(acting.accept, node.here, s.amina, asked.id)
    await node.store.write(acting.reveal_contact, node.here, s.amina, asked.id, "06 00 00 00 01")
    home = f"{node.base}/agreements/{asked.id}"
    await s.say(gone, "Create", s.contact(gone, home, "06 00 00 00 02"))
    assert len(await node.store.read(reveals.revealed, asked.id)) == 2
    match told:
        case "by a Delete":
            await s.say(gone, "Delete", gone.id)
        case "by their server":
            presquile.serves[gone.path] = {"id": gone.id, "type": "Tombstone"}
            with pytest.raises(FetchGone):
                await node.node.remote.actor(gone.id, fresh=True)
        case _:
            await node.store.write(nobody_at, node.here, f"{gone.id}/inbox")
    known = await node.store.read(actors.by_uri, gone.id)
    assert known is not None
    assert known.gone
    assert await s.states(first) == [State.CANCELLED]
    assert await s.states(second) == [State.WITHDRAWN]
    assert await node.store.read(reveals.revealed, asked.id) == []
    stored = await s.town.stored(first)
    assert stored is not None
    assert (stored.available, stored.state) == ("1", Life.OPEN)


@pytest.mark.asyncio(loop_scope="module")
async def test_who_borrowed_is_gone(s: Bargain) -> None:
    """A drill that is with them is not free again: its owner is told, and can ask a mediator."""
    node = s.town.node
    gone = s.town.presquile.add_user("borrower")
    uri = await node.publish(s.amina, mode="loan", topic="lending.tools")
    await s.offer(gone, uri)
    [asked] = await s.answers(uri)
    await node.store.write(acting.accept, node.here, s.amina, asked.id)
    await node.store.write(acting.hand_over, node.here, s.amina, asked.id)
    await s.say(gone, "Delete", gone.id)
    assert await s.states(uri) == [State.HANDED_OVER]
    told = await node.store.read(_told, s.amina.id)
    assert told[-1] == ("agreement-cancelled", {"why": "account-deleted"})
    await node.store.write(acting.dispute, node.here, s.amina, asked.id)


@pytest.mark.asyncio(loop_scope="module")
async def test_who_asked_is_gone(s: Bargain) -> None:
    """Their proposal goes with them: who answered is told, and nothing of it stays."""
    town = s.town
    note = town.vaise.proposal(s.viviane)
    town.vaise.publish_at_home(note)
    await town.vaise.pass_on(town.node, town.vaise.create(s.viviane, note))
    await until(lambda: town.shown(note["id"]), True)
    made = await town.node.store.write(
        acting.offer_help, town.node.here, s.bruno, await s.number(note["id"])
    )
    before = await town.node.store.read(_told, s.bruno.id)
    await s.say(s.viviane, "Delete", s.viviane.id)
    assert await town.node.store.read(agreements.by_id, made.id) is None
    told = await town.node.store.read(_told, s.bruno.id)
    assert told[len(before) :] == [("agreement-cancelled", {"why": "account-deleted"})]


@pytest.mark.asyncio(loop_scope="module")
async def test_the_last_help_is_done_while_it_rests(s: Bargain) -> None:
    """Paused after the yes, done by both: it is settled, there is nothing to come back to."""
    node = s.town.node
    uri = await node.publish(s.amina, quantity="2")
    number = await s.number(uri)
    made = await node.store.write(acting.offer_help, node.here, s.bruno, number, quantity="2")
    await node.store.write(_put, node.here, number, Life.PAUSED)
    await node.store.write(acting.accept, node.here, s.amina, made.id)
    await node.store.write(acting.confirm, node.here, s.amina, made.id)
    stored = await s.town.stored(uri)
    assert stored is not None
    assert (stored.available, stored.state) == ("0", Life.PAUSED)
    await node.store.write(acting.confirm, node.here, s.bruno, made.id)
    stored = await s.town.stored(uri)
    assert stored is not None
    assert stored.state is Life.DONE


def _put(tx: Transaction, here: Here, number: int, state: Life) -> None:
    change_proposal(tx, here, number, state=state)


def _told(tx: Transaction, account_id: int) -> list[tuple[str, object]]:
    table = tables.notifications
    rows = tx.all(table.select().where(table.c.account_id == account_id).order_by(table.c.id))
    return [(row.kind, row.data) for row in rows]
