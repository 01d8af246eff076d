"""Proposals as stored: local ones, and those that neighbours passed on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from node.aid.lifecycle import LIVE as LIVE_STATES
from node.aid.lifecycle import State
from node.aid.proposals import Proposal, Purpose, Reach, Urgency
from node.store.silences import not_silenced
from node.store.tables import actors, hashtags, objects, proposals, unconfirmed
from node.store.transaction import Transaction
from node.store.upsert import insert_new

LIVE = tuple(sorted(state.value for state in LIVE_STATES))


@dataclass(frozen=True, slots=True)
class Stored:
    """A proposal and what the node keeps beside it."""

    proposal: Proposal
    shown: bool
    create_activity: str | None
    """JSON text as its author signed it, to be passed on as it is."""
    update_activity: str | None
    """The latest Update, likewise."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A proposal as people see it in a list."""

    proposal: Proposal
    url: str | None
    local: bool
    author_name: str
    author_username: str
    author_domain: str
    content: str
    unconfirmed_since: float | None
    voucher: str | None
    """Origin of the neighbour whose word it is, while its own node has not confirmed it."""


_COLUMNS = (
    objects.c.id,
    objects.c.uri,
    actors.c.uri.label("author_uri"),
    proposals.c.purpose,
    proposals.c.topic,
    proposals.c.mode,
    proposals.c.title,
    proposals.c.text,
    proposals.c.urgency,
    proposals.c.reach,
    proposals.c.reach_m,
    proposals.c.quantity,
    proposals.c.available,
    proposals.c.unit,
    proposals.c.language,
    proposals.c.state,
    objects.c.published,
    sa.func.coalesce(objects.c.updated, objects.c.published).label("changed"),
    proposals.c.expires_at,
    proposals.c.due,
    proposals.c.cell,
    proposals.c.latitude,
    proposals.c.longitude,
    proposals.c.radius_m,
    proposals.c.origin,
    proposals.c.in_scope_of,
)
_FROM = proposals.join(objects, objects.c.id == proposals.c.object_id).join(
    actors, actors.c.id == objects.c.author_id
)
_BY_ID = (
    sa.select(
        *_COLUMNS, proposals.c.shown, proposals.c.create_activity, proposals.c.update_activity
    )
    .select_from(_FROM)
    .where(proposals.c.object_id == sa.bindparam("id"))
)


def _proposal(row: Sequence[Any]) -> Proposal:
    (
        identifier, uri, author_uri, purpose, topic, mode, title, text, urgency, reach, reach_m,
        quantity, available, unit, language, state, published, changed, expires_at, due, cell,
        latitude, longitude, radius_m, origin, in_scope_of,
    ) = row[: len(_COLUMNS)]  # fmt: skip
    return Proposal(
        id=identifier,
        uri=uri,
        author_uri=author_uri,
        purpose=Purpose(purpose),
        topic=topic,
        mode=mode,
        title=title,
        text=text,
        urgency=Urgency(urgency),
        reach=Reach(reach),
        reach_m=reach_m,
        quantity=quantity,
        available=available,
        unit=unit,
        language=language,
        state=State(state),
        created=published,
        updated=changed,
        expires_at=expires_at,
        due=due,
        cell=cell or "",
        lat=latitude or 0.0,
        lon=longitude or 0.0,
        radius_m=radius_m or 0,
        origin=origin,
        in_scope_of=in_scope_of,
    )


def _columns(proposal: Proposal) -> dict[str, Any]:
    placed = bool(proposal.cell)
    return {
        "purpose": proposal.purpose.value,
        "topic": proposal.topic,
        "mode": proposal.mode,
        "title": proposal.title,
        "text": proposal.text,
        "language": proposal.language,
        "state": proposal.state.value,
        "urgency": proposal.urgency.value,
        "reach": proposal.reach.value,
        "reach_m": proposal.reach_m,
        "quantity": proposal.quantity,
        "available": proposal.available,
        "unit": proposal.unit,
        "latitude": proposal.lat if placed else None,
        "longitude": proposal.lon if placed else None,
        "radius_m": proposal.radius_m if placed else None,
        "cell": proposal.cell or None,
        "due": proposal.due,
        "expires_at": proposal.expires_at,
        "in_scope_of": proposal.in_scope_of,
        "origin": proposal.origin,
    }


def insert(
    tx: Transaction, proposal: Proposal, *, shown: bool, create_activity: str | None
) -> bool:
    """Its object must be stored first. False when it is there already."""
    return insert_new(
        tx,
        proposals,
        {
            "object_id": proposal.id,
            "shown": shown,
            "create_activity": create_activity,
            **_columns(proposal),
        },
    )


def by_id(tx: Transaction, object_id: int) -> Stored | None:
    row = tx.first(_BY_ID, {"id": object_id})
    if row is None:
        return None
    return Stored(_proposal(row), bool(row.shown), row.create_activity, row.update_activity)


def update(tx: Transaction, proposal: Proposal, *, update_activity: str | None) -> None:
    """What the author changed, with the Update that says so."""
    tx.execute(
        sa.update(proposals)
        .where(proposals.c.object_id == proposal.id)
        .values(update_activity=update_activity, **_columns(proposal))
    )


