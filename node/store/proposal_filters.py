"""What a proposal's own row must say to be in a list."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal

import sqlalchemy as sa

from node.aid.nearby import COARSE_SLACK_M, SLACK_M, look_up
from node.aid.searching import Asked
from node.store.proposals import LIVE
from node.store.search_index import found_anywhere, found_by, listed
from node.store.tables import objects, proposals
from node.store.transaction import Transaction

Order = Literal["newest", "nearest", "urgency"]
URGENCIES: Final = ("critical", "high", "normal", "low")
NEWEST: Final = 2**63 - 1
"""No id is larger."""
_METRES_PER_DEGREE: Final = 111_195.0


@dataclass(frozen=True, slots=True)
class Near:
    lat: float
    lon: float
    metres: float


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page ended."""

    id: int
    key: str = ""
    """The cell or the urgency, where these come first in the order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody looks for; empty and None mean all."""

    now: float
    topics: tuple[str, ...] = ()
    purpose: str | None = None
    modes: tuple[str, ...] = ()
    urgencies: tuple[str, ...] = ()
    reach: str | None = None
    near: Near | None = None
    asked: Asked | None = None
    states: tuple[str, ...] = ()
    """Whatever is in these states, listed or not: for their author, and for mediators. Without
    any: what is listed, and not over."""
    author_id: int | None = None
    local: bool | None = None
    origin: str | None = None
    language: str | None = None
    until: float | None = None
    """Takes place, or may be had, before this."""
    since: float | None = None
    """Is needed, or goes on, after this."""
    order: Order = "newest"
    after: Cursor | None = None
    """Only what comes after this in the order."""
    newer_than: int | None = None
    most: int = 40

    @property
    def unlisted(self) -> bool:
        """Whether it asks for more than what anybody may see."""
        return not set(self.states) <= set(LIVE)


def conditions(tx: Transaction, wanted: Wanted, *, along: str = "") -> list[sa.ColumnElement[bool]]:
    """What a proposal's own row must say; `along` is the column whose keys are walked."""
    row = proposals.c
    found: list[sa.ColumnElement[bool]] = []
    unexpired = sa.or_(row.expires_at.is_(None), row.expires_at > wanted.now)
    if wanted.unlisted:
        found.append(_in_states(wanted))
    else:
        found += [listed(tx.dialect), unexpired]
        if wanted.states:
            found.append(row.state.in_(wanted.states))
    if wanted.asked is not None:
        found.append(
            found_anywhere(wanted.asked) if wanted.unlisted else found_by(tx.dialect, wanted.asked)
        )
    for column, values in (
        (row.topic, wanted.topics),
        (row.mode, wanted.modes),
        (row.urgency, wanted.urgencies),
    ):
        if values:
            found.append(column == values[0] if len(values) == 1 else column.in_(values))
    for named, value in (
        (row.purpose, wanted.purpose),
        (row.reach, wanted.reach),
        (row.origin, wanted.origin),
    ):
        if value is not None:
            found.append(named == value)
    if wanted.language is not None:
        found.append(_speaks(wanted.language))
    if wanted.author_id is not None:
        theirs = sa.select(objects.c.id).where(objects.c.author_id == wanted.author_id)
        found.append(row.object_id.in_(theirs))
    if wanted.local is not None:
        found.append(
            sa.exists().where(objects.c.id == row.object_id, objects.c.local.is_(wanted.local))
        )
    found += _when(wanted)
    if wanted.near is not None:
        around = look_up(wanted.near.lat, wanted.near.lon, wanted.near.metres)
        if along != around.column:
            found.append(row[around.column].in_(around.cells))
        if not around.exact:
            found.append(_within(wanted.near))
    return found


def _in_states(wanted: Wanted) -> sa.ColumnElement[bool]:
    """What is over although nobody has said so yet is over."""
    row = proposals.c
    over = sa.and_(row.expires_at.is_not(None), row.expires_at <= wanted.now)
    live = [one for one in wanted.states if one in LIVE]
    others = [one for one in wanted.states if one not in live]
    parts = []
    if live:
        parts.append(sa.and_(row.state.in_(live), sa.not_(over)))
    if others:
        parts.append(row.state.in_(others))
    if "expired" in others:
        parts.append(sa.and_(row.state.in_(LIVE), over))
    return sa.or_(*parts)


def _speaks(language: str) -> sa.ColumnElement[bool]:
    """Written in it, or its author speaks it; ``pt`` covers ``pt-BR``."""
    said = sa.literal(" ").concat(proposals.c.language).concat(" ").concat(proposals.c.languages)
    padded = said.concat(" ")
    return sa.or_(
        padded.contains(f" {language} ", autoescape=True),
        padded.contains(f" {language}-", autoescape=True),
    )


def _when(wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    row = proposals.c
    found = []
    if wanted.until is not None:
        found.append(sa.or_(row.starts_at.is_(None), row.starts_at < wanted.until))
    if wanted.since is not None:
        # Of a loan `due` is when it comes back, which says nothing about when it is needed.
        needed = sa.case((row.mode != "loan", row.due))
        last = sa.func.coalesce(row.ends_at, needed)
        found.append(sa.or_(last.is_(None), last >= wanted.since))
    return found


def _within(near: Near) -> sa.ColumnElement[bool]:
    """Whether the public place is near: on the plane around it, exact to a metre in a thousand."""
    row = proposals.c
    scale = math.cos(math.radians(near.lat))
    # Some islands lie on both sides of the meridian where the days begin.
    apart = sa.func.abs(row.longitude - near.lon)
    degrees = sa.case((apart > 180, 360 - apart), else_=apart)
    north = (row.latitude - near.lat) * _METRES_PER_DEGREE
    east = degrees * (_METRES_PER_DEGREE * scale)
    fine, coarse = (near.metres + slack for slack in (SLACK_M, COARSE_SLACK_M))
    # H3 writes the resolution of a cell as its second digit.
    is_coarse = sa.func.substr(row.cell, 1, 2) == "87"
    limit = sa.case((is_coarse, coarse * coarse), else_=fine * fine)
    return north * north + east * east <= limit
