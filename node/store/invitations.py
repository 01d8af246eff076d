"""Invitations: the code is known to whoever holds the link, its hash to us."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from node.store.tables import invitations
from node.store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Invitation:
    hash: str
    inviter_id: int
    kind: str
    """Of the account that it opens."""
    uses_left: int
    expires_at: float
    created_at: float
    revoked_at: float | None

    def is_good(self, now: float) -> bool:
        return self.revoked_at is None and self.uses_left > 0 and now < self.expires_at


_SELECT = sa.select(
    invitations.c.hash,
    invitations.c.inviter_id,
    invitations.c.kind,
    invitations.c.uses_left,
    invitations.c.expires_at,
    invitations.c.created_at,
    invitations.c.revoked_at,
)


def add(tx: Transaction, invitation: Invitation) -> None:
    tx.execute(
        sa.insert(invitations),
        {
            "hash": invitation.hash,
            "inviter_id": invitation.inviter_id,
            "kind": invitation.kind,
            "uses_left": invitation.uses_left,
            "expires_at": invitation.expires_at,
            "created_at": invitation.created_at,
            "revoked_at": invitation.revoked_at,
        },
    )


def by_hash(tx: Transaction, hash: str) -> Invitation | None:
    row = tx.first(_SELECT.where(invitations.c.hash == hash))
    return None if row is None else Invitation(*row)


def of(tx: Transaction, inviter_id: int) -> list[Invitation]:
    """What somebody made, the newest first."""
    rows = tx.all(
        _SELECT.where(invitations.c.inviter_id == inviter_id).order_by(
            invitations.c.created_at.desc(), invitations.c.hash
        )
    )
    return [Invitation(*row) for row in rows]


def use(tx: Transaction, hash: str, *, now: float) -> bool:
    """Take one use; False when there is none left, or it is over. Two who use the last one at
    the same moment: the second finds none."""
    return (
        tx.execute(
            sa.update(invitations)
            .where(
                invitations.c.hash == hash,
                invitations.c.uses_left > 0,
                invitations.c.revoked_at.is_(None),
                invitations.c.expires_at > now,
            )
            .values(uses_left=invitations.c.uses_left - 1)
        ).rowcount
        == 1
    )


def revoke(tx: Transaction, hash: str, *, inviter_id: int, now: float) -> bool:
    """False when it is not theirs, or was taken back before."""
    return (
        tx.execute(
            sa.update(invitations)
            .where(
                invitations.c.hash == hash,
                invitations.c.inviter_id == inviter_id,
                invitations.c.revoked_at.is_(None),
            )
            .values(revoked_at=now)
        ).rowcount
        == 1
    )


def drop_of(tx: Transaction, inviter_id: int) -> None:
    tx.execute(sa.delete(invitations).where(invitations.c.inviter_id == inviter_id))
