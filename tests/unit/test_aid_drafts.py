"""What people write, checked, and the proposal that it becomes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from node.aid.drafts import (
    check_draft,
    check_timely,
    edit,
    parse_duration,
    problem,
    promised_of,
    unfinished,
)
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
        ({"starts": "demain"}, "2026"),
        ({"starts": 0}, "2026"),
        ({"ends": NOW}, "commence"),
        ({"starts": NOW, "ends": NOW}, "après le début"),
        ({"starts": NOW, "ends": NOW + 400 * DAY}, "un an"),
        ({"gathering": True, "mode": "together"}, "commence"),
        ({"gathering": True, "starts": NOW}, "together"),
        ({"standing": True}, "toujours une fin"),
        ({"languages": 7}, "liste"),
        ({"languages": ["fr"] * 11}, "10"),
        ({"languages": ["français"]}, "deux lettres"),
        ({"answerable": "friends"}, "members"),
        ({"pictures": ["1"] * 5}, "4"),
        ({"pictures": ["../x"]}, "numéro"),
        ({"pictures": "1"}, "images"),
        ({"place": {"latitude": 1}}, "latitude"),
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


def test_times_without_an_offset_are_those_of_the_quartier() -> None:
    """In its zone, where one is given; UTC otherwise."""
    fields = raw(starts="2026-07-01T18:00", ends="2026-07-01T20:00:00Z")
    paris = check_draft(fields, zone="Europe/Paris")
    assert paris.ends is not None
    assert paris.starts == paris.ends - 4 * 3600
    assert check_draft(fields).starts == paris.ends - 2 * 3600


def test_languages_and_places_are_read_as_they_come() -> None:
    """A list or words with commas; a pair or two names."""
    assert check_draft(raw(languages=" fr, ar;en fr ")).languages == ("fr", "ar", "en")
    assert check_draft(raw(languages="")).languages == ()
    draft = check_draft(raw(place={"latitude": 45.7, "longitude": 4.8}))
    assert draft.place == (45.7, 4.8)


def test_nobody_can_help_yesterday() -> None:
    """A day that is over is told before anything is published."""
    for fields in ({"due": NOW - 1}, {"starts": NOW - 9, "ends": NOW - 1}, {"starts": NOW - 1}):
        with pytest.raises(Invalid):
            check_timely(check_draft(raw(**fields)), NOW)
    check_timely(check_draft(raw(starts=NOW - 9, ends=NOW + 9, due=NOW + 1)), NOW)


def test_a_draft_may_be_unfinished_but_not_endless() -> None:
    """Only what a draft has is kept, and it says what is still missing."""
    assert unfinished({"title": "", "expires": "un jour", "author": "x", "rank": 1}) == {
        "title": "",
        "expires": "un jour",
    }
    assert unfinished({"pictures": ("1",), "due": None}) == {"pictures": ["1"]}
    with pytest.raises(Invalid):
        unfinished({"text": "x" * 20_001})
    assert "offre" in (problem({"title": "x"}) or "")
    assert problem({name: value for name, value in raw().items() if name != "author"}) is None


def test_what_is_promised_stays_so() -> None:
    """The quantity keeps it, the kind of thing stays, and the state follows."""
    proposal = made(check_draft(raw(topic="goods.books", mode="gift", quantity="5")))
    partly = replace(proposal, available="2", state=State.PARTLY_MATCHED)
    assert promised_of(partly) == 3
    for changes in ({"quantity": "2"}, {"mode": "swap"}, {"topic": "goods.food"}):
        with pytest.raises(Conflict):
            edit(partly, changes, now=NOW)
    with pytest.raises(Conflict):
        edit(proposal, {"purpose": "offer"}, now=NOW)
    assert edit(partly, {"quantity": "3"}, now=NOW).state is State.MATCHED
    more = edit(partly, {"quantity": "4,5", "title": "Romans"}, now=NOW)
    assert (more.available, more.state) == ("1.5", State.PARTLY_MATCHED)
    paused = edit(replace(partly, state=State.PAUSED), {"quantity": "4"}, now=NOW)
    assert (paused.available, paused.state) == ("1", State.PAUSED)
    assert edit(proposal, {"mode": "service", "unit": "hour"}, now=NOW).unit == "hour"


def test_an_edit_changes_what_it_names() -> None:
    """Place, end, times and languages; empty empties; the rest stays."""
    proposal = made(check_draft(raw(due=NOW + DAY, languages=["ar"], reach="wide", reach_m=500)))
    same = edit(proposal, {}, now=NOW + 1)
    assert same == replace(proposal, updated=NOW + 1)
    changed = edit(
        proposal,
        {"due": "", "languages": [], "coarse": True, "expires": "2d", "reach": "adjacent"},
        now=NOW + 10,
    )
    assert (changed.due, changed.languages, changed.radius_m) == (None, (), 1406)
    assert (changed.expires_at, changed.reach_m) == (NOW + 10 + 2 * DAY, None)
    assert changed.renewed_at == NOW + 10
    unit = made(check_draft(raw(topic="goods.food", mode="gift", unit="kilogram")))
    assert edit(unit, {"mode": "loan"}, now=NOW).unit == "one"
