"""How two quartiers join, and who is offered a proposal next."""

from __future__ import annotations

from collections import deque
from itertools import permutations

import pytest

from node.aid.neighbours import GRAPH, Act, Event, Link, Neighbour, after, mermaid, next_hops
from node.aid.proposals import Reach
from node.aid.territory import Territory, public_place

CROIX_ROUSSE = (45.774, 4.828)
PRESQU_ILE = (45.760, 4.833)
GUILLOTIERE = (45.7525, 4.8440)

HEARD = {
    Act.FOLLOW: Event.THEIR_FOLLOW,
    Act.ACCEPT: Event.THEIR_ACCEPT,
    Act.REJECT: Event.THEIR_REJECT,
    Act.UNDO: Event.THEIR_UNDO,
}


class Pair:
    """Two nodes that hear each other in order, each from its own queue."""

    def __init__(self) -> None:
        self.links: list[Link | None] = [None, None]
        self.waiting: tuple[deque[Event], deque[Event]] = (deque(), deque())
        self.offers = [0, 0]

    def does(self, who: int, event: Event) -> None:
        step = after(self.links[who], event)
        if step is None:
            return
        self.links[who] = step.link
        for act in step.acts:
            if act is Act.OFFER:
                self.offers[who] += 1
            else:
                self.waiting[1 - who].append(HEARD[act])

    def settle(self, first: int = 0) -> None:
        for _ in range(50):
            busy = [who for who in (first, 1 - first) if self.waiting[who]]
            if not busy:
                return
            self.does(busy[0], self.waiting[busy[0]].popleft())
        raise AssertionError("the two never stop answering each other")


@pytest.mark.parametrize("first", [0, 1])
def test_one_asks_the_other_accepts_and_both_follow(first: int) -> None:
    """After a question and a yes both are joined, and each offers once what it shows."""
    pair = Pair()
    pair.does(0, Event.WE_ASK)
    pair.settle()
    assert pair.links == [Link.INVITED, Link.ASKED]
    pair.does(1, Event.WE_ACCEPT)
    pair.settle(first)
    assert pair.links == [Link.JOINED, Link.JOINED]
    assert pair.offers == [1, 1]


def test_accept_and_follow_may_arrive_in_any_order() -> None:
    """Deliveries are not ordered: their Follow before their Accept joins all the same."""
    for order in permutations([Event.THEIR_ACCEPT, Event.THEIR_FOLLOW]):
        pair = Pair()
        pair.links[0] = Link.INVITED
        for event in order:
            pair.does(0, event)
        assert pair.links[0] is Link.JOINED
        assert pair.offers[0] == 1
        assert Event.THEIR_ACCEPT in pair.waiting[1]


def test_both_ask_at_once() -> None:
    """Two questions that cross are two answers."""
    pair = Pair()
    pair.does(0, Event.WE_ASK)
    pair.does(1, Event.WE_ASK)
    pair.settle()
    assert pair.links == [Link.JOINED, Link.JOINED]
    assert pair.offers == [1, 1]


def test_a_refusal_can_be_asked_again() -> None:
    """No is an answer, not a wall."""
    pair = Pair()
    pair.does(0, Event.WE_ASK)
    pair.settle()
    pair.does(1, Event.WE_REFUSE)
    pair.settle()
    assert pair.links == [Link.REFUSED, Link.REFUSED]
    pair.does(1, Event.WE_ASK)
    pair.settle()
    pair.does(0, Event.WE_ACCEPT)
    pair.settle()
    assert pair.links == [Link.JOINED, Link.JOINED]


@pytest.mark.parametrize("who", [0, 1])
def test_either_side_stops_at_once(who: int) -> None:
    """One word ends it on both sides, and they do not go on answering each other."""
    pair = Pair()
    pair.links = [Link.JOINED, Link.JOINED]
    pair.does(who, Event.WE_STOP)
    assert pair.links[who] is Link.STOPPED
    pair.settle()
    assert pair.links == [Link.STOPPED, Link.STOPPED]


