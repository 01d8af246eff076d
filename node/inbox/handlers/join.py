"""Join: somebody of Mobilizon's wants to come to a gathering of ours.

Places are given by agreements, as the Event says (``joinMode: external``). FEP-8a8e asks of who
does not take Joins to say so with an Ignore, so that nobody is left waiting for an answer.
"""

from __future__ import annotations

from node.activitypub import render
from node.activitypub.documents import Unknown
from node.ids import new_id
from node.inbox.received import Applied, Ignored, Outcome, Received
from node.outbox.here import Here
from node.outbox.publish import publish
from node.store import gatherings
from node.store.transaction import Transaction


def apply(tx: Transaction, here: Here, activity: Unknown, received: Received) -> Outcome:
    event = activity.object.iri if activity.object is not None else None
    if activity.id is None or event is None or not here.is_ours(event):
        return Ignored("a Join of nothing of ours")
    if not gatherings.was_published(tx, event):
        return Ignored("a Join of no gathering")
    publish(
        tx,
        here,
        here.quartier,
        render.ignore(
            activity_id=here.addresses.activity(new_id()),
            actor=here.quartier.uri,
            object=activity.id,
            to=(received.actor.uri,),
            published=received.now,
        ),
        inboxes=[received.actor.inbox],
    )
    return Applied("told that places are given on its page")
