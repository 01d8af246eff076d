"""Private words of one person about another; nobody else reads them."""

from __future__ import annotations

import sqlalchemy as sa

from node.store.tables import account_notes
from node.store.transaction import Transaction
from node.store.upsert import insert_or_update


def put(tx: Transaction, *, account_id: int, target_id: int, text: str) -> None:
    """No words: no note."""
    if not text:
        tx.execute(
            sa.delete(account_notes).where(
                account_notes.c.account_id == account_id, account_notes.c.target_id == target_id
            )
        )
        return
    insert_or_update(
        tx,
        account_notes,
        {"account_id": account_id, "target_id": target_id, "text": text},
        key=("account_id", "target_id"),
    )
