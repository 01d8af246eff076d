"""Deleting an account for good, here and elsewhere."""

from __future__ import annotations

import re

from node.actions import audit
from node.actions.accounts import account_of
from node.actions.proposals import remove_status
from node.activitypub import render
from node.activitypub.vocabulary import PUBLIC
from node.errors import NotFound
from node.ids import new_id
from node.outbox.here import Here
from node.outbox.publish import prove, publish
from node.social.accounts import Actor
from node.store import (
    accounts,
    actors,
    follows,
    invitations,
    join_requests,
    mails,
    notifications,
    objects,
    personal,
    pictures,
    proposals,
    vouches,
)
from node.store.transaction import Transaction

MOST = 100_000


def delete_account(tx: Transaction, here: Here, username: str, *, by: Actor | None = None) -> None:
    """Everybody who may hold something of it is told, and nothing of the person stays here but
    the name, which is not given again. `by`: who did it, when it was not by command.

    Raises NotFound when there is no such account.
    """
    account = account_of(tx, username)
    actor = actors.by_id(tx, account.actor_id)
    if actor is None:
        raise NotFound(f"Il n’y a pas de compte {username}.")
    now = here.clock.now()
    personal.forget_sent(tx, actor.id, personal.object_uris(tx, actor.id))
    for status in objects.latest(tx, author_id=actor.id, public_only=False, most=MOST):
        remove_status(tx, here, actor, status, proposals.by_id(tx, status.id))
    farewell = render.delete(
        activity_id=here.addresses.activity(new_id()),
        actor=actor.uri,
        object=actor.uri,
        to=(PUBLIC,),
        published=now,
    )
    publish(
        tx,
        here,
        actor,
        prove(tx, here, actor, farewell),
        inboxes=follows.every_known_inbox(tx),
    )
    pictures.remove_of_owner(tx, actor.id)
    vouches.forget_person(tx, actor.id)
    invitations.drop_of(tx, actor.id)
    join_requests.forget_person(
        tx, username=account.username, email=account.email, actor_id=actor.id
    )
    notifications.forget_caused_by(tx, actor.id)
    mails.drop_to(tx, account.email)
    _unname(tx, actor)
    personal.forget(tx, actor.id, actor.uri)
    accounts.delete(tx, actor.id)
    actors.retire_local(tx, actor.id, now=now)
    objects.bury(tx, actor.uri, by=actor.uri, now=now, local_id=actor.id, type=actor.type)
    audit.record(tx, here, by, "account.delete", actor.handle)


def _unname(tx: Transaction, actor: Actor) -> None:
    """Letters to others that are not sent yet say "quelqu’un" where they said this name."""
    for name in {actor.name, actor.username} - {""}:
        pattern = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
        for identifier, subject, text in mails.saying(tx, name):
            mails.rewrite(
                tx,
                identifier,
                subject=pattern.sub("quelqu’un", subject),
                text=pattern.sub("quelqu’un", text),
            )
