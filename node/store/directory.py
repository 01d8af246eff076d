"""Who wants to be found: the directory, and whom one might want to follow."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

import sqlalchemy as sa

from node.store.follows import ACCEPTED
from node.store.silences import not_silenced
from node.store.tables import actor_tallies, actors, follows
from node.store.transaction import Transaction

Order = Literal["active", "new"]


def _shown() -> list[sa.ColumnElement[bool]]:
    """Somebody who is there, wants to be found, and is not judged."""
    return [
        actors.c.discoverable.is_(True),
        actors.c.gone_at.is_(None),
        actors.c.suspended_at.is_(None),
        actors.c.moved_to.is_(None),
        actors.c.type != "Application",
        not_silenced(actors.c.id),
    ]


def page(
    tx: Transaction,
    *,
    order: Order,
    local: bool,
    without: Collection[int],
    skip: int,
    most: int,
) -> list[int]:
    """Ids: of those who wrote last, or came last."""
    statement = sa.select(actors.c.id).where(*_shown())
    if local:
        statement = statement.where(actors.c.local.is_(True))
    if without:
        statement = statement.where(actors.c.id.not_in(list(without)))
    if order == "active":
        statement = (
            statement.join(actor_tallies, actor_tallies.c.actor_id == actors.c.id)
            .where(actor_tallies.c.last_status_at.is_not(None))
            .order_by(actor_tallies.c.last_status_at.desc(), actors.c.id.desc())
        )
    else:
        statement = statement.order_by(actors.c.id.desc())
    return [row.id for row in tx.all(statement.limit(most).offset(skip))]


def friends_of_friends(
    tx: Transaction, me: int, *, without: Collection[int], most: int
) -> list[int]:
    """Whom those follow whom one follows, and one does not: those of most of them first."""
    first, second = follows.alias("first"), follows.alias("second")
    mine = sa.select(follows.c.target_id).where(follows.c.follower_id == me)
    many = sa.func.count()
    statement = (
        sa.select(second.c.target_id)
        .select_from(first)
        .join(
            second,
            sa.and_(second.c.follower_id == first.c.target_id, second.c.state == ACCEPTED),
        )
        .join(actors, actors.c.id == second.c.target_id)
        .where(
            first.c.follower_id == me,
            first.c.state == ACCEPTED,
            second.c.target_id != me,
            second.c.target_id.not_in(mine),
            *_shown(),
        )
        .group_by(second.c.target_id)
        .order_by(many.desc(), second.c.target_id.desc())
        .limit(most)
    )
    if without:
        statement = statement.where(second.c.target_id.not_in(list(without)))
    return [row.target_id for row in tx.all(statement)]


def most_followed(tx: Transaction, me: int, *, without: Collection[int], most: int) -> list[int]:
    """People of ours whom one does not follow, those whom most do first."""
    mine = sa.select(follows.c.target_id).where(follows.c.follower_id == me)
    statement = (
        sa.select(actors.c.id)
        .join(actor_tallies, actor_tallies.c.actor_id == actors.c.id)
        .where(actors.c.local.is_(True), actors.c.id != me, actors.c.id.not_in(mine), *_shown())
        .order_by(actor_tallies.c.followers.desc(), actors.c.id.desc())
        .limit(most)
    )
    if without:
        statement = statement.where(actors.c.id.not_in(list(without)))
    return [row.id for row in tx.all(statement)]
