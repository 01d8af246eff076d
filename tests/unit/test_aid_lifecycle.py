"""The life of a proposal."""

from __future__ import annotations

import pytest

from node.aid.lifecycle import (
    CLOSED,
    GRAPH,
    LIVE,
    OVER,
    PUBLISHED,
    State,
    by_quantity,
    may_become,
    mermaid,
)


def test_every_state_is_declared() -> None:
    """The graph tells for each state what may follow."""
    assert set(GRAPH) == set(State)


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("draft", "open"),
        ("draft", "review"),
        ("review", "open"),
        ("open", "partly-matched"),
        ("partly-matched", "open"),
        ("partly-matched", "matched"),
        ("matched", "done"),
        ("matched", "partly-matched"),
        ("open", "paused"),
        ("paused", "open"),
        ("satisfied-for-now", "open"),
        ("open", "referred"),
        ("referred", "open"),
        ("expired", "open"),
        ("done", "removed"),
    ],
)
def test_steps_of_a_life(now: str, then: str) -> None:
    """The usual ways through a proposal's life are open."""
    assert may_become(State(now), State(then))


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("open", "draft"),
        ("done", "open"),
        ("withdrawn", "open"),
        ("removed", "open"),
        ("draft", "matched"),
        ("open", "open"),
    ],
)
def test_steps_that_do_not_exist(now: str, then: str) -> None:
    """What is closed stays closed, and nothing published becomes a draft again."""
    assert not may_become(State(now), State(then))


def test_closed_is_for_good() -> None:
    """From a closed state no way leads back to where people can answer."""
    seen, todo = set(CLOSED), list(CLOSED)
    while todo:
        for then in GRAPH[todo.pop()] - seen:
            seen.add(then)
            todo.append(then)
    assert seen == CLOSED
    assert LIVE <= PUBLISHED


def test_every_state_but_the_first_can_be_reached() -> None:
    """No state is declared that nothing leads to."""
    assert set().union(*GRAPH.values()) | {State.DRAFT} == set(State)


def test_the_graph_can_be_printed() -> None:
    """The declaration draws itself, for the documentation."""
    text = mermaid()
    assert text.startswith("stateDiagram-v2\n    [*] --> draft\n")
    assert '    state "partly-matched" as partly_matched\n' in text
    assert "    open --> partly_matched\n" in text
    assert "    removed --> [*]\n" in text
    assert text.count("-->") == sum(len(after) for after in GRAPH.values()) + 2


@pytest.mark.parametrize(
    ("quantity", "available", "state"),
    [
        ("1", "1", State.OPEN),
        ("2.5", "1", State.PARTLY_MATCHED),
        ("2.5", "0", State.MATCHED),
        ("1", "", State.MATCHED),
    ],
)
def test_what_is_left_says_whether_it_is_open(quantity: str, available: str, state: State) -> None:
    """All, some, or nothing."""
    assert by_quantity(quantity, available) is state


def test_what_is_over_can_only_be_renewed() -> None:
    """Expired things come back by a click, closed ones never."""
    assert {State.EXPIRED} == OVER - CLOSED
    assert GRAPH[State.EXPIRED] & LIVE == LIVE
