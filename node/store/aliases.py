"""Other accounts that a person of ours says are theirs, too: they may move here."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from node.ids import new_id
from node.store.tables import aliases
from node.store.transaction import Transaction
from node.store.upsert import insert_many


def of(tx: Transaction, account_id: int) -> list[str]:
    """Their IRIs, as they were named."""
    rows = tx.all(
        sa.select(aliases.c.uri).where(aliases.c.account_id == account_id).order_by(aliases.c.id)
    )
    return [row.uri for row in rows]


def put(tx: Transaction, account_id: int, named: Sequence[tuple[str, str]], *, now: float) -> None:
    """All of them: (IRI, handle)."""
    tx.execute(sa.delete(aliases).where(aliases.c.account_id == account_id))
    insert_many(
        tx,
        aliases,
        [
            {
                "id": new_id(),
                "account_id": account_id,
                "uri": uri,
                "acct": acct,
                "created_at": now,
            }
            for uri, acct in named
        ],
    )
