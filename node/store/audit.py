"""What people with a role did. Rows are added and read; nothing changes one or takes it out."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from node.ids import new_id
from node.store.tables import audit
from node.store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Entry:
    id: int
    who: str
    """Their handle at that time; "" for a command or the node itself."""
    action: str
    target: str
    reason: str
    at: float


def add(
    tx: Transaction,
    *,
    actor_id: int | None,
    who: str,
    action: str,
    target: str,
    reason: str,
    now: float,
) -> None:
    tx.execute(
        sa.insert(audit),
        {
            "id": new_id(),
            "actor_id": actor_id,
            "who": who,
            "action": action,
            "target": target,
            "reason": reason,
            "at": now,
        },
    )


def listed(
    tx: Transaction,
    *,
    before: int | None = None,
    action: str | None = None,
    target: str | None = None,
    most: int,
) -> list[Entry]:
    """Newest first, in keyset pages by id."""
    statement = (
        sa.select(
            audit.c.id, audit.c.who, audit.c.action, audit.c.target, audit.c.reason, audit.c.at
        )
        .order_by(audit.c.id.desc())
        .limit(most)
    )
    if before is not None:
        statement = statement.where(audit.c.id < before)
    if action is not None:
        statement = statement.where(audit.c.action == action)
    if target is not None:
        statement = statement.where(audit.c.target == target)
    return [Entry(*row) for row in tx.all(statement)]
