"""What time brings: a home keeps its latest entries."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import sqlalchemy as sa

from node.store.tables import (
    feed,
    list_feed,
)
from node.store.transaction import Transaction

KEPT: Final = 4_000
"""Entries of one home, or one list."""


def trim(tx: Transaction, *, kept: int = KEPT) -> int:
    """Only the latest of each home and each list stay."""
    return sum(
        _trim(tx, table, column, kept)
        for table, column in ((feed, feed.c.account_id), (list_feed, list_feed.c.list_id))
    )


def _trim(tx: Transaction, table: sa.Table, column: sa.Column[int], kept: int) -> int:
    full: Iterable[Any] = tx.all(sa.select(column).group_by(column).having(sa.func.count() > kept))
    gone = 0
    for (whose,) in full:
        last = tx.scalar(
            sa.select(table.c.id)
            .where(column == whose)
            .order_by(table.c.id.desc())
            .limit(1)
            .offset(kept - 1)
        )
        gone += tx.execute(sa.delete(table).where(column == whose, table.c.id < last)).rowcount
    return gone
