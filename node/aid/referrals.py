"""A referral: a request is handed to the neighbour that can serve it, with its author's consent.

Two graphs, one for each side. The home keeps deciding about its proposal; the neighbour shows it
while the referral is accepted, and its people answer as they answer anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Direction(StrEnum):
    TO = "to"
    """We handed it over."""
    FROM = "from"
    """It was handed to us."""


class State(StrEnum):
    ASKED = "asked"
    """Its author is asked."""
    REFUSED = "refused"
    """Its author said no."""
    HANDED_OVER = "handed-over"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    """Taken back by the quartier that handed it over, or by its author."""


class Event(StrEnum):
    WE_ASK = "we ask its author"
    WE_HAND_OVER = "we hand it over"
    AUTHOR_AGREES = "its author agrees"
    AUTHOR_REFUSES = "its author refuses"
    WE_TAKE_BACK = "we take it back"
    THEY_ACCEPT = "they accept"
    THEY_DECLINE = "they decline"
    THEIR_OFFER = "their Offer"
    THEIR_UNDO = "their Undo"
    WE_ACCEPT = "we accept"
    WE_DECLINE = "we decline"


class Act(StrEnum):
    """What we send."""

    OFFER = "Offer"
    UNDO = "Undo Offer"
    ACCEPT = "Accept"
    REJECT = "Reject"


@dataclass(frozen=True, slots=True)
class Step:
    state: State
    act: Act | None = None


S, E, A = State, Event, Act
Graph = Mapping[State | None, Mapping[Event, Step]]

HOME: Final[Graph] = MappingProxyType(
    {
        None: {
            E.WE_ASK: Step(S.ASKED),
            E.WE_HAND_OVER: Step(S.HANDED_OVER, A.OFFER),
        },
        S.ASKED: {
            E.AUTHOR_AGREES: Step(S.HANDED_OVER, A.OFFER),
            E.AUTHOR_REFUSES: Step(S.REFUSED),
            E.WE_TAKE_BACK: Step(S.WITHDRAWN),
        },
        S.HANDED_OVER: {
            E.THEY_ACCEPT: Step(S.ACCEPTED),
            E.THEY_DECLINE: Step(S.DECLINED),
            E.WE_TAKE_BACK: Step(S.WITHDRAWN, A.UNDO),
        },
        S.ACCEPTED: {
            # they find that they cannot, after all
            E.THEY_DECLINE: Step(S.DECLINED),
            E.WE_TAKE_BACK: Step(S.WITHDRAWN, A.UNDO),
        },
        S.REFUSED: {},
        S.DECLINED: {},
        S.WITHDRAWN: {},
    }
)

THERE: Final[Graph] = MappingProxyType(
    {
        None: {E.THEIR_OFFER: Step(S.HANDED_OVER)},
        S.HANDED_OVER: {
            E.WE_ACCEPT: Step(S.ACCEPTED, A.ACCEPT),
            E.WE_DECLINE: Step(S.DECLINED, A.REJECT),
            E.THEIR_UNDO: Step(S.WITHDRAWN),
        },
        S.ACCEPTED: {
            E.WE_DECLINE: Step(S.DECLINED, A.REJECT),
            E.THEIR_UNDO: Step(S.WITHDRAWN),
        },
        S.DECLINED: {},
        S.WITHDRAWN: {},
    }
)

OPEN: Final = frozenset({S.ASKED, S.HANDED_OVER, S.ACCEPTED})
"""Of one proposal there is one such referral at a time."""
AWAY: Final = frozenset({S.HANDED_OVER, S.ACCEPTED})
"""The proposal is `referred` meanwhile."""


def after(direction: Direction, state: State | None, event: Event) -> Step | None:
    """What an event does; None when it has no place there, and changes nothing."""
    graph = HOME if direction is Direction.TO else THERE
    return graph.get(state, {}).get(event)


def mermaid(direction: Direction) -> str:
    """One of the graphs as a Mermaid state diagram."""
    graph = HOME if direction is Direction.TO else THERE
    lines = ["stateDiagram-v2"]
    lines += [f'    state "{state}" as {_node(state)}' for state in graph if state and "-" in state]
    for state, events in graph.items():
        for event, step in events.items():
            sent = f" / {step.act}" if step.act else ""
            lines.append(f"    {_node(state)} --> {_node(step.state)}: {event}{sent}")
        if not events:
            lines.append(f"    {_node(state)} --> [*]")
    return "\n".join(lines) + "\n"


def _node(state: State | None) -> str:
    return "[*]" if state is None else state.replace("-", "_")
