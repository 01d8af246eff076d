"""Statuses: what was said, by whom and to whom, and who heard of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from node.social.statuses import Status
from node.social.visibility import Visibility
from node.store import (
    calls,
    conversations,
    feed,
    graves,
    news,
    on_behalf,
    pictures,
    revisions,
    status_search,
    tallies,
)
from node.store.tables import (
    hashtags,
    objects,
    pins,
    recipients,
)
from node.store.transaction import Row, Transaction
from node.store.upsert import insert_many, insert_new

_COLUMNS = (
    objects.c.id,
    objects.c.uri,
    objects.c.local,
    objects.c.type,
    objects.c.author_id,
    objects.c.visibility,
    objects.c.name,
    objects.c.content,
    objects.c.summary,
    objects.c.language,
    objects.c.sensitive,
    objects.c.url,
    objects.c.in_reply_to,
    objects.c.context,
    objects.c.published,
    objects.c.updated,
    objects.c.document,
)

_BY_URI = sa.select(*_COLUMNS).where(objects.c.uri == sa.bindparam("uri"))
_BY_ID = sa.select(*_COLUMNS).where(objects.c.id == sa.bindparam("id"))


def _status(row: Row) -> Status:
    values: list[Any] = list(row)
    values[2] = bool(values[2])
    values[5] = Visibility(values[5])
    values[10] = bool(values[10])
    return Status(*values)


def by_uri(tx: Transaction, uri: str) -> Status | None:
    row = tx.first(_BY_URI, {"uri": uri})
    return None if row is None else _status(row)


def by_id(tx: Transaction, identifier: int) -> Status | None:
    row = tx.first(_BY_ID, {"id": identifier})
    return None if row is None else _status(row)


def by_ids(tx: Transaction, identifiers: Iterable[int]) -> dict[int, Status]:
    wanted = list(identifiers)
    if not wanted:
        return {}
    rows = tx.all(sa.select(*_COLUMNS).where(objects.c.id.in_(wanted)))
    return {row.id: _status(row) for row in rows}


def insert(
    tx: Transaction,
    status: Status,
    *,
    addressed: Iterable[str] = (),
    tags: Iterable[str] = (),
) -> bool:
    """Store a new status; False, with nothing changed, when its uri is there already.

    `addressed` are the recipients of one that is not public; `tags` are hashtag slugs.
    """
    fresh = insert_new(
        tx,
        objects,
        {
            "id": status.id,
            "uri": status.uri,
            "local": status.local,
            "type": status.type,
            "author_id": status.author_id,
            "visibility": status.visibility.value,
            "name": status.name,
            "content": status.content,
            "summary": status.summary,
            "language": status.language,
            "sensitive": status.sensitive,
            "url": status.url,
            "in_reply_to": status.in_reply_to,
            "context": status.context,
            "published": status.published,
            "updated": status.updated,
            "document": status.document,
            "to_other": _answers_another(tx, status),
        },
    )
    if fresh:
        slugs = set(tags)
        insert_many(tx, recipients, [{"object_id": status.id, "uri": u} for u in set(addressed)])
        _set_tags(tx, status.id, slugs)
        status_search.keep(tx, status.id, status.name, status.summary, status.content)
        _found_late(tx, status)
        feed.written(tx, status, slugs, news.mentioned(status.document))
        _count(tx, status, 1)
        calls.written(tx, status.id)
        if status.visibility is Visibility.DIRECT:
            conversations.said(tx, status)
        news.written(tx, status)
    return fresh


def _answers_another(tx: Transaction, status: Status) -> bool:
    """As far as is known: what it answers may not be here."""
    if status.in_reply_to is None:
        return False
    author = tx.scalar(sa.select(objects.c.author_id).where(objects.c.uri == status.in_reply_to))
    return bool(author != status.author_id)


def _found_late(tx: Transaction, status: Status) -> None:
    """Its author's own answers to it that were here before answer nobody else."""
    tx.execute(
        sa.update(objects)
        .where(objects.c.in_reply_to == status.uri, objects.c.author_id == status.author_id)
        .values(to_other=False)
    )


def _count(tx: Transaction, status: Status, by: int) -> None:
    """Of its author, and of what it answers; messages to single people count nowhere."""
    if status.visibility is Visibility.DIRECT:
        return
    tallies.actor(tx, status.author_id, "statuses", by)
    if by > 0:
        tallies.published(tx, status.author_id, status.published)
    if status.in_reply_to is not None and status.visibility.open:
        parent = tx.scalar(sa.select(objects.c.id).where(objects.c.uri == status.in_reply_to))
        if parent is not None:
            tallies.status(tx, parent, "replies", by)


def update(
    tx: Transaction,
    identifier: int,
    *,
    name: str | None,
    content: str,
    summary: str | None,
    language: str | None,
    sensitive: bool,
    updated: float | None,
    document: str,
    tags: Iterable[str] = (),
) -> None:
    """An edit: what was said changes; who said it, to whom and when does not. What it was before is
    kept."""
    before = by_id(tx, identifier)
    changed = before is not None and (before.content, before.summary, before.sensitive) != (
        content,
        summary,
        sensitive,
    )
    if changed:
        revisions.keep(tx, identifier)
    tx.execute(
        sa.update(objects)
        .where(objects.c.id == identifier)
        .values(
            name=name,
            content=content,
            summary=summary,
            language=language,
            sensitive=sensitive,
            updated=updated,
            document=document,
            parts=None,
        )
    )
    tx.execute(sa.delete(hashtags).where(hashtags.c.object_id == identifier))
    _set_tags(tx, identifier, tags)
    status_search.keep(tx, identifier, name, summary, content)
    calls.edited(tx, identifier)
    if before is not None and changed:
        news.edited(tx, replace(before, document=document))


