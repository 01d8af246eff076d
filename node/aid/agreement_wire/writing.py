"""Agreements as we write them."""

from __future__ import annotations

from collections.abc import Sequence

from node.activitypub.html import from_plain
from node.aid.agreement_wire.words import NAMES
from node.aid.agreements import Agreement, Event, State
from node.aid.proposals import Proposal
from node.aid.topics import OTHER
from node.clock import to_iso

Document = dict[str, object]


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
