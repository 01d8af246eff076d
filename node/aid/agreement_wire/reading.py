"""Agreements as other servers write them. Who may say so is for the caller to see."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from node.activitypub.html import plain_text
from node.activitypub.readers import (
    ids,
    moment,
    number,
    objects,
    one_id,
    same_origin,
    string,
    text,
    types,
    when,
)
from node.activitypub.rejected import Rejected
from node.aid.agreement_wire.words import HEARD_MOST, STEPS, TEXT_MAX
from node.aid.agreements import Event, State
from node.aid.quantities import amount_of, amount_text

_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}")


@dataclass(frozen=True, slots=True)
class ReadOffer:
    """An answer to a proposal."""

    proposal_uri: str
    quantity: str
    unit: str
    due: float | None
    text: str
    """Plain."""
    language: str | None


@dataclass(frozen=True, slots=True)
class ReadAgreement:
    """How an agreement stands, as the node of its proposal tells."""

    uri: str
    attributed_to: str | None
    proposal_uri: str | None
    quantity: str | None
    """None, and an empty unit, where the other server does not tell."""
    unit: str
    state: State | None
    """None where the other server does not tell."""
    reason: str
    confirmed_by: tuple[str, ...]
    updated: float | None
    heard: tuple[str, ...] = ()
    """The Offer, and the activities of who answered that its author's node has heard."""
    ended: float | None = None
    """Also of what is disputed after nobody came: what was promised is free."""


@dataclass(frozen=True, slots=True)
class ReadStep:
    uri: str
    agreement_uri: str
    offer_uri: str | None
    event: Event
    text: str


def is_agreement(document: Mapping[str, Any] | None) -> bool:
    return document is not None and "Agreement" in types(document)


def proposal_of(document: Mapping[str, Any]) -> str | None:
    """The proposal whose intent the commitments satisfy: ours are fragments of it."""
    for part in ("stipulates", "stipulatesReciprocal"):
        for commitment in objects(document.get(part), 4):
            intent = one_id(commitment.get("satisfies"))
            if intent is not None:
                return intent.split("#", 1)[0]
    return None


def is_answer(document: Mapping[str, Any] | None) -> bool:
    """Whether an Offer of this answers a proposal: an Agreement, or the bare Commitment of
    FEP-0837's earlier text."""
    return document is not None and not {"Agreement", "Commitment"}.isdisjoint(types(document))


def read_offer(activity: Mapping[str, Any]) -> ReadOffer | Rejected:
    """A normalised Offer of an Agreement, or of a Commitment."""
    document: Mapping[str, Any] = next(objects(activity.get("object"), 1), {})
    if "Agreement" not in types(document):
        document = {"type": "Agreement", "stipulates": document}
    proposal = proposal_of(document)
    if proposal is None:
        return Rejected("offer: its commitments satisfy no intent")
    quantity, unit = _quantity(document)
    if quantity is None:
        return Rejected("offer: no quantity that can be read")
    back = next(objects(document.get("stipulatesReciprocal"), 1), {})
    words = text(activity, "content", 4 * TEXT_MAX) or text(activity, "summary", 4 * TEXT_MAX)
    said = activity.get("contentMap")
    language = next(iter(said), "") if isinstance(said, Mapping) else ""
    return ReadOffer(
        proposal_uri=proposal,
        quantity=quantity,
        unit=unit,
        due=moment(back.get("due")),
        text=plain_text(words or "")[:TEXT_MAX],
        language=language if _LANGUAGE.fullmatch(language) else None,
    )


def read_agreement(document: Mapping[str, Any]) -> ReadAgreement | Rejected:
    """A normalised Agreement. That its author may say so is for the caller to see."""
    uri = one_id(document.get("id"))
    if uri is None or "Agreement" not in types(document):
        return Rejected("agreement: no id, or no Agreement")
    author = one_id(document.get("attributedTo"))
    if author is not None and not same_origin(author, uri):
        return Rejected("agreement: of another origin than its author's")
    quantity, unit = _quantity(document)
    if quantity is None:
        return Rejected("agreement: no quantity that can be read")
    told = _measured(document)
    state = string(document.get("state"), 40)
    return ReadAgreement(
        uri=uri,
        attributed_to=author,
        proposal_uri=proposal_of(document),
        quantity=quantity if told else None,
        unit=unit if told else "",
        state=State(state) if state in set(State) else None,
        reason=plain_text(text(document, "content", 4 * TEXT_MAX) or "")[:TEXT_MAX],
        confirmed_by=ids(document.get("confirmedBy"), 4),
        # Not clamped: it orders the words of one server, be its clock right or wrong.
        updated=moment(document.get("updated")) or moment(document.get("published")),
        heard=ids(document.get("inReplyTo"), HEARD_MOST),
        ended=when(document.get("endTime")),
    )


def read_step(document: Mapping[str, Any]) -> ReadStep | Rejected | None:
    """A Document within an agreement; None for a Document that is no step. One without a name
    that we know is FEP-0837's confirmation."""
    uri, agreement = one_id(document.get("id")), one_id(document.get("context"))
    if "Document" not in types(document) or agreement is None:
        return None
    if uri is None:
        return Rejected("step: a Document without id")
    name = (text(document, "name", 200) or "").strip().lower()
    return ReadStep(
        uri=uri,
        agreement_uri=agreement,
        offer_uri=next(iter(ids(document.get("inReplyTo"), HEARD_MOST)), None),
        event=STEPS.get(name, Event.CONFIRM),
        text=plain_text(text(document, "content", 4 * TEXT_MAX) or "")[:TEXT_MAX],
    )


def _measured(document: Mapping[str, Any]) -> dict[str, Any]:
    commitment = next(objects(document.get("stipulates"), 1), {})
    return next(objects(commitment.get("resourceQuantity"), 1), {})


def _quantity(document: Mapping[str, Any]) -> tuple[str | None, str]:
    measure = _measured(document)
    unit = (string(measure.get("hasUnit"), 200) or "one").rsplit("/", 1)[-1]
    unit = unit.rsplit("#", 1)[-1].rsplit(":", 1)[-1][:40] or "one"
    if not measure:
        return "1", unit
    amount = amount_of(number(measure.get("hasNumericalValue")))
    return (amount_text(amount) if amount is not None and amount > 0 else None), unit
