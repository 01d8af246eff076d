"""Agreements as stored, and what happened to them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields
from typing import Any

import sqlalchemy as sa

from node.aid.agreements import OPEN, Agreement, Channel, State
from node.ids import new_id
from node.store.tables import actors, agreement_events, agreements, objects
from node.store.transaction import Row, Transaction
from node.store.upsert import insert_new


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of an agreement's history."""

    id: int
    event: str
    actor_id: int | None
    text: str
    at: float


@dataclass(frozen=True, slots=True)
class Word:
    """An activity in which one of the two said something."""

    event: str
    activity_uri: str


_FIELDS = tuple(field.name for field in fields(Agreement))
_CHANNEL, _STATE = _FIELDS.index("channel"), _FIELDS.index("state")
_SELECT = sa.select(*(agreements.c[name] for name in _FIELDS))
_OPEN = tuple(sorted(state.value for state in OPEN))
_AT_HOME = agreements.c.proposal_id.in_(sa.select(objects.c.id).where(objects.c.local))


def _agreement(row: Row) -> Agreement:
    values: list[Any] = list(row)
    values[_CHANNEL], values[_STATE] = Channel(values[_CHANNEL]), State(values[_STATE])
    return Agreement(*values)


def _columns(agreement: Agreement) -> dict[str, Any]:
    return {
        "uri": agreement.uri,
        "state": agreement.state.value,
        "quantity": agreement.quantity,
        "unit": agreement.unit,
        "text": agreement.text,
        "reason": agreement.reason,
        "due": agreement.due,
        "accept_uri": agreement.accept_uri,
        "accepted_at": agreement.accepted_at,
        "handed_over_at": agreement.handed_over_at,
        "returned_at": agreement.returned_at,
        "confirmed_by_author_at": agreement.confirmed_by_author_at,
        "confirmed_by_answerer_at": agreement.confirmed_by_answerer_at,
        "ended_at": agreement.ended_at,
        "updated_at": agreement.updated_at,
        "version": agreement.version,
    }


def insert(tx: Transaction, agreement: Agreement) -> bool:
    """False when the same answer is here already."""
    return insert_new(
        tx,
        agreements,
        {
            "id": agreement.id,
            "offer_uri": agreement.offer_uri,
            "proposal_id": agreement.proposal_id,
            "author_id": agreement.author_id,
            "answerer_id": agreement.answerer_id,
            "channel": agreement.channel.value,
            "language": agreement.language,
            "created_at": agreement.created_at,
            **_columns(agreement),
        },
    )


def update(tx: Transaction, agreement: Agreement) -> None:
    tx.execute(
        sa.update(agreements).where(agreements.c.id == agreement.id).values(**_columns(agreement))
    )


def _one(tx: Transaction, *where: sa.ColumnElement[bool]) -> Agreement | None:
    row = tx.first(_SELECT.where(*where))
    return None if row is None else _agreement(row)


def by_id(tx: Transaction, identifier: int) -> Agreement | None:
    return _one(tx, agreements.c.id == identifier)


def by_uri(tx: Transaction, uri: str) -> Agreement | None:
    return _one(tx, agreements.c.uri == uri)


def by_offer(tx: Transaction, offer_uri: str) -> Agreement | None:
    return _one(tx, agreements.c.offer_uri == offer_uri)


def by_accept(tx: Transaction, accept_uri: str) -> Agreement | None:
    return _one(tx, agreements.c.accept_uri == accept_uri)


def of_proposal(tx: Transaction, proposal_id: int) -> list[Agreement]:
    """All answers to a proposal, the oldest first."""
    rows = tx.all(_SELECT.where(agreements.c.proposal_id == proposal_id).order_by(agreements.c.id))
    return [_agreement(row) for row in rows]


def of_person(
    tx: Transaction,
    actor_id: int,
    *,
    states: Collection[State] | None = None,
    open_only: bool = False,
    proposal_id: int | None = None,
    before: int | None = None,
    most: int = 40,
) -> list[Agreement]:
    """What somebody has to do with, on either side, newest first."""
    narrow = _narrow(states, open_only, proposal_id, before)
    parts = []
    for column in (agreements.c.author_id, agreements.c.answerer_id):
        part = sa.select(agreements.c.id).where(column == actor_id, *narrow)
        # Each side by its own index: neither is read further than the page needs.
        parts.append(sa.select(part.order_by(agreements.c.id.desc()).limit(most).subquery().c.id))
    ids = sa.union(*parts).subquery()
    rows = tx.all(
        _SELECT.where(agreements.c.id.in_(sa.select(ids.c.id)))
        .order_by(agreements.c.id.desc())
        .limit(most)
    )
    return [_agreement(row) for row in rows]


def at_home(
    tx: Transaction,
    *,
    states: Collection[State] | None = None,
    open_only: bool = False,
    proposal_id: int | None = None,
    before: int | None = None,
    most: int = 40,
) -> list[Agreement]:
    """Everybody's about what was published on this node, newest first."""
    rows = tx.all(
        _SELECT.where(_AT_HOME, *_narrow(states, open_only, proposal_id, before))
        .order_by(agreements.c.id.desc())
        .limit(most)
    )
    return [_agreement(row) for row in rows]


