"""What only PostgreSQL has: several writers at once, a server that restarts, NOTIFY."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from node.errors import Unavailable
from node.store import postgres
from node.store.engine import Store
from node.store.tables import commits
from node.store.transaction import Transaction
from tests.databases import restart_postgres, start_postgres, stop_postgres
from tests.store import ledger


@pytest.fixture
async def store(empty_postgres_url: str) -> AsyncIterator[Store]:
    opened = await Store.open(empty_postgres_url, migrate=False)
    await opened.write(ledger.create)
    yield opened
    await opened.close()


def append(tx: Transaction, letter: str) -> None:
    """Read, then write what was read: what two writers at once would lose."""
    text = tx.scalar(sa.select(ledger.entries.c.text).where(ledger.entries.c.id == 1))
    tx.execute(sa.update(ledger.entries).where(ledger.entries.c.id == 1).values(text=text + letter))


async def test_units_behave_as_if_one_ran_after_the_other(store: Store) -> None:
    """Two hundred units that read and then write the same row: none of their work is lost."""
    await store.write(ledger.add, 1)
    await asyncio.gather(*(store.write(append, "x") for _ in range(200)))
    text = await store.read(
        lambda tx: tx.scalar(sa.select(ledger.entries.c.text).where(ledger.entries.c.id == 1))
    )
    assert text == "x" * 200


async def test_the_last_place_is_given_once(store: Store) -> None:
    """Units that count before they insert do not both see the last free place."""

    def take(tx: Transaction, number: int) -> bool:
        if ledger.count(tx) >= 3:
            return False
        ledger.add(tx, number)
        return True

    outcomes = await asyncio.gather(*(store.write(take, number) for number in range(40)))
    assert sum(outcomes) == 3


async def test_look_then_insert_finds_what_a_neighbour_inserted(store: Store) -> None:
    """A duplicate key between two units is not an error of either: the second look sees the row."""

    def find_or_add(tx: Transaction, number: int) -> str:
        found = tx.first(sa.select(ledger.entries.c.id).where(ledger.entries.c.id == number))
        if found is not None:
            return "found"
        ledger.add(tx, number)
        return "added"

    for number in range(20):
        outcomes = await asyncio.gather(*(store.write(find_or_add, number) for _ in range(8)))
        assert sorted(outcomes) == ["added"] + ["found"] * 7


async def test_deadlocks_are_run_again(store: Store) -> None:
    """Units that lock the same rows in opposite order all succeed."""
    for number in (1, 2):
        await store.write(ledger.add, number)

    def touch(tx: Transaction, first: int, second: int) -> None:
        for number in (first, second):
            tx.execute(
                sa.update(ledger.entries)
                .where(ledger.entries.c.id == number)
                .values(text=ledger.entries.c.text + "x")
            )
            tx.execute(sa.text("SELECT pg_sleep(0.02)"))

    await asyncio.gather(*(store.write(touch, *pair) for pair in [(1, 2), (2, 1)] * 2))
    texts = await store.read(
        lambda tx: [row[0] for row in tx.all(sa.select(ledger.entries.c.text))]
    )
    assert texts == ["x" * 4] * 2


async def test_a_restart_under_load_loses_and_doubles_nothing(store: Store) -> None:
    """The server is restarted twice while units run: each is done once, and answered."""
    answered: list[int] = []
    stop = False

    def unit(tx: Transaction, number: int) -> None:
        tx.execute(sa.text("INSERT INTO ledger_log (number) VALUES (:n)"), {"n": number})

    await store.write(
        lambda tx: tx.execute(sa.text("CREATE TABLE ledger_log (number integer)")).rowcount
    )

    async def worker(start: int) -> None:
        number = start
        while not stop:
            await store.write(unit, number)
            answered.append(number)
            number += 8

    async def reader() -> None:
        while not stop:
            await store.read(ledger.count)

    workers = [asyncio.create_task(worker(start)) for start in range(8)]
    workers.append(asyncio.create_task(reader()))
    for _ in range(2):
        await asyncio.sleep(0.4)
        await asyncio.to_thread(restart_postgres)
    await asyncio.sleep(0.4)
    stop = True
    await asyncio.gather(*workers)

    rows = await store.read(
        lambda tx: [row[0] for row in tx.all(sa.text("SELECT number FROM ledger_log"))]
    )
    assert sorted(rows) == sorted(answered)
    assert len(rows) == len(set(rows)) > 50


async def test_bells_rung_while_nobody_listened_are_made_up_for(
    store: Store, empty_postgres_url: str
) -> None:
    """After a restart the listener comes back, rings everything once, and hears others again."""
    bell = store.bell(ledger.BELL)
    await asyncio.to_thread(restart_postgres)
    assert await bell.wait(15)
    other = await Store.open(empty_postgres_url, migrate=False)
    while await bell.wait(0.2):
        pass
    await other.write(ledger.add_and_ring, 5)
    assert await bell.wait(10)
    await other.close()


async def test_a_server_that_stays_away_is_told(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After some seconds units get 503, later ones at once; when it is back, all goes on."""
    monkeypatch.setattr(postgres, "LOST_SECONDS", 0.5)
    await asyncio.to_thread(stop_postgres)
    try:
        with pytest.raises(Unavailable):
            await store.write(ledger.add, 1)
        async with asyncio.timeout(2):
            outcomes = await asyncio.gather(
                *(store.read(ledger.count) for _ in range(20)), return_exceptions=True
            )
        assert {type(outcome) for outcome in outcomes} == {Unavailable}
    finally:
        await asyncio.to_thread(start_postgres)
    assert await store.write(ledger.add, 1) == 1


