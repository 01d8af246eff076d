"""What activities are about: notes, articles, events, videos, proposals, and their remains."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from node.activitypub.documents.parts import ADDRESSEES, Link, links, media_type, page, picture
from node.activitypub.html import LIMIT, from_plain
from node.activitypub.readers import (
    count,
    each,
    flag,
    ids,
    iri,
    language_map,
    moment,
    number,
    objects,
    one_id,
    same_origin,
    string,
    text,
    types,
    when,
)
from node.activitypub.rejected import Rejected

NAME_LIMIT: Final = 2048
TAGS: Final = 50
ATTACHMENTS: Final = 16
OPTIONS: Final = 50
URLS: Final = 64
_OBJECT_TYPES: Final = frozenset(
    {"Note", "Article", "Page", "Question", "Event", "Video", "Image", "Audio", "Document"}
    | {"Proposal", "Agreement", "Place"}
)
# Actors, keys and collections have documents of their own; none of them is a status.
_NOT_OBJECTS: Final = frozenset(
    {"Person", "Group", "Organization", "Application", "Service", "Multikey", "Key"}
    | {"Collection", "OrderedCollection", "CollectionPage", "OrderedCollectionPage"}
)
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
_MEDIA: Final = frozenset({"Document", "Image", "Video", "Audio", "Link"})
# FEP-e232: an object link in the tags, with one of these relations, is a quote
_QUOTING: Final = frozenset(
    {"https://misskey-hub.net/ns#_misskey_quote", "https://w3id.org/fep/044f#quote"}
)


@dataclass(frozen=True, slots=True)
class Hashtag:
    name: str
    """Without the ``#``, as written."""
    href: str | None


@dataclass(frozen=True, slots=True)
class Mention:
    href: str
    name: str | None


@dataclass(frozen=True, slots=True)
class Emoji:
    name: str
    """Without the colons."""
    url: str
    id: str | None


@dataclass(frozen=True, slots=True)
class Attachment:
    type: str
    url: str
    media_type: str | None
    alt: str | None
    blurhash: str | None
    width: int | None
    height: int | None
    focus: tuple[float, float] | None
    """Focal point, each from -1 to 1."""


@dataclass(frozen=True, slots=True)
class PollOption:
    name: str
    votes: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectDocument:
    id: str
    type: str
    attributed_to: str | None
    """The author; of the object's own origin."""
    group: str | None
    """The Group that PeerTube names as second author: the channel."""
    name: str | None
    content: str | None
    """Raw HTML; what came as plain text or Markdown is made HTML of."""
    content_map: dict[str, str]
    language: str | None
    """BCP 47: of the content, or as Lemmy, PeerTube and Mobilizon tell it."""
    summary: str | None
    source: str | None
    """What the author typed, where the server tells."""
    published: float | None
    updated: float | None
    start_time: float | None
    end_time: float | None
    in_reply_to: str | None
    context: str | None
    url: str | None
    """The page for people."""
    urls: tuple[Link, ...]
    to: tuple[str, ...]
    cc: tuple[str, ...]
    audience: tuple[str, ...]
    hashtags: tuple[Hashtag, ...]
    mentions: tuple[Mention, ...]
    emojis: tuple[Emoji, ...]
    attachments: tuple[Attachment, ...]
    sensitive: bool
    quote: str | None
    options: tuple[PollOption, ...]
    multiple: bool
    """Whether a poll takes several answers."""
    closed: float | None
    voters: int | None
    replies: str | None
    document: dict[str, Any]
    """The normalised whole, for ValueFlows and other further reading."""


@dataclass(frozen=True, slots=True)
class Tombstone:
    id: str
    former_type: str | None
    deleted: float | None
    document: dict[str, Any]


def _language(document: dict[str, Any]) -> str | None:
    """``inLanguage`` (Mobilizon), or ``language`` with an identifier (Lemmy, PeerTube)."""
    for key in ("inLanguage", "language"):
        for one in each(document.get(key)):
            told = string(one.get("identifier") if isinstance(one, dict) else one, 35)
            if told is not None and _LANGUAGE.fullmatch(told):
                return told
    return None


