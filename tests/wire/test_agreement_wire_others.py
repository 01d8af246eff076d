"""Agreements as other servers write them: FEP-0837's own examples, and all their variants."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from node.activitypub.rejected import Rejected
from node.aid.agreement_wire import (
    ReadAgreement,
    ReadOffer,
    ReadStep,
    is_answer,
    proposal_of,
    read_agreement,
    read_offer,
    read_step,
)
from node.aid.agreements import Event
from tests.wire.test_agreement_wire import normal, stated

CORPUS = Path(__file__).parent.parent / "data" / "corpus"
FEP_CONTEXT: list[Any] = [
    "https://www.w3.org/ns/activitystreams",
    {
        "vf": "https://w3id.org/valueflows/ont/vf#",
        "om2": "http://www.ontology-of-units-of-measure.org/resource/om-2/",
        "Agreement": "vf:Agreement",
        "stipulates": "vf:stipulates",
        "stipulatesReciprocal": "vf:stipulatesReciprocal",
        "Commitment": "vf:Commitment",
        "satisfies": "vf:satisfies",
        "resourceQuantity": "vf:resourceQuantity",
        "hasUnit": "om2:hasUnit",
        "hasNumericalValue": "om2:hasNumericalValue",
    },
]
COMMITMENT: dict[str, Any] = {
    "type": "Commitment",
    "satisfies": "https://market.example/proposals/1#primary",
    "resourceQuantity": {"hasUnit": "one", "hasNumericalValue": "1"},
}
FEP_OFFER: dict[str, Any] = {
    "@context": FEP_CONTEXT,
    "type": "Offer",
    "id": "https://social.example/activities/1",
    "actor": "https://social.example/users/bob",
    "object": {
        "type": "Agreement",
        "stipulates": COMMITMENT,
        "stipulatesReciprocal": {
            "type": "Commitment",
            "satisfies": "https://market.example/proposals/1#reciprocal",
            "resourceQuantity": {"hasUnit": "one", "hasNumericalValue": "30"},
        },
    },
    "to": "https://market.example/users/alice",
}
FEP_RESULT: dict[str, Any] = {
    "@context": FEP_CONTEXT,
    "type": "Agreement",
    "id": "https://market.example/agreements/1",
    "attributedTo": "https://market.example/users/alice",
    "stipulates": COMMITMENT | {"id": "https://market.example/agreements/1#primary"},
    "url": "https://pay.example/invoices/9",
}


def offer_with(**changes: Any) -> ReadOffer | Rejected:
    thing = FEP_OFFER["object"] | {"stipulates": COMMITMENT | changes}
    return read_offer(normal(FEP_OFFER | {"object": thing}))


@pytest.mark.parametrize("name", ["09-offer", "10-offer-agreement"])
def test_an_offer_of_the_earlier_text(name: str) -> None:
    """The FEP once had people offer a bare Commitment, and named its words a little otherwise."""
    path = CORPUS / "flohmarkt" / f"{name}.json"
    text = (
        path.read_text("utf-8").replace("NODE/", "market.example/").replace("HOST/", "h.example/")
    )
    document = normal(json.loads(text)["document"])
    assert is_answer(document["object"])
    assert not is_answer({"type": "Note"})
    assert not is_answer(None)
    found = read_offer(document)
    assert isinstance(found, ReadOffer)
    assert found.proposal_uri == "https://market.example/objects/OBJECT_ID"
    assert (found.quantity, found.unit) == ("1", "one")


def test_the_examples_of_fep_0837() -> None:
    """An Offer and an Agreement with no more than the FEP asks, and its confirmation."""
    found = read_offer(normal(FEP_OFFER))
    assert found == ReadOffer("https://market.example/proposals/1", "1", "one", None, "", None)
    result = read_agreement(normal(FEP_RESULT))
    assert isinstance(result, ReadAgreement)
    assert (result.state, result.updated, result.confirmed_by) == (None, None, ())
    assert (result.proposal_uri, result.quantity) == ("https://market.example/proposals/1", "1")
    confirmation = read_step(
        normal(
            {
                "@context": "https://www.w3.org/ns/activitystreams",
                "id": "https://market.example/documents/1",
                "type": "Document",
                "attributedTo": "https://market.example/users/alice",
                "context": "https://market.example/agreements/1",
                "name": "Delivered",
                "to": "https://social.example/users/bob",
            }
        )
    )
    assert isinstance(confirmation, ReadStep)
    assert confirmation.event is Event.CONFIRM


@pytest.mark.parametrize(
    "commitment",
    [
        [COMMITMENT],
        COMMITMENT | {"satisfies": ["https://market.example/proposals/1#primary"]},
        COMMITMENT | {"satisfies": {"id": "https://market.example/proposals/1#primary"}},
        COMMITMENT | {"type": ["Commitment"], "resourceQuantity": [COMMITMENT["resourceQuantity"]]},
        COMMITMENT | {"resourceQuantity": {"hasUnit": "one", "hasNumericalValue": 1}},
        COMMITMENT | {"resourceQuantity": {"hasUnit": "om2:one", "hasNumericalValue": 1.0}},
        COMMITMENT
        | {
            "resourceQuantity": {
                "hasUnit": "http://www.ontology-of-units-of-measure.org/resource/om-2/one",
                "hasNumericalValue": {"@value": "1", "@type": "xsd:decimal"},
            }
        },
    ],
)
def test_the_same_offer_written_otherwise(commitment: Any) -> None:
    """Arrays, objects, numbers and full IRIs mean what a single string means."""
    thing = {"type": ["Agreement"], "stipulates": commitment}
    found = read_offer(normal(FEP_OFFER | {"object": [thing]}))
    assert found == ReadOffer("https://market.example/proposals/1", "1", "one", None, "", None)


def test_full_iris() -> None:
    """A server that knows no context of ours writes the names in full."""
    vf, om2 = FEP_CONTEXT[1]["vf"], FEP_CONTEXT[1]["om2"]
    document = {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": "https://social.example/activities/2",
        "type": "Offer",
        "actor": "https://social.example/users/bob",
        "object": {
            "type": f"{vf}Agreement",
            f"{vf}stipulates": {
                "type": f"{vf}Commitment",
                f"{vf}satisfies": {"id": "https://market.example/proposals/1#primary"},
                f"{vf}resourceQuantity": {f"{om2}hasUnit": "hour", f"{om2}hasNumericalValue": "2"},
            },
        },
    }
    found = read_offer(normal(document))
    assert found == ReadOffer("https://market.example/proposals/1", "2", "hour", None, "", None)


@pytest.mark.parametrize(
    "value", ["-1", "0", "0.0004", "1e400", "NaN", "Infinity", "1000001", "", "eins", [], {}, True]
)
def test_no_quantity_that_can_be_read(value: Any) -> None:
    """Nothing, less than nothing, too much and no number at all are refused, never guessed."""
    found = offer_with(resourceQuantity={"hasUnit": "one", "hasNumericalValue": value})
    assert isinstance(found, Rejected)
    result = FEP_RESULT | {
        "stipulates": COMMITMENT
        | {"resourceQuantity": {"hasUnit": "one", "hasNumericalValue": value}}
    }
    assert isinstance(read_agreement(normal(result)), Rejected)


def test_nothing_that_is_satisfied() -> None:
    """Commitments to no intent are no answer to anything."""
    assert isinstance(read_offer(FEP_OFFER | {"object": {"type": "Agreement"}}), Rejected)
    assert proposal_of({"stipulates": ["https://market.example/commitments/1", None, 3]}) is None


def test_an_agreement_of_two_minds() -> None:
    """No id, another type, or an id at another origin than its author's: refused."""
    without = {name: value for name, value in FEP_RESULT.items() if name != "id"}
    assert isinstance(read_agreement(without), Rejected)
    assert isinstance(read_agreement(FEP_RESULT | {"type": "Note"}), Rejected)
    other = FEP_RESULT | {"attributedTo": "https://evil.example/users/alice"}
    assert isinstance(read_agreement(other), Rejected)


