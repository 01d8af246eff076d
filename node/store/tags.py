"""Hashtags: how they are used, by whom, and who follows them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from node.ids import new_id
from node.store import feed
from node.store.tables import followed_tags, hashtags, objects
from node.store.transaction import Transaction
from node.store.upsert import insert_new

DAY_S: Final = 86_400
_ID_DAY: Final = DAY_S * 1000 << 16
"""How far the ids of one day lie from those of the next."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Of one tag on one day."""

    day: int
    """Days since the epoch."""
    uses: int
    people: int


@dataclass(frozen=True, slots=True)
class OwnUsage:
    """Of one tag by one person."""

    statuses: int
    last_at: float | None


def usage(
    tx: Transaction, slugs: Collection[str], *, now: float, days: int
) -> dict[str, list[Usage]]:
    """Public uses of tags on the last days, by the day they were published."""
    if not slugs:
        return {}
    first = int(now) // DAY_S - days + 1
    day = (hashtags.c.object_id // _ID_DAY).label("day")
    rows = tx.all(
        sa.select(
            hashtags.c.slug,
            day,
            sa.func.count().label("uses"),
            sa.func.count(objects.c.author_id.distinct()).label("people"),
        )
        .join(objects, objects.c.id == hashtags.c.object_id)
        .where(
            hashtags.c.slug.in_(list(slugs)),
            hashtags.c.object_id >= first * _ID_DAY,
            objects.c.visibility == "public",
        )
        .group_by(hashtags.c.slug, day)
    )
    found: dict[str, list[Usage]] = {}
    for row in rows:
        found.setdefault(row.slug, []).append(Usage(row.day, row.uses, row.people))
    return found


def starting_with(tx: Transaction, start: str, *, most: int, skip: int = 0) -> list[str]:
    """Tags that somebody used for everybody, and that begin so, by name."""
    begins = hashtags.c.slug.startswith(start, autoescape=True)
    if tx.dialect == "sqlite":  # whose LIKE uses no index; names are compared byte by byte there
        begins = sa.and_(hashtags.c.slug >= start, hashtags.c.slug < start + "\U0010ffff")
    rows = tx.all(
        sa.select(hashtags.c.slug)
        .join(objects, objects.c.id == hashtags.c.object_id)
        .where(
            begins,
            objects.c.visibility == "public",
        )
        .group_by(hashtags.c.slug)
        .order_by(hashtags.c.slug)
        .limit(most)
        .offset(skip)
    )
    return [row.slug for row in rows]


def of_author(tx: Transaction, author_id: int, slugs: Sequence[str]) -> dict[str, OwnUsage]:
    """How somebody uses tags, messages to single people left out."""
    if not slugs:
        return {}
    rows = tx.all(
        sa.select(
            hashtags.c.slug,
            sa.func.count().label("statuses"),
            sa.func.max(objects.c.published).label("last_at"),
        )
        .join(objects, objects.c.id == hashtags.c.object_id)
        .where(
            objects.c.author_id == author_id,
            objects.c.visibility.in_(("public", "unlisted")),
            hashtags.c.slug.in_(list(slugs)),
        )
        .group_by(hashtags.c.slug)
    )
    return {row.slug: OwnUsage(row.statuses, row.last_at) for row in rows}


def favourites_of(tx: Transaction, author_id: int, *, since: float, most: int) -> list[str]:
    """The tags that somebody used most since."""
    many = sa.func.count()
    rows = tx.all(
        sa.select(hashtags.c.slug)
        .join(objects, objects.c.id == hashtags.c.object_id)
        .where(
            objects.c.author_id == author_id,
            objects.c.visibility.in_(("public", "unlisted")),
            objects.c.published >= since,
        )
        .group_by(hashtags.c.slug)
        .order_by(many.desc(), hashtags.c.slug)
        .limit(most)
    )
    return [row.slug for row in rows]


# ── followed ─────────────────────────────────────────────────────────────────────────────────


def follow(tx: Transaction, *, account_id: int, slug: str) -> bool:
    """False when it is followed already."""
    return insert_new(tx, followed_tags, {"id": new_id(), "account_id": account_id, "slug": slug})


def unfollow(tx: Transaction, *, account_id: int, slug: str) -> bool:
    done = tx.execute(
        sa.delete(followed_tags).where(
            followed_tags.c.account_id == account_id, followed_tags.c.slug == slug
        )
    )
    if done.rowcount:
        feed.tag_unfollowed(tx, account_id, slug)
    return done.rowcount > 0


def followed_among(tx: Transaction, account_id: int, slugs: Collection[str]) -> set[str]:
    if not slugs:
        return set()
    rows = tx.all(
        sa.select(followed_tags.c.slug).where(
            followed_tags.c.account_id == account_id, followed_tags.c.slug.in_(list(slugs))
        )
    )
    return {row.slug for row in rows}


def followed_count(tx: Transaction, account_id: int) -> int:
    return int(
        tx.scalar(sa.select(sa.func.count()).where(followed_tags.c.account_id == account_id)) or 0
    )


def followed_page(
    tx: Transaction,
    account_id: int,
    *,
    below: int | None,
    above: int | None,
    upward: bool,
    most: int,
) -> list[tuple[int, str]]:
    """Newest first: (number, slug)."""
    statement = sa.select(followed_tags.c.id, followed_tags.c.slug).where(
        followed_tags.c.account_id == account_id
    )
    if below is not None:
        statement = statement.where(followed_tags.c.id < below)
    if above is not None:
        statement = statement.where(followed_tags.c.id > above)
    order = followed_tags.c.id.asc() if upward else followed_tags.c.id.desc()
    rows = tx.all(statement.order_by(order).limit(most))
    return sorted(((row.id, row.slug) for row in rows), reverse=True)
