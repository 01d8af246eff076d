"""Neighbours: how two quartiers join, and who is offered a proposal next.

Group follows Group. One asks, the other accepts, and both then follow. Only what the other side
said to us moves the link, and an answer to nothing changes nothing.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from node.aid.proposals import Reach
from node.aid.reach import in_reach
from node.aid.territory import Place, Territory


class Link(StrEnum):
    """What stands between a neighbour's Group and ours."""

    ASKED = "asked"
    """They follow us; a person here has to answer."""
    INVITED = "invited"
    """We follow them; they have to answer."""
    JOINED = "joined"
    PAUSED = "paused"
    """Joined, and nothing is offered to them until we resume."""
    REFUSED = "refused"
    STOPPED = "stopped"


class Event(StrEnum):
    THEIR_FOLLOW = "their Follow"
    THEIR_ACCEPT = "their Accept"
    THEIR_REJECT = "their Reject"
    THEIR_UNDO = "their Undo"
    WE_ASK = "we ask"
    WE_ACCEPT = "we accept"
    WE_REFUSE = "we refuse"
    WE_PAUSE = "we pause"
    WE_RESUME = "we resume"
    WE_STOP = "we stop"


class Act(StrEnum):
    """What we send, in this order."""

    FOLLOW = "Follow"
    ACCEPT = "Accept"
    REJECT = "Reject"
    UNDO = "Undo Follow"
    OFFER = "what we show and they may"


@dataclass(frozen=True, slots=True)
class Step:
    link: Link | None
    """None: there is still nothing between the two."""
    acts: tuple[Act, ...] = ()


L, E, A = Link, Event, Act

_ASKS: Final = {
    E.THEIR_FOLLOW: Step(L.ASKED),
    E.WE_ASK: Step(L.INVITED, (A.FOLLOW,)),
}

GRAPH: Final[Mapping[Link | None, Mapping[Event, Step]]] = MappingProxyType(
    {
        None: _ASKS,
        L.ASKED: {
            E.THEIR_FOLLOW: Step(L.ASKED),
            E.THEIR_UNDO: Step(L.STOPPED),
            E.WE_ACCEPT: Step(L.JOINED, (A.ACCEPT, A.FOLLOW, A.OFFER)),
            E.WE_ASK: Step(L.JOINED, (A.ACCEPT, A.FOLLOW, A.OFFER)),
            E.WE_REFUSE: Step(L.REFUSED, (A.REJECT,)),
            E.WE_STOP: Step(L.REFUSED, (A.REJECT,)),
        },
        L.INVITED: {
            # both asked at once, or their Follow came before their Accept
            E.THEIR_FOLLOW: Step(L.JOINED, (A.ACCEPT, A.OFFER)),
            E.THEIR_ACCEPT: Step(L.JOINED, (A.OFFER,)),
            E.THEIR_REJECT: Step(L.REFUSED),
            E.WE_ASK: Step(L.INVITED, (A.FOLLOW,)),
            E.WE_STOP: Step(L.STOPPED, (A.UNDO,)),
        },
        L.JOINED: {
            E.THEIR_FOLLOW: Step(L.JOINED, (A.ACCEPT,)),
            E.THEIR_ACCEPT: Step(L.JOINED),
            E.THEIR_REJECT: Step(L.STOPPED, (A.REJECT,)),
            E.THEIR_UNDO: Step(L.STOPPED, (A.UNDO,)),
            E.WE_PAUSE: Step(L.PAUSED),
            E.WE_STOP: Step(L.STOPPED, (A.UNDO, A.REJECT)),
        },
        L.PAUSED: {
            E.THEIR_FOLLOW: Step(L.PAUSED, (A.ACCEPT,)),
            E.THEIR_ACCEPT: Step(L.PAUSED),
            E.THEIR_REJECT: Step(L.STOPPED, (A.REJECT,)),
            E.THEIR_UNDO: Step(L.STOPPED, (A.UNDO,)),
            E.WE_RESUME: Step(L.JOINED, (A.OFFER,)),
            E.WE_STOP: Step(L.STOPPED, (A.UNDO, A.REJECT)),
        },
        L.REFUSED: _ASKS,
        L.STOPPED: _ASKS,
    }
)


def after(link: Link | None, event: Event) -> Step | None:
    """What an event does to a link; None when it has no place there, and changes nothing."""
    return GRAPH[link].get(event)


def mermaid() -> str:
    """The graph as a Mermaid state diagram."""
    lines = ["stateDiagram-v2"]
    for link, events in GRAPH.items():
        for event, step in events.items():
            told = f" / {', '.join(step.acts)}" if step.acts else ""
            lines.append(f"    {link or '[*]'} --> {step.link}: {event}{told}")
    return "\n".join(lines) + "\n"


@dataclass(frozen=True, slots=True)
class Neighbour:
    group: str
    """IRI of its quartier Group."""
    domain: str
    """Of its node: ``node.example``."""
    link: Link
    territory: Territory | None = None
    """None while it has not been read."""


def next_hops(
    neighbours: Iterable[Neighbour],
    *,
    reach: Reach,
    place: Place | tuple[float, float] | None,
    reach_m: int | None,
    origin: str,
    origin_territory: Territory | None,
    known: Container[str] = (),
) -> tuple[Neighbour, ...]:
    """The neighbours to whom a proposal is offered now.

    Joined, in reach, not its origin, and not known to have it: ``known`` holds the domains of
    the nodes that sent it to us or got it from us. ``origin`` is the domain of its own node.
    """
    return tuple(
        n
        for n in neighbours
        if n.link is Link.JOINED
        and n.domain != origin
        and n.domain not in known
        and in_reach(
            reach,
            place=place,
            reach_m=reach_m,
            origin_territory=origin_territory,
            home=False,
            candidate=n.territory,
        )
    )
