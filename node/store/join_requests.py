"""Who asked to join, and what a mediator answered."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from node.store.tables import join_requests
from node.store.transaction import Transaction
from node.store.upsert import insert_new


@dataclass(frozen=True, slots=True)
class JoinRequest:
    id: int
    username: str
    email: str
    password_hash: str
    kind: str
    name: str
    text: str
    locale: str
    state: str
    """waiting, accepted or declined."""
    created_at: float


_COLUMNS = (
    join_requests.c.id,
    join_requests.c.username,
    join_requests.c.email,
    join_requests.c.password_hash,
    join_requests.c.kind,
    join_requests.c.name,
    join_requests.c.text,
    join_requests.c.locale,
    join_requests.c.state,
    join_requests.c.created_at,
)
WAITING = "waiting"


def add(tx: Transaction, request: JoinRequest) -> None:
    insert_new(
        tx,
        join_requests,
        {column.name: getattr(request, column.name) for column in _COLUMNS},
    )


def by_id(tx: Transaction, identifier: int) -> JoinRequest | None:
    row = tx.first(sa.select(*_COLUMNS).where(join_requests.c.id == identifier))
    return None if row is None else JoinRequest(*row)


def waiting_by_email(tx: Transaction, email: str) -> JoinRequest | None:
    row = tx.first(
        sa.select(*_COLUMNS).where(
            join_requests.c.state == sa.literal_column("'waiting'"), join_requests.c.email == email
        )
    )
    return None if row is None else JoinRequest(*row)


def waiting_by_username(tx: Transaction, username: str) -> JoinRequest | None:
    row = tx.first(
        sa.select(*_COLUMNS).where(
            join_requests.c.state == WAITING, join_requests.c.username == username
        )
    )
    return None if row is None else JoinRequest(*row)


def listed(
    tx: Transaction, *, state: str = WAITING, before: int | None, most: int
) -> list[JoinRequest]:
    """Newest first, in keyset pages by id."""
    statement = (
        sa.select(*_COLUMNS)
        .where(join_requests.c.state == state)
        .order_by(join_requests.c.id.desc())
        .limit(most)
    )
    if before is not None:
        statement = statement.where(join_requests.c.id < before)
    return [JoinRequest(*row) for row in tx.all(statement)]


def decide(tx: Transaction, identifier: int, *, state: str, by: int | None, now: float) -> bool:
    """False when somebody decided before. The password's hash is needed no longer."""
    return (
        tx.execute(
            sa.update(join_requests)
            .where(join_requests.c.id == identifier, join_requests.c.state == WAITING)
            .values(state=state, decided_at=now, decided_by=by, password_hash="")
        ).rowcount
        == 1
    )


def forget_person(tx: Transaction, *, username: str, email: str, actor_id: int) -> None:
    """What somebody asked goes; what they decided stays without their name."""
    tx.execute(
        sa.delete(join_requests).where(
            sa.or_(join_requests.c.username == username, join_requests.c.email == email)
        )
    )
    tx.execute(
        sa.update(join_requests)
        .where(join_requests.c.decided_by == actor_id)
        .values(decided_by=None)
    )