def one_at_home(tx: Transaction, identifier: int) -> Agreement | None:
    """One about something that was published on this node."""
    return _one(tx, agreements.c.id == identifier, _AT_HOME)


def _narrow(
    states: Collection[State] | None, open_only: bool, proposal_id: int | None, before: int | None
) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    wanted = _OPEN if open_only else tuple(state.value for state in states or ())
    if wanted:
        found.append(agreements.c.state.in_(wanted))
    if proposal_id is not None:
        found.append(agreements.c.proposal_id == proposal_id)
    if before is not None:
        found.append(agreements.c.id < before)
    return found


def between(tx: Transaction, proposal_id: int, answerer_id: int) -> list[Agreement]:
    """One person's answers to one proposal, the oldest first."""
    rows = tx.all(
        _SELECT.where(
            agreements.c.proposal_id == proposal_id, agreements.c.answerer_id == answerer_id
        ).order_by(agreements.c.id)
    )
    return [_agreement(row) for row in rows]


def answers_since(
    tx: Transaction,
    since: float,
    *,
    answerer_id: int | None = None,
    proposal_id: int | None = None,
    domain: str | None = None,
) -> int:
    """How many answers a person, or a server, gave: to one proposal, or to all."""
    statement = sa.select(sa.func.count()).where(agreements.c.created_at >= since)
    if answerer_id is not None:
        statement = statement.where(agreements.c.answerer_id == answerer_id)
    if proposal_id is not None:
        statement = statement.where(agreements.c.proposal_id == proposal_id)
    if domain is not None:
        statement = statement.join(actors, actors.c.id == agreements.c.answerer_id).where(
            actors.c.domain == domain
        )
    return int(tx.scalar(statement) or 0)


# ── what happened ────────────────────────────────────────────────────────────────────────────


def record(
    tx: Transaction,
    agreement_id: int,
    *,
    event: str,
    actor_id: int | None,
    activity_uri: str | None,
    text: str = "",
    at: float,
) -> bool:
    """A line of the history; False when the activity was recorded before."""
    return insert_new(
        tx,
        agreement_events,
        {
            "id": new_id(),
            "agreement_id": agreement_id,
            "event": event,
            "activity_uri": activity_uri,
            "actor_id": actor_id,
            "text": text,
            "at": at,
        },
    )


def is_recorded(tx: Transaction, activity_uri: str) -> bool:
    return (
        tx.first(
            sa.select(agreement_events.c.id).where(agreement_events.c.activity_uri == activity_uri)
        )
        is not None
    )


def words_of(tx: Transaction, agreement_id: int, actor_id: int, *, most: int = 80) -> list[Word]:
    """What one of the two said in activities, the oldest first: the latest `most` of it."""
    rows = tx.all(
        sa.select(agreement_events.c.event, agreement_events.c.activity_uri)
        .where(
            agreement_events.c.agreement_id == agreement_id,
            agreement_events.c.actor_id == actor_id,
            agreement_events.c.activity_uri.is_not(None),
        )
        .order_by(agreement_events.c.id.desc())
        .limit(most)
    )
    return [Word(row.event, row.activity_uri) for row in reversed(rows)]


def history(tx: Transaction, agreement_id: int) -> list[Happened]:
    rows = tx.all(
        sa.select(
            agreement_events.c.id,
            agreement_events.c.event,
            agreement_events.c.actor_id,
            agreement_events.c.text,
            agreement_events.c.at,
        )
        .where(agreement_events.c.agreement_id == agreement_id)
        .order_by(agreement_events.c.id)
        .limit(200)
    )
    return [Happened(*row) for row in rows]


def words_said(
    tx: Transaction, ids: Collection[int], *, most: int = 400
) -> dict[int, list[Happened]]:
    """What was written in several agreements, the oldest first: the latest `most` of it."""
    if not ids:
        return {}
    rows = tx.all(
        sa.select(
            agreement_events.c.agreement_id,
            agreement_events.c.id,
            agreement_events.c.event,
            agreement_events.c.actor_id,
            agreement_events.c.text,
            agreement_events.c.at,
        )
        .where(agreement_events.c.agreement_id.in_(list(ids)), agreement_events.c.text != "")
        .order_by(agreement_events.c.id.desc())
        .limit(most)
    )
    found: dict[int, list[Happened]] = {}
    for row in reversed(rows):
        found.setdefault(row.agreement_id, []).append(Happened(*row[1:]))
    return found


def waiting_for(tx: Transaction, proposal_ids: Collection[int]) -> dict[int, int]:
    """Proposal → how many answers wait for its author, where there are any."""
    if not proposal_ids:
        return {}
    rows = tx.all(
        sa.select(agreements.c.proposal_id, sa.func.count().label("many"))
        .where(
            agreements.c.proposal_id.in_(list(proposal_ids)),
            agreements.c.state == State.PROPOSED.value,
        )
        .group_by(agreements.c.proposal_id)
    )
    return {row.proposal_id: int(row.many) for row in rows}
