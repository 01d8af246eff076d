"""PostgreSQL: each unit in a transaction of its own, on a few threads with a connection each.

What passes by itself is tried again here: deadlocks and serialization failures at once, a lost
server for some seconds. A connection that breaks during a commit leaves the outcome open, so each
transaction leaves a word behind by which it is known later: nothing is done twice, or lost. (Its
number alone would not do: a server that crashed gives the numbers of what it forgot to others.)
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import queue
import random
import secrets
import threading
import time
from collections.abc import Callable, Iterable
from typing import Literal, assert_never

import psycopg
import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from node.errors import ConfigError, Unavailable
from node.store.leases import release_all
from node.store.transaction import CALLING, Answer, Transaction, Work

log = logging.getLogger(__name__)

LOST_SECONDS = 10.0  # how long a unit waits for a server that restarts
_COLLIDING_S = 12.0  # how long a unit that collides with others is tried again
_CHANNEL = "entraide_bells"
_WORKERS = 0x656E7472616964  # advisory lock: each worker holds it shared as long as it lives
_OLDEST = 130_000  # PostgreSQL 13: pg_xact_status with xid8
_ASKED_S = 600  # longer than anybody asks what became of a transaction
_WORDS = 10_000  # of one thread, before old ones are forgotten

# A statement or a lock must not keep a thread for ever.
_OPTIONS = "-c statement_timeout=30s -c lock_timeout=10s -c idle_in_transaction_session_timeout=60s"


def make_engine(url: sa.URL) -> sa.Engine:
    if "options" not in url.query:
        url = url.update_query_dict({"options": _OPTIONS})
    if "connect_timeout" not in url.query:
        url = url.update_query_dict({"connect_timeout": "5"})
    return sa.create_engine(
        url,
        poolclass=NullPool,  # each thread keeps its own connection
        use_native_hstore=False,
        hide_parameters=True,  # what people write does not belong in a log
        connect_args={"application_name": "entraide"},
    )


def prepare(engine: sa.Engine) -> None:
    """Wait for the server. Raises Unavailable, or ConfigError when it is too old for us."""
    last = time.monotonic() + LOST_SECONDS
    while True:
        try:
            with engine.connect() as connection:
                version = connection.exec_driver_sql("SHOW server_version_num").scalar_one()
        except sa.exc.OperationalError as error:
            if time.monotonic() < last and _kind(error) == "lost":
                time.sleep(0.2)
                continue
            raise Unavailable(
                "The database does not answer.",
                log=f"PostgreSQL cannot be reached: {error.orig}. Check database.url.",
            ) from error
        if int(version) < _OLDEST:
            raise ConfigError("The PostgreSQL server is older than 13: please upgrade it.")
        return


def enlist(engine: sa.Engine) -> None:
    """Before a worker begins: when no other one lives, what dead ones held is due at once.

    A living one is known by the lock that its `Listener` holds.
    """
    try:
        with engine.begin() as connection:
            alone = sa.select(sa.func.pg_try_advisory_xact_lock(_WORKERS))
            if not connection.execute(alone).scalar_one():
                return
            released = release_all(Transaction(connection, "postgresql"))
    except sa.exc.OperationalError as error:
        log.warning("What dead workers held waits until its lease ends: %s", _short(error))
        return
    if released:
        log.info("%d pieces of work were left by a worker that died", released)


Kind = Literal["collision", "duplicate", "lost", "full", "other"]


def _kind(error: BaseException) -> Kind:
    """What a failure means, by SQLSTATE (PostgreSQL manual, appendix A)."""
    if not isinstance(error, sa.exc.DBAPIError):
        return "other"
    state = getattr(error.orig, "sqlstate", None) or ""
    if state in ("40001", "40P01"):
        return "collision"
    if state in ("23505", "23P01", "23503"):
        return "duplicate"
    if state[:2] == "08" or state in ("57P01", "57P02", "57P03", "53300", "25P03"):
        return "lost"
    if state[:2] in ("53", "58") or state in ("55P03", "57014"):
        return "full"
    if not state and (error.connection_invalidated or _is_connection_error(error)):
        return "lost"
    return "other"


def _short(error: BaseException) -> str:
    """What the server said, without the statement."""
    return str(getattr(error, "orig", None) or error).strip()


def _is_connection_error(error: sa.exc.DBAPIError) -> bool:
    return isinstance(error.orig, psycopg.OperationalError | psycopg.InterfaceError)


# In one round trip: ring in other processes at the commit, and learn what to ask for if the
# connection breaks during it (NULL: nothing was written).
_FINISH = sa.text(
    "WITH word AS (INSERT INTO commits (word, at)"  # noqa: S608 – a constant
    " SELECT :word, extract(epoch FROM now()) WHERE pg_current_xact_id_if_assigned() IS NOT NULL)"
    f" SELECT (SELECT count(pg_notify('{_CHANNEL}', payload))"
    " FROM unnest(CAST(:payloads AS text[])) AS payload),"
    " CAST(pg_current_xact_id_if_assigned() AS text)"
)
_STATUS = sa.text("SELECT pg_xact_status(CAST(CAST(:xid AS text) AS xid8))")
_WORD = sa.text("SELECT count(*) FROM commits WHERE word = :word")
_FORGET = sa.text("DELETE FROM commits WHERE at < extract(epoch FROM now()) - :old")


class _Session:
    """The connection of one thread, made when needed and again after it broke."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._connection: sa.Connection | None = None
        self._name = secrets.token_hex(8)
        self.words = 0

    def new_word(self) -> str:
        """By which one transaction is known, among all of all processes."""
        self.words += 1
        return f"{self._name} {self.words}"

    def connection(self) -> sa.Connection:
        if self._connection is None:
            self._connection = self._engine.connect()
        return self._connection

    def reset(self) -> None:
        """After a failure: roll back, or let go of what is broken."""
        connection = self._connection
        if connection is None:
            return
        try:
            connection.rollback()
            broken = connection.closed or connection.invalidated
        except sa.exc.SQLAlchemyError:
            broken = True
        if broken:
            self.close()

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(sa.exc.SQLAlchemyError, psycopg.Error):
                connection.invalidate()
                connection.close()


