"""Statuses as pages show them: each with its counts, what it answers and what it quotes, all of a
page in one query; and what one reader has to do with them, in another."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import sqlalchemy as sa

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
from node.store.transaction import Row, Transaction

_parent = objects.alias("parent")
_IDS: Final[sa.BindParameter[Any]] = sa.bindparam("ids", expanding=True)
_ROWS: Final = (
    sa.select(
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
    )
    .select_from(
        objects.outerjoin(_parent, _parent.c.uri == objects.c.in_reply_to)
        .outerjoin(status_tallies, status_tallies.c.object_id == objects.c.id)
        .outerjoin(quotes, quotes.c.object_id == objects.c.id)
        .outerjoin(polls, polls.c.object_id == objects.c.id)
    )
    .where(objects.c.id.in_(_IDS))
)


def by_ids(tx: Transaction, ids: Collection[int]) -> dict[int, Row]:
    if not ids:
        return {}
    return {row.id: row for row in tx.all(_ROWS, {"ids": list(ids)})}


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


def _marks() -> sa.CompoundSelect[Any]:
    me: sa.BindParameter[Any] = sa.bindparam("me")

    def of(name: str, *where: sa.ColumnElement[bool], what: Any) -> sa.Select[Any]:
        return sa.select(sa.literal_column(f"'{name}'").label("name"), what.label("what")).where(
            *where
        )

    return sa.union_all(
        of(
            "liked",
            reactions.c.object_id.in_(_IDS),
            reactions.c.actor_id == me,
            reactions.c.emoji == sa.literal_column("''"),
            what=reactions.c.object_id,
        ),
        of(
            "shared", shares.c.object_id.in_(_IDS), shares.c.actor_id == me, what=shares.c.object_id
        ),
        of(
            "kept",
            bookmarks.c.object_id.in_(_IDS),
            bookmarks.c.account_id == me,
            what=bookmarks.c.object_id,
        ),
        of("pinned", pins.c.object_id.in_(_IDS), pins.c.actor_id == me, what=pins.c.object_id),
        of(
            "quiet",
            objects.c.id.in_(_IDS),
            sa.exists().where(
                thread_mutes.c.account_id == me,
                thread_mutes.c.context == sa.func.coalesce(objects.c.context, objects.c.uri),
            ),
            what=objects.c.id,
        ),
        of(
            "follows",
            follows.c.follower_id == me,
            follows.c.target_id.in_(sa.bindparam("authors", expanding=True)),
            follows.c.state == sa.literal_column("'accepted'"),
            what=follows.c.target_id,
        ),
    )


_MARKS: Final = _marks()


def marks(tx: Transaction, me: int, rows: Mapping[int, Row]) -> Marks:
    found = Marks()
    if not rows:
        return found
    authors = list({row.author_id for row in rows.values()})
    for name, what in tx.all(_MARKS, {"me": me, "ids": list(rows), "authors": authors}):
        getattr(found, name).add(what)
    return found


def sharing(tx: Transaction, numbers: Collection[int]) -> dict[int, str]:
    """The IRI of the activity by which each was shared."""
    if not numbers:
        return {}
    rows = tx.all(
        sa.select(shares.c.id, shares.c.activity_uri).where(shares.c.id.in_(list(numbers)))
    )
    return {row.id: row.activity_uri for row in rows}
