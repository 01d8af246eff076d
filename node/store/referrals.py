"""Requests handed to a neighbour, and by a neighbour to us."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from node.aid.referrals import AWAY, OPEN, Direction, State
from node.store.tables import actors, objects, proposals, referrals
from node.store.transaction import Row, Transaction
from node.store.upsert import insert_new


@dataclass(frozen=True, slots=True)
class Referral:
    id: int
    activity_uri: str
    """Of the Offer, given before it is sent."""
    proposal_id: int
    neighbour_id: int
    """The Group it was handed to, or that handed it to us."""
    direction: Direction
    state: State
    consented_at: float | None
    by_voice: bool
    """Who it is for said yes aloud, and a mediator wrote it down."""
    reason: str
    created_at: float
    updated_at: float


_COLUMNS = (
    referrals.c.id,
    referrals.c.activity_uri,
    referrals.c.proposal_id,
    referrals.c.neighbour_id,
    referrals.c.direction,
    referrals.c.state,
    referrals.c.consented_at,
    referrals.c.by_voice,
    referrals.c.reason,
    referrals.c.created_at,
    referrals.c.updated_at,
)
_SELECT = sa.select(*_COLUMNS)


def _values(states: Iterable[State]) -> list[str]:
    return sorted(state.value for state in states)


def _referral(row: Row) -> Referral:
    return Referral(
        id=row.id,
        activity_uri=row.activity_uri,
        proposal_id=row.proposal_id,
        neighbour_id=row.neighbour_id,
        direction=Direction(row.direction),
        state=State(row.state),
        consented_at=row.consented_at,
        by_voice=bool(row.by_voice),
        reason=row.reason,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def insert(tx: Transaction, made: Referral) -> bool:
    """False when that Offer is known."""
    return insert_new(
        tx,
        referrals,
        {
            "id": made.id,
            "activity_uri": made.activity_uri,
            "proposal_id": made.proposal_id,
            "neighbour_id": made.neighbour_id,
            "direction": made.direction.value,
            "state": made.state.value,
            "consented_at": made.consented_at,
            "by_voice": made.by_voice,
            "reason": made.reason,
            "created_at": made.created_at,
            "updated_at": made.updated_at,
        },
    )


def change(tx: Transaction, changed: Referral) -> None:
    tx.execute(
        sa.update(referrals)
        .where(referrals.c.id == changed.id)
        .values(
            state=changed.state.value,
            consented_at=changed.consented_at,
            by_voice=changed.by_voice,
            reason=changed.reason,
            updated_at=changed.updated_at,
        )
    )


def by_id(tx: Transaction, identifier: int) -> Referral | None:
    row = tx.first(_SELECT.where(referrals.c.id == identifier))
    return None if row is None else _referral(row)


def by_activity(tx: Transaction, activity_uri: str) -> Referral | None:
    row = tx.first(_SELECT.where(referrals.c.activity_uri == activity_uri))
    return None if row is None else _referral(row)


def open_of(tx: Transaction, proposal_id: int) -> Referral | None:
    """The one that is under way, or stands."""
    row = tx.first(
        _SELECT.where(referrals.c.proposal_id == proposal_id, referrals.c.state.in_(_values(OPEN)))
        .order_by(referrals.c.id.desc())
        .limit(1)
    )
    return None if row is None else _referral(row)


def asked_of(tx: Transaction, author_id: int, *, most: int = 20) -> list[Referral]:
    """Those about which somebody is asked whether they agree, the oldest first."""
    rows = tx.all(
        _SELECT.join(objects, objects.c.id == referrals.c.proposal_id)
        .where(
            referrals.c.direction == Direction.TO.value,
            referrals.c.state == State.ASKED.value,
            objects.c.author_id == author_id,
        )
        .order_by(referrals.c.id)
        .limit(most)
    )
    return [_referral(row) for row in rows]


def open_with(tx: Transaction, neighbour_id: int, *, most: int = 1_000) -> list[Referral]:
    """All between us and a neighbour that are under way, or stand."""
    rows = tx.all(
        _SELECT.where(
            referrals.c.neighbour_id == neighbour_id, referrals.c.state.in_(_values(OPEN))
        ).limit(most)
    )
    return [_referral(row) for row in rows]


def waiting_from(tx: Transaction, neighbour_id: int) -> int:
    """How many requests of a neighbour wait for our answer."""
    return int(
        tx.scalar(
            sa.select(sa.func.count()).where(
                referrals.c.neighbour_id == neighbour_id,
                referrals.c.direction == Direction.FROM.value,
                referrals.c.state == State.HANDED_OVER.value,
            )
        )
        or 0
    )


def target_of(tx: Transaction, proposal_id: int) -> str | None:
    """The Group to which a proposal of ours is handed over now: its IRI."""
    uri: str | None = tx.scalar(
        sa.select(actors.c.uri)
        .join(referrals, referrals.c.neighbour_id == actors.c.id)
        .where(
            referrals.c.proposal_id == proposal_id,
            referrals.c.direction == Direction.TO.value,
            referrals.c.state.in_(_values(AWAY)),
        )
    )
    return uri


def is_entrusted(tx: Transaction, proposal_id: int, host: str) -> bool:
    """Whether people of a host may answer a referred proposal: a neighbour accepted it, and they
    are that neighbour's; or we did, and they are ours."""
    found = tx.first(
        sa.select(referrals.c.direction, actors.c.domain)
        .join(actors, actors.c.id == referrals.c.neighbour_id)
        .where(referrals.c.proposal_id == proposal_id, referrals.c.state == State.ACCEPTED.value)
    )
    return found is not None and (found.direction == Direction.FROM.value or found.domain == host)


def entrusted_to_us(object_id: sa.Column[int]) -> sa.ColumnElement[bool]:
    """For the `where` of a list of proposals: referred, and accepted here."""
    return sa.and_(
        proposals.c.state == "referred",
        sa.exists().where(
            referrals.c.proposal_id == object_id,
            referrals.c.direction == Direction.FROM.value,
            referrals.c.state == State.ACCEPTED.value,
        ),
    )


def is_ours_to_show(tx: Transaction, object_id: int) -> bool:
    """Whether we accepted it from a neighbour: then it is shown wherever it reaches."""
    found = tx.scalar(
        sa.select(referrals.c.id).where(
            referrals.c.proposal_id == object_id,
            referrals.c.direction == Direction.FROM.value,
            referrals.c.state == State.ACCEPTED.value,
        )
    )
    return found is not None


def listed(
    tx: Transaction,
    *,
    direction: Direction | None = None,
    state: State | None = None,
    author_id: int | None = None,
    before: int | None = None,
    most: int = 40,
) -> list[Referral]:
    """Newest first, in keyset pages by id."""
    where: list[sa.ColumnElement[Any]] = []
    if direction is not None:
        where.append(referrals.c.direction == direction.value)
    if state is not None:
        where.append(referrals.c.state == state.value)
    if before is not None:
        where.append(referrals.c.id < before)
    if author_id is not None:
        where += [referrals.c.direction == Direction.TO.value, objects.c.author_id == author_id]
    statement = (
        _SELECT.join(objects, objects.c.id == referrals.c.proposal_id)
        .where(*where)
        .order_by(referrals.c.id.desc())
        .limit(most)
    )
    return [_referral(row) for row in tx.all(statement)]
