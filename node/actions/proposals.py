"""Changing, closing and deleting a proposal of ours: what its author does."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson

from node.actions import agreements, changing, gatherings, passing, topic_choices
from node.actions.changing import later, not_here, own
from node.actions.newcomers import needs_review
from node.actions.notices import tell, tell_roles
from node.actions.publishing import (
    attach_pictures,
    check_heard,
    check_unnamed,
    publish_change,
    publish_proposal,
)
from node.activitypub import render
from node.activitypub.vocabulary import PUBLIC
from node.aid.agreements import OPEN
from node.aid.agreements import State as Agreed
from node.aid.draft_checks import pictures as check_pictures
from node.aid.drafts import edit
from node.aid.lifecycle import OVER, State
from node.aid.proposals import Proposal
from node.ids import new_id
from node.outbox.here import Here
from node.outbox.publish import prove, publish
from node.social.accounts import Actor
from node.social.notifications import Kind
from node.social.statuses import Status
from node.store import actors, objects, outbox
from node.store import agreements as agreements_store
from node.store.proposals import Stored
from node.store.transaction import Transaction


def edit_proposal(tx: Transaction, /, here: Here, object_id: int, **changes: object) -> Proposal:
    """Other fields for a local proposal, named as in `Draft`; None leaves one as it is. Everybody
    who may hold it is told. Raises Invalid, also when the words tell for whom it was written,
    Forbidden for a suspended author, and Conflict when it is closed or promised."""
    stored, author = own(tx, object_id)
    check_heard(tx, author)
    before = stored.proposal
    wanted = changes.pop("pictures", None)
    changed = edit(
        before,
        changes,
        now=later(here.clock.now(), before),
        zone=here.settings.node.time_zone,
    )
    if changed.topic != before.topic:
        topic_choices.check(tx, changed.topic)
    if wanted is not None:
        attach_pictures(tx, author, object_id, check_pictures(wanted))
    check_unnamed(tx, changed)
    if (changed.title, changed.text) != (before.title, before.text) or wanted is not None:
        _tell_who_read_it(tx, here, author, object_id)
    return publish_change(tx, here, stored, author, changed)


def _tell_who_read_it(tx: Transaction, here: Here, author: Actor, object_id: int) -> None:
    """What a mediator let through says something else now: they are told, at most once an hour."""
    if needs_review(tx, here, author):
        tell_roles(
            tx,
            here,
            Kind.REVIEWED_CHANGED,
            dedupe=f"{object_id} {int(here.clock.now()) // 3600}",
            by=author,
            object_id=object_id,
        )


def close_proposal(
    tx: Transaction, here: Here, object_id: int, *, state: State = State.DONE
) -> Proposal:
    """It is settled (`done`), taken back (`withdrawn`) or over (`expired`). To say so twice
    changes nothing."""
    stored, _ = own(tx, object_id)
    if stored.proposal.state is state:
        return stored.proposal
    return change_proposal(tx, here, object_id, state=state)


def change_proposal(tx: Transaction, /, here: Here, object_id: int, **changes: Any) -> Proposal:
    """As `changing.change_proposal`; when that ends it, its agreements are settled too."""
    changed = changing.change_proposal(tx, here, object_id, **changes)
    if changed.state in OVER and "state" in changes:
        agreements.proposal_closed(tx, here, object_id, changed.state)
    return changed


def delete_proposal(tx: Transaction, here: Here, object_id: int) -> None:
    """Remove it here and everywhere; its id answers 410 from now on."""
    stored, author = own(tx, object_id)
    status = objects.by_id(tx, object_id)
    if status is None:
        raise not_here(object_id)
    remove_status(tx, here, author, status, stored)


def remove_status(
    tx: Transaction,
    here: Here,
    author: Actor,
    status: Status,
    stored: Stored | None,
    *,
    also: Iterable[str] = (),
) -> None:
    """A local status goes, and everybody who may hold it is told, `also` these inboxes."""
    answered = _still_open(tx, status.id) if stored is not None else []
    if stored is not None:
        agreements.proposal_closed(tx, here, status.id, State.WITHDRAWN)
    deletion = prove(
        tx,
        here,
        author,
        render.delete(
            activity_id=here.addresses.activity(new_id()),
            actor=author.uri,
            object={"id": status.uri, "type": "Tombstone", "formerType": status.type},
            to=(PUBLIC,),
            cc=(here.addresses.followers_of(author.uri),),
            published=here.clock.now(),
        ),
    )
    inboxes = [*passing.audience_inboxes(tx, here, author, status.uri), *also]
    if stored is not None:
        passing.pass_on_change(tx, here, stored, orjson.dumps(deletion).decode())
    outbox.unlist_object(tx, status.uri)
    gatherings.removed(tx, here, status.id, status.uri)
    objects.delete(tx, status, by=author.uri, now=here.clock.now())
    publish(tx, here, author, deletion, inboxes=inboxes, sync=True)
    for answerer, kind in answered:
        # What hung on the proposal went with it, also the word that it is over.
        tell(
            tx,
            here,
            answerer,
            kind,
            dedupe=f"deleted {status.uri}",
            by=author,
            data={"title": status.name or ""},
        )


def _still_open(tx: Transaction, object_id: int) -> list[tuple[Actor, Kind]]:
    """Who answered and waits, or agreed, and what it will be to them that there is no more of
    it."""
    found = []
    for one in agreements_store.of_proposal(tx, object_id):
        answerer = actors.by_id(tx, one.answerer_id) if one.state in OPEN else None
        if answerer is not None:
            waits = one.state is Agreed.PROPOSED
            found.append((answerer, Kind.AGREEMENT_REFUSED if waits else Kind.AGREEMENT_CANCELLED))
    return found


__all__ = [
    "change_proposal",
    "close_proposal",
    "delete_proposal",
    "edit_proposal",
    "own",
    "publish_proposal",
    "remove_status",
]
