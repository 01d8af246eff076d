"""Keys of the node that are made once and kept."""

from __future__ import annotations

import sqlalchemy as sa

from node.store.tables import node_secrets
from node.store.transaction import Transaction
from node.store.upsert import insert_new


def of(tx: Transaction, name: str) -> str | None:
    found: str | None = tx.scalar(
        sa.select(node_secrets.c.value).where(node_secrets.c.name == name)
    )
    return found


def put_first(tx: Transaction, name: str, value: str) -> str:
    """Whoever is first decides; returns what counts."""
    insert_new(tx, node_secrets, {"name": name, "value": value})
    return of(tx, name) or value
