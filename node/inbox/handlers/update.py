"""Update: something changed.

Who may: an actor updates itself and what it wrote. Anything else that somebody says has changed
is asked of its origin. An edit older than what we have changes nothing.
"""

from __future__ import annotations

from dataclasses import replace

import orjson

from node.actions import conversation, passing, terms
from node.actions.keeping import is_stale, own_object, raw_object, store_object, update_object
from node.actions.listing import relist
from node.actions.meeting import put_actor
from node.activitypub.documents import (
    ACTOR_TYPES,
    ObjectDocument,
    Update,
    parse_actor,
)
from node.activitypub.proofs import proven_at
from node.activitypub.readers import same_origin, types
from node.activitypub.rejected import Rejected
from node.inbox.handlers import agreement, delete
from node.inbox.received import Applied, Ignored, Missing, Outcome, Received
from node.outbox.here import Here
from node.social.accounts import Actor
from node.social.statuses import Status
from node.store import graves, objects, proposals
from node.store.transaction import Transaction


def apply(tx: Transaction, here: Here, activity: Update, received: Received) -> Outcome:
    uri = activity.object.iri
    if uri is None:
        return Ignored("an object without an id")
    if here.is_ours(uri):
        return Ignored("only we update what is ours")
    stands = agreement.updated(tx, here, activity, received)
    if stands is not None:
        return stands
    if uri == received.actor.uri:
        return _actor(tx, activity, received)
    embedded = activity.object.embedded or {}
    if any(name in ACTOR_TYPES for name in types(embedded)):
        return Ignored("an actor updates only itself")
    if graves.buried_by(tx, uri):
        return Ignored("it was deleted before")
    status = objects.by_uri(tx, uri)
    own = own_object(activity.object, received.actor)
    match own:
        case ObjectDocument() if status is None or status.author_id == received.actor.id:
            text = raw_object(received.raw, activity.object.embedded)
            return _change(tx, here, status, own, received.actor, text, received)
        case Rejected(reason=reason):
            return Ignored(reason)
        case _:
            return _from_origin(tx, here, uri, status, received)


def _actor(tx: Transaction, activity: Update, received: Received) -> Outcome:
    if activity.object.embedded is None:
        return (
            Applied("its profile, from its origin")
            if activity.object.iri in received.found.actors
            else Missing(actors=(received.actor.uri,))
        )
    parsed = parse_actor(activity.object.embedded)
    if isinstance(parsed, Rejected):
        return Ignored(parsed.reason)
    raw = received.raw.get("object")
    text = orjson.dumps(raw if isinstance(raw, dict) else activity.object.embedded).decode()
    put_actor(tx, parsed, text, now=received.now)
    return Applied("its profile")


def _from_origin(
    tx: Transaction, here: Here, uri: str, status: Status | None, received: Received
) -> Outcome:
    if status is None and not same_origin(uri, received.actor.uri):
        return Ignored("not known here, and not its to tell")
    fetched = received.found.objects.get(uri)
    if fetched is not None:
        if status is not None and status.author_id != fetched.author.id:
            return Ignored("its origin names another author than before")
        return _change(tx, here, status, fetched.document, fetched.author, fetched.text, received)
    if uri in received.found.gone:
        return delete.remove(tx, here, status, by=received.actor, received=received)
    if uri in received.found.refused:
        return Ignored(received.found.refused[uri])
    return Missing(objects=(uri,))


def _change(
    tx: Transaction,
    here: Here,
    status: Status | None,
    document: ObjectDocument,
    author: Actor,
    text: str,
    received: Received,
) -> Outcome:
    if status is None:
        fresh = store_object(tx, document, author, text, now=received.now)
        if fresh is not None and received.passage is None:
            conversation.hear(tx, here, fresh, author, document)
        return Applied(f"stored {document.type}")
    if received.passage is not None and document.updated is None:
        # It may have been passed on long ago: without a date of its own, its proof's counts.
        document = replace(document, updated=proven_at(received.raw))
    if is_stale(status, document):
        return Ignored("older than what is here")
    passable = received.text if author.id == received.actor.id else None
    update_object(tx, status, document, author, text, now=received.now, update_activity=passable)
    edited = objects.by_id(tx, status.id)
    if edited is not None and received.passage is None:
        conversation.edited(tx, here, edited, author, document)
    stored = proposals.by_id(tx, status.id)
    if stored is not None and stored.shown:
        sender = {received.passage.neighbour_id} if received.passage else set()
        if passable is not None:
            passing.pass_on_change(tx, here, stored, passable, but=sender)
        if not terms.stays(tx, here, status, stored):
            passing.unlist(tx, here, stored.proposal)
            return Applied(f"edited {document.type}, out of our reach now")
        if stored.proposal.is_live(received.now):
            # Wider than it was, urgent by now, or renewed: whom it reaches now has it, too.
            passing.announce(tx, here, stored.proposal)
            passing.pass_on(tx, here, stored)
        relist(tx, here, stored.proposal)
    return Applied(f"edited {document.type}")
