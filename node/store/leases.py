"""Leases of workers that died: nobody else need wait for them to run out."""

from __future__ import annotations

import sqlalchemy as sa

from node.store.tables import deliveries, journal, mails, pushes
from node.store.transaction import Transaction

_RELEASE = (
    sa.update(deliveries)
    .where(deliveries.c.state == "pending", deliveries.c.leased_until > 0)
    .values(leased_until=0.0, next_at=deliveries.c.created_at, fence=deliveries.c.fence + 1),
    sa.update(journal)
    .where(journal.c.state == sa.literal_column("'pending'"), journal.c.leased_until > 0)
    .values(leased_until=0.0, next_at=journal.c.received_at, fence=journal.c.fence + 1),
    sa.update(mails)
    .where(mails.c.state == "pending", mails.c.leased_until > 0)
    .values(leased_until=0.0, fence=mails.c.fence + 1),
    sa.update(pushes)
    .where(pushes.c.leased_until > 0)
    .values(leased_until=0.0, fence=pushes.c.fence + 1),
)


def release_all(tx: Transaction) -> int:
    """What anybody holds is due at once, and whoever held it has lost it. How many.

    Only for a worker that knows itself alone, before it begins: a lease lasts five minutes, and
    a node that was killed and is back in a second would leave what it held for so long.
    """
    return sum(tx.execute(statement).rowcount for statement in _RELEASE)
