"""Direct messages as they are read on a page: who, when, what."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from node.social.accounts import Actor
from node.store import actors, blocks, objects
from node.store.transaction import Transaction

_NAME: Final = r"<a [^<>]*>@(?:<span>)?[^<>]{1,200}(?:</span>)?</a>"
_NAMES: Final = re.compile(rf"^(<p>)?\s*(?:(?:<span[^<>]*>{_NAME}</span>|{_NAME})\s*)+")
"""To whom it goes, as programs write it at the head of a message."""


@dataclass(frozen=True, slots=True)
class Message:
    id: int
    mine: bool
    who: str
    content: Markup
    language: str
    at: float


def messages(
    tx: Transaction, me: Actor, ids: Sequence[int], *, but: str | None = None
) -> list[Message]:
    """Those statuses in their order, in three queries; without what people wrote who are blocked
    or suspended, and without the one of the IRI `but`."""
    found = objects.by_ids(tx, ids)
    people = actors.by_ids(tx, {one.author_id for one in found.values()})
    blocked = blocks.of(tx, me.id)
    return [
        Message(
            id=one.id,
            mine=one.author_id == me.id,
            who=author.name or author.username,
            content=unnamed(one.content),
            language=one.language or "",
            at=one.published,
        )
        for one in (found[number] for number in ids if number in found)
        if one.uri != but
        and (author := people.get(one.author_id)) is not None
        and not author.suspended
        and author.id not in blocked
    ]


def unnamed(content: str) -> Markup:
    """Cleaned HTML without the names at its head."""
    return Markup(_NAMES.sub(r"\1", content, count=1))  # noqa: S704 - cleaned when it was stored
