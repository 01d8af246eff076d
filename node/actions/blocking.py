"""A person blocks somebody: nothing passes between the two any more."""

from __future__ import annotations

from node.actions import follows as following
from node.activitypub import render
from node.errors import Conflict, NotFound
from node.ids import new_id
from node.outbox.here import Here
from node.outbox.publish import publish
from node.social.accounts import Actor
from node.store import blocks
from node.store.transaction import Transaction


def block(tx: Transaction, here: Here, who: Actor, target: Actor) -> None:
    """The follows both ways end; a server elsewhere is told, as Mastodon tells it. Blocking
    twice changes nothing. Raises Conflict for oneself and for the node's own actors."""
    if target.id == who.id:
        raise Conflict("On ne peut pas se bloquer soi-même.")
    if target.id in (here.node.id, here.quartier.id, here.urgent.id):
        raise Conflict("Le quartier ne se bloque pas : vous pouvez cesser de le suivre.")
    if blocks.stands(tx, actor_id=who.id, target_id=target.id):
        return
    following.unfollow(tx, here, who, target)
    activity_uri = here.addresses.activity(new_id())
    blocks.put(
        tx,
        actor_id=who.id,
        target_id=target.id,
        activity_uri=activity_uri,
        now=here.clock.now(),
    )
    if not target.local:
        publish(
            tx,
            here,
            who,
            render.block(
                activity_id=activity_uri,
                actor=who.uri,
                object=target.uri,
                published=here.clock.now(),
            ),
            inboxes=[target.inbox],
            about=target.uri,
        )


def unblock(tx: Transaction, here: Here, who: Actor, target: Actor) -> None:
    """Raises NotFound when there is no such block."""
    activity_uri = blocks.activity_of(tx, actor_id=who.id, target_id=target.id)
    if not blocks.remove(tx, actor_id=who.id, target_id=target.id):
        raise NotFound("Vous n’avez bloqué personne de ce nom.")
    if activity_uri is None or target.local:
        return
    publish(
        tx,
        here,
        who,
        render.undo(
            activity_id=f"{activity_uri}/undo",
            actor=who.uri,
            object={
                "id": activity_uri,
                "type": "Block",
                "actor": who.uri,
                "object": target.uri,
            },
            to=(target.uri,),
            published=here.clock.now(),
        ),
        inboxes=[target.inbox],
        about=target.uri,
    )
