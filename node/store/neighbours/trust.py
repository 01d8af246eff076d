"""The node keys that we know, and what is believed by a neighbour's word alone."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from node.store.tables import node_keys, unconfirmed
from node.store.transaction import Transaction
from node.store.upsert import insert_new, insert_or_update

BELL_UNCONFIRMED = "unconfirmed"


@dataclass(frozen=True, slots=True)
class NodeKeyRow:
    origin: str
    key: str
    voucher: str
    """"" when we met the node ourselves, else the origin of the neighbour whose word it is."""
    actor_uri: str
    statement: str | None
    seen_at: float


_KEYS = sa.select(
    node_keys.c.origin,
    node_keys.c.key,
    node_keys.c.voucher,
    node_keys.c.actor_uri,
    node_keys.c.statement,
    node_keys.c.seen_at,
)


def keys_of(tx: Transaction, origin: str) -> list[NodeKeyRow]:
    return [NodeKeyRow(*row) for row in tx.all(_KEYS.where(node_keys.c.origin == origin))]


def met_keys(tx: Transaction) -> list[NodeKeyRow]:
    """The node keys that we learned from their own nodes: what we tell our neighbours."""
    statement = _KEYS.where(node_keys.c.voucher == "").order_by(node_keys.c.origin).limit(1000)
    return [NodeKeyRow(*row) for row in tx.all(statement)]


def remember_key(
    tx: Transaction,
    *,
    origin: str,
    key: str,
    voucher: str,
    actor_uri: str,
    statement: str | None,
    now: float,
) -> None:
    insert_or_update(
        tx,
        node_keys,
        {
            "origin": origin,
            "key": key,
            "voucher": voucher,
            "actor_uri": actor_uri,
            "statement": statement,
            "seen_at": now,
        },
        key=("origin", "key", "voucher"),
    )


def forget_other_keys(tx: Transaction, *, origin: str, key: str) -> None:
    """The origin itself told its key: whatever else was met or vouched for is void."""
    tx.execute(sa.delete(node_keys).where(node_keys.c.origin == origin, node_keys.c.key != key))


# ── believed by a neighbour's word alone ─────────────────────────────────────────────────────


def mark_unconfirmed(tx: Transaction, *, object_id: int, voucher: str, now: float) -> None:
    insert_new(
        tx,
        unconfirmed,
        {
            "object_id": object_id,
            "voucher": voucher,
            "since": now,
            "next_at": now,
            "attempts": 0,
        },
    )
    tx.ring(BELL_UNCONFIRMED)


def confirm(tx: Transaction, object_id: int) -> bool:
    return (
        tx.execute(sa.delete(unconfirmed).where(unconfirmed.c.object_id == object_id)).rowcount > 0
    )


def to_confirm(tx: Transaction, *, now: float, most: int = 20) -> list[tuple[int, int]]:
    """(object id, attempts) of what is to be asked of its origin now."""
    rows = tx.all(
        sa.select(unconfirmed.c.object_id, unconfirmed.c.attempts)
        .where(unconfirmed.c.next_at <= now)
        .order_by(unconfirmed.c.next_at)
        .limit(most)
    )
    return [(row.object_id, row.attempts) for row in rows]


def ask_again(tx: Transaction, object_id: int, *, next_at: float) -> None:
    tx.execute(
        sa.update(unconfirmed)
        .where(unconfirmed.c.object_id == object_id)
        .values(next_at=next_at, attempts=unconfirmed.c.attempts + 1)
    )


def next_to_confirm(tx: Transaction) -> float | None:
    when: float | None = tx.scalar(sa.select(sa.func.min(unconfirmed.c.next_at)))
    return when
