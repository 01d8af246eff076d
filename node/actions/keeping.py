"""Storing what others wrote: an object as its author or its origin tells it becomes a status."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson

from node.actions import parts, quoting, voting
from node.activitypub.documents import ObjectDocument, Reference, Tombstone, parse_object
from node.activitypub.html import clean_html, plain_text
from node.activitypub.readers import same_origin
from node.activitypub.rejected import Rejected
from node.aid.lifecycle import OVER, State
from node.aid.proposals import Proposal
from node.aid.wire import ReadProposal, from_note
from node.ids import new_id
from node.outbox.here import host_of
from node.social.accounts import Actor
from node.social.statuses import Status
from node.social.visibility import addressed
from node.store import objects, proposals
from node.store.transaction import Transaction

OLDEST_ID_S = 1_262_304_000.0  # 2010: before, nobody published by this protocol


def own_object(reference: Reference, actor: Actor) -> ObjectDocument | Tombstone | Rejected | None:
    """The embedded object, when the activity around it may vouch for it: same origin and owner
    (FEP-fe34). None when it must be fetched from its origin instead."""
    if reference.embedded is None or reference.iri is None:
        return None
    if not same_origin(reference.iri, actor.uri):
        return None
    parsed = parse_object(reference.embedded)
    if isinstance(parsed, ObjectDocument) and parsed.attributed_to != actor.uri:
        return None
    return parsed


def raw_object(raw: dict[str, Any], normalised: dict[str, Any] | None) -> str:
    """The object of an activity as text, as received where it stands there as an object."""
    inside = raw.get("object")
    if isinstance(inside, dict) and "id" in inside:
        return orjson.dumps(inside).decode()
    return orjson.dumps(normalised or {}).decode()


def store_object(
    tx: Transaction,
    document: ObjectDocument,
    author: Actor,
    text: str,
    *,
    now: float,
    create_activity: str | None = None,
    shown: bool = False,
) -> Status | None:
    """Store a new remote status; None when it is here already."""
    status = _status(document, author, text, now=now, identifier=_fresh_id(document, now))
    named = () if status.visibility.open else (*document.to, *document.cc, *document.audience)
    fresh = objects.insert(
        tx, status, addressed=named, tags=[tag.name.casefold() for tag in document.hashtags]
    )
    if not fresh:
        return None
    parts.keep(tx, status.id, document)
    voting.read_poll(tx, status, document, now=now)
    quoting.read_quote(tx, status, document)
    read = from_note(document.document, now=now)
    if isinstance(read, ReadProposal):
        proposals.insert(
            tx,
            _proposal(read, status, now),
            shown=shown and read.public,
            create_activity=create_activity,
        )
    return status


def update_object(
    tx: Transaction,
    status: Status,
    document: ObjectDocument,
    author: Actor,
    text: str,
    *,
    now: float,
    update_activity: str | None = None,
) -> None:
    """An edit of a stored remote status, as its author or its origin tells it now."""
    changed = _status(document, author, text, now=now, identifier=status.id)
    # Of a poll whose counts moved nothing was edited.
    same = (changed.content, changed.summary) == (status.content, status.summary)
    voting.read_poll(tx, status, document, now=now)
    quoting.read_quote(tx, status, document)
    objects.update(
        tx,
        status.id,
        name=changed.name,
        content=changed.content,
        summary=changed.summary,
        language=changed.language,
        sensitive=changed.sensitive,
        updated=changed.updated or (status.updated if same and document.options else now),
        document=text,
        tags=[tag.name.casefold() for tag in document.hashtags],
    )
    parts.keep(tx, status.id, document)
    stored = proposals.by_id(tx, status.id)
    read = from_note(document.document, now=now)
    if not isinstance(read, ReadProposal):
        if stored is not None:  # it is a note by now
            ended = replace(
                stored.proposal, state=State.DONE, closed_at=stored.proposal.closed_at or now
            )
            proposals.update(tx, ended, update_activity=stored.update_activity)
        return
    proposal = _proposal(read, status, now)
    if stored is None:
        proposals.insert(tx, proposal, shown=False, create_activity=None)
    else:
        if proposal.closed_at is not None and stored.proposal.closed_at is not None:
            proposal = replace(proposal, closed_at=stored.proposal.closed_at)
        proposals.update(tx, proposal, update_activity=update_activity or stored.update_activity)


def is_stale(status: Status, document: ObjectDocument) -> bool:
    """Whether an edit is older than what is stored."""
    return document.updated is not None and document.updated < (status.updated or 0.0)


def _fresh_id(document: ObjectDocument, now: float) -> int:
    """Ids sort by time of publication, so that old statuses fetched late stand where they
    belong; a date in the future counts as now."""
    published = document.published
    if published is None or published > now or published < OLDEST_ID_S or now - published < 60.0:
        return new_id()
    return new_id(published)


def _status(
    document: ObjectDocument, author: Actor, text: str, *, now: float, identifier: int
) -> Status:
    published = min(document.published or now, now)
    content = clean_html(document.content or "")
    if not content and document.summary:
        content = clean_html(document.summary)
    return Status(
        id=identifier,
        uri=document.id,
        local=False,
        type=document.type,
        author_id=author.id,
        visibility=addressed(document.to, document.cc, document.audience).visibility(
            author.followers_uri
        ),
        name=plain_text(document.name) if document.name else None,
        content=content,
        summary=plain_text(document.summary) if document.summary else None,
        language=document.language,
        sensitive=document.sensitive,
        url=document.url,
        in_reply_to=document.in_reply_to,
        context=document.context,
        published=published,
        updated=document.updated,
        document=text,
    )


def _proposal(read: ReadProposal, status: Status, now: float) -> Proposal:
    state = read.state if read.public else State.DONE
    return Proposal(
        id=status.id,
        uri=read.uri,
        author_uri=read.author_uri,
        purpose=read.purpose,
        topic=read.topic,
        mode=read.mode,
        title=plain_text(read.title),
        text="",
        urgency=read.urgency,
        reach=read.reach,
        reach_m=read.reach_m,
        quantity=read.quantity,
        available=read.available,
        unit=read.unit,
        language=read.language,
        state=state,
        created=read.published,
        updated=read.updated,
        expires_at=read.expires_at,
        due=read.due,
        cell=read.place.cell if read.place else "",
        lat=read.place.lat if read.place else 0.0,
        lon=read.place.lon if read.place else 0.0,
        radius_m=read.place.radius_m if read.place else 0,
        origin=host_of(read.uri),
        in_scope_of=read.in_scope_of,
        starts_at=read.starts_at,
        ends_at=read.ends_at,
        languages=read.languages,
        answerable=read.answerable,
        gathering=read.gathering,
        standing=read.standing,
        closed_at=now if state in OVER else None,
    )


__all__ = [
    "is_stale",
    "own_object",
    "raw_object",
    "store_object",
    "update_object",
]
