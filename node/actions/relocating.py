"""Somebody comes from another server, or goes to one: aliases, and the Move that followers obey
(FEP-7628)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from node.actions import follows as following
from node.actions.accounts import set_profile
from node.activitypub import render
from node.errors import Conflict, Invalid
from node.ids import new_id
from node.outbox.here import Here
from node.outbox.publish import prove, publish
from node.social.accounts import Actor
from node.store import actors, aliases, follows, inboxes
from node.store.transaction import Transaction

ALIASES_MOST: Final = 10


def set_aliases(tx: Transaction, here: Here, me: Actor, others: Sequence[Actor]) -> Actor:
    """The accounts elsewhere that are one's own; all of them, in place of those before."""
    named = {one.uri: one.handle for one in others if one.id != me.id}
    if len(named) > ALIASES_MOST:
        raise Invalid(f"Au plus {ALIASES_MOST} autres comptes.")
    aliases.put(tx, me.id, list(named.items()), now=here.clock.now())
    if list(named) == list(me.also_known_as):
        return me
    return set_profile(tx, here, me, {"also_known_as": list(named)})


def move(tx: Transaction, here: Here, me: Actor, new: Actor) -> Actor:
    """Go on as `new`, which names this account as its own: followers everywhere follow there, and
    who comes by is shown the way. Raises Conflict, and Invalid with what to do."""
    me = actors.by_id(tx, me.id) or me
    if me.moved_to is not None:
        raise Conflict("Ce compte a déjà déménagé.")
    if new.id == me.id or new.gone or new.suspended or new.moved_to is not None:
        raise Invalid("On ne peut pas déménager vers ce compte.")
    if me.uri not in new.also_known_as:
        raise Invalid(
            f"Le nouveau compte doit d’abord dire qu’il est aussi {me.handle} : ajoutez-y cet "
            "alias."
        )
    moved = set_profile(tx, here, me, {"moved_to": new.uri})
    activity = render.move(
        activity_id=here.addresses.activity(new_id()),
        actor=me.uri,
        target=new.uri,
        to=(here.addresses.followers_of(me.uri),),
        published=here.clock.now(),
    )
    publish(
        tx,
        here,
        moved,
        prove(tx, here, moved, activity),
        inboxes=inboxes.of_followers(tx, me.id),
        sync=True,
    )
    for follower in actors.by_ids(tx, follows.local_followers(tx, me.id)).values():
        following.unfollow(tx, here, follower, me)
        if follower.id != new.id:
            following.follow(tx, here, follower, new)
    return moved
