"""A person's own calendar: what they agreed to, and the secret that opens it as a feed."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from node.store.tables import accounts, actors, agreements, objects, proposals
from node.store.transaction import Transaction

AGREED = ("accepted", "handed-over", "returned", "confirmed", "disputed")
CALLED_OFF = ("cancelled", "no-show")


@dataclass(frozen=True, slots=True)
class Appointment:
    """An agreement with a date, as one of its two sides sees it. Times are seconds."""

    id: int
    state: str
    mode: str
    title: str
    content: str
    """HTML, cleaned."""
    url: str
    topic: str
    starts: float | None
    ends: float | None
    due: float | None
    """When it is needed; of a loan, when it comes back."""
    created: float
    updated: float
    other: str
    """Name of the other side."""
    latitude: float | None
    longitude: float | None

    @property
    def cancelled(self) -> bool:
        return self.state in CALLED_OFF


def appointments(
    tx: Transaction, actor_id: int, *, after: float, most: int = 300
) -> list[Appointment]:
    """A person's agreements that have a date later than `after`, newest first."""
    author, answerer = actors.alias("author"), actors.alias("answerer")
    other = sa.case(
        (agreements.c.author_id == actor_id, _name(answerer)),
        else_=_name(author),
    )
    due = sa.func.coalesce(agreements.c.due, proposals.c.due)
    last = sa.func.coalesce(due, proposals.c.ends_at, proposals.c.starts_at)
    rows = tx.all(
        sa.select(
            agreements.c.id,
            agreements.c.state,
            proposals.c.mode,
            proposals.c.title,
            objects.c.content,
            sa.func.coalesce(objects.c.url, objects.c.uri),
            proposals.c.topic,
            proposals.c.starts_at,
            proposals.c.ends_at,
            due,
            agreements.c.created_at,
            agreements.c.updated_at,
            other,
            proposals.c.latitude,
            proposals.c.longitude,
        )
        .select_from(
            agreements.join(proposals, proposals.c.object_id == agreements.c.proposal_id)
            .join(objects, objects.c.id == agreements.c.proposal_id)
            .join(author, author.c.id == agreements.c.author_id)
            .join(answerer, answerer.c.id == agreements.c.answerer_id)
        )
        .where(
            sa.or_(agreements.c.author_id == actor_id, agreements.c.answerer_id == actor_id),
            agreements.c.state.in_((*AGREED, *CALLED_OFF)),
            last > after,
        )
        .order_by(agreements.c.id.desc())
        .limit(most)
    )
    return [Appointment(*row) for row in rows]


def _name(actor: sa.FromClause) -> sa.ColumnElement[str]:
    return sa.case((actor.c.name != "", actor.c.name), else_=actor.c.username)


def set_key(tx: Transaction, actor_id: int, hash: str | None) -> None:
    """SHA-256, hex, of the secret that opens the feed from now on; None closes it."""
    tx.execute(
        sa.update(accounts).where(accounts.c.actor_id == actor_id).values(calendar_hash=hash)
    )


def has_key(tx: Transaction, actor_id: int) -> bool:
    return bool(
        tx.scalar(
            sa.select(accounts.c.calendar_hash.is_not(None)).where(accounts.c.actor_id == actor_id)
        )
    )


def owner(tx: Transaction, hash: str) -> tuple[int, str] | None:
    """Whose feed the secret opens, and their language; nobody's who is suspended or gone."""
    row = tx.first(
        sa.select(accounts.c.actor_id, accounts.c.locale)
        .join(actors, actors.c.id == accounts.c.actor_id)
        .where(
            accounts.c.calendar_hash == hash,
            actors.c.suspended_at.is_(None),
            actors.c.gone_at.is_(None),
        )
    )
    return None if row is None else (row.actor_id, row.locale)
