"""Somebody leaves, or is gone: what they wrote and did goes, a bare row stays as a grave."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from node.store import follows, pictures, tallies
from node.store.actors import ActorWritten
from node.store.tables import (
    account_notes,
    actor_keys,
    actor_tallies,
    actors,
    blocks,
    endorsements,
    featured_tags,
    feed,
    list_feed,
    list_members,
    mutes,
    names,
    notification_requests,
    objects,
    pins,
    poll_votes,
    reactions,
    shares,
)
from node.store.transaction import Transaction


def retire_local(tx: Transaction, actor_id: int, *, now: float) -> None:
    """A local actor is deleted. Its keys stay, to sign what tells the others."""
    _delete_words(tx, actor_id)
    pictures.remove_of_owner(tx, actor_id)
    _end_deeds(tx, actor_id)
    tx.execute(
        sa.update(actors)
        .where(actors.c.id == actor_id)
        .values(gone_at=now, updated_at=now, **_BLANK)
    )
    tx.tell(ActorWritten(actor_id))


_BLANK: dict[str, Any] = {
    "name": "",
    "summary": "",
    "icon_url": None,
    "header_url": None,
    "fields": [],
    "emojis": [],
}
"""What is left of the profile of somebody who left."""

_DEEDS = (
    pins.c.actor_id,
    feed.c.shared_by,
    list_feed.c.shared_by,
    featured_tags.c.actor_id,
    poll_votes.c.actor_id,
    actor_tallies.c.actor_id,
    names.c.actor_id,
    # What others keep about them; but a block they keep: it may come back under the same name.
    list_members.c.actor_id,
    mutes.c.target_id,
    endorsements.c.target_id,
    account_notes.c.target_id,
    notification_requests.c.from_id,
    blocks.c.actor_id,
)


def _end_deeds(tx: Transaction, actor_id: int) -> None:
    follows.remove_all(tx, actor_id)
    _uncount(tx, actor_id)
    for column in _DEEDS:
        tx.execute(sa.delete(column.table).where(column == actor_id))


def _uncount(tx: Transaction, actor_id: int) -> None:
    """What they liked and shared counts no more."""
    liked = tx.all(
        sa.delete(reactions)
        .where(reactions.c.actor_id == actor_id)
        .returning(reactions.c.object_id, reactions.c.emoji)
    )
    for row in liked:
        if not row.emoji:
            tallies.status(tx, row.object_id, "likes", -1)
    shared = tx.all(
        sa.delete(shares).where(shares.c.actor_id == actor_id).returning(shares.c.object_id)
    )
    for row in shared:
        tallies.status(tx, row.object_id, "shares", -1)


def _delete_words(tx: Transaction, actor_id: int) -> None:
    """All they wrote; what they answered has so many answers less."""
    parent = objects.alias("parent")
    answered = tx.all(
        sa.select(parent.c.id, sa.func.count().label("many"))
        .join(objects, objects.c.in_reply_to == parent.c.uri)
        .where(objects.c.author_id == actor_id, objects.c.visibility.in_(("public", "unlisted")))
        .group_by(parent.c.id)
    )
    for row in answered:
        tallies.status(tx, row.id, "replies", -row.many)
    tx.execute(sa.delete(objects).where(objects.c.author_id == actor_id))


def forget(tx: Transaction, actor_id: int, *, now: float) -> list[str]:
    """An actor is gone: its words, deeds, follows and keys go, its bare row stays as a grave.

    Returns the uris of its objects.
    """
    uris = [
        row.uri for row in tx.all(sa.select(objects.c.uri).where(objects.c.author_id == actor_id))
    ]
    _delete_words(tx, actor_id)
    tx.execute(sa.delete(actor_keys).where(actor_keys.c.actor_id == actor_id))
    _end_deeds(tx, actor_id)
    tx.execute(
        sa.update(actors)
        .where(actors.c.id == actor_id)
        .values(
            **_BLANK,
            url=None,
            document=None,
            also_known_as=[],
            gone_at=now,
            updated_at=now,
        )
    )
    tx.tell(ActorWritten(actor_id))
    return uris
