"""Proposals: what a person writes (`Draft`), and what a node keeps (`Proposal`)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from node.aid.lifecycle import LIVE, State
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
    renewed_at: float | None = None
    """When its author last said that it is so: published, or renewed; local ones."""
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

    def is_live(self, now: float) -> bool:
        """Whether it is shown, passed on and open to answers now."""
        return self.state in LIVE and not self.has_expired(now)


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
    in_scope_of: str | None = None,
    asked_by_id: int | None = None,
    asked_in: str | None = None,
) -> Proposal:
    """The proposal that a draft becomes: dates fixed, the place made coarse.

    ``centre`` is the quartier's (latitude, longitude); ``wide_m`` how far `wide` reaches;
    ``in_scope_of`` the IRI of a crisis.
    """
    at = _coarse(draft.place or centre, draft.coarse or in_scope_of is not None)
    proposal = Proposal(
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
        expires_at=None,
        due=draft.due,
        cell=at.cell,
        lat=at.lat,
        lon=at.lon,
        radius_m=at.radius_m,
        origin=origin,
        in_scope_of=in_scope_of,
        starts_at=draft.starts,
        ends_at=draft.ends,
        languages=draft.languages,
        answerable=draft.answerable,
        gathering=draft.gathering,
        asked_by_id=asked_by_id,
        asked_in=asked_in,
    )
    return lasting(proposal, draft, now)


def lasting(proposal: Proposal, draft: Draft, now: float) -> Proposal:
    """With the end that a draft asks for, counted from now."""
    if draft.standing:
        ends = None
    elif draft.expires is not None:
        ends = now + draft.expires
    else:
        ends = _usual_end(proposal, now, cooked=draft.cooked)
    return replace(proposal, standing=draft.standing, expires_at=ends, renewed_at=now)


def coarsened(proposal: Proposal, place: tuple[float, float] | None, *, coarse: bool) -> Proposal:
    """With another public place, or the same told more coarsely (or no longer so: then it is the
    middle of where it was)."""
    at = _coarse(place or (proposal.lat, proposal.lon), coarse or proposal.in_scope_of is not None)
    return replace(proposal, cell=at.cell, lat=at.lat, lon=at.lon, radius_m=at.radius_m)


def _coarse(at: tuple[float, float], coarse: bool) -> Place:
    return public_place(*at, COARSE_RESOLUTION if coarse else PLACE_RESOLUTION)


def renewed_until(proposal: Proposal, now: float) -> float:
    """The end that it gets in one click: that of its kind, counted from now."""
    first = proposal.expires_at is not None and proposal.expires_at - proposal.created
    return _usual_end(proposal, now, cooked=bool(first) and first <= DAY)


def _usual_end(proposal: Proposal, now: float, *, cooked: bool) -> float:
    """When its author does not say: with what it is about, or else by its kind, but not before
    the day that it is about."""
    if proposal.ends_at is not None and proposal.ends_at > now:
        return proposal.ends_at
    if proposal.gathering and proposal.starts_at is not None:
        return proposal.starts_at
    last = proposal.starts_at
    usual = now + default_expiry(proposal.topic, proposal.purpose, proposal.urgency, cooked=cooked)
    needed = None if proposal.mode == "loan" else proposal.due
    return max(usual, last or 0.0, needed or 0.0)


def default_expiry(topic: str, purpose: Purpose, urgency: Urgency, *, cooked: bool) -> float:
    """Seconds that a proposal of this kind lasts."""
    if TOPICS.get(topic, OTHER).perishable:
        return DAY if cooked else 3 * DAY
    if purpose is Purpose.REQUEST:
        return 3 * DAY if urgency in (Urgency.HIGH, Urgency.CRITICAL) else 21 * DAY
    return 60 * DAY
