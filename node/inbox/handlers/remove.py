"""Remove: an actor unpins one of its statuses. Who may: the owner of the collection."""

from __future__ import annotations

from node.activitypub.documents import Remove
from node.inbox.received import Applied, Ignored, Outcome, Received
from node.outbox.here import Here
from node.store import objects, pins
from node.store.transaction import Transaction


def apply(tx: Transaction, here: Here, activity: Remove, received: Received) -> Outcome:
    actor, uri = received.actor, activity.object.iri
    if activity.target is None or activity.target.iri != actor.featured_uri or uri is None:
        return Ignored("not its own featured collection")
    status = objects.by_uri(tx, uri)
    if status is None or not pins.remove(tx, actor_id=actor.id, object_id=status.id):
        return Ignored("it was not pinned")
    return Applied("unpinned")
