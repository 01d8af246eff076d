"""Polls: somebody votes, here or elsewhere; votes that came are told on, and the end of a poll."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from node.actions.restating import restate
from node.actions.seeing import seen
from node.activitypub import render
from node.activitypub.documents import ObjectDocument
from node.clock import to_iso
from node.errors import Invalid, NotFound
from node.ids import new_id
from node.outbox.here import Here
from node.outbox.publish import Document, publish
from node.social.accounts import Actor
from node.social.statuses import Status
from node.store import actors, objects, polls
from node.store.polls import Option, Poll
from node.store.transaction import Transaction

TOLD_S: Final = 60.0
"""Votes that come within this time are told on together."""
MISSING: Final = "Record not found"


def vote(tx: Transaction, here: Here, me: Actor, identifier: int, choices: Sequence[int]) -> Status:
    """Once, for one option or, where the poll takes several, for several. Raises NotFound for what
    may not be seen, and Invalid with why not."""
    status, author = seen(tx, me, identifier)
    poll = polls.lock(tx, status.id)
    if poll is None:
        raise NotFound(MISSING)
    if poll.over(here.clock.now()):
        raise Invalid("The poll has already ended")
    if author.id == me.id or polls.choices_of(tx, poll.object_id, me.id):
        raise Invalid("You have already voted on this poll")
    chosen = list(dict.fromkeys(choices))
    if not chosen or any(not 0 <= one < len(poll.options) for one in chosen):
        raise Invalid("The chosen vote option does not exist")
    if len(chosen) > 1 and not poll.multiple:
        raise Invalid("Ce sondage n’accepte qu’une réponse.")
    uris = [f"{me.uri}#votes/{new_id()}" for _ in chosen]
    _count(tx, here, status, poll, me, chosen, uris)
    if not author.local:
        for uri, choice in zip(uris, chosen, strict=True):
            _send_vote(tx, here, me, author, status, uri, poll.options[choice].title)
    return status


def hear_vote(tx: Transaction, here: Here, document: ObjectDocument, voter: Actor) -> bool:
    """A Note that is a vote in a poll of ours: with a name, and no words. True when it is one."""
    if document.in_reply_to is None or not document.name or document.content:
        return False
    status = objects.by_uri(tx, document.in_reply_to)
    poll = polls.lock(tx, status.id) if status is not None and status.local else None
    if status is None or poll is None:
        return False
    titles = [one.title for one in poll.options]
    if poll.over(here.clock.now()) or document.name not in titles or voter.local:
        return True
    try:
        seen(tx, voter, status.id)
    except NotFound:
        return True
    choice = titles.index(document.name)
    before = polls.choices_of(tx, poll.object_id, voter.id)
    if choice in before or (before and not poll.multiple):
        return True
    _count(tx, here, status, poll, voter, [choice], [document.id])
    return True


def _count(
    tx: Transaction,
    here: Here,
    status: Status,
    poll: Poll,
    voter: Actor,
    chosen: Sequence[int],
    uris: Sequence[str],
) -> None:
    first = not polls.choices_of(tx, poll.object_id, voter.id)
    polls.vote(tx, poll.object_id, voter.id, chosen, uris)
    options = tuple(
        replace(one, votes=one.votes + (at in chosen)) for at, one in enumerate(poll.options)
    )
    polls.put(tx, replace(poll, options=options, voters=poll.voters + first))
    if status.local:
        polls.mark_untold(tx, poll.object_id, here.clock.now())


def _send_vote(
    tx: Transaction, here: Here, me: Actor, author: Actor, status: Status, uri: str, title: str
) -> None:
    """As Mastodon sends it."""
    note = {
        "id": uri,
        "type": "Note",
        "name": title,
        "attributedTo": me.uri,
        "inReplyTo": status.uri,
        "to": [author.uri],
        "published": to_iso(here.clock.now()),
    }
    publish(
        tx,
        here,
        me,
        render.create(
            activity_id=here.addresses.activity(new_id()),
            actor=me.uri,
            object=note,
            to=(author.uri,),
            published=here.clock.now(),
        ),
        inboxes=[author.inbox],
        about=status.uri,
    )


# ── polls of others ──────────────────────────────────────────────────────────────────────────


def read_poll(tx: Transaction, status: Status, document: ObjectDocument, *, now: float) -> None:
    """The poll of a remote Question, as its origin tells it; votes of ours stay while it asks the
    same."""
    if not document.options:
        return
    known = polls.by_id(tx, status.id)
    titles = [one.name for one in document.options]
    if known is not None and [one.title for one in known.options] != titles:
        polls.forget_votes(tx, status.id)
        known = None
    options = tuple(
        Option(one.name, one.votes if one.votes is not None else _votes(known, at))
        for at, one in enumerate(document.options)
    )
    total = sum(one.votes for one in options)
    polls.put(
        tx,
        Poll(
            object_id=status.id,
            options=options,
            multiple=document.multiple,
            hide_totals=False,
            expires_at=document.end_time or document.closed,
            closed_at=known.closed_at if known is not None else _closed(document, now),
            voters=document.voters if document.voters is not None else total,
        ),
    )


def _votes(known: Poll | None, at: int) -> int:
    return known.options[at].votes if known is not None else 0


def _closed(document: ObjectDocument, now: float) -> float | None:
    """Of one that was over before we knew of it nobody here is told."""
    ends = [one for one in (document.closed, document.end_time) if one is not None]
    return min(ends) if ends and min(ends) <= now else None


# ── what time brings ─────────────────────────────────────────────────────────────────────────


def close_ended(tx: Transaction, here: Here) -> int:
    """Polls that are over: everybody who has one of ours gets its last counts. How many."""
    found = polls.ended(tx, here.clock.now())
    for poll in found:
        polls.close(tx, poll.object_id, here.clock.now())
        _tell_counts(tx, here, poll.object_id)
    return len(found)


def tell_votes(tx: Transaction, here: Here) -> int:
    """Polls of ours in which somebody voted a while ago. How many."""
    found = polls.untold(tx, here.clock.now() - TOLD_S)
    for poll in found:
        polls.mark_told(tx, poll.object_id)
        _tell_counts(tx, here, poll.object_id)
    return len(found)


def _tell_counts(tx: Transaction, here: Here, object_id: int) -> None:
    """The Question with its counts, to everybody who has it; nothing else of it changes."""
    status, poll = objects.by_id(tx, object_id), polls.by_id(tx, object_id)
    author = actors.by_id(tx, status.author_id) if status is not None else None
    if status is None or poll is None or author is None or not status.local:
        return
    voters = actors.by_ids(tx, polls.voters(tx, object_id)).values()
    restate(
        tx,
        here,
        author,
        status,
        also=[one.inbox for one in voters if not one.local],
        without=("oneOf", "anyOf", "votersCount", "endTime", "closed"),
        **question(poll),
    )


def question(poll: Poll) -> Document:
    """What a Question has beyond a Note."""
    choices = [
        {
            "type": "Note",
            "name": one.title,
            "replies": {"type": "Collection", "totalItems": one.votes},
        }
        for one in poll.options
    ]
    made: Document = {
        "type": "Question",
        "anyOf" if poll.multiple else "oneOf": choices,
        "votersCount": poll.voters,
    }
    if poll.expires_at is not None:
        made["endTime"] = to_iso(poll.expires_at)
    if poll.closed_at is not None:
        made["closed"] = to_iso(poll.expires_at or poll.closed_at)
    return made