def show(tx: Transaction, object_id: int, *, create_activity: str | None) -> None:
    """A neighbour passed it on: list it, and keep what may be passed further."""
    values: dict[str, Any] = {"shown": True}
    if create_activity is not None:
        values["create_activity"] = create_activity
    tx.execute(sa.update(proposals).where(proposals.c.object_id == object_id).values(**values))


def hide(tx: Transaction, object_id: int) -> None:
    """Off the list, until somebody passes it on again."""
    tx.execute(sa.update(proposals).where(proposals.c.object_id == object_id).values(shown=False))


def hide_vouched(tx: Transaction, *, voucher: str) -> None:
    """Off the list: all that is known by one neighbour's word alone."""
    known_so = sa.select(unconfirmed.c.object_id).where(unconfirmed.c.voucher == voucher)
    tx.execute(sa.update(proposals).where(proposals.c.object_id.in_(known_so)).values(shown=False))


def listed(
    tx: Transaction,
    *,
    now: float,
    live_only: bool = True,
    local: bool | None = None,
    object_id: int | None = None,
    author_id: int | None = None,
    tag: str | None = None,
    before: int | None = None,
    most: int = 40,
) -> list[Listed]:
    """What this node shows now, newest first, in keyset pages by id.

    Expired ones are left out at the second, whether or not anybody said that they ended.
    """
    statement = (
        sa.select(
            *_COLUMNS,
            objects.c.url,
            objects.c.local,
            actors.c.name,
            actors.c.username,
            actors.c.domain,
            objects.c.content,
            unconfirmed.c.since,
            unconfirmed.c.voucher,
        )
        .select_from(_FROM.outerjoin(unconfirmed, unconfirmed.c.object_id == objects.c.id))
        .where(proposals.c.shown.is_(True), actors.c.suspended_at.is_(None))
        .order_by(proposals.c.object_id.desc())
        .limit(most)
    )
    if object_id is None and author_id is None:
        statement = statement.where(not_silenced(objects.c.author_id))
    if live_only:
        statement = statement.where(
            proposals.c.state.in_(LIVE),
            sa.or_(proposals.c.expires_at.is_(None), proposals.c.expires_at > now),
        )
    if local is not None:
        statement = statement.where(objects.c.local.is_(local))
    if object_id is not None:
        statement = statement.where(proposals.c.object_id == object_id)
    if author_id is not None:
        statement = statement.where(objects.c.author_id == author_id)
    if tag is not None:
        tagged = sa.select(hashtags.c.object_id).where(hashtags.c.slug == tag)
        statement = statement.where(proposals.c.object_id.in_(tagged))
    if before is not None:
        statement = statement.where(proposals.c.object_id < before)
    found = []
    for row in tx.all(statement):
        url, own, name, username, domain, content, since, voucher = row[len(_COLUMNS) :]
        found.append(
            Listed(_proposal(row), url, bool(own), name, username, domain, content, since, voucher)
        )
    return found


def expired(tx: Transaction, *, now: float, most: int = 100) -> list[int]:
    """Local live proposals whose time is over: their object ids."""
    rows = tx.all(
        sa.select(proposals.c.object_id)
        .join(objects, objects.c.id == proposals.c.object_id)
        .where(
            objects.c.local.is_(True),
            proposals.c.state.in_(LIVE),
            proposals.c.expires_at.is_not(None),
            proposals.c.expires_at <= now,
        )
        .order_by(proposals.c.expires_at)
        .limit(most)
    )
    return [row.object_id for row in rows]


def next_expiry(tx: Transaction) -> float | None:
    """When the next local live proposal expires."""
    when: float | None = tx.scalar(
        sa.select(sa.func.min(proposals.c.expires_at))
        .join(objects, objects.c.id == proposals.c.object_id)
        .where(
            objects.c.local.is_(True),
            proposals.c.state.in_(LIVE),
            proposals.c.expires_at.is_not(None),
        )
    )
    return when


def mark_expired_remote(tx: Transaction, *, now: float) -> int:
    """Copies from elsewhere whose time is over, even if the closing message was lost."""
    return tx.execute(
        sa.update(proposals)
        .where(
            proposals.c.state.in_(LIVE),
            proposals.c.expires_at.is_not(None),
            proposals.c.expires_at <= now,
            sa.exists().where(objects.c.id == proposals.c.object_id, objects.c.local.is_(False)),
        )
        .values(state="expired")
    ).rowcount


def to_offer(tx: Transaction, *, now: float, most: int = 500) -> list[int]:
    """Object ids of what is live and shown here: what a new neighbour is offered."""
    rows = tx.all(
        sa.select(proposals.c.object_id)
        .where(
            proposals.c.shown.is_(True),
            proposals.c.state.in_(LIVE),
            sa.or_(proposals.c.expires_at.is_(None), proposals.c.expires_at > now),
            proposals.c.create_activity.is_not(None),
        )
        .order_by(proposals.c.object_id.desc())
        .limit(most)
    )
    return sorted(row.object_id for row in rows)
