"""What of the database changed, by table: so that what was read may be kept until it is not so
any more.

Every write passes through `Transaction.execute`, which notes the table; after the commit each
process counts. Whoever keeps something they read takes `Versions.of` the tables it came from
*before* they read, and it holds while that is the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Final

import sqlalchemy as sa

from node.store.tables import metadata

CHANGED: Final = "changed "
"""How a call begins by which other processes learn of it."""
UNWATCHED: Final = frozenset(
    {
        *("journal", "outbox", "deliveries", "hosts", "facts", "mails", "audit", "idempotency"),
        *("pushes", "push_subscriptions", "markers", "authorizations", "proposal_words"),
    }
)
"""Of what changes all the time, and is in nothing that is kept."""
_WRITES: Final = re.compile(
    r"\s*(?:insert\s+into|replace\s+into|update|delete\s+from)\s+\"?(\w+)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Changed:
    """Told after the commit: something was written to these tables."""

    tables: set[str] = field(default_factory=set)

    @property
    def words(self) -> str:
        return CHANGED + " ".join(sorted(self.tables))


class Versions:
    """Of this process. Only the event loop's thread touches it."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._all = 0

    def of(self, tables: Iterable[str]) -> int:
        counts = self._counts
        return self._all + sum([counts.get(name, 0) for name in tables])

    def bump(self, tables: Iterable[str]) -> None:
        for name in tables:
            self._counts[name] = self._counts.get(name, 0) + 1

    def bump_all(self) -> None:
        """Some changes may have been missed."""
        self._all += 1

    def hear(self, words: str) -> bool:
        """A call of another process; False when it is about something else."""
        if not words.startswith(CHANGED):
            return False
        self.bump(words[len(CHANGED) :].split())
        return True


def written(statement: sa.Executable) -> frozenset[str]:
    """The tables that a statement writes to, those included whose rows go with what it deletes."""
    if isinstance(statement, sa.Delete):
        return _going_with(_name(statement))
    if isinstance(statement, sa.Insert | sa.Update):
        return _watched(_name(statement))
    if isinstance(statement, sa.TextClause):
        found = _WRITES.match(statement.text)
        return _going_with(found[1]) if found else _NONE
    return _NONE


def _name(statement: sa.Insert | sa.Update | sa.Delete) -> str:
    return str(getattr(statement.table, "name"))  # noqa: B009 - of a table, not of a join


_NONE: Final[frozenset[str]] = frozenset()


@cache
def _watched(name: str) -> frozenset[str]:
    return _NONE if name in UNWATCHED else frozenset({name})


@cache
def _going_with(name: str) -> frozenset[str]:
    """A table, and those whose rows refer to its rows."""
    found, waiting = {name}, [name]
    while waiting:
        gone = waiting.pop()
        for table in metadata.tables.values():
            refers = any(key.column.table.name == gone for key in table.foreign_keys)
            if refers and table.name not in found:
                found.add(table.name)
                waiting.append(table.name)
    return frozenset(found) - UNWATCHED
