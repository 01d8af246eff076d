"""Direct threads: one row for each person of ours who is in it."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from node.ids import new_id
from node.social.accounts import Actor
from node.social.statuses import Status
from node.store import calls, threads
from node.store.tables import accounts, actors, conversations, objects, recipients
from node.store.transaction import Row, Transaction
from node.store.upsert import insert_or_update

PEOPLE_MOST = 50
"""Of one thread, as apps show it."""


@dataclass(frozen=True, slots=True)
class Conversation:
    id: int
    last_object_id: int
    unread: bool
    participants: tuple[int, ...]
    """The others; none when somebody writes to themselves."""


_COLUMNS = (
    conversations.c.id,
    conversations.c.last_object_id,
    conversations.c.unread,
    conversations.c.participants,
)


def _conversation(row: Row) -> Conversation:
    return Conversation(row.id, row.last_object_id, bool(row.unread), tuple(row.participants))


def by_id(tx: Transaction, account_id: int, identifier: int) -> Conversation | None:
    row = tx.first(
        sa.select(*_COLUMNS).where(
            conversations.c.id == identifier, conversations.c.account_id == account_id
        )
    )
    return None if row is None else _conversation(row)


def page(
    tx: Transaction,
    account_id: int,
    *,
    below: int | None,
    above: int | None,
    upward: bool,
    most: int,
) -> list[Conversation]:
    """By their latest statuses, whose ids are the bounds; newest first."""
    last = conversations.c.last_object_id
    statement = sa.select(*_COLUMNS).where(conversations.c.account_id == account_id)
    if below is not None:
        statement = statement.where(last < below)
    if above is not None:
        statement = statement.where(last > above)
    rows = tx.all(statement.order_by(last.asc() if upward else last.desc()).limit(most))
    return sorted((_conversation(row) for row in rows), key=lambda one: -one.last_object_id)


def set_unread(tx: Transaction, account_id: int, identifier: int, *, unread: bool) -> bool:
    changed = tx.execute(
        sa.update(conversations)
        .where(conversations.c.id == identifier, conversations.c.account_id == account_id)
        .values(unread=unread)
    )
    return changed.rowcount > 0


def remove(tx: Transaction, account_id: int, identifier: int) -> bool:
    """From the list; the statuses stay, and with the next one it is back."""
    gone = tx.execute(
        sa.delete(conversations).where(
            conversations.c.id == identifier, conversations.c.account_id == account_id
        )
    )
    return gone.rowcount > 0


def statuses(tx: Transaction, me: Actor, identifier: int, *, most: int) -> list[int]:
    """Ids of what was said in a thread and may be read by `me`, whose row it is: the latest
    `most`, the oldest first. Who gives their statuses no context is found by what answers what."""
    row = tx.first(
        sa.select(conversations.c.context, objects.c.id, objects.c.in_reply_to)
        .join(objects, objects.c.id == conversations.c.last_object_id)
        .where(conversations.c.id == identifier, conversations.c.account_id == me.id)
    )
    if row is None:
        return []
    above = threads.ancestors(tx, row.in_reply_to, most=most)
    named = sa.exists().where(recipients.c.object_id == objects.c.id, recipients.c.uri == me.uri)
    rows = tx.all(
        sa.select(objects.c.id)
        .where(
            sa.or_(
                objects.c.context == row.context,
                objects.c.uri == row.context,
                objects.c.id.in_([row.id, *(one.id for one in above)]),
            ),
            objects.c.visibility == "direct",
            sa.or_(objects.c.author_id == me.id, named),
        )
        .order_by(objects.c.id.desc())
        .limit(most)
    )
    return [one.id for one in reversed(rows)]


def between(tx: Transaction, one: Actor, other: Actor, *, since: float, most: int) -> list[int]:
    """Ids of the direct statuses that two people wrote to each other, in whatever threads: the
    latest `most`, the oldest first."""
    parts = [
        sa.select(objects.c.id)
        .join(recipients, recipients.c.object_id == objects.c.id)
        .where(
            objects.c.author_id == author.id,
            objects.c.visibility == "direct",
            objects.c.published >= since,
            recipients.c.uri == reader.uri,
        )
        for author, reader in ((one, other), (other, one))
    ]
    found = sa.union(*parts).subquery()
    rows = tx.all(sa.select(found.c.id).order_by(found.c.id.desc()).limit(most))
    return [row.id for row in reversed(rows)]


# ── how they come about ──────────────────────────────────────────────────────────────────────


def said(tx: Transaction, status: Status) -> None:
    """A direct status was written: it is the latest of its thread, for everybody of ours in it."""
    people = _people(tx, status)
    ours = {row.id for row in people if row.has_account}
    everybody = {row.id for row in people}
    thread = status.context or _thread_of(tx, status) or status.uri
    for account_id in sorted(ours):
        others = sorted(everybody - {account_id})[:PEOPLE_MOST]
        identifier = new_id()
        before = tx.first(
            sa.select(conversations.c.id, conversations.c.last_object_id).where(
                conversations.c.account_id == account_id, conversations.c.context == thread
            )
        )
        if before is not None and before.last_object_id > status.id:
            continue
        insert_or_update(
            tx,
            conversations,
            {
                "id": identifier,
                "account_id": account_id,
                "context": thread,
                "last_object_id": status.id,
                "unread": account_id != status.author_id,
                "participants": others,
            },
            key=("account_id", "context"),
        )
        calls.talked(tx, account_id, before.id if before is not None else identifier)


def _people(tx: Transaction, status: Status) -> list[Row]:
    """The author and those to whom it is addressed, as far as they are known here."""
    named = sa.select(recipients.c.uri).where(recipients.c.object_id == status.id)
    return tx.all(
        sa.select(actors.c.id, accounts.c.actor_id.is_not(None).label("has_account"))
        .join(accounts, accounts.c.actor_id == actors.c.id, isouter=True)
        .where(sa.or_(actors.c.id == status.author_id, actors.c.uri.in_(named)))
    )


def _thread_of(tx: Transaction, status: Status) -> str | None:
    if status.in_reply_to is None:
        return None
    row = tx.first(
        sa.select(objects.c.context, objects.c.uri).where(objects.c.uri == status.in_reply_to)
    )
    return None if row is None else row.context or row.uri


def gone(tx: Transaction, status: Status) -> None:
    """Before a status goes: threads whose latest it is go back to the one before, or end."""
    rows = tx.all(
        sa.select(conversations.c.id, conversations.c.account_id, conversations.c.context).where(
            conversations.c.last_object_id == status.id
        )
    )
    for row in rows:
        earlier = _latest(tx, row.account_id, row.context, status.id)
        if earlier is None:
            tx.execute(sa.delete(conversations).where(conversations.c.id == row.id))
        else:
            tx.execute(
                sa.update(conversations)
                .where(conversations.c.id == row.id)
                .values(last_object_id=earlier)
            )


def _latest(tx: Transaction, account_id: int, thread: str, but: int) -> int | None:
    """The latest direct status of a thread that somebody wrote or was addressed in."""
    me = sa.select(actors.c.uri).where(actors.c.id == account_id).scalar_subquery()
    addressed = sa.exists().where(recipients.c.object_id == objects.c.id, recipients.c.uri == me)
    found: int | None = tx.scalar(
        sa.select(objects.c.id)
        .where(
            objects.c.context == thread,
            objects.c.visibility == "direct",
            objects.c.id != but,
            sa.or_(objects.c.author_id == account_id, addressed),
        )
        .order_by(objects.c.id.desc())
        .limit(1)
    )
    return found
