"""What only SQLite has: the one writer and its groups, a full disk, a locked file, the sockets."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import stat
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from node.errors import ConfigError, Unavailable
from node.store import sqlite
from node.store.bells import Bells, SocketBells
from node.store.engine import Store
from node.store.transaction import Transaction
from tests.store import ledger


@pytest.fixture
async def store(empty_sqlite_url: str) -> AsyncIterator[Store]:
    opened = await Store.open(empty_sqlite_url, migrate=False)
    await opened.write(ledger.create)
    yield opened
    await opened.close()


def path_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def pragma(tx: Transaction, name: str) -> object:
    return tx.connection.exec_driver_sql(f"PRAGMA {name}").scalar()


async def test_the_file_is_kept_as_limits_say(store: Store, empty_sqlite_url: str) -> None:
    """WAL, full sync, foreign keys, ten seconds of patience; nobody else may read the file."""
    for unit in (store.write, store.read):
        assert await unit(pragma, "journal_mode") == "wal"
        assert await unit(pragma, "synchronous") == 2
        assert await unit(pragma, "foreign_keys") == 1
        assert await unit(pragma, "busy_timeout") == 10_000
    assert stat.S_IMODE(path_of(empty_sqlite_url).stat().st_mode) == 0o600


async def test_waiting_units_share_a_commit(store: Store, empty_sqlite_url: str) -> None:
    """Units that wait together are committed together: all run while none is visible yet."""
    path = path_of(empty_sqlite_url)
    seen: list[int] = []
    started, go = threading.Event(), threading.Event()

    def holds(tx: Transaction) -> None:
        started.set()
        assert go.wait(10)

    def looks(tx: Transaction, number: int) -> None:
        ledger.add(tx, number)
        with sqlite3.connect(path) as other:
            seen.append(other.execute("SELECT count(*) FROM ledger_entries").fetchone()[0])
        other.close()

    first = asyncio.create_task(store.write(holds))
    await asyncio.to_thread(started.wait)
    rest = [asyncio.create_task(store.write(looks, number)) for number in range(64)]
    await asyncio.sleep(0)
    go.set()
    await asyncio.gather(first, *rest)
    assert seen == [0] * 64
    assert await store.read(ledger.count) == 64


async def test_units_run_in_the_order_they_came(store: Store) -> None:
    """Also when some of them fail and the others are run again."""

    def unit(tx: Transaction, number: int) -> int:
        if number % 5 == 3:
            raise LookupError
        return ledger.add(tx, number) and ledger.count(tx)

    outcomes = await asyncio.gather(
        *(store.write(unit, number) for number in range(1, 60)), return_exceptions=True
    )
    kept = [outcome for outcome in outcomes if isinstance(outcome, int)]
    assert kept == list(range(1, len(kept) + 1))


async def test_a_full_disk_is_told_and_recovers(store: Store) -> None:
    """While there is no room units get 503, reads go on; when there is room, so do writes."""

    def limit(tx: Transaction, pages: int) -> None:
        tx.connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")

    await store.write(ledger.add, 0)
    await store.write(limit, 10)
    outcomes = await asyncio.gather(
        *(store.write(ledger.add, n, "x" * 20_000) for n in range(1, 9)), return_exceptions=True
    )
    assert {type(outcome) for outcome in outcomes} == {int, Unavailable}
    with pytest.raises(Unavailable) as full:
        await store.write(ledger.add, 99, "x" * 50_000)
    assert full.value.status == 503
    kept = [outcome for outcome in outcomes if isinstance(outcome, int)]
    assert await store.read(ledger.numbers) == [0, *kept]

    await store.write(limit, 1_000_000)
    assert await store.write(ledger.add, 99, "x" * 50_000) == 99


async def test_a_unit_that_hides_a_full_disk_writes_nothing(store: Store) -> None:
    """SQLite rolls back by itself when the disk is full: later statements must not run alone."""

    def hides(tx: Transaction) -> None:
        ledger.add(tx, 1)
        tx.connection.exec_driver_sql("PRAGMA max_page_count=6")
        for number in (2, 3):
            try:
                ledger.add(tx, number, "x" * 100_000 * (number == 2))
            except sa.exc.DBAPIError:
                continue

    with pytest.raises(Unavailable):
        await store.write(hides)
    assert await store.read(ledger.count) == 0


async def test_a_file_that_another_process_holds_is_waited_for(
    store: Store, empty_sqlite_url: str
) -> None:
    """A command that writes for a moment delays units, and fails none."""
    other = sqlite3.connect(
        path_of(empty_sqlite_url), isolation_level=None, check_same_thread=False
    )
    other.execute("BEGIN IMMEDIATE")
    writing = asyncio.create_task(store.write(ledger.add, 1))
    await asyncio.sleep(0.3)
    assert not writing.done()
    assert await store.read(ledger.count) == 0
    other.execute("COMMIT")
    other.close()
    assert await writing == 1


async def test_a_file_that_is_held_too_long_refuses_all_who_wait(
    empty_sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After its patience the writer answers 503 to everyone in the queue, once, not in turns."""
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.3)
    store = await Store.open(empty_sqlite_url, migrate=False, unit_batch=4)
    await store.write(ledger.create)
    other = sqlite3.connect(path_of(empty_sqlite_url), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    before = time.monotonic()
    outcomes = await asyncio.gather(
        *(store.write(ledger.add, number) for number in range(100)), return_exceptions=True
    )
    assert {type(outcome) for outcome in outcomes} == {Unavailable}
    assert time.monotonic() - before < 2
    other.execute("ROLLBACK")
    other.close()
    assert await store.write(ledger.add, 1) == 1
    await store.close()


async def test_a_busy_event_loop_starves_no_unit(store: Store) -> None:
    """Beside a loop that never rests, units are still done by the thousand (see turn.py)."""
    stop = False

    async def spin() -> None:
        while not stop:
            sum(range(1_000))
            await asyncio.sleep(0)

    spinning = asyncio.create_task(spin())
    before = time.monotonic()
    await asyncio.gather(*(store.write(ledger.add, number) for number in range(1_000)))
    for _ in range(50):
        await store.read(ledger.count)
    stop = True
    await spinning
    assert time.monotonic() - before < 15  # 0.3 s alone; 30 s and more without turns


async def test_the_planner_learns_after_a_thousand_rows(store: Store) -> None:
    """Statistics appear by themselves, and readers that were open before have them too."""
    assert await store.read(ledger.count) == 0

    def many(tx: Transaction) -> None:
        tx.execute(ledger.entries.insert(), [{"id": n, "text": "x"} for n in range(1_100)])

    def statistics(tx: Transaction) -> int:
        known = tx.scalar(sa.text("SELECT count(*) FROM sqlite_schema WHERE name='sqlite_stat1'"))
        return int(known)

    await store.write(many)
    await store.write(ledger.count)  # behind the ANALYZE in the writer's queue
    assert await store.read(statistics) == 1


async def test_a_file_that_is_no_database_is_explained(tmp_path: Path) -> None:
    """Damage or a wrong path is told at the start with what to do."""
    broken = tmp_path / "broken.sqlite3"
    broken.write_bytes(b"not a database at all, but long enough to have a header" * 100)
    with pytest.raises(ConfigError, match="cannot be used"):
        await Store.open(f"sqlite:///{broken}")
    with pytest.raises(ConfigError, match="cannot be opened"):
        await Store.open(f"sqlite:///{broken}/below/a/file.sqlite3")


@pytest.fixture
def short_path() -> Iterator[Path]:
    """A path that fits into a socket's address, which pytest's own do not."""
    with tempfile.TemporaryDirectory(prefix="e-") as directory:
        path = Path(directory, "db.sqlite3")
        path.touch()
        yield path


def sockets(directory: Path) -> list[str]:
    return sorted(os.listdir(directory))


async def opened_bells(path: Path) -> tuple[SocketBells, Bells]:
    bells, ends = Bells(), SocketBells(path)
    loop = asyncio.get_running_loop()
    ends.open(loop, bells.ring, bells.ring_all, lambda words: None, lambda: None)
    return ends, bells


async def test_sockets_of_killed_processes_are_removed(short_path: Path) -> None:
    """What a killed process left behind goes with the next ring; our own goes when we close."""
    directory = short_path.with_name("db.sqlite3.bells")
    first, _ = await opened_bells(short_path)
    (its_own,) = sockets(directory)
    second, heard = await opened_bells(short_path)
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    left = directory / "4194304.dead"
    (directory / its_own).rename(left)  # nobody is bound to this name any more…
    first.close()  # …once its process has gone

    third, _ = await opened_bells(short_path)
    bell = heard.bell("a")
    third.send(["a"])
    assert await bell.wait(5)
    assert not left.exists()
    assert len(sockets(directory)) == 2
    second.close()
    third.close()
    assert not directory.exists()


async def test_a_flood_of_rings_loses_none(short_path: Path) -> None:
    """When the socket's queue overflows, the one who missed a ring rings everything."""
    (sender, _), (receiver, heard) = await opened_bells(short_path), await opened_bells(short_path)
    last = heard.bell("last")
    for _ in range(2_000):
        sender.send(["flood"])
    sender.send(["last"])
    assert await last.wait(5)
    sender.close()
    receiver.close()


async def test_a_long_path_rings_too(tmp_path: Path) -> None:
    """A socket's address holds about a hundred bytes; the bells stand beside a longer path, too,
    where every process looks for them whatever its environment is."""
    path = tmp_path / ("d" * 90) / "db.sqlite3"
    path.parent.mkdir()
    path.touch()
    (sender, _), (receiver, heard) = await opened_bells(path), await opened_bells(path)
    bell = heard.bell("far")
    sender.send(["far"])
    assert await bell.wait(5)
    directory = path.with_name("db.sqlite3.bells")
    assert len(sockets(directory)) == 2
    sender.close()
    receiver.close()
    assert not directory.exists()


async def test_a_directory_of_someone_else_is_not_trusted(
    short_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A link planted where the sockets belong is refused with a warning; work goes on."""
    elsewhere = short_path.with_name("elsewhere")
    elsewhere.mkdir()
    short_path.with_name("db.sqlite3.bells").symlink_to(elsewhere)
    ends, _ = await opened_bells(short_path)
    ends.send(["a"])
    ends.close()
    assert "cannot wake" in caplog.text
    assert sockets(elsewhere) == []
