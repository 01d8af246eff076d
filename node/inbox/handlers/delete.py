"""Delete: something or somebody is gone.

Who may: an actor deletes itself and what it wrote. Where another of the same server says so (a
moderator there, a channel's owner), the origin is asked. What was never here is remembered, so
that a Create that comes late changes nothing.
"""

from __future__ import annotations

from node.actions import conversation, passing, quoting
from node.actions.departing import depart
from node.activitypub.documents import Delete
from node.activitypub.readers import same_origin
from node.inbox.handlers import agreement
from node.inbox.received import Applied, Ignored, Missing, Outcome, Received
from node.outbox.here import Here
from node.social.accounts import Actor
from node.social.statuses import Status
from node.store import graves, objects, proposals
from node.store.transaction import Transaction


def apply(tx: Transaction, here: Here, activity: Delete, received: Received) -> Outcome:
    uri = activity.object.iri
    if uri is None:
        return Ignored("an object without an id")
    if here.is_ours(uri):
        return Ignored("only we delete what is ours")
    if uri == received.actor.uri:
        depart(tx, here, received.actor)
        return Applied("forgotten with all it wrote")
    if agreement.deleted(tx, here, uri, received):
        graves.bury(tx, uri, by=received.actor.uri, now=received.now)
        return Applied("contact details are gone")
    if quoting.withdrawn(tx, uri, received.actor):
        return Applied("we may no longer quote it")
    status = objects.by_uri(tx, uri)
    if status is None:
        if not same_origin(uri, received.actor.uri):
            return Ignored("not known here, and not its to delete")
        graves.bury(tx, uri, by=received.actor.uri, now=received.now)
        return Applied("remembered: it was not here yet")
    if status.author_id == received.actor.id:
        return remove(tx, here, status, by=received.actor, received=received)
    if uri in received.found.gone:
        return remove(tx, here, status, by=received.actor, received=received)
    if uri in received.found.objects or uri in received.found.refused:
        return Ignored("its origin still has it")
    if not same_origin(uri, received.actor.uri) and received.passage is None:
        return Ignored("not its to delete")
    return Missing(objects=(uri,))


def remove(
    tx: Transaction, here: Here, status: Status | None, *, by: Actor, received: Received
) -> Outcome:
    """Take a remote status away, with what the quartier said about it, and tell the neighbours
    to whom it was passed on."""
    if status is None:
        return Ignored("it was not here")
    stored = proposals.by_id(tx, status.id)
    if stored is not None and stored.shown and received.text is not None:
        sender = {received.passage.neighbour_id} if received.passage else set()
        passing.pass_on_change(tx, here, stored, received.text, but=sender)
    passing.retract(tx, here, status.id, status.uri)
    if status.author_id == by.id:
        conversation.deleted(tx, here, status, by)
    objects.delete(tx, status, by=by.uri, now=received.now)
    return Applied(f"deleted {status.type}")