def test_a_pause_is_our_own_affair() -> None:
    """Pausing tells nobody; resuming offers what they missed."""
    pair = Pair()
    pair.links = [Link.JOINED, Link.JOINED]
    pair.does(0, Event.WE_PAUSE)
    assert pair.links == [Link.PAUSED, Link.JOINED]
    assert not pair.waiting[1]
    pair.does(0, Event.WE_RESUME)
    assert pair.links == [Link.JOINED, Link.JOINED]
    assert pair.offers[0] == 1


@pytest.mark.parametrize("link", [None, Link.REFUSED, Link.STOPPED, Link.ASKED])
def test_nobody_joins_by_answering_what_was_not_asked(link: Link | None) -> None:
    """An Accept to a Follow that we never sent changes nothing."""
    assert after(link, Event.THEIR_ACCEPT) is None


def test_their_words_alone_never_join() -> None:
    """From where we did not ask, nothing that they say leads to joined."""
    theirs = [event for event in Event if event.startswith("their")]
    seen: set[Link | None] = {None, Link.ASKED, Link.REFUSED, Link.STOPPED}
    for link in seen:
        for event in theirs:
            step = after(link, event)
            assert step is None or step.link in seen


def test_the_graph_is_whole_and_can_be_printed() -> None:
    """Every link is declared, and the diagram has a line for each step."""
    assert set(GRAPH) == {None, *Link}
    text = mermaid()
    assert text.startswith("stateDiagram-v2\n    [*] --> asked: their Follow\n")
    assert "    invited --> joined: their Accept / what we show and they may\n" in text
    assert text.count("-->") == sum(len(events) for events in GRAPH.values())


def neighbour(name: str, place: tuple[float, float], link: Link = Link.JOINED) -> Neighbour:
    return Neighbour(f"https://{name}/quartier", name, link, Territory.from_circle(*place, 800))


A = neighbour("a.example", CROIX_ROUSSE)
B = neighbour("b.example", PRESQU_ILE)
C = neighbour("c.example", GUILLOTIERE)


def hops(
    *neighbours: Neighbour,
    reach: Reach = Reach.WIDE,
    reach_m: int | None = 5000,
    known: frozenset[str] = frozenset(),
    origin_territory: Territory | None = A.territory,
) -> list[str]:
    found = next_hops(
        neighbours,
        reach=reach,
        place=public_place(*CROIX_ROUSSE),
        reach_m=reach_m,
        origin="a.example",
        origin_territory=origin_territory,
        known=known,
    )
    return [one.domain for one in found]


def test_a_proposal_goes_from_quartier_to_quartier() -> None:
    """B passes A's proposal on to C, not back to A, and not to whom has it already."""
    assert hops(A, C, known=frozenset({"a.example"})) == ["c.example"]
    assert hops(A, B, C) == ["b.example", "c.example"]
    assert hops(A, B, C, known=frozenset({"c.example"})) == ["b.example"]


def test_adjacent_is_adjacent_to_where_it_came_from() -> None:
    """At B, A's `adjacent` proposal does not go on to C, which touches B but not A."""
    assert hops(C, reach=Reach.ADJACENT) == []
    assert hops(B, reach=Reach.ADJACENT) == ["b.example"]
    assert hops(B, reach=Reach.ADJACENT, origin_territory=None) == []


def test_quartier_stays_at_home() -> None:
    """Nothing of reach `quartier` is passed on."""
    assert hops(B, C, reach=Reach.QUARTIER) == []


@pytest.mark.parametrize("link", [link for link in Link if link is not Link.JOINED])
def test_only_joined_neighbours_are_offered_anything(link: Link) -> None:
    """Who has not joined, or is paused, gets nothing; nor whose territory is unknown."""
    assert hops(neighbour("b.example", PRESQU_ILE, link)) == []
    assert hops(Neighbour("https://d.example/quartier", "d.example", Link.JOINED)) == []
