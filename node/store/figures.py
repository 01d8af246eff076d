"""How large the quartier is, as it tells everybody: from the counts that are kept anyway."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from node.store.tables import accounts, actor_tallies, actors, objects, tokens
from node.store.transaction import Transaction

MONTH_S: Final = 28 * 86_400.0
WEEK_S: Final = 7 * 86_400


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


@dataclass(frozen=True, slots=True)
class Week:
    begins: int
    """Seconds since the epoch, midnight of a Monday."""
    statuses: int
    sign_ins: int
    """People who signed in with an app."""
    newcomers: int


def weeks(tx: Transaction, *, now: float, many: int) -> list[Week]:
    """The last weeks of people of ours, this one first."""
    # The epoch was a Thursday: weeks begin on Mondays, three days before.
    begins = (int(now) + 3 * 86_400) // WEEK_S * WEEK_S - 3 * 86_400
    return [_week(tx, begins - at * WEEK_S) for at in range(many)]


def _week(tx: Transaction, begins: int) -> Week:
    ends = begins + WEEK_S
    statuses = tx.scalar(
        sa.select(sa.func.count()).where(
            objects.c.local.is_(True), objects.c.id.between(_first(begins), _first(ends) - 1)
        )
    )
    sign_ins = tx.scalar(
        sa.select(sa.func.count(tokens.c.account_id.distinct())).where(
            tokens.c.created_at >= begins, tokens.c.created_at < ends
        )
    )
    newcomers = tx.scalar(
        sa.select(sa.func.count()).where(
            accounts.c.created_at >= begins, accounts.c.created_at < ends
        )
    )
    return Week(begins, int(statuses or 0), int(sign_ins or 0), int(newcomers or 0))


def _first(seconds: int) -> int:
    """The smallest id that is made then."""
    return seconds * 1000 << 16


def domains(tx: Transaction) -> list[str]:
    """Servers of which somebody is known here, by name."""
    rows = tx.all(
        sa.select(actors.c.domain)
        .where(actors.c.local.is_(False), actors.c.gone_at.is_(None))
        .distinct()
        .order_by(actors.c.domain)
    )
    return [row.domain for row in rows]