class Postgres:
    """The threads that write and those that read."""

    def __init__(self, url: sa.URL, *, readers: int, writers: int, answer: Answer) -> None:
        self.engine = make_engine(url)
        self.mark = secrets.token_hex(6)  # of our own notifications: those rang here already
        self._answer = answer
        self._writes: queue.SimpleQueue[Work | None] = queue.SimpleQueue()
        self._reads: queue.SimpleQueue[Work | None] = queue.SimpleQueue()
        self._lost_at: float | None = None  # when the server was first missed
        reading = self.engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        writing = self.engine.execution_options(isolation_level="SERIALIZABLE")
        self._threads = [
            (
                threading.Thread(
                    target=self._serve, args=(waiting, engine, read), name=name, daemon=True
                )
            )
            for waiting, engine, read, name, count in (
                (self._writes, writing, False, "store-writer", max(1, writers)),
                (self._reads, reading, True, "store-reader", max(1, readers)),
            )
            for _ in range(count)
        ]
        self._counts = (max(1, writers), max(1, readers))

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def write(self, work: Work) -> None:
        self._writes.put(work)

    def read(self, work: Work) -> None:
        self._reads.put(work)

    def stop(self) -> None:
        """Blocks until everything that waits is done."""
        for waiting, count in zip((self._writes, self._reads), self._counts, strict=True):
            for _ in range(count):
                waiting.put(None)
        for thread in self._threads:
            if thread.ident is not None:
                thread.join()
        self.engine.dispose()

    def maintain(self) -> None:
        """Statistics anew; autovacuum does the rest. On a thread of the caller. May raise."""
        with self.engine.begin() as connection:
            connection.exec_driver_sql("ANALYZE")

    def _serve(
        self, waiting: queue.SimpleQueue[Work | None], engine: sa.Engine, reading: bool
    ) -> None:
        session = _Session(engine)
        while (work := waiting.get()) is not None:
            bells: set[str] = set()
            events: list[object] = []
            try:
                transaction = self._run(session, work, reading)
                bells, events = transaction.bells, transaction.events
            except BaseException as error:
                work.fail(error)
            self._answer([work], bells, events)
            del work  # keep nothing alive while waiting
        session.close()

    def _run(self, session: _Session, work: Work, reading: bool) -> Transaction:
        """Run a unit until it is committed; raises its own error or Unavailable."""
        tries, began = 0, time.monotonic()
        while True:
            tries += 1
            try:
                transaction = self._attempt(session, work, reading)
            except BaseException as error:
                session.reset()
                self._judge(session, error, tries, time.monotonic() - began)
                continue
            self._lost_at = None
            return transaction

    def _attempt(self, session: _Session, work: Work, reading: bool) -> Transaction:
        connection = session.connection()
        connection.begin()
        transaction = Transaction(connection, "postgresql")
        work.result = work.unit(transaction, *work.args, **work.keywords)
        if transaction.broken is not None:
            raise transaction.broken
        if reading:
            connection.rollback()
            return transaction
        payloads = [f"{name} {self.mark}" for name in transaction.heard_elsewhere()]
        word = session.new_word()
        _, xid = connection.execute(_FINISH, {"payloads": payloads, "word": word}).one()
        try:
            connection.commit()
        except sa.exc.DBAPIError as error:
            if _kind(error) != "lost":
                raise
            session.close()
            if xid is None or not self._was_committed(session, xid, word):
                raise
        if session.words % _WORDS == 0:
            self._forget_words()
        return transaction

    def _was_committed(self, session: _Session, xid: str, word: str) -> bool:
        """Ask the server, when it is back. Raises Unavailable when it cannot tell."""
        last = time.monotonic() + LOST_SECONDS
        while time.monotonic() < last:
            try:
                connection = session.connection()
                with connection.begin():
                    status = connection.execute(_STATUS, {"xid": xid}).scalar_one()
                if status != "in progress":
                    with connection.begin():  # sees what was committed before it began
                        return bool(connection.execute(_WORD, {"word": word}).scalar_one())
                time.sleep(0.05)  # its session has not noticed that we are gone
            except sa.exc.DBAPIError as error:
                session.close()
                if getattr(error.orig, "sqlstate", None) == "22023":
                    return False  # "in the future": the server never wrote anything of it
                if _kind(error) != "lost":
                    raise
                self._wait_for_server(error)
        raise Unavailable(
            "The database does not answer. Please check whether this was done.",
            log=f"PostgreSQL cannot tell what became of transaction {xid}",
        )

    def _forget_words(self) -> None:
        """Beside everything else: no unit is held up, and none by what it reads."""
        with contextlib.suppress(sa.exc.SQLAlchemyError), self.engine.begin() as connection:
            connection.execute(_FORGET, {"old": _ASKED_S})

    def _judge(self, session: _Session, error: BaseException, tries: int, seconds: float) -> None:
        """Return to try again, after a pause; else raise."""
        match kind := _kind(error):
            case "collision" if seconds < _COLLIDING_S:
                time.sleep(random.uniform(0, 0.002 * 2 ** min(tries, 6)))  # noqa: S311 – jitter
            case "duplicate" if tries < 3:
                pass  # a neighbour was faster: on a second look the unit sees its row
            case "lost":
                session.close()
                self._wait_for_server(error)
            case "collision" | "full":
                raise Unavailable(
                    "The database is busy. Please try again in a moment.",
                    log=f"PostgreSQL: {_short(error)}",
                ) from error
            case "duplicate" | "other":
                raise error
            case _:
                assert_never(kind)

    def _wait_for_server(self, error: BaseException) -> None:
        now = time.monotonic()
        lost_at = self._lost_at  # another thread may find the server again meanwhile
        if lost_at is None:
            self._lost_at = lost_at = now
            log.warning("PostgreSQL is lost, trying again: %s", _short(error))
        missed = now - lost_at
        if missed > LOST_SECONDS:
            raise Unavailable(
                "The database does not answer. Please try again in a moment.",
                log=f"PostgreSQL: {_short(error)}",
            ) from error
        time.sleep(min(0.05 + missed / 4, 1.0) * random.uniform(0.5, 1))  # noqa: S311 – jitter


