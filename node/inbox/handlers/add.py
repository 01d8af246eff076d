"""Add: an actor pins one of its statuses. Who may: the owner of the collection and the status."""

from __future__ import annotations

from node.actions.keeping import store_object
from node.activitypub.documents import Add
from node.activitypub.readers import same_origin
from node.inbox.received import Applied, Ignored, Missing, Outcome, Received
from node.outbox.here import Here
from node.store import graves, objects, pins
from node.store.transaction import Transaction


def apply(tx: Transaction, here: Here, activity: Add, received: Received) -> Outcome:
    actor, uri = received.actor, activity.object.iri
    if activity.target is None or activity.target.iri != actor.featured_uri or uri is None:
        return Ignored("not its own featured collection")
    status = objects.by_uri(tx, uri)
    if status is None:
        if not same_origin(uri, actor.uri) or graves.buried_by(tx, uri):
            return Ignored("not its own status")
        if uri in received.found.gone or uri in received.found.refused:
            return Ignored("the status cannot be had")
        fetched = received.found.objects.get(uri)
        if fetched is None:
            return Missing(objects=(uri,))
        if fetched.author.id != actor.id:
            return Ignored("not its own status")
        status = store_object(tx, fetched.document, fetched.author, fetched.text, now=received.now)
    if status is None or status.author_id != actor.id:
        return Ignored("not its own status")
    pins.add(tx, actor_id=actor.id, object_id=status.id, now=received.now)
    return Applied("pinned")
