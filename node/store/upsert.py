"""`INSERT … ON CONFLICT`, which both databases have and SQLAlchemy spells once for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

if TYPE_CHECKING:
    from node.store.transaction import Transaction


@cache
def _ignoring(table: sa.Table, dialect: str) -> sa.Insert:
    key = _natural_key(table)
    if dialect == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing(index_elements=key)
    # Without being asked SQLAlchemy does not keep the count of an INSERT that psycopg gave it.
    return (
        postgresql.insert(table)
        .on_conflict_do_nothing(index_elements=key)
        .execution_options(preserve_rowcount=True)
    )


def _natural_key(table: sa.Table) -> list[str]:
    """The columns that say which thing a row is about: its unique ones, else its primary key.

    Not the number that we gave it: a row that meets another's number is a new thing, and the
    error has its unit of work run again with another number.
    """
    unique = [
        [column.name for column in constraint.columns]
        for constraint in table.constraints
        if isinstance(constraint, sa.UniqueConstraint)
    ]
    if len(unique) > 1:
        raise ValueError(f"{table.name} has several natural keys: insert into it with one named")
    return unique[0] if unique else [column.name for column in table.primary_key.columns]


@cache
def _replacing(
    table: sa.Table, dialect: str, key: tuple[str, ...], changed: tuple[str, ...]
) -> sa.Insert:
    if dialect == "sqlite":
        lite = sqlite.insert(table)
        return lite.on_conflict_do_update(
            index_elements=list(key), set_={name: lite.excluded[name] for name in changed}
        )
    large = postgresql.insert(table)
    return large.on_conflict_do_update(
        index_elements=list(key), set_={name: large.excluded[name] for name in changed}
    )


def insert_new(tx: Transaction, table: sa.Table, row: Mapping[str, Any]) -> bool:
    """Insert the row; False, and nothing changed, when one with its unique values is there."""
    return tx.execute(_ignoring(table, tx.dialect), row).rowcount == 1


def insert_many(tx: Transaction, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert the rows that are not there yet."""
    if rows:
        tx.execute(_ignoring(table, tx.dialect), rows)


def insert_or_update(
    tx: Transaction,
    table: sa.Table,
    row: Mapping[str, Any],
    *,
    key: tuple[str, ...],
    kept: tuple[str, ...] = ("id", "created_at"),
) -> None:
    """Insert the row, or set the columns that are not `kept` where one with that key is there."""
    changed = tuple(name for name in row if name not in key and name not in kept)
    tx.execute(_replacing(table, tx.dialect, key, changed), row)