class Listener:
    """The one connection of this process that hears the others ring."""

    def __init__(
        self,
        url: sa.URL,
        own_mark: str,
        ring: Callable[[Iterable[str]], None],
        ring_all: Callable[[], None],
        call: Callable[[str], None],
        *,
        worker: bool = False,
    ) -> None:
        self._own_mark = own_mark
        self._worker = worker
        self._address = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._ring = ring
        self._ring_all = ring_all
        self._call = call
        self._listening = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Returns when it listens, or after a few seconds without a server (it goes on trying)."""
        self._task = asyncio.create_task(self._listen())
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LOST_SECONDS):
                await self._listening.wait()

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _listen(self) -> None:
        pause = 0.05
        while True:
            try:
                connection = await psycopg.AsyncConnection.connect(
                    self._address,
                    autocommit=True,
                    application_name="entraide bells",
                    connect_timeout=5,
                    keepalives_idle=60,  # seconds: a listener that hears nothing must know why
                )
                async with connection:
                    await connection.execute(f"LISTEN {_CHANNEL}")
                    if self._worker:  # see `enlist`
                        await connection.execute(f"SELECT pg_advisory_lock_shared({_WORKERS})")
                    if self._listening.is_set():
                        self._ring_all()  # some may have rung while nobody listened
                    self._listening.set()
                    pause = 0.05
                    async for notification in connection.notifies():
                        bell, _, mark = notification.payload.rpartition(" ")
                        if mark == self._own_mark:
                            continue
                        if bell.startswith(CALLING):
                            self._call(bell.removeprefix(CALLING))
                        else:
                            self._ring((bell,))
            except (psycopg.Error, OSError) as error:
                log.warning("Other processes cannot wake this one, trying again: %s", error)
            await asyncio.sleep(pause)
            pause = min(2 * pause, 5.0)
