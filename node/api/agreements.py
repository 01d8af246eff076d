"""One's agreements: answering a proposal, and every step up to the thanks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

from msgspec import Meta

from node.actions import agreements as acting
from node.aid.agreements import Agreement, Event, Side, State, allowed
from node.aid.lifecycle import State as ProposalState
from node.api.common import AccountEntity, Id, Moment, PageQuery, account_entity, moment
from node.api.endpoint import Call, Endpoint, Entity, Handler, Nothing, Page
from node.errors import NotFound
from node.social.accounts import Actor
from node.store import actors, agreements, proposals, reveals
from node.store.transaction import Transaction

Words = Annotated[str, Meta(max_length=2000)]
StateName = Literal[
    "proposed",
    "accepted",
    "handed-over",
    "returned",
    "confirmed",
    "refused",
    "withdrawn",
    "cancelled",
    "no-show",
    "disputed",
]
Step = Literal[
    "accept",
    "refuse",
    "withdraw",
    "hand-over",
    "give-back",
    "confirm",
    "cancel",
    "no-show",
    "dispute",
    "settle",
]


class AgreementQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which of one's agreements."""

    state: tuple[StateName, ...] = ()
    open: bool = False
    """Only those where something is still to be done."""
    proposal_id: Id | None = None


class About(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an agreement is about, in short."""

    id: Id
    uri: str
    title: str
    purpose: str
    topic: str
    mode: str
    state: ProposalState


class HappenedEntity(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line of the history."""

    event: str
    by: Id | None
    text: str
    at: Moment | None


class ContactEntity(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Contact details that one side shows the other, while the agreement lasts."""

    account_id: Id
    contact: str
    revealed_at: Moment | None


class AgreementEntity(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A proposal and one answering person, as one of the two sees it."""

    id: Id
    uri: str | None
    proposal: About
    side: Side
    """Which of the two the reader is."""
    author: AccountEntity
    answerer: AccountEntity
    state: State
    quantity: str
    unit: str
    text: str
    reason: str
    due: Moment | None
    next: list[Event]
    """What the reader may do now, the most likely first."""
    confirmed_by_author: bool
    confirmed_by_answerer: bool
    contacts: list[ContactEntity]
    created_at: Moment | None
    updated_at: Moment | None
    ended_at: Moment | None


class AgreementWithHistory(AgreementEntity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All of it."""

    history: list[HappenedEntity]


class AnswerBody(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An answer to a proposal."""

    text: Annotated[str, Meta(max_length=5000)] = ""
    quantity: Annotated[str, Meta(max_length=24)] = "1"


class WordsBody(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A reason, or a word of thanks."""

    text: Words = ""


class ContactBody(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How to reach oneself; without it, what the account keeps for that."""

    contact: Annotated[str, Meta(max_length=500)] = ""


class SettleBody(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a mediator settles a dispute."""

    outcome: Literal["done", "cancelled", "goes-on"]
    note: Words = ""


async def listed(call: Call[AgreementQuery, Nothing]) -> Page[AgreementEntity]:
    query = call.query
    found = await call.store.read(_page, call.caller.actor, query)
    more = len(found) > query.limit
    shown = found[: query.limit]
    return Page(shown, next=shown[-1].id if more else None)


async def one(call: Call[Nothing, Nothing]) -> AgreementWithHistory:
    who = await _who(call)
    return await call.store.read(_whole, who, call.number())


async def answer(call: Call[Nothing, AnswerBody]) -> AgreementEntity:
    body = call.body
    made = await call.store.write(
        acting.offer_help,
        call.here,
        call.caller.actor,
        call.number(),
        quantity=body.quantity,
        text=body.text,
        language=call.language,
    )
    return await call.store.read(_entity_of, call.caller.actor, made.id)


async def accept(call: Call[Nothing, Nothing]) -> AgreementEntity:
    return await _step(call, acting.accept)


async def refuse(call: Call[Nothing, WordsBody]) -> AgreementEntity:
    return await _step(call, acting.refuse, reason=call.body.text)


async def withdraw(call: Call[Nothing, Nothing]) -> AgreementEntity:
    return await _step(call, acting.withdraw)


async def cancel(call: Call[Nothing, WordsBody]) -> AgreementEntity:
    return await _step(call, acting.cancel, reason=call.body.text)


async def hand_over(call: Call[Nothing, Nothing]) -> AgreementEntity:
    return await _step(call, acting.hand_over)


async def give_back(call: Call[Nothing, Nothing]) -> AgreementEntity:
    return await _step(call, acting.give_back)


async def confirm(call: Call[Nothing, WordsBody]) -> AgreementEntity:
    return await _step(call, acting.confirm, thanks=call.body.text)


async def no_show(call: Call[Nothing, WordsBody]) -> AgreementEntity:
    return await _step(call, acting.no_show, reason=call.body.text)


async def dispute(call: Call[Nothing, WordsBody]) -> AgreementEntity:
    return await _step(call, acting.dispute, reason=call.body.text)


async def settle(call: Call[Nothing, SettleBody]) -> None:
    await call.store.write(
        acting.settle,
        call.here,
        call.require("mediator").actor,
        call.number(),
        outcome=call.body.outcome,
        note=call.body.note,
    )


async def reveal(call: Call[Nothing, ContactBody]) -> AgreementEntity:
    who, number = await _who(call), call.number()
    contact = call.body.contact or call.caller.account.contact
    await call.store.write(acting.reveal_contact, call.here, who, number, contact)
    return await call.store.read(_entity_of, who, number)


async def hide(call: Call[Nothing, Nothing]) -> None:
    who = await _who(call)
    await call.store.write(acting.hide_contact, call.here, who, call.number())


async def _step(
    call: Call[Nothing, Any], step: Callable[..., Agreement], **words: str
) -> AgreementEntity:
    who, number = await _who(call), call.number()
    await call.store.write(step, call.here, who, number, **words)
    return await call.store.read(_entity_of, who, number)


async def _who(call: Call[Nothing, Any]) -> Actor:
    """The caller; a mediator stands in for the quartier where it is the author, that is for
    somebody elsewhere for whom it published. Nobody stands on both sides."""
    found = await call.store.read(agreements.by_id, call.number())
    quartier, caller = call.here.quartier, call.caller
    if (
        found is not None
        and found.author_id == quartier.id
        and found.answerer_id != caller.actor.id
        and caller.has_role("mediator")
    ):
        return quartier
    return caller.actor


# ── units of work ────────────────────────────────────────────────────────────────────────────


def _page(tx: Transaction, who: Actor, query: AgreementQuery) -> list[AgreementEntity]:
    found = agreements.of_person(
        tx,
        who.id,
        states=[State(name) for name in query.state],
        open_only=query.open,
        proposal_id=int(query.proposal_id) if query.proposal_id is not None else None,
        before=query.before,
        most=query.limit + 1,
    )
    return _entities(tx, who, found)


def _entity_of(tx: Transaction, who: Actor, agreement_id: int) -> AgreementEntity:
    found, _ = acting.of_person(tx, who, agreement_id)
    return _entities(tx, who, [found])[0]


def _whole(tx: Transaction, who: Actor, agreement_id: int) -> AgreementWithHistory:
    entity = _entity_of(tx, who, agreement_id)
    history = [
        HappenedEntity(
            event=line.event,
            by=str(line.actor_id) if line.actor_id is not None else None,
            text=line.text,
            at=moment(line.at),
        )
        for line in agreements.history(tx, agreement_id)
    ]
    fields = {name: getattr(entity, name) for name in entity.__struct_fields__}
    return AgreementWithHistory(**fields, history=history)


def _entities(tx: Transaction, who: Actor, found: list[Agreement]) -> list[AgreementEntity]:
    """A page's worth in a constant number of queries."""
    people = actors.by_ids(tx, {i for one in found for i in (one.author_id, one.answerer_id)})
    abouts = proposals.by_ids(tx, {one.proposal_id for one in found})
    shown = reveals.revealed_of(tx, [one.id for one in found])
    entities = []
    for one in found:
        side, about = one.side_of(who.id), abouts.get(one.proposal_id)
        if side is None or about is None:
            raise NotFound("Cet accord n’est plus là.")
        proposal = about.proposal
        entities.append(
            AgreementEntity(
                id=str(one.id),
                uri=one.uri,
                proposal=About(
                    id=str(proposal.id),
                    uri=proposal.uri,
                    title=proposal.title,
                    purpose=proposal.purpose.value,
                    topic=proposal.topic,
                    mode=proposal.mode,
                    state=proposal.state,
                ),
                side=side,
                author=account_entity(people[one.author_id]),
                answerer=account_entity(people[one.answerer_id]),
                state=one.state,
                quantity=one.quantity,
                unit=one.unit,
                text=one.text,
                reason=one.reason,
                due=moment(one.due),
                next=list(allowed(one, side, loan=proposal.mode == "loan")),
                confirmed_by_author=one.confirmed_by_author_at is not None,
                confirmed_by_answerer=one.confirmed_by_answerer_at is not None,
                contacts=[
                    ContactEntity(
                        account_id=str(reveal.actor_id),
                        contact=reveal.contact,
                        revealed_at=moment(reveal.revealed_at),
                    )
                    for reveal in (shown.get(one.id, []) if one.shows_contact else [])
                ],
                created_at=moment(one.created_at),
                updated_at=moment(one.updated_at),
                ended_at=moment(one.ended_at),
            )
        )
    return entities


_WRITE = "write:statuses"


def _post(path: str, handler: Handler, summary: str, body: type[Entity] | None) -> Endpoint:
    return Endpoint(
        method="POST",
        path=f"/agreements/{{id}}/{path}",
        handler=handler,
        summary=summary,
        tag="agreements",
        body=body,
        answer=AgreementEntity,
        scope=_WRITE,
        errors=(404, 409, 422),
    )


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/agreements",
        handler=listed,
        summary="One's agreements, newest first.",
        tag="agreements",
        query=AgreementQuery,
        answer=list[AgreementEntity],
        paged=True,
        scope="read:statuses",
    ),
    Endpoint(
        method="GET",
        path="/agreements/{id}",
        handler=one,
        summary="One of them, with its history.",
        tag="agreements",
        answer=AgreementWithHistory,
        scope="read:statuses",
        errors=(404,),
    ),
    Endpoint(
        method="POST",
        path="/proposals/{id}/answers",
        handler=answer,
        summary="Answer a proposal, of this node or of another.",
        tag="agreements",
        body=AnswerBody,
        answer=AgreementEntity,
        scope=_WRITE,
        errors=(403, 404, 409, 422),
    ),
    _post("accept", accept, "Say yes to an answer.", None),
    _post("refuse", refuse, "Say no to an answer.", WordsBody),
    _post("withdraw", withdraw, "Take back one's answer, before it was accepted.", None),
    _post("cancel", cancel, "End what was agreed.", WordsBody),
    _post("hand-over", hand_over, "Of a loan: the thing changed hands.", None),
    _post("give-back", give_back, "Of a loan: the thing came back.", None),
    _post("confirm", confirm, "Say that it is done, with a word of thanks.", WordsBody),
    _post("no-show", no_show, "Nobody came.", WordsBody),
    _post("dispute", dispute, "Ask a mediator.", WordsBody),
    _post("contact", reveal, "Show one's contact details to the other side.", ContactBody),
    Endpoint(
        method="DELETE",
        path="/agreements/{id}/contact",
        handler=hide,
        summary="Take one's contact details back.",
        tag="agreements",
        scope=_WRITE,
        errors=(404,),
    ),
    Endpoint(
        method="POST",
        path="/agreements/{id}/settle",
        handler=settle,
        summary="Settle a dispute.",
        tag="agreements",
        body=SettleBody,
        scope=_WRITE,
        role="mediator",
        errors=(404, 409),
    ),
)
