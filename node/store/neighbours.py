"""Neighbours, what each is known to have, the node keys we know, and what waits to be confirmed."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from node.store.tables import actors, neighbours, node_keys, passes, unconfirmed
from node.store.transaction import Transaction
from node.store.upsert import insert_new, insert_or_update

BELL_UNCONFIRMED = "unconfirmed"
_TOGETHER = ("joined", "paused")


@dataclass(frozen=True, slots=True)
class NeighbourRow:
    actor_id: int
    actor_uri: str
    inbox: str
    shared_inbox: str | None
    name: str
    domain: str
    state: str
    territory: str
    follow_uri: str | None
    created_at: float
    joined_at: float | None


_SELECT = sa.select(
    neighbours.c.actor_id,
    actors.c.uri,
    actors.c.inbox,
    actors.c.shared_inbox,
    actors.c.name,
    neighbours.c.domain,
    neighbours.c.state,
    neighbours.c.territory,
    neighbours.c.follow_uri,
    neighbours.c.created_at,
    neighbours.c.joined_at,
).join(actors, actors.c.id == neighbours.c.actor_id)


def every(tx: Transaction) -> list[NeighbourRow]:
    return [NeighbourRow(*row) for row in tx.all(_SELECT.order_by(neighbours.c.created_at))]


def by_actor(tx: Transaction, actor_id: int) -> NeighbourRow | None:
    row = tx.first(_SELECT.where(neighbours.c.actor_id == actor_id))
    return None if row is None else NeighbourRow(*row)


def territory_at(tx: Transaction, domain: str) -> str | None:
    """The territory of the neighbour at a domain, as on the wire."""
    text: str | None = tx.scalar(
        sa.select(neighbours.c.territory).where(neighbours.c.domain == domain)
    )
    return text


def put(
    tx: Transaction,
    *,
    actor_id: int,
    domain: str,
    state: str,
    territory: str,
    follow_uri: str | None,
    now: float,
) -> None:
    """Write what is between us and a quartier now.

    Since when we know it stays; since when we are joined stays through a pause.
    """
    known = by_actor(tx, actor_id)
    joined_at = known.joined_at if known is not None and state in _TOGETHER else None
    if joined_at is None and state == "joined":
        joined_at = now
    insert_or_update(
        tx,
        neighbours,
        {
            "actor_id": actor_id,
            "domain": domain,
            "state": state,
            "territory": territory,
            "follow_uri": follow_uri,
            "created_at": now,
            "joined_at": joined_at,
        },
        key=("actor_id",),
    )


def set_territory(tx: Transaction, actor_id: int, territory: str) -> None:
    tx.execute(
        sa.update(neighbours).where(neighbours.c.actor_id == actor_id).values(territory=territory)
    )


def remove(tx: Transaction, actor_id: int) -> bool:
    return tx.execute(sa.delete(neighbours).where(neighbours.c.actor_id == actor_id)).rowcount > 0


# ── who has what ─────────────────────────────────────────────────────────────────────────────


def having(tx: Transaction, object_id: int) -> dict[int, str]:
    """Neighbour → how it is known to have the object: `to` (we sent it) or `from` (it did)."""
    rows = tx.all(
        sa.select(passes.c.neighbour_id, passes.c.direction).where(passes.c.object_id == object_id)
    )
    return {row.neighbour_id: row.direction for row in rows}


def passed(
    tx: Transaction, *, object_id: int, neighbour_id: int, direction: str, now: float
) -> bool:
    """Note that a neighbour has the object; False when that was known."""
    return insert_new(
        tx,
        passes,
        {
            "object_id": object_id,
            "neighbour_id": neighbour_id,
            "direction": direction,
            "at": now,
        },
    )


# ── node keys ────────────────────────────────────────────────────────────────────────────────


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
