"""What went on in the quartier, in figures without names."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

import sqlalchemy as sa

from node.aid.lifecycle import LIVE, State
from node.store.tables import accounts, agreements, objects, proposals
from node.store.transaction import Transaction

MOST = 5_000


@dataclass(frozen=True, slots=True)
class Activity:
    """Since a moment; of what was published here."""

    open: int
    published: dict[str, int]
    """By group of topics."""
    done: dict[str, int]
    answers: int
    agreed: int
    first_answer_s: float | None
    """The median of how long it took until somebody answered; None where nobody did."""
    answers_timed: int
    """Of how many announcements that is the median."""
    newcomers: int
    members: int
    active: int
    """Members who published or answered something."""


def activity(tx: Transaction, *, since: float, now: float) -> Activity:
    local = objects.c.local.is_(True)
    joined = proposals.join(objects, objects.c.id == proposals.c.object_id)
    rows = tx.all(
        sa.select(proposals.c.topic, proposals.c.state, sa.func.count().label("many"))
        .select_from(joined)
        .where(local, objects.c.published >= since)
        .group_by(proposals.c.topic, proposals.c.state)
    )
    published: dict[str, int] = {}
    done: dict[str, int] = {}
    for row in rows:
        group = row.topic.partition(".")[0]
        published[group] = published.get(group, 0) + int(row.many)
        if row.state == State.DONE.value:
            done[group] = done.get(group, 0) + int(row.many)
    waits = sorted(
        float(row.first - row.published)
        for row in tx.all(
            sa.select(objects.c.published, sa.func.min(agreements.c.created_at).label("first"))
            .select_from(agreements.join(objects, objects.c.id == agreements.c.proposal_id))
            .where(local, objects.c.published >= since)
            .group_by(objects.c.id, objects.c.published)
            .limit(MOST)
        )
    )
    return Activity(
        open=_count(
            tx,
            joined,
            local,
            proposals.c.state.in_(LIVE),
            sa.or_(proposals.c.expires_at.is_(None), proposals.c.expires_at > now),
        ),
        published=published,
        done=done,
        answers=_count(tx, agreements, agreements.c.created_at >= since),
        agreed=_count(tx, agreements, agreements.c.accepted_at >= since),
        first_answer_s=median(waits) if waits else None,
        answers_timed=len(waits),
        newcomers=_count(tx, accounts, accounts.c.created_at >= since),
        members=_count(tx, accounts),
        active=_active(tx, since),
    )


def _active(tx: Transaction, since: float) -> int:
    """Members who did something with help since: counted once, whatever they did."""
    wrote = (
        sa.select(objects.c.author_id.label("id"))
        .join(proposals, proposals.c.object_id == objects.c.id)
        .where(objects.c.local.is_(True), objects.c.published >= since)
    )
    answered = sa.select(agreements.c.answerer_id.label("id")).where(
        agreements.c.created_at >= since
    )
    people = sa.union(wrote, answered).subquery()
    return int(
        tx.scalar(
            sa.select(sa.func.count())
            .select_from(people)
            .where(people.c.id.in_(sa.select(accounts.c.actor_id)))
        )
        or 0
    )


def _count(tx: Transaction, table: sa.FromClause, *where: sa.ColumnElement[bool]) -> int:
    return int(tx.scalar(sa.select(sa.func.count()).select_from(table).where(*where)) or 0)
