"""Who is let in to somebody's notifications: their policy, and the requests of those who wait."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from node.ids import new_id
from node.social.told import DEFAULT_POLICY
from node.store.tables import notification_policies, notification_requests, notifications
from node.store.transaction import Row, Transaction
from node.store.upsert import insert_new, insert_or_update

WAITING, DISMISSED, ACCEPTED = "waiting", "dismissed", "accepted"


@dataclass(frozen=True, slots=True)
class Request:
    id: int
    from_id: int
    last_object_id: int | None
    count: int
    created_at: float
    updated_at: float


_COLUMNS = (
    notification_requests.c.id,
    notification_requests.c.from_id,
    notification_requests.c.last_object_id,
    notification_requests.c.count,
    notification_requests.c.created_at,
    notification_requests.c.updated_at,
)


def _request(row: Row) -> Request:
    return Request(*row)


# ── the policy ───────────────────────────────────────────────────────────────────────────────


def policy(tx: Transaction, account_id: int) -> Mapping[str, str]:
    stored = tx.scalar(
        sa.select(notification_policies.c.rules).where(
            notification_policies.c.account_id == account_id
        )
    )
    return {**DEFAULT_POLICY, **(stored or {})}


def set_policy(tx: Transaction, account_id: int, changes: Mapping[str, str]) -> Mapping[str, str]:
    rules = {**policy(tx, account_id), **changes}
    insert_or_update(
        tx,
        notification_policies,
        {"account_id": account_id, "rules": rules},
        key=("account_id",),
    )
    return rules


# ── requests ─────────────────────────────────────────────────────────────────────────────────


def is_accepted(tx: Transaction, account_id: int, from_id: int) -> bool:
    return (
        tx.first(
            sa.select(notification_requests.c.id).where(
                notification_requests.c.account_id == account_id,
                notification_requests.c.from_id == from_id,
                notification_requests.c.state == ACCEPTED,
            )
        )
        is not None
    )


def knock(
    tx: Transaction, account_id: int, from_id: int, object_id: int | None, *, now: float
) -> None:
    """Something of somebody who is not let in came; dismissed ones stay so."""
    fresh = insert_new(
        tx,
        notification_requests,
        {
            "id": new_id(),
            "account_id": account_id,
            "from_id": from_id,
            "state": WAITING,
            "last_object_id": object_id,
            "count": 1,
            "created_at": now,
            "updated_at": now,
        },
    )
    if not fresh:
        tx.execute(
            sa.update(notification_requests)
            .where(
                notification_requests.c.account_id == account_id,
                notification_requests.c.from_id == from_id,
            )
            .values(
                count=notification_requests.c.count + 1,
                last_object_id=sa.func.coalesce(
                    sa.literal(object_id, sa.BigInteger), notification_requests.c.last_object_id
                ),
                updated_at=now,
            )
        )


def page(
    tx: Transaction,
    account_id: int,
    *,
    below: int | None,
    above: int | None,
    upward: bool,
    most: int,
) -> list[Request]:
    """Those that wait, newest first."""
    number = notification_requests.c.id
    statement = sa.select(*_COLUMNS).where(
        notification_requests.c.account_id == account_id,
        notification_requests.c.state == WAITING,
    )
    if below is not None:
        statement = statement.where(number < below)
    if above is not None:
        statement = statement.where(number > above)
    rows = tx.all(statement.order_by(number.asc() if upward else number.desc()).limit(most))
    return sorted((_request(row) for row in rows), key=lambda one: -one.id)


def by_ids(tx: Transaction, account_id: int, ids: Collection[int]) -> list[Request]:
    rows = tx.all(
        sa.select(*_COLUMNS)
        .where(
            notification_requests.c.account_id == account_id,
            notification_requests.c.id.in_(list(ids)),
        )
        .order_by(notification_requests.c.id)
    )
    return [_request(row) for row in rows]


def decide(tx: Transaction, account_id: int, ids: Collection[int], state: str) -> None:
    tx.execute(
        sa.update(notification_requests)
        .where(
            notification_requests.c.account_id == account_id,
            notification_requests.c.id.in_(list(ids)),
        )
        .values(state=state)
    )


def merge(tx: Transaction, account_id: int, from_id: int) -> int:
    """What waited of somebody stands in the list now."""
    return tx.execute(
        sa.update(notifications)
        .where(
            notifications.c.account_id == account_id,
            notifications.c.actor_id == from_id,
            notifications.c.state == WAITING,
        )
        .values(state="shown")
    ).rowcount


def forget_waiting(tx: Transaction, account_id: int, from_id: int) -> None:
    """Of a request that was dismissed nothing is kept."""
    tx.execute(
        sa.delete(notifications).where(
            notifications.c.account_id == account_id,
            notifications.c.actor_id == from_id,
            notifications.c.state == WAITING,
        )
    )


def waiting(tx: Transaction, account_id: int, *, most: int) -> tuple[int, int]:
    """(requests, notifications in them), requests counted up to `most`."""
    some = (
        sa.select(notification_requests.c.count)
        .where(
            notification_requests.c.account_id == account_id,
            notification_requests.c.state == WAITING,
        )
        .limit(most)
        .subquery()
    )
    row = tx.first(
        sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(some.c.count), 0)).select_from(some)
    )
    return (0, 0) if row is None else (int(row[0]), int(row[1]))
