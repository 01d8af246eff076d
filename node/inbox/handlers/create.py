"""Create: somebody published something.

Who may: an actor creates what is attributed to itself. An object of somebody else, or one that
is only named, is fetched from its origin, and what the origin says counts.
"""

from __future__ import annotations

from node.actions import conversation, voting
from node.actions.keeping import own_object, raw_object, store_object
from node.activitypub.documents import Create, ObjectDocument, Tombstone
from node.activitypub.readers import same_origin
from node.activitypub.rejected import Rejected
from node.inbox.handlers import agreement
from node.inbox.received import Applied, Ignored, Missing, Outcome, Received
from node.outbox.here import Here
from node.social.accounts import Actor
from node.store import graves, neighbours, objects
from node.store.transaction import Transaction


def apply(tx: Transaction, here: Here, activity: Create, received: Received) -> Outcome:
    about_agreement = agreement.created(tx, here, activity, received)
    if about_agreement is not None:
        return about_agreement
    uri = activity.object.iri
    if uri is None:
        return Ignored("an object without an id")
    if here.is_ours(uri):
        return Ignored("an object of ours, told by somebody else")
    buried = graves.buried_by(tx, uri)
    if received.actor.uri in buried:
        return Ignored("it was deleted before")
    # Where another of its server said that it is gone, before it was here, its origin decides.
    own = None if buried else own_object(activity.object, received.actor)
    match own:
        case ObjectDocument() if voting.hear_vote(tx, here, own, received.actor):
            return Applied("a vote")
        case ObjectDocument():
            return _store(
                tx,
                here,
                own,
                received.actor,
                raw_object(received.raw, activity.object.embedded),
                received,
            )
        case Rejected(reason=reason):
            return Ignored(reason)
        case Tombstone():
            return Ignored("a Tombstone cannot be created")
        case None:
            return _from_origin(tx, here, uri, buried, received)


def _from_origin(
    tx: Transaction, here: Here, uri: str, buried: set[str], received: Received
) -> Outcome:
    if objects.by_uri(tx, uri) is not None:
        return Ignored("it is here already")
    fetched = received.found.objects.get(uri)
    if fetched is not None and fetched.author.uri in buried:
        return Ignored("it was deleted before")
    if fetched is not None:
        return _store(tx, here, fetched.document, fetched.author, fetched.text, received)
    if uri in received.found.gone:
        return Ignored("its origin does not have it")
    if uri in received.found.refused:
        return Ignored(received.found.refused[uri])
    return Missing(objects=(uri,))


def _store(
    tx: Transaction,
    here: Here,
    document: ObjectDocument,
    author: Actor,
    text: str,
    received: Received,
) -> Outcome:
    passage = received.passage
    # Only what its author signed may be passed on as it is.
    passable = received.text if same_origin(author.uri, received.actor.uri) else None
    status = store_object(
        tx,
        document,
        author,
        text,
        now=received.now,
        create_activity=passable if passage is not None else None,
    )
    if status is None:
        return Ignored("it is here already")
    if passage is not None and passage.voucher is not None:
        neighbours.mark_unconfirmed(
            tx, object_id=status.id, voucher=passage.voucher, now=received.now
        )
    if passage is None:
        conversation.hear(tx, here, status, author, document)
    return Applied(f"stored {document.type}")
