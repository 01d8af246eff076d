"""How large the quartier is, as it tells everybody: from the counts that are kept anyway."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from node.store.tables import accounts, actor_tallies, actors
from node.store.transaction import Transaction

MONTH_S: Final = 28 * 86_400.0


@dataclass(frozen=True, slots=True)
class Figures:
    people: int
    statuses: int
    """Of people of ours."""
    servers: int
    """Of which somebody is known here."""


def whole(tx: Transaction) -> Figures:
    people = tx.scalar(sa.select(sa.func.count()).select_from(accounts))
    statuses = tx.scalar(
        sa.select(sa.func.sum(actor_tallies.c.statuses)).join(
            accounts, accounts.c.actor_id == actor_tallies.c.actor_id
        )
    )
    servers = tx.scalar(
        sa.select(sa.func.count(actors.c.domain.distinct())).where(actors.c.local.is_(False))
    )
    return Figures(int(people or 0), int(statuses or 0), int(servers or 0))


def active(tx: Transaction, *, since: float) -> int:
    """How many of ours published something since."""
    return int(
        tx.scalar(
            sa.select(sa.func.count())
            .select_from(actor_tallies)
            .join(accounts, accounts.c.actor_id == actor_tallies.c.actor_id)
            .where(actor_tallies.c.last_status_at >= since)
        )
        or 0
    )
