"""Units of work on both databases: what a caller is answered, and what stays of a failure."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import threading
from collections.abc import AsyncIterator

import pytest
import sqlalchemy as sa

from node.errors import ConfigError, Unavailable
from node.store import engine
from node.store.engine import Store
from node.store.transaction import Transaction
from tests.store import ledger


@pytest.fixture
async def store(empty_database_url: str) -> AsyncIterator[Store]:
    opened = await Store.open(empty_database_url, migrate=False)
    await opened.write(ledger.create)
    yield opened
    await opened.close()


async def test_a_unit_is_answered_with_its_result_and_seen_by_readers(store: Store) -> None:
    """What a write returned is on disk and in the next read."""
    assert await store.write(ledger.add, 7, text="seven") == 7
    assert await store.read(ledger.numbers) == [7]


async def test_only_the_failing_units_of_a_group_fail(store: Store) -> None:
    """Sixty units at once, every seventh raises: the others are kept, each with its result."""

    def unit(number: int) -> asyncio.Future[int | None]:
        failing = number % 7 == 0
        return asyncio.ensure_future(
            store.write(ledger.add_and_fail if failing else ledger.add, number)
        )

    outcomes = await asyncio.gather(*map(unit, range(60)), return_exceptions=True)

    for number, outcome in enumerate(outcomes):
        if number % 7 == 0:
            assert isinstance(outcome, LookupError)
            assert outcome.args == (number,)
        else:
            assert outcome == number
    assert await store.read(ledger.numbers) == [n for n in range(60) if n % 7]


async def test_a_failure_at_the_commit_is_its_own_units(store: Store) -> None:
    """A constraint that is checked at the commit fails one unit, not those committed with it."""
    outcomes = await asyncio.gather(
        store.write(ledger.add, 1),
        store.write(ledger.add, 2, parent=99),
        store.write(ledger.add, 3, parent=3),  # itself: which unit is first is not known
        return_exceptions=True,
    )
    assert [type(outcome) for outcome in outcomes] == [int, sa.exc.IntegrityError, int]
    assert await store.read(ledger.numbers) == [1, 3]


async def test_a_swallowed_error_of_the_database_undoes_its_unit(store: Store) -> None:
    """A unit that hides a statement's failure is not half kept."""

    def hides(tx: Transaction) -> None:
        ledger.add(tx, 1)
        with contextlib.suppress(sa.exc.DBAPIError):
            tx.execute(sa.text("SELECT * FROM nowhere"))

    with pytest.raises(sa.exc.DBAPIError):
        await store.write(hides)
    assert await store.read(ledger.count) == 0


async def test_a_cancelled_caller_takes_nothing_back(store: Store, empty_database_url: str) -> None:
    """The unit of a caller who went away runs all the same, and a failing one makes no noise."""
    noise: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: noise.append(context))
    gone = [asyncio.create_task(store.write(ledger.add, number)) for number in range(20)]
    gone += [asyncio.create_task(store.write(ledger.add, 3)) for _ in range(3)]
    await asyncio.sleep(0)
    for task in gone:
        task.cancel()
    await asyncio.gather(*gone, return_exceptions=True)
    await store.write(ledger.add, 100)

    await store.close()
    again = await Store.open(empty_database_url, migrate=False)
    assert await again.read(ledger.numbers) == [*range(20), 100]
    await again.close()
    assert all(task.cancelled() for task in gone)
    assert noise == []


async def test_bells_and_events_follow_the_commit_and_only_a_commit(store: Store) -> None:
    """Nothing is rung or told of a unit that was rolled back; all of those that were kept."""
    bell, other = store.bell(ledger.BELL), store.bell("another")
    told: list[object] = []
    store.subscribe(told.append)

    with pytest.raises(LookupError):
        await store.write(ledger.add_and_fail, 1)
    assert not await bell.wait(0.05)
    await asyncio.gather(*(store.write(ledger.add_and_ring, n, f"event {n}") for n in (2, 3)))

    assert await bell.wait(5)
    assert sorted(map(str, told)) == ["event 2", "event 3"]
    assert not await other.wait(0)


async def test_a_ring_between_two_waits_is_remembered_by_every_listener(store: Store) -> None:
    """Each handle has its own memory: one listener does not take the ring from another."""
    first, second = store.bell(ledger.BELL), store.bell(ledger.BELL)
    await store.write(ledger.add_and_ring, 1)
    assert await first.wait(0)
    assert not await first.wait(0)
    assert await second.wait(0)


