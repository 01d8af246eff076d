"""Suggested pairs of a request and an offer, and the proposals that wait for theirs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from node.aid.proposals import Proposal
from node.store import search_index
from node.store.proposal_details import not_blocked
from node.store.proposals import LIVE
from node.store.silences import not_silenced
from node.store.tables import actors, objects, proposals, suggestions
from node.store.transaction import Transaction
from node.store.upsert import insert_new

KEPT: Final = 30
"""Suggestions that one proposal has at most."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    request_id: int
    offer_id: int
    reasons: Mapping[str, Any]
    created_at: float

    def other(self, proposal_id: int) -> int:
        return self.offer_id if proposal_id == self.request_id else self.request_id


# ── whom to look at ──────────────────────────────────────────────────────────────────────────


def waiting(tx: Transaction, *, most: int) -> list[int]:
    """Object ids of proposals whose partners are to be looked for."""
    marked: sa.ColumnElement[bool] = sa.literal_column(
        "proposals.to_match IS 1" if tx.dialect == "sqlite" else "proposals.to_match IS true"
    )
    rows = tx.all(
        sa.select(proposals.c.object_id).where(marked).order_by(proposals.c.object_id).limit(most)
    )
    return [row.object_id for row in rows]


def looked(tx: Transaction, object_id: int) -> None:
    """Partners were looked for, and need not be until it changes."""
    tx.execute(
        sa.update(proposals).where(proposals.c.object_id == object_id).values(to_match=False)
    )


def give_words(tx: Transaction, proposal: Proposal) -> None:
    """A proposal of before there was a search gets what it is found by."""
    empty = sa.select(proposals.c.object_id).where(
        proposals.c.object_id == proposal.id, proposals.c.words == ""
    )
    if tx.first(empty) is not None:
        tx.execute(
            sa.update(proposals)
            .where(proposals.c.object_id == proposal.id)
            .values(**search_index.columns(tx, proposal))
        )


# ── what was found ───────────────────────────────────────────────────────────────────────────


def count_of(tx: Transaction, object_id: int) -> int:
    return len(tx.all(sa.select(suggestions.c.request_id).where(_concerns(object_id)).limit(KEPT)))


def _concerns(object_id: int) -> sa.ColumnElement[bool]:
    return sa.or_(suggestions.c.request_id == object_id, suggestions.c.offer_id == object_id)


def add(
    tx: Transaction,
    *,
    request_id: int,
    offer_id: int,
    reasons: Mapping[str, object],
    now: float,
) -> bool:
    """False when this pair was suggested before: it is told once, and stays dismissed."""
    return insert_new(
        tx,
        suggestions,
        {
            "request_id": request_id,
            "offer_id": offer_id,
            "reasons": dict(reasons),
            "created_at": now,
        },
    )


@dataclass(frozen=True, slots=True)
class Last:
    """Where a page ended."""

    created_at: float
    request_id: int
    offer_id: int


def of_person(
    tx: Transaction,
    person_id: int,
    *,
    now: float,
    proposal_id: int | None = None,
    after: Last | None = None,
    most: int = 40,
) -> list[Suggestion]:
    """What is suggested to somebody now, the newest first: both proposals are still listed, and
    they did not put it aside. With a proposal of theirs: for that one."""
    rows = [
        row
        for own, other, dismissed in (
            (suggestions.c.request_id, suggestions.c.offer_id, "dismissed_by_request_at"),
            (suggestions.c.offer_id, suggestions.c.request_id, "dismissed_by_offer_at"),
        )
        for row in tx.all(
            _side(own, other, person_id, now, proposal_id)
            .where(suggestions.c[dismissed].is_(None), *_after(after))
            .limit(most)
        )
    ]
    rows.sort(key=lambda row: (row.created_at, row.request_id, row.offer_id), reverse=True)
    return [Suggestion(*row) for row in rows[:most]]


_ORDER = (suggestions.c.created_at, suggestions.c.request_id, suggestions.c.offer_id)


def _after(last: Last | None) -> tuple[sa.ColumnElement[bool], ...]:
    if last is None:
        return ()
    return (sa.tuple_(*_ORDER) < sa.tuple_(last.created_at, last.request_id, last.offer_id),)


def _side(
    own: sa.Column[int],
    other: sa.Column[int],
    person_id: int,
    now: float,
    proposal_id: int | None,
) -> sa.Select[Any]:
    """Those whose `own` side is a proposal of this person."""
    mine, theirs = proposals.alias("mine"), proposals.alias("theirs")
    my_object, their_object = objects.alias("my_object"), objects.alias("their_object")
    conditions: list[sa.ColumnElement[bool]] = [
        my_object.c.author_id == person_id,
        not_silenced(their_object.c.author_id),
        not_blocked(their_object.c.author_id, person_id),
        actors.c.suspended_at.is_(None),
    ]
    for one in (mine, theirs):
        conditions += [
            one.c.shown.is_(True),
            one.c.state.in_(LIVE),
            sa.or_(one.c.expires_at.is_(None), one.c.expires_at > now),
        ]
    if proposal_id is not None:
        conditions.append(my_object.c.id == proposal_id)
    return (
        sa.select(
            suggestions.c.request_id,
            suggestions.c.offer_id,
            suggestions.c.reasons,
            suggestions.c.created_at,
        )
        .join(my_object, my_object.c.id == own)
        .join(mine, mine.c.object_id == own)
        .join(theirs, theirs.c.object_id == other)
        .join(their_object, their_object.c.id == other)
        .join(actors, actors.c.id == their_object.c.author_id)
        .where(*conditions)
        .order_by(*(column.desc() for column in _ORDER))
    )


def dismiss(tx: Transaction, person_id: int, *, request_id: int, offer_id: int, now: float) -> bool:
    """Somebody puts it aside, for their own side only; False when it is none of theirs."""
    done = False
    for own, column in (
        (suggestions.c.request_id, "dismissed_by_request_at"),
        (suggestions.c.offer_id, "dismissed_by_offer_at"),
    ):
        theirs = sa.exists().where(objects.c.id == own, objects.c.author_id == person_id)
        done |= (
            tx.execute(
                sa.update(suggestions)
                .where(
                    suggestions.c.request_id == request_id,
                    suggestions.c.offer_id == offer_id,
                    theirs,
                )
                .values({column: now})
            ).rowcount
            > 0
        )
    return done
