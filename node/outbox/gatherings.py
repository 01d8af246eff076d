"""A gathering's Event as it stands now, proven by the quartier, whose it is."""

from __future__ import annotations

from collections.abc import Mapping

import orjson

from node.aid.events import to_event, topic_tag
from node.outbox.here import Here
from node.outbox.publish import Document, prove
from node.store import gatherings, objects
from node.store.transaction import Transaction


def event_document(tx: Transaction, here: Here, object_id: int) -> Document | None:
    """Of a public gathering of ours that has a time; None for everything else."""
    gathering = gatherings.by_id(tx, object_id)
    status = objects.by_id(tx, object_id)
    if gathering is None or status is None:
        return None
    name = topic_tag(gathering.topic, gathering.language)
    event = to_event(
        gathering,
        group=here.quartier.uri,
        followers=here.addresses.followers_of(here.quartier.uri),
        quartier=here.settings.node.name,
        zone=here.settings.node.time_zone,
        tags=[(name, here.addresses.tag(name))],
        pictures=_pictures(orjson.loads(status.document)),
    )
    return prove(tx, here, here.quartier, event)


def _pictures(note: Mapping[str, object]) -> list[Mapping[str, object]]:
    """As the Note shows them."""
    attached = note.get("attachment")
    return [
        one
        for one in (attached if isinstance(attached, list) else [])
        if isinstance(one, dict) and one.get("url")
    ]
