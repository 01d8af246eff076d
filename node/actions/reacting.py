"""What somebody of ours does with a status: likes and shares it, pins it, or takes that back."""

from __future__ import annotations

from node.actions.seeing import own, seen
from node.activitypub import render
from node.activitypub.vocabulary import PUBLIC
from node.errors import Invalid
from node.ids import new_id
from node.outbox.here import Here
from node.outbox.publish import prove, publish
from node.social import limits
from node.social.accounts import Actor
from node.social.statuses import Status
from node.social.visibility import Visibility
from node.store import inboxes, marks, objects, pins, reactions, shares
from node.store.transaction import Transaction


def like(tx: Transaction, here: Here, me: Actor, identifier: int) -> Status:
    """To like twice changes nothing. Raises NotFound for what may not be seen."""
    status, author = seen(tx, me, identifier)
    uri = here.addresses.activity(new_id())
    fresh = reactions.add(tx, object_id=status.id, actor_id=me.id, emoji="", activity_uri=uri)
    if fresh and not author.local:
        publish(
            tx,
            here,
            me,
            render.like(
                activity_id=uri,
                actor=me.uri,
                object=status.uri,
                to=(author.uri,),
                published=here.clock.now(),
            ),
            inboxes=[author.inbox],
            about=status.uri,
        )
    return status


def unlike(tx: Transaction, here: Here, me: Actor, identifier: int) -> Status:
    status, author = seen(tx, me, identifier)
    uri = reactions.activity_of(tx, object_id=status.id, actor_id=me.id)
    if uri is None or not reactions.remove(tx, activity_uri=uri, actor_id=me.id):
        return status
    if not author.local:
        publish(
            tx,
            here,
            me,
            render.undo(
                activity_id=f"{uri}/undo",
                actor=me.uri,
                object={"id": uri, "type": "Like", "actor": me.uri, "object": status.uri},
                to=(author.uri,),
                published=here.clock.now(),
            ),
            inboxes=[author.inbox],
            about=status.uri,
        )
    return status


def share(tx: Transaction, here: Here, me: Actor, identifier: int) -> Status:
    """To one's followers. Sharing twice changes nothing. Raises NotFound for what may not be seen,
    Invalid for what was not written for everybody, unless it is one's own."""
    status, author = seen(tx, me, identifier)
    own_words = author.id == me.id and status.visibility is Visibility.FOLLOWERS
    if not status.visibility.open and not own_words:
        raise Invalid("This action is not allowed")
    uri, now = here.addresses.activity(new_id()), here.clock.now()
    if not shares.add(tx, object_id=status.id, actor_id=me.id, activity_uri=uri, published=now):
        return status
    followers = here.addresses.followers_of(me.uri)
    to, cc = ((followers,), ()) if own_words else ((PUBLIC,), (author.uri, followers))
    activity = render.announce(
        activity_id=uri, actor=me.uri, object=status.uri, to=to, cc=cc, published=now
    )
    publish(
        tx,
        here,
        me,
        activity if own_words else prove(tx, here, me, activity),
        inboxes=_told(tx, me, author),
        about=status.uri,
        public=not own_words,
        sync=True,
    )
    return status


def unshare(tx: Transaction, here: Here, me: Actor, identifier: int) -> Status:
    status, author = seen(tx, me, identifier)
    uri = shares.activity_of(tx, object_id=status.id, actor_id=me.id)
    if uri is None or not shares.remove(tx, activity_uri=uri, actor_id=me.id):
        return status
    followers = here.addresses.followers_of(me.uri)
    publish(
        tx,
        here,
        me,
        render.undo(
            activity_id=f"{uri}/undo",
            actor=me.uri,
            object={"id": uri, "type": "Announce", "actor": me.uri, "object": status.uri},
            to=(PUBLIC,) if status.visibility.open else (followers,),
            cc=(author.uri, followers) if status.visibility.open else (),
            published=here.clock.now(),
        ),
        inboxes=_told(tx, me, author),
        about=status.uri,
        sync=True,
    )
    return status


def _told(tx: Transaction, me: Actor, author: Actor) -> list[str]:
    followers = inboxes.of_followers(tx, me.id)
    return followers if author.local else [*followers, author.inbox]


def pin(tx: Transaction, here: Here, me: Actor, identifier: int) -> Status:
    """To one's profile. Raises NotFound for what may not be seen; Invalid for another's, for what
    is written to single people, and for too many."""
    status, author = seen(tx, me, identifier)
    if author.id != me.id:
        raise Invalid("Someone else's post cannot be pinned")
    if status.visibility is Visibility.DIRECT:
        raise Invalid("Posts that are only visible to mentioned users cannot be pinned")
    if status in objects.pinned(tx, me.id):
        return status
    if marks.pin_count(tx, me.id) >= limits.PINS:
        raise Invalid("You have already pinned the maximum number of posts")
    pins.add(tx, actor_id=me.id, object_id=status.id, now=here.clock.now())
    _tell_pin(tx, here, me, status, added=True)
    return status


def unpin(tx: Transaction, here: Here, me: Actor, identifier: int) -> Status:
    status = own(tx, me, identifier)
    if pins.remove(tx, actor_id=me.id, object_id=status.id):
        _tell_pin(tx, here, me, status, added=False)
    return status


def _tell_pin(tx: Transaction, here: Here, me: Actor, status: Status, *, added: bool) -> None:
    if not status.visibility.open:
        return
    say = render.add if added else render.remove
    publish(
        tx,
        here,
        me,
        say(
            activity_id=here.addresses.activity(new_id()),
            actor=me.uri,
            object=status.uri,
            target=here.addresses.featured_of(me.uri),
            to=(PUBLIC,),
            cc=(here.addresses.followers_of(me.uri),),
            published=here.clock.now(),
        ),
        inboxes=inboxes.of_followers(tx, me.id),
        about=status.uri,
    )


def bookmark(tx: Transaction, me: Actor, identifier: int) -> Status:
    status, _ = seen(tx, me, identifier)
    marks.bookmark(tx, me.id, status.id)
    return status


def unbookmark(tx: Transaction, me: Actor, identifier: int) -> Status:
    status, _ = seen(tx, me, identifier)
    marks.unbookmark(tx, me.id, status.id)
    return status


def silence(tx: Transaction, me: Actor, identifier: int) -> Status:
    """Nothing more is told of the thread. Raises NotFound."""
    status, _ = seen(tx, me, identifier)
    marks.silence(tx, me.id, status.context or status.uri)
    return status


def unsilence(tx: Transaction, me: Actor, identifier: int) -> Status:
    status, _ = seen(tx, me, identifier)
    marks.unsilence(tx, me.id, status.context or status.uri)
    return status
