"""Somebody of ours publishes a post: the Note, whom it is for, and everybody who is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from node.activitypub import render
from node.activitypub.vocabulary import OUR_CONTEXT, PUBLIC
from node.clock import to_iso
from node.errors import NotFound
from node.ids import new_id
from node.outbox.here import Here
from node.outbox.publish import Document, prove, publish
from node.social import posts, writing
from node.social.accounts import Actor
from node.social.posts import Post
from node.social.statuses import Status
from node.social.visibility import Visibility
from node.social.writing import Mentioned
from node.store import actors, blocks, follows, objects
from node.store.transaction import Transaction

GONE = "Ce message n’est plus là, ou vous n’y avez pas accès."


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a post is for."""

    to: tuple[str, ...]
    cc: tuple[str, ...]
    people: tuple[Actor, ...]
    """Who is named."""

    @property
    def named(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.to, *self.cc)))


def publish_post(
    tx: Transaction, here: Here, author: Actor, post: Post, people: Mapping[str, Actor]
) -> Status:
    """Publish. ``people``: who was found by the handles in it. Raises Invalid, NotFound."""
    post = posts.check(post)
    replied = replied_to(tx, author, post.reply_to)
    people = {
        handle: one for handle, one in people.items() if not blocks.between(tx, author.id, one.id)
    }
    identifier, now = new_id(), here.clock.now()
    audience = audience_of(here, author, post, tuple(people.values()))
    note = note_of(here, author, post, identifier, people, audience, replied=replied, at=now)
    if post.visibility.open:
        note = prove(tx, here, author, note)
    status = status_of(author, post, note, identifier, now)
    addressed = () if post.visibility.open else audience.named
    objects.insert(tx, status, addressed=addressed, tags=tags_of(post))
    create = render.create(
        activity_id=here.addresses.activity(new_id()),
        actor=author.uri,
        object=note,
        to=audience.to,
        cc=audience.cc,
        published=now,
    )
    send(tx, here, author, create, post.visibility, audience, about=status.uri, replied=replied)
    return status


def replied_to(tx: Transaction, author: Actor, identifier: int | None) -> Status | None:
    """What it answers. Raises NotFound for what its author may not see."""
    if identifier is None:
        return None
    found = objects.by_id(tx, identifier)
    if found is None:
        raise NotFound(GONE)
    return found


def audience_of(here: Here, author: Actor, post: Post, people: tuple[Actor, ...]) -> Audience:
    """As Mastodon addresses."""
    named = tuple(dict.fromkeys(one.uri for one in people if one.id != author.id))
    followers = here.addresses.followers_of(author.uri)
    match post.visibility:
        case Visibility.PUBLIC:
            return Audience((PUBLIC,), (followers, *named), people)
        case Visibility.UNLISTED:
            return Audience((followers,), (PUBLIC, *named), people)
        case Visibility.FOLLOWERS:
            return Audience((followers,), named, people)
        case _:
            return Audience(named, (), people)


def note_of(
    here: Here,
    author: Actor,
    post: Post,
    identifier: int,
    people: Mapping[str, Actor],
    audience: Audience,
    *,
    replied: Status | None,
    at: float,
) -> Document:
    addresses = here.addresses
    uri = addresses.object(identifier)
    content = writing.to_html(
        post.text, {handle: mentioned(one) for handle, one in people.items()}, addresses.tag
    )
    tags: list[dict[str, Any]] = [
        {"type": "Mention", "href": one.uri, "name": f"@{one.handle}"}
        for one in {one.id: one for one in audience.people}.values()
    ]
    tags += [
        {"type": "Hashtag", "href": addresses.tag(tag), "name": f"#{tag}"}
        for tag in writing.hashtags(post.text)
    ]
    note: Document = {
        "@context": OUR_CONTEXT,
        "id": uri,
        "type": "Note",
        "attributedTo": author.uri,
        "to": list(audience.to),
        "cc": list(audience.cc),
        "published": to_iso(at),
        "url": addresses.page(author.username, identifier),
        "content": content,
        "contentMap": {post.language: content},
        "sensitive": post.sensitive,
        "tag": tags,
        "context": addresses.context(uri),
    }
    if post.spoiler:
        note["summary"] = post.spoiler
    if replied is not None:
        note["inReplyTo"] = replied.uri
        if replied.context is not None:
            note["context"] = replied.context
    if post.visibility.open:
        note["replies"] = addresses.replies(uri)
    return note


def mentioned(somebody: Actor) -> Mentioned:
    return Mentioned(somebody.uri, somebody.url or somebody.uri, somebody.username)


def tags_of(post: Post) -> list[str]:
    return [tag.casefold() for tag in writing.hashtags(post.text)]


def status_of(author: Actor, post: Post, note: Document, identifier: int, now: float) -> Status:
    return Status(
        id=identifier,
        uri=str(note["id"]),
        local=True,
        type=str(note["type"]),
        author_id=author.id,
        visibility=post.visibility,
        name=None,
        content=str(note["content"]),
        summary=post.spoiler or None,
        language=post.language,
        sensitive=post.sensitive,
        url=str(note["url"]),
        in_reply_to=note.get("inReplyTo"),
        context=str(note["context"]),
        published=now,
        updated=None,
        document=orjson.dumps(note).decode(),
    )


def send(
    tx: Transaction,
    here: Here,
    author: Actor,
    activity: Document,
    visibility: Visibility,
    audience: Audience,
    *,
    about: str,
    replied: Status | None = None,
) -> None:
    """To everybody whom it is for, and under what is open, to whoever wrote what it answers."""
    inboxes = [one.inbox for one in audience.people if not one.local]
    if visibility is not Visibility.DIRECT:
        inboxes += follows.follower_inboxes(tx, author.id)
    if replied is not None and visibility.open:
        whose = actors.by_id(tx, replied.author_id)
        if whose is not None and not whose.local:
            inboxes.append(whose.inbox)
    publish(
        tx,
        here,
        author,
        prove(tx, here, author, activity) if visibility.open else activity,
        inboxes=inboxes,
        about=about,
        public=visibility is Visibility.PUBLIC,
        sync=visibility is Visibility.FOLLOWERS,
    )
