"""All that an Account entity is made of, as one row: by it what was made before is known again."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from typing import Any, Final

import sqlalchemy as sa

from node.store.among import among, numbers
from node.store.tables import accounts, actor_tallies, actors, silences
from node.store.transaction import Dialect, Transaction

_PLAIN: Final = frozenset(
    {"document", "inbox", "shared_inbox", "outbox", "fetched_at", "territory"}
)
"""Columns of actors that no entity shows."""


@cache
def _marks(dialect: Dialect) -> sa.Select[Any]:
    def text(column: sa.Column[Any]) -> sa.ColumnElement[Any]:
        return sa.cast(column, sa.Text) if isinstance(column.type, sa.JSON) else column

    shown = [column for column in actors.c if column.name not in _PLAIN and column.name != "id"]
    return (
        sa.select(
            actors.c.id,
            actors.c.moved_to,
            *(text(column) for column in shown),
            actor_tallies.c.statuses,
            actor_tallies.c.followers,
            actor_tallies.c.following,
            actor_tallies.c.last_status_at,
            accounts.c.role,
            text(accounts.c.preferences),
            silences.c.actor_id,
        )
        .select_from(
            actors.outerjoin(actor_tallies, actor_tallies.c.actor_id == actors.c.id)
            .outerjoin(accounts, accounts.c.actor_id == actors.c.id)
            .outerjoin(silences, silences.c.actor_id == actors.c.id)
        )
        .where(among(dialect, actors.c.id, "ids"), actors.c.gone_at.is_(None))
    )


def marks(tx: Transaction, ids: Collection[int]) -> dict[int, tuple[Any, ...] | None]:
    """Of those who are there; None for who moved: what is shown of them hangs on another."""
    rows = tx.all(_marks(tx.dialect), {"ids": numbers(tx, ids)}) if ids else []
    return {row[0]: tuple(row) if row[1] is None else None for row in rows}
