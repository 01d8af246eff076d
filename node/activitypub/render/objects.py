"""Objects that are not help: what is left of a deleted one, and a plain message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from node.activitypub.vocabulary import OUR_CONTEXT
from node.clock import to_iso

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Recipient:
    uri: str
    handle: str
    """``lea@social.example``."""


def tombstone(*, object_id: str, former_type: str, deleted: float | None = None) -> Document:
    """What an address answers with 410 (ActivityPub §6.4); also the object of a Delete."""
    document: Document = {
        "@context": OUR_CONTEXT,
        "id": object_id,
        "type": "Tombstone",
        "formerType": former_type,
    }
    if deleted is not None:
        document["deleted"] = to_iso(deleted)
    return document


def direct_note(
    *,
    object_id: str,
    author: str,
    to: Sequence[Recipient],
    content: str,
    language: str,
    published: float,
    url: str | None = None,
    in_reply_to: str | None = None,
    conversation: str | None = None,
) -> Document:
    """A message to some actors only; ``content`` is HTML.

    Each is also mentioned: Mastodon takes a Note as a direct message, and tells its reader, by
    the mentions.
    """
    document: Document = {
        "@context": OUR_CONTEXT,
        "id": object_id,
        "type": "Note",
        "attributedTo": author,
        "to": [recipient.uri for recipient in to],
        "published": to_iso(published),
        "content": content,
        "contentMap": {language: content},
        "tag": [
            {"type": "Mention", "name": f"@{recipient.handle}", "href": recipient.uri}
            for recipient in to
        ],
    }
    if url is not None:
        document["url"] = url
    if in_reply_to is not None:
        document["inReplyTo"] = in_reply_to
    if conversation is not None:
        document["context"] = conversation
    return document
