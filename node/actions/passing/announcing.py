"""To followers: the Group announces what is in its reach, and takes back what is not."""

from __future__ import annotations

from node.activitypub import render
from node.activitypub.vocabulary import PUBLIC
from node.aid.proposals import Proposal
from node.aid.terms import URGENT
from node.ids import new_id
from node.outbox.here import Here
from node.outbox.publish import publish
from node.social.accounts import Actor
from node.store import (
    inboxes,
    outbox,
    proposals,
    shares,
    silences,
)
from node.store.transaction import Transaction


def announce(tx: Transaction, here: Here, proposal: Proposal) -> None:
    """The quartier tells its followers, once; the urgent feed too, when it is. Nothing of one
    whom our mediators silenced."""
    if silences.is_silenced_uri(tx, proposal.author_uri):
        return
    groups = [here.quartier]
    if proposal.urgency in URGENT:
        groups.append(here.urgent)
    for group in groups:
        _announce_by(tx, here, group, proposal)


def _announce_by(tx: Transaction, here: Here, group: Actor, proposal: Proposal) -> None:
    now = here.clock.now()
    activity_uri = here.addresses.activity(new_id())
    fresh = shares.add(
        tx,
        object_id=proposal.id,
        actor_id=group.id,
        activity_uri=activity_uri,
        published=now,
    )
    if not fresh:
        return
    publish(
        tx,
        here,
        group,
        render.announce(
            activity_id=activity_uri,
            actor=group.uri,
            object=proposal.uri,
            to=(PUBLIC,),
            cc=(here.addresses.followers_of(group.uri), proposal.author_uri),
            published=now,
        ),
        inboxes=_followers_but_neighbours(tx, group),
        public=True,
        sync=True,
        urgent=proposal.urgency in URGENT,
    )


def retract(tx: Transaction, here: Here, object_id: int, object_uri: str) -> None:
    """The quartier takes its announcements of something back."""
    outbox.unlist_object(tx, object_uri)
    for group in (here.quartier, here.urgent):
        shared = shares.activity_of(tx, object_id=object_id, actor_id=group.id)
        if shared is None:
            continue
        shares.remove(tx, activity_uri=shared, actor_id=group.id)
        publish(
            tx,
            here,
            group,
            render.undo(
                activity_id=f"{shared}/undo",
                actor=group.uri,
                object={
                    "id": shared,
                    "type": "Announce",
                    "actor": group.uri,
                    "object": object_uri,
                },
                to=(PUBLIC,),
                cc=(here.addresses.followers_of(group.uri),),
                published=here.clock.now(),
            ),
            inboxes=_followers_but_neighbours(tx, group),
            about=object_uri,
        )


def unlist(tx: Transaction, here: Here, proposal: Proposal) -> None:
    """Something from elsewhere that we may not show any more: off the list, and taken back."""
    proposals.hide(tx, proposal.id)
    retract(tx, here, proposal.id, proposal.uri)


def audience_inboxes(tx: Transaction, here: Here, author: Actor, object_uri: str) -> list[str]:
    """Everybody who may hold a local object: followers of its author and of the quartier, and
    whoever reacted to it."""
    return [
        *inboxes.of_followers(tx, author.id),
        *_followers_but_neighbours(tx, here.quartier),
        *_followers_but_neighbours(tx, here.urgent),
        *inboxes.told_of(tx, object_uri),
    ]


def _followers_but_neighbours(tx: Transaction, group: Actor) -> list[str]:
    """Neighbours get the embedded form; a shared inbox may serve their people all the same."""
    return inboxes.of_followers(tx, group.id, but_types=("Group",))
