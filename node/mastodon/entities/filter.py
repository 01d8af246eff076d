"""The Filter entity, V1::Filter of older apps, and FilterResult."""

from __future__ import annotations

from typing import Any

from node.mastodon.entities.times import maybe
from node.social.filters import Filter, Keyword, Match


def summary(one: Filter) -> dict[str, Any]:
    return {
        "id": str(one.id),
        "title": one.title,
        "context": list(one.contexts),
        "expires_at": maybe(one.expires_at),
        "filter_action": one.action,
    }


def whole(one: Filter) -> dict[str, Any]:
    """With its rules."""
    return summary(one) | {
        "keywords": [keyword(word) for word in one.keywords],
        "statuses": [status(number, object_id) for number, object_id in one.statuses],
    }


def keyword(one: Keyword) -> dict[str, Any]:
    return {"id": str(one.id), "keyword": one.keyword, "whole_word": one.whole_word}


def status(number: int, object_id: int) -> dict[str, Any]:
    return {"id": str(number), "status_id": str(object_id)}


def old(one: Filter, word: Keyword) -> dict[str, Any]:
    """V1::Filter: a single word."""
    return {
        "id": str(word.id),
        "phrase": word.keyword,
        "context": list(one.contexts),
        "expires_at": maybe(one.expires_at),
        "irreversible": one.action == "hide",
        "whole_word": word.whole_word,
    }


def result(match: Match) -> dict[str, Any]:
    """FilterResult: which filter, and why."""
    return {
        "filter": summary(match.filter),
        "keyword_matches": list(match.words) or None,
        "status_matches": [str(one) for one in match.statuses] or None,
    }
