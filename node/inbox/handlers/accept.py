"""Accept: our Follow was accepted. Who may: the one that we asked to follow."""

from __future__ import annotations

from node.actions import neighbours as joining
from node.activitypub.documents import Accept, Reference, Reject
from node.activitypub.readers import one_id
from node.aid.neighbours import Event
from node.aid.terms import read_takes
from node.inbox.handlers import agreement, quote_request, referral
from node.inbox.received import Applied, Ignored, Outcome, Received
from node.outbox.here import Here
from node.social.accounts import Actor
from node.store import actors, follows
from node.store.follows import Follow
from node.store.transaction import Transaction


def apply(tx: Transaction, here: Here, activity: Accept, received: Received) -> Outcome:
    agreed = referral.accepted(tx, here, activity, received) or agreement.accepted(
        tx, here, activity, received
    )
    if agreed is not None:
        return agreed
    follow = our_follow(tx, activity, received.actor)
    quoted = quote_request.answered(tx, here, activity, received) if follow is None else None
    if quoted is not None:
        return quoted
    if follow is None:
        return Ignored("we asked for nothing of the kind")
    follows.accept(tx, follow)
    if follow.follower_id == here.quartier.id and received.actor.type == "Group":
        takes = read_takes(activity.document.get("takes"))
        joining.heard(tx, here, received.actor, Event.THEIR_ACCEPT, None, takes)
    return Applied("we follow")


def our_follow(tx: Transaction, activity: Accept | Reject, answerer: Actor) -> Follow | None:
    """The Follow of ours that an answer is about: named by its id, or by its two ends when the
    answer tells it anew (some servers make up an id of their own)."""
    about: Reference = activity.object
    if about.iri is not None:
        follow = follows.by_activity(tx, about.iri)
        if follow is not None:
            return follow if follow.target_id == answerer.id else None
    inside = about.embedded or {}
    asker = one_id(inside.get("actor"))
    if asker is None or one_id(inside.get("object")) != answerer.uri:
        return None
    follower = actors.by_uri(tx, asker)
    if follower is None or not follower.local:
        return None
    return follows.between(tx, follower.id, answerer.id)
