"""One's agreements: answering a proposal, and every step up to the thanks; for mediators those of
the quartier."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Annotated, Any, Literal

from msgspec import Meta

from node.actions import agreements as acting
from node.aid.agreements import Agreement, State
from node.api.agreement_entity import (
    AgreementEntity,
    AgreementWithHistory,
    entities,
    entity_of,
    whole,
)
from node.api.common import Id, PageQuery
from node.api.endpoint import Call, Endpoint, Entity, Handler, Nothing, Page
from node.social.accounts import Actor
from node.store import agreements
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


class AgreementQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which agreements."""

    of: Literal["mine", "quartier"] = "mine"
    """`quartier`: everybody's, about what was published here; for mediators."""
    state: tuple[StateName, ...] = ()
    open: bool = False
    """Only those where something is still to be done."""
    proposal_id: Id | None = None

    @property
    def about(self) -> int | None:
        """`proposal_id` as the number that it is; beyond 64 bits there is none of that number."""
        return min(int(self.proposal_id), 2**63 - 1) if self.proposal_id is not None else None


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
    if query.of == "quartier":
        call.require("mediator")
        quartier = call.here.quartier
    else:
        quartier = None
    found = await call.store.read(_page, call.caller.actor, query, quartier)
    more = len(found) > query.limit
    shown = found[: query.limit]
    return Page(shown, next=shown[-1].id if more else None)


async def one(call: Call[Nothing, Nothing]) -> AgreementWithHistory:
    caller = call.caller
    quartier = call.here.quartier if caller.has_role("mediator") else None
    return await call.store.read(whole, caller.actor, call.number(), quartier=quartier)


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
    return await call.store.read(entity_of, call.caller.actor, made.id)


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
    return await call.store.read(entity_of, who, number)


async def hide(call: Call[Nothing, Nothing]) -> None:
    who = await _who(call)
    await call.store.write(acting.hide_contact, call.here, who, call.number())


async def _step(
    call: Call[Nothing, Any], step: Callable[..., Agreement], **words: str
) -> AgreementEntity:
    who, number = await _who(call), call.number()
    await call.store.write(step, call.here, who, number, **words)
    return await call.store.read(entity_of, who, number)


async def _who(call: Call[Nothing, Any]) -> Actor:
    """The caller, or the quartier for which they stand in."""
    return await call.store.read(acting.speaker, call.here, call.caller.actor, call.number())


def _page(
    tx: Transaction, who: Actor, query: AgreementQuery, quartier: Actor | None
) -> list[AgreementEntity]:
    listing: Callable[..., list[Agreement]] = (
        partial(agreements.of_person, actor_id=who.id) if quartier is None else agreements.at_home
    )
    found = listing(
        tx,
        states=[State(name) for name in query.state],
        open_only=query.open,
        proposal_id=query.about,
        before=query.before,
        most=query.limit + 1,
    )
    return entities(tx, who, found, quartier=quartier)


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
        summary="One's agreements, newest first; for mediators also the quartier's.",
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
