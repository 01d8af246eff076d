"""What mediators look at before everybody else does."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from node.actions import drafts as actions
from node.api.common import PageQuery
from node.api.drafts import DraftEntity, SentEntity, entity, page, sent
from node.api.endpoint import Call, Endpoint, Entity, Nothing, Page
from node.api.proposal_fields import ProposalFields, raw
from node.errors import NotFound
from node.moderation.reports import REASON_MAX
from node.store import drafts
from node.store.transaction import Transaction


class Approval(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    changes: ProposalFields = ProposalFields()
    """Where other words are better. Pictures stay the author's."""


class Reasoned(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    reason: Annotated[str, Meta(min_length=1, max_length=REASON_MAX)]
    """The author reads it."""


async def waiting(call: Call[PageQuery, Nothing]) -> Page[DraftEntity]:
    return await call.store.read(page, None, call.query.before, call.query.limit, call.language)


async def waiting_one(call: Call[Nothing, Nothing]) -> DraftEntity:
    return await call.store.read(_waiting_one, call.number(), call.language)


async def approve(call: Call[Nothing, Approval]) -> SentEntity:
    made = await call.store.write(
        actions.approve, call.here, call.caller.actor, call.number(), raw(call.body.changes)
    )
    fields = {"title": made.title, "text": made.text}
    return await call.store.read(sent, made.id, fields, call.language)


async def send_back(call: Call[Nothing, Reasoned]) -> None:
    await call.store.write(
        actions.send_back, call.here, call.caller.actor, call.number(), call.body.reason
    )


async def remove(call: Call[Nothing, Reasoned]) -> None:
    await call.store.write(
        actions.remove, call.here, call.caller.actor, call.number(), call.body.reason
    )


def _waiting_one(tx: Transaction, number: int, language: str) -> DraftEntity:
    kept = drafts.by_id(tx, number)
    if kept is None or kept.state != "review":
        raise NotFound("Il n’y a pas d’annonce à relire de ce numéro.")
    return entity(tx, kept, language)


TAG = "review"
READ, WRITE = "read:statuses", "write:statuses"
ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/review",
        handler=waiting,
        summary="What waits for a mediator's look",
        tag=TAG,
        answer=list[DraftEntity],
        query=PageQuery,
        scope=READ,
        role="mediator",
        paged=True,
    ),
    Endpoint(
        method="GET",
        path="/review/{id}",
        handler=waiting_one,
        summary="One that waits",
        tag=TAG,
        answer=DraftEntity,
        scope=READ,
        role="mediator",
        errors=(404,),
    ),
    Endpoint(
        method="POST",
        path="/review/{id}/approve",
        handler=approve,
        summary="Publish it, with other words where they are better",
        tag=TAG,
        answer=SentEntity,
        body=Approval,
        scope=WRITE,
        role="mediator",
        errors=(404, 409),
    ),
    Endpoint(
        method="POST",
        path="/review/{id}/return",
        handler=send_back,
        summary="Send it back to its author, with a word why",
        tag=TAG,
        body=Reasoned,
        scope=WRITE,
        role="mediator",
        errors=(404,),
    ),
    Endpoint(
        method="POST",
        path="/review/{id}/remove",
        handler=remove,
        summary="Do not publish it; the author is told why",
        tag=TAG,
        body=Reasoned,
        scope=WRITE,
        role="mediator",
        errors=(404,),
    ),
)
