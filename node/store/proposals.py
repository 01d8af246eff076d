"""Proposals as stored: local ones, and those that neighbours passed on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import sqlalchemy as sa

from node.store.tables import actors, objects, proposals, unconfirmed
from node.store.transaction import Transaction
from node.store.upsert import insert_new

LIVE = ("open", "partly-matched")


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """One row; the columns in their order. Times in seconds, lengths in metres."""

    object_id: int
    purpose: str
    topic: str
    mode: str
    title: str
    text: str
    language: str
    state: str
    urgency: str
    reach: str
    reach_m: int | None
    quantity: str
    available: str
    unit: str
    latitude: float | None
    longitude: float | None
    radius_m: int | None
    cell: str | None
    expires_at: float | None
    origin: str
    shown: bool
    create_activity: str | None
    update_activity: str | None


@dataclass(frozen=True, slots=True)
class Listed:
    """A proposal as people see it in a list."""

    proposal: ProposalRow
    uri: str
    url: str | None
    local: bool
    author_uri: str
    author_name: str
    author_username: str
    author_domain: str
    content: str
    published: float
    updated: float | None
    unconfirmed_since: float | None
    voucher: str | None


_NAMES = tuple(field.name for field in fields(ProposalRow))
_COLUMNS = tuple(proposals.c[name] for name in _NAMES)
_BY_ID = sa.select(*_COLUMNS).where(proposals.c.object_id == sa.bindparam("id"))


def _row(row: Sequence[Any]) -> ProposalRow:
    return ProposalRow(*row[: len(_NAMES)])


def insert(tx: Transaction, row: ProposalRow) -> bool:
    return insert_new(tx, proposals, {name: getattr(row, name) for name in _NAMES})


def by_id(tx: Transaction, object_id: int) -> ProposalRow | None:
    row = tx.first(_BY_ID, {"id": object_id})
    return None if row is None else _row(row)


def change(tx: Transaction, object_id: int, **columns: Any) -> None:
    tx.execute(sa.update(proposals).where(proposals.c.object_id == object_id).values(**columns))


def listed(
    tx: Transaction,
    *,
    now: float,
    live_only: bool = True,
    local: bool | None = None,
    object_id: int | None = None,
    author_id: int | None = None,
    before: int | None = None,
    most: int = 40,
) -> list[Listed]:
    """What this node shows now, newest first, in keyset pages by id.

    Expired ones are left out at the second, whether or not anybody said that they ended.
    """
    statement = (
        sa.select(
            *_COLUMNS,
            objects.c.uri,
            objects.c.url,
            objects.c.local,
            actors.c.uri.label("author_uri"),
            actors.c.name.label("author_name"),
            actors.c.username,
            actors.c.domain,
            objects.c.content,
            objects.c.published,
            objects.c.updated,
            unconfirmed.c.since,
            unconfirmed.c.voucher,
        )
        .join(objects, objects.c.id == proposals.c.object_id)
        .join(actors, actors.c.id == objects.c.author_id)
        .outerjoin(unconfirmed, unconfirmed.c.object_id == proposals.c.object_id)
        .where(proposals.c.shown.is_(True))
        .order_by(proposals.c.object_id.desc())
        .limit(most)
    )
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
    if before is not None:
        statement = statement.where(proposals.c.object_id < before)
    found = []
    for row in tx.all(statement):
        rest = list(row[len(_NAMES) :])
        rest[2] = bool(rest[2])
        found.append(Listed(_row(row), *rest))
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
            proposals.c.object_id.in_(sa.select(objects.c.id).where(objects.c.local.is_(False))),
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
