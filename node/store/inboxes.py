"""Where is delivered to: the inboxes of those who are to hear of something."""

from __future__ import annotations

import sqlalchemy as sa

from node.store.follows import ACCEPTED
from node.store.tables import actors, follows, objects, reactions, shares
from node.store.transaction import Transaction

_FOLLOWER_INBOXES = (
    sa.select(sa.func.coalesce(actors.c.shared_inbox, actors.c.inbox).label("inbox"))
    .join(follows, follows.c.follower_id == actors.c.id)
    .where(
        follows.c.target_id == sa.bindparam("target"),
        follows.c.state == ACCEPTED,
        actors.c.local.is_(False),
        actors.c.suspended_at.is_(None),
        actors.c.gone_at.is_(None),
    )
    .distinct()
)


def of_followers(tx: Transaction, target_id: int, *, but_types: tuple[str, ...] = ()) -> list[str]:
    """One inbox per server of the remote followers, shared where the server has one.

    `but_types` leaves out the followers of those actor types.
    """
    statement = _FOLLOWER_INBOXES
    if but_types:
        statement = statement.where(actors.c.type.not_in(but_types))
    return [row.inbox for row in tx.all(statement, {"target": target_id})]


def of_actors(tx: Transaction, uris: list[str]) -> dict[str, str]:
    """Actor uri → its own inbox, for the remote ones that are known and well."""
    if not uris:
        return {}
    rows = tx.all(
        sa.select(actors.c.uri, actors.c.inbox).where(
            actors.c.uri.in_(uris),
            actors.c.local.is_(False),
            actors.c.gone_at.is_(None),
            actors.c.suspended_at.is_(None),
        )
    )
    return {row.uri: row.inbox for row in rows}


def every(tx: Transaction) -> list[str]:
    """One inbox per server that we ever met: a deletion must reach them all."""
    rows = tx.all(
        sa.select(sa.func.coalesce(actors.c.shared_inbox, actors.c.inbox).label("inbox"))
        .where(
            actors.c.local.is_(False), actors.c.gone_at.is_(None), actors.c.suspended_at.is_(None)
        )
        .distinct()
    )
    return [row.inbox for row in rows]


def told_of(tx: Transaction, object_uri: str) -> list[str]:
    """The inboxes of those who reacted to, shared or answered an object from elsewhere: they
    must hear of its end as its followers do."""
    inbox = sa.func.coalesce(actors.c.shared_inbox, actors.c.inbox).label("inbox")
    well = sa.and_(
        actors.c.local.is_(False), actors.c.gone_at.is_(None), actors.c.suspended_at.is_(None)
    )
    here = sa.select(objects.c.id).where(objects.c.uri == object_uri).scalar_subquery()
    reacted = (
        sa.select(inbox)
        .join(reactions, reactions.c.actor_id == actors.c.id)
        .where(reactions.c.object_id == here, well)
    )
    shared = (
        sa.select(inbox)
        .join(shares, shares.c.actor_id == actors.c.id)
        .where(shares.c.object_id == here, well)
    )
    answered = (
        sa.select(inbox)
        .join(objects, objects.c.author_id == actors.c.id)
        .where(objects.c.in_reply_to == object_uri, well)
    )
    return [row.inbox for row in tx.all(sa.union(reacted, shared, answered))]
