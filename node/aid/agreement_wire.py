"""Agreements as FEP-0837 writes them, both directions.

- ``Offer`` of an Agreement without id: who answers, to the author's inbox. Its commitments satisfy
  the proposal's intents, with the quantity that is asked for.
- ``Accept`` of the Offer, whose ``result`` is the Agreement with its id; ``Reject`` with a
  ``content`` that says why.
- ``Create`` of a Document whose ``context`` is the Agreement: a step (handed over, returned,
  confirmed…), named in ``name``; its ``content`` is what the person says, a thank-you for one.
- ``Undo`` of the Offer or of the Accept takes it back.
- ``Update`` of the Agreement: how it stands, told by the node of the proposal after every change.
  ``updated`` orders them, so that late and repeated words change nothing; ``inReplyTo`` names the
  Offer and every later word of its author that was heard, so that what crossed on its way is known.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from node.activitypub.html import from_plain, plain_text
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
from node.aid.agreements import Agreement, Event, State
from node.aid.proposals import Proposal
from node.aid.quantities import amount_of, amount_text
from node.aid.topics import OTHER
from node.clock import to_iso

Document = dict[str, object]

TEXT_MAX: Final = 5_000
HEARD_MOST: Final = 100
STEPS: Final[Mapping[str, Event]] = {
    "handed over": Event.HAND_OVER,
    "returned": Event.GIVE_BACK,
    "confirmed": Event.CONFIRM,
    "no-show": Event.NO_SHOW,
    "disputed": Event.DISPUTE,
}
"""``name`` of a Document → the step that it states."""
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}")
NAMES: Final = {event: name for name, event in STEPS.items()}


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


# ── out ──────────────────────────────────────────────────────────────────────────────────────


def offered(agreement: Agreement, proposal: Proposal) -> Document:
    """The Agreement that an Offer proposes: it has no id yet."""
    document: Document = {"type": "Agreement", "stipulates": _primary(agreement, proposal, None)}
    back = _reciprocal(agreement, proposal, None)
    if back is not None:
        document["stipulatesReciprocal"] = back
    return document


def agreed(
    agreement: Agreement,
    proposal: Proposal,
    *,
    uri: str,
    author_uri: str,
    answerer_uri: str,
    heard: Sequence[str] = (),
    context: object | None = None,
) -> Document:
    """The Agreement as it stands; ``heard`` are the activities of who answered that were heard
    after the Offer, ``context`` is the ``@context`` when it stands alone."""
    confirmed = [
        actor
        for actor, at in (
            (author_uri, agreement.confirmed_by_author_at),
            (answerer_uri, agreement.confirmed_by_answerer_at),
        )
        if at is not None
    ]
    document: Document = {} if context is None else {"@context": context}
    document |= {
        "id": uri,
        "type": "Agreement",
        "attributedTo": author_uri,
        "to": [answerer_uri],
        "inReplyTo": [agreement.offer_uri, *heard],
        "published": to_iso(agreement.accepted_at or agreement.created_at),
        "updated": to_iso(agreement.updated_at),
        "stipulates": _primary(agreement, proposal, uri),
        "state": agreement.state.value,
        "confirmedBy": confirmed,
    }
    back = _reciprocal(agreement, proposal, uri)
    if back is not None:
        document["stipulatesReciprocal"] = back
    if agreement.ended_at is not None:
        document["endTime"] = to_iso(agreement.ended_at)
    if agreement.reason:
        document["content"] = from_plain(agreement.reason)
    return document


def step_document(
    event: Event,
    *,
    uri: str,
    agreement_uri: str,
    offer_uri: str,
    actor_uri: str,
    to: str,
    words: str,
    now: float,
) -> Document:
    """The Document that states a step."""
    document: Document = {
        "id": uri,
        "type": "Document",
        "attributedTo": actor_uri,
        "to": [to],
        "context": agreement_uri,
        "inReplyTo": [offer_uri],
        "name": NAMES[event],
        "published": to_iso(now),
    }
    if words:
        document["content"] = from_plain(words)
    return document


def _primary(agreement: Agreement, proposal: Proposal, uri: str | None) -> Document:
    commitment: Document = {} if uri is None else {"id": f"{uri}#primary"}
    commitment |= {
        "type": "Commitment",
        "satisfies": f"{proposal.uri}#primary",
        "action": proposal.mode_data.action,
        "resourceConformsTo": proposal.topic_data.iri,
        "resourceQuantity": _measure(agreement.quantity, agreement.unit),
    }
    if agreement.state is State.CONFIRMED:
        commitment["finished"] = True
    return commitment


def _reciprocal(agreement: Agreement, proposal: Proposal, uri: str | None) -> Document | None:
    action = proposal.mode_data.reciprocal
    if action is None:
        return None
    same = proposal.mode == "loan"
    commitment: Document = {} if uri is None else {"id": f"{uri}#reciprocal"}
    commitment |= {
        "type": "Commitment",
        "satisfies": f"{proposal.uri}#reciprocal",
        "action": action,
        "resourceConformsTo": (proposal.topic_data if same else OTHER).iri,
        "resourceQuantity": (
            _measure("1", "one")
            if proposal.mode == "swap"
            else _measure(agreement.quantity, agreement.unit)
        ),
    }
    due = agreement.due if agreement.due is not None else proposal.due
    if same and due is not None:
        commitment["due"] = to_iso(due)
    return commitment


def _measure(value: str, unit: str) -> Document:
    return {"hasUnit": unit, "hasNumericalValue": value}


# ── in ───────────────────────────────────────────────────────────────────────────────────────


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
