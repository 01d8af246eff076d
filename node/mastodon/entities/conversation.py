"""The Conversation entity."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from node.mastodon.entities.account import accounts
from node.mastodon.entities.status import render
from node.outbox.here import Here
from node.social.accounts import Actor
from node.store import objects
from node.store.conversations import Conversation
from node.store.transaction import Transaction


def conversations(
    tx: Transaction, here: Here, me: Actor, found: Sequence[Conversation]
) -> list[dict[str, Any]]:
    """In a constant number of queries."""
    people = accounts(tx, here, {one for each in found for one in each.participants})
    statuses = objects.by_ids(tx, [one.last_object_id for one in found])
    shown = {int(entity["id"]): entity for entity in render(tx, here, me, list(statuses.values()))}
    return [
        {
            "id": str(one.id),
            "unread": one.unread,
            "accounts": [people[who] for who in one.participants if who in people],
            "last_status": shown.get(one.last_object_id),
        }
        for one in found
    ]
