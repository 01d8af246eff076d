"""The store: ``await store.write(unit, …)`` and ``await store.read(unit, …)``.

A unit of work is a plain function of a `Transaction`. The network is asynchronous, the data is
not: units run on the back end's threads and answer on the event loop, after the commit.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, Protocol, Self, TypeVar

import sqlalchemy as sa

from node.errors import Unavailable
from node.store import migrate as migrations
from node.store import sqlite
from node.store.bells import Bell, Bells
from node.store.transaction import Call, CallsMissed, Dialect, Transaction, Work
from node.store.turn import Turn
from node.store.urls import parse_url
from node.store.versions import Changed, Versions

log = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")

PENDING = 10_000  # units that may wait; beyond, callers get 503 at once


class Backend(Protocol):
    """What SQLite and PostgreSQL both are; `answer` and `bells` are given at their making."""

    def start(self) -> None: ...
    def stop(self) -> None: ...
    def write(self, work: Work) -> None: ...
    def read(self, work: Work) -> None: ...
    def maintain(self) -> None: ...


class Store:
    """Made by `Store.open`; used from the one event loop that opened it."""

    dialect: Dialect

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self.versions = Versions()
        self._bells = Bells()
        self._subscribers: list[Callable[[object], None]] = []
        self._waiting = 0
        self._turn = Turn(loop, lambda: self._waiting)
        self._closed = False
        self._backend: Backend
        self._hangers: contextlib.AsyncExitStack = contextlib.AsyncExitStack()

    @classmethod
    async def open(
        cls,
        url: str,
        *,
        readers: int = 4,
        writers: int = 4,
        unit_batch: int = 64,
        migrate: bool = True,
        worker: bool = False,
    ) -> Self:
        """Bring the schema up to date (unless told not to) and start the threads.

        A `worker` claims work; when no other one lives, what dead ones held is due at once.
        Raises ConfigError for a database that this program cannot use, Unavailable for one that
        does not answer.
        """
        parsed = parse_url(url)
        store = cls(asyncio.get_running_loop())
        if parsed.drivername == "sqlite":
            await store._open_sqlite(parsed, readers, unit_batch, migrate, worker)
        else:
            await store._open_postgres(parsed, readers, writers, migrate, worker)
        return store

    async def _open_sqlite(
        self, url: sa.URL, readers: int, unit_batch: int, migrate: bool, worker: bool
    ) -> None:
        self.dialect = "sqlite"
        path = sqlite.database_path(url)
        sqlite.create_file(path)
        backend = sqlite.SQLite(
            path, readers=readers, unit_batch=unit_batch, answer=self._answer, turn=self._turn
        )
        await asyncio.to_thread(sqlite.prepare, backend.engine)
        if migrate:
            await asyncio.to_thread(migrations.ensure_schema, backend.engine)
        if worker:
            enlisted = await asyncio.to_thread(sqlite.enlist, backend.engine, path)
            if enlisted is not None:
                self._hangers.callback(os.close, enlisted)
        backend.bells.open(
            self._loop, self._bells.ring, self._bells.ring_all, self._called, self._missed
        )
        self._hangers.callback(backend.bells.close)
        self._backend = backend
        backend.start()

    async def _open_postgres(
        self, url: sa.URL, readers: int, writers: int, migrate: bool, worker: bool
    ) -> None:
        from node.store import postgres  # a node on SQLite pays nothing for psycopg

        self.dialect = "postgresql"
        backend = postgres.Postgres(url, readers=readers, writers=writers, answer=self._answer)
        await asyncio.to_thread(postgres.prepare, backend.engine)
        if migrate:
            await asyncio.to_thread(migrations.ensure_schema, backend.engine)
        if worker:
            await asyncio.to_thread(postgres.enlist, backend.engine)
        listener = postgres.Listener(
            url, backend.mark, self._bells.ring, self._missed, self._called, worker=worker
        )
        await listener.start()
        self._hangers.push_async_callback(listener.stop)
        self._backend = backend
        backend.start()

    async def close(self) -> None:
        """Do what waits, answer it, and let go of everything."""
        if self._closed:
            return
        self._closed = True
        await asyncio.to_thread(self._backend.stop)
        await self._hangers.aclose()

    async def write(
        self, unit: Callable[Concatenate[Transaction, P], R], *args: P.args, **keywords: P.kwargs
    ) -> R:
        """Run a unit in a transaction; returns when it is on disk, raises what it raises.

        Raises Unavailable when the database cannot take it now. A caller who is cancelled takes
        nothing back.
        """
        work = self._work(unit, args, keywords)
        self._backend.write(work)
        result: R = await work.future
        return result

    async def read(
        self, unit: Callable[Concatenate[Transaction, P], R], *args: P.args, **keywords: P.kwargs
    ) -> R:
        """Run a unit on one snapshot of the database; it cannot write."""
        work = self._work(unit, args, keywords)
        self._backend.read(work)
        result: R = await work.future
        return result

    def bell(self, name: str) -> Bell:
        """A new listener of `Transaction.ring(name)`, of this and of other processes."""
        return self._bells.bell(name)

    def subscribe(self, handler: Callable[[object], None]) -> None:
        """Hand the handler every `Transaction.tell` after its commit, on the event loop; and every
        `Transaction.call`, those of other processes too."""
        self._subscribers.append(handler)

    async def maintain(self) -> None:
        """Planner statistics and housekeeping: cheap, to be called every hour or so."""
        await asyncio.to_thread(self._backend.maintain)

    @property
    def waiting(self) -> int:
        """Units that are not answered yet."""
        return self._waiting

    def _work(
        self, unit: Callable[..., Any], args: tuple[Any, ...], keywords: dict[str, Any]
    ) -> Work:
        if self._closed:
            raise Unavailable("The server is stopping. Please try again in a moment.")
        if self._waiting >= PENDING:
            raise Unavailable("The server is overloaded. Please try again in a moment.")
        self._waiting += 1
        self._turn.rest()
        return Work(unit, args, keywords, self._loop.create_future())

    def _answer(self, works: list[Work], bells: set[str], events: list[object]) -> None:
        """From any thread: one wake-up of the event loop for all of a commit."""
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            self._loop.call_soon_threadsafe(self._deliver, works, bells, events)

    def _deliver(self, works: list[Work], bells: set[str], events: list[object]) -> None:
        self._waiting -= len(works)
        for event in events:  # before whoever wrote reads what they wrote
            if isinstance(event, Changed):
                self.versions.bump(event.tables)
        for work in works:
            work.answer()
        if bells:
            self._bells.ring(bells)
        self._hand_out(events)

    def _called(self, words: str) -> None:
        if not self.versions.hear(words):
            self._hand_out([Call(words)])

    def _missed(self) -> None:
        """Other processes may have rung and called while nobody listened."""
        self._bells.ring_all()
        self.versions.bump_all()
        self._hand_out([CallsMissed()])

    def _hand_out(self, events: list[object]) -> None:
        for event in events:
            if isinstance(event, Changed):
                continue
            for handler in self._subscribers:
                try:
                    handler(event)
                except Exception:
                    log.exception("A subscriber failed on %s", type(event).__name__)
