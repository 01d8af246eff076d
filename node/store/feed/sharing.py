"""Something is shared: into which homes and lists it goes."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import sqlalchemy as sa

from node.store.feed.readers import accounts_among, read_in_list_only, willing
from node.store.tables import (
    accounts,
    feed,
    follows,
    list_feed,
    list_members,
    lists,
    objects,
)
from node.store.transaction import Transaction
from node.store.upsert import insert_many

SHARED_AGAIN: Final = 40
"""Among so many of the latest nothing stands twice because it is shared."""


def shared(tx: Transaction, identifier: int, object_id: int, actor_id: int) -> None:
    """To whoever wants to see what its sharer shares, and does not have it there just now."""
    author = tx.scalar(sa.select(objects.c.author_id).where(objects.c.id == object_id))
    if author is None:
        return
    rows = tx.all(
        sa.select(follows.c.follower_id)
        .join(accounts, accounts.c.actor_id == follows.c.follower_id)
        .where(
            follows.c.target_id == actor_id,
            follows.c.state == "accepted",
            follows.c.shares.is_(True),
        )
    )
    people = willing(tx, {row.follower_id for row in rows}, author)
    people = willing(tx, people, actor_id)
    people -= read_in_list_only(tx, people, actor_id)
    people |= accounts_among(tx, [actor_id])
    people -= _holding(tx, people, object_id)
    entry = {"id": identifier, "object_id": object_id, "shared_by": actor_id}
    insert_many(tx, feed, [{"account_id": who} | entry for who in sorted(people)])
    into = _lists_sharing(tx, actor_id, author)
    insert_many(tx, list_feed, [{"list_id": one} | entry for one in into])


def _holding(tx: Transaction, people: Collection[int], object_id: int) -> set[int]:
    """Who has it among the latest of their home."""
    if not people:
        return set()
    newer = feed.alias("newer")
    as_many = (
        sa.select(newer.c.id)
        .where(newer.c.account_id == feed.c.account_id, newer.c.id > feed.c.id)
        .order_by(newer.c.id)
        .limit(1)
        .offset(SHARED_AGAIN - 1)
        .scalar_subquery()
    )
    rows = tx.all(
        sa.select(feed.c.account_id)
        .where(
            feed.c.object_id == object_id,
            feed.c.account_id.in_(list(people)),
            as_many.is_(None),
        )
        .distinct()
    )
    return {row.account_id for row in rows}


def _lists_sharing(tx: Transaction, actor_id: int, author_id: int) -> list[int]:
    """Its sharer's, but where their owner does not want their shares, or has a reason not to read
    its author."""
    rows = tx.all(
        sa.select(lists.c.id, lists.c.account_id)
        .join(list_members, list_members.c.list_id == lists.c.id)
        .where(
            list_members.c.actor_id == actor_id,
            sa.not_(
                sa.exists().where(
                    follows.c.follower_id == lists.c.account_id,
                    follows.c.target_id == actor_id,
                    follows.c.shares.is_(False),
                )
            ),
        )
    )
    reading = willing(tx, {row.account_id for row in rows}, author_id)
    return [row.id for row in rows if row.account_id in reading]


def unshared(tx: Transaction, identifier: int) -> None:
    for table in (feed, list_feed):
        tx.execute(sa.delete(table).where(table.c.id == identifier))
