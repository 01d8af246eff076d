"""Statuses by their words, among those that somebody may see.

What everybody may find is what its author lets be found (`indexable`), and what was published to
be found: announcements. Besides, one finds what one wrote, what is addressed to oneself, what those
wrote whom one follows, and what one liked, shared or kept.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from node.activitypub.html import plain_text
from node.aid.searching import LETTERS_MAX, WORDS_MAX, Asked, words_in
from node.social.accounts import Actor
from node.social.searching import Query
from node.store import word_index
from node.store.follows import ACCEPTED
from node.store.tables import (
    actors,
    bookmarks,
    follows,
    objects,
    polls,
    proposals,
    quotes,
    reactions,
    recipients,
    shares,
    texts,
)
from node.store.transaction import Transaction
from node.store.upsert import insert_or_update

TEXT_MAX: Final = WORDS_MAX * LETTERS_MAX
OPEN: Final = ("public", "unlisted")


def keep(tx: Transaction, object_id: int, *said: str | None) -> None:
    """The words by which a status is found: of its title, warning and content (HTML)."""
    text = " ".join(plain_text(one)[:TEXT_MAX] for one in said if one)
    words = " ".join(list(dict.fromkeys(words_in(text)))[:WORDS_MAX])
    insert_or_update(tx, texts, {"object_id": object_id, "words": words}, key=("object_id",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    me: Actor
    asked: Asked | None
    """None: no words, but something else that narrows."""
    query: Query
    authors: Collection[int] | None = None
    """Only of these."""
    without: Collection[int] = ()
    """People of whom nothing is shown."""
    below: int | None = None
    above: int | None = None
    most: int = 20
    skip: int = 0


def find(tx: Transaction, wanted: Wanted) -> list[int]:
    """Ids, newest first."""
    identifier: sa.ColumnElement[int] = objects.c.id
    tables: sa.FromClause = objects.join(actors, actors.c.id == objects.c.author_id)
    conditions: list[sa.ColumnElement[bool]] = []
    if wanted.asked is not None:
        where, identifier, matching = word_index.found(tx.dialect, texts, wanted.asked)
        tables = where.join(objects, objects.c.id == identifier).join(
            actors, actors.c.id == objects.c.author_id
        )
        conditions.append(matching)
    conditions += [
        actors.c.suspended_at.is_(None),
        actors.c.gone_at.is_(None),
        *_asked_for(wanted.query),
        _findable(wanted.me, wanted.query.place),
    ]
    if wanted.authors is not None:
        conditions.append(objects.c.author_id.in_(list(wanted.authors)))
    if wanted.without:
        conditions.append(objects.c.author_id.not_in(list(wanted.without)))
    if wanted.below is not None:
        conditions.append(identifier < wanted.below)
    if wanted.above is not None:
        conditions.append(identifier > wanted.above)
    rows = tx.all(
        sa.select(identifier)
        .select_from(tables)
        .where(*conditions)
        .order_by(identifier.desc())
        .limit(wanted.most)
        .offset(wanted.skip)
    )
    return [int(row[0]) for row in rows]


def _findable(me: Actor, place: str) -> sa.ColumnElement[bool]:
    shown = objects.c.visibility.in_(OPEN)
    for_all = sa.and_(
        objects.c.visibility == "public",
        sa.or_(
            actors.c.indexable.is_(True),
            sa.exists().where(proposals.c.object_id == objects.c.id),
        ),
    )
    if place == "public":
        return for_all
    mine = sa.or_(
        objects.c.author_id == me.id,
        sa.exists().where(recipients.c.object_id == objects.c.id, recipients.c.uri == me.uri),
        sa.and_(
            shown,
            sa.or_(
                *(
                    sa.exists().where(table.c.object_id == objects.c.id, column == me.id)
                    for table, column in (
                        (reactions, reactions.c.actor_id),
                        (shares, shares.c.actor_id),
                        (bookmarks, bookmarks.c.account_id),
                    )
                )
            ),
        ),
    )
    if place == "library":
        return mine
    followed = sa.and_(
        objects.c.visibility.in_((*OPEN, "followers")),
        sa.exists().where(
            follows.c.follower_id == me.id,
            follows.c.target_id == objects.c.author_id,
            follows.c.state == ACCEPTED,
        ),
    )
    return sa.or_(for_all, mine, followed)


def _asked_for(query: Query) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    for what, there in (*query.has, *query.kinds):
        condition = _has(what)
        conditions.append(condition if there else sa.not_(condition))
    if query.language is not None:
        conditions.append(objects.c.language == query.language)
    if query.since is not None:
        conditions.append(objects.c.published >= query.since)
    if query.until is not None:
        conditions.append(objects.c.published < query.until)
    return conditions


def _has(what: str) -> sa.ColumnElement[bool]:
    match what:
        case "media":
            return objects.c.media.is_(True)
        case "image" | "video" | "audio":
            return sa.func.coalesce(objects.c.parts, "").contains(f'"type":"{what}"')
        case "poll":
            return sa.exists().where(polls.c.object_id == objects.c.id)
        case "quote":
            return sa.exists().where(quotes.c.object_id == objects.c.id)
        case "reply":
            return objects.c.in_reply_to.is_not(None)
        case _:  # sensitive
            return objects.c.sensitive.is_(True)


# ── for the migration ────────────────────────────────────────────────────────────────────────

_IN_ONE: Final = 500


def make(connection: sa.Connection) -> None:
    """The index, and the words of all that is there."""
    dialect = connection.dialect.name
    for command in word_index.ddl(dialect, texts):
        connection.execute(sa.text(command))
    tx = Transaction(connection, "sqlite" if dialect == "sqlite" else "postgresql")
    said = (objects.c.id, objects.c.name, objects.c.summary, objects.c.content)
    statement = sa.select(*said).order_by(objects.c.id).limit(_IN_ONE)
    last = 0
    while rows := tx.all(statement.where(objects.c.id > last)):
        for row in rows:
            keep(tx, *row)
        last = rows[-1].id
