"""When an author is told of an end, or asked whether it is still so."""

from __future__ import annotations

from dataclasses import replace

import pytest

from node.aid.drafts import check_draft
from node.aid.lifecycle import State
from node.aid.proposals import DAY, Proposal, propose, renewed_until
from node.aid.reminders import Reminder, next_reminder, reminder

NOW = 1_795_370_400.0


def made(**changes: object) -> Proposal:
    raw = {
        "author": "amina", "purpose": "offer", "topic": "lending.tools", "title": "Perceuse",
    }  # fmt: skip
    return propose(
        check_draft({**raw, **changes}),
        id=7,
        uri="https://a.example/objects/7",
        author_uri="https://a.example/users/amina",
        origin="a.example",
        now=NOW,
        centre=(45.774, 4.828),
    )


@pytest.mark.parametrize(
    ("expires", "days"),
    [("60d", [53, 59]), ("8d", [1, 7]), ("7d", [6]), ("3d", [2]), ("24h", []), ("1h", [])],
)
def test_an_end_is_told_of_seven_days_and_one_before(expires: str, days: list[int]) -> None:
    """Not where it was as near from the beginning."""
    proposal, told, at = made(expires=expires), [], NOW
    while (moment := next_reminder(proposal, at)) is not None:
        told.append((moment - NOW) / DAY)
        assert reminder(proposal, moment) is not None
        at = moment
    assert told == days


def test_a_standing_offer_is_asked_about_and_then_pauses() -> None:
    """After 90 days, and after 14 without an answer."""
    proposal = made(expires="none")
    asks = next_reminder(proposal, NOW)
    assert asks == NOW + 90 * DAY
    pauses = next_reminder(proposal, asks)
    assert pauses == NOW + 104 * DAY
    assert next_reminder(proposal, pauses) is None
    assert reminder(proposal, asks - 1) is None
    assert reminder(proposal, asks) is Reminder.ASKS
    assert reminder(proposal, pauses) is Reminder.PAUSES
    said_again = replace(proposal, renewed_at=asks + DAY)
    assert reminder(said_again, pauses) is None


def test_a_node_that_slept_says_only_the_last() -> None:
    """One word, the nearest, and none once it is over."""
    proposal = made(expires="60d")
    assert reminder(proposal, NOW + 59.5 * DAY) is Reminder.DAY
    assert reminder(proposal, NOW + 54 * DAY) is Reminder.WEEK
    assert reminder(proposal, NOW + 61 * DAY) is None


@pytest.mark.parametrize("state", [State.DONE, State.WITHDRAWN, State.REMOVED, State.EXPIRED])
def test_of_what_is_over_nobody_is_reminded(state: State) -> None:
    """Nor of a standing offer that is paused."""
    assert next_reminder(replace(made(), state=state), NOW) is None
    assert next_reminder(replace(made(expires="none"), state=State.PAUSED), NOW) is None


@pytest.mark.parametrize(
    ("changes", "days"),
    [
        ({}, 60),
        ({"purpose": "request"}, 21),
        ({"purpose": "request", "urgency": "critical"}, 3),
        ({"topic": "goods.food"}, 3),
        ({"topic": "goods.food", "cooked": True}, 1),
        ({"starts": NOW + 100 * DAY, "ends": NOW + 101 * DAY}, 101),
        ({"starts": NOW + 100 * DAY}, 100),
    ],
)
def test_one_click_renews_for_as_long_as_its_kind_lasts(
    changes: dict[str, object], days: float
) -> None:
    """Counted from the click; what is about a day, until that."""
    first = made(**changes)
    assert first.expires_at == NOW + days * DAY
    again = renewed_until(first, NOW + DAY)
    assert again == NOW + days * DAY + (0 if "starts" in changes else DAY)
