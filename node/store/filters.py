"""Filters of people of ours: rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from node.ids import new_id
from node.social.filters import Filter, Keyword
from node.store import calls
from node.store.tables import filter_keywords, filter_statuses, filters
from node.store.transaction import Row, Transaction
from node.store.upsert import insert_new

_SELECT = sa.select(
    filters.c.id,
    filters.c.account_id,
    filters.c.title,
    filters.c.contexts,
    filters.c.action,
    filters.c.expires_at,
)
_OF = _SELECT.where(filters.c.account_id == sa.bindparam("me")).order_by(filters.c.id)


def of(tx: Transaction, account_id: int) -> list[Filter]:
    """All of somebody's, over or not; in one query when there are none, else in three."""
    return _whole(tx, tx.all(_OF, {"me": account_id}))


def in_force(tx: Transaction, account_id: int, *, now: float) -> list[Filter]:
    rows = tx.all(_OF, {"me": account_id})
    alive = [row for row in rows if row.expires_at is None or row.expires_at > now]
    return _whole(tx, alive)


def by_id(tx: Transaction, identifier: int, *, account_id: int) -> Filter | None:
    """None for another's as for none."""
    rows = tx.all(_SELECT.where(filters.c.id == identifier, filters.c.account_id == account_id))
    found = _whole(tx, rows)
    return found[0] if found else None


def _whole(tx: Transaction, rows: Sequence[Row]) -> list[Filter]:
    if not rows:
        return []
    ids = [row.id for row in rows]
    words: dict[int, list[Keyword]] = {}
    for row in tx.all(
        sa.select(filter_keywords)
        .where(filter_keywords.c.filter_id.in_(ids))
        .order_by(filter_keywords.c.id)
    ):
        one = Keyword(row.id, row.keyword, bool(row.whole_word))
        words.setdefault(row.filter_id, []).append(one)
    single: dict[int, list[tuple[int, int]]] = {}
    for row in tx.all(
        sa.select(filter_statuses)
        .where(filter_statuses.c.filter_id.in_(ids))
        .order_by(filter_statuses.c.id)
    ):
        single.setdefault(row.filter_id, []).append((row.id, row.object_id))
    return [
        Filter(
            row.id,
            row.account_id,
            row.title,
            tuple(row.contexts),
            row.action,
            row.expires_at,
            tuple(words.get(row.id, ())),
            tuple(single.get(row.id, ())),
        )
        for row in rows
    ]


def add(
    tx: Transaction,
    *,
    account_id: int,
    title: str,
    contexts: Sequence[str],
    action: str,
    expires_at: float | None,
) -> int:
    identifier = new_id()
    tx.execute(
        sa.insert(filters),
        {
            "id": identifier,
            "account_id": account_id,
            "title": title,
            "contexts": list(contexts),
            "action": action,
            "expires_at": expires_at,
        },
    )
    calls.filters_changed(tx, account_id)
    return identifier


def change(tx: Transaction, one: Filter, /, **values: Any) -> None:
    if values:
        tx.execute(sa.update(filters).where(filters.c.id == one.id).values(**values))
    calls.filters_changed(tx, one.account_id)


def remove(tx: Transaction, one: Filter) -> None:
    tx.execute(sa.delete(filters).where(filters.c.id == one.id))
    calls.filters_changed(tx, one.account_id)


# ── words ────────────────────────────────────────────────────────────────────────────────────


def add_keyword(tx: Transaction, one: Filter, keyword: str, *, whole_word: bool) -> Keyword:
    made = Keyword(new_id(), keyword, whole_word)
    tx.execute(
        sa.insert(filter_keywords),
        {
            "id": made.id,
            "filter_id": one.id,
            "keyword": keyword,
            "whole_word": whole_word,
        },
    )
    calls.filters_changed(tx, one.account_id)
    return made


def change_keyword(tx: Transaction, one: Filter, keyword_id: int, /, **values: Any) -> None:
    if values:
        tx.execute(
            sa.update(filter_keywords)
            .where(filter_keywords.c.id == keyword_id, filter_keywords.c.filter_id == one.id)
            .values(**values)
        )
    calls.filters_changed(tx, one.account_id)


def remove_keywords(tx: Transaction, one: Filter, keyword_ids: Iterable[int]) -> None:
    tx.execute(
        sa.delete(filter_keywords).where(
            filter_keywords.c.filter_id == one.id, filter_keywords.c.id.in_(list(keyword_ids))
        )
    )
    calls.filters_changed(tx, one.account_id)


def of_keyword(tx: Transaction, keyword_id: int, *, account_id: int) -> Filter | None:
    """The filter to which a word belongs."""
    found = tx.scalar(
        sa.select(filter_keywords.c.filter_id).where(filter_keywords.c.id == keyword_id)
    )
    return None if found is None else by_id(tx, found, account_id=account_id)


# ── single statuses ──────────────────────────────────────────────────────────────────────────


def add_status(tx: Transaction, one: Filter, object_id: int) -> bool:
    row = {"id": new_id(), "filter_id": one.id, "object_id": object_id}
    fresh = insert_new(tx, filter_statuses, row)
    calls.filters_changed(tx, one.account_id)
    return fresh


def remove_status(tx: Transaction, one: Filter, number: int) -> None:
    tx.execute(
        sa.delete(filter_statuses).where(
            filter_statuses.c.filter_id == one.id, filter_statuses.c.id == number
        )
    )
    calls.filters_changed(tx, one.account_id)


def of_status(tx: Transaction, number: int, *, account_id: int) -> Filter | None:
    found = tx.scalar(sa.select(filter_statuses.c.filter_id).where(filter_statuses.c.id == number))
    return None if found is None else by_id(tx, found, account_id=account_id)
