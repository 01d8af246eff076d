"""Pages of statuses, newest first: which ones, by one index each. What they show is looked up
afterwards (`store.status_rows`)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from node.store.silences import not_silenced
from node.store.tables import (
    actors,
    blocks,
    domain_mutes,
    feed,
    hashtags,
    list_feed,
    mutes,
    objects,
    proposals,
    recipients,
    shares,
)
from node.store.tables.base import Id
from node.store.transaction import Row, Transaction

NONE: Final = sa.cast(sa.null(), Id)
_PUBLIC: Final = objects.c.visibility == sa.literal_column("'public'")


@dataclass(frozen=True, slots=True)
class Entry:
    """A status in a list, by the number that orders it."""

    number: int
    object_id: int
    shared_by: int | None = None
    """Who shared it, when it stands there for that."""


@dataclass(frozen=True, slots=True)
class Window:
    """Between two numbers, both left out: the newest of it, or those right above `above`."""

    below: int | None
    above: int | None
    upward: bool
    most: int


@dataclass(frozen=True, slots=True)
class Unread:
    """Whom somebody does not read, or may not."""

    people: frozenset[int] = frozenset()
    domains: frozenset[str] = frozenset()

    def without(self, *columns: Any) -> list[sa.ColumnElement[bool]]:
        """None of these is one of them; a column may be null."""
        found: list[sa.ColumnElement[bool]] = []
        for column in columns:
            reasons = []
            if self.people:
                reasons.append(column.in_(sorted(self.people)))
            if self.domains:
                there = sa.select(actors.c.id).where(
                    actors.c.local.is_(False), actors.c.domain.in_(sorted(self.domains))
                )
                reasons.append(column.in_(there))
            if reasons:
                found.append(sa.or_(column.is_(None), sa.not_(sa.or_(*reasons))))
        return found


NOBODY: Final = Unread()


def _unread() -> sa.CompoundSelect[Any]:
    me: sa.BindParameter[Any] = sa.bindparam("me")
    now: sa.BindParameter[Any] = sa.bindparam("now")
    none = sa.null().label("domain")
    return sa.union_all(
        sa.select(blocks.c.target_id.label("who"), none).where(blocks.c.actor_id == me),
        sa.select(blocks.c.actor_id.label("who"), none).where(blocks.c.target_id == me),
        sa.select(mutes.c.target_id.label("who"), none).where(
            mutes.c.account_id == me, sa.or_(mutes.c.expires_at.is_(None), mutes.c.expires_at > now)
        ),
        sa.select(sa.null().label("who"), domain_mutes.c.domain).where(
            domain_mutes.c.account_id == me
        ),
    )


_UNREAD: Final = _unread()


def unread(tx: Transaction, me: int | None, *, now: float) -> Unread:
    if me is None:
        return NOBODY
    rows = tx.all(_UNREAD, {"me": me, "now": now})
    if not rows:
        return NOBODY
    return Unread(
        frozenset(int(row.who) for row in rows if row.who is not None),
        frozenset(row.domain for row in rows if row.domain is not None),
    )


def windowed(
    statement: sa.Select[Any], number: sa.ColumnElement[int], window: Window
) -> sa.Select[Any]:
    if window.below is not None:
        statement = statement.where(number < window.below)
    if window.above is not None:
        statement = statement.where(number > window.above)
    order = number.asc() if window.upward else number.desc()
    return statement.order_by(order).limit(window.most)


def _entries(rows: Sequence[Row]) -> list[Entry]:
    found = [Entry(row.number, row.object_id, row.shared_by) for row in rows]
    found.sort(key=lambda one: -one.number)
    return found


def _well(author: Any) -> sa.ColumnElement[bool]:
    """Whose author is there, and may be heard."""
    return sa.exists().where(
        actors.c.id == author, actors.c.suspended_at.is_(None), actors.c.gone_at.is_(None)
    )


# ── one's own ────────────────────────────────────────────────────────────────────────────────


def home(tx: Transaction, me: int, unread: Unread, window: Window) -> list[Entry]:
    return _fed(tx, feed, feed.c.account_id == me, unread, window)


def of_list(tx: Transaction, list_id: int, unread: Unread, window: Window) -> list[Entry]:
    return _fed(tx, list_feed, list_feed.c.list_id == list_id, unread, window)


def _fed(
    tx: Transaction,
    table: sa.Table,
    whose: sa.ColumnElement[bool],
    unread: Unread,
    window: Window,
) -> list[Entry]:
    statement = (
        sa.select(table.c.id.label("number"), table.c.object_id, table.c.shared_by)
        .join(objects, objects.c.id == table.c.object_id)
        .where(
            whose,
            _well(objects.c.author_id),
            *unread.without(objects.c.author_id, table.c.shared_by),
        )
    )
    return _entries(tx.all(windowed(statement, table.c.id, window)))


# ── everybody's ──────────────────────────────────────────────────────────────────────────────


def public(
    tx: Transaction,
    unread: Unread,
    window: Window,
    *,
    local: bool | None = None,
    media: bool = False,
) -> list[Entry]:
    """`local`: ours alone, or others' alone."""
    statement = _public_ones().where(objects.c.to_other.is_(False))
    if local is not None:
        statement = statement.where(objects.c.local.is_(local))
    if media:
        statement = statement.where(objects.c.media.is_(True))
    statement = statement.where(*unread.without(objects.c.author_id))
    return _entries(tx.all(windowed(statement, objects.c.id, window)))


