"""Block: somebody elsewhere wants nothing from one of ours. Who may: anybody, for themselves."""

from __future__ import annotations

from node.activitypub.documents import Block
from node.inbox.received import Applied, Ignored, Outcome, Received
from node.outbox.here import Here
from node.store import actors, blocks
from node.store.transaction import Transaction


def apply(tx: Transaction, here: Here, activity: Block, received: Received) -> Outcome:
    target = actors.by_uri(tx, activity.object.iri or "")
    if target is None or not target.local:
        return Ignored("nobody of ours")
    blocks.put(
        tx,
        actor_id=received.actor.id,
        target_id=target.id,
        activity_uri=activity.id,
        now=received.now,
    )
    return Applied("blocked")
