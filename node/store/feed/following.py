"""Somebody is followed, or no more: what comes into a home, and what leaves it."""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa

from node.store.feed.readers import accounts_among, read_in_list_only
from node.store.feed.sharing import SHARED_AGAIN
from node.store.tables import (
    feed,
    followed_tags,
    follows,
    hashtags,
    list_feed,
    lists,
    objects,
    shares,
)
from node.store.transaction import Transaction
from node.store.upsert import insert_many

BROUGHT: Final = 100
"""Of what somebody wrote before, when they are followed, or put into a list."""
_SEEN_BY_FOLLOWERS: Final = ("public", "unlisted", "followers")


def followed(tx: Transaction, follower_id: int, target_id: int) -> None:
    """Of what they wrote and shared before, the latest."""
    if not accounts_among(tx, [follower_id]):
        return
    if read_in_list_only(tx, {follower_id}, target_id):
        return
    rows = _brought(tx, follower_id, target_id)
    insert_many(tx, feed, [{"account_id": follower_id} | row for row in rows])


def unfollowed(tx: Transaction, follower_id: int, target_id: int) -> None:
    tx.execute(sa.delete(feed).where(feed.c.account_id == follower_id, _of(feed, target_id)))


def put_in_list(tx: Transaction, list_id: int, actor_id: int) -> None:
    owner = tx.scalar(sa.select(lists.c.account_id).where(lists.c.id == list_id))
    if owner is not None:
        rows = _brought(tx, owner, actor_id)
        insert_many(tx, list_feed, [{"list_id": list_id} | row for row in rows])


def taken_out_of_list(tx: Transaction, list_id: int, actor_id: int) -> None:
    tx.execute(sa.delete(list_feed).where(list_feed.c.list_id == list_id, _of(list_feed, actor_id)))


def tag_unfollowed(tx: Transaction, account_id: int, slug: str) -> None:
    """What stood there for the tag alone."""
    other = hashtags.alias("other")
    tx.execute(
        sa.delete(feed).where(
            feed.c.account_id == account_id,
            feed.c.shared_by.is_(None),
            sa.exists().where(hashtags.c.object_id == feed.c.object_id, hashtags.c.slug == slug),
            sa.not_(
                sa.exists().where(
                    other.c.object_id == feed.c.object_id,
                    other.c.slug == followed_tags.c.slug,
                    followed_tags.c.account_id == account_id,
                )
            ),
            sa.not_(
                sa.exists().where(
                    objects.c.id == feed.c.object_id,
                    sa.or_(
                        objects.c.author_id == account_id,
                        objects.c.author_id.in_(
                            sa.select(follows.c.target_id).where(
                                follows.c.follower_id == account_id,
                                follows.c.state == "accepted",
                            )
                        ),
                    ),
                )
            ),
        )
    )


def _of(table: sa.Table, actor_id: int) -> sa.ColumnElement[bool]:
    return sa.or_(
        table.c.shared_by == actor_id,
        sa.and_(
            table.c.shared_by.is_(None),
            sa.exists().where(objects.c.id == table.c.object_id, objects.c.author_id == actor_id),
        ),
    )


def _brought(tx: Transaction, reader: int, target_id: int) -> list[dict[str, Any]]:
    parent, both = objects.alias("parent"), follows.alias("both")
    wrote = (
        sa.select(objects.c.id)
        .join(parent, parent.c.uri == objects.c.in_reply_to, isouter=True)
        .where(
            objects.c.author_id == target_id,
            objects.c.visibility.in_(_SEEN_BY_FOLLOWERS),
            sa.or_(
                objects.c.to_other.is_(False),
                parent.c.author_id == reader,
                parent.c.author_id.in_(
                    sa.select(both.c.target_id).where(
                        both.c.follower_id == reader, both.c.state == "accepted"
                    )
                ),
            ),
        )
        .order_by(objects.c.id.desc())
        .limit(BROUGHT)
    )
    shared = (
        sa.select(shares.c.id, shares.c.object_id)
        .join(objects, objects.c.id == shares.c.object_id)
        .where(
            shares.c.actor_id == target_id,
            objects.c.visibility.in_(("public", "unlisted")),
            sa.not_(
                sa.exists().where(
                    feed.c.account_id == reader, feed.c.object_id == shares.c.object_id
                )
            ),
        )
        .order_by(shares.c.id.desc())
        .limit(SHARED_AGAIN)
    )
    rows: list[dict[str, Any]] = [
        {"id": row.id, "object_id": row.id, "shared_by": None} for row in tx.all(wrote)
    ]
    have = {row["object_id"] for row in rows}
    wants = tx.scalar(
        sa.select(follows.c.shares).where(
            follows.c.follower_id == reader, follows.c.target_id == target_id
        )
    )
    if wants is not None and not wants:
        return rows
    return rows + [
        {"id": row.id, "object_id": row.object_id, "shared_by": target_id}
        for row in tx.all(shared)
        if row.object_id not in have
    ]
