"""Tags that a person shows on their profile."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from node.ids import new_id
from node.store.tables import featured_tags
from node.store.transaction import Transaction
from node.store.upsert import insert_new


@dataclass(frozen=True, slots=True)
class FeaturedTag:
    id: int
    actor_id: int
    slug: str
    name: str


_SELECT = sa.select(
    featured_tags.c.id, featured_tags.c.actor_id, featured_tags.c.slug, featured_tags.c.name
)


def add(tx: Transaction, *, actor_id: int, slug: str, name: str) -> FeaturedTag:
    """The tag, be it new or there already."""
    identifier = new_id()
    row = {"id": identifier, "actor_id": actor_id, "slug": slug, "name": name}
    insert_new(tx, featured_tags, row)
    found = tx.first(
        _SELECT.where(featured_tags.c.actor_id == actor_id, featured_tags.c.slug == slug)
    )
    return FeaturedTag(*found) if found else FeaturedTag(identifier, actor_id, slug, name)


def remove(tx: Transaction, *, actor_id: int, identifier: int) -> bool:
    return (
        tx.execute(
            sa.delete(featured_tags).where(
                featured_tags.c.actor_id == actor_id, featured_tags.c.id == identifier
            )
        ).rowcount
        > 0
    )


def of(tx: Transaction, actor_id: int) -> list[FeaturedTag]:
    rows = tx.all(_SELECT.where(featured_tags.c.actor_id == actor_id).order_by(featured_tags.c.id))
    return [FeaturedTag(*row) for row in rows]
