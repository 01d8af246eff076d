"""The ScheduledStatus entity."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from node.mastodon.entities.media import attachment
from node.mastodon.entities.times import moment
from node.outbox.here import Here
from node.store import pictures
from node.store.scheduled import Scheduled
from node.store.transaction import Transaction


def scheduled(tx: Transaction, here: Here, found: Sequence[Scheduled]) -> list[dict[str, Any]]:
    shown = pictures.of_objects(tx, [one.id for one in found])
    return [
        {
            "id": str(one.id),
            "scheduled_at": moment(one.at),
            "params": dict(one.fields),
            "media_attachments": [attachment(here, picture) for picture in shown.get(one.id, [])],
        }
        for one in found
    ]
