"""What stands between us and a neighbouring quartier, and what each takes from the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from node.aid.proposals import Urgency
from node.aid.terms import EVERYTHING, PER_HOUR, Terms
from node.store.tables import actors, neighbour_hours, neighbours
from node.store.transaction import Row, Transaction
from node.store.upsert import insert_or_update

BELL_WAITS = "neighbours-wait"
_TOGETHER = ("joined", "paused")


@dataclass(frozen=True, slots=True)
class NeighbourRow:
    actor_id: int
    actor_uri: str
    inbox: str
    shared_inbox: str | None
    name: str
    domain: str
    state: str
    territory: str
    follow_uri: str | None
    created_at: float
    joined_at: float | None
    terms: Terms = EVERYTHING
    """What we take from it."""
    takes: Terms | None = None
    """What it takes from us; None where it did not say."""
    waits: bool = False
    """Something of ours waits until it takes more."""


_SELECT = sa.select(
    neighbours.c.actor_id,
    actors.c.uri,
    actors.c.inbox,
    actors.c.shared_inbox,
    actors.c.name,
    neighbours.c.domain,
    neighbours.c.state,
    neighbours.c.territory,
    neighbours.c.follow_uri,
    neighbours.c.created_at,
    neighbours.c.joined_at,
    neighbours.c.topics,
    neighbours.c.least_urgency,
    neighbours.c.review,
    neighbours.c.per_hour,
    neighbours.c.takes,
    neighbours.c.waits,
).join(actors, actors.c.id == neighbours.c.actor_id)


def _neighbour(row: Row) -> NeighbourRow:
    return NeighbourRow(
        actor_id=row.actor_id,
        actor_uri=row.uri,
        inbox=row.inbox,
        shared_inbox=row.shared_inbox,
        name=row.name,
        domain=row.domain,
        state=row.state,
        territory=row.territory,
        follow_uri=row.follow_uri,
        created_at=row.created_at,
        joined_at=row.joined_at,
        terms=Terms(
            topics=_topics(row.topics),
            least_urgency=Urgency(row.least_urgency),
            review=bool(row.review),
            per_hour=row.per_hour,
        ),
        takes=None if row.takes is None else _terms(row.takes),
        waits=bool(row.waits),
    )


def _terms(told: dict[str, Any]) -> Terms:
    return Terms(
        topics=_topics(told.get("topics")),
        least_urgency=Urgency(told.get("least_urgency", Urgency.LOW)),
        per_hour=int(told.get("per_hour", PER_HOUR)),
    )


def _topics(listed: list[str] | None) -> tuple[str, ...] | None:
    return None if listed is None else tuple(listed)


def every(tx: Transaction) -> list[NeighbourRow]:
    return [_neighbour(row) for row in tx.all(_SELECT.order_by(neighbours.c.created_at))]


def by_actor(tx: Transaction, actor_id: int) -> NeighbourRow | None:
    row = tx.first(_SELECT.where(neighbours.c.actor_id == actor_id))
    return None if row is None else _neighbour(row)


def by_uri(tx: Transaction, uri: str) -> NeighbourRow | None:
    row = tx.first(_SELECT.where(actors.c.uri == uri))
    return None if row is None else _neighbour(row)


def heard_at(tx: Transaction) -> dict[int, float]:
    """When there was last something of each: it was looked up, or passed something on."""
    rows = tx.all(
        sa.select(neighbours.c.actor_id, actors.c.fetched_at, neighbour_hours.c.began_at)
        .join(actors, actors.c.id == neighbours.c.actor_id)
        .outerjoin(
            neighbour_hours,
            sa.and_(
                neighbour_hours.c.neighbour_id == neighbours.c.actor_id,
                neighbour_hours.c.direction == "from",
            ),
        )
    )
    return {
        row.actor_id: max(row.fetched_at or 0.0, row.began_at or 0.0)
        for row in rows
        if row.fetched_at or row.began_at
    }


def not_seen(tx: Transaction, *, before: float, most: int) -> list[str]:
    """The Groups of neighbours that were not looked up at their origin since then."""
    rows = tx.all(
        sa.select(actors.c.uri)
        .join(neighbours, neighbours.c.actor_id == actors.c.id)
        .where(
            neighbours.c.state.in_(_TOGETHER),
            sa.or_(actors.c.fetched_at.is_(None), actors.c.fetched_at < before),
        )
        .order_by(actors.c.fetched_at)
        .limit(most)
    )
    return [row.uri for row in rows]


def territory_at(tx: Transaction, domain: str) -> str | None:
    """The territory of the neighbour at a domain, as on the wire."""
    text: str | None = tx.scalar(
        sa.select(neighbours.c.territory).where(neighbours.c.domain == domain)
    )
    return text


def put(
    tx: Transaction,
    *,
    actor_id: int,
    domain: str,
    state: str,
    territory: str,
    follow_uri: str | None,
    now: float,
) -> None:
    """Write what is between us and a quartier now.

    Since when we know it stays; since when we are joined stays through a pause.
    """
    known = by_actor(tx, actor_id)
    joined_at = known.joined_at if known is not None and state in _TOGETHER else None
    if joined_at is None and state == "joined":
        joined_at = now
    insert_or_update(
        tx,
        neighbours,
        {
            "actor_id": actor_id,
            "domain": domain,
            "state": state,
            "territory": territory,
            "follow_uri": follow_uri,
            "created_at": now,
            "joined_at": joined_at,
        },
        key=("actor_id",),
    )


def set_territory(tx: Transaction, actor_id: int, territory: str) -> None:
    tx.execute(
        sa.update(neighbours).where(neighbours.c.actor_id == actor_id).values(territory=territory)
    )


def set_terms(tx: Transaction, actor_id: int, terms: Terms) -> None:
    tx.execute(
        sa.update(neighbours)
        .where(neighbours.c.actor_id == actor_id)
        .values(
            topics=sa.null() if terms.topics is None else list(terms.topics),
            least_urgency=terms.least_urgency.value,
            review=terms.review,
            per_hour=terms.per_hour,
        )
    )


def set_takes(tx: Transaction, actor_id: int, takes: Terms | None) -> None:
    """What a neighbour says that it takes from us."""
    told = takes and {
        "topics": None if takes.topics is None else list(takes.topics),
        "least_urgency": takes.least_urgency.value,
        "per_hour": takes.per_hour,
    }
    tx.execute(
        sa.update(neighbours)
        .where(neighbours.c.actor_id == actor_id)
        .values(takes=sa.null() if told is None else told)
    )


def set_waits(tx: Transaction, actor_id: int, waits: bool) -> None:
    """Whether something of ours waits until a neighbour takes more."""
    tx.execute(sa.update(neighbours).where(neighbours.c.actor_id == actor_id).values(waits=waits))
    if waits:
        tx.ring(BELL_WAITS)


def remove(tx: Transaction, actor_id: int) -> bool:
    return tx.execute(sa.delete(neighbours).where(neighbours.c.actor_id == actor_id)).rowcount > 0
