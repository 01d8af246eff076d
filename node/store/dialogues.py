"""Conversations in direct notes with people elsewhere: about what, and which question is open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa

from node.aid.agreements import Channel, State
from node.ids import new_id
from node.store.tables import (
    agreements,
    dialogues,
    drafts,
    objects,
    proposals,
    recipients,
)
from node.store.transaction import Row, Transaction


class Subject(StrEnum):
    AGREEMENT = "agreement"
    POST = "post"
    """A note that asks for something to be published, while a question about it is open."""
    PROPOSAL = "proposal"
    """A draft, and the proposal that it becomes under the same number."""
    NONE = "none"
    """The node only explained how it works."""


@dataclass(frozen=True, slots=True)
class Dialogue:
    id: int
    peer_id: int
    speaker_id: int
    subject: Subject
    subject_id: int | None
    awaits: str
    """The open question; "" for none."""
    language: str
    context: str | None
    last_note: str | None
    """IRI of the last note that the node wrote in it."""
    updated_at: float


_COLUMNS = (
    dialogues.c.id,
    dialogues.c.peer_id,
    dialogues.c.speaker_id,
    dialogues.c.subject,
    dialogues.c.subject_id,
    dialogues.c.awaits,
    dialogues.c.language,
    dialogues.c.context,
    dialogues.c.last_note,
    dialogues.c.updated_at,
)


def _dialogue(row: Row) -> Dialogue:
    return Dialogue(
        row.id,
        row.peer_id,
        row.speaker_id,
        Subject(row.subject),
        row.subject_id,
        row.awaits,
        row.language,
        row.context,
        row.last_note,
        row.updated_at,
    )


def remember(
    tx: Transaction,
    *,
    peer_id: int,
    speaker_id: int,
    subject: Subject,
    subject_id: int | None,
    awaits: str,
    language: str,
    context: str | None,
    last_note: str | None,
    now: float,
) -> None:
    """What was said last with somebody about something; there is one row for the two."""
    values = {
        "speaker_id": speaker_id,
        "awaits": awaits,
        "language": language,
        "context": context,
        "last_note": last_note,
        "updated_at": now,
    }
    known = about(tx, peer_id, subject, subject_id)
    if known is not None:
        tx.execute(sa.update(dialogues).where(dialogues.c.id == known.id).values(**values))
        return
    tx.execute(
        sa.insert(dialogues),
        {
            "id": new_id(),
            "peer_id": peer_id,
            "subject": subject.value,
            "subject_id": subject_id,
            **values,
        },
    )


def about(
    tx: Transaction, peer_id: int, subject: Subject, subject_id: int | None
) -> Dialogue | None:
    row = tx.first(
        sa.select(*_COLUMNS).where(
            dialogues.c.peer_id == peer_id,
            dialogues.c.subject == subject.value,
            dialogues.c.subject_id == subject_id
            if subject_id is not None
            else dialogues.c.subject_id.is_(None),
        )
    )
    return None if row is None else _dialogue(row)


def of_peer(tx: Transaction, peer_id: int, *, since: float = 0.0, most: int = 40) -> list[Dialogue]:
    """Somebody's, the latest first."""
    rows = tx.all(
        sa.select(*_COLUMNS)
        .where(dialogues.c.peer_id == peer_id, dialogues.c.updated_at >= since)
        .order_by(dialogues.c.updated_at.desc(), dialogues.c.id.desc())
        .limit(most)
    )
    return [_dialogue(row) for row in rows]


def by_last_note(tx: Transaction, peer_id: int, note_uri: str) -> Dialogue | None:
    row = tx.first(
        sa.select(*_COLUMNS)
        .where(dialogues.c.last_note == note_uri, dialogues.c.peer_id == peer_id)
        .order_by(dialogues.c.updated_at.desc())
    )
    return None if row is None else _dialogue(row)


def heard(tx: Transaction, identifier: int, *, note_uri: str, language: str, now: float) -> None:
    """The other one wrote, in this language; the next letter answers that note."""
    tx.execute(
        sa.update(dialogues)
        .where(dialogues.c.id == identifier)
        .values(last_note=note_uri, language=language, updated_at=now)
    )


