"""What people write, checked, and the proposal that it becomes."""

from __future__ import annotations

from typing import Any

import pytest

from node.aid.drafts import check_draft, edit, parse_duration
from node.aid.lifecycle import State
from node.aid.proposals import Draft, Proposal, Purpose, Reach, Urgency, propose
from node.aid.territory import metres_between
from node.errors import Conflict, Invalid

NOW = 1_795_370_400.0
DAY = 86_400.0


def raw(**changes: Any) -> dict[str, Any]:
    base = {
        "author": "amina",
        "purpose": "request",
        "topic": "care.groceries",
        "title": "Courses pour une voisine",
    }
    return {**base, **changes}


def made(draft: Draft, state: State = State.OPEN) -> Proposal:
    return propose(
        draft,
        id=7,
        uri="https://a.example/objects/7",
        author_uri="https://a.example/users/amina",
        origin="a.example",
        now=NOW,
        centre=(45.774, 4.828),
        state=state,
    )


def test_the_least_that_is_needed() -> None:
    """Purpose, topic and title make a draft; everything else has a default."""
    draft = check_draft(raw())
    assert draft == Draft("amina", Purpose.REQUEST, "care.groceries", "service", draft.title)
    assert (draft.urgency, draft.reach, draft.quantity, draft.unit, draft.language) == (
        Urgency.NORMAL,
        Reach.ADJACENT,
        "1",
        "one",
        "fr",
    )


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"purpose": "sell"}, "offre"),
        ({"purpose": None}, "offre"),
        ({"topic": "care.nothing"}, "care.groceries"),
        ({"topic": None}, "liste"),
        ({"mode": "sell"}, "gift"),
        ({"title": ""}, "titre"),
        ({"title": " \n\u202e"}, "titre"),
        ({"title": 3}, "texte"),
        ({"title": "x" * 201}, "200"),
        ({"text": "x" * 10_001}, "10000"),
        ({"urgency": "now"}, "critical"),
        ({"reach": "planet"}, "adjacent"),
        ({"expires": "soon"}, "3d"),
        ({"expires": "5m"}, "15 minutes"),
        ({"expires": "400d"}, "365d"),
        ({"expires": -1}, "15 minutes"),
        ({"expires": True}, "15 minutes"),
        ({"expires": float("nan")}, "15 minutes"),
        ({"expires": "none"}, "toujours une fin"),
        ({"quantity": "0"}, "nombre"),
        ({"quantity": "NaN"}, "nombre"),
        ({"quantity": "1e99"}, "nombre"),
        ({"quantity": "-2"}, "nombre"),
        ({"quantity": True}, "nombre"),
        ({"unit": "tonne"}, "hour"),
        ({"reach": "wide", "reach_m": 5}, "100"),
        ({"due": "tomorrow"}, "2026"),
        ({"place": (100.0, 4.0)}, "latitude"),
        ({"place": "Lyon"}, "latitude"),
        ({"place": (float("nan"), 4.0)}, "latitude"),
        ({"language": "français"}, "deux lettres"),
        ({"author": ""}, "auteur"),
    ],
)
def test_what_does_not_fit_is_told_with_what_to_do(change: dict[str, Any], says: str) -> None:
    """Each mistake is answered in plain French, with a way out."""
    with pytest.raises(Invalid) as told:
        check_draft(raw(**change))
    assert says in told.value.public


def test_text_is_cleaned_not_changed() -> None:
    """Line ends are made one kind; control and bidi override characters go; words stay."""
    draft = check_draft(raw(title="  Deux\n sacs\u202e ", text="Bonjour,\r\n\r\nmerci\x00 ❤️ <b>\n"))
    assert draft.title == "Deux sacs"
    assert draft.text == "Bonjour,\n\nmerci ❤️ <b>"


def test_quantities_are_read_as_people_write_them() -> None:
    """A French comma is a decimal point; needless zeros go."""
    draft = check_draft(raw(topic="goods.food", quantity="2,50", unit="kilogram"))
    assert (draft.quantity, draft.unit) == ("2.5", "kilogram")
    assert check_draft(raw(topic="crisis.power")).unit == "hour"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("3d", 3 * DAY), ("12h", DAY / 2), ("90m", 5400.0), (" 3J ", 3 * DAY), ("365d", 365 * DAY)],
)
def test_durations(text: str, seconds: float) -> None:
    """Days, hours and minutes are understood, jours too."""
    assert parse_duration(text) == seconds


@pytest.mark.parametrize(
    ("changes", "days"),
    [
        ({}, 21),
        ({"urgency": "low"}, 21),
        ({"urgency": "high"}, 3),
        ({"urgency": "critical"}, 3),
        ({"purpose": "offer"}, 60),
        ({"purpose": "offer", "urgency": "high"}, 60),
        ({"purpose": "offer", "topic": "goods.food"}, 3),
        ({"purpose": "offer", "topic": "goods.food", "cooked": True}, 1),
        ({"expires": "12h"}, 0.5),
        ({"expires": 7200}, 1 / 12),
    ],
)
def test_expiry_by_kind(changes: dict[str, Any], days: float) -> None:
    """Food goes off, urgent things are settled soon, offers last."""
    assert made(check_draft(raw(**changes))).expires_at == NOW + days * DAY


def test_a_standing_offer_has_no_end() -> None:
    """Only an offer may stand without end."""
    proposal = made(check_draft(raw(purpose="offer", expires="none")))
    assert proposal.expires_at is None
    assert not proposal.has_expired(NOW * 2)


def test_expired_at_the_minute() -> None:
    """A proposal has expired at its end, not after."""
    proposal = made(check_draft(raw(expires="1h")))
    assert not proposal.has_expired(NOW + 3599.9)
    assert proposal.has_expired(NOW + 3600)


def test_an_address_never_leaves_the_draft() -> None:
    """What is kept is the middle of a cell: the same for everybody who lives in it."""
    address = (45.774312, 4.832871)
    proposal = made(check_draft(raw(place=address)))
    neighbour = made(check_draft(raw(place=(proposal.lat, proposal.lon))))
    assert (proposal.lat, proposal.lon) != address
    assert (proposal.lat, proposal.lon, proposal.radius_m) == (
        neighbour.lat,
        neighbour.lon,
        531,
    )
    assert 0 < metres_between(address, (proposal.lat, proposal.lon)) < 600


def test_wide_has_metres_and_only_wide() -> None:
    """The distance of `wide` is the author's, or the node's default."""
    assert made(check_draft(raw(reach="wide"))).reach_m == 3000
    assert made(check_draft(raw(reach="wide", reach_m="5000"))).reach_m == 5000
    assert made(check_draft(raw(reach_m=5000))).reach_m is None


def test_edits_are_checked_like_drafts() -> None:
    """New fields obey the same rules, and a closed proposal is not edited."""
    proposal = made(check_draft(raw()))
    changed = edit(proposal, {"title": "  Autre titre "}, now=NOW + 5)
    assert (changed.title, changed.text, changed.updated) == ("Autre titre", "", NOW + 5)
    with pytest.raises(Invalid):
        edit(proposal, {"title": ""}, now=NOW)
    for state in (State.DONE, State.WITHDRAWN, State.REMOVED, State.EXPIRED):
        with pytest.raises(Conflict):
            edit(made(check_draft(raw()), state), {"title": "x"}, now=NOW)
