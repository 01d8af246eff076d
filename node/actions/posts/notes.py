"""The Note, or the Question, that a post is on the wire, and whom it is addressed to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import orjson

from node.actions import quoting
from node.actions.voting import question
from node.activitypub.vocabulary import OUR_CONTEXT, PUBLIC
from node.clock import to_iso
from node.outbox.here import Here
from node.outbox.publish import Document
from node.social import writing
from node.social.accounts import Actor
from node.social.posts import Post
from node.social.statuses import Status
from node.social.visibility import Visibility
from node.social.writing import Mentioned
from node.store.pictures import Picture
from node.store.polls import Poll
from node.store.quotes import Quote


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a post is for."""

    to: tuple[str, ...]
    cc: tuple[str, ...]
    people: tuple[Actor, ...]
    """Who is named, each once."""

    @property
    def named(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.to, *self.cc)))


@dataclass(frozen=True, slots=True)
class Content:
    """All that a post is made of, looked up."""

    id: int
    post: Post
    people: Mapping[str, Actor]
    """By the handle as it was typed."""
    published: float
    also: tuple[Actor, ...] = ()
    """Who was named before it was changed, and hears of it still."""
    updated: float | None = None
    replied: Status | None = None
    pictures: Sequence[Picture] = ()
    poll: Poll | None = None
    quoted: Status | None = None
    quote: Quote | None = None


def audience_of(here: Here, author: Actor, content: Content) -> Audience:
    """As Mastodon addresses."""
    found = {one.id: one for one in (*content.people.values(), *content.also)}
    people = tuple(found.values())
    named = tuple(one.uri for one in people if one.id != author.id)
    followers = here.addresses.followers_of(author.uri)
    match content.post.visibility:
        case Visibility.PUBLIC:
            return Audience((PUBLIC,), (followers, *named), people)
        case Visibility.UNLISTED:
            return Audience((followers,), (PUBLIC, *named), people)
        case Visibility.FOLLOWERS:
            return Audience((followers,), named, people)
        case _:
            return Audience(named, (), people)


def note_of(here: Here, author: Actor, content: Content, audience: Audience) -> Document:
    addresses, post = here.addresses, content.post
    uri = addresses.object(content.id)
    html = writing.to_html(
        post.text,
        {handle: mentioned(one) for handle, one in content.people.items()},
        addresses.tag,
    )
    replied = content.replied
    note: Document = {
        "@context": OUR_CONTEXT,
        "id": uri,
        "type": "Note",
        "attributedTo": author.uri,
        "to": list(audience.to),
        "cc": list(audience.cc),
        "published": to_iso(content.published),
        "url": addresses.page(author.username, content.id),
        "content": html,
        "contentMap": {post.language: html},
        "sensitive": post.sensitive,
        "tag": _tags(here, post, audience),
        "context": addresses.context(uri),
    }
    if content.updated is not None:
        note["updated"] = to_iso(content.updated)
    if post.spoiler:
        note["summary"] = post.spoiler
    if replied is not None:
        note["inReplyTo"] = replied.uri
        note["context"] = replied.context or note["context"]
    if post.visibility.open:
        note["replies"] = addresses.replies(uri)
    if content.pictures:
        note["attachment"] = [attachment(here, one) for one in content.pictures]
    if content.quote is not None and content.quoted is not None:
        note |= quoting.document(content.quote)
        inline = quote_inline(content.quoted)
        note |= {"content": inline + html, "contentMap": {post.language: inline + html}}
        note["tag"].append(quote_link(content.quote))
    if post.visibility.open:
        note["interactionPolicy"] = quoting.policy_document(here, author, post.quote_policy)
    if content.poll is not None:
        note |= question(content.poll)
    return note


def _tags(here: Here, post: Post, audience: Audience) -> list[dict[str, Any]]:
    tags: list[dict[str, Any]] = [
        {"type": "Mention", "href": one.uri, "name": f"@{one.handle}"} for one in audience.people
    ]
    tags += [
        {"type": "Hashtag", "href": here.addresses.tag(tag), "name": f"#{tag}"}
        for tag in writing.hashtags(post.text)
    ]
    return tags


def attachment(here: Here, picture: Picture) -> Document:
    """As Mastodon writes it: what it is stands in its media type."""
    made: Document = {
        "type": "Document",
        "mediaType": picture.media_type,
        "url": here.addresses.media(picture.name),
        "name": picture.alt,
    }
    if picture.width and picture.height:
        made |= {"width": picture.width, "height": picture.height}
    if picture.blurhash is not None:
        made["blurhash"] = picture.blurhash
    if picture.focus_x is not None and picture.focus_y is not None:
        made["focalPoint"] = [picture.focus_x, picture.focus_y]
    if picture.preview is not None and not picture.media_type.startswith("image/"):
        made["icon"] = {
            "type": "Image",
            "mediaType": "image/jpeg" if picture.preview.endswith(".jpg") else "image/png",
            "url": here.addresses.media(picture.preview),
        }
    return made


def quote_inline(quoted: Status) -> str:
    """For who shows no quotes."""
    href = escape(quoted.url or quoted.uri)
    return f'<p class="quote-inline">RE: <a href="{href}">{href}</a></p>'


def quote_link(quote: Quote) -> Document:
    """FEP-e232."""
    return {
        "type": "Link",
        "mediaType": 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"',
        "rel": "https://misskey-hub.net/ns#_misskey_quote",
        "href": quote.quoted_uri,
        "name": f"RE: {quote.quoted_uri}",
    }


def mentioned(somebody: Actor) -> Mentioned:
    return Mentioned(somebody.uri, somebody.url or somebody.uri, somebody.username)


def tags_of(post: Post) -> list[str]:
    return [tag.casefold() for tag in writing.hashtags(post.text)]


def status_of(author: Actor, content: Content, note: Document) -> Status:
    return Status(
        id=content.id,
        uri=str(note["id"]),
        local=True,
        type=str(note["type"]),
        author_id=author.id,
        visibility=content.post.visibility,
        name=None,
        content=str(note["content"]).removeprefix(
            quote_inline(content.quoted) if content.quoted is not None else ""
        ),
        summary=content.post.spoiler or None,
        language=content.post.language,
        sensitive=content.post.sensitive,
        url=str(note["url"]),
        in_reply_to=note.get("inReplyTo"),
        context=str(note["context"]),
        published=content.published,
        updated=content.updated,
        document=orjson.dumps(note).decode(),
    )
