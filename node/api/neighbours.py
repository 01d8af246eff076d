"""The quartiers next door: for everybody who they are; for people with a role how things stand
with each, what we take from it, and what it takes from us."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from node.actions import neighbours as actions
from node.aid.neighbours import Event, Link
from node.aid.proposals import Urgency
from node.aid.terms import PER_HOUR_MAX, check_terms
from node.api.common import moment
from node.api.endpoint import Call, Endpoint, Entity, Handler, Nothing
from node.api.neighbour_entity import (
    LinkEntity,
    NeighbourEntity,
    is_adjacent,
    link_entity,
    url_of,
)
from node.errors import FetchError, Invalid, NotFound
from node.outbox.here import Here
from node.social.accounts import Actor
from node.store import held, neighbours
from node.store.transaction import Transaction

Topics = Annotated[
    list[Annotated[str, Meta(max_length=60)]],
    Meta(max_length=200, description="Slugs of topics (`care.meals`) and of groups (`care`)."),
]
PerHour = Annotated[int, Meta(ge=0, le=PER_HOUR_MAX)]


class TermsChange(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is not named stays."""

    topics: Topics | UnsetType | None = UNSET
    """null for all."""
    least_urgency: Urgency | UnsetType = UNSET
    review: bool | UnsetType = UNSET
    per_hour: PerHour | UnsetType = UNSET
    """How many are shown at most in an hour; more wait for a mediator, urgent ones never."""


class Address(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a quartier is: a URL, a domain, or `@quartier@domain`."""

    address: Annotated[str, Meta(min_length=1, max_length=500)]


async def listed(call: Call[Nothing, Nothing]) -> list[NeighbourEntity]:
    return await call.store.read(_joined, call.here)


async def links(call: Call[Nothing, Nothing]) -> list[LinkEntity]:
    return await call.store.read(_links, call.here)


async def link(call: Call[Nothing, Nothing]) -> LinkEntity:
    return await call.store.read(_link, call.here, call.number())


async def ask(call: Call[Nothing, Address]) -> LinkEntity:
    try:
        group = await actions.ask_neighbour(
            call.store, call.here, call.remote, call.body.address, who=call.caller.actor
        )
    except FetchError as error:
        raise unreachable(error) from error
    return await call.store.read(_link, call.here, group.id)


async def change_terms(call: Call[Nothing, TermsChange]) -> LinkEntity:
    return await call.store.write(
        _change_terms, call.here, call.caller.actor, call.number(), call.body
    )


def _answering(event: Event, name: str) -> Handler:
    async def handler(call: Call[Nothing, Nothing]) -> LinkEntity:
        return await call.store.write(_answer, call.here, call.caller.actor, call.number(), event)

    handler.__name__ = name
    return handler


def unreachable(error: FetchError) -> Invalid:
    return Invalid(
        "Aucun quartier n’a été trouvé à cette adresse. Vérifiez-la, ou réessayez plus tard.",
        log=str(error),
    )


def _joined(tx: Transaction, here: Here) -> list[NeighbourEntity]:
    return [
        NeighbourEntity(
            id=str(row.actor_id),
            uri=row.actor_uri,
            name=row.name or row.domain,
            domain=row.domain,
            url=url_of(row),
            adjacent=is_adjacent(tx, here, row.domain),
            joined_at=moment(row.joined_at),
        )
        for row in neighbours.every(tx)
        if row.state == Link.JOINED.value
    ]


def _links(tx: Transaction, here: Here) -> list[LinkEntity]:
    waiting = held.waiting(tx, now=here.clock.now())
    return [link_entity(tx, here, row, waiting) for row in neighbours.every(tx)]


def _link(tx: Transaction, here: Here, neighbour_id: int) -> LinkEntity:
    row = neighbours.by_actor(tx, neighbour_id)
    if row is None:
        raise NotFound("Il n’y a pas de quartier voisin de ce numéro.")
    return link_entity(tx, here, row, held.waiting(tx, now=here.clock.now()))


def _answer(tx: Transaction, here: Here, who: Actor, neighbour_id: int, event: Event) -> LinkEntity:
    actions.answer(tx, here, who, neighbour_id, event)
    return _link(tx, here, neighbour_id)


def _change_terms(
    tx: Transaction, here: Here, who: Actor, neighbour_id: int, change: TermsChange
) -> LinkEntity:
    row = neighbours.by_actor(tx, neighbour_id)
    if row is None:
        raise NotFound("Il n’y a pas de quartier voisin de ce numéro.")
    known = row.terms
    wanted = check_terms(
        topics=known.topics if isinstance(change.topics, UnsetType) else change.topics,
        least_urgency=(
            known.least_urgency
            if isinstance(change.least_urgency, UnsetType)
            else change.least_urgency
        ),
        review=known.review if isinstance(change.review, UnsetType) else change.review,
        per_hour=known.per_hour if isinstance(change.per_hour, UnsetType) else change.per_hour,
    )
    actions.change_terms(tx, here, who, neighbour_id, wanted)
    return _link(tx, here, neighbour_id)


TAG = "neighbours"
_STEPS = (
    ("accept", Event.WE_ACCEPT, "Accept a quartier that asks to join"),
    ("refuse", Event.WE_REFUSE, "Refuse a quartier that asks to join"),
    ("pause", Event.WE_PAUSE, "Offer it nothing and show nothing new of it, for a while"),
    ("resume", Event.WE_RESUME, "Go on: both hear what was open meanwhile"),
    ("stop", Event.WE_STOP, "Be neighbours no more"),
)
ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/neighbours",
        handler=listed,
        summary="The quartiers with which this one is joined",
        tag=TAG,
        answer=list[NeighbourEntity],
    ),
    Endpoint(
        method="POST",
        path="/neighbours",
        handler=ask,
        summary="Ask a quartier to join",
        tag=TAG,
        answer=LinkEntity,
        body=Address,
        scope="write:follows",
        role="admin",
        status=201,
        errors=(404, 409),
    ),
    Endpoint(
        method="GET",
        path="/links",
        handler=links,
        summary="All quartiers that we have to do with, and how things stand with each",
        tag=TAG,
        answer=list[LinkEntity],
        scope="read:follows",
        role="mediator",
    ),
    Endpoint(
        method="GET",
        path="/neighbours/{id}",
        handler=link,
        summary="How things stand with a quartier",
        tag=TAG,
        answer=LinkEntity,
        scope="read:follows",
        role="mediator",
        errors=(404,),
    ),
    Endpoint(
        method="PATCH",
        path="/neighbours/{id}",
        handler=change_terms,
        summary="What we take from it; what is here of it already is judged anew",
        tag=TAG,
        answer=LinkEntity,
        body=TermsChange,
        scope="write:follows",
        role="admin",
        errors=(404,),
    ),
    *(
        Endpoint(
            method="POST",
            path=f"/neighbours/{{id}}/{name}",
            handler=_answering(event, name),
            summary=summary,
            tag=TAG,
            answer=LinkEntity,
            scope="write:follows",
            role="admin",
            errors=(404, 409),
        )
        for name, event, summary in _STEPS
    ),
)
