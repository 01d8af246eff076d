"""What is told of proposals beside their own row: who wrote them, who vouches for whom, pictures,
and what the reader has to do with them. Five queries for any number of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from node.aid.agreements import OPEN
from node.aid.proposals import Proposal
from node.social.accounts import Actor
from node.store import actors as actors_store
from node.store import pictures
from node.store.pictures import Picture
from node.store.proposals import COLUMNS, FROM, read
from node.store.silences import not_silenced
from node.store.tables import actors, agreements, blocks, objects, proposals, unconfirmed, vouches
from node.store.transaction import Transaction

_ANSWERED = tuple(sorted(state.value for state in OPEN))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who reads, as far as it matters for what is shown."""

    actor_id: int | None = None
    mediator: bool = False
    local: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A proposal with all that is told of it."""

    proposal: Proposal
    author: Actor
    vouched: bool
    """Somebody vouches for its author."""
    local: bool
    url: str | None
    content: str
    """HTML, cleaned."""
    pictures: Sequence[Picture]
    unconfirmed_since: float | None
    voucher: str | None
    """Origin of the neighbour whose word it is, while its own node has not confirmed it."""
    answer_id: int | None
    """The reader's own agreement about it, where one is open."""
    reader_vouched: bool


def entries(
    tx: Transaction,
    ids: Collection[int],
    reader: Reader,
    *,
    unlisted: bool = False,
    addressed: bool = False,
) -> dict[int, Entry]:
    """By id, those that this reader may see. `unlisted`: also what is not listed, for its author
    and for mediators; `addressed`: asked for by its id, so that only suspension and blocks count,
    not silence."""
    if not ids:
        return {}
    statement = (
        sa.select(
            *COLUMNS,
            objects.c.author_id,
            objects.c.local,
            objects.c.url,
            objects.c.content,
            unconfirmed.c.since,
            unconfirmed.c.voucher,
        )
        .select_from(FROM.outerjoin(unconfirmed, unconfirmed.c.object_id == objects.c.id))
        .where(
            proposals.c.object_id.in_(list(ids)),
            _may_see(reader, unlisted=unlisted, addressed=addressed),
        )
    )
    rows = tx.all(statement)
    found = [read(row) for row in rows]
    people = actors_store.by_ids(tx, {row.author_id for row in rows})
    backed = _vouched(tx, {row.author_id for row in rows} | {reader.actor_id or 0})
    images = pictures.of_objects(tx, [one.id for one in found])
    answered = _answered(tx, [one.id for one in found], reader)
    return {
        one.id: Entry(
            proposal=one,
            author=people[row.author_id],
            vouched=row.author_id in backed,
            local=bool(row.local),
            url=row.url,
            content=row.content,
            pictures=images.get(one.id, ()),
            unconfirmed_since=row.since,
            voucher=row.voucher,
            answer_id=answered.get(one.id),
            reader_vouched=reader.actor_id in backed,
        )
        for row, one in zip(rows, found, strict=True)
    }


def _may_see(reader: Reader, *, unlisted: bool, addressed: bool) -> sa.ColumnElement[bool]:
    author = objects.c.author_id
    conditions: list[sa.ColumnElement[bool]] = [
        actors.c.suspended_at.is_(None),
        actors.c.gone_at.is_(None),
    ]
    if not addressed:
        conditions.append(not_silenced(author))
    if reader.actor_id is not None:
        conditions.append(not_blocked(author, reader.actor_id))
    if not (unlisted and reader.mediator):
        conditions += [proposals.c.shown.is_(True), objects.c.visibility == "public"]
    seen = sa.and_(*conditions)
    if reader.actor_id is None:
        return seen
    return sa.or_(seen, author == reader.actor_id)


def not_blocked(author: sa.ColumnElement[int], reader_id: int) -> sa.ColumnElement[bool]:
    """Nobody of the two blocked the other. As sets: a person's blocks are few."""
    by_reader = sa.select(blocks.c.target_id).where(blocks.c.actor_id == reader_id)
    of_reader = sa.select(blocks.c.actor_id).where(blocks.c.target_id == reader_id)
    return sa.and_(author.not_in(by_reader), author.not_in(of_reader))


def _vouched(tx: Transaction, account_ids: Collection[int]) -> set[int]:
    rows = tx.all(
        sa.select(vouches.c.account_id)
        .distinct()
        .where(vouches.c.account_id.in_(list(account_ids)))
    )
    return {row.account_id for row in rows}


def _answered(tx: Transaction, ids: Sequence[int], reader: Reader) -> dict[int, int]:
    if reader.actor_id is None or not ids:
        return {}
    rows = tx.all(
        sa.select(agreements.c.proposal_id, agreements.c.id).where(
            agreements.c.proposal_id.in_(ids),
            agreements.c.answerer_id == reader.actor_id,
            agreements.c.state.in_(_ANSWERED),
        )
    )
    return {row.proposal_id: row.id for row in rows}