@pytest.mark.parametrize("landed", [True, False])
async def test_a_connection_that_breaks_during_the_commit_is_looked_into(
    store: Store, monkeypatch: pytest.MonkeyPatch, landed: bool
) -> None:
    """Whether the commit had landed or not, the unit is done exactly once."""
    runs: list[int] = []
    commit = sa.Connection.commit

    def breaks(connection: sa.Connection) -> None:
        if connection.exec_driver_sql("SHOW transaction_read_only").scalar() == "on":
            return commit(connection)
        monkeypatch.setattr(sa.Connection, "commit", commit)
        raw: Any = connection.connection.dbapi_connection
        if landed:
            raw.commit()
        raw.close()
        return commit(connection)

    def unit(tx: Transaction) -> int:
        runs.append(1)
        tx.execute(
            ledger.entries.insert().from_select(
                ["id", "text"],
                sa.select(sa.func.count() + 1, sa.literal("")).select_from(ledger.entries),
            )
        )
        return ledger.count(tx)

    monkeypatch.setattr(sa.Connection, "commit", breaks)
    assert await store.write(unit) == 1
    assert len(runs) == (1 if landed else 2)
    assert await store.read(ledger.numbers) == [1]


async def test_sessions_that_an_administrator_ends_are_made_again(
    store: Store, empty_postgres_url: str
) -> None:
    """`pg_terminate_backend` on all of them disturbs nobody."""
    await asyncio.gather(*(store.write(ledger.add, number) for number in range(20)))
    with psycopg.connect(empty_postgres_url, autocommit=True) as administrator:
        administrator.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    await asyncio.gather(*(store.write(ledger.add, number) for number in range(20, 40)))
    assert await store.read(ledger.count) == 40


async def test_the_number_of_a_forgotten_transaction_may_be_anothers(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that crashed gives the number of a transaction that it never wrote down to the next
    one: that a transaction of this number was committed does not mean that ours was."""
    commit = sa.Connection.commit

    def breaks(connection: sa.Connection) -> None:
        monkeypatch.setattr(sa.Connection, "commit", commit)
        raw: Any = connection.connection.dbapi_connection
        raw.close()
        return commit(connection)

    monkeypatch.setattr(postgres, "_STATUS", sa.text("SELECT 'committed' WHERE :xid <> ''"))
    monkeypatch.setattr(sa.Connection, "commit", breaks)
    assert await store.write(ledger.add, 1) == 1
    assert await store.read(ledger.numbers) == [1]


async def test_words_of_transactions_are_forgotten(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What tells what became of a transaction goes by itself; who only reads leaves nothing."""

    def told(tx: Transaction) -> list[float]:
        return [row.at for row in tx.all(sa.select(commits.c.at))]

    await store.write(ledger.add, 1)
    before = await store.read(told)
    await store.write(lambda tx: tx.scalar(sa.select(1)))
    assert await store.read(told) == before != []
    await store.write(lambda tx: tx.execute(sa.update(commits).values(at=commits.c.at - 700)))
    monkeypatch.setattr(postgres, "_WORDS", 1)
    await store.write(ledger.add, 2)
    now = await store.read(told)
    assert len(now) == 2
    assert min(now) > max(before) - 1
