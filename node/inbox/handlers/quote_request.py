"""QuoteRequest (FEP-044f): somebody asks whether they may quote one of ours.

Who may ask: the author of the quoting object.
"""

from __future__ import annotations

from node.actions import quoting
from node.actions.keeping import own_object, raw_object, store_object
from node.activitypub.documents import Accept, ObjectDocument, Reject, Unknown
from node.activitypub.documents.parts import reference
from node.activitypub.readers import each, one_id
from node.inbox.received import Applied, Ignored, Missing, Outcome, Received
from node.outbox.here import Here
from node.store import objects
from node.store.transaction import Transaction


def apply(tx: Transaction, here: Here, activity: Unknown, received: Received) -> Outcome:
    about = activity.object.iri if activity.object is not None else None
    quoted = objects.by_uri(tx, about) if about else None
    instrument = reference(activity.document.get("instrument"))
    if quoted is None or not quoted.local or instrument is None or instrument.iri is None:
        return Ignored("not a status that is here")
    uri = instrument.iri
    status = objects.by_uri(tx, uri)
    if status is None:
        if uri in received.found.gone or uri in received.found.refused:
            return Ignored("the status that quotes cannot be had")
        own = own_object(instrument, received.actor)
        fetched = received.found.objects.get(uri)
        if isinstance(own, ObjectDocument):
            text = raw_object({"object": received.raw.get("instrument")}, instrument.embedded)
            status = store_object(tx, own, received.actor, text, now=received.now)
        elif fetched is None:
            return Missing(objects=(uri,))
        elif fetched.author.id == received.actor.id:
            status = store_object(
                tx, fetched.document, fetched.author, fetched.text, now=received.now
            )
    if status is None or status.author_id != received.actor.id:
        return Ignored("not its own status")
    request = {"id": activity.id}
    allowed = quoting.requested(tx, here, received.actor, status, quoted, request)
    return Applied("may be quoted" if allowed else "may not be quoted")


def answered(
    tx: Transaction, here: Here, activity: Accept | Reject, received: Received
) -> Outcome | None:
    """An answer to a request of ours; None when it is about something else."""
    uri = activity.object.iri
    if uri is None:
        return None
    proof = None
    if isinstance(activity, Accept):
        proof = next(
            (found for one in each(activity.document.get("result")) if (found := one_id(one))), None
        )
        if proof is None:
            return None
    if quoting.answered(tx, here, received.actor, uri, proof):
        return Applied("our quote was answered")
    return None
