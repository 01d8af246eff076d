"""A proposal goes out: the Note that says it, and everybody who is told."""

from __future__ import annotations

from dataclasses import replace

import orjson

from node.actions import gatherings, parts, passing, topic_choices
from node.actions.listing import relist
from node.activitypub import render
from node.activitypub.vocabulary import OUR_CONTEXT, PUBLIC
from node.aid import on_behalf, series_words
from node.aid.content import spoken
from node.aid.drafts import check_timely
from node.aid.lifecycle import State
from node.aid.on_behalf import Person
from node.aid.proposals import Draft, Proposal, propose
from node.aid.reminders import next_reminder
from node.aid.wire import Author, Home, Image, hashtags, to_note
from node.errors import Forbidden, Invalid
from node.ids import new_id
from node.outbox.here import Here
from node.outbox.publish import Document, prove, publish
from node.social.accounts import Actor
from node.social.statuses import Status
from node.social.visibility import Visibility
from node.store import actors, inboxes, objects, pictures, proposals, referrals, series
from node.store import on_behalf as kept_on_behalf
from node.store.proposals import Stored
from node.store.transaction import Transaction


def publish_proposal(
    tx: Transaction,
    here: Here,
    author: Actor,
    draft: Draft,
    *,
    identifier: int | None = None,
    asked_by_id: int | None = None,
    asked_in: str | None = None,
    in_scope_of: str | None = None,
    series_id: int | None = None,
    occurrence: float | None = None,
) -> Proposal:
    """Publish: to the author's followers, by the quartier, and to the neighbours in reach.

    ``identifier`` is the draft's, where it was kept as one; ``asked_by_id`` the actor elsewhere
    for whom it is published, and ``asked_in`` the IRI of the note in which they asked;
    ``occurrence`` says which of a series it is. Raises Invalid for a day that is over and for
    pictures that are not the author's, and Forbidden for a suspended author.
    """
    now = here.clock.now()
    check_heard(tx, author)
    check_timely(draft, now)
    topic_choices.check(tx, draft.topic)
    identifier = identifier or new_id()
    proposal = propose(
        draft,
        id=identifier,
        uri=here.addresses.object(identifier),
        author_uri=author.uri,
        origin=here.domain,
        now=now,
        centre=(here.settings.node.latitude, here.settings.node.longitude),
        wide_m=here.settings.federation.wide_reach_m,
        in_scope_of=in_scope_of,
        asked_by_id=asked_by_id,
        asked_in=asked_in,
    )
    proposal = replace(proposal, series_id=series_id, occurrence=occurrence)
    proposal = reminded(proposal, now)
    attach_pictures(tx, author, identifier, draft.pictures)
    note = note_of(tx, here, author, proposal)
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
    objects.insert(tx, status_of(author, proposal, note), tags=tags_of(here, proposal))
    parts.keep_own(tx, here, identifier)
    stored = Stored(proposal, True, orjson.dumps(create).decode(), None)
    proposals.insert(tx, proposal, shown=True, create_activity=stored.create_activity)
    publish(
        tx,
        here,
        author,
        create,
        inboxes=inboxes.of_followers(tx, author.id),
        public=True,
        sync=True,
        urgent=proposal.urgency in passing.URGENT,
    )
    passing.announce(tx, here, proposal)
    passing.pass_on(tx, here, stored)
    gatherings.changed(tx, here, proposal.id)
    return proposal


def publish_change(
    tx: Transaction, here: Here, stored: Stored, author: Actor, changed: Proposal
) -> Proposal:
    """The Update goes to everybody who may hold it, and the whole to those whom it reaches now."""
    changed = reminded(changed, here.clock.now())
    note = note_of(tx, here, author, changed)
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
    status = status_of(author, changed, note)
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
        tags=tags_of(here, changed),
    )
    parts.keep_own(tx, here, changed.id)
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
    if changed.is_live(here.clock.now()):
        passing.announce(tx, here, changed)  # the urgent feed, when it has become so
        passing.pass_on(tx, here, Stored(changed, stored.shown, stored.create_activity, text))
    relist(tx, here, changed)
    gatherings.changed(tx, here, changed.id)
    return changed


def reminded(proposal: Proposal, now: float) -> Proposal:
    """With the time at which its author is next told of its end."""
    return replace(proposal, notice_at=next_reminder(proposal, now))


def check_heard(tx: Transaction, author: Actor) -> None:
    """Raises Forbidden for somebody whom the mediators suspended, and for who left."""
    known = actors.by_id(tx, author.id)  # now: it may have happened since they came in
    if known is None or known.suspended or known.gone:
        raise Forbidden(
            f"Le compte de {author.username} est suspendu ou supprimé : rien n’est publié en son "
            "nom. La médiation peut lever une suspension."
        )


def check_unnamed(tx: Transaction, proposal: Proposal, person: Person | None = None) -> None:
    """Neither the words nor what is said of the pictures may tell for whom it was written: for
    `person`, or who is kept. Raises Invalid."""
    person = person or kept_on_behalf.of(tx, proposal.id)
    if person is not None:
        alts = (one.alt for one in pictures.of_object(tx, proposal.id))
        on_behalf.check_unnamed(person, proposal.title, proposal.text, *alts)


def attach_pictures(
    tx: Transaction, owner: Actor, object_id: int, identifiers: tuple[str, ...]
) -> None:
    """These are the pictures of a draft or proposal, and no others. Raises Invalid."""
    wanted = [int(identifier) for identifier in identifiers]
    if not pictures.attach(tx, wanted, object_id=object_id, owner_id=owner.id):
        raise Invalid("Une de ces images n’est pas là, ou n’est pas à vous : envoyez-la d’abord.")


def tags_of(here: Here, proposal: Proposal) -> list[str]:
    return [tag.name.lower() for tag in hashtags(proposal, home_of(here))]


def home_of(here: Here) -> Home:
    return Home(
        base=here.settings.base_url,
        quartier=here.quartier.uri,
        name=here.settings.node.name,
        zone=here.settings.node.time_zone,
    )


def note_of(tx: Transaction, here: Here, author: Actor, proposal: Proposal) -> Document:
    """The Note with its proof, as it is served and sent."""
    removed = proposal.state is State.REMOVED
    note = to_note(
        proposal,
        author=Author(
            uri=author.uri,
            followers=here.addresses.followers_of(author.uri),
            page=here.addresses.profile(author.username),
        ),
        home=home_of(here),
        context=OUR_CONTEXT,
        pictures=[
            Image(
                url=here.addresses.media(one.name),
                media_type=one.media_type,
                alt=one.alt,
                width=one.width,
                height=one.height,
            )
            for one in (() if removed else pictures.of_object(tx, proposal.id))
        ],
        recurrence=_recurrence(tx, proposal),
        replies=here.addresses.replies(proposal.uri),
        conversation=here.addresses.context(proposal.uri),
        referred_to=referrals.target_of(tx, proposal.id),
    )
    return prove(tx, here, author, note)


def _recurrence(tx: Transaction, proposal: Proposal) -> str:
    """« chaque mardi à 18 h », of one that is one time of a series."""
    one = series.by_id(tx, proposal.series_id) if proposal.series_id is not None else None
    return "" if one is None else series_words.words(one.pattern, spoken(proposal.language))


def status_of(author: Actor, proposal: Proposal, note: Document) -> Status:
    return Status(
        id=proposal.id,
        uri=proposal.uri,
        local=True,
        type="Note",
        author_id=author.id,
        visibility=Visibility.PUBLIC,
        name=str(note["name"]),
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