def parse_object(document: dict[str, Any]) -> ObjectDocument | Tombstone | Rejected:
    """The object that a normalised document describes. An author of another origin than the
    object's cannot have been said by the author: Rejected (FEP-fe34)."""
    names = types(document)
    name = iri(document.get("id"))
    if name is None:
        return Rejected("an object without an address")
    if not names:
        return Rejected("an object without a type")
    if "Tombstone" in names:
        return Tombstone(
            name, string(document.get("formerType"), 256), when(document.get("deleted")), document
        )
    if not _NOT_OBJECTS.isdisjoint(names):
        return Rejected(f"a {names[0]} is no object that somebody wrote")
    author, group = _authors(document.get("attributedTo"))
    if author is not None and not same_origin(author, name):
        return Rejected("an object of another origin than its author's")
    kind = next((one for one in names if one in _OBJECT_TYPES), names[0])
    found = links(document.get("url"), URLS)
    tags = document.get("tag")
    several = _options(document.get("anyOf"))
    contents = language_map(document, "content", LIMIT)
    return ObjectDocument(
        id=name,
        type=kind,
        attributed_to=author,
        group=group,
        name=text(document, "name", NAME_LIMIT),
        content=_content(document),
        content_map=contents,
        language=next(iter(contents), None) or _language(document),
        summary=text(document, "summary", LIMIT),
        source=_source(document.get("source")),
        published=when(document.get("published")),
        updated=when(document.get("updated")),
        start_time=moment(document.get("startTime")),
        end_time=moment(document.get("endTime")),
        in_reply_to=one_id(document.get("inReplyTo")),
        context=one_id(document.get("context")),
        url=page(found),
        urls=found,
        to=ids(document.get("to"), ADDRESSEES),
        cc=ids(document.get("cc"), ADDRESSEES),
        audience=ids(document.get("audience"), ADDRESSEES),
        hashtags=_hashtags(tags),
        mentions=_mentions(tags),
        emojis=emojis_in(tags),
        attachments=_attachments(document),
        sensitive=flag(document.get("sensitive")),
        quote=_quote(document),
        options=several or _options(document.get("oneOf")),
        multiple=bool(several),
        closed=moment(document.get("closed")),
        voters=count(document.get("votersCount")),
        replies=one_id(document.get("replies")),
        document=document,
    )


def _authors(value: Any) -> tuple[str | None, str | None]:
    """PeerTube attributes a video to a Person and to a Group; all others to one actor."""
    author = group = None
    for one in each(value):
        found = one_id(one)
        if isinstance(one, dict) and "Group" in types(one):
            group = group or found
        else:
            author = author or found
    return (author, group) if author is not None else (group, None)


def _content(document: dict[str, Any]) -> str | None:
    written = text(document, "content", LIMIT)
    if written is not None and media_type(document) in ("text/markdown", "text/plain"):
        return from_plain(written)
    return written


def _source(value: Any) -> str | None:
    for one in each(value):
        if isinstance(one, dict):
            return text(one, "content", LIMIT)
        return string(one, LIMIT)
    return None


def _hashtags(value: Any) -> tuple[Hashtag, ...]:
    found: dict[str, Hashtag] = {}
    for tag in objects(value, 4 * TAGS):
        name = (text(tag, "name", NAME_LIMIT) or "").strip().removeprefix("#")
        if "Hashtag" in types(tag) and name and len(found) < TAGS:
            found.setdefault(name.casefold(), Hashtag(name, one_id(tag.get("href"))))
    return tuple(found.values())


def _mentions(value: Any) -> tuple[Mention, ...]:
    found: dict[str, Mention] = {}
    for tag in objects(value, 4 * TAGS):
        href = one_id(tag.get("href"))
        if "Mention" in types(tag) and href is not None and len(found) < TAGS:
            found.setdefault(href, Mention(href, text(tag, "name", NAME_LIMIT)))
    return tuple(found.values())


def emojis_in(value: Any) -> tuple[Emoji, ...]:
    found: dict[str, Emoji] = {}
    for tag in objects(value, 4 * TAGS):
        name = (text(tag, "name", 256) or "").strip().strip(":")
        image = picture(tag.get("icon"))
        if "Emoji" in types(tag) and name and image is not None and len(found) < TAGS:
            found.setdefault(name, Emoji(name, image, iri(tag.get("id"))))
    return tuple(found.values())


def _attachments(document: dict[str, Any]) -> tuple[Attachment, ...]:
    found: list[Attachment] = []
    for one in objects(document.get("attachment"), 4 * ATTACHMENTS):
        kind = next((name for name in types(one) if name in _MEDIA), None)
        given = links(one.get("url"), 4) or links(one.get("href"), 1)
        if kind is None or not given or len(found) >= ATTACHMENTS:
            continue
        found.append(
            Attachment(
                kind,
                given[0].href,
                media_type(one) or given[0].media_type,
                text(one, "name", NAME_LIMIT) or text(one, "summary", NAME_LIMIT),
                string(one.get("blurhash"), 128),
                count(one.get("width")),
                count(one.get("height")),
                _focus(one.get("focalPoint")),
            )
        )
    return tuple(found)


def _focus(value: Any) -> tuple[float, float] | None:
    points = [number(one) for one in each(value)]
    if len(points) != 2 or points[0] is None or points[1] is None:
        return None
    return max(-1.0, min(1.0, points[0])), max(-1.0, min(1.0, points[1]))


def _quote(document: dict[str, Any]) -> str | None:
    for key in ("quote", "quoteUrl", "quoteUri", "_misskey_quote"):
        if (found := one_id(document.get(key))) is not None:
            return found
    for tag in objects(document.get("tag"), 4 * TAGS):
        if "Link" in types(tag) and any(rel in _QUOTING for rel in map(str, each(tag.get("rel")))):
            return one_id(tag.get("href"))
    return None


def _options(value: Any) -> tuple[PollOption, ...]:
    found: list[PollOption] = []
    for one in objects(value, OPTIONS):
        name = text(one, "name", NAME_LIMIT)
        if name is not None:
            replies = next(objects(one.get("replies"), 1), {})
            found.append(PollOption(name, count(replies.get("totalItems"))))
    return tuple(found)
