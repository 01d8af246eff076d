"""Reports: made by everybody with an account, looked at by mediators."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from node.actions import reports as actions
from node.api.blocks import as_number, somebody
from node.api.common import AccountEntity, Id, Moment, PageQuery, account_entity, moment
from node.api.endpoint import Call, Endpoint, Entity, Nothing, Page
from node.moderation.rates import Rate
from node.moderation.reports import OBJECTS_MAX, WORDS_MAX, Category, Outcome
from node.outbox.here import Here
from node.social.accounts import Actor
from node.store import actors, reports
from node.store.reports import Report
from node.store.transaction import Transaction

Words = Annotated[str, Meta(max_length=WORDS_MAX)]
State = Literal["open", "settled"]
RATE = Rate("reports", 30, 3600.0)


class ReportDraft(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody says is wrong."""

    account_id: Id
    """Who is reported."""
    proposal_ids: Annotated[tuple[Id, ...], Meta(max_length=OBJECTS_MAX)] = ()
    """What they published, that the report is about."""
    content: Words = ""
    category: Category = Category.OTHER
    forward: bool = False
    """Tell the server where that account lives, too; in the quartier's name, not in yours."""


class ReportEntity(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A report, as mediators see it."""

    id: Id
    reporter: AccountEntity | None
    target: AccountEntity | None
    objects: list[str]
    content: str
    category: str
    forwarded: bool
    state: State
    outcome: Outcome | None
    settled_at: Moment | None
    settled_by: AccountEntity | None
    created_at: Moment


class OwnReport(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A report, as who made it sees it: whether it was looked at, and no more."""

    id: Id
    target: AccountEntity | None
    content: str
    category: str
    forwarded: bool
    state: State
    created_at: Moment


class ReportQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A page of reports."""

    state: State | None = None


class Settlement(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was done about it."""

    outcome: Outcome
    note: Words = ""
    """For the other mediators alone."""


async def report(call: Call[Nothing, ReportDraft]) -> OwnReport:
    body = call.body
    found = await call.store.write(_report, call.here, call.caller.actor, body)
    return await call.store.read(_own, found)


async def mine(call: Call[PageQuery, Nothing]) -> Page[OwnReport]:
    limit = call.query.limit
    found = await call.store.read(
        reports.listed, reporter_id=call.caller.actor.id, before=call.query.before, most=limit + 1
    )
    shown = [await call.store.read(_own, one) for one in found[:limit]]
    return Page(shown, next=shown[-1].id if len(found) > limit else None)


async def queue(call: Call[ReportQuery, Nothing]) -> Page[ReportEntity]:
    limit = call.query.limit
    shown = await call.store.read(_queue, call.query.state, call.query.before, limit + 1)
    return Page(shown[:limit], next=shown[limit - 1].id if len(shown) > limit else None)


async def one(call: Call[Nothing, Nothing]) -> ReportEntity:
    return await call.store.read(_one, call.number())


async def settle(call: Call[Nothing, Settlement]) -> ReportEntity:
    await call.store.write(
        actions.settle,
        call.here,
        call.caller.actor,
        call.number(),
        outcome=call.body.outcome,
        note=call.body.note,
    )
    return await call.store.read(_one, call.number())


async def reopen(call: Call[Nothing, Nothing]) -> ReportEntity:
    await call.store.write(actions.reopen, call.here, call.caller.actor, call.number())
    return await call.store.read(_one, call.number())


def _report(tx: Transaction, here: Here, reporter: Actor, draft: ReportDraft) -> Report:
    return actions.report(
        tx,
        here,
        reporter,
        target=somebody(tx, as_number(draft.account_id)),
        object_ids=[as_number(one) for one in draft.proposal_ids],
        content=draft.content,
        category=draft.category,
        forward=draft.forward,
    )


def _own(tx: Transaction, found: Report) -> OwnReport:
    target = actors.by_id(tx, found.target_id) if found.target_id is not None else None
    return OwnReport(
        id=str(found.id),
        target=account_entity(target) if target else None,
        content=found.content,
        category=found.category,
        forwarded=found.forwarded,
        state="settled" if found.state == reports.SETTLED else "open",
        created_at=moment(found.created_at) or "",
    )


def _queue(tx: Transaction, state: str | None, before: int | None, most: int) -> list[ReportEntity]:
    return _entities(tx, reports.listed(tx, state=state, before=before, most=most))


def _one(tx: Transaction, report_id: int) -> ReportEntity:
    return _entities(tx, [actions.by_id(tx, report_id)])[0]


def _entities(tx: Transaction, found: list[Report]) -> list[ReportEntity]:
    named = {
        number
        for one in found
        for number in (one.reporter_id, one.target_id, one.settled_by)
        if number is not None
    }
    people = {number: account_entity(actor) for number, actor in actors.by_ids(tx, named).items()}
    return [
        ReportEntity(
            id=str(one.id),
            reporter=people.get(one.reporter_id),
            target=people.get(one.target_id or 0),
            objects=list(one.objects),
            content=one.content,
            category=one.category,
            forwarded=one.forwarded,
            state="settled" if one.state == reports.SETTLED else "open",
            outcome=Outcome(one.outcome) if one.outcome else None,
            settled_at=moment(one.settled_at),
            settled_by=people.get(one.settled_by or 0),
            created_at=moment(one.created_at) or "",
        )
        for one in found
    ]


TAG = "reports"
ENDPOINTS = (
    Endpoint(
        method="POST",
        path="/reports",
        handler=report,
        summary="Report somebody, and what they published, to the mediators",
        tag=TAG,
        answer=OwnReport,
        body=ReportDraft,
        scope="write:reports",
        status=201,
        errors=(404, 409),
        rate=RATE,
    ),
    Endpoint(
        method="GET",
        path="/reports/mine",
        handler=mine,
        summary="One's own reports, and whether they were looked at",
        tag=TAG,
        answer=list[OwnReport],
        query=PageQuery,
        scope="read",
        paged=True,
    ),
    Endpoint(
        method="GET",
        path="/reports",
        handler=queue,
        summary="The mediators' queue, newest first",
        tag=TAG,
        answer=list[ReportEntity],
        query=ReportQuery,
        scope="read",
        role="mediator",
        paged=True,
    ),
    Endpoint(
        method="GET",
        path="/reports/{id}",
        handler=one,
        summary="One report",
        tag=TAG,
        answer=ReportEntity,
        scope="read",
        role="mediator",
        errors=(404,),
    ),
    Endpoint(
        method="POST",
        path="/reports/{id}/settle",
        handler=settle,
        summary="Say what was done; who reported learns that it is settled",
        tag=TAG,
        answer=ReportEntity,
        body=Settlement,
        scope="write",
        role="mediator",
        errors=(404, 409),
    ),
    Endpoint(
        method="POST",
        path="/reports/{id}/reopen",
        handler=reopen,
        summary="Look at it again",
        tag=TAG,
        answer=ReportEntity,
        scope="write",
        role="mediator",
        errors=(404, 409),
    ),
)
