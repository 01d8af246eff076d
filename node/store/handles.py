"""Who is known by a handle."""

from __future__ import annotations

import sqlalchemy as sa

from node.social.accounts import Actor
from node.store import actors as people
from node.store.tables import actors
from node.store.transaction import Transaction


def remote(tx: Transaction, username: str, domain: str) -> Actor | None:
    """Somebody elsewhere, as the name was typed or in lower case; the latest, where a server
    gave a name twice."""
    found: int | None = tx.scalar(
        sa.select(actors.c.id)
        .where(
            actors.c.domain == domain,
            actors.c.username.in_((username, username.lower())),
            actors.c.local.is_(False),
            actors.c.gone_at.is_(None),
        )
        .order_by(actors.c.id.desc())
        .limit(1)
    )
    return None if found is None else people.by_id(tx, found)
