"""The life of an agreement, and what is counted from many."""

from __future__ import annotations

import itertools
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from node.aid.agreements import (
    AGREED,
    GOES_ON,
    GRAPH,
    OPEN,
    PROMISED,
    WHO,
    Agreement,
    Channel,
    Event,
    Side,
    State,
    allowed,
    leads_to,
    mermaid,
    step,
)
from node.aid.drafts import check_draft
from node.aid.ledger import count, fits, left_text, state_of_proposal
from node.aid.lifecycle import State as Life
from node.aid.proposals import Proposal, propose

NOW = 1_795_370_400.0
BOTH = (Side.AUTHOR, Side.ANSWERER)


def agreement(state: State = State.PROPOSED, **changes: Any) -> Agreement:
    made = Agreement(
        id=1,
        uri=None,
        offer_uri="https://presquile.example/activities/1",
        proposal_id=2,
        author_id=3,
        answerer_id=4,
        channel=Channel.VF,
        state=state,
        quantity="1",
        unit="one",
        text="",
        reason="",
        language="fr",
        due=None,
        accept_uri=None,
        accepted_at=None,
        handed_over_at=None,
        returned_at=None,
        confirmed_by_author_at=None,
        confirmed_by_answerer_at=None,
        ended_at=None,
        created_at=NOW,
        updated_at=NOW,
        version=0,
    )
    return replace(made, **changes)


def proposal(**fields: Any) -> Proposal:
    draft = check_draft(
        {
            "author": "amina",
            "purpose": "offer",
            "topic": "lending.tools",
            "title": "Perceuse",
            "language": "fr",
            **fields,
        }
    )
    return propose(
        draft,
        id=2,
        uri="https://croix-rousse.example/objects/2",
        author_uri="https://croix-rousse.example/users/amina",
        origin="croix-rousse.example",
        now=NOW,
        centre=(45.774, 4.828),
        state=Life.OPEN,
    )


def after(*said: tuple[Event, Side | None], state: State = State.PROPOSED) -> Agreement:
    """The agreement after events that all have their place."""
    found = agreement(state)
    for event, side in said:
        then = step(found, event, side, now=NOW)
        assert then is not None, (found.state, event)
        found = then
    return found


# ── the graph ────────────────────────────────────────────────────────────────────────────────


def test_every_state_is_declared_and_reachable() -> None:
    """From an answer, every state can be come to, and nothing leads out of an end."""
    seen, todo = {State.PROPOSED}, [State.PROPOSED]
    while todo:
        for then in GRAPH[todo.pop()].values():
            if then not in seen:
                seen.add(then)
                todo.append(then)
    assert set(GRAPH) == set(State) == seen
    assert set(WHO) == set(Event)


def test_no_step_leads_where_the_graph_does_not() -> None:
    """All that two people and a mediator can do in five steps: also what is lent and disputed
    goes on where the graph says."""
    reached, found = {State.PROPOSED}, {agreement()}
    for _ in range(5):
        after_this = set()
        for one in found:
            for event, side in itertools.product(Event, (*BOTH, None)):
                then = step(one, event, side, now=NOW)
                if then is not None:
                    assert then.state is one.state or then.state in leads_to(one.state)
                    after_this.add(then)
        reached |= {one.state for one in after_this}
        found = after_this
    assert reached == set(State)
    assert leads_to(State.DISPUTED) == {*GOES_ON, State.CONFIRMED, State.CANCELLED}


def test_what_is_over_is_over() -> None:
    """Only somebody who did not come can still turn to a mediator."""
    over = set(State) - OPEN
    assert {state for state in over if GRAPH[state]} == {State.NO_SHOW}
    assert set(GRAPH[State.NO_SHOW]) == {Event.DISPUTE}


def test_contact_is_shown_only_while_something_is_agreed() -> None:
    """Not before the yes, not after the end; and whatever shows contact counts as promised."""
    assert State.PROPOSED not in AGREED
    assert AGREED < OPEN
    assert AGREED < PROMISED
    assert {state for state in State if agreement(state).shows_contact} == AGREED