def test_what_is_not_told_is_not_made_up() -> None:
    """An agreement that only names itself says neither quantity nor state."""
    found = read_agreement({"id": "https://market.example/agreements/1", "type": "Agreement"})
    assert isinstance(found, ReadAgreement)
    assert (found.quantity, found.unit, found.state, found.proposal_uri) == (None, "", None, None)
    odd = read_agreement(FEP_RESULT | {"state": "melted", "confirmedBy": "https://x.example/u"})
    assert isinstance(odd, ReadAgreement)
    assert (odd.state, odd.confirmed_by) == (None, ("https://x.example/u",))


def test_documents_that_state_nothing() -> None:
    """A picture, a Document about nothing, and one without an id."""
    stated_here = stated(Event.CONFIRM)["object"]
    assert read_step({**stated_here, "type": "Image"}) is None
    assert read_step({**stated_here, "context": None}) is None
    assert isinstance(read_step({**stated_here, "id": None}), Rejected)


def test_words_are_plain_and_bounded() -> None:
    """Markup of others does not come in with their words."""
    found = read_step(
        stated(Event.CONFIRM)["object"] | {"content": "<b>Merci</b><script>x</script>"}
    )
    assert isinstance(found, ReadStep)
    assert "<" not in found.text
    assert found.text.startswith("Merci")
    long = read_step(stated(Event.CONFIRM)["object"] | {"content": "a" * 19_999})
    assert isinstance(long, ReadStep)
    assert len(long.text) == 5_000
