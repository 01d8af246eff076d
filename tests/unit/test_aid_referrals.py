"""The life of a referral, and the two Offers between quartiers."""

from __future__ import annotations

from collections import deque
from itertools import product

import pytest

from node.aid.referral_wire import Introduced, Referred, offer, read_offer, told_again
from node.aid.referrals import AWAY, HOME, OPEN, THERE, Act, Direction, Event, State, after, mermaid

HERE = "https://here.example/quartier"
NEXT = "https://next.example/quartier"
THIRD = "https://third.example/quartier"

HEARD = {
    Act.OFFER: Event.THEIR_OFFER,
    Act.UNDO: Event.THEIR_UNDO,
    Act.ACCEPT: Event.THEY_ACCEPT,
    Act.REJECT: Event.THEY_DECLINE,
}


class Pair:
    """A home and its neighbour, and what is under way between them."""

    def __init__(self) -> None:
        self.states: dict[Direction, State | None] = dict.fromkeys(Direction)
        self.under_way: dict[Direction, deque[Event]] = {one: deque() for one in Direction}

    def does(self, side: Direction, event: Event) -> bool:
        step = after(side, self.states[side], event)
        if step is None:
            return False
        self.states[side] = step.state
        if step.act is not None:
            other = Direction.FROM if side is Direction.TO else Direction.TO
            self.under_way[other].append(HEARD[step.act])
        return True

    def settle(self) -> None:
        for side in (Direction.TO, Direction.FROM) * 4:
            while self.under_way[side]:
                self.does(side, self.under_way[side].popleft())


OURS = (Event.WE_TAKE_BACK,)
THEIRS = (Event.WE_ACCEPT, Event.WE_DECLINE)


@pytest.mark.parametrize("deeds", list(product([*OURS, *THEIRS], repeat=3)))
@pytest.mark.parametrize("at_once", [True, False])
def test_both_sides_agree_in_the_end(deeds: tuple[Event, ...], at_once: bool) -> None:
    """Whatever the two do, and however it crosses: it is either taken on both sides or on none."""
    pair = Pair()
    pair.does(Direction.TO, Event.WE_HAND_OVER)
    pair.settle()
    for deed in deeds:
        pair.does(Direction.TO if deed in OURS else Direction.FROM, deed)
        if not at_once:
            pair.settle()
    pair.settle()
    home, there = pair.states[Direction.TO], pair.states[Direction.FROM]
    assert (home is State.ACCEPTED) == (there is State.ACCEPTED)
    assert (home in AWAY) == (there in AWAY)


def test_nothing_goes_without_consent() -> None:
    """An Offer leaves only by the author's yes, or where it was given before."""
    for event in Event:
        step = after(Direction.TO, State.ASKED, event)
        sends = step is not None and step.act is Act.OFFER
        assert sends == (event is Event.AUTHOR_AGREES)
    assert after(Direction.TO, State.REFUSED, Event.AUTHOR_AGREES) is None


def test_the_graphs_are_whole_and_can_be_printed() -> None:
    """What ends is marked; nothing leads to a state that is not declared."""
    for graph, direction in ((HOME, Direction.TO), (THERE, Direction.FROM)):
        for events in graph.values():
            assert {step.state for step in events.values()} <= set(graph)
        assert {s for s in graph if s is not None and graph[s]} <= OPEN
        text = mermaid(direction)
        assert text.startswith("stateDiagram-v2\n")
        arrows = sum(len(events) or 1 for events in graph.values())
        assert text.count("-->") == arrows
    assert "    handed_over --> accepted: we accept / Accept\n" in mermaid(Direction.FROM)


@pytest.mark.parametrize(
    ("actor", "thing", "target", "expected"),
    [
        (NEXT, "https://next.example/objects/1", HERE, Referred("https://next.example/objects/1")),
        (NEXT, THIRD, HERE, Introduced(THIRD)),
        (NEXT, HERE, THIRD, Introduced(THIRD)),
        # another's proposal looks like an introduction, and is no Group when it is looked up
        (
            NEXT,
            "https://third.example/objects/1",
            HERE,
            Introduced("https://third.example/objects/1"),
        ),
        (NEXT, NEXT, HERE, None),
        (NEXT, HERE, NEXT, None),
        (NEXT, HERE, HERE, None),
        (NEXT, "https://here.example/objects/1", HERE, None),
        (NEXT, "https://next.example/objects/1", THIRD, None),
        (NEXT, None, HERE, None),
        (NEXT, THIRD, None, None),
        (HERE, THIRD, HERE, None),
    ],
)
def test_what_an_offer_of_a_group_means(
    actor: str, thing: str | None, target: str | None, expected: object
) -> None:
    """A proposal of the Group's own origin, or another quartier; nobody introduces themselves."""
    assert read_offer(actor=actor, object=thing, target=target, ours=HERE) == expected


def test_an_offer_and_how_it_is_named_again() -> None:
    """The same four things, so that the other side knows which one is meant."""
    made = offer(
        activity_id="https://here.example/activities/1",
        actor=HERE,
        object="https://here.example/objects/1",
        target=NEXT,
        to=(NEXT,),
        published=0.0,
    )
    again = told_again(
        activity_id="https://here.example/activities/1",
        actor=HERE,
        object="https://here.example/objects/1",
        target=NEXT,
    )
    assert again.items() <= made.items()
    assert made["to"] == [NEXT]
