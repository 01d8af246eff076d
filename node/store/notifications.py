"""What people were told, in their account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from node.ids import new_id
from node.social.told import STANDARD, State, group_key, standard
from node.store import calls, pushes
from node.store.tables import notifications
from node.store.transaction import Row, Transaction
from node.store.upsert import insert_new

BELL = "notifications"


@dataclass(frozen=True, slots=True)
class Notification:
    id: int
    kind: str
    actor_id: int | None
    """Who caused it."""
    object_id: int | None
    agreement_id: int | None
    data: Mapping[str, str]
    urgent: bool
    created_at: float
    read_at: float | None
    mailed_at: float | None
    group_key: str = ""
    """Of what is told as one; "" for what stands alone."""


# Of help, in the account and by mail; what apps are told besides is in `notification_pages`.
_OF_HELP = notifications.c.kind.not_in(sorted(STANDARD))
_COLUMNS = (
    notifications.c.id,
    notifications.c.kind,
    notifications.c.actor_id,
    notifications.c.object_id,
    notifications.c.agreement_id,
    notifications.c.data,
    notifications.c.urgent,
    notifications.c.created_at,
    notifications.c.read_at,
    notifications.c.mailed_at,
    notifications.c.group_key,
)


def _notification(row: Row) -> Notification:
    values: list[Any] = list(row)
    values[5] = dict(values[5] or {})
    values[6] = bool(values[6])
    return Notification(*values)


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
    mailed_at: float | None = None,
    state: State = "shown",
) -> int | None:
    """Its id; None when this account was told of the same before."""
    identifier = new_id()
    fresh = insert_new(
        tx,
        notifications,
        {
            "id": identifier,
            "account_id": account_id,
            "kind": kind,
            "dedupe": dedupe,
            "actor_id": actor_id,
            "object_id": object_id,
            "agreement_id": agreement_id,
            "data": dict(data),
            "urgent": urgent,
            "created_at": now,
            "mailed_at": mailed_at,
            "state": state,
            "group_key": group_key(kind, object_id, now),
        },
    )
    if not fresh:
        return None
    tx.ring(BELL)
    if state == "shown":
        calls.told(tx, account_id, identifier)
        shown_as = standard(kind)
        if shown_as is not None:
            pushes.plan(tx, account_id, identifier, shown_as, actor_id, now=now)
    return identifier


def listed(
    tx: Transaction,
    account_id: int,
    *,
    unread: bool = False,
    before: int | None = None,
    most: int,
) -> list[Notification]:
    """Newest first, in keyset pages by id."""
    statement = (
        sa.select(*_COLUMNS)
        .where(notifications.c.account_id == account_id, _OF_HELP)
        .order_by(notifications.c.id.desc())
        .limit(most)
    )
    if unread:
        statement = statement.where(notifications.c.read_at.is_(None))
    if before is not None:
        statement = statement.where(notifications.c.id < before)
    return [_notification(row) for row in tx.all(statement)]


def by_id(tx: Transaction, account_id: int, identifier: int) -> Notification | None:
    row = tx.first(
        sa.select(*_COLUMNS).where(
            notifications.c.id == identifier, notifications.c.account_id == account_id
        )
    )
    return None if row is None else _notification(row)


def unrounded(tx: Transaction, account_id: int, identifier: int) -> int:
    """The notification meant by an id that went through a double: `most_recent_notification_id` is
    documented as a number, and JavaScript keeps 53 bits of it. Else the id itself."""
    near = 64  # as far as doubles stand apart below 2^59, where ids are for a long time
    rows = tx.all(
        sa.select(notifications.c.id).where(
            notifications.c.account_id == account_id,
            notifications.c.id.between(identifier - near, identifier + near),
        )
    )
    found = [int(row.id) for row in rows]
    if identifier in found:
        return identifier
    return max((one for one in found if float(one) == float(identifier)), default=identifier)


def unread_count(tx: Transaction, account_id: int, *, most: int = 1000) -> int:
    """How many are not read, counted up to `most`."""
    some = (
        sa.select(notifications.c.id)
        .where(
            notifications.c.account_id == account_id, notifications.c.read_at.is_(None), _OF_HELP
        )
        .limit(most)
        .subquery()
    )
    return int(tx.scalar(sa.select(sa.func.count()).select_from(some)) or 0)


def has_unread(tx: Transaction, account_id: int, agreement_id: int) -> bool:
    """Whether there is something unread about an agreement."""
    unread = sa.select(notifications.c.id).where(
        notifications.c.account_id == account_id,
        notifications.c.agreement_id == agreement_id,
        notifications.c.read_at.is_(None),
        _OF_HELP,
    )
    return tx.first(unread.limit(1)) is not None


def mark_read(
    tx: Transaction,
    account_id: int,
    *,
    now: float,
    one: int | None = None,
    upto: int | None = None,
    agreement_id: int | None = None,
) -> int:
    """One, or all up to an id, or all about an agreement, or all. How many were not read before."""
    where = [
        notifications.c.account_id == account_id,
        notifications.c.read_at.is_(None),
        _OF_HELP,
    ]
    if one is not None:
        where.append(notifications.c.id == one)
    if upto is not None:
        where.append(notifications.c.id <= upto)
    if agreement_id is not None:
        where.append(notifications.c.agreement_id == agreement_id)
    return tx.execute(sa.update(notifications).where(*where).values(read_at=now)).rowcount


def to_mail(tx: Transaction, account_id: int, *, most: int) -> list[Notification]:
    """What was neither read nor mailed, the oldest first."""
    rows = tx.all(
        sa.select(*_COLUMNS)
        .where(
            notifications.c.account_id == account_id,
            notifications.c.mailed_at.is_(None),
            notifications.c.read_at.is_(None),
        )
        .order_by(notifications.c.id)
        .limit(most)
    )
    return [_notification(row) for row in rows]


def mark_mailed(tx: Transaction, identifiers: Sequence[int], *, now: float) -> None:
    tx.execute(
        sa.update(notifications)
        .where(notifications.c.id.in_(list(identifiers)))
        .values(mailed_at=now)
    )


def add_data(tx: Transaction, notification: Notification, **more: str) -> None:
    """Further facts about it, such as the note that says it in an app (``letter``, its id)."""
    values: dict[str, Any] = {"data": {**notification.data, **more}}
    if "letter" in more:
        values["state"] = "said"
    tx.execute(
        sa.update(notifications).where(notifications.c.id == notification.id).values(**values)
    )


def forget_caused_by(tx: Transaction, actor_id: int) -> None:
    """What others were told of somebody who is gone."""
    tx.execute(sa.delete(notifications).where(notifications.c.actor_id == actor_id))
