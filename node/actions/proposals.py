"""Changing, closing and deleting a proposal of ours: what its author does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import orjson

from node.actions import gatherings, passing, topic_choices
from node.actions.publishing import (
    attach_pictures,
    publish_change,
    publish_proposal,
)
from node.activitypub import render
from node.activitypub.vocabulary import PUBLIC
from node.aid.draft_checks import pictures as check_pictures
from node.aid.drafts import edit
from node.aid.lifecycle import OVER, State, may_become
from node.aid.proposals import Proposal
from node.errors import Conflict, Forbidden, NotFound
from node.ids import new_id
from node.outbox.here import Here
from node.outbox.publish import prove, publish
from node.social.accounts import Actor
from node.social.statuses import Status
from node.store import actors, objects, outbox, proposals
from node.store.proposals import Stored
from node.store.transaction import Transaction

STATES_FR: Mapping[State, str] = {
    State.DRAFT: "un brouillon",
    State.REVIEW: "en relecture",
    State.OPEN: "ouverte",
    State.PARTLY_MATCHED: "promise en partie",
    State.MATCHED: "promise",
    State.DONE: "réglée",
    State.PAUSED: "en pause",
    State.SATISFIED_FOR_NOW: "suspendue, c’est suffisant pour le moment",
    State.REFERRED: "confiée à un autre quartier",
    State.EXPIRED: "arrivée à son terme",
    State.WITHDRAWN: "retirée",
    State.REMOVED: "retirée par la médiation",
}


def edit_proposal(tx: Transaction, /, here: Here, object_id: int, **changes: object) -> Proposal:
    """Other fields for a local proposal, named as in `Draft`; None leaves one as it is. Everybody
    who may hold it is told. Raises Invalid, and Conflict when it is closed or promised."""
    stored, author = own(tx, object_id)
    before = stored.proposal
    wanted = changes.pop("pictures", None)
    changed = edit(
        before,
        changes,
        now=_later(here.clock.now(), before),
        zone=here.settings.node.time_zone,
    )
    if changed.topic != before.topic:
        topic_choices.check(tx, changed.topic)
    if wanted is not None:
        attach_pictures(tx, author, object_id, check_pictures(wanted))
    return publish_change(tx, here, stored, author, changed)


def close_proposal(
    tx: Transaction, here: Here, object_id: int, *, state: State = State.DONE
) -> Proposal:
    """It is settled (`done`), taken back (`withdrawn`) or over (`expired`). To say so twice
    changes nothing."""
    stored, _ = own(tx, object_id)
    if stored.proposal.state is state:
        return stored.proposal
    return change_proposal(tx, here, object_id, state=state)


def change_proposal(tx: Transaction, here: Here, object_id: int, **changes: Any) -> Proposal:
    """Fields of a local proposal (`state`, `available`, …), and the Update that says so.

    The state goes only where the graph has a step; Conflict otherwise.
    """
    stored, author = own(tx, object_id)
    before, now = stored.proposal, here.clock.now()
    changed = replace(before, **changes, updated=_later(now, before))
    if changed.state is not before.state:
        if not may_become(before.state, changed.state):
            raise Conflict(
                f"Cette annonce est {STATES_FR[before.state]} : elle ne peut pas être "
                f"{STATES_FR[changed.state]}."
            )
        if changed.state in OVER:
            changed = replace(changed, closed_at=before.closed_at or now)
        else:
            changed = replace(changed, closed_at=None)
        if changed.state is not State.SATISFIED_FOR_NOW:
            changed = replace(changed, opens_again_at=None)
    return publish_change(tx, here, stored, author, changed)


def delete_proposal(tx: Transaction, here: Here, object_id: int) -> None:
    """Remove it here and everywhere; its id answers 410 from now on."""
    stored, author = own(tx, object_id)
    status = objects.by_id(tx, object_id)
    if status is None:
        raise _not_here(object_id)
    remove_status(tx, here, author, status, stored)


def remove_status(
    tx: Transaction, here: Here, author: Actor, status: Status, stored: Stored | None
) -> None:
    """A local status goes, and everybody who may hold it is told."""
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
    inboxes = passing.audience_inboxes(tx, here, author, status.uri)
    if stored is not None:
        passing.pass_on_change(tx, here, stored, orjson.dumps(deletion).decode())
    outbox.unlist_object(tx, status.uri)
    gatherings.removed(tx, here, status.id, status.uri)
    objects.delete(tx, status, by=author.uri, now=here.clock.now())
    publish(tx, here, author, deletion, inboxes=inboxes, sync=True)


def own(tx: Transaction, object_id: int, who: Actor | None = None) -> tuple[Stored, Actor]:
    """A local proposal and its author. Raises NotFound for none, and where `who` is not its
    author; Forbidden for one from elsewhere."""
    stored = proposals.by_id(tx, object_id)
    status = objects.by_id(tx, object_id)
    if stored is None or status is None or (who is not None and status.author_id != who.id):
        raise _not_here(object_id)
    author = actors.by_id(tx, status.author_id)
    if author is None or not author.local:
        raise Forbidden(
            "Cette annonce vient d’un autre quartier : seul son auteur peut la changer."
        )
    return stored, author


def _not_here(object_id: int) -> NotFound:
    return NotFound(f"Il n’y a pas d’annonce {object_id} ici. Voyez : entraide proposal list")


def _later(now: float, proposal: Proposal) -> float:
    """Peers compare whole seconds: an edit is always later than what it edits."""
    return max(now, int(proposal.updated) + 1.0)


__all__ = [
    "change_proposal",
    "close_proposal",
    "delete_proposal",
    "edit_proposal",
    "own",
    "publish_proposal",
    "remove_status",
]
