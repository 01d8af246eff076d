"""What mediators write for one another, about somebody or something."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from node.ids import new_id
from node.store.tables import actors, mediator_notes
from node.store.transaction import Transaction

SUBJECTS = ("actor", "agreement", "report", "proposal")


@dataclass(frozen=True, slots=True)
class Note:
    id: int
    about: str
    about_id: int
    author_id: int | None
    author: str
    """Handle; "" for one who is gone, or for a command."""
    text: str
    created_at: float


_SELECT = sa.select(
    mediator_notes.c.id,
    mediator_notes.c.about,
    mediator_notes.c.about_id,
    mediator_notes.c.author_id,
    actors.c.username,
    actors.c.domain,
    mediator_notes.c.text,
    mediator_notes.c.created_at,
).select_from(mediator_notes.outerjoin(actors, actors.c.id == mediator_notes.c.author_id))


def add(
    tx: Transaction, *, about: str, about_id: int, author_id: int | None, text: str, now: float
) -> int:
    identifier = new_id()
    tx.execute(
        sa.insert(mediator_notes),
        {
            "id": identifier,
            "about": about,
            "about_id": about_id,
            "author_id": author_id,
            "text": text,
            "created_at": now,
        },
    )
    return identifier


def listed(
    tx: Transaction, *, about: str, about_id: int, before: int | None = None, most: int
) -> list[Note]:
    """Newest first, in keyset pages by id."""
    statement = (
        _SELECT.where(mediator_notes.c.about == about, mediator_notes.c.about_id == about_id)
        .order_by(mediator_notes.c.id.desc())
        .limit(most)
    )
    if before is not None:
        statement = statement.where(mediator_notes.c.id < before)
    return [_note(row) for row in tx.all(statement)]


def by_id(tx: Transaction, identifier: int) -> Note | None:
    row = tx.first(_SELECT.where(mediator_notes.c.id == identifier))
    return None if row is None else _note(row)


def remove(tx: Transaction, identifier: int) -> None:
    tx.execute(sa.delete(mediator_notes).where(mediator_notes.c.id == identifier))


def remove_about(tx: Transaction, *, about: str, about_id: int) -> int:
    """What is gone leaves no notes behind. How many."""
    return tx.execute(
        sa.delete(mediator_notes).where(
            mediator_notes.c.about == about, mediator_notes.c.about_id == about_id
        )
    ).rowcount


def _note(row: sa.Row[tuple[object, ...]]) -> Note:
    return Note(
        id=row.id,
        about=row.about,
        about_id=row.about_id,
        author_id=row.author_id,
        author=f"{row.username}@{row.domain}" if row.username else "",
        text=row.text,
        created_at=row.created_at,
    )
