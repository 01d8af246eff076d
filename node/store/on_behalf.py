"""For whom a mediator or an association wrote. Never leaves this node; goes with the proposal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from node.aid.lifecycle import CLOSED, LIVE, State
from node.aid.topics import OTHER
from node.store.tables import actors, drafts, objects, on_behalf, proposals
from node.store.transaction import Row, Transaction
from node.store.upsert import insert_or_update


@dataclass(frozen=True, slots=True)
class OnBehalf:
    subject_id: int
    """Of the draft, which is the proposal's once it is published."""
    writer_id: int
    beneficiary: str
    consented_by: str
    consented_at: float
    consent_how: str
    call_back: str
    created_at: float

    def __repr__(self) -> str:
        """Without a word of it: what is shown so ends in logs."""
        return f"OnBehalf({self.subject_id})"


_COLUMNS = (
    on_behalf.c.subject_id,
    on_behalf.c.writer_id,
    on_behalf.c.beneficiary,
    on_behalf.c.consented_by,
    on_behalf.c.consented_at,
    on_behalf.c.consent_how,
    on_behalf.c.call_back,
    on_behalf.c.created_at,
)


def _record(row: Row) -> OnBehalf:
    return OnBehalf(*row)


def put(tx: Transaction, record: OnBehalf) -> None:
    """Keep it, or what was changed of it."""
    insert_or_update(
        tx,
        on_behalf,
        {
            "subject_id": record.subject_id,
            "writer_id": record.writer_id,
            "beneficiary": record.beneficiary,
            "consented_by": record.consented_by,
            "consented_at": record.consented_at,
            "consent_how": record.consent_how,
            "call_back": record.call_back,
            "created_at": record.created_at,
        },
        key=("subject_id",),
        kept=("writer_id", "created_at"),
    )


def of(tx: Transaction, subject_id: int) -> OnBehalf | None:
    row = tx.first(sa.select(*_COLUMNS).where(on_behalf.c.subject_id == subject_id))
    return None if row is None else _record(row)


def by_ids(tx: Transaction, subject_ids: Sequence[int]) -> list[OnBehalf]:
    """In the order of the ids."""
    if not subject_ids:
        return []
    rows = tx.all(sa.select(*_COLUMNS).where(on_behalf.c.subject_id.in_(list(subject_ids))))
    found = {row.subject_id: _record(row) for row in rows}
    return [found[number] for number in subject_ids if number in found]


def listed(
    tx: Transaction, *, writer_id: int | None, before: int | None = None, most: int
) -> list[OnBehalf]:
    """Newest first, in keyset pages by id; of one writer, or all."""
    statement = sa.select(*_COLUMNS).order_by(on_behalf.c.subject_id.desc()).limit(most)
    if writer_id is not None:
        statement = statement.where(on_behalf.c.writer_id == writer_id)
    if before is not None:
        statement = statement.where(on_behalf.c.subject_id < before)
    return [_record(row) for row in tx.all(statement)]


@dataclass(frozen=True, slots=True)
class Alike:
    """An open announcement of ours that may be the same as one that is being written."""

    id: int
    title: str
    username: str
    """Of its author."""


def alike(
    tx: Transaction, *, beneficiary: str, title: str, purpose: str, topic: str, now: float
) -> Alike | None:
    """The newest of ours that is open and has this title, or is of this topic and was written for
    somebody of this name; that both are about something else says nothing."""
    same_title = sa.func.lower(proposals.c.title) == sa.func.lower(title)
    same_person = sa.and_(
        sa.func.lower(on_behalf.c.beneficiary) == sa.func.lower(beneficiary),
        proposals.c.topic == topic,
        proposals.c.topic != OTHER.slug,
    )
    row = tx.first(
        sa.select(proposals.c.object_id, proposals.c.title, actors.c.username)
        .select_from(
            proposals.join(objects, objects.c.id == proposals.c.object_id)
            .join(actors, actors.c.id == objects.c.author_id)
            .outerjoin(on_behalf, on_behalf.c.subject_id == proposals.c.object_id)
        )
        .where(
            objects.c.local.is_(True),
            proposals.c.state.in_(sorted(state.value for state in LIVE)),
            sa.or_(proposals.c.expires_at.is_(None), proposals.c.expires_at > now),
            proposals.c.purpose == purpose,
            sa.or_(same_title, same_person),
        )
        .order_by(proposals.c.object_id.desc())
        .limit(1)
    )
    return None if row is None else Alike(row.object_id, row.title, row.username)


def ending(tx: Transaction, *, before: float, most: int) -> list[int]:
    """Announcements for somebody else that end before a time, or have ended and can be renewed
    still; the first to end first."""
    rows = tx.all(
        sa.select(on_behalf.c.subject_id)
        .join(proposals, proposals.c.object_id == on_behalf.c.subject_id)
        .where(
            proposals.c.state.in_(sorted(state.value for state in (*LIVE, State.EXPIRED))),
            proposals.c.expires_at <= before,
        )
        .order_by(proposals.c.expires_at, on_behalf.c.subject_id)
        .limit(most)
    )
    return [row.subject_id for row in rows]


def purge(tx: Transaction, subject_id: int) -> bool:
    return tx.execute(sa.delete(on_behalf).where(on_behalf.c.subject_id == subject_id)).rowcount > 0


def purge_ended(tx: Transaction, *, expired_before: float, most: int = 500) -> int:
    """Records whose purpose is over: the draft or the proposal is gone, is closed for good, or
    expired before a time (seconds since the epoch) and was not renewed. How many."""
    ended = sa.or_(
        sa.and_(drafts.c.id.is_(None), proposals.c.object_id.is_(None)),
        proposals.c.state.in_([state.value for state in CLOSED]),
        sa.and_(
            proposals.c.state == State.EXPIRED.value,
            proposals.c.expires_at < expired_before,
        ),
    )
    rows = tx.all(
        sa.select(on_behalf.c.subject_id)
        .select_from(
            on_behalf.outerjoin(drafts, drafts.c.id == on_behalf.c.subject_id)
            .outerjoin(objects, objects.c.id == on_behalf.c.subject_id)
            .outerjoin(proposals, proposals.c.object_id == objects.c.id)
        )
        .where(ended)
        .limit(most)
    )
    for row in rows:
        purge(tx, row.subject_id)
    return len(rows)
