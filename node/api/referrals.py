"""Requests that are handed to a neighbour, and by a neighbour to us."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from node.actions import referrals as actions
from node.aid.referrals import Direction, State
from node.api.common import AccountEntity, Id, Moment, PageQuery, account_entity, moment
from node.api.endpoint import Call, Endpoint, Entity, Nothing, Page
from node.outbox.here import Here
from node.social.accounts import Actor
from node.store import actors, objects, referrals
from node.store.referrals import Referral
from node.store.transaction import Transaction


class ReferralQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A page of referrals."""

    direction: Direction | None = None
    state: State | None = None


class ReferralDraft(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A request to be handed over. Its author is asked first."""

    proposal_id: Id
    neighbour_id: Id
    by_voice: bool = False
    """The person for whom it was written agreed aloud."""


class ConsentDraft(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What its author says."""

    agrees: bool


class DeclineDraft(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why we cannot; its author reads it."""

    reason: Annotated[str, Meta(max_length=actions.REASON_MAX)] = ""


class ReferralEntity(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A request that is handed over, and where it is."""

    id: Id
    proposal_id: Id
    proposal_uri: str
    title: str
    direction: Direction
    """`to` a neighbour, or `from` one to us."""
    neighbour: AccountEntity | None
    state: State
    consented_at: Moment | None
    by_voice: bool
    reason: str
    """Why it was declined."""
    created_at: Moment
    updated_at: Moment


async def listed(call: Call[ReferralQuery, Nothing]) -> Page[ReferralEntity]:
    query = call.query
    mediates = call.caller.has_role("mediator")
    found = await call.store.read(
        referrals.listed,
        direction=query.direction,
        state=query.state,
        author_id=None if mediates else call.caller.actor.id,
        before=query.before,
        most=query.limit + 1,
    )
    shown = await call.store.read(_entities, found[: query.limit])
    return Page(shown, next=shown[-1].id if len(found) > query.limit else None)


async def refer(call: Call[Nothing, ReferralDraft]) -> ReferralEntity:
    body = call.body
    return await call.store.write(
        _refer,
        call.here,
        call.caller.actor,
        _number(body.proposal_id),
        _number(body.neighbour_id),
        body.by_voice,
    )


async def consent(call: Call[Nothing, ConsentDraft]) -> ReferralEntity:
    return await call.store.write(
        _consent, call.here, call.caller.actor, call.number(), call.body.agrees
    )


async def accept(call: Call[Nothing, Nothing]) -> ReferralEntity:
    return await call.store.write(_accept, call.here, call.caller.actor, call.number())


async def decline(call: Call[Nothing, DeclineDraft]) -> ReferralEntity:
    return await call.store.write(
        _decline, call.here, call.caller.actor, call.number(), call.body.reason
    )


async def take_back(call: Call[Nothing, Nothing]) -> ReferralEntity:
    return await call.store.write(_take_back, call.here, call.caller.actor, call.number())


def _number(text: str) -> int:
    return min(int(text), 2**63 - 1)


def _refer(
    tx: Transaction, here: Here, who: Actor, proposal_id: int, neighbour_id: int, by_voice: bool
) -> ReferralEntity:
    made = actions.refer(tx, here, who, proposal_id, neighbour_id, by_voice=by_voice)
    return _entities(tx, [made])[0]


def _consent(
    tx: Transaction, here: Here, who: Actor, referral_id: int, agrees: bool
) -> ReferralEntity:
    return _entities(tx, [actions.consent(tx, here, who, referral_id, agrees=agrees)])[0]


def _accept(tx: Transaction, here: Here, who: Actor, referral_id: int) -> ReferralEntity:
    return _entities(tx, [actions.accept(tx, here, who, referral_id)])[0]


def _decline(
    tx: Transaction, here: Here, who: Actor, referral_id: int, reason: str
) -> ReferralEntity:
    return _entities(tx, [actions.decline(tx, here, who, referral_id, reason=reason)])[0]


def _take_back(tx: Transaction, here: Here, who: Actor, referral_id: int) -> ReferralEntity:
    return _entities(tx, [actions.take_back(tx, here, who, referral_id)])[0]


def _entities(tx: Transaction, found: list[Referral]) -> list[ReferralEntity]:
    groups = actors.by_ids(tx, {one.neighbour_id for one in found})
    entities = []
    for one in found:
        status = objects.by_id(tx, one.proposal_id)
        group = groups.get(one.neighbour_id)
        entities.append(
            ReferralEntity(
                id=str(one.id),
                proposal_id=str(one.proposal_id),
                proposal_uri=status.uri if status else "",
                title=(status.name if status else None) or "",
                direction=one.direction,
                neighbour=account_entity(group) if group else None,
                state=one.state,
                consented_at=moment(one.consented_at),
                by_voice=one.by_voice,
                reason=one.reason,
                created_at=moment(one.created_at) or "",
                updated_at=moment(one.updated_at) or "",
            )
        )
    return entities


TAG = "referrals"
ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/referrals",
        handler=listed,
        summary="Where one's requests are that were handed over; mediators see all",
        tag=TAG,
        answer=list[ReferralEntity],
        query=ReferralQuery,
        scope="read:statuses",
        paged=True,
    ),
    Endpoint(
        method="POST",
        path="/referrals",
        handler=refer,
        summary="Hand a request to a neighbour; its author is asked first",
        tag=TAG,
        answer=ReferralEntity,
        body=ReferralDraft,
        scope="write:statuses",
        role="mediator",
        status=201,
        errors=(404, 409),
    ),
    Endpoint(
        method="POST",
        path="/referrals/{id}/consent",
        handler=consent,
        summary="Its author agrees, or does not",
        tag=TAG,
        answer=ReferralEntity,
        body=ConsentDraft,
        scope="write:statuses",
        errors=(404, 409),
    ),
    Endpoint(
        method="POST",
        path="/referrals/{id}/accept",
        handler=accept,
        summary="Take what a neighbour hands to us: our people answer it",
        tag=TAG,
        answer=ReferralEntity,
        scope="write:statuses",
        role="mediator",
        errors=(404, 409),
    ),
    Endpoint(
        method="POST",
        path="/referrals/{id}/decline",
        handler=decline,
        summary="We cannot, or cannot after all",
        tag=TAG,
        answer=ReferralEntity,
        body=DeclineDraft,
        scope="write:statuses",
        role="mediator",
        errors=(404, 409),
    ),
    Endpoint(
        method="POST",
        path="/referrals/{id}/take-back",
        handler=take_back,
        summary="By its author or a mediator: it is open here again",
        tag=TAG,
        answer=ReferralEntity,
        scope="write:statuses",
        errors=(404, 409),
    ),
)
