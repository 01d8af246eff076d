"""What was deleted or undone, so that it does not come back."""

from __future__ import annotations

import sqlalchemy as sa

from node.store.tables import graves
from node.store.transaction import Transaction
from node.store.upsert import insert_new

_BURIED = sa.select(graves.c.by).where(graves.c.uri == sa.bindparam("uri"))


def bury(
    tx: Transaction,
    uri: str,
    *,
    by: str,
    now: float,
    local_id: int | None = None,
    type: str | None = None,
) -> None:
    """Remember that `by` deleted or undid `uri`, whether or not it was ever here."""
    insert_new(tx, graves, {"uri": uri, "by": by, "local_id": local_id, "type": type, "at": now})


def buried_by(tx: Transaction, uri: str) -> set[str]:
    """The actors who deleted or undid this; empty when nobody did."""
    return {row.by for row in tx.all(_BURIED, {"uri": uri})}


def local(tx: Transaction, uri: str) -> tuple[str | None, float] | None:
    """Of a deleted local object: its former type and when."""
    row = tx.first(
        sa.select(graves.c.type, graves.c.at).where(
            graves.c.uri == uri, graves.c.local_id.is_not(None)
        )
    )
    return None if row is None else (row.type, row.at)
