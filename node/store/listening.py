"""For whom of those who listen something is: each question for all of them at once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

from node.store import mutes as mutes_store
from node.store.tables import (
    blocks,
    bookmarks,
    domain_mutes,
    feed,
    filters,
    hashtags,
    list_feed,
    lists,
    mutes,
    objects,
    reactions,
    shares,
    thread_mutes,
)
from node.store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Share:
    id: int
    object_id: int
    actor_id: int


def share(tx: Transaction, identifier: int) -> Share | None:
    row = tx.first(
        sa.select(shares.c.id, shares.c.object_id, shares.c.actor_id).where(
            shares.c.id == identifier
        )
    )
    return None if row is None else Share(*row)


def slugs_of(tx: Transaction, object_id: int) -> set[str]:
    rows = tx.all(sa.select(hashtags.c.slug).where(hashtags.c.object_id == object_id))
    return {row.slug for row in rows}


def with_entry(tx: Transaction, identifier: int, among: Collection[int]) -> set[int]:
    """In whose home a status, or a share, stands as itself."""
    rows = tx.all(
        sa.select(feed.c.account_id).where(
            feed.c.id == identifier, feed.c.account_id.in_(list(among))
        )
    )
    return {row.account_id for row in rows}


def with_object(tx: Transaction, object_id: int, among: Collection[int]) -> set[int]:
    """In whose home a status stands, be it shared."""
    rows = tx.all(
        sa.select(feed.c.account_id)
        .where(feed.c.object_id == object_id, feed.c.account_id.in_(list(among)))
        .distinct()
    )
    return {row.account_id for row in rows}


def in_lists(tx: Transaction, identifier: int, among: Collection[int]) -> dict[int, int]:
    """The lists, with their owners, in which a status, or a share, stands as itself."""
    rows = tx.all(
        sa.select(lists.c.id, lists.c.account_id)
        .join(list_feed, list_feed.c.list_id == lists.c.id)
        .where(list_feed.c.id == identifier, lists.c.id.in_(list(among)))
    )
    return {row.id: row.account_id for row in rows}


def in_lists_with_object(tx: Transaction, object_id: int, among: Collection[int]) -> dict[int, int]:
    """The same for a status, be it shared."""
    rows = tx.all(
        sa.select(lists.c.id, lists.c.account_id)
        .join(list_feed, list_feed.c.list_id == lists.c.id)
        .where(list_feed.c.object_id == object_id, lists.c.id.in_(list(among)))
    )
    return {row.id: row.account_id for row in rows}


def answers_another(tx: Transaction, object_id: int) -> bool:
    return bool(tx.scalar(sa.select(objects.c.to_other).where(objects.c.id == object_id)))


def turned_away(
    tx: Transaction,
    people: Collection[int],
    domains: Collection[str],
    among: Collection[int],
    *,
    now: float,
) -> set[int]:
    """Who does not read some people, or does not read these servers, or may not be read by them."""
    listeners, them = list(among), list(people)
    if not listeners:
        return set()
    found = sa.union_all(
        sa.select(blocks.c.actor_id.label("who")).where(
            blocks.c.actor_id.in_(listeners), blocks.c.target_id.in_(them)
        ),
        sa.select(blocks.c.target_id.label("who")).where(
            blocks.c.target_id.in_(listeners), blocks.c.actor_id.in_(them)
        ),
        sa.select(mutes.c.account_id.label("who")).where(
            mutes.c.account_id.in_(listeners),
            mutes.c.target_id.in_(them),
            mutes_store.in_force(now),
        ),
        sa.select(domain_mutes.c.account_id.label("who")).where(
            domain_mutes.c.account_id.in_(listeners), domain_mutes.c.domain.in_(list(domains))
        ),
    )
    return {row.who for row in tx.all(found)}


def with_filters(tx: Transaction, among: Collection[int], *, now: float) -> set[int]:
    """Who has something filtered."""
    rows = tx.all(
        sa.select(filters.c.account_id)
        .where(
            filters.c.account_id.in_(list(among)),
            sa.or_(filters.c.expires_at.is_(None), filters.c.expires_at > now),
        )
        .distinct()
    )
    return {row.account_id for row in rows}


def with_marks(
    tx: Transaction, object_id: int, context: str | None, among: Collection[int]
) -> set[int]:
    """Who liked, shared or kept a status, or is not told of its thread."""
    listeners = list(among)
    found = [
        sa.select(table.c[who].label("who")).where(
            table.c.object_id == object_id, table.c[who].in_(listeners)
        )
        for table, who in (
            (reactions, "actor_id"),
            (shares, "actor_id"),
            (bookmarks, "account_id"),
        )
    ]
    if context is not None:
        found.append(
            sa.select(thread_mutes.c.account_id.label("who")).where(
                thread_mutes.c.context == context, thread_mutes.c.account_id.in_(listeners)
            )
        )
    return {row.who for row in tx.all(sa.union(*found))}
