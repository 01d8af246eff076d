"""Statuses are posted, changed and deleted."""

from __future__ import annotations

from typing import Any

from node.actions import naming, posting
from node.mastodon.method import Ask, Method
from node.mastodon.methods.shown import shown
from node.social import posts, writing
from node.social.posts import Post


async def create(ask: Ask) -> dict[str, Any]:
    """POST /api/v1/statuses."""
    me = ask.person.actor
    post = _post(ask)
    people = await naming.people_named(
        ask.store, ask.here, ask.remote, writing.handles(writing.clean(post.text))
    )
    status = await ask.store.write(posting.publish_post, ask.here, me, post, people)
    return await shown(ask, status)


def _post(ask: Ask) -> Post:
    read = ask.parameters
    return Post(
        text=read.text("status"),
        spoiler=read.text("spoiler_text"),
        visibility=posts.visibility_of(read.text("visibility") or "public"),
        language=posts.language_of(read.text("language") or ask.person.account.locale),
        sensitive=read.flag("sensitive"),
        reply_to=read.identifier("in_reply_to_id"),
        media=tuple(read.identifiers("media_ids")),
    )


METHODS = (Method("POST", "/api/v1/statuses", create, scope="write:statuses"),)
