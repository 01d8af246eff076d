"""Publishing a proposal, and what its author does with it afterwards."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta

from node.actions import drafts, proposals, renewal
from node.aid.draft_checks import moment as read_moment
from node.aid.lifecycle import State
from node.aid.proposals import Proposal
from node.api.common import Id, Moment, moment
from node.api.drafts import SentEntity, sent
from node.api.endpoint import Call, Endpoint, Entity, Nothing
from node.api.proposal_fields import ProposalFields, WarningEntity, When, raw, warned
from node.errors import Invalid
from node.store.transaction import Transaction


class StandingEntity(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a proposal of one's own stands."""

    id: Id
    uri: str
    title: str
    state: str
    quantity: str
    available: str
    """What is left of it."""
    expires_at: Moment | None
    opens_again_at: Moment | None
    """Of `satisfied-for-now`."""
    updated_at: Moment
    reason: str
    """Why mediators removed it."""
    warnings: list[WarningEntity]


class Ending(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    state: Literal["done", "withdrawn"] = "done"
    """Settled, or no longer wanted."""


class Until(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    until: When
    """When it opens again."""


class Renewal(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    expires: Annotated[str, Meta(max_length=20)] | None = None
    """`3d`, `12h`; `none` for an offer without end; by default as long as its kind lasts."""


async def publish(call: Call[Nothing, ProposalFields]) -> SentEntity:
    fields = raw(call.body)
    number = await call.store.write(drafts.submit, call.here, call.caller.actor, fields)
    return await call.store.read(sent, number, fields, call.language)


async def edit(call: Call[Nothing, ProposalFields]) -> StandingEntity:
    return await _do(call, proposals.edit_proposal, **raw(call.body))


async def delete(call: Call[Nothing, Nothing]) -> None:
    def unit(tx: Transaction) -> None:
        proposals.own(tx, call.number(), call.caller.actor)
        proposals.delete_proposal(tx, call.here, call.number())

    await call.store.write(unit)


async def close(call: Call[Nothing, Ending]) -> StandingEntity:
    return await _do(call, proposals.close_proposal, state=State(call.body.state))


async def withdraw(call: Call[Nothing, Nothing]) -> StandingEntity:
    return await _do(call, proposals.close_proposal, state=State.WITHDRAWN)


async def pause(call: Call[Nothing, Nothing]) -> StandingEntity:
    return await _do(call, renewal.pause)


async def resume(call: Call[Nothing, Nothing]) -> StandingEntity:
    return await _do(call, renewal.resume)


async def satisfied(call: Call[Nothing, Until]) -> StandingEntity:
    until = read_moment(call.body.until, call.here.settings.node.time_zone)
    if until is None:
        raise Invalid("Dites quand l’annonce rouvre (until).")
    return await _do(call, renewal.satisfied, until=until)


async def renew(call: Call[Nothing, Renewal]) -> StandingEntity:
    return await _do(call, renewal.renew, lasts=call.body.expires)


async def _do(call: Call[Any, Any], act: Any, **more: Any) -> StandingEntity:
    """What its author does with it; for all others it is not there."""

    def unit(tx: Transaction) -> Proposal:
        proposals.own(tx, call.number(), call.caller.actor)
        changed: Proposal = act(tx, call.here, call.number(), **more)
        return changed

    return _standing(await call.store.write(unit), call.language)


def _standing(proposal: Proposal, language: str) -> StandingEntity:
    return StandingEntity(
        id=str(proposal.id),
        uri=proposal.uri,
        title=proposal.title,
        state=proposal.state.value,
        quantity=proposal.quantity,
        available=proposal.available,
        expires_at=moment(proposal.expires_at),
        opens_again_at=moment(proposal.opens_again_at),
        updated_at=moment(proposal.updated) or "",
        reason=proposal.reason,
        warnings=warned({"title": proposal.title, "text": proposal.text}, language),
    )


def _step(path: str, handler: Any, summary: str, body: type[Entity] | None = None) -> Endpoint:
    return Endpoint(
        method="POST",
        path=f"/proposals/{{id}}/{path}",
        handler=handler,
        summary=summary,
        tag=TAG,
        answer=StandingEntity,
        body=body,
        scope="write:statuses",
        errors=(404, 409),
    )


TAG = "proposals"
ENDPOINTS = (
    Endpoint(
        method="POST",
        path="/proposals",
        handler=publish,
        summary="Publish a proposal, or hand it to the mediators where they look first",
        tag=TAG,
        answer=SentEntity,
        body=ProposalFields,
        scope="write:statuses",
        status=201,
        errors=(404, 409),
    ),
    Endpoint(
        method="PATCH",
        path="/proposals/{id}",
        handler=edit,
        summary="Change fields of one's own proposal; everybody who has it is told",
        tag=TAG,
        answer=StandingEntity,
        body=ProposalFields,
        scope="write:statuses",
        errors=(404, 409),
    ),
    Endpoint(
        method="DELETE",
        path="/proposals/{id}",
        handler=delete,
        summary="Delete one's own proposal, here and elsewhere",
        tag=TAG,
        scope="write:statuses",
        status=204,
        errors=(404, 409),
    ),
    _step("close", close, "It is settled, or no longer wanted", Ending),
    _step("withdraw", withdraw, "Take it back"),
    _step("pause", pause, "Not for now: out of every list until it goes on"),
    _step("resume", resume, "Open again"),
    _step("satisfied", satisfied, "Enough for now: it opens again by itself", Until),
    _step("renew", renew, "It is still so: a new end, and open again if it was over", Renewal),
)