async def test_a_failing_subscriber_keeps_nothing_from_the_others(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    """One handler that raises is logged; the next one is told, and the caller answered."""
    told: list[object] = []

    def fails(_: object) -> None:
        raise ValueError

    store.subscribe(fails)
    store.subscribe(told.append)
    await store.write(ledger.add_and_ring, 1, "event")
    await asyncio.sleep(0)
    assert told == ["event"]
    assert "A subscriber failed" in caplog.text


async def test_a_read_cannot_write(store: Store) -> None:
    """A unit given to `read` that writes is a mistake of ours: it raises and changes nothing."""
    with pytest.raises(sa.exc.DBAPIError):
        await store.read(ledger.add, 1)
    assert await store.read(ledger.count) == 0


async def test_a_read_sees_one_moment(store: Store) -> None:
    """What is committed while a read runs does not show in its later queries."""
    loop, looked, written = asyncio.get_running_loop(), asyncio.Event(), threading.Event()

    def twice(tx: Transaction) -> tuple[int, int]:
        before = ledger.count(tx)
        loop.call_soon_threadsafe(looked.set)
        assert written.wait(10)
        return before, ledger.count(tx)

    reading = asyncio.create_task(store.read(twice))
    await looked.wait()
    await store.write(ledger.add, 1)
    written.set()
    assert await reading == (0, 0)


async def test_too_many_waiting_units_are_refused(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond the bound a caller gets 503 at once, and what waited is done."""
    monkeypatch.setattr(engine, "PENDING", 10)
    outcomes = await asyncio.gather(
        *(store.write(ledger.add, number) for number in range(15)), return_exceptions=True
    )
    assert [type(outcome) for outcome in outcomes] == [int] * 10 + [Unavailable] * 5
    assert store.waiting == 0
    assert await store.write(ledger.add, 99) == 99


async def test_closing_finishes_what_waits(empty_database_url: str) -> None:
    """Units that were handed in before `close` are done and answered; later ones are refused."""
    store = await Store.open(empty_database_url, migrate=False)
    await store.write(ledger.create)
    tasks = [asyncio.create_task(store.write(ledger.add, number)) for number in range(200)]
    await asyncio.sleep(0)
    await store.close()
    assert await asyncio.gather(*tasks) == list(range(200))
    with pytest.raises(Unavailable):
        await store.read(ledger.count)
    await store.close()


async def test_a_unit_that_ends_an_iteration_is_answered(store: Store) -> None:
    """StopIteration, which no future can carry, reaches the caller as a RuntimeError."""

    def ends(tx: Transaction) -> None:
        next(iter(()))

    with pytest.raises(RuntimeError):
        await store.write(ends)


async def test_bells_ring_in_other_processes(store: Store, empty_database_url: str) -> None:
    """A command that writes beside a running node wakes the node's workers."""
    bell = store.bell(ledger.BELL)
    other = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.store.ledger", "ring", empty_database_url
    )
    assert await bell.wait(20)
    assert await other.wait() == 0
    assert await store.read(ledger.numbers) == [1_000]


async def test_a_killed_process_loses_nothing_that_it_answered(
    store: Store, empty_database_url: str
) -> None:
    """Killed with SIGKILL among its commits, a process has kept all that it had answered."""
    other = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.store.ledger",
        "add",
        empty_database_url,
        stdout=asyncio.subprocess.PIPE,
    )
    assert other.stdout is not None
    lines = [await other.stdout.readline() for _ in range(500)]
    other.kill()
    lines += (await other.stdout.read()).splitlines(keepends=True)
    await other.wait()

    answered = {int(line) for line in lines if line.endswith(b"\n")}
    kept = set(await store.read(ledger.numbers))
    assert len(answered) >= 500
    assert answered <= kept
    assert len(kept - answered) <= 128  # committed, and not yet told


async def test_maintenance_runs_beside_the_work(store: Store) -> None:
    """Statistics are renewed while units run, and both end well."""
    await asyncio.gather(
        store.maintain(), *(store.write(ledger.add, number) for number in range(300))
    )
    await store.maintain()
    assert await store.read(ledger.count) == 300


@pytest.mark.parametrize(
    "url", ["mysql://localhost/x", "nonsense", "sqlite://", "sqlite:///:memory:"]
)
async def test_an_address_that_cannot_be_used_is_explained(url: str) -> None:
    """A wrong database.url is told at the start, with what to write instead."""
    with pytest.raises(ConfigError, match=r"database\.url"):
        await Store.open(url)