def test_the_graph_is_printed() -> None:
    """As a diagram that has each state, each step and each end."""
    drawn = mermaid()
    assert drawn.startswith("stateDiagram-v2\n    [*] --> proposed\n")
    for state, events in GRAPH.items():
        name = state.replace("-", "_")
        assert name in drawn
        for event, then in events.items():
            assert f"    {name} --> {then.replace('-', '_')}: {event}\n" in drawn
        assert (f"    {name} --> [*]\n" in drawn) == (not events)
    assert 'state "handed-over" as handed_over' in drawn


# ── who may do what ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("state", "author", "answerer"),
    [
        ("proposed", "accept refuse", "withdraw"),
        ("accepted", "confirm cancel no-show dispute", "confirm cancel no-show dispute"),
        ("disputed", "", ""),
        ("no-show", "dispute", "dispute"),
        ("confirmed", "", ""),
        ("refused", "", ""),
        ("withdrawn", "", ""),
        ("cancelled", "", ""),
    ],
)
def test_who_may_do_what(state: str, author: str, answerer: str) -> None:
    """The author decides, who answered can take it back, then both are equals."""
    for side, wanted in zip(BOTH, (author, answerer), strict=True):
        found = allowed(agreement(State(state)), side, loan=False)
        assert " ".join(found) == wanted


@pytest.mark.parametrize(
    ("state", "wanted"),
    [
        ("accepted", "hand-over cancel no-show dispute"),
        ("handed-over", "give-back dispute"),
        ("returned", "confirm dispute"),
    ],
)
def test_a_loan_comes_back_before_it_is_done(state: str, wanted: str) -> None:
    """What was lent is handed over, given back and only then confirmed, by either side."""
    for side in BOTH:
        assert " ".join(allowed(agreement(State(state)), side, loan=True)) == wanted


def test_whatever_is_allowed_has_its_place() -> None:
    """No step is offered to somebody that would then change nothing."""
    for state in State:
        for side in BOTH:
            for loan in (True, False):
                for event in allowed(agreement(state), side, loan=loan):
                    assert step(agreement(state), event, side, now=NOW) is not None


def test_who_settles_is_neither_side() -> None:
    """The two of a dispute cannot end it themselves; a mediator has three ways."""
    assert not WHO[Event.SETTLE]
    for event, then in ((Event.CONFIRM, "confirmed"), (Event.CANCEL, "cancelled"),
                        (Event.SETTLE, "accepted")):  # fmt: skip
        settled = step(agreement(State.DISPUTED), event, None, now=NOW)
        assert settled is not None
        assert settled.state == then


# ── steps ────────────────────────────────────────────────────────────────────────────────────


def test_it_is_confirmed_when_both_have_said_so() -> None:
    """One confirmation waits for the other; the same one twice is nothing."""
    for first, second in (BOTH, BOTH[::-1]):
        half = after((Event.ACCEPT, Side.AUTHOR), (Event.CONFIRM, first))
        assert half.state is State.ACCEPTED
        assert half.ended_at is None
        assert Event.CONFIRM not in allowed(half, first, loan=False)
        assert step(half, Event.CONFIRM, first, now=NOW) is None
        whole = step(half, Event.CONFIRM, second, now=NOW)
        assert whole is not None
        assert whole.state is State.CONFIRMED
        assert whole.ended_at == whole.updated_at
        assert None not in (whole.confirmed_by_author_at, whole.confirmed_by_answerer_at)


def test_each_change_is_later_than_the_one_before() -> None:
    """By a second at least, also when the clock stands still or goes back: peers compare."""
    found = agreement()
    for event, side in (
        (Event.ACCEPT, Side.AUTHOR),
        (Event.HAND_OVER, Side.AUTHOR),
        (Event.GIVE_BACK, Side.ANSWERER),
        (Event.CONFIRM, Side.AUTHOR),
        (Event.CONFIRM, Side.ANSWERER),
    ):
        then = step(found, event, side, now=NOW - 3_600)
        assert then is not None
        assert int(then.updated_at) > int(found.updated_at)
        assert then.version == found.version + 1
        found = then
    assert found.state is State.CONFIRMED
    assert found.accepted_at is not None
    assert found.handed_over_at is not None
    assert found.returned_at is not None


def test_given_back_before_it_was_handed_over() -> None:
    """Words overtake each other: the handing over is filled in."""
    found = after((Event.ACCEPT, Side.AUTHOR), (Event.GIVE_BACK, Side.ANSWERER))
    assert found.state is State.RETURNED
    assert found.handed_over_at == found.returned_at


