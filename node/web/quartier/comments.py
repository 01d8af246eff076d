"""What people say under an announcement, for all to read: listed, and written by members."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from node.actions.posts import post_once
from node.aid.lifecycle import State
from node.errors import Conflict, Invalid, NotFound
from node.outbox.here import Here
from node.social.accounts import Actor
from node.social.posts import Post
from node.social.statuses import Status
from node.social.visibility import Visibility
from node.store import actors, objects, silences, threads, visible
from node.store.proposal_details import Entry
from node.store.transaction import Transaction
from node.web.mine.words import unnamed

PAGE: Final = 20
"""Comments, each with what answers it."""
BELOW_MOST: Final = 100
"""Answers to the comments of one page."""
DEPTH: Final = 20
LENGTH: Final = 4_000


@dataclass(frozen=True, slots=True)
class Comment:
    id: int
    who: str
    link: str
    """The writer's page, where it is ours."""
    to: str
    """Whom it answers, where that is not the announcement itself."""
    at: float
    content: Markup
    warning: str
    """What its writer wants to be known before it is read."""
    language: str


@dataclass(frozen=True, slots=True)
class Talk:
    comments: Sequence[Comment]
    after: int | None
    """Where the next page goes on."""


def talk(tx: Transaction, viewer: Actor | None, uri: str, after: int | None) -> Talk:
    """The comments on an object that `viewer` may see, oldest first, each followed by what answers
    it; in a fixed number of queries."""
    direct = objects.replies(tx, uri, after=after, most=PAGE + 1)
    page = direct[:PAGE]
    if not page:
        return Talk((), None)
    nested = threads.descendants_of(tx, [one for _, one in page], most=BELOW_MOST, depth=DEPTH)
    found = objects.by_ids(tx, [number for number, _ in page] + [row.id for row in nested])
    silenced = silences.among(tx, {one.author_id for one in found.values()})
    seen = visible.among(
        tx, viewer, [one for one in found.values() if one.author_id not in silenced]
    )
    people = actors.by_ids(tx, {one.author_id for one in found.values()})
    by_uri = {one.uri: one for one in found.values()}
    below: dict[str, list[Status]] = {}
    root: dict[str, str] = {one: one for _, one in page}
    for row in nested:
        root[row.uri] = root.get(row.in_reply_to, row.in_reply_to)
        if row.id in found:
            below.setdefault(root[row.uri], []).append(found[row.id])
    ordered = [
        one
        for number, first in page
        for one in (found.get(number), *below.get(first, []))
        if one is not None and one.id in seen and one.visibility.open
    ]
    comments = [_comment(one, people, by_uri.get(one.in_reply_to or "")) for one in ordered]
    return Talk(comments, page[-1][0] if len(direct) > PAGE else None)


def _comment(one: Status, people: dict[int, Actor], answered: Status | None) -> Comment:
    author = people[one.author_id]
    whose = people.get(answered.author_id) if answered is not None else None
    return Comment(
        id=one.id,
        who=author.name or author.username,
        link=f"/@{author.username}" if author.local else "",
        to=(whose.name or whose.username) if whose is not None else "",
        at=one.published,
        content=unnamed(one.content),
        warning=one.summary or "",
        language=one.language or "",
    )


def say(
    tx: Transaction, here: Here, me: Actor, entry: Entry, text: str, *, language: str, key: str
) -> Status:
    """A public comment; with the same `key` once. Raises Invalid, and Conflict where nothing more
    is said."""
    if entry.proposal.state is State.REMOVED:
        raise Conflict("Cette annonce est retirée : on n’y écrit plus.")
    words = text.strip()
    if not words:
        raise Invalid("Écrivez votre message.")
    if len(words) > LENGTH:
        raise Invalid(f"C’est trop long : {LENGTH} caractères au plus.")
    author = entry.author
    handle = author.username if author.local else author.handle
    named = f"@{handle} {words}" if author.id != me.id else words
    post = Post(
        text=named, visibility=Visibility.PUBLIC, language=language, reply_to=entry.proposal.id
    )
    made = post_once(tx, here, me, post, {handle: author}, key=key)
    if made.status is None:
        raise NotFound("Ce message est déjà envoyé.")
    return made.status


def about(tx: Transaction, status: Status) -> int | None:
    """The announcement under which it was written, if it was."""
    above = threads.ancestors(tx, status.in_reply_to, most=DEPTH)
    return above[0].id if above else None
