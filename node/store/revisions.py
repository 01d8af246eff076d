"""What a status was before it was changed, and its text as it was typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import sqlalchemy as sa

from node.ids import new_id
from node.store.tables import edits, objects, polls, sources
from node.store.transaction import Transaction
from node.store.upsert import insert_or_update


@dataclass(frozen=True, slots=True)
class Revision:
    """An earlier state of a status. `at`: since when it was so, seconds since the epoch."""

    id: int
    content: str
    summary: str | None
    sensitive: bool
    attachments: Sequence[dict[str, Any]]
    """As they stand in the parts of the status."""
    options: Sequence[str] | None
    """Of its poll."""
    at: float


@dataclass(frozen=True, slots=True)
class Source:
    text: str
    spoiler: str
    app_id: int | None


def keep(tx: Transaction, object_id: int) -> None:
    """As it is now, before it changes."""
    row = tx.first(
        sa.select(
            objects.c.content,
            objects.c.summary,
            objects.c.sensitive,
            objects.c.parts,
            objects.c.published,
            objects.c.updated,
            polls.c.options,
        )
        .outerjoin(polls, polls.c.object_id == objects.c.id)
        .where(objects.c.id == object_id)
    )
    if row is None:
        return
    parts = orjson.loads(row.parts) if row.parts else {}
    tx.execute(
        sa.insert(edits),
        {
            "id": new_id(),
            "object_id": object_id,
            "content": row.content,
            "summary": row.summary,
            "sensitive": bool(row.sensitive),
            "attachments": parts.get("attachments", []),
            "poll": None if row.options is None else [one["title"] for one in row.options],
            "at": row.updated or row.published,
        },
    )


def of(tx: Transaction, object_id: int, *, most: int = 100) -> list[Revision]:
    """The oldest first."""
    rows = tx.all(
        sa.select(
            edits.c.id,
            edits.c.content,
            edits.c.summary,
            edits.c.sensitive,
            edits.c.attachments,
            edits.c.poll,
            edits.c.at,
        )
        .where(edits.c.object_id == object_id)
        .order_by(edits.c.id)
        .limit(most)
    )
    return [
        Revision(
            row.id, row.content, row.summary, bool(row.sensitive), row.attachments, row.poll, row.at
        )
        for row in rows
    ]


def put_source(
    tx: Transaction, object_id: int, *, text: str, spoiler: str, app_id: int | None
) -> None:
    insert_or_update(
        tx,
        sources,
        {"object_id": object_id, "text": text, "spoiler_text": spoiler, "app_id": app_id},
        key=("object_id",),
        kept=("app_id",),
    )


def source(tx: Transaction, object_id: int) -> Source | None:
    row = tx.first(
        sa.select(sources.c.text, sources.c.spoiler_text, sources.c.app_id).where(
            sources.c.object_id == object_id
        )
    )
    return None if row is None else Source(*row)
