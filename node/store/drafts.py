"""What is written and not published: its author's own, or waiting for a mediator's look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from node.store.tables import drafts
from node.store.transaction import Row, Transaction


@dataclass(frozen=True, slots=True)
class Kept:
    """A draft. Times are seconds since the epoch."""

    id: int
    """The proposal's, once it is published."""
    author_id: int
    state: str
    """``draft`` or ``review``."""
    fields: Mapping[str, Any]
    """As `aid.drafts.check_draft` reads them, without the author."""
    source: str
    """``api``, ``pages``, ``mention`` or ``on-behalf``."""
    asked_by_id: int | None
    """Somebody elsewhere, for whom the quartier publishes it."""
    asked_in: str | None
    """IRI of the note in which they asked."""
    note: str
    """Why a mediator sent it back."""
    created_at: float
    updated_at: float


_COLUMNS = (
    drafts.c.id,
    drafts.c.author_id,
    drafts.c.state,
    drafts.c.fields,
    drafts.c.source,
    drafts.c.asked_by_id,
    drafts.c.asked_in,
    drafts.c.note,
    drafts.c.created_at,
    drafts.c.updated_at,
)


def _kept(row: Row) -> Kept:
    return Kept(*row)


def insert(tx: Transaction, one: Kept) -> None:
    tx.execute(
        sa.insert(drafts),
        {
            "id": one.id,
            "author_id": one.author_id,
            "state": one.state,
            "fields": dict(one.fields),
            "source": one.source,
            "asked_by_id": one.asked_by_id,
            "asked_in": one.asked_in,
            "note": one.note,
            "created_at": one.created_at,
            "updated_at": one.updated_at,
        },
    )


def by_id(tx: Transaction, identifier: int) -> Kept | None:
    row = tx.first(sa.select(*_COLUMNS).where(drafts.c.id == identifier))
    return None if row is None else _kept(row)


def of_author(
    tx: Transaction, author_id: int, *, before: int | None = None, most: int
) -> list[Kept]:
    """Of one author, newest first."""
    return _page(tx, drafts.c.author_id == author_id, before, most)


def in_review(tx: Transaction, *, before: int | None = None, most: int) -> list[Kept]:
    """What waits for a mediator, newest first."""
    return _page(tx, drafts.c.state == "review", before, most)


def left(tx: Transaction, *, source: str, before: float, most: int) -> list[Kept]:
    """Not sent, of one source, and not touched since a time (seconds since the epoch)."""
    statement = (
        sa.select(*_COLUMNS)
        .where(drafts.c.state == "draft", drafts.c.source == source, drafts.c.updated_at < before)
        .order_by(drafts.c.id)
        .limit(most)
    )
    return [_kept(row) for row in tx.all(statement)]


def _page(
    tx: Transaction, which: sa.ColumnElement[bool], before: int | None, most: int
) -> list[Kept]:
    statement = sa.select(*_COLUMNS).where(which).order_by(drafts.c.id.desc()).limit(most)
    if before is not None:
        statement = statement.where(drafts.c.id < before)
    return [_kept(row) for row in tx.all(statement)]


def count_of(tx: Transaction, author_id: int) -> int:
    statement = sa.select(sa.func.count()).where(drafts.c.author_id == author_id)
    return int(tx.scalar(statement) or 0)


def count_in_review(tx: Transaction) -> int:
    return int(tx.scalar(sa.select(sa.func.count()).where(drafts.c.state == "review")) or 0)


def change(
    tx: Transaction,
    identifier: int,
    *,
    now: float,
    fields: Mapping[str, Any] | None = None,
    state: str | None = None,
    note: str | None = None,
) -> None:
    """What is not named stays."""
    values: dict[str, Any] = {"updated_at": now}
    if fields is not None:
        values["fields"] = dict(fields)
    if state is not None:
        values["state"] = state
    if note is not None:
        values["note"] = note
    tx.execute(sa.update(drafts).where(drafts.c.id == identifier).values(**values))


def delete(tx: Transaction, identifier: int) -> bool:
    return tx.execute(sa.delete(drafts).where(drafts.c.id == identifier)).rowcount == 1
