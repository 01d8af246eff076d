"""What stands in the home of each person of ours, and in their lists: written when something is
published, so that a page is read by one index.

Who blocked, muted or left whom afterwards is looked at when a page is read (`store.timelines`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, Final

import sqlalchemy as sa

from node.ids import id_time, new_id
from node.social.statuses import Status
from node.social.visibility import Visibility
from node.store import mutes as mutes_store
from node.store.tables import (
    accounts,
    actors,
    blocks,
    domain_mutes,
    feed,
    followed_tags,
    follows,
    hashtags,
    list_feed,
    list_members,
    lists,
    mutes,
    objects,
    recipients,
    shares,
)
from node.store.transaction import Transaction
from node.store.upsert import insert_many

BROUGHT: Final = 100
"""Of what somebody wrote before, when they are followed, or put into a list."""
SHARED_AGAIN: Final = 40
"""Among so many of the latest nothing stands twice because it is shared."""
KEPT: Final = 4_000
"""Entries of one home, or one list."""
_SEEN_BY_FOLLOWERS: Final = ("public", "unlisted", "followers")


# ── something is written ─────────────────────────────────────────────────────────────────────


def written(
    tx: Transaction, status: Status, slugs: Collection[str], mentioned: Collection[str]
) -> None:
    """`slugs` of its hashtags; `mentioned`: who is named in it, by IRI."""
    parent = _author_of(tx, status.in_reply_to)
    answered = None if status.in_reply_to is None or parent == status.author_id else parent or 0
    people = _readers(tx, status, answered)
    if slugs and status.visibility is Visibility.PUBLIC:
        people |= _readers_of_tags(tx, slugs, status.author_id)
    people = _willing(tx, people, status.author_id, mentioned)
    people -= _read_in_list_only(tx, people, status.author_id)
    if status.local:
        people |= _accounts(tx, [status.author_id])
    entry = {"id": status.id, "object_id": status.id, "shared_by": None}
    insert_many(tx, feed, [{"account_id": who} | entry for who in sorted(people)])
    if status.visibility is not Visibility.DIRECT:
        into = _lists_with(tx, status.author_id, answered)
        insert_many(tx, list_feed, [{"list_id": one} | entry for one in into])


def _readers(tx: Transaction, status: Status, answered: int | None) -> set[int]:
    """The followers of ours who may see it and want to: of answers to others, those who follow
    both, or who are answered."""
    statement = (
        sa.select(follows.c.follower_id, follows.c.languages)
        .join(accounts, accounts.c.actor_id == follows.c.follower_id)
        .where(follows.c.target_id == status.author_id, follows.c.state == "accepted")
    )
    if status.visibility is Visibility.DIRECT:
        named = (
            sa.select(actors.c.id)
            .join(recipients, recipients.c.uri == actors.c.uri)
            .where(recipients.c.object_id == status.id)
        )
        statement = statement.where(follows.c.follower_id.in_(named))
    elif answered is not None:
        both = follows.alias("both")
        statement = statement.where(
            sa.or_(
                follows.c.follower_id == answered,
                sa.exists().where(
                    both.c.follower_id == follows.c.follower_id,
                    both.c.target_id == answered,
                    both.c.state == "accepted",
                ),
            )
        )
    return {row.follower_id for row in tx.all(statement) if _reads(row.languages, status.language)}


def _reads(wanted: Collection[str] | None, language: str | None) -> bool:
    if not wanted or not language:
        return True
    return language in wanted or language.partition("-")[0] in wanted


def _readers_of_tags(tx: Transaction, slugs: Collection[str], author_id: int) -> set[int]:
    rows = tx.all(
        sa.select(followed_tags.c.account_id)
        .where(followed_tags.c.slug.in_(list(slugs)), followed_tags.c.account_id != author_id)
        .distinct()
    )
    return {row.account_id for row in rows}


def _willing(
    tx: Transaction,
    people: set[int],
    author_id: int,
    mentioned: Collection[str] = (),
) -> set[int]:
    """Without those who do not read the author or somebody who is named, or are not to be read."""
    if not people:
        return people
    who = list(people)
    now = id_time(new_id())
    about = actors.c.id == author_id
    if mentioned:
        about = sa.or_(about, actors.c.uri.in_(list(mentioned)))
    them = sa.select(actors.c.id).where(about).scalar_subquery()
    found = sa.union_all(
        sa.select(blocks.c.actor_id.label("who")).where(
            blocks.c.actor_id.in_(who), blocks.c.target_id.in_(them)
        ),
        sa.select(blocks.c.target_id.label("who")).where(
            blocks.c.actor_id == author_id, blocks.c.target_id.in_(who)
        ),
        sa.select(mutes.c.account_id.label("who")).where(
            mutes.c.account_id.in_(who), mutes.c.target_id.in_(them), mutes_store.in_force(now)
        ),
        sa.select(domain_mutes.c.account_id.label("who"))
        .join(actors, actors.c.domain == domain_mutes.c.domain)
        .where(
            actors.c.id == author_id,
            actors.c.local.is_(False),
            domain_mutes.c.account_id.in_(who),
        ),
    )
    return people - {row.who for row in tx.all(found)}


def _read_in_list_only(tx: Transaction, people: set[int], author_id: int) -> set[int]:
    """Who has them in a list that keeps its members out of home."""
    if not people:
        return set()
    rows = tx.all(
        sa.select(lists.c.account_id)
        .join(list_members, list_members.c.list_id == lists.c.id)
        .where(
            list_members.c.actor_id == author_id,
            lists.c.exclusive.is_(True),
            lists.c.account_id.in_(list(people)),
        )
    )
    return {row.account_id for row in rows}


def _lists_with(tx: Transaction, author_id: int, answered: int | None) -> list[int]:
    """The lists in which what somebody wrote stands, by what each wants of answers."""
    statement = (
        sa.select(lists.c.id)
        .join(list_members, list_members.c.list_id == lists.c.id)
        .where(list_members.c.actor_id == author_id)
    )
    if answered is not None:
        member = list_members.alias("member")
        statement = statement.where(
            sa.or_(
                lists.c.account_id == answered,
                sa.and_(
                    lists.c.replies_policy == "list",
                    sa.exists().where(
                        member.c.list_id == lists.c.id, member.c.actor_id == answered
                    ),
                ),
                sa.and_(
                    lists.c.replies_policy == "followed",
                    sa.exists().where(
                        follows.c.follower_id == lists.c.account_id,
                        follows.c.target_id == answered,
                        follows.c.state == "accepted",
                    ),
                ),
            )
        )
    return [row.id for row in tx.all(statement)]


def _author_of(tx: Transaction, uri: str | None) -> int | None:
    if uri is None:
        return None
    found: int | None = tx.scalar(sa.select(objects.c.author_id).where(objects.c.uri == uri))
    return found


def _accounts(tx: Transaction, ids: Collection[int]) -> set[int]:
    rows = tx.all(sa.select(accounts.c.actor_id).where(accounts.c.actor_id.in_(list(ids))))
    return {row.actor_id for row in rows}


# ── something is shared ──────────────────────────────────────────────────────────────────────


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
    people = _willing(tx, {row.follower_id for row in rows}, author)
    people = _willing(tx, people, actor_id)
    people -= _read_in_list_only(tx, people, actor_id)
    people |= _accounts(tx, [actor_id])
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
    willing = _willing(tx, {row.account_id for row in rows}, author_id)
    return [row.id for row in rows if row.account_id in willing]


def unshared(tx: Transaction, identifier: int) -> None:
    for table in (feed, list_feed):
        tx.execute(sa.delete(table).where(table.c.id == identifier))


# ── somebody is followed, or no more ─────────────────────────────────────────────────────────


def followed(tx: Transaction, follower_id: int, target_id: int) -> None:
    """Of what they wrote and shared before, the latest."""
    if not _accounts(tx, [follower_id]):
        return
    if _read_in_list_only(tx, {follower_id}, target_id):
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


# ── what time brings ─────────────────────────────────────────────────────────────────────────


def trim(tx: Transaction, *, kept: int = KEPT) -> int:
    """Only the latest of each home and each list stay."""
    return sum(
        _trim(tx, table, column, kept)
        for table, column in ((feed, feed.c.account_id), (list_feed, list_feed.c.list_id))
    )


def _trim(tx: Transaction, table: sa.Table, column: sa.Column[int], kept: int) -> int:
    full: Iterable[Any] = tx.all(sa.select(column).group_by(column).having(sa.func.count() > kept))
    gone = 0
    for (whose,) in full:
        last = tx.scalar(
            sa.select(table.c.id)
            .where(column == whose)
            .order_by(table.c.id.desc())
            .limit(1)
            .offset(kept - 1)
        )
        gone += tx.execute(sa.delete(table).where(column == whose, table.c.id < last)).rowcount
    return gone
