"""What one writes before all can read it."""

from __future__ import annotations

from typing import Any, Literal

from node.actions import drafts as actions
from node.actions.newcomers import needs_review
from node.api.common import AccountEntity, Id, Moment, PageQuery, account_entity, moment
from node.api.endpoint import Call, Endpoint, Entity, Nothing, Page
from node.api.proposal_fields import (
    LookEntity,
    ProposalFields,
    WarningEntity,
    look,
    raw,
    warned,
)
from node.social.accounts import Actor
from node.store import actors, drafts, proposals
from node.store.drafts import Kept
from node.store.transaction import Transaction


class DraftEntity(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Seen by its author, and by the mediators while it waits for them."""

    id: Id
    """The proposal's, once it is published."""
    state: Literal["draft", "review"]
    author: AccountEntity
    asked_by: AccountEntity | None
    """Somebody elsewhere, for whom the quartier publishes it."""
    source: str
    fields: dict[str, Any]
    """As they were sent."""
    note: str
    """Why a mediator sent it back."""
    warnings: list[WarningEntity]
    created_at: Moment
    updated_at: Moment


class SentEntity(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What became of it."""

    id: Id
    state: str
    """`review` while mediators look at it; else the state of the proposal."""
    uri: str | None
    """Null while it is not published."""
    warnings: list[WarningEntity]


async def check(call: Call[Nothing, ProposalFields]) -> LookEntity:
    review = await call.store.read(needs_review, call.here, call.caller.actor)
    return look(call.here, raw(call.body), call.language, review=review)


async def listed(call: Call[PageQuery, Nothing]) -> Page[DraftEntity]:
    return await call.store.read(
        page, call.caller.actor.id, call.query.before, call.query.limit, call.language
    )


async def save(call: Call[Nothing, ProposalFields]) -> DraftEntity:
    kept = await call.store.write(actions.save, call.here, call.caller.actor, raw(call.body))
    return await call.store.read(entity, kept, call.language)


async def one(call: Call[Nothing, Nothing]) -> DraftEntity:
    kept = await call.store.read(actions.of_author, call.caller.actor, call.number())
    return await call.store.read(entity, kept, call.language)


async def save_again(call: Call[Nothing, ProposalFields]) -> DraftEntity:
    kept = await call.store.write(
        actions.save, call.here, call.caller.actor, raw(call.body), draft_id=call.number()
    )
    return await call.store.read(entity, kept, call.language)


async def discard(call: Call[Nothing, Nothing]) -> None:
    await call.store.write(actions.discard, call.caller.actor, call.number())


async def send(call: Call[Nothing, Nothing]) -> SentEntity:
    kept = await call.store.read(actions.of_author, call.caller.actor, call.number())
    await call.store.write(actions.send, call.here, call.caller.actor, kept.id)
    return await call.store.read(sent, kept.id, dict(kept.fields), call.language)


def sent(tx: Transaction, number: int, fields: dict[str, Any], language: str) -> SentEntity:
    """A draft or the proposal that it has become."""
    stored = proposals.by_id(tx, number)
    return SentEntity(
        id=str(number),
        state=stored.proposal.state.value if stored else "review",
        uri=stored.proposal.uri if stored else None,
        warnings=warned(fields, language),
    )


def page(
    tx: Transaction, author_id: int | None, before: int | None, limit: int, language: str
) -> Page[DraftEntity]:
    if author_id is None:
        found = drafts.in_review(tx, before=before, most=limit + 1)
    else:
        found = drafts.of_author(tx, author_id, before=before, most=limit + 1)
    shown = found[:limit]
    people = actors.by_ids(
        tx, {one.author_id for one in shown} | {one.asked_by_id for one in shown if one.asked_by_id}
    )
    items = [_told(kept, people, language) for kept in shown]
    return Page(items, next=items[-1].id if len(found) > limit else None)


def entity(tx: Transaction, kept: Kept, language: str) -> DraftEntity:
    people = actors.by_ids(tx, {kept.author_id, *([kept.asked_by_id] if kept.asked_by_id else ())})
    return _told(kept, people, language)


def _told(kept: Kept, people: dict[int, Actor], language: str) -> DraftEntity:
    asked_by = people.get(kept.asked_by_id) if kept.asked_by_id else None
    return DraftEntity(
        id=str(kept.id),
        state="review" if kept.state == "review" else "draft",
        author=account_entity(people[kept.author_id]),
        asked_by=account_entity(asked_by) if asked_by else None,
        source=kept.source,
        fields=dict(kept.fields),
        note=kept.note,
        warnings=warned(dict(kept.fields), language),
        created_at=moment(kept.created_at) or "",
        updated_at=moment(kept.updated_at) or "",
    )


TAG = "drafts"
READ, WRITE = "read:statuses", "write:statuses"
ENDPOINTS = (
    Endpoint(
        method="POST",
        path="/drafts/check",
        handler=check,
        summary="What is to be known before one sends it: problems, warnings, who will see it",
        tag=TAG,
        answer=LookEntity,
        body=ProposalFields,
        scope=READ,
    ),
    Endpoint(
        method="GET",
        path="/drafts",
        handler=listed,
        summary="One's own drafts, and what waits for the mediators",
        tag=TAG,
        answer=list[DraftEntity],
        query=PageQuery,
        scope=READ,
        paged=True,
    ),
    Endpoint(
        method="POST",
        path="/drafts",
        handler=save,
        summary="Keep a draft, finished or not",
        tag=TAG,
        answer=DraftEntity,
        body=ProposalFields,
        scope=WRITE,
        status=201,
        errors=(404, 409),
    ),
    Endpoint(
        method="GET",
        path="/drafts/{id}",
        handler=one,
        summary="One of one's own drafts",
        tag=TAG,
        answer=DraftEntity,
        scope=READ,
        errors=(404,),
    ),
    Endpoint(
        method="PUT",
        path="/drafts/{id}",
        handler=save_again,
        summary="Keep these fields in place of what it was",
        tag=TAG,
        answer=DraftEntity,
        body=ProposalFields,
        scope=WRITE,
        errors=(404, 409),
    ),
    Endpoint(
        method="DELETE",
        path="/drafts/{id}",
        handler=discard,
        summary="Throw a draft away",
        tag=TAG,
        scope=WRITE,
        errors=(404,),
    ),
    Endpoint(
        method="POST",
        path="/drafts/{id}/submit",
        handler=send,
        summary="Publish it, or hand it to the mediators where they look first",
        tag=TAG,
        answer=SentEntity,
        scope=WRITE,
        errors=(404, 409),
    ),
)
