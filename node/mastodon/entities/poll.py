"""The Poll entity."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from node.mastodon.entities.times import maybe
from node.outbox.here import Here
from node.social.accounts import Actor
from node.store import objects
from node.store import polls as store
from node.store.polls import Poll
from node.store.transaction import Transaction


def polls(
    tx: Transaction, here: Here, ids: Collection[int], viewer: Actor | None
) -> dict[int, dict[str, Any]]:
    """By status; in two queries, or three when somebody is signed in."""
    found = store.by_ids(tx, ids)
    if not found:
        return {}
    chosen = store.own_choices(tx, list(found), viewer.id) if viewer is not None else {}
    own = objects.own_among(tx, list(found), viewer.id) if viewer is not None else set()
    now = here.clock.now()
    return {
        identifier: _poll(
            one, now, chosen.get(identifier), own=identifier in own, signed_in=viewer is not None
        )
        for identifier, one in found.items()
    }


def _poll(
    poll: Poll, now: float, chosen: list[int] | None, *, own: bool, signed_in: bool
) -> dict[str, Any]:
    over = poll.over(now)
    hidden = poll.hide_totals and not over and not own
    made: dict[str, Any] = {
        "id": str(poll.object_id),
        "expires_at": maybe(poll.expires_at),
        "expired": over,
        "multiple": poll.multiple,
        "votes_count": sum(one.votes for one in poll.options),
        "voters_count": poll.voters,
        "options": [
            {"title": one.title, "votes_count": None if hidden else one.votes}
            for one in poll.options
        ],
        "emojis": [],
    }
    if signed_in:
        made["voted"] = own or bool(chosen)
        made["own_votes"] = chosen or []
    return made
