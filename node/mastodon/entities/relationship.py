"""The Relationship entity: what lies between oneself and others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from node.mastodon.entities.times import maybe
from node.store import relations
from node.store.relations import Relations
from node.store.transaction import Transaction


def relationships(
    tx: Transaction, me: int, others: Sequence[int], *, now: float
) -> list[dict[str, Any]]:
    """In the order of the ids; in a constant number of queries."""
    found = relations.between(tx, me, others, now=now)
    return [_one(found, other) for other in others]


def relationship(tx: Transaction, me: int, other: int, *, now: float) -> dict[str, Any]:
    return relationships(tx, me, [other], now=now)[0]


def _one(found: Relations, other: int) -> dict[str, Any]:
    following = found.following.get(other)
    accepted = following is not None and following.accepted
    followed_by = found.followed_by.get(other)
    muting, until = found.muting.get(other, (False, None))
    return {
        "id": str(other),
        "following": accepted,
        "showing_reblogs": following is not None and following.shares,
        "notifying": following is not None and following.notify,
        "languages": list(following.languages) if following and following.languages else None,
        "followed_by": followed_by is True,
        "blocking": other in found.blocking,
        "blocked_by": other in found.blocked_by,
        "muting": other in found.muting,
        "muting_notifications": muting,
        "muting_expires_at": maybe(until),
        "requested": following is not None and not accepted,
        "requested_by": followed_by is False,
        "domain_blocking": other in found.domain_muted,
        "endorsed": other in found.endorsed,
        "note": found.notes.get(other, ""),
    }
