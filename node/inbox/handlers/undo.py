"""Undo: somebody takes back what they did.

Who may: the actor of what is undone. What is not here yet is remembered, so that it changes
nothing when it comes late.
"""

from __future__ import annotations

from node.actions import neighbours as joining
from node.activitypub.documents import Undo
from node.activitypub.readers import one_id, same_origin, types
from node.aid.neighbours import Event
from node.inbox.handlers import agreement, referral
from node.inbox.received import Applied, Ignored, Outcome, Received
from node.outbox.here import Here
from node.social.accounts import Actor
from node.store import actors, blocks, follows, graves, reactions, shares
from node.store.transaction import Transaction


def apply(tx: Transaction, here: Here, activity: Undo, received: Received) -> Outcome:
    uri, actor = activity.object.iri, received.actor
    inside = activity.object.embedded or {}
    doer = one_id(inside.get("actor"))
    if doer is not None and doer != actor.uri:
        return Ignored("somebody else did that")
    undone = (
        referral.undone(tx, here, activity, received)
        or agreement.undone(tx, here, activity, received)
        or _follow(tx, here, activity, actor)
        or _other(tx, activity, actor)
    )
    if undone is not None and isinstance(undone, Ignored):
        return undone
    if uri is None:
        return undone or Ignored("nothing that it names is here")
    if not same_origin(uri, actor.uri):
        return undone or Ignored("not its to undo")
    # Remembered in any case: what was undone does not come back by being sent again.
    graves.bury(tx, uri, by=actor.uri, now=received.now)
    return undone or Applied("remembered: it was not here yet")


def _follow(tx: Transaction, here: Here, activity: Undo, actor: Actor) -> Outcome | None:
    uri = activity.object.iri
    inside = activity.object.embedded or {}
    told = "Follow" in types(inside)
    follow = follows.by_activity(tx, uri) if uri else None
    if follow is not None and follow.follower_id != actor.id:
        return Ignored("somebody else did that")
    if follow is None and told:
        target = actors.by_uri(tx, one_id(inside.get("object")) or "")
        follow = follows.between(tx, actor.id, target.id) if target else None
    about_quartier = follow is not None and follow.target_id == here.quartier.id
    if follow is not None:
        follows.remove(tx, follow.follower_id, follow.target_id)
    if follow is None and told:
        about_quartier = one_id(inside.get("object")) == here.quartier.uri
    if actor.type == "Group" and about_quartier:
        # A quartier whose request was never answered has no follow yet, only the request.
        joining.heard(tx, here, actor, Event.THEIR_UNDO, None)
        return Applied("the quartier no longer follows")
    return Applied("unfollowed") if follow is not None else None


def _other(tx: Transaction, activity: Undo, actor: Actor) -> Outcome | None:
    uri = activity.object.iri
    inside = activity.object.embedded or {}
    if "Block" in types(inside):
        target = actors.by_uri(tx, one_id(inside.get("object")) or "")
        if target is not None and blocks.remove(tx, actor_id=actor.id, target_id=target.id):
            return Applied("unblocked")
    if uri is None:
        return None
    if reactions.remove(tx, activity_uri=uri, actor_id=actor.id):
        return Applied("reaction taken back")
    if shares.remove(tx, activity_uri=uri, actor_id=actor.id):
        return Applied("share taken back")
    if blocks.remove_by_activity(tx, activity_uri=uri, actor_id=actor.id):
        return Applied("unblocked")
    return None
