"""Polls, ours and others', and who voted for what."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from node.store import news
from node.store.tables import poll_votes, polls
from node.store.transaction import Row, Transaction
from node.store.upsert import insert_many, insert_or_update


@dataclass(frozen=True, slots=True)
class Option:
    title: str
    votes: int


@dataclass(frozen=True, slots=True)
class Poll:
    object_id: int
    options: tuple[Option, ...]
    multiple: bool
    hide_totals: bool
    expires_at: float | None
    closed_at: float | None
    """When its end was told."""
    voters: int

    def over(self, now: float) -> bool:
        return self.closed_at is not None or (
            self.expires_at is not None and self.expires_at <= now
        )


_COLUMNS = (
    polls.c.object_id,
    polls.c.options,
    polls.c.multiple,
    polls.c.hide_totals,
    polls.c.expires_at,
    polls.c.closed_at,
    polls.c.voters,
)


def _poll(row: Row) -> Poll:
    options = tuple(Option(one["title"], one["votes"]) for one in row.options)
    return Poll(
        row.object_id,
        options,
        bool(row.multiple),
        bool(row.hide_totals),
        row.expires_at,
        row.closed_at,
        row.voters,
    )


def put(tx: Transaction, poll: Poll) -> None:
    """As it is now, instead of what it was; votes stay unless `forget_votes` is said."""
    insert_or_update(
        tx,
        polls,
        {
            "object_id": poll.object_id,
            "options": [{"title": one.title, "votes": one.votes} for one in poll.options],
            "multiple": poll.multiple,
            "hide_totals": poll.hide_totals,
            "expires_at": poll.expires_at,
            "closed_at": poll.closed_at,
            "voters": poll.voters,
        },
        key=("object_id",),
    )


def remove(tx: Transaction, object_id: int) -> bool:
    return tx.execute(sa.delete(polls).where(polls.c.object_id == object_id)).rowcount > 0


def by_id(tx: Transaction, object_id: int) -> Poll | None:
    row = tx.first(sa.select(*_COLUMNS).where(polls.c.object_id == object_id))
    return None if row is None else _poll(row)


def by_ids(tx: Transaction, ids: Collection[int]) -> dict[int, Poll]:
    if not ids:
        return {}
    rows = tx.all(sa.select(*_COLUMNS).where(polls.c.object_id.in_(ids)))
    return {row.object_id: _poll(row) for row in rows}


def lock(tx: Transaction, object_id: int) -> Poll | None:
    """To be changed: on PostgreSQL nobody else counts meanwhile."""
    row = tx.first(sa.select(*_COLUMNS).where(polls.c.object_id == object_id).with_for_update())
    return None if row is None else _poll(row)


# ── votes ────────────────────────────────────────────────────────────────────────────────────


def vote(
    tx: Transaction, object_id: int, actor_id: int, choices: Sequence[int], uris: Sequence[str]
) -> None:
    rows: list[dict[str, Any]] = [
        {"object_id": object_id, "actor_id": actor_id, "choice": choice, "uri": uri}
        for choice, uri in zip(choices, uris, strict=True)
    ]
    insert_many(tx, poll_votes, rows)


def choices_of(tx: Transaction, object_id: int, actor_id: int) -> list[int]:
    rows = tx.all(
        sa.select(poll_votes.c.choice)
        .where(poll_votes.c.object_id == object_id, poll_votes.c.actor_id == actor_id)
        .order_by(poll_votes.c.choice)
    )
    return [row.choice for row in rows]


def own_choices(tx: Transaction, ids: Collection[int], actor_id: int) -> dict[int, list[int]]:
    """By poll, of one person; a poll that is missing was not voted in."""
    if not ids:
        return {}
    found: dict[int, list[int]] = {}
    for row in tx.all(
        sa.select(poll_votes.c.object_id, poll_votes.c.choice)
        .where(poll_votes.c.object_id.in_(ids), poll_votes.c.actor_id == actor_id)
        .order_by(poll_votes.c.object_id, poll_votes.c.choice)
    ):
        found.setdefault(row.object_id, []).append(row.choice)
    return found


def forget_votes(tx: Transaction, object_id: int) -> None:
    """It asks something else now."""
    tx.execute(sa.delete(poll_votes).where(poll_votes.c.object_id == object_id))


def voters(tx: Transaction, object_id: int) -> list[int]:
    """Those of ours are among them; of a poll elsewhere there are no others."""
    rows = tx.all(
        sa.select(poll_votes.c.actor_id).where(poll_votes.c.object_id == object_id).distinct()
    )
    return [row.actor_id for row in rows]


# ── what time brings ─────────────────────────────────────────────────────────────────────────


def ended(tx: Transaction, now: float, *, most: int = 50) -> list[Poll]:
    """Over, and nobody was told yet."""
    rows = tx.all(
        sa.select(*_COLUMNS)
        .where(polls.c.closed_at.is_(None), polls.c.expires_at <= now)
        .order_by(polls.c.expires_at)
        .limit(most)
    )
    return [_poll(row) for row in rows]


def close(tx: Transaction, object_id: int, at: float) -> None:
    tx.execute(
        sa.update(polls)
        .where(polls.c.object_id == object_id)
        .values(closed_at=at, votes_untold_at=None)
    )
    news.poll_ended(tx, object_id)


def next_end(tx: Transaction) -> float | None:
    found: float | None = tx.scalar(
        sa.select(sa.func.min(polls.c.expires_at)).where(polls.c.closed_at.is_(None))
    )
    return found


def mark_untold(tx: Transaction, object_id: int, at: float) -> None:
    """Votes came that others who show the poll do not know of."""
    tx.execute(
        sa.update(polls)
        .where(polls.c.object_id == object_id, polls.c.votes_untold_at.is_(None))
        .values(votes_untold_at=at)
    )


def untold(tx: Transaction, before: float, *, most: int = 50) -> list[Poll]:
    rows = tx.all(
        sa.select(*_COLUMNS)
        .where(polls.c.votes_untold_at.is_not(None), polls.c.votes_untold_at <= before)
        .limit(most)
    )
    return [_poll(row) for row in rows]


def mark_told(tx: Transaction, object_id: int) -> None:
    tx.execute(sa.update(polls).where(polls.c.object_id == object_id).values(votes_untold_at=None))
