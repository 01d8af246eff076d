"""What was delivered to everybody goes in its time; what still waits for somebody stays."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from node.store.tables import deliveries, outbox, shares
from node.store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Cleared:
    """One step along the outbox."""

    dropped: int
    last: int | None
    """From which row the next step goes on; None when all that is old enough was looked at."""


# Public ones stand in their actor's outbox until their object goes. An announcement that still
# stands may be listed again (a pause ends). Dead deliveries wait for their host to come back.
_WANTED = sa.or_(
    outbox.c.public,
    sa.exists().where(deliveries.c.outbox_id == outbox.c.id),
    sa.exists().where(shares.c.activity_uri == outbox.c.activity_uri),
)

_NEXT_ROWS = (
    sa.select(outbox.c.id, outbox.c.created_at, _WANTED.label("wanted"))
    .where(outbox.c.id > sa.bindparam("after"))
    .order_by(outbox.c.id)
    .limit(sa.bindparam("most"))
)


def drop_delivered(tx: Transaction, *, after: int, before: float, most: int) -> Cleared:
    """Of the next `most` rows beyond `after`, forget those that were published before a time
    (seconds since the epoch), delivered to all, and that nobody may read."""
    rows = tx.all(_NEXT_ROWS, {"after": after, "most": most})
    done = [row.id for row in rows if row.created_at < before and not row.wanted]
    if done:
        tx.execute(sa.delete(outbox).where(outbox.c.id.in_(done)))
    # Ids are in order of time: where the young ones begin there is no more to do.
    ended = len(rows) < most or rows[-1].created_at >= before
    return Cleared(len(done), None if ended else rows[-1].id)
