"""Proposals as stored: local ones, and those that neighbours passed on."""

from __future__ import annotations

from node.store.proposals.lists import Listed, listed, of_author, to_offer
from node.store.proposals.rows import (
    COLUMNS,
    FROM,
    LIVE,
    Stored,
    by_id,
    by_ids,
    has_published,
    hide,
    hide_vouched,
    insert,
    keep,
    read,
    show,
    update,
)
from node.store.proposals.times import (
    expired,
    mark_expired_remote,
    next_moment,
    opening_again,
    set_notice,
    to_remind,
)

__all__ = [
    "COLUMNS",
    "FROM",
    "LIVE",
    "Listed",
    "Stored",
    "by_id",
    "by_ids",
    "expired",
    "has_published",
    "hide",
    "hide_vouched",
    "insert",
    "keep",
    "listed",
    "mark_expired_remote",
    "next_moment",
    "of_author",
    "opening_again",
    "read",
    "set_notice",
    "show",
    "to_offer",
    "to_remind",
    "update",
]
