"""What is to be published later, and what was asked with an Idempotency-Key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from node.store.tables import idempotency, scheduled
from node.store.transaction import Row, Transaction
from node.store.upsert import insert_new

KEPT_S: Final = 3_600.0


@dataclass(frozen=True, slots=True)
class Scheduled:
    id: int
    account_id: int
    at: float
    fields: Mapping[str, Any]
    """As apps see them: the `params` of the entity."""
    app_id: int | None
    created_at: float


@dataclass(frozen=True, slots=True)
class Asked:
    object_id: int
    scheduled: bool


_COLUMNS = (
    scheduled.c.id,
    scheduled.c.account_id,
    scheduled.c.at,
    scheduled.c.fields,
    scheduled.c.app_id,
    scheduled.c.created_at,
)


def _scheduled(row: Row) -> Scheduled:
    return Scheduled(*row)


def insert(tx: Transaction, one: Scheduled) -> None:
    tx.execute(
        sa.insert(scheduled),
        {
            "id": one.id,
            "account_id": one.account_id,
            "at": one.at,
            "fields": dict(one.fields),
            "app_id": one.app_id,
            "created_at": one.created_at,
        },
    )


def by_id(tx: Transaction, account_id: int, identifier: int) -> Scheduled | None:
    row = tx.first(
        sa.select(*_COLUMNS).where(
            scheduled.c.id == identifier, scheduled.c.account_id == account_id
        )
    )
    return None if row is None else _scheduled(row)


def of_account(
    tx: Transaction,
    account_id: int,
    *,
    below: int | None = None,
    above: int | None = None,
    upward: bool = False,
    most: int = 20,
) -> list[Scheduled]:
    """Newest first; `upward`: those right above."""
    order = scheduled.c.id.asc() if upward else scheduled.c.id.desc()
    statement = (
        sa.select(*_COLUMNS).where(scheduled.c.account_id == account_id).order_by(order).limit(most)
    )
    if below is not None:
        statement = statement.where(scheduled.c.id < below)
    if above is not None:
        statement = statement.where(scheduled.c.id > above)
    found = [_scheduled(row) for row in tx.all(statement)]
    return found[::-1] if upward else found


def count(tx: Transaction, account_id: int, *, since: float = 0.0, until: float = 1e12) -> int:
    """How many stand between two times."""
    return int(
        tx.scalar(
            sa.select(sa.func.count()).where(
                scheduled.c.account_id == account_id,
                scheduled.c.at >= since,
                scheduled.c.at < until,
            )
        )
        or 0
    )


def move(tx: Transaction, identifier: int, at: float) -> None:
    tx.execute(sa.update(scheduled).where(scheduled.c.id == identifier).values(at=at))


def remove(tx: Transaction, identifier: int) -> bool:
    return tx.execute(sa.delete(scheduled).where(scheduled.c.id == identifier)).rowcount > 0


def due(tx: Transaction, now: float, *, most: int = 20) -> list[Scheduled]:
    rows = tx.all(
        sa.select(*_COLUMNS).where(scheduled.c.at <= now).order_by(scheduled.c.at).limit(most)
    )
    return [_scheduled(row) for row in rows]


def next_at(tx: Transaction) -> float | None:
    found: float | None = tx.scalar(sa.select(sa.func.min(scheduled.c.at)))
    return found


# ── Idempotency-Key ──────────────────────────────────────────────────────────────────────────


def asked(tx: Transaction, account_id: int, key: str, *, since: float) -> Asked | None:
    """What it made, since then."""
    row = tx.first(
        sa.select(idempotency.c.object_id, idempotency.c.scheduled).where(
            idempotency.c.account_id == account_id,
            idempotency.c.key == key,
            idempotency.c.at >= since,
        )
    )
    return None if row is None else Asked(row.object_id, bool(row.scheduled))


def claim(
    tx: Transaction, account_id: int, key: str, object_id: int, *, scheduled: bool, now: float
) -> bool:
    """It will make this; False when somebody else was quicker. Keys of earlier hours go."""
    tx.execute(sa.delete(idempotency).where(idempotency.c.at < now - KEPT_S))
    return insert_new(
        tx,
        idempotency,
        {
            "account_id": account_id,
            "key": key,
            "object_id": object_id,
            "scheduled": scheduled,
            "at": now,
        },
    )


def release(tx: Transaction, account_id: int, key: str) -> None:
    """What it made is gone."""
    tx.execute(
        sa.delete(idempotency).where(
            idempotency.c.account_id == account_id, idempotency.c.key == key
        )
    )


def settle(tx: Transaction, account_id: int, key: str, object_id: int) -> None:
    """What it made has another number in the end."""
    tx.execute(
        sa.update(idempotency)
        .where(idempotency.c.account_id == account_id, idempotency.c.key == key)
        .values(object_id=object_id)
    )
