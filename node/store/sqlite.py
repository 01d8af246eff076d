"""SQLite: one thread writes, in group commits; a few threads read, on WAL snapshots.

The writer takes every unit that waits (up to `unit_batch`), runs them in one transaction and
commits once with `synchronous=FULL`; only then is anyone answered. When one unit raises, all is
rolled back, those before it are run again together, and it is run first in a new transaction,
so that its failure is its own and nobody else's.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import queue
import sqlite3
import threading
import time
from pathlib import Path
from typing import cast

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import NullPool

from node.errors import ConfigError, Unavailable
from node.store.bells import SocketBells
from node.store.leases import release_all
from node.store.transaction import Answer, Transaction, Work
from node.store.turn import Turn

log = logging.getLogger(__name__)

BUSY_SECONDS = 10.0  # limits.md, "Keeping": how long another process may hold the file
_WAL_BYTES = 64 * 1024 * 1024  # a larger log is cut back when nobody reads
_BEGIN = "entraide_begin"  # execution option: how this connection begins a transaction
_ANALYZE_FIRST, _ANALYZE_MOST = 1_000, 200_000  # rows written between two ANALYZE

# The file cannot be written or read now, but perhaps later: SQLITE_BUSY, LOCKED, NOMEM,
# READONLY, IOERR, FULL, CANTOPEN, PROTOCOL.
_PASSING = frozenset({5, 6, 7, 8, 10, 13, 14, 15})
_BUSY = frozenset({5, 6})
_READONLY = 8
_DUPLICATE = frozenset(
    {sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_UNIQUE}
)  # extended codes
_TRIES = 3  # of a unit that met a duplicate


def database_path(url: sa.URL) -> Path:
    """The absolute path of the file. Raises ConfigError for a database in memory."""
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        raise ConfigError("database.url must name a file: sqlite:////var/lib/entraide/db.sqlite3")
    return Path(url.database).absolute()


def make_engine(path: Path) -> sa.Engine:
    """An engine whose every transaction is begun by us, so that DDL is transactional too."""
    engine = sa.create_engine(
        sa.URL.create("sqlite", database=str(path)),
        poolclass=NullPool,  # each thread keeps its own connection
        hide_parameters=True,  # what people write does not belong in a log
        connect_args={
            "timeout": BUSY_SECONDS,
            "check_same_thread": False,  # opened by one thread, used by one other
            "cached_statements": 256,
        },
    )

    @event.listens_for(engine, "connect")
    def configure(connection: DBAPIConnection, _: object) -> None:
        connection.isolation_level = None  # no transaction control by the sqlite3 module
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA secure_delete=ON")  # what is deleted is overwritten in the file
        cursor.execute("PRAGMA temp_store=MEMORY")
        cursor.execute("PRAGMA cache_size=-4096")  # KiB, per connection
        cursor.execute(f"PRAGMA journal_size_limit={_WAL_BYTES}")
        cursor.execute("PRAGMA analysis_limit=400")  # rows per index: ANALYZE stays cheap
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get(_BEGIN, "BEGIN"))

    return engine


def create_file(path: Path) -> None:
    """The file holds private keys: when new, only its owner may read it.

    Raises ConfigError when the directory cannot be written.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise ConfigError(
            f"The database {path} cannot be opened ({error.strerror}). Give the user that runs "
            "Entraide the right to write there, or change node.data_dir or database.url."
        ) from error


def prepare(engine: sa.Engine) -> None:
    """Open the file once. Another process that opens it first may hold it for a moment.

    Raises ConfigError when it is not a database that we can use.
    """
    last = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            with engine.connect() as connection:
                connection.exec_driver_sql("SELECT count(*) FROM sqlite_schema")
        except sa.exc.DBAPIError as error:
            if _code(error) in _BUSY and time.monotonic() < last:
                time.sleep(0.02)
                continue
            raise ConfigError(
                f"The database {engine.url.database} cannot be used ({error.orig}). Check its "
                "owner and its disk, or restore a backup."
            ) from error
        return


