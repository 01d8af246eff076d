"""What a handler is handed, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from node.actions.remote import FetchedObject
from node.activitypub.documents import Activity
from node.social.accounts import Actor


@dataclass(frozen=True, slots=True)
class Passage:
    """The neighbour that passed an activity on, and whether its word is all we have."""

    neighbour_id: int
    voucher: str | None
    """Origin of the neighbour, when the author's node has not confirmed it; else None."""


@dataclass(frozen=True, slots=True)
class Inner:
    """An activity embedded in an Announce, believed by its proof or fetched from its origin."""

    activity: Activity
    actor: Actor
    raw: dict[str, Any]
    text: str | None
    """As its author signed it; None when nothing proves it, and it may not be passed on."""
    voucher: str | None


@dataclass(frozen=True, slots=True)
class Found:
    """What was fetched for an activity, by id."""

    objects: Mapping[str, FetchedObject] = field(default_factory=dict)
    gone: frozenset[str] = frozenset()
    refused: Mapping[str, str] = field(default_factory=dict)
    """Ids that cannot be had or believed, and why."""
    actors: Mapping[str, Actor] = field(default_factory=dict)
    inner: Inner | None = None
    inner_refused: str | None = None


@dataclass(frozen=True, slots=True)
class Received:
    """An activity that is believed to be its actor's."""

    actor: Actor
    raw: dict[str, Any]
    """JSON as received."""
    now: float
    found: Found = Found()
    passage: Passage | None = None
    text: str | None = None
    """The activity's own text, when it may be passed on."""


@dataclass(frozen=True, slots=True)
class Applied:
    note: str


@dataclass(frozen=True, slots=True)
class Ignored:
    """Nothing changed, and that is right."""

    reason: str


@dataclass(frozen=True, slots=True)
class Missing:
    """Nothing changed yet: these must be fetched first. A handler says so before it writes."""

    objects: tuple[str, ...] = ()
    actors: tuple[str, ...] = ()
    inner: bool = False


Outcome = Applied | Ignored | Missing
