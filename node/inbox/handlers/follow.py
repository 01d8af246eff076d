"""Follow: somebody wants to hear of one of ours.

Who may: anybody whom the followed one has not blocked. A Group that follows the quartier asks
to be its neighbour, and an administrator answers.
"""

from __future__ import annotations

from typing import Any

from node.actions import neighbours as joining
from node.actions.meeting import remember_met
from node.activitypub import render
from node.activitypub.documents import Follow
from node.activitypub.readers import origin
from node.aid.neighbours import Event
from node.aid.terms import read_takes
from node.ids import new_id
from node.inbox.received import Applied, Ignored, Missing, Outcome, Received
from node.outbox.here import Here
from node.outbox.publish import publish
from node.social.accounts import Actor
from node.store import actors, blocks, follows
from node.store.transaction import Transaction


def apply(tx: Transaction, here: Here, activity: Follow, received: Received) -> Outcome:
    if activity.object.iri is None:
        return Ignored("a Follow of nobody")
    target = actors.by_uri(tx, activity.object.iri)
    if target is None or not target.local or target.gone:
        return Ignored("nobody of ours")
    follower = received.actor
    # Pixelfed's Follow has no id; an Undo of it can name only the two.
    name = activity.id or f"urn:follow:{follower.uri}:{target.uri}"
    if blocks.stands(tx, actor_id=target.id, target_id=follower.id):
        _answer(tx, here, target, follower, activity, received, accepted=False)
        return Applied("refused: blocked")
    if follower.type == "Group" and target.id == here.quartier.id:
        # Both meet the other's node: each will believe its people by its key, and vouch for it.
        node, found = f"{origin(follower.uri)}/actor", received.found
        if node not in found.actors and node not in found.gone and node not in found.refused:
            return Missing(actors=(node,))
        if node in found.actors:
            remember_met(tx, found.actors[node], now=received.now)
        takes = read_takes(activity.document.get("takes"))
        moved = joining.heard(tx, here, follower, Event.THEIR_FOLLOW, name, takes)
        return Applied("a quartier asks to join") if moved else Ignored("nothing to answer")
    known = follows.between(tx, follower.id, target.id)
    accepted = not target.manually_approves or (
        known is not None and known.state == follows.ACCEPTED  # asked again: the answer stands
    )
    state = follows.ACCEPTED if accepted else follows.PENDING
    follows.put(
        tx,
        follower_id=follower.id,
        target_id=target.id,
        state=state,
        activity_uri=name,
        now=received.now,
    )
    if accepted:
        _answer(tx, here, target, follower, activity, received, accepted=True)
    return Applied(state)


def _answer(
    tx: Transaction,
    here: Here,
    target: Actor,
    follower: Actor,
    activity: Follow,
    received: Received,
    *,
    accepted: bool,
) -> None:
    told: dict[str, Any] = {"type": "Follow", "actor": follower.uri, "object": target.uri}
    if activity.id is not None:
        told["id"] = activity.id
    write = render.accept if accepted else render.reject
    publish(
        tx,
        here,
        target,
        write(
            activity_id=here.addresses.activity(new_id()),
            actor=target.uri,
            object=told,
            to=(follower.uri,),
            published=received.now,
        ),
        inboxes=[follower.inbox],
        about=follower.uri,
    )
