"""What came from neighbours and waits for a look, and the quartiers that they introduce."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from node.actions import introductions as introducing
from node.actions import terms as actions
from node.api.common import AccountEntity, Id, Moment, PageQuery, account_entity, moment
from node.api.endpoint import Call, Endpoint, Entity, Nothing, Page
from node.api.neighbour_entity import is_adjacent
from node.api.neighbours import unreachable
from node.errors import FetchError
from node.outbox.here import Here
from node.store import actors, held, introductions, objects, proposals
from node.store.held import Held
from node.store.introductions import Introduction
from node.store.transaction import Transaction


class HeldQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A page of what waits."""

    state: Literal["waiting", "shown", "left"] = "waiting"
    neighbour_id: Id | None = None


class HeldEntity(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A proposal that a neighbour passed on, for a mediator to look at."""

    id: Id
    uri: str
    url: str | None
    title: str
    content: str
    """HTML, cleaned."""
    purpose: str
    topic: str
    urgency: str
    author: AccountEntity | None
    neighbour: AccountEntity | None
    """The Group that passed it on."""
    why: Literal["review", "rate"]
    state: Literal["waiting", "shown", "left"]
    since: Moment


class HeldIds(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Several at once."""

    ids: Annotated[list[Id], Meta(min_length=1, max_length=actions.AT_ONCE)]


class Done(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """For how many it was done; what ended meanwhile is passed over."""

    done: int


class IntroductionEntity(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A quartier that a neighbour tells us about, or that we told a neighbour about."""

    id: Id
    by: AccountEntity | None
    """The Group that introduces: ours, when we did."""
    uri: str
    """Of the introduced Group."""
    to_uri: str
    domain: str
    name: str
    adjacent: bool
    """Its territory and ours touch or overlap."""
    state: Literal["told", "heard", "asked", "declined"]
    created_at: Moment


class IntroductionDraft(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Two of our neighbours to be told of each other."""

    neighbour_id: Id
    other_id: Id


async def held_back(call: Call[HeldQuery, Nothing]) -> Page[HeldEntity]:
    query = call.query
    found = await call.store.read(
        held.listed,
        now=call.here.clock.now(),
        state=query.state,
        neighbour_id=None if query.neighbour_id is None else _number(query.neighbour_id),
        before=query.before,
        most=query.limit + 1,
    )
    shown = await call.store.read(_entities, found[: query.limit])
    more = len(found) > query.limit
    return Page(shown, next=str(found[query.limit - 1].object_id) if more else None)


async def show(call: Call[Nothing, HeldIds]) -> Done:
    ids = [_number(one) for one in call.body.ids]
    done = await call.store.write(actions.show_held, call.here, call.caller.actor, ids)
    return Done(done=done)


async def leave(call: Call[Nothing, HeldIds]) -> Done:
    ids = [_number(one) for one in call.body.ids]
    done = await call.store.write(actions.leave_held, call.here, call.caller.actor, ids)
    return Done(done=done)


async def introduced(call: Call[PageQuery, Nothing]) -> Page[IntroductionEntity]:
    limit = call.query.limit
    found = await call.store.read(introductions.listed, before=call.query.before, most=limit + 1)
    shown = await call.store.read(_introductions, call.here, found[:limit])
    return Page(shown, next=shown[-1].id if len(found) > limit else None)


async def introduce(call: Call[Nothing, IntroductionDraft]) -> IntroductionEntity:
    made = await call.store.write(
        introducing.introduce,
        call.here,
        call.caller.actor,
        _number(call.body.neighbour_id),
        _number(call.body.other_id),
    )
    return (await call.store.read(_introductions, call.here, [made]))[0]


async def ask_introduced(call: Call[Nothing, Nothing]) -> IntroductionEntity:
    try:
        found = await introducing.ask(
            call.store, call.here, call.remote, call.caller.actor, call.number()
        )
    except FetchError as error:
        raise unreachable(error) from error
    return (await call.store.read(_introductions, call.here, [found]))[0]


async def decline(call: Call[Nothing, Nothing]) -> IntroductionEntity:
    found = await call.store.write(introducing.decline, call.here, call.caller.actor, call.number())
    return (await call.store.read(_introductions, call.here, [found]))[0]


def _number(text: str) -> int:
    """An id as the number that it is; beyond 64 bits there is nothing."""
    return min(int(text), 2**63 - 1)


def _entities(tx: Transaction, found: list[Held]) -> list[HeldEntity]:
    groups = actors.by_ids(tx, {one.neighbour_id for one in found})
    entities = []
    for one in found:
        stored, status = proposals.by_id(tx, one.object_id), objects.by_id(tx, one.object_id)
        if stored is None or status is None:
            continue
        author = actors.by_id(tx, status.author_id)
        group = groups.get(one.neighbour_id)
        entities.append(
            HeldEntity(
                id=str(one.object_id),
                uri=status.uri,
                url=status.url,
                title=stored.proposal.title,
                content=status.content,
                purpose=stored.proposal.purpose.value,
                topic=stored.proposal.topic,
                urgency=stored.proposal.urgency.value,
                author=account_entity(author) if author else None,
                neighbour=account_entity(group) if group else None,
                why=one.why.value,
                state=one.state,
                since=moment(one.since) or "",
            )
        )
    return entities


def _introductions(
    tx: Transaction, here: Here, found: list[Introduction]
) -> list[IntroductionEntity]:
    groups = actors.by_ids(tx, {one.by_id for one in found})
    return [
        IntroductionEntity(
            id=str(one.id),
            by=account_entity(groups[one.by_id]) if one.by_id in groups else None,
            uri=one.group_uri,
            to_uri=one.to_uri,
            domain=one.domain,
            name=one.name or one.domain,
            adjacent=is_adjacent(tx, here, one.domain),
            state=one.state,
            created_at=moment(one.created_at) or "",
        )
        for one in found
    ]


TAG = "neighbours"
ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/held",
        handler=held_back,
        summary="What neighbours passed on and a mediator is to look at",
        tag=TAG,
        answer=list[HeldEntity],
        query=HeldQuery,
        scope="read:statuses",
        role="mediator",
        paged=True,
    ),
    Endpoint(
        method="POST",
        path="/held/show",
        handler=show,
        summary="Show these; also what was left before",
        tag=TAG,
        answer=Done,
        body=HeldIds,
        scope="write:statuses",
        role="mediator",
        errors=(404,),
    ),
    Endpoint(
        method="POST",
        path="/held/leave",
        handler=leave,
        summary="Do not show these, whoever else passes them on",
        tag=TAG,
        answer=Done,
        body=HeldIds,
        scope="write:statuses",
        role="mediator",
        errors=(404,),
    ),
    Endpoint(
        method="GET",
        path="/introductions",
        handler=introduced,
        summary="Quartiers that were introduced to us, and by us to each other",
        tag=TAG,
        answer=list[IntroductionEntity],
        query=PageQuery,
        scope="read:follows",
        role="admin",
        paged=True,
    ),
    Endpoint(
        method="POST",
        path="/introductions",
        handler=introduce,
        summary="Tell two of our neighbours of each other",
        tag=TAG,
        answer=IntroductionEntity,
        body=IntroductionDraft,
        scope="write:follows",
        role="admin",
        status=201,
        errors=(404, 409),
    ),
    Endpoint(
        method="POST",
        path="/introductions/{id}/ask",
        handler=ask_introduced,
        summary="Ask the introduced quartier to join",
        tag=TAG,
        answer=IntroductionEntity,
        scope="write:follows",
        role="admin",
        errors=(404, 409),
    ),
    Endpoint(
        method="POST",
        path="/introductions/{id}/decline",
        handler=decline,
        summary="No, thank you; nobody is told",
        tag=TAG,
        answer=IntroductionEntity,
        scope="write:follows",
        role="admin",
        errors=(404, 409),
    ),
)
