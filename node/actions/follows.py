"""Following: what somebody of ours asks of somebody elsewhere."""

from __future__ import annotations

from node.activitypub import render
from node.ids import new_id
from node.outbox.here import Here
from node.outbox.publish import publish
from node.social.accounts import Actor
from node.store import follows
from node.store.transaction import Transaction


def follow(tx: Transaction, here: Here, follower: Actor, target: Actor) -> None:
    """Ask to follow; of one of ours who is not locked, at once. Asking twice changes nothing."""
    if follows.between(tx, follower.id, target.id) is not None:
        return
    activity_uri = here.addresses.activity(new_id())
    at_once = target.local and not target.manually_approves
    follows.put(
        tx,
        follower_id=follower.id,
        target_id=target.id,
        state=follows.ACCEPTED if at_once else follows.PENDING,
        activity_uri=activity_uri,
        now=here.clock.now(),
    )
    if not target.local:
        publish(
            tx,
            here,
            follower,
            render.follow(
                activity_id=activity_uri,
                actor=follower.uri,
                object=target.uri,
                published=here.clock.now(),
            ),
            inboxes=[target.inbox],
            about=target.uri,
        )


def unfollow(tx: Transaction, here: Here, follower: Actor, target: Actor) -> None:
    existing = follows.between(tx, follower.id, target.id)
    if existing is None:
        return
    follows.remove(tx, follower.id, target.id)
    if not target.local:
        publish(
            tx,
            here,
            follower,
            render.undo(
                activity_id=f"{existing.activity_uri}/undo",
                actor=follower.uri,
                object={
                    "id": existing.activity_uri,
                    "type": "Follow",
                    "actor": follower.uri,
                    "object": target.uri,
                },
                to=(target.uri,),
                cc=(),
                published=here.clock.now(),
            ),
            inboxes=[target.inbox],
            about=target.uri,
        )
