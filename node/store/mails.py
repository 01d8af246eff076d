"""The queue of mails. Sent ones stay without their words for as long as they count for the rate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from node.ids import new_id
from node.store.tables import mails
from node.store.transaction import Transaction

BELL = "mails"
LEASE_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class Mail:
    """One that is claimed."""

    id: int
    to: str
    subject: str
    text: str
    headers: Mapping[str, str]
    attempts: int
    """Failures so far."""
    created_at: float
    fence: int


@dataclass(frozen=True, slots=True)
class MailLine:
    """A mail that waits or was given up on, as an administrator sees it: not what it says."""

    id: int
    state: str
    to: str
    attempts: int
    next_at: float
    error: str | None


def add(
    tx: Transaction,
    *,
    to: str,
    subject: str,
    text: str,
    headers: Mapping[str, str],
    urgent: bool,
    now: float,
) -> None:
    tx.execute(
        sa.insert(mails),
        {
            "id": new_id(),
            "to": to,
            "subject": subject,
            "text": text,
            "headers": dict(headers),
            "urgent": int(urgent),
            "state": "pending",
            "created_at": now,
            "next_at": now,
        },
    )
    tx.ring(BELL)


def count_since(tx: Transaction, to: str, since: float) -> int:
    """How many went, or are to go, to an address since then."""
    return int(
        tx.scalar(
            sa.select(sa.func.count())
            .select_from(mails)
            .where(mails.c.to == to, mails.c.created_at > since)
        )
        or 0
    )


def claim(tx: Transaction, *, now: float, most: int) -> list[Mail]:
    """Lease what is due, urgent ones first."""
    statement = (
        sa.select(mails.c.id)
        .where(mails.c.state == "pending", mails.c.next_at <= now, mails.c.leased_until <= now)
        .order_by(mails.c.urgent.desc(), mails.c.next_at, mails.c.id)
        .limit(most)
    )
    if tx.dialect == "postgresql":
        statement = statement.with_for_update(skip_locked=True)
    ids = [row.id for row in tx.all(statement)]
    if not ids:
        return []
    tx.execute(
        sa.update(mails)
        .where(mails.c.id.in_(ids))
        .values(leased_until=now + LEASE_SECONDS, fence=mails.c.fence + 1)
    )
    rows = tx.all(
        sa.select(
            mails.c.id,
            mails.c.to,
            mails.c.subject,
            mails.c.text,
            mails.c.headers,
            mails.c.attempts,
            mails.c.created_at,
            mails.c.fence,
        )
        .where(mails.c.id.in_(ids))
        .order_by(mails.c.urgent.desc(), mails.c.next_at, mails.c.id)
    )
    return [Mail(*row) for row in rows]


def next_due(tx: Transaction) -> float | None:
    """When the next one is due, or its lease over."""
    at: float | None = tx.scalar(
        sa.select(
            sa.func.min(
                sa.case(
                    (mails.c.leased_until > mails.c.next_at, mails.c.leased_until),
                    else_=mails.c.next_at,
                )
            )
        ).where(mails.c.state == "pending")
    )
    return at


def sent(tx: Transaction, mail: Mail) -> None:
    _settle(tx, mail, {"state": "sent", "subject": "", "text": "", "headers": {}, "error": None})


def postponed(tx: Transaction, mail: Mail, *, next_at: float, error: str) -> None:
    _settle(
        tx,
        mail,
        {"attempts": mail.attempts + 1, "next_at": next_at, "leased_until": 0.0, "error": error},
    )


def released(tx: Transaction, mail: Mail) -> None:
    """Claimed and not tried."""
    _settle(tx, mail, {"leased_until": 0.0})


def dead(tx: Transaction, mail: Mail, *, error: str) -> None:
    _settle(
        tx,
        mail,
        {"state": "dead", "attempts": mail.attempts + 1, "leased_until": 0.0, "error": error},
    )


def _settle(tx: Transaction, mail: Mail, values: Mapping[str, object]) -> None:
    """Only for whoever holds the lease: another worker may have taken it meanwhile."""
    tx.execute(
        sa.update(mails)
        .where(mails.c.id == mail.id, mails.c.fence == mail.fence, mails.c.state == "pending")
        .values(**values)
    )


def queue(tx: Transaction, *, state: str | None = None, most: int) -> list[MailLine]:
    """What waits and what was given up on, the oldest first."""
    states = ("pending", "dead") if state is None else (state,)
    rows = tx.all(
        sa.select(
            mails.c.id, mails.c.state, mails.c.to, mails.c.attempts, mails.c.next_at, mails.c.error
        )
        .where(mails.c.state.in_(states))
        .order_by(mails.c.id)
        .limit(most)
    )
    return [MailLine(*row) for row in rows]


def retry(tx: Transaction, *, now: float) -> int:
    """All that waits or was given up on is due now. How many."""
    count = tx.execute(
        sa.update(mails)
        .where(mails.c.state.in_(("pending", "dead")), mails.c.leased_until <= now)
        .values(state="pending", next_at=now)
    ).rowcount
    if count:
        tx.ring(BELL)
    return count


def drop_to(tx: Transaction, to: str) -> None:
    tx.execute(sa.delete(mails).where(mails.c.to == to))


def drop_sent(tx: Transaction, *, before: float) -> int:
    return tx.execute(
        sa.delete(mails).where(mails.c.state == "sent", mails.c.created_at < before)
    ).rowcount


def waiting(tx: Transaction, *, most: int) -> list[tuple[int, str, str]]:
    """Mails not sent, dead ones too: (id, subject, text)."""
    rows = tx.all(
        sa.select(mails.c.id, mails.c.subject, mails.c.text)
        .where(mails.c.state != "sent")
        .order_by(mails.c.id)
        .limit(most)
    )
    return [(row.id, row.subject, row.text) for row in rows]


def rewrite(tx: Transaction, identifier: int, *, subject: str, text: str) -> None:
    tx.execute(sa.update(mails).where(mails.c.id == identifier).values(subject=subject, text=text))
