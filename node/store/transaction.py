"""What a unit of work is handed, and the unit itself while it waits for its turn."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import sqlalchemy as sa

from node.store.versions import Changed, written

Dialect = Literal["sqlite", "postgresql"]
Row = sa.Row[*tuple[Any, ...]]
CALLING: Final = "!"
Parameters = Mapping[str, Any] | Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Call:
    """A few words to every process of this node, after the commit: `Transaction.call`."""

    words: str


@dataclass(frozen=True, slots=True)
class CallsMissed:
    """Some calls of other processes may have been lost: the database was away for a while."""


class Transaction:
    """One open transaction; units never begin, commit or roll back themselves.

    A unit is a plain function of this: it may be run again when the first try was rolled back
    (another unit of its group failed, a deadlock, a lost connection), so it changes nothing but
    rows, and says what else is to happen with `ring` and `tell`.
    """

    __slots__ = ("bells", "broken", "changed", "connection", "dialect", "events")

    def __init__(self, connection: sa.Connection, dialect: Dialect) -> None:
        self.connection = connection
        self.dialect: Dialect = dialect
        self.bells: set[str] = set()
        self.changed = Changed()
        self.events: list[object] = [self.changed]
        self.broken: sa.exc.OperationalError | None = None

    def execute(
        self, statement: sa.Executable, parameters: Parameters | None = None
    ) -> sa.CursorResult[*tuple[Any, ...]]:
        """Run a statement; a sequence of parameters runs it for each (executemany)."""
        if self.broken is not None:  # SQLite may have rolled back: nothing may be written alone
            raise self.broken
        if statement.is_dml or isinstance(statement, sa.TextClause):
            self.changed.tables.update(written(statement))
        try:
            return self.connection.execute(statement, parameters)
        except sa.exc.OperationalError as error:
            self.broken = error
            raise

    def all(self, statement: sa.Executable, parameters: Parameters | None = None) -> list[Row]:
        return list(self.execute(statement, parameters))

    def first(self, statement: sa.Executable, parameters: Parameters | None = None) -> Row | None:
        return self.execute(statement, parameters).first()

    def scalar(self, statement: sa.Executable, parameters: Parameters | None = None) -> Any:
        """The first column of the first row, or None without a row."""
        row = self.execute(statement, parameters).first()
        return None if row is None else row[0]

    def ring(self, bell: str) -> None:
        """After the commit, wake who listens to this bell, in this process and in others."""
        self.bells.add(bell)

    def tell(self, event: object) -> None:
        """After the commit, hand the event to the subscribers in this process."""
        self.events.append(event)

    def call(self, words: str) -> None:
        """After the commit, hand a `Call` to the subscribers in this process and in others, in
        order; `words` are short, with no line end."""
        self.events.append(Call(words))

    def heard_elsewhere(self) -> list[str]:
        """What other processes are to hear: bells by name, calls with CALLING before them."""
        calls = [CALLING + event.words for event in self.events if isinstance(event, Call)]
        if self.changed.tables:
            calls.append(CALLING + self.changed.words)
        return [*self.bells, *calls] if calls else list(self.bells)


class Work:
    """A unit of work with its arguments, and the future of the caller who waits for it."""

    __slots__ = ("args", "error", "future", "keywords", "result", "unit")

    def __init__(
        self,
        unit: Callable[..., Any],
        args: tuple[Any, ...],
        keywords: dict[str, Any],
        future: asyncio.Future[Any],
    ) -> None:
        self.unit = unit
        self.args = args
        self.keywords = keywords
        self.future = future
        self.result: Any = None
        self.error: BaseException | None = None

    def fail(self, error: BaseException) -> None:
        if isinstance(error, StopIteration):  # a future cannot carry one
            wrapped = RuntimeError("A unit of work raised StopIteration.")
            wrapped.__cause__ = error
            error = wrapped
        self.error = error

    def answer(self) -> None:
        """On the event loop. A caller who was cancelled has gone; the work is done all the same."""
        if self.future.done():
            return
        if self.error is None:
            self.future.set_result(self.result)
        else:
            self.future.set_exception(self.error)


# Called from a worker thread with what a commit (or its failure) settled.
Answer = Callable[[list[Work], set[str], list[object]], None]
