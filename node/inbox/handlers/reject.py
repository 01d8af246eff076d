"""Reject: our Follow was refused, or ended. Who may: the one that we follow or asked to."""

from __future__ import annotations

from node.actions import neighbours as joining
from node.activitypub.documents import Reject
from node.aid.neighbours import Event
from node.inbox.handlers import agreement, quote_request, referral
from node.inbox.handlers.accept import our_follow
from node.inbox.received import Applied, Ignored, Outcome, Received
from node.outbox.here import Here
from node.store import follows
from node.store.transaction import Transaction


def apply(tx: Transaction, here: Here, activity: Reject, received: Received) -> Outcome:
    refused = referral.rejected(tx, here, activity, received) or agreement.rejected(
        tx, here, activity, received
    )
    if refused is not None:
        return refused
    follow = our_follow(tx, activity, received.actor)
    quoted = quote_request.answered(tx, here, activity, received) if follow is None else None
    if quoted is not None:
        return quoted
    if follow is None:
        return Ignored("we asked for nothing of the kind")
    follows.remove(tx, follow.follower_id, follow.target_id)
    if follow.follower_id == here.quartier.id and received.actor.type == "Group":
        joining.heard(tx, here, received.actor, Event.THEIR_REJECT, None)
    return Applied("we do not follow")
