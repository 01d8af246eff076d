"""What people were told, in their account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from node.ids import new_id
from node.store.tables import notifications
from node.store.transaction import Transaction
from node.store.upsert import insert_new

BELL = "notifications"


def add(
    tx: Transaction,
    *,
    account_id: int,
    kind: str,
    dedupe: str,
    actor_id: int | None,
    object_id: int | None,
    agreement_id: int | None,
    data: Mapping[str, Any],
    urgent: bool,
    now: float,
) -> bool:
    """False when this account was told of the same before."""
    fresh = insert_new(
        tx,
        notifications,
        {
            "id": new_id(),
            "account_id": account_id,
            "kind": kind,
            "dedupe": dedupe,
            "actor_id": actor_id,
            "object_id": object_id,
            "agreement_id": agreement_id,
            "data": dict(data),
            "urgent": urgent,
            "created_at": now,
        },
    )
    if fresh:
        tx.ring(BELL)
    return fresh
