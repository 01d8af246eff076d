"""Finding and dropping what has had its time; each in a bounded number of rows."""

from __future__ import annotations

import sqlalchemy as sa

from node.aid.agreements import AGREED
from node.store.tables import (
    agreements,
    invitations,
    join_requests,
    mails,
    notifications,
    objects,
    proposals,
    reveals,
)
from node.store.transaction import Transaction

FOR_GOOD = ("done", "expired", "withdrawn", "removed")
"""States of a proposal from which its text is needed no longer."""
BETWEEN_TWO = tuple(sorted(state.value for state in AGREED))
"""States of an agreement in which two people have to do with each other."""


def closed_proposals(
    tx: Transaction, *, before: float, crisis_before: float, most: int
) -> list[int]:
    """Object ids of proposals, ours and copies, that were closed before then, the oldest first;
    not those of which something is still on loan, or in dispute."""
    unfinished = sa.exists().where(
        agreements.c.proposal_id == proposals.c.object_id, agreements.c.state.in_(BETWEEN_TWO)
    )
    rows = tx.all(
        sa.select(proposals.c.object_id)
        .where(
            proposals.c.closed_at.is_not(None),
            proposals.c.state.in_(FOR_GOOD),
            ~unfinished,
            sa.or_(
                proposals.c.closed_at < before,
                sa.and_(
                    proposals.c.in_scope_of.is_not(None), proposals.c.closed_at < crisis_before
                ),
            ),
        )
        .order_by(proposals.c.closed_at)
        .limit(most)
    )
    return [row.object_id for row in rows]


def drop_copy(tx: Transaction, object_id: int) -> None:
    """A copy of another's, with all that hangs on it. No grave: it is not we who say that it is
    over, and should it come again, it comes closed."""
    tx.execute(sa.delete(objects).where(objects.c.id == object_id, objects.c.local.is_(False)))


def drop_ended_reveals(tx: Transaction, *, most: int) -> int:
    ended = (
        sa.select(reveals.c.agreement_id)
        .join(agreements, agreements.c.id == reveals.c.agreement_id)
        .where(agreements.c.state.not_in(BETWEEN_TWO))
        .limit(most)
    )
    return tx.execute(sa.delete(reveals).where(reveals.c.agreement_id.in_(ended))).rowcount


def drop_notifications(
    tx: Transaction, *, read_before: float, made_before: float, most: int
) -> int:
    old = (
        sa.select(notifications.c.id)
        .where(
            sa.or_(notifications.c.read_at < read_before, notifications.c.created_at < made_before)
        )
        .limit(most)
    )
    return tx.execute(sa.delete(notifications).where(notifications.c.id.in_(old))).rowcount


def drop_dead_mails(tx: Transaction, *, before: float, sent_before: float, most: int) -> int:
    """Those that were given up on; and what is left of sent ones, should nobody send any more."""
    old = (
        sa.select(mails.c.id)
        .where(
            sa.or_(
                sa.and_(mails.c.state == "dead", mails.c.created_at < before),
                sa.and_(mails.c.state == "sent", mails.c.created_at < sent_before),
            )
        )
        .limit(most)
    )
    return tx.execute(sa.delete(mails).where(mails.c.id.in_(old))).rowcount


def drop_decided_requests(tx: Transaction, *, before: float, most: int) -> int:
    old = (
        sa.select(join_requests.c.id)
        .where(join_requests.c.state != "waiting", join_requests.c.decided_at < before)
        .limit(most)
    )
    return tx.execute(sa.delete(join_requests).where(join_requests.c.id.in_(old))).rowcount


def drop_invitations(tx: Transaction, *, before: float, most: int) -> int:
    """Those that are over since then: expired, or taken back; used up ones when they expire."""
    old = (
        sa.select(invitations.c.hash)
        .where(sa.or_(invitations.c.expires_at < before, invitations.c.revoked_at < before))
        .limit(most)
    )
    return tx.execute(sa.delete(invitations).where(invitations.c.hash.in_(old))).rowcount
