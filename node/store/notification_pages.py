"""What people were told, as apps page through it: by kind, by who caused it, in groups."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import sqlalchemy as sa

from node.social.told import STANDARD, kinds_of
from node.store.notifications import _COLUMNS, Notification, _notification
from node.store.tables import notifications, proposals
from node.store.transaction import Transaction


def _asked(
    account_id: int,
    kinds: Collection[str],
    from_id: int | None,
    state: str | None,
) -> list[sa.ColumnElement[bool]]:
    wanted = sorted(kinds_of(kinds))
    where = [
        notifications.c.account_id == account_id,
        notifications.c.kind.in_(wanted),
        # What is told of a proposal is shown with it.
        sa.or_(
            notifications.c.kind.in_(sorted(STANDARD)),
            notifications.c.object_id.in_(sa.select(proposals.c.object_id)),
        ),
    ]
    if from_id is not None:
        where.append(notifications.c.actor_id == from_id)
    if state is not None:
        where.append(notifications.c.state == state)
    return where


def page(
    tx: Transaction,
    account_id: int,
    *,
    kinds: Collection[str],
    from_id: int | None = None,
    state: str | None = "shown",
    below: int | None = None,
    above: int | None = None,
    upward: bool = False,
    most: int,
) -> list[Notification]:
    """Newest first, between two ids; `state` None: whether let in or not."""
    where = _asked(account_id, kinds, from_id, state)
    if state is None:
        where.append(notifications.c.state != "said")
    statement = sa.select(*_COLUMNS).where(*where)
    if below is not None:
        statement = statement.where(notifications.c.id < below)
    if above is not None:
        statement = statement.where(notifications.c.id > above)
    order = notifications.c.id.asc() if upward else notifications.c.id.desc()
    found = [_notification(row) for row in tx.all(statement.order_by(order).limit(most))]
    return sorted(found, key=lambda one: -one.id)


def one(tx: Transaction, account_id: int, identifier: int) -> Notification | None:
    """One that apps are told of."""
    row = tx.first(
        sa.select(*_COLUMNS).where(
            *_asked(account_id, STANDARD, None, None), notifications.c.id == identifier
        )
    )
    return None if row is None else _notification(row)


def count_above(
    tx: Transaction,
    account_id: int,
    *,
    kinds: Collection[str],
    above: int,
    most: int,
) -> int:
    """How many came after an id, counted up to `most`."""
    some = (
        sa.select(notifications.c.id)
        .where(*_asked(account_id, kinds, None, "shown"), notifications.c.id > above)
        .limit(most)
        .subquery()
    )
    return int(tx.scalar(sa.select(sa.func.count()).select_from(some)) or 0)


def clear(tx: Transaction, account_id: int) -> int:
    """All that apps show are gone from there; what is told of help stays in the account."""
    shown = sa.and_(notifications.c.account_id == account_id, notifications.c.state == "shown")
    gone = tx.execute(
        sa.delete(notifications).where(shown, notifications.c.kind.in_(sorted(STANDARD)))
    ).rowcount
    return gone + tx.execute(sa.update(notifications).where(shown).values(state="said")).rowcount


def dismiss(tx: Transaction, account_id: int, found: Sequence[Notification]) -> None:
    """These are gone from apps."""
    ids = [one.id for one in found]
    mine = sa.and_(notifications.c.account_id == account_id, notifications.c.id.in_(ids))
    tx.execute(sa.delete(notifications).where(mine, notifications.c.kind.in_(sorted(STANDARD))))
    tx.execute(sa.update(notifications).where(mine).values(state="said"))


def shown(tx: Transaction, account_id: int, identifier: int) -> Notification | None:
    """One that is in the list."""
    row = tx.first(
        sa.select(*_COLUMNS).where(
            *_asked(account_id, STANDARD, None, "shown"), notifications.c.id == identifier
        )
    )
    return None if row is None else _notification(row)


def several(tx: Transaction, account_id: int, ids: Collection[int]) -> list[Notification]:
    """Of these, those that apps are told of, the newest first."""
    rows = tx.all(
        sa.select(*_COLUMNS)
        .where(*_asked(account_id, STANDARD, None, None), notifications.c.id.in_(list(ids)))
        .order_by(notifications.c.id.desc())
    )
    return [_notification(row) for row in rows]
