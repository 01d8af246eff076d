"""Following: what somebody of ours asks of others, and answers when others ask."""

from __future__ import annotations

from node.activitypub import render
from node.errors import NotFound
from node.ids import new_id
from node.outbox.here import Here
from node.outbox.publish import publish
from node.social.accounts import Actor
from node.store import endorsements, follows, lists
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
    lists.forget(tx, account_id=follower.id, actor_id=target.id)
    endorsements.remove(tx, account_id=follower.id, target_id=target.id)
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


# ── asked by others ──────────────────────────────────────────────────────────────────────────


def accept(tx: Transaction, here: Here, target: Actor, follower: Actor) -> None:
    """One of ours lets somebody follow who asked. Raises NotFound where nobody did."""
    asked = follows.between(tx, follower.id, target.id)
    if asked is None or asked.state != follows.PENDING:
        raise NotFound("Record not found")
    follows.accept(tx, asked)
    _answer(tx, here, target, follower, asked, accepted=True)


def refuse(tx: Transaction, here: Here, target: Actor, follower: Actor) -> None:
    """Somebody who follows one of ours, or asked to, does so no more. Raises NotFound."""
    asked = follows.between(tx, follower.id, target.id)
    if asked is None:
        raise NotFound("Record not found")
    follows.remove(tx, follower.id, target.id)
    if follower.local:
        lists.forget(tx, account_id=follower.id, actor_id=target.id)
        endorsements.remove(tx, account_id=follower.id, target_id=target.id)
    _answer(tx, here, target, follower, asked, accepted=False)


def _answer(
    tx: Transaction,
    here: Here,
    target: Actor,
    follower: Actor,
    asked: follows.Follow,
    *,
    accepted: bool,
) -> None:
    if follower.local:
        return
    write = render.accept if accepted else render.reject
    publish(
        tx,
        here,
        target,
        write(
            activity_id=here.addresses.activity(new_id()),
            actor=target.uri,
            object={
                "id": asked.activity_uri,
                "type": "Follow",
                "actor": follower.uri,
                "object": target.uri,
            },
            to=(follower.uri,),
            published=here.clock.now(),
        ),
        inboxes=[follower.inbox],
        about=follower.uri,
    )
