"""Deleting an account for good, here and elsewhere."""

from __future__ import annotations

import contextlib
import re

from node.actions import agreements, audit, notices
from node.actions.accounts import account_of
from node.actions.posts import take_away
from node.activitypub import render
from node.activitypub.vocabulary import PUBLIC
from node.aid.agreements import State
from node.errors import Conflict, NotFound
from node.ids import new_id
from node.outbox.here import Here
from node.outbox.publish import prove, publish
from node.social.accounts import Actor
from node.social.notifications import Kind
from node.store import (
    accounts,
    actors,
    graves,
    inboxes,
    invitations,
    join_requests,
    leaving,
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
    said = personal.object_uris(tx, actor.id)
    personal.forget_sent(tx, actor.id, said)
    titles = personal.titles(tx, actor.id)
    _part(tx, here, actor)
    personal.forget_activities(tx, said)  # what is left of a proposal was just told once more
    for status in objects.latest(tx, author_id=actor.id, public_only=False, most=MOST):
        take_away(tx, here, actor, status, proposals.by_id(tx, status.id))
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
        inboxes=inboxes.every(tx),
    )
    mails.drop_to(tx, account.email)
    _unname(tx, {actor.name, actor.username, *titles} - {""})
    pictures.remove_of_owner(tx, actor.id)
    vouches.forget_person(tx, actor.id)
    invitations.drop_of(tx, actor.id)
    join_requests.forget_person(
        tx, username=account.username, email=account.email, actor_id=actor.id
    )
    notifications.forget_caused_by(tx, actor.id)
    personal.forget(tx, actor.id, actor.uri)
    accounts.delete(tx, actor.id)
    leaving.retire_local(tx, actor.id, now=now)
    graves.bury(tx, actor.uri, by=actor.uri, now=now, local_id=actor.id, type=actor.type)
    audit.record(tx, here, by, "account.delete", actor.handle)


def _part(tx: Transaction, here: Here, actor: Actor) -> None:
    """What waits for an answer is refused or withdrawn and what was agreed on is called off, by
    the usual words, on whichever node the other one lives. Something that is on loan cannot be
    called off; its other side is told all the same."""
    for one in personal.unfinished_agreements(tx, actor.id):
        if one.state == State.PROPOSED:
            end = agreements.refuse if one.own_proposal else agreements.withdraw
        else:
            end = agreements.cancel
        with contextlib.suppress(Conflict):
            end(tx, here, actor, one.id)
        other = actors.by_id(tx, one.other_id)
        if other is None:
            continue
        # What hangs on the agreement's row, or on the person's own proposal, goes with it.
        notices.tell(
            tx,
            here,
            other,
            Kind.AGREEMENT_CANCELLED,
            dedupe=f"{one.id} gone",
            object_id=None if one.own_proposal else one.proposal_id,
            data={"why": "account-deleted"},
        )


def _unname(tx: Transaction, words: set[str]) -> None:
    """Letters to others that are not sent yet say "…" where they said this."""
    waiting = mails.waiting(tx, most=MOST) if words else []
    for identifier, subject, text in waiting:
        new_subject, new_text = subject, text
        for word in words:
            if word in subject or word in text:
                pattern = re.compile(rf"(?<!\w){re.escape(word)}(?!\w)")
                new_subject, new_text = pattern.sub("…", new_subject), pattern.sub("…", new_text)
        if (new_subject, new_text) != (subject, text):
            mails.rewrite(tx, identifier, subject=new_subject, text=new_text)
