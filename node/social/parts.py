"""What an object shows beside its words, as apps show it: made once, when it is stored.

    {"mentions": […], "tags": […], "emojis": […], "attachments": […]}

in the shapes of Status::Mention, CustomEmoji and MediaAttachment; tags as their slugs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from node.activitypub.documents import ObjectDocument
from node.activitypub.documents.objects import Attachment
from node.social.accounts import Actor

NONE: Final[Mapping[str, Any]] = {"mentions": [], "tags": [], "emojis": [], "attachments": []}
_KINDS: Final = {"Image": "image", "Video": "video", "Audio": "audio"}


def parts(
    document: ObjectDocument,
    *,
    identifier: int,
    people: Mapping[str, Actor],
    attachments: Sequence[Mapping[str, Any]] | None = None,
) -> dict[str, Any]:
    """``people``: those who are mentioned and known here, by IRI; ``attachments``: of one
    of ours, whose pictures have rows of their own."""
    if attachments is None:
        attachments = [
            attachment(one, identifier=f"{identifier}{number:02d}")
            for number, one in enumerate(document.attachments)
        ]
    return {
        "mentions": [mention(people[one.href]) for one in document.mentions if one.href in people],
        "tags": slugs(document),
        "emojis": [
            {
                "shortcode": one.name,
                "url": one.url,
                "static_url": one.url,
                "visible_in_picker": False,
                "category": None,
            }
            for one in document.emojis
        ],
        "attachments": list(attachments),
    }


def slugs(document: ObjectDocument) -> list[str]:
    return list(dict.fromkeys(tag.name.casefold() for tag in document.hashtags))


def mention(somebody: Actor) -> dict[str, str]:
    return {
        "id": str(somebody.id),
        "username": somebody.username,
        "url": somebody.url or somebody.uri,
        "acct": somebody.username if somebody.local else somebody.handle,
    }


def attachment(one: Attachment, *, identifier: str) -> dict[str, Any]:
    """The MediaAttachment of what lives elsewhere; it is shown from there."""
    kind = kind_of(one)
    return {
        "id": identifier,
        "type": kind,
        "url": one.url,
        "preview_url": one.url if kind == "image" else None,
        "remote_url": one.url,
        "preview_remote_url": None,
        "text_url": None,
        "meta": meta(kind, one.width, one.height, one.focus),
        "description": one.alt,
        "blurhash": one.blurhash,
    }


def kind_of(one: Attachment) -> str:
    head = (one.media_type or "").partition("/")[0]
    if one.media_type == "image/gif":
        return "image"
    return head if head in ("image", "video", "audio") else _KINDS.get(one.type, "unknown")


def meta(
    kind: str, width: int | None, height: int | None, focus: tuple[float, float] | None
) -> dict[str, Any]:
    made: dict[str, Any] = {}
    if focus is not None:
        made["focus"] = {"x": focus[0], "y": focus[1]}
    if width and height:
        size: dict[str, Any] = {"width": width, "height": height}
        whole = size | {"size": f"{width}x{height}", "aspect": width / height}
        if kind == "image":
            made["original"] = whole
            made["small"] = dict(whole)
        elif kind in ("video", "gifv"):  # what it is stands beside what it was made of
            made |= whole
            made["original"] = size
    return made