def test_what_has_no_place_changes_nothing() -> None:
    """Every event that the graph does not name for a state is None."""
    for state in State:
        for event in set(Event) - set(GRAPH[state]):
            for side in (*BOTH, None):
                assert step(agreement(state), event, side, now=NOW) is None


def test_a_reason_stays_until_another_is_given() -> None:
    """Why it was disputed is there until the mediator says how it ended."""
    disputed = step(agreement(State.ACCEPTED), Event.DISPUTE, Side.AUTHOR, now=NOW, reason="Rayée.")
    assert disputed is not None
    assert disputed.reason == "Rayée."
    settled = step(disputed, Event.SETTLE, None, now=NOW)
    assert settled is not None
    assert settled.reason == "Rayée."


def test_what_is_lent_is_still_lent_when_a_dispute_is_settled() -> None:
    """It goes on where it was."""
    for events, state in (
        ((), State.ACCEPTED),
        ((Event.HAND_OVER,), State.HANDED_OVER),
        ((Event.HAND_OVER, Event.GIVE_BACK), State.RETURNED),
    ):
        said = [(event, Side.AUTHOR) for event in (Event.ACCEPT, *events, Event.DISPUTE)]
        settled = step(after(*said), Event.SETTLE, None, now=NOW)
        assert settled is not None
        assert settled.state is state


def test_the_two_sides() -> None:
    """Each has its side and its other; nobody else has one."""
    found = agreement()
    assert [found.side_of(one) for one in (3, 4, 5)] == [Side.AUTHOR, Side.ANSWERER, None]
    assert (found.other(3), found.other(4)) == (4, 3)


# ── counting ─────────────────────────────────────────────────────────────────────────────────


def counted(whole: Proposal, *answers: tuple[State, str]) -> tuple[str, Life]:
    found = count(whole, [agreement(state, quantity=quantity) for state, quantity in answers])
    return left_text(found), state_of_proposal(found)


@pytest.mark.parametrize("state", list(State))
def test_what_counts_as_promised(state: State) -> None:
    """What is agreed or done counts; what waits or ended without help does not."""
    left, _ = counted(proposal(quantity="3"), (state, "1"))
    assert left == ("2" if state in PROMISED else "3")


def test_thirds_add_up() -> None:
    """Decimal numbers, to the thousandth: ten tenths are one."""
    answers = [(State.ACCEPTED, "0.1")] * 10
    assert counted(proposal(quantity="1"), *answers) == ("0", Life.MATCHED)
    assert counted(proposal(quantity="1"), *answers[1:]) == ("0.1", Life.PARTLY_MATCHED)


def test_a_proposal_is_what_is_left_of_it() -> None:
    """Open, partly matched, matched while something is to be done, then done."""
    whole = proposal(quantity="2")
    assert counted(whole) == ("2", Life.OPEN)
    assert counted(whole, (State.REFUSED, "2")) == ("2", Life.OPEN)
    assert counted(whole, (State.ACCEPTED, "1")) == ("1", Life.PARTLY_MATCHED)
    assert counted(whole, (State.ACCEPTED, "1"), (State.CONFIRMED, "1")) == ("0", Life.MATCHED)
    assert counted(whole, (State.CONFIRMED, "1"), (State.CONFIRMED, "1")) == ("0", Life.DONE)


def test_never_below_zero() -> None:
    """Where more is promised than there is, nothing is left, and nothing more fits."""
    found = count(proposal(quantity="1"), [agreement(State.ACCEPTED, quantity="5")])
    assert found.left == Decimal(0)
    assert left_text(found) == "0"
    assert not fits("0.001", found)


def test_what_fits() -> None:
    """All that is left, and not a thousandth more."""
    found = count(proposal(quantity="2.5"), [agreement(State.ACCEPTED, quantity="1")])
    assert fits("1.5", found)
    assert not fits("1.501", found)


def test_a_standing_offer_gets_back_what_was_done() -> None:
    """The drill is there again, and so is the helper; while it is lent it is away."""
    standing = proposal(expires="none")
    assert standing.standing
    assert counted(standing, (State.HANDED_OVER, "1")) == ("0", Life.MATCHED)
    assert counted(standing, (State.RETURNED, "1")) == ("0", Life.MATCHED)
    assert counted(standing, (State.CONFIRMED, "1")) == ("1", Life.OPEN)