def is_public(tx: Transaction, object_id: int) -> bool:
    """Whether a status stands where everybody reads, as an answer or not."""
    return tx.first(_public_ones().where(objects.c.id == object_id)) is not None


def of_tag(
    tx: Transaction,
    slug: str,
    unread: Unread,
    window: Window,
    *,
    any_of: Collection[str] = (),
    all_of: Collection[str] = (),
    none_of: Collection[str] = (),
    local: bool | None = None,
    media: bool = False,
) -> list[Entry]:
    """Public uses of a tag, or of `any_of`; with all of `all_of`, and none of `none_of`."""
    statement = _public_ones()
    if any_of:
        number: Any = objects.c.id
        statement = statement.where(
            sa.exists().where(
                hashtags.c.object_id == objects.c.id,
                hashtags.c.slug.in_([slug, *any_of]),
            )
        )
    else:
        number = hashtags.c.object_id
        statement = statement.join(hashtags, hashtags.c.object_id == objects.c.id).where(
            hashtags.c.slug == slug
        )
    for one in all_of:
        statement = statement.where(_tagged(one))
    for one in none_of:
        statement = statement.where(sa.not_(_tagged(one)))
    if local is not None:
        statement = statement.where(objects.c.local.is_(local))
    if media:
        statement = statement.where(objects.c.media.is_(True))
    statement = statement.where(*unread.without(objects.c.author_id))
    return _entries(tx.all(windowed(statement, number, window)))


def _tagged(slug: str) -> sa.ColumnElement[bool]:
    other = hashtags.alias()
    return sa.exists().where(other.c.object_id == objects.c.id, other.c.slug == slug)


def _public_ones() -> sa.Select[Any]:
    """What is held, or was hidden here, is no more public than what its author took away."""
    return sa.select(
        objects.c.id.label("number"), objects.c.id.label("object_id"), NONE.label("shared_by")
    ).where(
        _PUBLIC,
        _well(objects.c.author_id),
        not_silenced(objects.c.author_id),
        sa.not_(
            sa.exists().where(proposals.c.object_id == objects.c.id, proposals.c.shown.is_(False))
        ),
    )


# ── somebody's ───────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Wanted:
    """Of what somebody published."""

    visibilities: tuple[str, ...]
    named: str | None = None
    """The IRI of who reads: what is addressed to them is among it, whatever its visibility."""
    media: bool = False
    replies: bool = True
    shares: bool = True
    tag: str | None = None


def of_author(
    tx: Transaction, author_id: int, wanted: Wanted, unread: Unread, window: Window
) -> list[Entry]:
    seen: sa.ColumnElement[bool] = objects.c.visibility.in_(wanted.visibilities)
    if wanted.named is not None:
        seen = sa.or_(
            seen,
            sa.exists().where(
                recipients.c.object_id == objects.c.id, recipients.c.uri == wanted.named
            ),
        )
    wrote = sa.select(
        objects.c.id.label("number"), objects.c.id.label("object_id"), NONE.label("shared_by")
    ).where(objects.c.author_id == author_id, seen)
    if wanted.media:
        wrote = wrote.where(objects.c.media.is_(True))
    if not wanted.replies:
        wrote = wrote.where(objects.c.to_other.is_(False))
    if wanted.tag is not None:
        wrote = wrote.where(_tagged(wanted.tag))
    first = windowed(wrote, objects.c.id, window)
    if not wanted.shares or wanted.media or wanted.tag is not None:
        return _entries(tx.all(first))
    shared = (
        sa.select(
            shares.c.id.label("number"), shares.c.object_id, shares.c.actor_id.label("shared_by")
        )
        .join(objects, objects.c.id == shares.c.object_id)
        .where(
            shares.c.actor_id == author_id,
            sa.or_(
                objects.c.visibility.in_(("public", "unlisted")),
                sa.and_(objects.c.author_id == author_id, seen),
            ),
            _well(objects.c.author_id),
            *unread.without(objects.c.author_id),
        )
    )
    second = windowed(shared, shares.c.id, window)
    both = sa.union_all(sa.select(first.subquery("a")), sa.select(second.subquery("b"))).subquery()
    order = both.c.number.asc() if window.upward else both.c.number.desc()
    return _entries(tx.all(sa.select(both).order_by(order).limit(window.most)))
