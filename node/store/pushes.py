"""Web Push: which apps want to be woken for what, and what is to be sent to them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from node.ids import new_id
from node.store.tables import follows, push_subscriptions, pushes, tokens
from node.store.transaction import Row, Transaction
from node.store.upsert import insert_or_update

BELL: Final = "pushes"
LEASE_SECONDS: Final = 120.0


@dataclass(frozen=True, slots=True)
class Subscription:
    id: int
    account_id: int
    endpoint: str
    p256dh: str
    """The public key of the app, base64url."""
    auth: str
    """The secret of the app, base64url."""
    alerts: Mapping[str, bool]
    """Standard kind → whether it is wanted."""
    policy: str
    """Of whom: all, followed, follower or none."""
    standard: bool
    """Whether the app reads what RFC 8291 says, and not the draft before it."""


@dataclass(frozen=True, slots=True)
class Push:
    """One that is claimed."""

    id: int
    subscription: Subscription
    notification_id: int
    attempts: int
    created_at: float
    fence: int


_COLUMNS = (
    push_subscriptions.c.id,
    push_subscriptions.c.account_id,
    push_subscriptions.c.endpoint,
    push_subscriptions.c.p256dh,
    push_subscriptions.c.auth,
    push_subscriptions.c.alerts,
    push_subscriptions.c.policy,
    push_subscriptions.c.standard,
)


def _subscription(row: Row) -> Subscription:
    return Subscription(
        id=row.id,
        account_id=row.account_id,
        endpoint=row.endpoint,
        p256dh=row.p256dh,
        auth=row.auth,
        alerts=row.alerts,
        policy=row.policy,
        standard=bool(row.standard),
    )


# ── subscriptions ────────────────────────────────────────────────────────────────────────────


def put(tx: Transaction, token_hash: str, wanted: Subscription, *, now: float) -> None:
    """Instead of the one that this token had. What waits for that one is not sent."""
    remove(tx, token_hash)
    insert_or_update(
        tx,
        push_subscriptions,
        {
            "id": wanted.id,
            "token_hash": token_hash,
            "account_id": wanted.account_id,
            "endpoint": wanted.endpoint,
            "p256dh": wanted.p256dh,
            "auth": wanted.auth,
            "alerts": dict(wanted.alerts),
            "policy": wanted.policy,
            "standard": wanted.standard,
            "failures": 0,
            "created_at": now,
        },
        key=("token_hash",),
        kept=("created_at",),
    )


def of_token(tx: Transaction, token_hash: str) -> Subscription | None:
    row = tx.first(sa.select(*_COLUMNS).where(push_subscriptions.c.token_hash == token_hash))
    return None if row is None else _subscription(row)


def change(tx: Transaction, identifier: int, *, alerts: Mapping[str, bool], policy: str) -> None:
    tx.execute(
        sa.update(push_subscriptions)
        .where(push_subscriptions.c.id == identifier)
        .values(alerts=dict(alerts), policy=policy)
    )


def remove(tx: Transaction, token_hash: str) -> bool:
    done = tx.execute(
        sa.delete(push_subscriptions).where(push_subscriptions.c.token_hash == token_hash)
    )
    return done.rowcount > 0


def remove_of(tx: Transaction, account_id: int) -> None:
    """All of somebody whose tokens ended."""
    tx.execute(sa.delete(push_subscriptions).where(push_subscriptions.c.account_id == account_id))


def drop(tx: Transaction, identifiers: Collection[int]) -> None:
    """Whose service says that they are no more."""
    tx.execute(sa.delete(push_subscriptions).where(push_subscriptions.c.id.in_(list(identifiers))))


# ── what is to be sent ───────────────────────────────────────────────────────────────────────


def plan(
    tx: Transaction,
    account_id: int,
    notification_id: int,
    kind: str,
    actor_id: int | None,
    *,
    now: float,
) -> None:
    """Somebody was told of something: the apps that want to be woken for it are."""
    rows = tx.all(
        sa.select(*_COLUMNS)
        .join(tokens, tokens.c.hash == push_subscriptions.c.token_hash)
        .where(push_subscriptions.c.account_id == account_id, tokens.c.revoked_at.is_(None))
    )
    planned = [
        {
            "id": new_id(),
            "subscription_id": one.id,
            "notification_id": notification_id,
            "created_at": now,
            "next_at": now,
        }
        for one in map(_subscription, rows)
        if one.alerts.get(kind) and _of_whom(tx, one, actor_id)
    ]
    if planned:
        tx.execute(sa.insert(pushes), planned)
        tx.ring(BELL)


def _of_whom(tx: Transaction, one: Subscription, actor_id: int | None) -> bool:
    if one.policy == "all" or actor_id in (None, one.account_id):
        return one.policy != "none"
    if one.policy == "none":
        return False
    who, whom = (
        (one.account_id, actor_id) if one.policy == "followed" else (actor_id, one.account_id)
    )
    return (
        tx.first(
            sa.select(follows.c.id).where(
                follows.c.follower_id == who,
                follows.c.target_id == whom,
                follows.c.state == "accepted",
            )
        )
        is not None
    )


def claim(tx: Transaction, *, now: float, most: int) -> list[Push]:
    """Lease what is due."""
    statement = (
        sa.select(pushes.c.id)
        .where(pushes.c.next_at <= now, pushes.c.leased_until <= now)
        .order_by(pushes.c.next_at, pushes.c.id)
        .limit(most)
    )
    if tx.dialect == "postgresql":
        statement = statement.with_for_update(skip_locked=True)
    ids = [row.id for row in tx.all(statement)]
    if not ids:
        return []
    tx.execute(
        sa.update(pushes)
        .where(pushes.c.id.in_(ids))
        .values(leased_until=now + LEASE_SECONDS, fence=pushes.c.fence + 1)
    )
    rows = tx.all(
        sa.select(
            *_COLUMNS,
            pushes.c.id.label("push"),
            pushes.c.notification_id,
            pushes.c.attempts,
            pushes.c.created_at,
            pushes.c.fence,
        )
        .join(push_subscriptions, push_subscriptions.c.id == pushes.c.subscription_id)
        .where(pushes.c.id.in_(ids))
        .order_by(pushes.c.id)
    )
    return [
        Push(
            row.push,
            _subscription(row),
            row.notification_id,
            row.attempts,
            row.created_at,
            row.fence,
        )
        for row in rows
    ]


def next_due(tx: Transaction) -> float | None:
    """When the next one is due, or its lease over."""
    at: float | None = tx.scalar(
        sa.select(
            sa.func.min(
                sa.case(
                    (pushes.c.leased_until > pushes.c.next_at, pushes.c.leased_until),
                    else_=pushes.c.next_at,
                )
            )
        )
    )
    return at


def done(tx: Transaction, found: Sequence[Push]) -> None:
    """Sent, or given up."""
    for one in found:
        tx.execute(sa.delete(pushes).where(pushes.c.id == one.id, pushes.c.fence == one.fence))


def postponed(tx: Transaction, push: Push, *, next_at: float) -> None:
    tx.execute(
        sa.update(pushes)
        .where(pushes.c.id == push.id, pushes.c.fence == push.fence)
        .values(attempts=push.attempts + 1, next_at=next_at, leased_until=0.0)
    )
