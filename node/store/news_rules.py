"""Whether somebody wants to be told of what somebody did, and which rules of their policy apply."""

from __future__ import annotations

import sqlalchemy as sa

from node.social.told import NEW_ACCOUNT_S, NEW_FOLLOWER_S
from node.social.visibility import Visibility
from node.store import mutes as mutes_store
from node.store.tables import (
    accounts,
    actors,
    blocks,
    domain_mutes,
    follows,
    mutes,
    objects,
    silences,
    thread_mutes,
)
from node.store.transaction import Transaction


def unwanted(tx: Transaction, me: int, by: int, object_id: int | None, now: float) -> bool:
    """Blocked by either, muted, of a server that is, or about a thread that is quiet."""
    found = [
        sa.select(sa.literal(1)).where(
            sa.exists().where(
                sa.or_(
                    sa.and_(blocks.c.actor_id == me, blocks.c.target_id == by),
                    sa.and_(blocks.c.actor_id == by, blocks.c.target_id == me),
                )
            )
        ),
        sa.select(sa.literal(1)).where(
            mutes.c.account_id == me,
            mutes.c.target_id == by,
            mutes.c.notifications.is_(True),
            mutes_store.in_force(now),
        ),
        sa.select(sa.literal(1)).where(
            domain_mutes.c.account_id == me,
            domain_mutes.c.domain
            == sa.select(actors.c.domain)
            .where(actors.c.id == by, actors.c.local.is_(False))
            .scalar_subquery(),
        ),
    ]
    if object_id is not None:
        thread = (
            sa.select(sa.func.coalesce(objects.c.context, objects.c.uri))
            .where(objects.c.id == object_id)
            .scalar_subquery()
        )
        found.append(
            sa.select(sa.literal(1)).where(
                thread_mutes.c.account_id == me, thread_mutes.c.context == thread
            )
        )
    return tx.first(sa.union_all(*found)) is not None


def reasons(
    tx: Transaction, me: int, by: int, object_id: int | None, now: float
) -> tuple[str, ...]:
    """Which rules of a policy apply to somebody; the quartier and its mediators are always let
    in, and people of the same quartier may write to each other."""
    row = tx.first(
        sa.select(actors.c.local, actors.c.type, actors.c.created_at, accounts.c.role)
        .join(accounts, accounts.c.actor_id == actors.c.id, isouter=True)
        .where(actors.c.id == by)
    )
    if row is None or (row.local and (row.role is None or row.role != "member")):
        return ()
    following = _follow(tx, me, by)
    follower = _follow(tx, by, me)
    found = []
    if following is None:
        found.append("for_not_following")
        if row.created_at > now - NEW_ACCOUNT_S:
            found.append("for_new_accounts")
        if tx.first(sa.select(silences.c.actor_id).where(silences.c.actor_id == by)):
            found.append("for_limited_accounts")
        if not row.local and object_id is not None and _unasked(tx, me, by, object_id):
            found.append("for_private_mentions")
    if follower is None or follower > now - NEW_FOLLOWER_S:
        found.append("for_not_followers")
    return tuple(found)


def _follow(tx: Transaction, who: int, whom: int) -> float | None:
    """Since when somebody follows somebody."""
    since: float | None = tx.scalar(
        sa.select(follows.c.created_at).where(
            follows.c.follower_id == who,
            follows.c.target_id == whom,
            follows.c.state == "accepted",
        )
    )
    return since


def _unasked(tx: Transaction, me: int, by: int, object_id: int) -> bool:
    """A direct status of somebody that answers nothing of mine."""
    parent = objects.alias("parent")
    row = tx.first(
        sa.select(parent.c.author_id, objects.c.visibility, objects.c.author_id.label("by"))
        .join(parent, parent.c.uri == objects.c.in_reply_to, isouter=True)
        .where(objects.c.id == object_id)
    )
    return (
        row is not None
        and row.visibility == Visibility.DIRECT.value
        and row.by == by
        and row.author_id != me
    )
