"""Agreements: a proposal and one answering person, from the answer to the thanks (FEP-0837).

The node where the proposal was made decides, and counts. What one may do next is the graph
below; what is promised is always counted anew from all agreements of the proposal, so that
nothing can be promised twice, whatever came in whichever order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class State(StrEnum):
    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    HANDED_OVER = "handed-over"
    """Of loans: the thing is with who borrows it."""
    RETURNED = "returned"
    CONFIRMED = "confirmed"
    """Both sides say that it is done."""
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    """Taken back by who answered, before it was accepted."""
    CANCELLED = "cancelled"
    """Ended by one of the two, after it was accepted."""
    NO_SHOW = "no-show"
    DISPUTED = "disputed"
    """A mediator has to settle it."""


class Event(StrEnum):
    ACCEPT = "accept"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    HAND_OVER = "hand-over"
    GIVE_BACK = "give-back"
    CONFIRM = "confirm"
    CANCEL = "cancel"
    NO_SHOW = "no-show"
    DISPUTE = "dispute"
    SETTLE = "settle"


class Side(StrEnum):
    AUTHOR = "author"
    """Whose proposal it is."""
    ANSWERER = "answerer"


class Channel(StrEnum):
    """What the other side reads."""

    VF = "vf"
    """The activities of FEP-0837."""
    NOTE = "note"
    """Plain direct notes."""


S, E = State, Event

GRAPH: Final[Mapping[State, Mapping[Event, State]]] = MappingProxyType(
    {
        S.PROPOSED: {E.ACCEPT: S.ACCEPTED, E.REFUSE: S.REFUSED, E.WITHDRAW: S.WITHDRAWN},
        S.ACCEPTED: {
            E.HAND_OVER: S.HANDED_OVER,
            # told before the handing over was: words can overtake each other
            E.GIVE_BACK: S.RETURNED,
            E.CONFIRM: S.CONFIRMED,
            E.CANCEL: S.CANCELLED,
            E.NO_SHOW: S.NO_SHOW,
            E.DISPUTE: S.DISPUTED,
        },
        S.HANDED_OVER: {E.GIVE_BACK: S.RETURNED, E.CONFIRM: S.CONFIRMED, E.DISPUTE: S.DISPUTED},
        S.RETURNED: {E.CONFIRM: S.CONFIRMED, E.DISPUTE: S.DISPUTED},
        # settled by a mediator and by nobody else: done, ended, or going on
        S.DISPUTED: {E.CONFIRM: S.CONFIRMED, E.CANCEL: S.CANCELLED, E.SETTLE: S.ACCEPTED},
        S.NO_SHOW: {E.DISPUTE: S.DISPUTED},
        S.CONFIRMED: {},
        S.REFUSED: {},
        S.WITHDRAWN: {},
        S.CANCELLED: {},
    }
)

GOES_ON: Final = frozenset({S.ACCEPTED, S.HANDED_OVER, S.RETURNED})
"""Where an agreement goes on whose dispute is settled: where it was, what is lent is still lent."""

OPEN: Final = frozenset({S.PROPOSED, S.ACCEPTED, S.HANDED_OVER, S.RETURNED, S.DISPUTED})
"""Something is still to be done."""
PROMISED: Final = frozenset({S.ACCEPTED, S.HANDED_OVER, S.RETURNED, S.DISPUTED, S.CONFIRMED})
"""These count against what there is."""
AGREED: Final = frozenset({S.ACCEPTED, S.HANDED_OVER, S.RETURNED, S.DISPUTED})
"""The two have to do with each other: contact details may be shown."""

WHO: Final[Mapping[Event, frozenset[Side]]] = MappingProxyType(
    {
        E.ACCEPT: frozenset({Side.AUTHOR}),
        E.REFUSE: frozenset({Side.AUTHOR}),
        E.WITHDRAW: frozenset({Side.ANSWERER}),
        E.SETTLE: frozenset(),
        **{
            event: frozenset(Side)
            for event in (E.HAND_OVER, E.GIVE_BACK, E.CONFIRM, E.CANCEL, E.NO_SHOW, E.DISPUTE)
        },
    }
)
"""Which side may say it; a mediator settles, on the node of the proposal."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """As a node keeps it; times are seconds since the epoch."""

    id: int
    uri: str | None
    """Given by the node of the proposal; None until its word came."""
    offer_uri: str
    proposal_id: int
    author_id: int
    answerer_id: int
    channel: Channel
    state: State
    quantity: str
    unit: str
    text: str
    """What the answer said, plain."""
    reason: str
    language: str
    due: float | None
    accept_uri: str | None
    accepted_at: float | None
    handed_over_at: float | None
    returned_at: float | None
    confirmed_by_author_at: float | None
    confirmed_by_answerer_at: float | None
    ended_at: float | None
    created_at: float
    updated_at: float
    """Moves forward with every change, by a second at least: peers order by it."""
    version: int

    def side_of(self, actor_id: int) -> Side | None:
        if actor_id == self.author_id:
            return Side.AUTHOR
        return Side.ANSWERER if actor_id == self.answerer_id else None

    def other(self, actor_id: int) -> int:
        return self.answerer_id if actor_id == self.author_id else self.author_id

    @property
    def open(self) -> bool:
        return self.state in OPEN

    @property
    def shows_contact(self) -> bool:
        return self.state in AGREED and self.ended_at is None

    @property
    def promises(self) -> bool:
        """Whether its quantity counts. What was given back when nobody came is free for others,
        also while the two disagree about that."""
        return self.state in PROMISED and (self.state is not S.DISPUTED or self.ended_at is None)


def leads_to(state: State) -> frozenset[State]:
    """Every state that may come after one, by one event."""
    after = frozenset(GRAPH[state].values())
    return after | GOES_ON if E.SETTLE in GRAPH[state] else after


def allowed(agreement: Agreement, side: Side, *, loan: bool) -> tuple[Event, ...]:
    """What this side may do now, the next step first."""
    may = []
    for event in GRAPH[agreement.state]:
        if side not in WHO[event]:
            continue
        if event in (E.HAND_OVER, E.GIVE_BACK) and not loan:
            continue
        if event is E.GIVE_BACK and agreement.state is S.ACCEPTED:
            continue
        if event is E.CONFIRM:
            mine = _confirmed(agreement, side)
            if mine is not None or agreement.state is S.DISPUTED:
                continue
            if loan and agreement.state is not S.RETURNED:
                continue
        if event is E.CANCEL and agreement.state is S.DISPUTED:
            continue
        may.append(event)
    return tuple(may)


def step(
    agreement: Agreement, event: Event, side: Side | None, *, now: float, reason: str = ""
) -> Agreement | None:
    """The agreement after an event; None when it has no place there, and changes nothing.

    ``side`` is who says so; None for a mediator. A confirmation counts for its side, and the
    agreement is confirmed when both have said it.
    """
    then = GRAPH[agreement.state].get(event)
    if then is None or (agreement.state is S.DISPUTED and side is not None):
        return None
    at = later(agreement, now)
    made = replace(agreement, updated_at=at, version=agreement.version + 1)
    if event is E.CONFIRM and side is not None:
        if _confirmed(agreement, side) is not None:
            return None
        made = _confirm(made, side, at)
        if made.confirmed_by_author_at is None or made.confirmed_by_answerer_at is None:
            return made
    made = replace(made, state=then, reason=reason or made.reason)
    match then:
        case S.ACCEPTED:
            made = replace(made, accepted_at=made.accepted_at or at)
        case S.HANDED_OVER:
            made = replace(made, handed_over_at=at)
        case S.RETURNED:
            made = replace(made, handed_over_at=made.handed_over_at or at, returned_at=at)
        case _:
            pass
    if event is E.SETTLE:
        return replace(made, ended_at=None, state=_before_the_dispute(made))
    return made if then in OPEN else replace(made, ended_at=at)


def _before_the_dispute(agreement: Agreement) -> State:
    """One of `GOES_ON`."""
    if agreement.returned_at is not None:
        return S.RETURNED
    return S.HANDED_OVER if agreement.handed_over_at is not None else S.ACCEPTED


def later(agreement: Agreement, now: float) -> float:
    """Peers compare whole seconds: a change is always later than what it changes."""
    return max(now, int(agreement.updated_at) + 1.0)


def _confirm(agreement: Agreement, side: Side, at: float) -> Agreement:
    if side is Side.AUTHOR:
        return replace(agreement, confirmed_by_author_at=agreement.confirmed_by_author_at or at)
    return replace(agreement, confirmed_by_answerer_at=agreement.confirmed_by_answerer_at or at)


def _confirmed(agreement: Agreement, side: Side) -> float | None:
    if side is Side.AUTHOR:
        return agreement.confirmed_by_author_at
    return agreement.confirmed_by_answerer_at


def mermaid() -> str:
    """The graph as a Mermaid state diagram."""
    lines = ["stateDiagram-v2", f"    [*] --> {_node(S.PROPOSED)}"]
    lines += [f'    state "{state}" as {_node(state)}' for state in State if "-" in state]
    for state, events in GRAPH.items():
        for event, then in events.items():
            all_then = sorted(GOES_ON) if event is E.SETTLE else [then]
            lines += [f"    {_node(state)} --> {_node(one)}: {event}" for one in all_then]
        if not events:
            lines.append(f"    {_node(state)} --> [*]")
    return "\n".join(lines) + "\n"


def _node(state: State) -> str:
    return state.replace("-", "_")
