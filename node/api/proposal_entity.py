"""A proposal as the JSON interface tells it, for all areas that tell of one."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from node.aid.lifecycle import State
from node.aid.permitted import Action, permitted
from node.aid.proposals import Answerable, Purpose, Reach, Urgency
from node.aid.territory import metres_between
from node.api.common import AccountEntity, Id, Moment, account_entity, moment
from node.api.endpoint import Caller, Entity
from node.outbox.here import Here
from node.store.pictures import Picture
from node.store.proposal_details import Entry, Reader
from node.store.proposal_filters import Near


class AuthorEntity(AccountEntity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who offers or asks."""

    vouched: bool
    """Somebody here vouches for them."""


class PublicPlace(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The middle of a cell (H3), and how far around it the place may be: never an address."""

    latitude: float
    longitude: float
    radius_m: int
    cell: str


class ShownPicture(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A picture of a proposal."""

    id: Id
    url: str
    media_type: str
    width: int
    height: int
    alt: str


class ProposalEntity(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An offer or a request."""

    id: Id
    uri: str
    url: str | None
    """The page for people."""
    purpose: Purpose
    topic: str
    topic_label: str
    """In the reader's language."""
    mode: str
    mode_label: str
    title: str
    text: str
    """Plain, as written; empty for one from elsewhere, which has `content` only."""
    content: str
    """HTML, cleaned."""
    language: str
    languages: list[str]
    """Spoken, besides `language`."""
    urgency: Urgency
    state: State
    quantity: str
    available: str
    """What is left of it."""
    unit: str
    reach: Reach
    reach_m: int | None
    answerable: Answerable
    gathering: bool
    standing: bool
    starts: Moment | None
    ends: Moment | None
    due: Moment | None
    expires_at: Moment | None
    """Until when it stands; it is shown no longer from then on."""
    opens_again_at: Moment | None
    """Of `satisfied-for-now`."""
    series_id: Id | None
    """It is one time of a series; told to its author."""
    place: PublicPlace | None
    distance_m: Annotated[int, Meta(ge=0)] | None
    """From the place that was asked for to the middle of `place`."""
    author: AuthorEntity
    local: bool
    origin: str
    """Domain of the node that decides about it."""
    in_scope_of: str | None
    """IRI of a crisis."""
    pictures: list[ShownPicture]
    unconfirmed_since: Moment | None
    """Its own node has not confirmed it since then."""
    voucher: str | None
    """The neighbour whose word it is until then."""
    actions: list[Action]
    """What the reader may do with it now; nothing without a token."""
    answer_id: Id | None
    """The reader's own agreement about it, while one is open."""
    reason: str
    """Why mediators removed it: for its author and for mediators."""
    created_at: Moment | None
    updated_at: Moment | None


def reader_of(who: Caller | None) -> Reader:
    if who is None:
        return Reader()
    return Reader(actor_id=who.actor.id, mediator=who.has_role("mediator"))


def proposal_entity(
    here: Here, entry: Entry, who: Caller | None, language: str, near: Near | None = None
) -> ProposalEntity:
    """One that the reader may see (`store.proposal_details` leaves out the others)."""
    one = entry.proposal
    own = who is not None and who.actor.id == entry.author.id
    trusted = own or (who is not None and who.has_role("mediator"))
    away = None
    if near is not None and one.cell:
        away = round(metres_between((near.lat, near.lon), (one.lat, one.lon)))
    return ProposalEntity(
        id=str(one.id),
        uri=one.uri,
        url=entry.url,
        purpose=one.purpose,
        topic=one.topic,
        topic_label=one.topic_data.label(language),
        mode=one.mode,
        mode_label=one.mode_data.label(language),
        title=one.title,
        text=one.text,
        content=entry.content,
        language=one.language,
        languages=list(one.languages),
        urgency=one.urgency,
        state=_state(entry, here.clock.now()),
        quantity=one.quantity,
        available=one.available,
        unit=one.unit,
        reach=one.reach,
        reach_m=one.reach_m,
        answerable=one.answerable,
        gathering=one.gathering,
        standing=one.standing,
        starts=moment(one.starts_at),
        ends=moment(one.ends_at),
        due=moment(one.due),
        expires_at=moment(one.expires_at),
        opens_again_at=moment(one.opens_again_at),
        series_id=str(one.series_id) if own and one.series_id is not None else None,
        place=_place(entry),
        distance_m=away,
        author=_author(entry),
        local=entry.local,
        origin=one.origin,
        in_scope_of=one.in_scope_of,
        pictures=[_picture(here, picture) for picture in entry.pictures],
        unconfirmed_since=moment(entry.unconfirmed_since),
        voucher=entry.voucher,
        actions=_actions(here, entry, who, own=own),
        answer_id=str(entry.answer_id) if entry.answer_id is not None else None,
        reason=one.reason if trusted else "",
        created_at=moment(one.created),
        updated_at=moment(one.updated),
    )


def _state(entry: Entry, now: float) -> State:
    """What is over is over, whether or not anybody has marked it yet."""
    one = entry.proposal
    if one.state in (State.OPEN, State.PARTLY_MATCHED) and one.has_expired(now):
        return State.EXPIRED
    return one.state


def _place(entry: Entry) -> PublicPlace | None:
    one = entry.proposal
    if not one.cell:
        return None
    return PublicPlace(latitude=one.lat, longitude=one.lon, radius_m=one.radius_m, cell=one.cell)


def _author(entry: Entry) -> AuthorEntity:
    told = account_entity(entry.author)
    return AuthorEntity(
        id=told.id,
        uri=told.uri,
        handle=told.handle,
        name=told.name,
        kind=told.kind,
        local=told.local,
        url=told.url,
        vouched=entry.vouched,
    )


def _picture(here: Here, picture: Picture) -> ShownPicture:
    return ShownPicture(
        id=str(picture.id),
        url=here.addresses.media(picture.name),
        media_type=picture.media_type,
        width=picture.width,
        height=picture.height,
        alt=picture.alt,
    )


def _actions(here: Here, entry: Entry, who: Caller | None, *, own: bool) -> list[Action]:
    if who is None:
        return []
    return permitted(
        entry.proposal,
        now=here.clock.now(),
        local=entry.local,
        own=own,
        mediator=who.has_role("mediator"),
        vouched=entry.reader_vouched,
        answered=entry.answer_id is not None,
    )
