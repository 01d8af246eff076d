"""The life of a proposal: one declaration, from which the rules and the diagram come."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from node.aid.quantities import amount_of


class State(StrEnum):
    DRAFT = "draft"
    REVIEW = "review"
    OPEN = "open"
    PARTLY_MATCHED = "partly-matched"
    MATCHED = "matched"
    DONE = "done"
    PAUSED = "paused"
    SATISFIED_FOR_NOW = "satisfied-for-now"
    REFERRED = "referred"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    REMOVED = "removed"


S = State

GRAPH: Final[Mapping[State, frozenset[State]]] = MappingProxyType(
    {
        S.DRAFT: frozenset({S.REVIEW, S.OPEN, S.WITHDRAWN}),
        S.REVIEW: frozenset({S.DRAFT, S.OPEN, S.WITHDRAWN, S.REMOVED}),
        S.OPEN: frozenset(
            {
                *(S.PARTLY_MATCHED, S.MATCHED, S.DONE),
                *(S.PAUSED, S.SATISFIED_FOR_NOW, S.REFERRED),
                *(S.EXPIRED, S.WITHDRAWN, S.REMOVED),
            }
        ),
        S.PARTLY_MATCHED: frozenset(
            {
                *(S.OPEN, S.MATCHED, S.DONE),
                *(S.PAUSED, S.SATISFIED_FOR_NOW, S.REFERRED),
                *(S.EXPIRED, S.WITHDRAWN, S.REMOVED),
            }
        ),
        # an agreement that is cancelled gives its quantity back
        S.MATCHED: frozenset({S.OPEN, S.PARTLY_MATCHED, S.DONE, S.EXPIRED, S.WITHDRAWN, S.REMOVED}),
        S.PAUSED: frozenset({S.OPEN, S.PARTLY_MATCHED, S.DONE, S.EXPIRED, S.WITHDRAWN, S.REMOVED}),
        S.SATISFIED_FOR_NOW: frozenset(
            {S.OPEN, S.PARTLY_MATCHED, S.DONE, S.EXPIRED, S.WITHDRAWN, S.REMOVED}
        ),
        # declined by the other node, or taken back
        S.REFERRED: frozenset(
            {
                *(S.OPEN, S.PARTLY_MATCHED, S.MATCHED, S.DONE),
                *(S.EXPIRED, S.WITHDRAWN, S.REMOVED),
            }
        ),
        # renewed in one click
        S.EXPIRED: frozenset({S.OPEN, S.PARTLY_MATCHED, S.DONE, S.WITHDRAWN, S.REMOVED}),
        S.DONE: frozenset({S.REMOVED}),
        S.WITHDRAWN: frozenset({S.REMOVED}),
        S.REMOVED: frozenset(),
    }
)

LIVE: Final = frozenset({S.OPEN, S.PARTLY_MATCHED})
"""Shown in lists, passed on, and open to answers."""

CLOSED: Final = frozenset({S.DONE, S.WITHDRAWN, S.REMOVED})
"""For good: no way leads back to `LIVE`."""

OVER: Final = CLOSED | {S.EXPIRED}
"""Nothing more comes of it, unless its author renews what expired."""

PUBLISHED: Final = frozenset(State) - {S.DRAFT, S.REVIEW}
"""Other servers may read it at its address (a removed one as a tombstone)."""


def may_become(now: State, then: State) -> bool:
    """Whether the graph has this step. Staying is not a step."""
    return then in GRAPH[now]


def by_quantity(quantity: str, available: str) -> State:
    """The state that what is left makes of a proposal that people may answer."""
    whole, left = amount_of(quantity), amount_of(available)
    if not left:
        return S.MATCHED
    return S.OPEN if left == whole else S.PARTLY_MATCHED


def mermaid() -> str:
    """The graph as a Mermaid state diagram."""
    lines = ["stateDiagram-v2", f"    [*] --> {_node(S.DRAFT)}"]
    lines += [f'    state "{state}" as {_node(state)}' for state in State if "-" in state]
    for state in State:
        after = [f"    {_node(state)} --> {_node(then)}" for then in State if then in GRAPH[state]]
        lines.extend(after or [f"    {_node(state)} --> [*]"])
    return "\n".join(lines) + "\n"


def _node(state: State) -> str:
    return state.replace("-", "_")
