"""Agreements as FEP-0837 writes them, there and back; the golden files are what peers get."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from node.activitypub import render
from node.activitypub.documents import parse_activity
from node.activitypub.html import from_plain
from node.activitypub.jsonld import NeedsExpansion, check_safe, expand_and_compact, normalise
from node.activitypub.readers import same_origin
from node.activitypub.rejected import Rejected
from node.activitypub.vocabulary import OUR_CONTEXT
from node.aid.agreement_wire import (
    NAMES,
    STEPS,
    ReadAgreement,
    ReadOffer,
    ReadStep,
    agreed,
    offered,
    read_agreement,
    read_offer,
    read_step,
    step_document,
)
from node.aid.agreements import Agreement, Channel, Event, State
from node.aid.proposals import Proposal
from tests.wire.test_aid_wire import AMINA, NOW, made, offer

GOLDEN = Path(__file__).parent.parent / "data" / "golden"
BEA = "https://presquile.example/users/bea"
OFFER = "https://presquile.example/activities/114812345678905678"
URI = "https://croix-rousse.example/agreements/114812345678907777"
DUE = NOW + 7 * 86_400

PROPOSALS: dict[str, Proposal] = {
    "service": made(),
    "gift": offer("goods.food", "gift", "Pommes", quantity="3", unit="kilogram"),
    "loan": offer("lending.tools", "loan", "Perceuse", due="2026-12-01T18:00:00Z"),
    "swap": offer("goods.books", "swap", "Romans policiers"),
    "time": offer("services.it", "time", "Une heure d’aide", quantity="2"),
}


def agreement(kind: str, state: State = State.PROPOSED, **changes: Any) -> Agreement:
    agreed_at = None if state is State.PROPOSED else NOW + 60
    about = PROPOSALS[kind]
    found = Agreement(
        id=114812345678907777,
        uri=None if state is State.PROPOSED else URI,
        offer_uri=OFFER,
        proposal_id=about.id,
        author_id=1,
        answerer_id=2,
        channel=Channel.VF,
        state=state,
        quantity="2.5" if kind == "gift" else "1",
        unit=about.unit,
        text="Je passe samedi.\n\nAvec plaisir !",
        reason="",
        language="fr",
        due=about.due,
        accept_uri=None if state is State.PROPOSED else f"{URI}#accept",
        accepted_at=agreed_at,
        handed_over_at=None,
        returned_at=None,
        confirmed_by_author_at=None,
        confirmed_by_answerer_at=None,
        ended_at=None,
        created_at=NOW,
        updated_at=agreed_at or NOW,
        version=0,
    )
    return replace(found, **changes)


def offered_by_bea(kind: str) -> dict[str, Any]:
    found = agreement(kind)
    words = from_plain(found.text)
    return {
        "@context": OUR_CONTEXT,
        "id": OFFER,
        "type": "Offer",
        "actor": BEA,
        "object": offered(found, PROPOSALS[kind]),
        "to": [AMINA.uri],
        "content": words,
        "contentMap": {"fr": words},
    }


def snapshot(found: Agreement, kind: str) -> dict[str, Any]:
    return agreed(found, PROPOSALS[kind], uri=URI, author_uri=AMINA.uri, answerer_uri=BEA)


def accepted(kind: str) -> dict[str, Any]:
    offer_again = {"id": OFFER, "type": "Offer", "actor": BEA}
    return render.accept(
        activity_id=f"{URI}#accept",
        actor=AMINA.uri,
        object=offer_again | {"object": offered(agreement(kind), PROPOSALS[kind])},
        to=(BEA,),
        published=NOW + 60,
        result=snapshot(agreement(kind, State.ACCEPTED), kind),
    )


def stood(kind: str, state: State, **changes: Any) -> dict[str, Any]:
    return render.update(
        activity_id="https://croix-rousse.example/activities/114812345678908888",
        actor=AMINA.uri,
        object=snapshot(agreement(kind, state, updated_at=NOW + 120, **changes), kind),
        to=(BEA,),
        published=NOW + 120,
    )


def stated(event: Event, words: str = "") -> dict[str, Any]:
    activity = "https://presquile.example/activities/114812345678909999"
    return render.create(
        activity_id=activity,
        actor=BEA,
        object=step_document(
            event,
            uri=f"{activity}#document",
            agreement_uri=URI,
            offer_uri=OFFER,
            actor_uri=BEA,
            to=AMINA.uri,
            words=words,
            now=NOW + 180,
        ),
        to=(AMINA.uri,),
        published=NOW + 180,
    )


def rejected() -> dict[str, Any]:
    return render.reject(
        activity_id="https://croix-rousse.example/activities/114812345678908888",
        actor=AMINA.uri,
        object={"id": OFFER, "type": "Offer", "actor": BEA},
        to=(BEA,),
        published=NOW + 60,
        content=from_plain("Merci beaucoup ! Quelqu’un s’en occupe déjà."),
    )


def undone(thing: dict[str, Any], by: str, to: str) -> dict[str, Any]:
    return render.undo(
        activity_id=f"{thing['id']}/undo", actor=by, object=thing, to=(to,), published=NOW + 240
    )


KINDS: dict[str, dict[str, Any]] = {
    **{f"offer-{kind}": offered_by_bea(kind) for kind in PROPOSALS},
    **{f"accept-{kind}": accepted(kind) for kind in PROPOSALS},
    "reject": rejected(),
    **{f"document-{event}": stated(event) for event in NAMES if event is not Event.CONFIRM},
    "document-confirm": stated(Event.CONFIRM, "Merci infiniment !"),
    "undo-offer": undone({"id": OFFER, "type": "Offer", "actor": BEA}, BEA, AMINA.uri),
    "undo-accept": undone(
        {"id": f"{URI}#accept", "type": "Accept", "actor": AMINA.uri, "object": OFFER},
        AMINA.uri,
        BEA,
    ),
    "update-half-confirmed": stood("service", State.ACCEPTED, confirmed_by_author_at=NOW + 120),
    "update-confirmed": stood(
        "loan",
        State.CONFIRMED,
        confirmed_by_author_at=NOW + 110,
        confirmed_by_answerer_at=NOW + 120,
        ended_at=NOW + 120,
    ),
    "update-cancelled": stood("time", State.CANCELLED, reason="Je suis malade."),
}


def normal(document: dict[str, Any]) -> dict[str, Any]:
    """As the inbox hands it on, whichever way it has to take."""
    found = normalise(document)
    if isinstance(found, NeedsExpansion):
        slow = expand_and_compact(found.document)
        assert not isinstance(slow, Rejected)
        return slow
    assert not isinstance(found, Rejected)
    return found


# ── what we write ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", KINDS)
def test_golden(kind: str) -> None:
    """Each is written as its golden file says; ENTRAIDE_WRITE_GOLDEN=1 writes them anew."""
    document = dict(KINDS[kind])
    assert document.pop("@context") == OUR_CONTEXT
    path = GOLDEN / f"agreement-{kind}.json"
    if os.environ.get("ENTRAIDE_WRITE_GOLDEN"):
        path.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", "utf-8")
    golden = json.loads(path.read_text("utf-8"))
    assert document == golden
    assert list(document) == list(golden)


@pytest.mark.parametrize("kind", KINDS)
def test_sound_json_ld(kind: str) -> None:
    """A strict processor drops nothing of it, and the long way round means the same."""
    document = KINDS[kind]
    assert check_safe(document) == []
    fast, slow = normalise(document), expand_and_compact(document)
    assert not isinstance(slow, Rejected)
    assert fast == document
    fast_read, slow_read = parse_activity(normal(document)), parse_activity(slow)
    assert not isinstance(fast_read, Rejected)
    assert type(fast_read) is type(slow_read)
    for activity in (document, slow):
        assert _understood(activity) == _understood(document)


def _understood(activity: dict[str, Any]) -> Any:
    """What the readers make of whatever an activity carries."""
    thing = activity["object"]
    if activity["type"] == "Offer":
        return read_offer(activity)
    if activity["type"] == "Accept":
        return read_agreement(activity["result"])
    return read_agreement(thing) if thing["type"] == "Agreement" else read_step(thing)


# ── there and back ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", PROPOSALS)
def test_an_offer_says_what_the_answer_says(kind: str) -> None:
    """Which proposal, how much, until when, and the words."""
    about, found = PROPOSALS[kind], read_offer(offered_by_bea(kind))
    assert found == ReadOffer(
        proposal_uri=about.uri,
        quantity="2.5" if kind == "gift" else "1",
        unit=about.unit,
        due=about.due if kind == "loan" else None,
        text="Je passe samedi.\n\nAvec plaisir !",
        language="fr",
    )


@pytest.mark.parametrize("kind", PROPOSALS)
def test_the_agreement_has_ids_and_the_same_quantities(kind: str) -> None:
    """As FEP-0837 asks of an Accept: ids of its origin, what was offered, its author's word."""
    activity = accepted(kind)
    result, asked = activity["result"], activity["object"]["object"]
    assert result["attributedTo"] == activity["actor"]
    assert ("stipulatesReciprocal" in result) == (PROPOSALS[kind].mode_data.reciprocal is not None)
    for part in ("stipulates", "stipulatesReciprocal"):
        if part in result:
            assert same_origin(result[part]["id"], result["id"])
            assert "id" not in asked[part]
            assert {**asked[part], "id": result[part]["id"]} == result[part]
    found = read_agreement(result)
    assert isinstance(found, ReadAgreement)
    assert (found.uri, found.attributed_to) == (URI, AMINA.uri)
    assert (found.proposal_uri, found.state) == (PROPOSALS[kind].uri, State.ACCEPTED)
    assert (found.quantity, found.unit) == ("2.5" if kind == "gift" else "1", PROPOSALS[kind].unit)
    assert found.updated == NOW + 60


@pytest.mark.parametrize("event", NAMES)
def test_a_step_is_read_as_it_was_meant(event: Event) -> None:
    """Each Document states its step and brings its words."""
    found = read_step(stated(event, "Un mot.")["object"])
    assert isinstance(found, ReadStep)
    assert (found.event, found.text, found.agreement_uri) == (event, "Un mot.", URI)
    assert STEPS[NAMES[event]] is event


def test_how_it_stands() -> None:
    """Who has confirmed, and why it ended, stand in the Update."""
    half = read_agreement(KINDS["update-half-confirmed"]["object"])
    assert isinstance(half, ReadAgreement)
    assert (half.state, half.confirmed_by) == (State.ACCEPTED, (AMINA.uri,))
    whole = read_agreement(KINDS["update-confirmed"]["object"])
    assert isinstance(whole, ReadAgreement)
    assert (whole.state, set(whole.confirmed_by)) == (State.CONFIRMED, {AMINA.uri, BEA})
    over = read_agreement(KINDS["update-cancelled"]["object"])
    assert isinstance(over, ReadAgreement)
    assert (over.state, over.reason) == (State.CANCELLED, "Je suis malade.")
