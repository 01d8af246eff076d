"""The life of a follow, as a graph: what is kept after each thing that can happen."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class FollowState(StrEnum):
    PENDING = "pending"
    """Asked, and not answered."""
    ACCEPTED = "accepted"


class FollowEvent(StrEnum):
    ASKED = "asked"
    """A Follow of somebody who approves by hand."""
    ASKED_OPEN = "asked-open"
    """A Follow of somebody who accepts everybody."""
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    """Also after it was accepted: the follower is removed."""
    UNDONE = "undone"
    BLOCKED = "blocked"


_ENDS: Final[dict[FollowEvent, FollowState | None]] = {
    FollowEvent.REJECTED: None,
    FollowEvent.UNDONE: None,
    FollowEvent.BLOCKED: None,
}

GRAPH: Final[dict[FollowState | None, dict[FollowEvent, FollowState | None]]] = {
    # None is no follow. An Accept of what nobody asked for changes nothing: it is not here.
    None: {
        FollowEvent.ASKED: FollowState.PENDING,
        FollowEvent.ASKED_OPEN: FollowState.ACCEPTED,
        **_ENDS,
    },
    FollowState.PENDING: {
        FollowEvent.ASKED: FollowState.PENDING,
        FollowEvent.ASKED_OPEN: FollowState.ACCEPTED,
        FollowEvent.ACCEPTED: FollowState.ACCEPTED,
        **_ENDS,
    },
    FollowState.ACCEPTED: {
        # Asked again: their server has forgotten our Accept, not we.
        FollowEvent.ASKED: FollowState.ACCEPTED,
        FollowEvent.ASKED_OPEN: FollowState.ACCEPTED,
        FollowEvent.ACCEPTED: FollowState.ACCEPTED,
        **_ENDS,
    },
}


def after(state: FollowState | None, event: FollowEvent) -> FollowState | None:
    """What is kept; None for no follow."""
    return GRAPH[state].get(event, state)


def answers_accept(state: FollowState | None, event: FollowEvent) -> bool:
    """Whether a Follow that arrives is to be answered with an Accept, now and every time."""
    asked = event in (FollowEvent.ASKED, FollowEvent.ASKED_OPEN)
    return asked and after(state, event) is FollowState.ACCEPTED
