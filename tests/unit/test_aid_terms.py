"""What one quartier takes from another."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.activitypub.vocabulary import TOPIC
from node.aid.proposals import Draft, Proposal, Purpose, Urgency, propose
from node.aid.terms import (
    HOUR_S,
    PER_HOUR_MAX,
    WELCOME,
    Hold,
    Leave,
    Show,
    Terms,
    Verdict,
    Why,
    check_terms,
    judge,
    kindest,
    read_takes,
    told,
    welcome_of,
)
from node.aid.topics import GROUPS, TOPICS
from node.errors import Invalid


def proposal(topic: str = "care.meals", urgency: Urgency = Urgency.NORMAL) -> Proposal:
    draft = Draft("amina", Purpose.REQUEST, topic, "service", "Un repas", urgency=urgency)
    return propose(
        draft,
        id=1,
        uri="https://a.example/objects/1",
        author_uri="https://a.example/users/amina",
        origin="a.example",
        now=0.0,
        centre=(45.77, 4.83),
    )


@pytest.mark.parametrize(
    ("topics", "topic", "taken"),
    [
        (None, "care.meals", True),
        (("care.meals",), "care.meals", True),
        (("care.meals",), "care.visit", False),
        (("care",), "care.visit", True),
        (("lending", "care.visit"), "care.meals", False),
        (("other",), "other.other", True),
    ],
)
def test_topics_are_slugs_and_groups(
    topics: tuple[str, ...] | None, topic: str, taken: bool
) -> None:
    """A group stands for all of its topics; no list stands for everything."""
    verdict = judge(Terms(topics=topics), proposal(topic), 0)
    assert isinstance(verdict, Show) is taken
    assert isinstance(verdict, Leave) is not taken


@pytest.mark.parametrize("least", list(Urgency))
@pytest.mark.parametrize("urgency", list(Urgency))
def test_the_least_urgency(least: Urgency, urgency: Urgency) -> None:
    """From there on upwards."""
    order = list(Urgency)
    taken = order.index(urgency) >= order.index(least)
    assert (
        isinstance(judge(Terms(least_urgency=least), proposal(urgency=urgency), 0), Show) is taken
    )


def test_over_the_rate_it_waits_and_what_is_urgent_does_not() -> None:
    """The rate holds back what can wait; a mediator's look comes before everything."""
    terms = Terms(per_hour=2)
    assert judge(terms, proposal(), 1) == Show()
    assert judge(terms, proposal(), 2) == Hold(Why.RATE)
    assert judge(terms, proposal(), 2, welcome=1) == Show()
    for urgency in (Urgency.HIGH, Urgency.CRITICAL):
        assert judge(terms, proposal(urgency=urgency), 99) == Show()
        looked = judge(Terms(review=True), proposal(urgency=urgency), 0)
        assert looked == Hold(Why.REVIEW)
    assert judge(Terms(per_hour=0), proposal(), 0) == Hold(Why.RATE)


def test_what_is_not_taken_is_not_held_either() -> None:
    """Mediators are not asked about what nobody wants."""
    terms = Terms(topics=("lending",), review=True, per_hour=0)
    assert isinstance(judge(terms, proposal(), 9), Leave)


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ([], Leave),
        ([Leave("x")], Leave),
        ([Leave("x"), Hold(Why.RATE)], Hold),
        ([Hold(Why.RATE), Leave("x")], Hold),
        ([Leave("x"), Hold(Why.REVIEW), Show()], Show),
        ([Show(), Leave("x")], Show),
    ],
)
def test_the_kindest_terms_count(verdicts: list[Verdict], expected: type) -> None:
    """Whoever of several neighbours passed it on."""
    assert isinstance(kindest(verdicts), expected)


def test_there_is_more_room_in_the_first_hour() -> None:
    """When two quartiers join, each tells the other what is open."""
    assert welcome_of(1000.0, 1000.0 + HOUR_S - 1) == WELCOME
    assert welcome_of(1000.0, 1000.0 + HOUR_S) == 0
    assert welcome_of(None, 5.0) == 0


_SLUGS = st.sampled_from([*TOPICS, *GROUPS])
_TERMS = st.builds(
    Terms,
    topics=st.none() | st.lists(_SLUGS, min_size=1, max_size=9, unique=True).map(tuple),
    least_urgency=st.sampled_from(Urgency),
    per_hour=st.integers(0, PER_HOUR_MAX),
)


@given(_TERMS, st.booleans())
def test_what_is_told_is_read_as_it_was_meant(terms: Terms, review: bool) -> None:
    """And whether a mediator looks is not told at all."""
    under_review = Terms(terms.topics, terms.least_urgency, review, terms.per_hour)
    assert read_takes(told(under_review)) == terms


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        ("everything", None),
        ([], None),
        ({}, Terms(per_hour=PER_HOUR_MAX)),
        ({"leastUrgency": "panic", "perHour": "many"}, Terms(per_hour=PER_HOUR_MAX)),
        ({"perHour": -7}, Terms(per_hour=0)),
        ({"perHour": 1e300}, Terms(per_hour=PER_HOUR_MAX)),
        ({"perHour": "12"}, Terms(per_hour=12)),
        (
            {"resourceConformsTo": ["https://elsewhere.example/topic/x", 7, None]},
            Terms(topics=("other",), per_hour=PER_HOUR_MAX),
        ),
        (
            {"resourceConformsTo": {"id": TOPIC + "care.meals"}},
            Terms(topics=("care.meals",), per_hour=PER_HOUR_MAX),
        ),
        (
            {"resourceConformsTo": [TOPIC + "care"] * 5_000},
            Terms(topics=("care",), per_hour=PER_HOUR_MAX),
        ),
    ],
)
def test_what_others_say_is_read_within_limits(value: Any, expected: Terms | None) -> None:
    """Nonsense says nothing, and never more than there are topics."""
    assert read_takes(value) == expected


@pytest.mark.parametrize(
    "given",
    [
        {"topics": ["care.nothing"]},
        {"topics": []},
        {"least_urgency": "panic"},
        {"per_hour": -1},
        {"per_hour": PER_HOUR_MAX + 1},
    ],
)
def test_terms_that_cannot_be(given: dict[str, Any]) -> None:
    """Told in words what would do."""
    usual = {"topics": None, "least_urgency": "low", "review": False, "per_hour": 120}
    with pytest.raises(Invalid):
        check_terms(**(usual | given))


def test_terms_as_an_administrator_asks() -> None:
    """Each topic once."""
    terms = check_terms(
        topics=["care", "care", "lending.tools"], least_urgency="high", review=True, per_hour=5
    )
    assert terms == Terms(("care", "lending.tools"), Urgency.HIGH, True, 5)