def enlist(engine: sa.Engine, path: Path) -> int | None:
    """Be one of the workers of this database until the returned file descriptor is closed, or
    the process dies. When no other worker lives, what dead ones held is due at once.

    None, with a warning, where the file system has no locks: leases then run out by time.
    """
    descriptor = -1
    try:
        descriptor = os.open(
            path.with_name(path.name + ".workers"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600
        )
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            with writer_connection(engine) as connection, connection.begin():
                released = release_all(Transaction(connection, "sqlite"))
            if released:
                log.info("%d pieces of work were left by a worker that died", released)
        fcntl.flock(descriptor, fcntl.LOCK_SH)
    except (OSError, sa.exc.DBAPIError) as error:
        log.warning("What dead workers held waits until its lease ends: %s", error)
        if descriptor >= 0:
            os.close(descriptor)
        return None
    return descriptor


def writer_connection(engine: sa.Engine) -> sa.Connection:
    return engine.connect().execution_options(**{_BEGIN: "BEGIN IMMEDIATE"})


def reader_connection(engine: sa.Engine) -> sa.Connection:
    connection = engine.connect()
    connection.exec_driver_sql("PRAGMA query_only=ON")
    connection.rollback()
    return connection


def explain(error: BaseException, *, reading: bool = False) -> BaseException:
    """`Unavailable` for what passes by itself (a full disk, a locked file), else the error."""
    code = _code(error)
    if code not in _PASSING or (reading and code == _READONLY):  # a read that tried to write
        return error
    text = "The server cannot write to its disk now. Please try again later."
    if code in _BUSY:
        text = "The database is busy. Please try again in a moment."
    passing = Unavailable(text, log=f"SQLite: {getattr(error, 'orig', error)}")
    passing.__cause__ = error
    return passing


def _code(error: BaseException) -> int | None:
    """The primary result code of SQLite, None for every other error."""
    code = _extended_code(error)
    return None if code is None else code & 0xFF


def _extended_code(error: BaseException) -> int | None:
    if not isinstance(error, sa.exc.DBAPIError):
        return None
    code = getattr(error.orig, "sqlite_errorcode", None)
    return code if isinstance(code, int) else None


class SQLite:
    """The threads of one database file."""

    def __init__(
        self, path: Path, *, readers: int, unit_batch: int, answer: Answer, turn: Turn
    ) -> None:
        self.engine = make_engine(path)
        self.bells = SocketBells(path)
        self._path = path
        self._batch = unit_batch
        self._answer = answer
        self._turn = turn
        self._writes: queue.SimpleQueue[Work | None] = queue.SimpleQueue()
        self._reads: queue.SimpleQueue[Work | None] = queue.SimpleQueue()
        self._connection: sa.Connection | None = None
        self._analyzed = 0  # counts up when the planner's statistics changed
        self._analyze_after = _ANALYZE_FIRST
        self._writer_knows = 0
        self._changes = 0
        self._threads = [threading.Thread(target=self._write, name="store-writer", daemon=True)]
        self._threads += [
            threading.Thread(target=self._read, name=f"store-reader-{n}", daemon=True)
            for n in range(max(1, readers))
        ]
        self._readers = len(self._threads) - 1

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def write(self, work: Work) -> None:
        self._writes.put(work)

    def read(self, work: Work) -> None:
        self._reads.put(work)

    def stop(self) -> None:
        """Blocks until everything that waits is done."""
        self._writes.put(None)
        for _ in range(self._readers):
            self._reads.put(None)
        for thread in self._threads:
            if thread.ident is not None:
                thread.join()
        self.engine.dispose()

    # ── the writer ───────────────────────────────────────────────────────────────────────────

    def _write(self) -> None:
        stopping = False
        while not stopping:
            first = self._writes.get()
            if first is None:
                break
            works = [first]
            with contextlib.suppress(queue.Empty):
                while len(works) < self._batch:
                    work = self._writes.get_nowait()
                    if work is None:
                        stopping = True
                        break
                    works.append(work)
            self._settle(works)
            if self._changes >= self._analyze_after:
                self._analyze()
        self._close_writer()

    def _settle(self, works: list[Work]) -> None:
        """Give every unit its result or its own error, and answer them."""
        while works:
            failed, error = self._attempt(works)
            if error is None:
                return
            if failed is None:  # nothing was run: the file is locked, or will not open
                self._refuse([*works, *self._drain()], error)
                return
            if failed == 0 or len(works) == 1:
                self._settle_alone(works[0], error)
                works = works[1:]
            elif failed == len(works):  # the commit failed, and any of them may be the reason
                for work in works:
                    self._settle([work])
                return
            else:
                self._settle(works[:failed])
                works = works[failed:]

    def _settle_alone(self, work: Work, error: BaseException) -> None:
        """A unit that fails by itself. One that met another's id makes a new one when it is run
        again (`node.ids`); what is a duplicate by its nature fails each time."""
        tries = 1
        while _extended_code(error) in _DUPLICATE and tries < _TRIES:
            tries += 1
            failed, again = self._attempt([work])
            if again is None:
                return
            error = again
            if failed is None:
                break
        self._refuse([work], error)

    def _attempt(self, works: list[Work]) -> tuple[int | None, BaseException | None]:
        """Run the units in one transaction and answer them after the commit.

        On failure nothing is kept, and it returns how many units had run when the error was
        raised (all of them: the commit failed), None when there was not even a transaction.
        """
        try:
            connection = self._writer()
            connection.begin()
        except Exception as error:
            self._roll_back(error)
            if _code(error) not in _BUSY:
                self._close_writer()
            return None, explain(error)
        transaction = Transaction(connection, "sqlite")
        raw = cast(sqlite3.Connection, connection.connection.dbapi_connection)
        before = raw.total_changes
        done = 0
        try:
            with self._turn.taken():
                for work in works:
                    work.result = work.unit(transaction, *work.args, **work.keywords)
                    if transaction.broken is not None:
                        raise transaction.broken
                    done += 1
            connection.commit()
        except BaseException as error:
            self._roll_back(error)
            return done, explain(error)
        self._changes += raw.total_changes - before
        self._answer(works, transaction.bells, transaction.events)
        heard = transaction.heard_elsewhere()
        if heard:
            self.bells.send(heard)
        return None, None

    def _refuse(self, works: list[Work], error: BaseException) -> None:
        for work in works:
            work.fail(error)
        self._answer(works, set(), [])

    def _drain(self) -> list[Work]:
        """What waits behind a locked file: it would wait in vain for as long again."""
        works: list[Work] = []
        with contextlib.suppress(queue.Empty):
            while True:
                work = self._writes.get_nowait()
                if work is None:
                    self._writes.put(None)
                    break
                works.append(work)
        return works

    def _writer(self) -> sa.Connection:
        if self._connection is not None and self._writer_knows != self._analyzed:
            self._close_writer()
        if self._connection is None:
            self._writer_knows = self._analyzed
            self._connection = writer_connection(self.engine)
        return self._connection

    def _roll_back(self, error: BaseException) -> None:
        if _code(error) in _PASSING:
            log.error("SQLite: %s", getattr(error, "orig", error))
        if self._connection is None:
            return
        try:
            raw = cast(sqlite3.Connection, self._connection.connection.dbapi_connection)
            self._connection.rollback()
            raw.rollback()  # after a commit that failed SQLAlchemy takes it for ended
        except (sa.exc.SQLAlchemyError, sqlite3.Error):
            log.exception("A rollback failed; the connection is opened anew")
            self._close_writer()

    def _close_writer(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(sa.exc.SQLAlchemyError):
                self._connection.close()
            self._connection = None

    def _analyze(self) -> None:
        """After the first thousand rows, and then ever more rarely."""
        self._changes = 0
        self._analyze_after = min(4 * self._analyze_after, _ANALYZE_MOST)
        try:
            connection = self._writer()
            with connection.begin():
                connection.exec_driver_sql("ANALYZE")
        except Exception as error:  # the next one will do
            self._roll_back(error)
            return
        self._analyzed += 1
        self._writer_knows = self._analyzed

    def maintain(self) -> None:
        """Statistics anew, and the log cut back; on a thread of the caller. May raise."""
        with writer_connection(self.engine) as connection:
            with connection.begin():
                connection.exec_driver_sql("ANALYZE")
            self._analyzed += 1
            log_file = self._path.with_name(self._path.name + "-wal")
            if log_file.exists() and log_file.stat().st_size > _WAL_BYTES:
                raw = connection.connection.dbapi_connection
                assert raw is not None
                raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # outside any transaction

    # ── the readers ──────────────────────────────────────────────────────────────────────────

    def _read(self) -> None:
        connection: sa.Connection | None = None
        knows = self._analyzed
        while (work := self._reads.get()) is not None:
            if connection is not None and knows != self._analyzed:
                connection.close()  # a connection learns new statistics only when it is opened
                connection = None
            try:
                if connection is None:
                    knows = self._analyzed
                    connection = reader_connection(self.engine)
                with self._turn.taken(), connection.begin():
                    work.result = work.unit(
                        Transaction(connection, "sqlite"), *work.args, **work.keywords
                    )
            except BaseException as error:
                passing = explain(error, reading=True)
                work.fail(passing)
                if passing is not error and connection is not None:
                    connection.close()
                    connection = None
            self._answer([work], set(), [])
            del work  # keep nothing alive while waiting
        if connection is not None:
            connection.close()