def asker_of(tx: Transaction, subject_id: int) -> Dialogue | None:
    """The conversation with whoever asked for a draft or a proposal to be published."""
    row = tx.first(
        sa.select(*_COLUMNS).where(
            dialogues.c.subject == Subject.PROPOSAL.value, dialogues.c.subject_id == subject_id
        )
    )
    return None if row is None else _dialogue(row)


def forget(tx: Transaction, identifier: int) -> None:
    tx.execute(sa.delete(dialogues).where(dialogues.c.id == identifier))


def forget_old(tx: Transaction, *, before: float, most: int) -> int:
    """Conversations of which nothing was heard since. How many."""
    old = (
        sa.select(dialogues.c.id)
        .where(dialogues.c.updated_at < before)
        .order_by(dialogues.c.id)
        .limit(most)
    )
    return tx.execute(
        sa.delete(dialogues).where(dialogues.c.id.in_(old.scalar_subquery()))
    ).rowcount


def forget_letters(
    tx: Transaction, *, quartier_id: int, quartier_uri: str, before: float, most: int
) -> int:
    """Direct notes from and to the quartier that are older. How many."""
    direct = sa.and_(objects.c.visibility == "direct", objects.c.published < before)
    written = sa.select(objects.c.id).where(objects.c.author_id == quartier_id, direct)
    received = (
        sa.select(objects.c.id)
        .join(recipients, recipients.c.object_id == objects.c.id)
        .where(recipients.c.uri == quartier_uri, direct)
    )
    old = [row.id for row in tx.all(sa.union(written, received).limit(most))]
    if old:
        tx.execute(sa.delete(objects).where(objects.c.id.in_(old)))
    return len(old)


# ── what one person elsewhere has caused ─────────────────────────────────────────────────────


def notes_to(tx: Transaction, peer_uri: str, *, author_ids: Iterable[int], since: float) -> int:
    """How many direct notes were written to somebody lately."""
    return int(
        tx.scalar(
            sa.select(sa.func.count())
            .select_from(recipients.join(objects, objects.c.id == recipients.c.object_id))
            .where(
                recipients.c.uri == peer_uri,
                objects.c.author_id.in_(list(author_ids)),
                objects.c.published >= since,
            )
        )
        or 0
    )


def waiting_answers(tx: Transaction, peer_id: int) -> int:
    """Answers by note that nobody has replied to yet."""
    return int(
        tx.scalar(
            sa.select(sa.func.count()).where(
                agreements.c.answerer_id == peer_id,
                agreements.c.channel == Channel.NOTE.value,
                agreements.c.state == State.PROPOSED.value,
            )
        )
        or 0
    )


def waiting_drafts(tx: Transaction, author_id: int, asked_by_id: int) -> list[tuple[int, str]]:
    """What somebody asked to have published, and is not yet: (id, IRI of the note)."""
    rows = tx.all(
        sa.select(drafts.c.id, drafts.c.asked_in)
        .where(drafts.c.author_id == author_id, drafts.c.asked_by_id == asked_by_id)
        .order_by(drafts.c.id)
        .limit(50)
    )
    return [(row.id, row.asked_in or "") for row in rows]


def is_known(tx: Transaction, peer_id: int) -> bool:
    """Whether something was agreed with them here before, and both said that it was done."""
    answered = sa.select(agreements.c.id).where(
        agreements.c.answerer_id == peer_id, agreements.c.state == State.CONFIRMED.value
    )
    if tx.first(answered.limit(1)) is not None:
        return True
    asked = (
        sa.select(agreements.c.id)
        .join(proposals, proposals.c.object_id == agreements.c.proposal_id)
        .join(
            dialogues,
            sa.and_(
                dialogues.c.subject == Subject.PROPOSAL.value,
                dialogues.c.subject_id == proposals.c.object_id,
            ),
        )
        .where(
            dialogues.c.peer_id == peer_id,
            proposals.c.asked_by_id == peer_id,
            agreements.c.state == State.CONFIRMED.value,
        )
    )
    return tx.first(asked.limit(1)) is not None
