"""What other servers say about agreements (FEP-0837). Who may: the two people of one, each for
their part; a server that speaks for one of them speaks for nobody else."""

from __future__ import annotations

from typing import Any

from node.actions.agreements import hearing, reveals, standing
from node.activitypub.documents import Accept, Create, Offer, Reject, Undo, Update
from node.activitypub.html import plain_text
from node.activitypub.readers import ids, one_id, same_origin, types, when
from node.activitypub.rejected import Rejected
from node.aid.agreement_wire import (
    HEARD_MOST,
    is_agreement,
    is_answer,
    read_agreement,
    read_offer,
    read_step,
)
from node.errors import NotFound, TooMany
from node.inbox.received import Applied, Ignored, Outcome, Received
from node.outbox.here import Here
from node.store import agreements, graves, objects, proposals
from node.store import reveals as details
from node.store.transaction import Transaction


def offered(tx: Transaction, here: Here, activity: Offer, received: Received) -> Outcome | None:
    """Offer of an Agreement about a proposal of ours; None for another kind of Offer."""
    if not is_answer(activity.object.embedded):
        return None
    if activity.id is None:
        return Ignored("an Offer without an id cannot be answered")
    read = read_offer(activity.document)
    if isinstance(read, Rejected):
        return Ignored(read.reason)
    status = objects.by_uri(tx, read.proposal_uri) if here.is_ours(read.proposal_uri) else None
    stored = proposals.by_id(tx, status.id) if status is not None and status.local else None
    if status is None or stored is None:
        return Ignored("no proposal of ours")
    if received.actor.id == status.author_id:
        return Ignored("nobody answers their own proposal")
    try:
        became = hearing.offered(
            tx,
            here,
            received.actor,
            status.id,
            offer_uri=activity.id,
            read=read,
            language=read.language or stored.proposal.language,
        )
    except (NotFound, TooMany) as refused:
        # Raised before anything was written.
        return Ignored(
            "too many answers" if isinstance(refused, TooMany) else "no proposal of ours"
        )
    return Applied(became)


def accepted(tx: Transaction, here: Here, activity: Accept, received: Received) -> Outcome | None:
    """Our Offer was accepted; None for the Accept of something else."""
    offer_uri = activity.object.iri
    if offer_uri is None or agreements.by_offer(tx, offer_uri) is None:
        return None
    result = activity.result.embedded if activity.result is not None else None
    read = read_agreement(result) if result is not None else Rejected("accept: without a result")
    if isinstance(read, Rejected):
        return Ignored(read.reason)
    if not same_origin(read.uri, received.actor.uri):
        return Ignored("an agreement of another origin than who accepts")
    done = standing.accepted(tx, here, received.actor, offer_uri, accept_uri=activity.id, read=read)
    return Applied("agreed") if done else Ignored("not theirs to accept, or known already")


def rejected(tx: Transaction, here: Here, activity: Reject, received: Received) -> Outcome | None:
    offer_uri = activity.object.iri
    if offer_uri is None or agreements.by_offer(tx, offer_uri) is None:
        return None
    done = standing.refused(tx, here, received.actor, offer_uri, reason=_words(activity))
    return Applied("refused") if done else Ignored("not theirs to refuse, or known already")


def undone(tx: Transaction, here: Here, activity: Undo, received: Received) -> Outcome | None:
    """Undo of an Offer or of the Accept of one; None for anything else."""
    uri, actor = activity.object.iri, received.actor
    inside = activity.object.embedded or {}
    if uri is None:
        return None
    if "Accept" in types(inside) or agreements.by_accept(tx, uri) is not None:
        offer = one_id(inside.get("object"))
        done = standing.acceptance_undone(
            tx, here, actor, uri, offer, said=activity.published, reason=_words(activity)
        )
        return Applied("the agreement is cancelled") if done else None
    if agreements.by_offer(tx, uri) is None:
        return None
    heard_in = activity.id or f"{uri}/undo"
    done = hearing.taken_back(tx, here, uri, actor, heard_in, _words(activity))
    return Applied("the answer is taken back") if done else Ignored("not theirs to take back")


def _words(activity: Reject | Undo) -> str:
    return plain_text(activity.content or "")[:2_000]


def created(tx: Transaction, here: Here, activity: Create, received: Received) -> Outcome | None:
    """A Document that states a step, or a note with contact details; None for anything else."""
    document = activity.object.embedded
    if document is None or one_id(document.get("attributedTo")) != received.actor.uri:
        return None
    step = read_step(document)
    if isinstance(step, Rejected):
        return Ignored(step.reason)
    if step is not None:
        if not same_origin(step.uri, received.actor.uri):
            return Ignored("a Document of another origin than who states it")
        moved = hearing.stepped(tx, here, step, received.actor)
        return Applied(moved) if moved is not None else None
    return _contact(tx, here, document, received)


def _contact(
    tx: Transaction, here: Here, document: dict[str, Any], received: Received
) -> Outcome | None:
    uri, contact = one_id(document.get("id")), reveals.contact_in(document)
    if uri is None or contact is None:
        return None
    named = one_id(document.get("context"))
    agreement = agreements.by_uri(tx, named or "")
    for offer in ids(document.get("inReplyTo"), HEARD_MOST):  # before the yes that it follows
        agreement = agreement or agreements.by_offer(tx, offer)
    if agreement is None:
        # What they belonged to is no longer here: nor may they stay, as a letter would.
        return None if named is None else Ignored("contact details of nothing that is here")
    if not same_origin(uri, received.actor.uri) or received.actor.uri in graves.buried_by(tx, uri):
        return Ignored("contact details that are not theirs, or that are gone")
    shown = reveals.received(
        tx, here, agreement, received.actor, contact, uri, said=when(document.get("published"))
    )
    # Nothing of it is kept elsewhere: it goes when the agreement does.
    return Applied("contact details") if shown else Ignored("no contact details now")


def updated(tx: Transaction, here: Here, activity: Update, received: Received) -> Outcome | None:
    """How an agreement stands; None for the Update of anything else."""
    if not is_agreement(activity.object.embedded):
        return None
    read = read_agreement(activity.object.embedded or {})
    if isinstance(read, Rejected):
        return Ignored(read.reason)
    if not same_origin(read.uri, received.actor.uri):
        return Ignored("an agreement of another origin than who tells of it")
    done = standing.standing(tx, here, received.actor, read)
    return Applied("how the agreement stands") if done else Ignored("not theirs, or older")


def deleted(tx: Transaction, here: Here, uri: str, received: Received) -> bool:
    """Contact details are taken back."""
    shown = details.revealed_in(tx, uri)
    if shown is None or shown.actor_id != received.actor.id:
        return False
    details.hide(tx, shown.agreement_id, actor_id=shown.actor_id)
    return True
