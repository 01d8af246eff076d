"""Who did what with a status, and with what somebody did something, in the order in which it was
done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa

from node.store.tables import actors, blocks, bookmarks, objects, quotes, reactions, shares
from node.store.timelines import NONE, Entry, Window, windowed
from node.store.transaction import Transaction

_TABLES: Final[Mapping[str, sa.Table]] = {"liked": reactions, "shared": shares}


def entries(tx: Transaction, ids: Sequence[int]) -> list[Entry]:
    """Statuses, and that somebody shared one: in the order of their ids, those that are there."""
    if not ids:
        return []
    found = {
        row.number: Entry(row.number, row.object_id, row.shared_by)
        for row in tx.all(
            sa.union_all(
                sa.select(
                    objects.c.id.label("number"),
                    objects.c.id.label("object_id"),
                    NONE.label("shared_by"),
                ).where(objects.c.id.in_(list(ids))),
                sa.select(
                    shares.c.id.label("number"),
                    shares.c.object_id,
                    shares.c.actor_id.label("shared_by"),
                ).where(shares.c.id.in_(list(ids))),
            )
        )
    }
    return [found[one] for one in ids if one in found]


def people(
    tx: Transaction, what: str, object_id: int, me: int | None, window: Window
) -> list[tuple[int, int]]:
    """Who liked or shared it: (number, actor). Whom the reader blocked, or who blocked them, is
    left out, and who is suspended or gone."""
    table = _TABLES[what]
    statement = (
        sa.select(table.c.id.label("number"), table.c.actor_id)
        .join(actors, actors.c.id == table.c.actor_id)
        .where(
            table.c.object_id == object_id,
            actors.c.suspended_at.is_(None),
            actors.c.gone_at.is_(None),
        )
    )
    if what == "liked":
        statement = statement.where(reactions.c.emoji == "")
    if me is not None:
        statement = statement.where(
            sa.not_(
                sa.exists().where(
                    sa.or_(
                        sa.and_(blocks.c.actor_id == me, blocks.c.target_id == table.c.actor_id),
                        sa.and_(blocks.c.target_id == me, blocks.c.actor_id == table.c.actor_id),
                    )
                )
            )
        )
    rows = tx.all(windowed(statement, table.c.id, window))
    return sorted(((row.number, row.actor_id) for row in rows), reverse=True)


def quoting(tx: Transaction, object_id: int, window: Window) -> list[Entry]:
    """What quotes it, with the consent of its author."""
    statement = sa.select(quotes.c.object_id.label("number")).where(
        quotes.c.quoted_id == object_id, quotes.c.state == "accepted"
    )
    rows = tx.all(windowed(statement, quotes.c.object_id, window))
    return [Entry(one, one) for one in sorted((row.number for row in rows), reverse=True)]


def liked_by(tx: Transaction, me: int, window: Window) -> list[Entry]:
    """What somebody liked, by when."""
    return _done(tx, reactions, reactions.c.actor_id == me, window, reactions.c.emoji == "")


def kept_by(tx: Transaction, me: int, window: Window) -> list[Entry]:
    """Bookmarks."""
    return _done(tx, bookmarks, bookmarks.c.account_id == me, window)


def _done(
    tx: Transaction, table: sa.Table, whose: sa.ColumnElement[bool], window: Window, *more: Any
) -> list[Entry]:
    statement = sa.select(table.c.id.label("number"), table.c.object_id).where(whose, *more)
    rows = tx.all(windowed(statement, table.c.id, window))
    found = [Entry(row.number, row.object_id) for row in rows]
    return sorted(found, key=lambda one: -one.number)


def sharing(tx: Transaction, actor_id: int, object_id: int) -> Entry | None:
    """That somebody shared it."""
    row = tx.first(
        sa.select(shares.c.id).where(shares.c.actor_id == actor_id, shares.c.object_id == object_id)
    )
    return None if row is None else Entry(row.id, object_id, actor_id)
