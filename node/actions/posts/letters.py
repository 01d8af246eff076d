"""A direct word to one or a few people, as the pages send it: the same as from an app."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from node.actions.posts.once import post_once
from node.errors import Invalid, NotFound
from node.outbox.here import Here
from node.social.accounts import Actor
from node.social.posts import Post
from node.social.statuses import Status
from node.social.visibility import Visibility
from node.store import blocks
from node.store.transaction import Transaction

WORDS_MAX: Final = 4_000
"""Characters: room is left for the names."""


def write_to(
    tx: Transaction,
    here: Here,
    author: Actor,
    people: Sequence[Actor],
    text: str,
    *,
    language: str,
    reply_to: int | None = None,
    key: str = "",
) -> Status:
    """Written to all of `people`, answering `reply_to` (the id of a status) where it goes on with
    a thread; with the same `key` once. Raises Invalid for no words or too many, and NotFound where
    none of them can be written to."""
    words = text.strip()
    if not words:
        raise Invalid("Écrivez votre message.")
    if len(words) > WORDS_MAX:
        raise Invalid(f"C’est trop long : {WORDS_MAX} caractères au plus.")
    reached = [
        one
        for one in people
        if not one.gone and not one.suspended and not blocks.between(tx, author.id, one.id)
    ]
    if not reached:
        raise NotFound("Cette personne ne peut plus recevoir de message ici.")
    handles = {one.username if one.local else one.handle: one for one in reached}
    named = " ".join(f"@{handle}" for handle in handles)
    post = Post(
        text=f"{named} {words}",
        visibility=Visibility.DIRECT,
        language=language,
        reply_to=reply_to,
    )
    made = post_once(tx, here, author, post, handles, key=key)
    if made.status is None:
        raise NotFound("Ce message est déjà envoyé.")
    return made.status
