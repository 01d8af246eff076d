"""What lies between a person of ours and others: all of it for a page, in a constant number of
queries; and lists of people in the order in which they came."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from node.store import mutes as mutes_store
from node.store.follows import ACCEPTED, PENDING
from node.store.tables import (
    account_notes,
    actors,
    blocks,
    domain_mutes,
    endorsements,
    follows,
    mutes,
)
from node.store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Following:
    """How one follows another."""

    accepted: bool
    shares: bool
    notify: bool
    languages: tuple[str, ...] | None


@dataclass(slots=True)
class Relations:
    """Of one person with some others, by their ids."""

    following: dict[int, Following] = field(default_factory=dict)
    followed_by: dict[int, bool] = field(default_factory=dict)
    """True: accepted; False: they asked."""
    blocking: set[int] = field(default_factory=set)
    blocked_by: set[int] = field(default_factory=set)
    muting: dict[int, tuple[bool, float | None]] = field(default_factory=dict)
    """(notifications too, until when)"""
    notes: dict[int, str] = field(default_factory=dict)
    endorsed: set[int] = field(default_factory=set)
    domain_muted: set[int] = field(default_factory=set)


def between(tx: Transaction, me: int, others: Collection[int], *, now: float) -> Relations:
    found, ids = Relations(), list(others)
    if not ids:
        return found
    for row in tx.all(
        sa.select(
            follows.c.follower_id,
            follows.c.target_id,
            follows.c.state,
            follows.c.shares,
            follows.c.notify,
            follows.c.languages,
        ).where(
            sa.or_(
                sa.and_(follows.c.follower_id == me, follows.c.target_id.in_(ids)),
                sa.and_(follows.c.target_id == me, follows.c.follower_id.in_(ids)),
            )
        )
    ):
        accepted = row.state == ACCEPTED
        if row.follower_id == me:
            languages = tuple(row.languages) if row.languages else None
            found.following[row.target_id] = Following(
                accepted, bool(row.shares), bool(row.notify), languages
            )
        else:
            found.followed_by[row.follower_id] = accepted
    for row in tx.all(
        sa.select(blocks.c.actor_id, blocks.c.target_id).where(
            sa.or_(
                sa.and_(blocks.c.actor_id == me, blocks.c.target_id.in_(ids)),
                sa.and_(blocks.c.target_id == me, blocks.c.actor_id.in_(ids)),
            )
        )
    ):
        if row.actor_id == me:
            found.blocking.add(row.target_id)
        else:
            found.blocked_by.add(row.actor_id)
    for row in tx.all(
        sa.select(mutes.c.target_id, mutes.c.notifications, mutes.c.expires_at).where(
            mutes.c.account_id == me, mutes.c.target_id.in_(ids), mutes_store.in_force(now)
        )
    ):
        found.muting[row.target_id] = (bool(row.notifications), row.expires_at)
    for row in tx.all(
        sa.select(account_notes.c.target_id, account_notes.c.text).where(
            account_notes.c.account_id == me, account_notes.c.target_id.in_(ids)
        )
    ):
        found.notes[row.target_id] = row.text
    found.endorsed = {
        row.target_id
        for row in tx.all(
            sa.select(endorsements.c.target_id).where(
                endorsements.c.account_id == me, endorsements.c.target_id.in_(ids)
            )
        )
    }
    found.domain_muted = {
        row.id
        for row in tx.all(
            sa.select(actors.c.id)
            .join(domain_mutes, domain_mutes.c.domain == actors.c.domain)
            .where(
                domain_mutes.c.account_id == me,
                actors.c.id.in_(ids),
                actors.c.local.is_(False),
            )
        )
    }
    return found


def set_following(
    tx: Transaction,
    *,
    follower_id: int,
    target_id: int,
    shares: bool,
    notify: bool,
    languages: Sequence[str] | None,
) -> None:
    """What of theirs the follower wants to see."""
    tx.execute(
        sa.update(follows)
        .where(follows.c.follower_id == follower_id, follows.c.target_id == target_id)
        .values(
            shares=shares,
            notify=notify,
            languages=list(languages) if languages else sa.null(),
        )
    )


# ── lists of people ──────────────────────────────────────────────────────────────────────────


def people(
    tx: Transaction,
    which: str,
    of: int,
    *,
    below: int | None,
    above: int | None,
    upward: bool,
    most: int,
) -> list[tuple[int, int]]:
    """``followers``, ``following`` or ``requests`` of somebody, newest first: (number, actor id).

    Who is gone or suspended is left out.
    """
    mine, others = (
        (follows.c.follower_id, follows.c.target_id)
        if which == "following"
        else (follows.c.target_id, follows.c.follower_id)
    )
    state = PENDING if which == "requests" else ACCEPTED
    statement = (
        sa.select(follows.c.id, others.label("other"))
        .join(actors, actors.c.id == others)
        .where(
            mine == of,
            follows.c.state == state,
            actors.c.suspended_at.is_(None),
            actors.c.gone_at.is_(None),
        )
    )
    if below is not None:
        statement = statement.where(follows.c.id < below)
    if above is not None:
        statement = statement.where(follows.c.id > above)
    order = follows.c.id.asc() if upward else follows.c.id.desc()
    rows = tx.all(statement.order_by(order).limit(most))
    return sorted(((row.id, row.other) for row in rows), reverse=True)


def at(tx: Transaction, me: int, domain: str, *, most: int) -> tuple[list[int], list[int]]:
    """Those of a server whom one follows, and those who follow one, asked for included."""
    there = sa.and_(actors.c.domain == domain, actors.c.local.is_(False))
    followed = tx.all(
        sa.select(follows.c.target_id)
        .join(actors, actors.c.id == follows.c.target_id)
        .where(follows.c.follower_id == me, there)
        .limit(most)
    )
    followers = tx.all(
        sa.select(follows.c.follower_id)
        .join(actors, actors.c.id == follows.c.follower_id)
        .where(follows.c.target_id == me, there)
        .limit(most)
    )
    return [row.target_id for row in followed], [row.follower_id for row in followers]


def requests_count(tx: Transaction, of: int) -> int:
    """How many asked to follow and wait for an answer."""
    return int(
        tx.scalar(
            sa.select(sa.func.count()).where(follows.c.target_id == of, follows.c.state == PENDING)
        )
        or 0
    )


def blocked(
    tx: Transaction,
    actor_id: int,
    *,
    below: int | None,
    above: int | None,
    upward: bool,
    most: int,
) -> list[int]:
    """Whom somebody blocked, by actor id, newest met first."""
    statement = sa.select(blocks.c.target_id).where(blocks.c.actor_id == actor_id)
    if below is not None:
        statement = statement.where(blocks.c.target_id < below)
    if above is not None:
        statement = statement.where(blocks.c.target_id > above)
    order = blocks.c.target_id.asc() if upward else blocks.c.target_id.desc()
    rows = tx.all(statement.order_by(order).limit(most))
    return sorted((row.target_id for row in rows), reverse=True)


def familiar(
    tx: Transaction, me: int, others: Collection[int], *, most: int
) -> dict[int, list[int]]:
    """Of each of the others, those of their followers whom one follows too."""
    ids = list(others)
    if not ids:
        return {}
    mine = follows.alias("mine")
    rows = tx.all(
        sa.select(follows.c.target_id, follows.c.follower_id)
        .join(
            mine,
            sa.and_(
                mine.c.target_id == follows.c.follower_id,
                mine.c.follower_id == me,
                mine.c.state == ACCEPTED,
            ),
        )
        .where(
            follows.c.target_id.in_(ids),
            follows.c.state == ACCEPTED,
            follows.c.follower_id != me,
        )
        .order_by(follows.c.target_id, follows.c.id.desc())
        .limit(most)
    )
    found: dict[int, list[int]] = {}
    for row in rows:
        found.setdefault(row.target_id, []).append(row.follower_id)
    return found
