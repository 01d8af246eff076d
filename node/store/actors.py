"""Actors, local and remote, and their keys."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from node.ids import new_id
from node.social.accounts import Actor
from node.store import name_search
from node.store.tables import (
    actor_keys,
    actors,
)
from node.store.transaction import Transaction
from node.store.upsert import insert_many, insert_or_update

_COLUMNS = (
    actors.c.id,
    actors.c.uri,
    actors.c.local,
    actors.c.type,
    actors.c.kind,
    actors.c.username,
    actors.c.domain,
    actors.c.name,
    actors.c.summary,
    actors.c.inbox,
    actors.c.shared_inbox,
    actors.c.outbox,
    actors.c.followers_uri,
    actors.c.following_uri,
    actors.c.featured_uri,
    actors.c.url,
    actors.c.icon_url,
    actors.c.header_url,
    actors.c.bot,
    actors.c.fields,
    actors.c.emojis,
    actors.c.manually_approves,
    actors.c.discoverable,
    actors.c.indexable,
    actors.c.moved_to,
    actors.c.also_known_as,
    actors.c.territory,
    actors.c.suspended_at,
    actors.c.gone_at,
    actors.c.created_at,
    actors.c.updated_at,
)

_BY_URI = sa.select(*_COLUMNS).where(actors.c.uri == sa.bindparam("uri"))
_BY_ID = sa.select(*_COLUMNS).where(actors.c.id == sa.bindparam("id"))
_KEY = sa.select(
    actor_keys.c.id, actor_keys.c.actor_id, actor_keys.c.algorithm, actor_keys.c.public
)


@dataclass(frozen=True, slots=True)
class KeyRow:
    id: str
    actor_id: int
    algorithm: str
    public: str
    """PEM for rsa, multibase for ed25519."""


@dataclass(frozen=True, slots=True)
class PrivateKeyRow:
    id: str
    algorithm: str
    public: str
    private: str


@dataclass(frozen=True, slots=True)
class ActorWritten:
    """Told after the commit: what is remembered of this actor is old."""

    actor_id: int


def _actor(row: sa.Row[Any]) -> Actor:
    return Actor(
        id=row.id,
        uri=row.uri,
        local=bool(row.local),
        type=row.type,
        kind=row.kind,
        username=row.username,
        domain=row.domain,
        name=row.name,
        summary=row.summary,
        inbox=row.inbox,
        shared_inbox=row.shared_inbox,
        outbox_uri=row.outbox,
        followers_uri=row.followers_uri,
        following_uri=row.following_uri,
        featured_uri=row.featured_uri,
        url=row.url,
        icon_url=row.icon_url,
        header_url=row.header_url,
        bot=bool(row.bot),
        fields=tuple(row.fields),
        emojis=tuple(row.emojis),
        manually_approves=bool(row.manually_approves),
        discoverable=bool(row.discoverable),
        indexable=bool(row.indexable),
        moved_to=row.moved_to,
        also_known_as=tuple(row.also_known_as),
        territory=row.territory,
        suspended=row.suspended_at is not None,
        gone=row.gone_at is not None,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def by_uri(tx: Transaction, uri: str) -> Actor | None:
    row = tx.first(_BY_URI, {"uri": uri})
    return None if row is None else _actor(row)


def by_id(tx: Transaction, identifier: int) -> Actor | None:
    row = tx.first(_BY_ID, {"id": identifier})
    return None if row is None else _actor(row)


def by_uris(tx: Transaction, uris: Iterable[str]) -> dict[str, Actor]:
    wanted = list(uris)
    if not wanted:
        return {}
    rows = tx.all(sa.select(*_COLUMNS).where(actors.c.uri.in_(wanted)))
    return {row.uri: _actor(row) for row in rows}


def by_ids(tx: Transaction, identifiers: Iterable[int]) -> dict[int, Actor]:
    wanted = list(identifiers)
    if not wanted:
        return {}
    rows = tx.all(sa.select(*_COLUMNS).where(actors.c.id.in_(wanted)))
    return {row.id: _actor(row) for row in rows}


def local_by_username(tx: Transaction, username: str) -> Actor | None:
    """One of ours, in whatever case the name is written: it is stored in lower case."""
    row = tx.first(
        sa.select(*_COLUMNS).where(actors.c.local.is_(True), actors.c.username == username.lower())
    )
    return None if row is None else _actor(row)


def document_of(tx: Transaction, identifier: int) -> str | None:
    """A remote actor's document as received; None for local ones."""
    text: str | None = tx.scalar(sa.select(actors.c.document).where(actors.c.id == identifier))
    return text


def fetched_at(tx: Transaction, uri: str) -> float | None:
    when: float | None = tx.scalar(sa.select(actors.c.fetched_at).where(actors.c.uri == uri))
    return when