def delete(tx: Transaction, status: Status, *, by: str, now: float) -> None:
    """Remove a status and all that hangs on it; its grave stays."""
    if status.visibility is Visibility.DIRECT:
        conversations.gone(tx, status)
    if tx.execute(sa.delete(objects).where(objects.c.id == status.id)).rowcount:
        _count(tx, status, -1)
        calls.gone(tx, status.id, open=status.visibility.open)
    pictures.remove_of_object(tx, status.id)
    on_behalf.purge(tx, status.id)
    graves.bury(
        tx,
        status.uri,
        by=by,
        now=now,
        # A grave that strangers may see would tell them that something private was there.
        local_id=status.id if status.local and status.visibility.open else None,
        type=status.type,
    )


def documents(tx: Transaction, identifiers: Iterable[int]) -> dict[int, str]:
    """As received or as sent."""
    rows = tx.all(
        sa.select(objects.c.id, objects.c.document).where(objects.c.id.in_(list(identifiers)))
    )
    return {row.id: row.document for row in rows}


def set_parts(tx: Transaction, identifier: int, parts: str, *, media: bool) -> None:
    """What is shown beside its words (`social.parts`), as JSON; `media`: pictures among it."""
    tx.execute(
        sa.update(objects).where(objects.c.id == identifier).values(parts=parts, media=media)
    )


def set_document(tx: Transaction, identifier: int, document: str) -> None:
    """What is served of it: counts that moved, and are no edit."""
    tx.execute(sa.update(objects).where(objects.c.id == identifier).values(document=document))


def address(tx: Transaction, identifier: int, uris: Iterable[str]) -> None:
    """More who may see what not everybody may."""
    insert_many(tx, recipients, [{"object_id": identifier, "uri": uri} for uri in set(uris)])


def _set_tags(tx: Transaction, identifier: int, tags: Iterable[str]) -> None:
    insert_many(tx, hashtags, [{"slug": slug, "object_id": identifier} for slug in set(tags)])


def recipients_of(tx: Transaction, identifier: int) -> set[str]:
    return {
        row.uri
        for row in tx.all(sa.select(recipients.c.uri).where(recipients.c.object_id == identifier))
    }


def latest(
    tx: Transaction,
    *,
    local: bool | None = None,
    author_id: int | None = None,
    public_only: bool = True,
    before: int | None = None,
    most: int = 40,
) -> list[Status]:
    """Newest first, in keyset pages by id."""
    statement = sa.select(*_COLUMNS).order_by(objects.c.id.desc()).limit(most)
    if local is not None:
        statement = statement.where(objects.c.local.is_(local))
    if author_id is not None:
        statement = statement.where(objects.c.author_id == author_id)
    if public_only:
        statement = statement.where(objects.c.visibility.in_(("public", "unlisted")))
    if before is not None:
        statement = statement.where(objects.c.id < before)
    return [_status(row) for row in tx.all(statement)]


def replies(tx: Transaction, uri: str, *, after: int | None, most: int) -> list[tuple[int, str]]:
    """Public replies to an object, oldest first: (id, uri)."""
    statement = (
        sa.select(objects.c.id, objects.c.uri)
        .where(objects.c.in_reply_to == uri, objects.c.visibility.in_(("public", "unlisted")))
        .order_by(objects.c.id)
        .limit(most)
    )
    if after is not None:
        statement = statement.where(objects.c.id > after)
    return [(row.id, row.uri) for row in tx.all(statement)]


def in_context(
    tx: Transaction, context: str, *, after: int | None, most: int
) -> list[tuple[int, str]]:
    """Public objects of a conversation, oldest first: (id, uri)."""
    statement = (
        sa.select(objects.c.id, objects.c.uri)
        .where(objects.c.context == context, objects.c.visibility.in_(("public", "unlisted")))
        .order_by(objects.c.id)
        .limit(most)
    )
    if after is not None:
        statement = statement.where(objects.c.id > after)
    return [(row.id, row.uri) for row in tx.all(statement)]


def own_among(tx: Transaction, ids: Sequence[int], author_id: int) -> set[int]:
    """Those of these that somebody wrote."""
    rows = tx.all(
        sa.select(objects.c.id).where(objects.c.id.in_(ids), objects.c.author_id == author_id)
    )
    return {row.id for row in rows}


def authors_of(tx: Transaction, uris: Sequence[str]) -> dict[str, int]:
    """Object uri → author id, of those that are here."""
    rows = tx.all(
        sa.select(objects.c.uri, objects.c.author_id).where(objects.c.uri.in_(list(uris)))
    )
    return {row.uri: row.author_id for row in rows}


def ids_of(tx: Transaction, uris: Sequence[str]) -> dict[str, int]:
    """Object uri → id, of those that are here."""
    if not uris:
        return {}
    rows = tx.all(sa.select(objects.c.uri, objects.c.id).where(objects.c.uri.in_(list(uris))))
    return {row.uri: row.id for row in rows}


def pinned(tx: Transaction, actor_id: int) -> list[Status]:
    rows = tx.all(
        sa.select(*_COLUMNS)
        .join(pins, pins.c.object_id == objects.c.id)
        .where(pins.c.actor_id == actor_id)
        .order_by(pins.c.added_at.desc())
        .limit(20)
    )
    return [_status(row) for row in rows]
