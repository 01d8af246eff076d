"""Proposals: what a person writes (`Draft`), and what a node keeps (`Proposal`)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from node.aid.lifecycle import State
from node.aid.territory import COARSE_RESOLUTION, PLACE_RESOLUTION, Place, public_place
from node.aid.topics import MODES, OTHER, TOPICS, Mode, Topic

TITLE_MAX: Final = 200
"""Characters."""
TEXT_MAX: Final = 10_000
HOUR: Final = 3600.0
DAY: Final = 24 * HOUR
WIDE_M: Final = 3000
WIDE_MAX_M: Final = 100_000


class Purpose(StrEnum):
    OFFER = "offer"
    REQUEST = "request"


class Urgency(StrEnum):
    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    CRITICAL = "critical"


class Reach(StrEnum):
    QUARTIER = "quartier"
    """Home only."""
    ADJACENT = "adjacent"
    """The quartiers that touch home."""
    WIDE = "wide"
    """All that come within so many metres of the place."""


class Answerable(StrEnum):
    """Who may answer."""

    ANYONE = "anyone"
    MEMBERS = "members"
    """Who has an account here."""
    VOUCHED = "vouched"
    """Those of them whom somebody vouches for."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a person asks to publish, checked."""

    author: str
    """Who writes it: a name or an id, as the caller knows people."""
    purpose: Purpose
    topic: str
    mode: str
    title: str
    text: str = ""
    urgency: Urgency = Urgency.NORMAL
    reach: Reach = Reach.ADJACENT
    reach_m: int | None = None
    """Metres, for `Reach.WIDE` only; None means the node's default."""
    expires: float | None = None
    """Seconds from publication; None for the default of its kind."""
    standing: bool = False
    """An offer without end."""
    cooked: bool = False
    """Cooked food, which keeps for a day."""
    quantity: str = "1"
    unit: str = "one"
    due: float | None = None
    """When it is needed, or when a loan comes back: seconds since the epoch."""
    place: tuple[float, float] | None = None
    """(latitude, longitude), never published as such; None means the quartier's centre."""
    coarse: bool = False
    """The place is told seven times more coarsely."""
    language: str = "fr"
    """Of title and text."""
    starts: float | None = None
    """When it takes place, or from when it is to be had: seconds since the epoch."""
    ends: float | None = None
    languages: tuple[str, ...] = ()
    """That the person speaks, besides `language`."""
    answerable: Answerable = Answerable.ANYONE
    gathering: bool = False
    """People come together: a garden day, a shared meal."""
    pictures: tuple[str, ...] = ()
    """Ids of pictures that were sent before, in their order."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposal as a node keeps it. Times are seconds since the epoch."""

    id: int
    uri: str
    author_uri: str
    purpose: Purpose
    topic: str
    mode: str
    title: str
    text: str
    """As written, not HTML."""
    urgency: Urgency
    reach: Reach
    reach_m: int | None
    quantity: str
    available: str
    """What is left of `quantity`."""
    unit: str
    language: str
    state: State
    created: float
    updated: float
    expires_at: float | None
    due: float | None
    cell: str
    lat: float
    lon: float
    radius_m: int
    origin: str
    """Domain of the node that decides about it: ``node.example``."""
    in_scope_of: str | None = None
    """IRI of the crisis that it belongs to."""
    starts_at: float | None = None
    """When it takes place, or from when it is to be had."""
    ends_at: float | None = None
    languages: tuple[str, ...] = ()
    """That can be spoken, besides `language`."""
    answerable: Answerable = Answerable.ANYONE
    gathering: bool = False
    standing: bool = False
    """Without end; its author is asked now and then whether it is still so."""
    opens_again_at: float | None = None
    """Of `satisfied-for-now`."""
    reason: str = ""
    """Of `removed`: for the author, never public."""
    series_id: int | None = None
    occurrence: float | None = None
    """Which of its series: when it begins."""
    asked_by_id: int | None = None
    """Actor elsewhere for whom the quartier published it."""
    asked_in: str | None = None
    """IRI of the note in which they asked."""
    notice_at: float | None = None
    """When its author is next told of its end; local ones."""
    closed_at: float | None = None
    """When it left the public eye: retention counts from here."""

    @property
    def topic_data(self) -> Topic:
        return TOPICS.get(self.topic, OTHER)

    @property
    def mode_data(self) -> Mode:
        return MODES[self.mode]

    @property
    def place(self) -> Place:
        return Place(self.lat, self.lon, self.radius_m, self.cell)

    def has_expired(self, now: float) -> bool:
        return self.expires_at is not None and self.expires_at <= now


def propose(
    draft: Draft,
    *,
    id: int,
    uri: str,
    author_uri: str,
    origin: str,
    now: float,
    centre: tuple[float, float],
    state: State = State.OPEN,
    wide_m: int = WIDE_M,
    resolution: int = PLACE_RESOLUTION,
) -> Proposal:
    """The proposal that a draft becomes: dates fixed, the place made coarse.

    ``centre`` is the quartier's (latitude, longitude); ``wide_m`` how far `wide` reaches.
    """
    at = public_place(*(draft.place or centre), COARSE_RESOLUTION if draft.coarse else resolution)
    lasts = None if draft.standing else (draft.expires or default_expiry(draft))
    return Proposal(
        id=id,
        uri=uri,
        author_uri=author_uri,
        purpose=draft.purpose,
        topic=draft.topic,
        mode=draft.mode,
        title=draft.title,
        text=draft.text,
        urgency=draft.urgency,
        reach=draft.reach,
        reach_m=(draft.reach_m or wide_m) if draft.reach is Reach.WIDE else None,
        quantity=draft.quantity,
        available=draft.quantity,
        unit=draft.unit,
        language=draft.language,
        state=state,
        created=now,
        updated=now,
        expires_at=None if lasts is None else now + lasts,
        due=draft.due,
        cell=at.cell,
        lat=at.lat,
        lon=at.lon,
        radius_m=at.radius_m,
        origin=origin,
        starts_at=draft.starts,
        ends_at=draft.ends,
        languages=draft.languages,
        answerable=draft.answerable,
        gathering=draft.gathering,
        standing=draft.standing,
    )


def default_expiry(draft: Draft) -> float:
    """Seconds that a proposal of this kind lasts, when its author does not say."""
    if TOPICS[draft.topic].perishable:
        return DAY if draft.cooked else 3 * DAY
    if draft.purpose is Purpose.REQUEST:
        return 3 * DAY if draft.urgency in (Urgency.HIGH, Urgency.CRITICAL) else 21 * DAY
    return 60 * DAY
