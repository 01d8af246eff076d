"""Who follows whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from node.ids import new_id
from node.store import feed, news, tallies
from node.store.tables import actors, follows
from node.store.transaction import Transaction
from node.store.upsert import insert_or_update

PENDING = "pending"
ACCEPTED = "accepted"


@dataclass(frozen=True, slots=True)
class Follow:
    id: int
    follower_id: int
    target_id: int
    state: str
    activity_uri: str


_COLUMNS = (
    follows.c.id,
    follows.c.follower_id,
    follows.c.target_id,
    follows.c.state,
    follows.c.activity_uri,
)


def _one(tx: Transaction, *where: sa.ColumnElement[bool]) -> Follow | None:
    row = tx.first(sa.select(*_COLUMNS).where(*where))
    return None if row is None else Follow(*row)


def between(tx: Transaction, follower_id: int, target_id: int) -> Follow | None:
    return _one(tx, follows.c.follower_id == follower_id, follows.c.target_id == target_id)


def by_activity(tx: Transaction, activity_uri: str) -> Follow | None:
    return _one(tx, follows.c.activity_uri == activity_uri)


def put(
    tx: Transaction,
    *,
    follower_id: int,
    target_id: int,
    state: str,
    activity_uri: str,
    now: float,
) -> None:
    """Make the follow, or set its state and activity when there is one."""
    before = between(tx, follower_id, target_id)
    _count(
        tx,
        follower_id,
        target_id,
        (state == ACCEPTED) - (before is not None and before.state == ACCEPTED),
    )
    insert_or_update(
        tx,
        follows,
        {
            "id": new_id(),
            "follower_id": follower_id,
            "target_id": target_id,
            "state": state,
            "activity_uri": activity_uri,
            "created_at": now,
        },
        key=("follower_id", "target_id"),
    )
    if before is None or before.state != state:
        if state == ACCEPTED:
            feed.followed(tx, follower_id, target_id)
        news.followed(tx, target_id, follower_id, accepted=state == ACCEPTED)


def accept(tx: Transaction, follow: Follow) -> None:
    changed = tx.execute(
        sa.update(follows)
        .where(follows.c.id == follow.id, follows.c.state != ACCEPTED)
        .values(state=ACCEPTED)
    )
    _count(tx, follow.follower_id, follow.target_id, changed.rowcount)
    if changed.rowcount:
        feed.followed(tx, follow.follower_id, follow.target_id)
        news.followed(tx, follow.target_id, follow.follower_id, accepted=True)


def remove(tx: Transaction, follower_id: int, target_id: int) -> bool:
    known = between(tx, follower_id, target_id)
    if known is None:
        return False
    tx.execute(sa.delete(follows).where(follows.c.id == known.id))
    _count(tx, follower_id, target_id, -int(known.state == ACCEPTED))
    feed.unfollowed(tx, follower_id, target_id)
    news.unfollowed(tx, target_id, follower_id)
    return True


def remove_all(tx: Transaction, actor_id: int) -> None:
    """Nobody follows them any more, nor they anybody."""
    mine = sa.or_(follows.c.follower_id == actor_id, follows.c.target_id == actor_id)
    _remove_where(tx, mine)


def remove_with(tx: Transaction, domains: Sequence[str]) -> None:
    """Between the people of some servers and everybody else."""
    there = sa.select(actors.c.id).where(actors.c.local.is_(False), actors.c.domain.in_(domains))
    _remove_where(tx, sa.or_(follows.c.follower_id.in_(there), follows.c.target_id.in_(there)))


def _remove_where(tx: Transaction, which: sa.ColumnElement[bool]) -> None:
    ended = tx.all(
        sa.delete(follows)
        .where(which)
        .returning(follows.c.follower_id, follows.c.target_id, follows.c.state)
    )
    for row in ended:
        _count(tx, row.follower_id, row.target_id, -int(row.state == ACCEPTED))
        feed.unfollowed(tx, row.follower_id, row.target_id)


def _count(tx: Transaction, follower_id: int, target_id: int, by: int) -> None:
    """What pages tell of the two moves with the follow."""
    if by:
        tallies.actor(tx, follower_id, "following", by)
        tallies.actor(tx, target_id, "followers", by)


def local_followers(tx: Transaction, target_id: int) -> list[int]:
    """The people of ours who follow, or asked to follow, an actor."""
    rows = tx.all(
        sa.select(follows.c.follower_id)
        .join(actors, actors.c.id == follows.c.follower_id)
        .where(follows.c.target_id == target_id, actors.c.local.is_(True))
    )
    return [row.follower_id for row in rows]


def of_follower(tx: Transaction, follower_id: int) -> list[Follow]:
    """Whom an actor follows or asked to follow."""
    return [
        Follow(*row)
        for row in tx.all(sa.select(*_COLUMNS).where(follows.c.follower_id == follower_id))
    ]


def counts(tx: Transaction, actor_id: int) -> tuple[int, int]:
    """(followers, following), accepted ones."""
    followers = tx.scalar(
        sa.select(sa.func.count()).where(
            follows.c.target_id == actor_id, follows.c.state == ACCEPTED
        )
    )
    following = tx.scalar(
        sa.select(sa.func.count()).where(
            follows.c.follower_id == actor_id, follows.c.state == ACCEPTED
        )
    )
    return int(followers or 0), int(following or 0)


def followers_page(
    tx: Transaction, actor_id: int, *, before: int | None, most: int
) -> list[tuple[int, str]]:
    """Newest first: (follow id, follower's uri)."""
    statement = (
        sa.select(follows.c.id, actors.c.uri)
        .join(actors, actors.c.id == follows.c.follower_id)
        .where(follows.c.target_id == actor_id, follows.c.state == ACCEPTED)
        .order_by(follows.c.id.desc())
        .limit(most)
    )
    if before is not None:
        statement = statement.where(follows.c.id < before)
    return [(row.id, row.uri) for row in tx.all(statement)]


def following_page(
    tx: Transaction, actor_id: int, *, before: int | None, most: int
) -> list[tuple[int, str]]:
    """Newest first: (follow id, followed actor's uri)."""
    statement = (
        sa.select(follows.c.id, actors.c.uri)
        .join(actors, actors.c.id == follows.c.target_id)
        .where(follows.c.follower_id == actor_id, follows.c.state == ACCEPTED)
        .order_by(follows.c.id.desc())
        .limit(most)
    )
    if before is not None:
        statement = statement.where(follows.c.id < before)
    return [(row.id, row.uri) for row in tx.all(statement)]


def all_follower_uris(tx: Transaction, actor_id: int) -> list[str]:
    """The remote followers of an actor."""
    rows = tx.all(
        sa.select(actors.c.uri)
        .join(follows, follows.c.follower_id == actors.c.id)
        .where(
            follows.c.target_id == actor_id,
            follows.c.state == ACCEPTED,
            actors.c.local.is_(False),
        )
    )
    return [row.uri for row in rows]


def local_follower_uris(tx: Transaction, actor_id: int) -> list[str]:
    """The accepted followers of ours of an actor elsewhere."""
    rows = tx.all(
        sa.select(actors.c.uri)
        .join(follows, follows.c.follower_id == actors.c.id)
        .where(
            follows.c.target_id == actor_id,
            follows.c.state == ACCEPTED,
            actors.c.local.is_(True),
        )
    )
    return [row.uri for row in rows]


def followers_at(tx: Transaction, actor_id: int, prefix: str) -> list[str]:
    """The followers of an actor whose ids begin with an origin (`https://host/`): what
    FEP-8fcf calls the partial followers collection."""
    rows = tx.all(
        sa.select(actors.c.uri)
        .join(follows, follows.c.follower_id == actors.c.id)
        .where(
            follows.c.target_id == actor_id,
            follows.c.state == ACCEPTED,
            sa.func.substr(actors.c.uri, 1, len(prefix)) == prefix,
        )
        .order_by(actors.c.uri)
    )
    return [row.uri for row in rows]
