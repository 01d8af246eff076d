"""Somebody of ours publishes a post: it is stored, and everybody whom it is for is told."""

from __future__ import annotations

from collections.abc import Mapping

from node.actions import parts, quoting
from node.actions.posts import hearing
from node.actions.posts.notes import Audience, Content, audience_of, note_of, status_of, tags_of
from node.actions.seeing import seen
from node.activitypub import render
from node.errors import Invalid, NotFound
from node.ids import new_id
from node.outbox.here import Here
from node.outbox.publish import Document, prove, publish
from node.social import posts
from node.social.accounts import Actor
from node.social.posts import Ballot, Post
from node.social.statuses import Status
from node.social.visibility import Visibility
from node.store import actors, blocks, inboxes, objects, pictures, polls, quotes
from node.store.pictures import Picture
from node.store.polls import Option, Poll
from node.store.transaction import Transaction


def publish_post(
    tx: Transaction,
    here: Here,
    author: Actor,
    post: Post,
    people: Mapping[str, Actor],
    *,
    identifier: int | None = None,
    heard: bool = True,
) -> Status:
    """Publish. ``people``: who was found by the handles in it. ``heard``: whether it is taken as a
    word to somebody. Raises Invalid with what to do, and NotFound for what it answers when that is
    not there."""
    post = posts.check(post)
    identifier, now = identifier or new_id(), here.clock.now()
    quoted = quoting.quoted_of(tx, author, post.quoted)
    content = Content(
        id=identifier,
        post=post,
        people=unblocked(tx, author, people),
        published=now,
        replied=replied_to(tx, author, post.reply_to),
        pictures=own_pictures(tx, author, post.media, identifier),
        poll=poll_of(identifier, post.ballot, now),
        quoted=quoted,
        quote=quoting.begin(here, identifier, quoted) if quoted is not None else None,
    )
    audience = audience_of(here, author, content)
    note = note_of(here, author, content, audience)
    if post.visibility.open:
        note = prove(tx, here, author, note)
    status = status_of(author, content, note)
    objects.insert(
        tx,
        status,
        addressed=() if post.visibility.open else audience.named,
        tags=tags_of(post),
    )
    if content.poll is not None:
        polls.put(tx, content.poll)
    quotes.set_policy(tx, identifier, post.quote_policy)
    if content.quote is not None:
        quotes.put(tx, content.quote)
        quoting.ask(tx, here, author, content.quote, inner(note))
    attach(tx, author, identifier, post.media)
    parts.keep_own(tx, here, identifier)
    answered = hearing.answer(tx, here, author, content) if heard else None
    create = render.create(
        activity_id=here.addresses.activity(new_id()),
        actor=author.uri,
        object=inner(note),
        to=audience.to,
        cc=audience.cc,
        published=now,
    )
    send(
        tx,
        here,
        author,
        create,
        content,
        audience,
        about=answered.offer_uri if answered else status.uri,
    )
    if heard:
        hearing.hear(tx, here, author, status, content, audience, answered)
    return status


def inner(note: Document) -> Document:
    """Within an activity; its proof was made over its own context."""
    if "proof" in note:
        return note
    return {name: value for name, value in note.items() if name != "@context"}


def unblocked(tx: Transaction, author: Actor, people: Mapping[str, Actor]) -> dict[str, Actor]:
    return {
        handle: one for handle, one in people.items() if not blocks.between(tx, author.id, one.id)
    }


def replied_to(tx: Transaction, author: Actor, identifier: int | None) -> Status | None:
    """What it answers. Raises NotFound for what its author may not see."""
    if identifier is None:
        return None
    try:
        return seen(tx, author, identifier)[0]
    except NotFound:
        raise NotFound("The post you are trying to reply to does not appear to exist") from None


def own_pictures(
    tx: Transaction, author: Actor, wanted: tuple[int, ...], object_id: int
) -> list[Picture]:
    """In that order. Raises Invalid for what is not the author's, or belongs to something else."""
    found = pictures.by_ids(tx, wanted)
    chosen = []
    for identifier in wanted:
        one = found.get(identifier)
        if one is None or one.owner_id != author.id or one.object_id not in (None, object_id):
            raise Invalid("Une de ces images n’est pas là, ou n’est pas à vous : renvoyez-la.")
        if one.state != "ready":
            raise Invalid(
                "Cannot attach files that have not finished processing. Try again in a moment!"
            )
        chosen.append(one)
    if len(chosen) > 1 and any(not one.media_type.startswith("image/") for one in chosen):
        raise Invalid("Un film ou un son se publie seul.")
    return chosen


def attach(tx: Transaction, author: Actor, object_id: int, wanted: tuple[int, ...]) -> None:
    if not pictures.attach(tx, list(wanted), object_id=object_id, owner_id=author.id):
        raise Invalid("Une de ces images n’est pas là, ou n’est pas à vous : renvoyez-la.")


def poll_of(identifier: int, ballot: Ballot | None, now: float) -> Poll | None:
    if ballot is None:
        return None
    return Poll(
        object_id=identifier,
        options=tuple(Option(title, 0) for title in ballot.options),
        multiple=ballot.multiple,
        hide_totals=ballot.hide_totals,
        expires_at=now + ballot.expires_in,
        closed_at=None,
        voters=0,
    )


def send(
    tx: Transaction,
    here: Here,
    author: Actor,
    activity: Document,
    content: Content,
    audience: Audience,
    *,
    about: str,
    also: list[str] | None = None,
) -> None:
    """To everybody whom it is for, and under what is open, to whoever wrote what it answers."""
    visibility = content.post.visibility
    told = [one.inbox for one in audience.people if not one.local]
    if visibility is not Visibility.DIRECT:
        told += inboxes.of_followers(tx, author.id)
    if content.replied is not None and visibility.open:
        whose = actors.by_id(tx, content.replied.author_id)
        if whose is not None and not whose.local:
            told.append(whose.inbox)
    publish(
        tx,
        here,
        author,
        prove(tx, here, author, activity) if visibility.open else activity,
        inboxes=[*told, *(also or ())],
        about=about,
        public=visibility is Visibility.PUBLIC,
        sync=visibility is Visibility.FOLLOWERS,
    )