def put(
    tx: Transaction,
    *,
    values: dict[str, Any],
    keys: Sequence[tuple[str, str, str, str | None]],
    now: float,
) -> int:
    """Insert an actor, or update the one with its uri; its keys are replaced. The row's id.

    `values` are columns without id and times; `keys` are (id, algorithm, public, private).
    """
    existing = tx.scalar(sa.select(actors.c.id).where(actors.c.uri == values["uri"]))
    if existing is None:
        insert_or_update(
            tx,
            actors,
            {"id": new_id(), "created_at": now, "updated_at": now, **values},
            key=("uri",),
        )
        existing = tx.scalar(sa.select(actors.c.id).where(actors.c.uri == values["uri"]))
    else:
        tx.execute(
            sa.update(actors)
            .where(actors.c.id == existing)
            .values(updated_at=now, gone_at=None, **values)
        )
        tx.execute(sa.delete(actor_keys).where(actor_keys.c.actor_id == existing))
    actor_id = int(existing)
    # Another actor's key id cannot be taken over: it is the primary key and the first one stays.
    insert_many(
        tx,
        actor_keys,
        [
            {
                "id": key_id,
                "actor_id": actor_id,
                "algorithm": algorithm,
                "public": public,
                "private": private,
                "fetched_at": now,
            }
            for key_id, algorithm, public, private in keys
        ],
    )
    name_search.keep_anew(tx, actor_id)
    tx.tell(ActorWritten(actor_id))
    return actor_id


def key_by_id(tx: Transaction, key_id: str) -> KeyRow | None:
    row = tx.first(_KEY.where(actor_keys.c.id == key_id))
    return None if row is None else KeyRow(*row)


def keys_of(tx: Transaction, actor_id: int) -> list[KeyRow]:
    return [KeyRow(*row) for row in tx.all(_KEY.where(actor_keys.c.actor_id == actor_id))]


def private_keys_of(tx: Transaction, actor_id: int) -> list[PrivateKeyRow]:
    rows = tx.all(
        sa.select(
            actor_keys.c.id, actor_keys.c.algorithm, actor_keys.c.public, actor_keys.c.private
        ).where(actor_keys.c.actor_id == actor_id, actor_keys.c.private.is_not(None))
    )
    return [PrivateKeyRow(*row) for row in rows]


def mark_moved(tx: Transaction, actor_id: int, target_uri: str) -> None:
    tx.execute(sa.update(actors).where(actors.c.id == actor_id).values(moved_to=target_uri))
    tx.tell(ActorWritten(actor_id))


def set_profile(tx: Transaction, actor_id: int, *, name: str, territory: str | None) -> None:
    tx.execute(
        sa.update(actors).where(actors.c.id == actor_id).values(name=name, territory=territory)
    )
    name_search.keep_anew(tx, actor_id)
    tx.tell(ActorWritten(actor_id))


def set_words(tx: Transaction, actor_id: int, /, *, now: float, **words: str) -> None:
    """The `name` or the `summary` (cleaned HTML) of a local actor."""
    tx.execute(sa.update(actors).where(actors.c.id == actor_id).values(updated_at=now, **words))
    name_search.keep_anew(tx, actor_id)
    tx.tell(ActorWritten(actor_id))


def set_columns(tx: Transaction, actor_id: int, /, *, now: float, **values: Any) -> None:
    """What a local actor says of itself: name, summary, fields, icon_url, bot, discoverable…"""
    tx.execute(sa.update(actors).where(actors.c.id == actor_id).values(updated_at=now, **values))
    name_search.keep_anew(tx, actor_id)
    tx.tell(ActorWritten(actor_id))


def group_territory(tx: Transaction, domain: str) -> str | None:
    """The territory that a quartier at a domain states, when we know its Group."""
    text: str | None = tx.scalar(
        sa.select(actors.c.territory).where(
            actors.c.domain == domain, actors.c.type == "Group", actors.c.territory.is_not(None)
        )
    )
    return text


def at_inbox(tx: Transaction, inbox: str) -> list[Actor]:
    """Those elsewhere who have an inbox as their own, and are not gone."""
    rows = tx.all(
        sa.select(*_COLUMNS).where(
            actors.c.inbox == inbox, actors.c.local.is_(False), actors.c.gone_at.is_(None)
        )
    )
    return [_actor(row) for row in rows]


def locals_of_kind(tx: Transaction, types: Sequence[str]) -> list[Actor]:
    rows = tx.all(
        sa.select(*_COLUMNS)
        .where(actors.c.local.is_(True), actors.c.type.in_(list(types)))
        .order_by(actors.c.id)
    )
    return [_actor(row) for row in rows]
