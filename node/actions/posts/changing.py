"""A post is changed or deleted by who wrote it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import orjson

from node.actions import parts
from node.actions.conversation import posting as asking
from node.actions.media import Focus, check_alt
from node.actions.posts.making import (
    attach,
    inner,
    own_pictures,
    poll_of,
    send,
    unblocked,
)
from node.actions.posts.notes import Content, audience_of, note_of, status_of, tags_of
from node.actions.posts.proposing import change_asked
from node.actions.proposals import remove_status
from node.actions.seeing import own
from node.activitypub import render
from node.ids import new_id
from node.outbox.here import Here
from node.outbox.publish import prove, publish
from node.social import posts
from node.social.accounts import Actor
from node.social.posts import Post
from node.social.statuses import Status
from node.social.visibility import Visibility
from node.store import (
    actors,
    inboxes,
    objects,
    outbox,
    pictures,
    polls,
    proposals,
    quotes,
    revisions,
)
from node.store.polls import Poll
from node.store.proposals import Stored
from node.store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Described:
    """Other words about a picture of the post, and where to look; None leaves what is."""

    id: int
    alt: str | None
    focus: Focus | None


def edit_post(
    tx: Transaction,
    here: Here,
    author: Actor,
    identifier: int,
    post: Post,
    people: Mapping[str, Actor],
    described: Sequence[Described] = (),
) -> Status:
    """Other words, for everybody who has it. Whom it is for and what it answers stay. Raises
    NotFound for another's, Invalid, and Conflict for a proposal that is closed or promised."""
    before = own(tx, author, identifier)
    stored = proposals.by_id(tx, before.id)
    _describe(tx, author, described)
    if stored is not None:
        change_asked(tx, here, stored, post)
    else:
        _change(tx, here, author, before, post, people)
        if before.visibility is Visibility.DIRECT:
            asking.edited(tx, here, author, own(tx, author, identifier))
    revisions.put_source(tx, before.id, text=post.text, spoiler=post.spoiler, app_id=None)
    return own(tx, author, identifier)


def _describe(tx: Transaction, author: Actor, described: Sequence[Described]) -> None:
    found = pictures.by_ids(tx, [one.id for one in described])
    for one in described:
        if one.id not in found or found[one.id].owner_id != author.id:
            continue
        values: dict[str, object] = {}
        if one.alt is not None:
            values["alt"] = check_alt(one.alt)
        if one.focus is not None:
            values |= {"focus_x": one.focus[0], "focus_y": one.focus[1]}
        if values:
            pictures.change(tx, one.id, **values)


def _change(
    tx: Transaction,
    here: Here,
    author: Actor,
    before: Status,
    post: Post,
    people: Mapping[str, Actor],
) -> None:
    now = later_than(here.clock.now(), before)
    post = posts.check(replace(post, visibility=before.visibility))
    if before.visibility.open:
        quotes.set_policy(tx, before.id, post.quote_policy)
    replied = objects.by_uri(tx, before.in_reply_to) if before.in_reply_to is not None else None
    quote = quotes.by_object(tx, before.id)
    content = Content(
        id=before.id,
        post=post,
        people=unblocked(tx, author, people),
        also=named_in(tx, before),
        published=before.published,
        updated=now,
        replied=replied,
        pictures=own_pictures(tx, author, post.media, before.id),
        poll=_poll(tx, before, post, now),
        quoted=objects.by_id(tx, quote.quoted_id or 0) if quote is not None else None,
        quote=quote,
    )
    audience = audience_of(here, author, content)
    note = note_of(here, author, content, audience)
    note["context"] = before.context or note["context"]
    if before.in_reply_to is not None:
        note["inReplyTo"] = before.in_reply_to
    if post.visibility.open:
        note = prove(tx, here, author, note)
    changed = status_of(author, content, note)
    objects.update(
        tx,
        before.id,
        name=None,
        content=changed.content,
        summary=changed.summary,
        language=changed.language,
        sensitive=changed.sensitive,
        updated=now,
        document=changed.document,
        tags=tags_of(post),
    )
    if not post.visibility.open:
        objects.address(tx, before.id, audience.named)
    if content.poll is not None:
        polls.put(tx, content.poll)
    else:
        polls.remove(tx, before.id)
    attach(tx, author, before.id, post.media)
    parts.keep_own(tx, here, before.id)
    update = render.update(
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
        update,
        content,
        audience,
        about=before.uri,
        also=inboxes.told_of(tx, before.uri) if post.visibility.open else [],
    )


def _poll(tx: Transaction, before: Status, post: Post, now: float) -> Poll | None:
    """Other questions begin anew; the same ones keep their votes."""
    known = polls.by_id(tx, before.id)
    wanted = poll_of(before.id, post.ballot, now)
    if known is None or wanted is None:
        return wanted
    same = [one.title for one in known.options] == [one.title for one in wanted.options]
    if same and known.multiple == wanted.multiple:
        return replace(known, hide_totals=wanted.hide_totals, expires_at=wanted.expires_at)
    polls.forget_votes(tx, before.id)
    return wanted


def later_than(now: float, status: Status) -> float:
    """Two changes within a second are two: times on the wire are whole seconds."""
    return max(now, (status.updated or status.published) + 1.0)


def named_in(tx: Transaction, status: Status) -> tuple[Actor, ...]:
    """Who is mentioned in one of ours."""
    tags = orjson.loads(status.document).get("tag", [])
    uris = [tag["href"] for tag in tags if tag.get("type") == "Mention"]
    found = actors.by_uris(tx, uris)
    return tuple(found[uri] for uri in uris if uri in found)


def delete_post(
    tx: Transaction, here: Here, author: Actor, identifier: int, *, with_media: bool = False
) -> Status:
    """It goes here and everywhere. Its pictures stay for a day, for who writes it anew, unless
    they are to go, too. Raises NotFound for another's."""
    status = own(tx, author, identifier)
    stored = proposals.by_id(tx, status.id)
    if not with_media:
        pictures.detach(tx, status.id, now=here.clock.now())
    if stored is None and not status.visibility.open:
        asking.deleted(tx, here, author, status)
    take_away(tx, here, author, status, stored)
    return status


def take_away(
    tx: Transaction, here: Here, author: Actor, status: Status, stored: Stored | None
) -> None:
    """A local status goes. Everybody is told who may hold it, and nobody else."""
    if stored is not None or status.visibility.open:
        named = [one.inbox for one in named_in(tx, status) if not one.local]
        remove_status(tx, here, author, status, stored, also=named)
    else:
        _delete_quietly(tx, here, author, status)


def _delete_quietly(tx: Transaction, here: Here, author: Actor, status: Status) -> None:
    """Only those hear of it who had it."""
    named = objects.recipients_of(tx, status.id)
    people = [one for one in actors.by_uris(tx, named).values() if not one.local]
    told = [one.inbox for one in people]
    if status.visibility is Visibility.FOLLOWERS:
        told += inboxes.of_followers(tx, author.id)
    outbox.unlist_object(tx, status.uri)
    objects.delete(tx, status, by=author.uri, now=here.clock.now())
    publish(
        tx,
        here,
        author,
        render.delete(
            activity_id=here.addresses.activity(new_id()),
            actor=author.uri,
            object={"id": status.uri, "type": "Tombstone", "formerType": status.type},
            to=tuple(sorted(named)),
            published=here.clock.now(),
        ),
        inboxes=told,
        about=status.uri,
    )
