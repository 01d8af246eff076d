"""Statuses as pages show them: each with its counts, what it answers and what it quotes, all of a
page in one query; and what one reader has to do with them, in another."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

import sqlalchemy as sa

from node.store.among import among, numbers
from node.store.tables import (
    bookmarks,
    follows,
    objects,
    pins,
    polls,
    quotes,
    reactions,
    shares,
    status_tallies,
    thread_mutes,
)
from node.store.transaction import Dialect, Row, Transaction

_parent = objects.alias("parent")
_ROWS: Final = sa.select(
    objects.c.id,
    objects.c.uri,
    objects.c.local,
    objects.c.type,
    objects.c.author_id,
    objects.c.visibility,
    objects.c.name,
    objects.c.content,
    objects.c.summary,
    objects.c.language,
    objects.c.sensitive,
    objects.c.url,
    objects.c.context,
    objects.c.published,
    objects.c.updated,
    objects.c.parts,
    objects.c.quote_policy,
    _parent.c.id.label("parent_id"),
    _parent.c.author_id.label("parent_author_id"),
    status_tallies.c.replies,
    status_tallies.c.shares,
    status_tallies.c.likes,
    status_tallies.c.quotes,
    quotes.c.state.label("quote_state"),
    quotes.c.quoted_id,
    polls.c.object_id.label("poll_id"),
).select_from(
    objects.outerjoin(_parent, _parent.c.uri == objects.c.in_reply_to)
    .outerjoin(status_tallies, status_tallies.c.object_id == objects.c.id)
    .outerjoin(quotes, quotes.c.object_id == objects.c.id)
    .outerjoin(polls, polls.c.object_id == objects.c.id)
)


@cache
def _rows(dialect: Dialect) -> sa.Select[Any]:
    return _ROWS.where(among(dialect, objects.c.id, "ids"))


def by_ids(tx: Transaction, ids: Collection[int]) -> dict[int, Row]:
    if not ids:
        return {}
    return {row.id: row for row in tx.all(_rows(tx.dialect), {"ids": numbers(tx, ids)})}


@dataclass(slots=True)
class Marks:
    """What one reader did with the statuses of a page, by their ids."""

    liked: set[int] = field(default_factory=set)
    shared: set[int] = field(default_factory=set)
    kept: set[int] = field(default_factory=set)
    pinned: set[int] = field(default_factory=set)
    quiet: set[int] = field(default_factory=set)
    """Of whose threads nothing more is told."""
    follows: set[int] = field(default_factory=set)
    """Whom of the authors they follow."""


@cache
def _marks(dialect: Dialect) -> sa.CompoundSelect[Any]:
    me: sa.BindParameter[Any] = sa.bindparam("me")

    def of(name: str, *where: sa.ColumnElement[bool], what: Any) -> sa.Select[Any]:
        return sa.select(sa.literal_column(f"'{name}'").label("name"), what.label("what")).where(
            *where
        )

    return sa.union_all(
        of(
            "liked",
            among(dialect, reactions.c.object_id, "ids"),
            reactions.c.actor_id == me,
            reactions.c.emoji == sa.literal_column("''"),
            what=reactions.c.object_id,
        ),
        of(
            "shared",
            among(dialect, shares.c.object_id, "ids"),
            shares.c.actor_id == me,
            what=shares.c.object_id,
        ),
        of(
            "kept",
            among(dialect, bookmarks.c.object_id, "ids"),
            bookmarks.c.account_id == me,
            what=bookmarks.c.object_id,
        ),
        of(
            "pinned",
            among(dialect, pins.c.object_id, "ids"),
            pins.c.actor_id == me,
            what=pins.c.object_id,
        ),
        of(
            "quiet",
            among(dialect, objects.c.id, "ids"),
            sa.exists().where(
                thread_mutes.c.account_id == me,
                thread_mutes.c.context == sa.func.coalesce(objects.c.context, objects.c.uri),
            ),
            what=objects.c.id,
        ),
        of(
            "follows",
            follows.c.follower_id == me,
            among(dialect, follows.c.target_id, "authors"),
            follows.c.state == sa.literal_column("'accepted'"),
            what=follows.c.target_id,
        ),
    )


def marks(tx: Transaction, me: int, rows: Mapping[int, Row]) -> Marks:
    found = Marks()
    if not rows:
        return found
    asked = {
        "me": me,
        "ids": numbers(tx, rows),
        "authors": numbers(tx, {row.author_id for row in rows.values()}),
    }
    for name, what in tx.all(_marks(tx.dialect), asked):
        getattr(found, name).add(what)
    return found


def sharing(tx: Transaction, ids: Collection[int]) -> dict[int, str]:
    """The IRI of the activity by which each was shared."""
    if not ids:
        return {}
    rows = tx.all(_sharing(tx.dialect), {"ids": numbers(tx, ids)})
    return {row.id: row.activity_uri for row in rows}


@cache
def _sharing(dialect: Dialect) -> sa.Select[Any]:
    return sa.select(shares.c.id, shares.c.activity_uri).where(among(dialect, shares.c.id, "ids"))
