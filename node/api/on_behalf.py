"""Writing for somebody who has no account. What is known of them is read by who wrote and by the
mediators, and by nobody else, in no other answer of this interface."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import UNSET, Meta, UnsetType

from node.actions import on_behalf as actions
from node.aid.drafts import check_draft
from node.aid.on_behalf import CALL_BACK_MAX, NAME_MAX, Consent, How, check_consent
from node.api.common import AccountEntity, Id, Moment, PageQuery, account_entity, moment
from node.api.endpoint import Call, Endpoint, Entity, Nothing, Page
from node.clock import from_iso
from node.errors import Invalid
from node.outbox.here import Here
from node.social.accounts import Actor
from node.store import actors, objects
from node.store.on_behalf import OnBehalf
from node.store.transaction import Transaction

Name = Annotated[str, Meta(min_length=1, max_length=NAME_MAX)]
CallBack = Annotated[str, Meta(min_length=1, max_length=CALL_BACK_MAX)]


class OnBehalfDraft(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A proposal written for somebody else, with their consent."""

    proposal: dict[str, Any]
    """As `POST /proposals` takes it. It names neither the person nor how to reach them."""
    beneficiary: Name
    """For whom."""
    consented_by: Name
    """Who said yes: the person, or who may speak for them."""
    consented_at: Moment
    consent_how: How
    call_back: CallBack
    """How to reach them."""


class OnBehalfChange(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be corrected; the rest stays."""

    beneficiary: Name | UnsetType = UNSET
    consented_by: Name | UnsetType = UNSET
    consented_at: Moment | UnsetType = UNSET
    consent_how: How | UnsetType = UNSET
    call_back: CallBack | UnsetType = UNSET


class OnBehalfEntity(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """For whom a proposal was written. Gone with the proposal."""

    id: Id
    """Of the proposal."""
    proposal_uri: str | None
    writer: AccountEntity | None
    beneficiary: str
    consented_by: str
    consented_at: Moment
    consent_how: How
    call_back: str
    created_at: Moment


async def write(call: Call[Nothing, OnBehalfDraft]) -> OnBehalfEntity:
    writer, body = call.caller.actor, call.body
    await call.store.read(actions.check_writer, writer)
    consent = check_consent(
        beneficiary=body.beneficiary,
        consented_by=body.consented_by,
        consented_at=_seconds(body.consented_at),
        consent_how=body.consent_how.value,
        call_back=body.call_back,
        now=call.here.clock.now(),
    )
    draft = check_draft({**body.proposal, "author": writer.username})
    found = await call.store.write(actions.write_for, call.here, writer, draft, consent)
    return (await call.store.read(_entities, [found]))[0]


async def listed(call: Call[PageQuery, Nothing]) -> Page[OnBehalfEntity]:
    limit = call.query.limit
    found = await call.store.read(
        actions.listed, call.caller.actor, before=call.query.before, most=limit + 1
    )
    shown = await call.store.read(_entities, found[:limit])
    return Page(shown, next=shown[-1].id if len(found) > limit else None)


async def one(call: Call[Nothing, Nothing]) -> OnBehalfEntity:
    return await call.store.read(_one, call.caller.actor, call.number())


async def correct(call: Call[Nothing, OnBehalfChange]) -> OnBehalfEntity:
    found = await call.store.write(_correct, call.here, call.caller.actor, call.number(), call.body)
    return (await call.store.read(_entities, [found]))[0]


async def take_back(call: Call[Nothing, Nothing]) -> None:
    await call.store.write(actions.take_back, call.here, call.caller.actor, call.number())


def _one(tx: Transaction, reader: Actor, subject_id: int) -> OnBehalfEntity:
    return _entities(tx, [actions.of(tx, reader, subject_id)])[0]


def _correct(
    tx: Transaction, here: Here, who: Actor, subject_id: int, change: OnBehalfChange
) -> OnBehalf:
    known = actions.of(tx, who, subject_id)
    consent = Consent(
        known.beneficiary,
        known.consented_by,
        known.consented_at,
        How(known.consent_how),
        known.call_back,
    )
    return actions.correct(
        tx,
        here,
        who,
        subject_id,
        check_consent(
            beneficiary=_or(change.beneficiary, consent.beneficiary),
            consented_by=_or(change.consented_by, consent.consented_by),
            consented_at=(
                consent.consented_at
                if isinstance(change.consented_at, UnsetType)
                else _seconds(change.consented_at)
            ),
            consent_how=_or(change.consent_how, consent.consent_how),
            call_back=_or(change.call_back, consent.call_back),
            now=here.clock.now(),
        ),
    )


def _or(given: str | UnsetType, known: str) -> str:
    return known if isinstance(given, UnsetType) else given


def _seconds(text: str) -> float:
    try:
        return from_iso(text)
    except (ValueError, OverflowError):
        raise Invalid("La date de l’accord s’écrit ainsi : 2026-11-22T18:00:00Z.") from None


def _entities(tx: Transaction, found: list[OnBehalf]) -> list[OnBehalfEntity]:
    writers = actors.by_ids(tx, {one.writer_id for one in found})
    statuses = {one.subject_id: objects.by_id(tx, one.subject_id) for one in found}
    entities = []
    for one in found:
        writer, status = writers.get(one.writer_id), statuses[one.subject_id]
        entities.append(
            OnBehalfEntity(
                id=str(one.subject_id),
                proposal_uri=status.uri if status else None,
                writer=account_entity(writer) if writer else None,
                beneficiary=one.beneficiary,
                consented_by=one.consented_by,
                consented_at=moment(one.consented_at) or "",
                consent_how=How(one.consent_how),
                call_back=one.call_back,
                created_at=moment(one.created_at) or "",
            )
        )
    return entities


TAG = "on-behalf"
ENDPOINTS = (
    Endpoint(
        method="POST",
        path="/on-behalf",
        handler=write,
        summary="Publish a proposal for somebody without an account, with their consent",
        tag=TAG,
        answer=OnBehalfEntity,
        body=OnBehalfDraft,
        scope="write:statuses",
        status=201,
        errors=(404, 409),
    ),
    Endpoint(
        method="GET",
        path="/on-behalf",
        handler=listed,
        summary="For whom one wrote; mediators see all",
        tag=TAG,
        answer=list[OnBehalfEntity],
        query=PageQuery,
        scope="read:statuses",
        paged=True,
    ),
    Endpoint(
        method="GET",
        path="/on-behalf/{id}",
        handler=one,
        summary="For whom a proposal was written",
        tag=TAG,
        answer=OnBehalfEntity,
        scope="read:statuses",
        errors=(404,),
    ),
    Endpoint(
        method="PATCH",
        path="/on-behalf/{id}",
        handler=correct,
        summary="Correct it, or note a consent given anew",
        tag=TAG,
        answer=OnBehalfEntity,
        body=OnBehalfChange,
        scope="write:statuses",
        errors=(404, 409),
    ),
    Endpoint(
        method="DELETE",
        path="/on-behalf/{id}",
        handler=take_back,
        summary="The consent is taken back: the record goes, and the proposal is withdrawn",
        tag=TAG,
        scope="write:statuses",
        errors=(404, 409),
    ),
)
