"""Which statuses of a page somebody may see: `social.visibility.may_see`, for all at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Protocol

import sqlalchemy as sa

from node.social.accounts import Actor
from node.social.visibility import Visibility, may_see
from node.store import blocks as blocks_store
from node.store.tables import actors, follows, recipients
from node.store.transaction import Transaction


class Seen(Protocol):
    """A status, or a row of one."""

    @property
    def id(self) -> int: ...
    @property
    def author_id(self) -> int: ...
    @property
    def visibility(self) -> str: ...


def among(tx: Transaction, viewer: Actor | None, statuses: Iterable[Seen]) -> set[int]:
    """The ids of those that `viewer` may see; in at most four queries. What people wrote who are
    gone or suspended nobody sees."""
    found = list(statuses)
    if not found:
        return set()
    there = _there(tx, {one.author_id for one in found})
    found = [one for one in found if one.author_id in there]
    closed = [one for one in found if not Visibility(one.visibility).open]
    if viewer is None:
        hidden = {one.id for one in closed}
        return {one.id for one in found if one.id not in hidden}
    blocked = blocks_store.of(tx, viewer.id)
    named = _named(tx, viewer.uri, [one.id for one in closed])
    followed = _followed(tx, viewer.id, {one.author_id for one in closed})
    return {
        one.id
        for one in found
        if may_see(
            Visibility(one.visibility),
            author=str(one.author_id),
            viewer=str(viewer.id),
            follows=one.author_id in followed,
            addressed=one.id in named,
            blocked=one.author_id in blocked,
        )
    }


def _there(tx: Transaction, ids: Collection[int]) -> set[int]:
    rows = tx.all(
        sa.select(actors.c.id).where(
            actors.c.id.in_(list(ids)), actors.c.suspended_at.is_(None), actors.c.gone_at.is_(None)
        )
    )
    return {row.id for row in rows}


def _named(tx: Transaction, uri: str, ids: Collection[int]) -> set[int]:
    if not ids:
        return set()
    rows = tx.all(
        sa.select(recipients.c.object_id).where(
            recipients.c.object_id.in_(list(ids)), recipients.c.uri == uri
        )
    )
    return {row.object_id for row in rows}


def _followed(tx: Transaction, me: int, ids: Collection[int]) -> set[int]:
    if not ids:
        return set()
    rows = tx.all(
        sa.select(follows.c.target_id).where(
            follows.c.follower_id == me,
            follows.c.target_id.in_(list(ids)),
            follows.c.state == "accepted",
        )
    )
    return {row.target_id for row in rows}
