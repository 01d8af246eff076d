"""What many people of late talk about: counted when it is asked for, over few rows."""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa

from node.ids import new_id
from node.store.silences import not_silenced
from node.store.tables import actors, hashtags, objects, status_tallies
from node.store.timelines import Entry, Unread
from node.store.transaction import Transaction

RECENT_S: Final = 3 * 86_400.0
LOOKED_AT: Final = 2_000
"""Of the latest."""
PEOPLE_LEAST: Final = 2
"""Who use a tag, for it to be a trend."""
SCORE_LEAST: Final = 2


def _recent(*columns: Any, now: float) -> sa.Select[Any]:
    """Public words of those who want to be found."""
    return (
        sa.select(*columns)
        .select_from(objects)
        .join(actors, actors.c.id == objects.c.author_id)
        .where(
            objects.c.visibility == sa.literal_column("'public'"),
            objects.c.id >= new_id(now - RECENT_S),
            actors.c.discoverable.is_(True),
            actors.c.suspended_at.is_(None),
            actors.c.gone_at.is_(None),
            not_silenced(actors.c.id),
        )
    )


def tags(tx: Transaction, *, now: float, most: int, skip: int) -> list[str]:
    """Used by several people, by how many."""
    used = (
        _recent(hashtags.c.slug, objects.c.author_id, now=now)
        .join(hashtags, hashtags.c.object_id == objects.c.id)
        .order_by(objects.c.id.desc())
        .limit(LOOKED_AT)
        .subquery()
    )
    people = sa.func.count(used.c.author_id.distinct())
    rows = tx.all(
        sa.select(used.c.slug)
        .group_by(used.c.slug)
        .having(people >= PEOPLE_LEAST)
        .order_by(people.desc(), used.c.slug)
        .limit(most)
        .offset(skip)
    )
    return [row.slug for row in rows]


def statuses(tx: Transaction, unread: Unread, *, now: float, most: int, skip: int) -> list[Entry]:
    """Liked and shared by several people."""
    score = (status_tallies.c.likes + status_tallies.c.shares).label("score")
    liked = (
        _recent(objects.c.id, score, now=now)
        .join(status_tallies, status_tallies.c.object_id == objects.c.id)
        .where(
            objects.c.to_other.is_(False),
            objects.c.sensitive.is_(False),
            *unread.without(objects.c.author_id),
        )
        .order_by(objects.c.id.desc())
        .limit(LOOKED_AT)
        .subquery()
    )
    rows = tx.all(
        sa.select(liked.c.id)
        .where(liked.c.score >= SCORE_LEAST)
        .order_by(liked.c.score.desc(), liked.c.id.desc())
        .limit(most)
        .offset(skip)
    )
    return [Entry(row.id, row.id) for row in rows]
