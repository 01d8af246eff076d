"""Something is written: into which homes and lists it goes."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from node.social.statuses import Status
from node.social.visibility import Visibility
from node.store.feed.readers import accounts_among, read_in_list_only, willing
from node.store.tables import (
    accounts,
    actors,
    feed,
    followed_tags,
    follows,
    list_feed,
    list_members,
    lists,
    objects,
    recipients,
)
from node.store.transaction import Transaction
from node.store.upsert import insert_many


def written(
    tx: Transaction, status: Status, slugs: Collection[str], mentioned: Collection[str]
) -> None:
    """`slugs` of its hashtags; `mentioned`: who is named in it, by IRI."""
    parent = _author_of(tx, status.in_reply_to)
    answered = None if status.in_reply_to is None or parent == status.author_id else parent or 0
    people = _readers(tx, status, answered)
    if slugs and status.visibility is Visibility.PUBLIC:
        people |= _readers_of_tags(tx, slugs, status.author_id)
    people = willing(tx, people, status.author_id, mentioned)
    people -= read_in_list_only(tx, people, status.author_id)
    if status.local:
        people |= accounts_among(tx, [status.author_id])
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
