"""A post is made once, however often an app asks for it with the same key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from node.actions import parts
from node.actions.posts.making import publish_post
from node.actions.posts.proposing import is_proposal, publish_asked
from node.ids import new_id
from node.outbox.here import Here
from node.social.accounts import Actor
from node.social.posts import Post
from node.social.statuses import Status
from node.store import objects, revisions, scheduled
from node.store.scheduled import Scheduled
from node.store.transaction import Transaction

KEY_MOST = 200
"""Characters of a key that count."""


@dataclass(frozen=True, slots=True)
class Made:
    """What is answered: a status, or one that is to come."""

    status: Status | None
    scheduled: Scheduled | None = None


def made_before(tx: Transaction, author: Actor, key: str, *, now: float) -> Made | None:
    """What was asked with this key in the last hour, if that is still there."""
    known = scheduled.asked(tx, author.id, key[:KEY_MOST], since=now - scheduled.KEPT_S)
    if known is None:
        return None
    if known.scheduled:
        made = Made(None, scheduled.by_id(tx, author.id, known.object_id))
    else:
        made = Made(objects.by_id(tx, known.object_id))
    if made == Made(None):
        scheduled.release(tx, author.id, key[:KEY_MOST])
        return None
    return made


def post_once(
    tx: Transaction,
    here: Here,
    author: Actor,
    post: Post,
    people: Mapping[str, Actor],
    *,
    key: str = "",
    app_id: int | None = None,
) -> Made:
    """Publish it as what it is: a proposal, an answer, a post. Raises what these raise."""
    now, identifier = here.clock.now(), new_id()
    if key:
        before = made_before(tx, author, key, now=now)
        if before is not None:
            return before
        if not scheduled.claim(tx, author.id, key[:KEY_MOST], identifier, scheduled=False, now=now):
            # Another process is just done with it
            return made_before(tx, author, key, now=now) or Made(None)
    if is_proposal(post):
        status = publish_asked(tx, here, author, post)
    else:
        status = publish_post(tx, here, author, post, people, identifier=identifier)
    if key and status.id != identifier:
        scheduled.settle(tx, author.id, key[:KEY_MOST], status.id)
    revisions.put_source(tx, status.id, text=post.text, spoiler=post.spoiler, app_id=app_id)
    if app_id is not None:
        parts.keep_own(tx, here, status.id)  # it names the app
    return Made(status)
