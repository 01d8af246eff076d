"""Publishing, editing, closing and deleting a proposal: what its author does."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson

from node.actions import gatherings, passing, topic_choices
from node.activitypub import render
from node.activitypub.vocabulary import OUR_CONTEXT, PUBLIC
from node.aid.drafts import edit
from node.aid.lifecycle import State, may_become
from node.aid.proposals import Draft, Proposal, propose
from node.aid.wire import Author, Home, hashtags, to_note
from node.errors import Forbidden, Invalid, NotFound
from node.ids import new_id
from node.outbox.here import Here
from node.outbox.publish import Document, prove, publish
from node.social.accounts import Actor
from node.social.statuses import Status
from node.social.visibility import Visibility
from node.store import actors, follows, objects, outbox, proposals
from node.store.proposals import Stored
from node.store.transaction import Transaction


def publish_proposal(tx: Transaction, here: Here, author: Actor, draft: Draft) -> Proposal:
    """Publish: to the author's followers, by the quartier, and to the neighbours in reach."""
    topic_choices.check(tx, draft.topic)
    identifier = new_id()
    settings = here.settings
    proposal = propose(
        draft,
        id=identifier,
        uri=here.addresses.object(identifier),
        author_uri=author.uri,
        origin=here.domain,
        now=here.clock.now(),
        centre=(settings.node.latitude, settings.node.longitude),
        wide_m=settings.federation.wide_reach_m,
    )
    note = _note(tx, here, author, proposal)
    create = prove(
        tx,
        here,
        author,
        render.create(
            activity_id=here.addresses.activity(new_id()),
            actor=author.uri,
            object=note,
            to=(PUBLIC,),
            cc=tuple(note["cc"]),
            published=proposal.created,
        ),
    )
    objects.insert(
        tx,
        _status(author, proposal, note),
        tags=[tag.name.lower() for tag in hashtags(proposal, _home(here))],
    )
    stored = Stored(proposal, True, orjson.dumps(create).decode(), None)
    proposals.insert(tx, proposal, shown=True, create_activity=stored.create_activity)
    publish(
        tx,
        here,
        author,
        create,
        inboxes=follows.follower_inboxes(tx, author.id),
        public=True,
        sync=True,
        urgent=proposal.urgency in passing.URGENT,
    )
    passing.announce(tx, here, proposal)
    passing.pass_on(tx, here, stored)
    gatherings.changed(tx, here, proposal.id)
    return proposal


def edit_proposal(
    tx: Transaction,
    here: Here,
    object_id: int,
    *,
    title: str | None = None,
    text: str | None = None,
) -> Proposal:
    """New words for a local proposal that is not closed; everybody who may hold it is told."""
    stored, author = _own(tx, object_id)
    now = here.clock.now()
    changed = edit(stored.proposal, now=_later(now, stored.proposal), title=title, text=text)
    return _changed(tx, here, stored, author, changed)


def close_proposal(
    tx: Transaction, here: Here, object_id: int, *, state: State = State.DONE
) -> Proposal:
    """It is settled (`done`), taken back (`withdrawn`) or over (`expired`)."""
    stored, author = _own(tx, object_id)
    if stored.proposal.state == state:
        return stored.proposal
    if not may_become(stored.proposal.state, state):
        raise Invalid(
            f"Cette annonce est « {stored.proposal.state.value} » : "
            f"elle ne peut pas devenir « {state.value} »."
        )
    changed = replace(
        stored.proposal, state=state, updated=_later(here.clock.now(), stored.proposal)
    )
    return _changed(tx, here, stored, author, changed)


def change_proposal(tx: Transaction, here: Here, object_id: int, **changes: Any) -> Proposal:
    """Fields of a local proposal (`state`, `available`, …), and the Update that says so.

    The state goes only where the graph has a step; Invalid otherwise.
    """
    stored, author = _own(tx, object_id)
    before = stored.proposal
    state = changes.get("state", before.state)
    if state is not before.state and not may_become(before.state, state):
        raise Invalid(
            f"Cette annonce est « {before.state.value} » : "
            f"elle ne peut pas devenir « {state.value} »."
        )
    changed = replace(before, **changes, updated=_later(here.clock.now(), before))
    return _changed(tx, here, stored, author, changed)


def delete_proposal(tx: Transaction, here: Here, object_id: int) -> None:
    """Remove it here and everywhere; its id answers 410 from now on."""
    stored, author = _own(tx, object_id)
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


def expire_proposals(tx: Transaction, here: Here) -> int:
    """Close what is over, here; copies from elsewhere are closed by their own end. How many."""
    now = here.clock.now()
    over = proposals.expired(tx, now=now)
    for object_id in over:
        close_proposal(tx, here, object_id, state=State.EXPIRED)
    proposals.mark_expired_remote(tx, now=now)
    return len(over)


def _changed(
    tx: Transaction, here: Here, stored: Stored, author: Actor, changed: Proposal
) -> Proposal:
    note = _note(tx, here, author, changed)
    update = prove(
        tx,
        here,
        author,
        render.update(
            activity_id=here.addresses.activity(new_id()),
            actor=author.uri,
            object=note,
            to=(PUBLIC,),
            cc=tuple(note["cc"]),
            published=changed.updated,
        ),
    )
    text = orjson.dumps(update).decode()
    status = _status(author, changed, note)
    objects.update(
        tx,
        changed.id,
        name=status.name,
        content=status.content,
        summary=status.summary,
        language=status.language,
        sensitive=status.sensitive,
        updated=changed.updated,
        document=status.document,
        tags=[tag.name.lower() for tag in hashtags(changed, _home(here))],
    )
    proposals.update(tx, changed, update_activity=text)
    publish(
        tx,
        here,
        author,
        update,
        inboxes=passing.audience_inboxes(tx, here, author, changed.uri),
        public=True,
        sync=True,
        urgent=changed.urgency in passing.URGENT,
    )
    passing.pass_on_change(tx, here, stored, text)
    gatherings.changed(tx, here, changed.id)
    return changed


def _own(tx: Transaction, object_id: int) -> tuple[Stored, Actor]:
    stored = proposals.by_id(tx, object_id)
    status = objects.by_id(tx, object_id)
    if stored is None or status is None:
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


def _home(here: Here) -> Home:
    return Home(
        base=here.settings.base_url,
        quartier=here.quartier.uri,
        name=here.settings.node.name,
        zone=here.settings.node.time_zone,
    )


def _note(tx: Transaction, here: Here, author: Actor, proposal: Proposal) -> Document:
    note = to_note(
        proposal,
        author=Author(
            uri=author.uri,
            followers=here.addresses.followers_of(author.uri),
            page=here.addresses.profile(author.username),
        ),
        home=_home(here),
        context=OUR_CONTEXT,
        replies=here.addresses.replies(proposal.uri),
        conversation=here.addresses.context(proposal.uri),
    )
    return prove(tx, here, author, note)


def _status(author: Actor, proposal: Proposal, note: Document) -> Status:
    return Status(
        id=proposal.id,
        uri=proposal.uri,
        local=True,
        type="Note",
        author_id=author.id,
        visibility=Visibility.PUBLIC,
        name=proposal.title,
        content=str(note["content"]),
        summary=None,
        language=proposal.language,
        sensitive=False,
        url=str(note["url"]),
        in_reply_to=None,
        context=str(note["context"]),
        published=proposal.created,
        updated=proposal.updated if proposal.updated > proposal.created else None,
        document=orjson.dumps(note).decode(),
    )
