"""Move: somebody has a new account. Who may: the old one, when the new one names it as alias."""

from __future__ import annotations

from node.actions.follows import follow
from node.activitypub.documents import Move
from node.inbox.received import Applied, Ignored, Missing, Outcome, Received
from node.outbox.here import Here
from node.store import actors, follows
from node.store.transaction import Transaction


def apply(tx: Transaction, here: Here, activity: Move, received: Received) -> Outcome:
    old = received.actor
    if activity.object.iri != old.uri or activity.target is None or activity.target.iri is None:
        return Ignored("an actor moves only itself, to somewhere")
    target_uri = activity.target.iri
    if target_uri in received.found.gone or target_uri in received.found.refused:
        return Ignored("the new account cannot be had")
    new = received.found.actors.get(target_uri)
    if new is None:
        return Missing(actors=(target_uri,))
    if old.uri not in new.also_known_as:
        return Ignored("the new account does not name the old one as its own")
    actors.mark_moved(tx, old.id, new.uri)
    for follower_id in follows.local_followers(tx, old.id):
        follower = actors.by_id(tx, follower_id)
        follows.remove(tx, follower_id, old.id)
        if follower is not None:
            follow(tx, here, follower, new)
    return Applied("moved")
