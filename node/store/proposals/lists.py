"""What people are shown of the proposals here."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

from node.aid.lifecycle import State
from node.aid.proposals import Proposal
from node.store.proposals.rows import COLUMNS, FROM, LIVE, read
from node.store.referrals import entrusted_to_us
from node.store.silences import not_silenced
from node.store.tables import actors, hashtags, objects, proposals, unconfirmed
from node.store.transaction import Transaction


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
            *COLUMNS,
            objects.c.url,
            objects.c.local,
            actors.c.name,
            actors.c.username,
            actors.c.domain,
            objects.c.content,
            unconfirmed.c.since,
            unconfirmed.c.voucher,
        )
        .select_from(FROM.outerjoin(unconfirmed, unconfirmed.c.object_id == objects.c.id))
        .where(proposals.c.shown.is_(True), actors.c.suspended_at.is_(None))
        .order_by(proposals.c.object_id.desc())
        .limit(most)
    )
    if object_id is None and author_id is None:
        statement = statement.where(not_silenced(objects.c.author_id))
    if live_only:
        statement = statement.where(
            sa.or_(proposals.c.state.in_(LIVE), entrusted_to_us(proposals.c.object_id)),
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
        url, own, name, username, domain, content, since, voucher = row[len(COLUMNS) :]
        found.append(
            Listed(read(row), url, bool(own), name, username, domain, content, since, voucher)
        )
    return found


def of_author(
    tx: Transaction,
    author_id: int,
    *,
    states: Collection[State] | None = None,
    before: int | None = None,
    most: int,
) -> list[Proposal]:
    """What somebody published, whatever became of it, newest first; with `states` only those."""
    statement = (
        sa.select(*COLUMNS)
        .select_from(FROM)
        .where(objects.c.author_id == author_id)
        .order_by(proposals.c.object_id.desc())
        .limit(most)
    )
    if states is not None:
        statement = statement.where(proposals.c.state.in_(sorted(one.value for one in states)))
    if before is not None:
        statement = statement.where(proposals.c.object_id < before)
    return [read(row) for row in tx.all(statement)]


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
