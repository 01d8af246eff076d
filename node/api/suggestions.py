"""What may fit one's own offers and requests. It is told to the two people concerned only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from msgspec import Meta

from node.actions import suggestions as actions
from node.aid.matching import words
from node.aid.proposals import Purpose
from node.api.common import Id, Limit, Moment, moment
from node.api.endpoint import PAGE, Call, Caller, Endpoint, Entity, Nothing, Page
from node.api.proposal_entity import ProposalEntity, proposal_entity, reader_of
from node.errors import NotFound
from node.outbox.here import Here
from node.store import objects, suggestions
from node.store.proposal_details import entries
from node.store.proposal_filters import NEWEST
from node.store.suggestions import Last, Suggestion
from node.store.transaction import Transaction


class SuggestionQuery(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A page of suggestions, newest first."""

    max_id: (
        Annotated[
            str,
            Meta(
                pattern=r"^[0-9]{1,12}(\.[0-9]{1,9})?-[0-9]{1,19}-[0-9]{1,19}$",
                description="What the `Link` of a page says.",
            ),
        ]
        | None
    ) = None
    limit: Limit = PAGE


class SuggestionEntity(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something that may fit. People decide."""

    request_id: Id
    offer_id: Id
    own_id: Id
    """Which of the two is the reader's."""
    own_title: str
    other: ProposalEntity
    reasons: list[str]
    """Why, in the reader's language: `même besoin : aide aux courses`, `à 400 m`."""
    created_at: Moment | None


async def listed(call: Call[SuggestionQuery, Nothing]) -> Page[SuggestionEntity]:
    return await call.store.read(_page, call.here, call.caller, call.language, call.query, None)


async def of_proposal(call: Call[SuggestionQuery, Nothing]) -> Page[SuggestionEntity]:
    return await call.store.read(
        _page, call.here, call.caller, call.language, call.query, call.number()
    )


async def dismiss(call: Call[Nothing, Nothing]) -> None:
    await call.store.write(
        actions.dismiss,
        call.here,
        call.caller.actor,
        request_id=call.number("request_id"),
        offer_id=call.number("offer_id"),
    )


def _page(
    tx: Transaction,
    here: Here,
    who: Caller,
    language: str,
    query: SuggestionQuery,
    proposal_id: int | None,
) -> Page[SuggestionEntity]:
    if proposal_id is not None:
        status = objects.by_id(tx, proposal_id)
        if status is None or status.author_id != who.actor.id:
            raise NotFound("Il n’y a pas d’annonce de ce numéro à vous.")
    found = suggestions.of_person(
        tx,
        who.actor.id,
        now=here.clock.now(),
        proposal_id=proposal_id,
        after=_last(query.max_id),
        most=query.limit + 1,
    )
    page = found[: query.limit]
    following = _cursor(page[-1]) if len(found) > query.limit else None
    return Page(_told(tx, here, who, language, page), next=following)


def _told(
    tx: Transaction, here: Here, who: Caller, language: str, page: Sequence[Suggestion]
) -> list[SuggestionEntity]:
    ids = {number for one in page for number in (one.request_id, one.offer_id)}
    known = entries(tx, ids, reader_of(who))
    zone, now = here.settings.node.time_zone, here.clock.now()
    told = []
    for one in page:
        request, offer = known.get(one.request_id), known.get(one.offer_id)
        if request is None or offer is None:
            continue
        asks = request.author.id == who.actor.id
        own, other = (request, offer) if asks else (offer, request)
        at = own.proposal
        told.append(
            SuggestionEntity(
                request_id=str(one.request_id),
                offer_id=str(one.offer_id),
                own_id=str(at.id),
                own_title=at.title,
                other=proposal_entity(here, other, who, language),
                reasons=words(
                    one.reasons,
                    language,
                    to=Purpose.REQUEST if asks else Purpose.OFFER,
                    zone=zone,
                    now=now,
                ),
                created_at=moment(one.created_at),
            )
        )
    return told


def _cursor(one: Suggestion) -> str:
    return f"{one.created_at:.9f}".rstrip("0").rstrip(".") + f"-{one.request_id}-{one.offer_id}"


def _last(text: str | None) -> Last | None:
    if text is None:
        return None
    at, request_id, offer_id = text.split("-")
    return Last(float(at), min(int(request_id), NEWEST), min(int(offer_id), NEWEST))


TAG = "suggestions"
ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/suggestions",
        handler=listed,
        summary="What may fit one's own offers and requests, and why",
        tag=TAG,
        answer=list[SuggestionEntity],
        query=SuggestionQuery,
        scope="read:statuses",
        paged=True,
    ),
    Endpoint(
        method="GET",
        path="/proposals/{id}/suggestions",
        handler=of_proposal,
        summary="What may fit one of one's own",
        tag=TAG,
        answer=list[SuggestionEntity],
        query=SuggestionQuery,
        scope="read:statuses",
        paged=True,
        errors=(404,),
    ),
    Endpoint(
        method="POST",
        path="/suggestions/{request_id}/{offer_id}/dismiss",
        handler=dismiss,
        summary="It does not fit: it is not shown to this person again",
        tag=TAG,
        scope="write:statuses",
        errors=(404,),
    ),
)
