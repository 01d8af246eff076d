"""A status: anything somebody published that people read (note, article, proposal, video…)."""

from __future__ import annotations

from dataclasses import dataclass

from node.social.visibility import Visibility


@dataclass(frozen=True, slots=True)
class Status:
    id: int
    uri: str
    local: bool
    type: str
    """The AS2 type of its object."""
    author_id: int
    visibility: Visibility
    name: str | None
    content: str
    """Cleaned HTML."""
    summary: str | None
    language: str | None
    sensitive: bool
    url: str | None
    in_reply_to: str | None
    context: str | None
    published: float
    updated: float | None
    document: str
    """JSON text as received or as sent, with its proof."""
