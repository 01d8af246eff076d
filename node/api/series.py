"""Recurring help of one's own: what recurs, when, and what was made of it."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta

from node.actions import series as actions
from node.aid.series import RULE_MAX
from node.aid.series_words import words
from node.api.common import Id, Moment, PageQuery
from node.api.endpoint import Call, Endpoint, Entity, Nothing, Page
from node.clock import from_iso, to_iso
from node.errors import Invalid
from node.outbox.here import Here
from node.social.accounts import Actor
from node.store import series as store
from node.store.series import Occurrence, Series
from node.store.transaction import Transaction

NEXT = 5
Rule = Annotated[
    str,
    Meta(max_length=RULE_MAX, description="RFC 5545: `FREQ=WEEKLY;BYDAY=TU`. Day, week or month."),
]
Text = Annotated[str, Meta(max_length=10_000)]
Slug = Annotated[str, Meta(max_length=60)]
Latitude = Annotated[float, Meta(ge=-90, le=90)]
Longitude = Annotated[float, Meta(ge=-180, le=180)]


class SeriesPlace(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where it is: kept at home, and published more coarsely."""

    latitude: Latitude
    longitude: Longitude


class NewSeries(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Help that recurs: what it is, as of a proposal, and when."""

    rule: Rule
    starts: Moment
    """The first time, if the rule has it."""
    lasts_s: Annotated[float, Meta(gt=0, description="How long each time lasts, in seconds.")]
    purpose: Slug
    topic: Slug
    title: Annotated[str, Meta(max_length=1_000)]
    text: Text = ""
    mode: Slug | None = None
    quantity: Annotated[str, Meta(max_length=24)] | None = None
    unit: Slug | None = None
    urgency: Slug | None = None
    reach: Slug | None = None
    reach_m: int | None = None
    place: SeriesPlace | None = None
    language: Slug | None = None
    gathering: bool = False
    """People come together: `quantity` is how many places there are."""


class SeriesChange(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is not named stays."""

    title: Annotated[str, Meta(max_length=1_000)] | None = None
    text: Text | None = None
    paused: bool | None = None


class SkippedDate(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A date to leave out."""

    at: Moment


class OccurrenceEntity(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A proposal made of a series, still to come."""

    id: Id
    """Of the proposal."""
    at: Moment
    state: str
    answered: bool
    """Somebody has answered, and was not refused."""


class SeriesEntity(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Help that recurs."""

    id: Id
    state: str
    """running, paused or ended."""
    rule: str
    words: str
    """The rule in words, in the reader's language: `chaque mardi à 18 h`."""
    starts: Moment
    lasts_s: float
    time_zone: str
    purpose: str
    topic: str
    title: str
    text: str
    skipped: list[Moment]
    next: list[Moment]
    """The next dates, skipped ones left out; none when it has ended."""
    occurrences: list[OccurrenceEntity]


async def make(call: Call[Nothing, NewSeries]) -> SeriesEntity:
    return await call.store.write(_make, call.here, call.caller.actor, call.body, call.language)


async def listed(call: Call[PageQuery, Nothing]) -> Page[SeriesEntity]:
    found = await call.store.read(
        _listed, call.here, call.caller.actor, call.query.before, call.query.limit, call.language
    )
    more = len(found) > call.query.limit
    page = found[: call.query.limit]
    return Page(page, page[-1].id if more else None)


async def one(call: Call[Nothing, Nothing]) -> SeriesEntity:
    return await call.store.read(_one, call.here, call.caller.actor, call.number(), call.language)


async def change(call: Call[Nothing, SeriesChange]) -> SeriesEntity:
    return await call.store.write(
        _change, call.here, call.caller.actor, call.number(), call.body, call.language
    )


async def skip(call: Call[Nothing, SkippedDate]) -> SeriesEntity:
    return await call.store.write(
        _skip, call.here, call.caller.actor, call.number(), call.body, call.language
    )


async def end(call: Call[Nothing, Nothing]) -> SeriesEntity:
    return await call.store.write(_end, call.here, call.caller.actor, call.number(), call.language)


def _make(tx: Transaction, here: Here, who: Actor, body: NewSeries, language: str) -> SeriesEntity:
    fields: dict[str, Any] = {
        name: getattr(body, name)
        for name in body.__struct_fields__
        if name not in ("rule", "starts", "lasts_s", "place") and getattr(body, name) is not None
    }
    if body.place is not None:
        fields["place"] = [body.place.latitude, body.place.longitude]
    made = actions.create_series(
        tx, here, who, fields, rule=body.rule, starts=_seconds(body.starts), lasts_s=body.lasts_s
    )
    return _entity(tx, here, made, language)


def _listed(
    tx: Transaction, here: Here, who: Actor, before: int | None, limit: int, language: str
) -> list[SeriesEntity]:
    found = store.of_author(tx, who.id, before=before, most=limit + 1)
    made = store.upcoming_of(tx, [one.id for one in found], after=here.clock.now())
    return [_told(here, one, made.get(one.id, []), language) for one in found]


def _one(tx: Transaction, here: Here, who: Actor, identifier: int, language: str) -> SeriesEntity:
    return _entity(tx, here, actions.own_series(tx, who, identifier), language)


def _change(
    tx: Transaction, here: Here, who: Actor, identifier: int, body: SeriesChange, language: str
) -> SeriesEntity:
    found = actions.own_series(tx, who, identifier)
    if body.title is not None or body.text is not None:
        found = actions.change_series(tx, here, who, identifier, title=body.title, text=body.text)
    if body.paused is True:
        found = actions.pause_series(tx, here, who, identifier)
    elif body.paused is False:
        found = actions.resume_series(tx, here, who, identifier)
    return _entity(tx, here, found, language)


def _skip(
    tx: Transaction, here: Here, who: Actor, identifier: int, body: SkippedDate, language: str
) -> SeriesEntity:
    found = actions.skip_occurrence(tx, here, who, identifier, _seconds(body.at))
    return _entity(tx, here, found, language)


def _end(tx: Transaction, here: Here, who: Actor, identifier: int, language: str) -> SeriesEntity:
    return _entity(tx, here, actions.end_series(tx, here, who, identifier), language)


def _entity(tx: Transaction, here: Here, found: Series, language: str) -> SeriesEntity:
    made = store.upcoming_of(tx, [found.id], after=here.clock.now())
    return _told(here, found, made.get(found.id, []), language)


def _told(here: Here, found: Series, made: list[Occurrence], language: str) -> SeriesEntity:
    pattern, fields = found.pattern, found.fields
    following = [] if found.state == "ended" else pattern.next(here.clock.now(), NEXT)
    return SeriesEntity(
        id=str(found.id),
        state=found.state.value,
        rule=pattern.rule,
        words=words(pattern, language),
        starts=to_iso(pattern.starts),
        lasts_s=pattern.lasts_s,
        time_zone=pattern.zone,
        purpose=str(fields.get("purpose", "")),
        topic=str(fields.get("topic", "")),
        title=str(fields.get("title", "")),
        text=str(fields.get("text", "")),
        skipped=[to_iso(at) for at in sorted(pattern.skipped)],
        next=[to_iso(at) for at in following],
        occurrences=[
            OccurrenceEntity(
                id=str(one.object_id), at=to_iso(one.at), state=one.state, answered=one.answered
            )
            for one in made
        ],
    )


def _seconds(text: str) -> float:
    try:
        return float(int(from_iso(text)))
    except (ValueError, OverflowError) as error:
        raise Invalid(
            "La date n’est pas comprise. Écrivez-la ainsi : 2026-11-24T18:00:00+01:00."
        ) from error


TAG = "series"
ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        method="POST",
        path="/series",
        handler=make,
        summary="Offer or ask for help that recurs",
        tag=TAG,
        body=NewSeries,
        answer=SeriesEntity,
        scope="write:statuses",
        status=201,
        errors=(409,),
    ),
    Endpoint(
        method="GET",
        path="/series",
        handler=listed,
        summary="One's own recurring help, newest first",
        tag=TAG,
        query=PageQuery,
        answer=list[SeriesEntity],
        paged=True,
        scope="read:statuses",
    ),
    Endpoint(
        method="GET",
        path="/series/{id}",
        handler=one,
        summary="One of one's own, with what was made of it",
        tag=TAG,
        answer=SeriesEntity,
        scope="read:statuses",
    ),
    Endpoint(
        method="PATCH",
        path="/series/{id}",
        handler=change,
        summary="Change its words, pause it, or let it go on",
        tag=TAG,
        body=SeriesChange,
        answer=SeriesEntity,
        scope="write:statuses",
        errors=(409,),
    ),
    Endpoint(
        method="POST",
        path="/series/{id}/skip",
        handler=skip,
        summary="Leave one date out",
        tag=TAG,
        body=SkippedDate,
        answer=SeriesEntity,
        scope="write:statuses",
        errors=(409,),
    ),
    Endpoint(
        method="DELETE",
        path="/series/{id}",
        handler=end,
        summary="End it: what is to come and nobody answered is withdrawn",
        tag=TAG,
        answer=SeriesEntity,
        scope="write:statuses",
        errors=(409,),
    ),
)
