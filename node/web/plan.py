"""A plan drawn by the node, as SVG within the page: outlines of quartiers, and numbered circles
where something is. It needs no script and no picture from elsewhere."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from node.actions.outlines import Outline, Quartier, outline, territory_of
from node.aid.outlines import METRES_PER_DEGREE, Frame, Point, simplified

WIDTH: Final = 400
HEIGHT: Final = 300
ROOM: Final = 0.2
SEEN_M: Final = 6_000
"""Circles farther from the quartier than that do not make the plan smaller."""


@dataclass(frozen=True, slots=True)
class Shape:
    name: str
    home: bool
    path: str
    x: float
    y: float
    """Where its name stands."""
    shown: bool
    """Whether that is within the plan."""


@dataclass(frozen=True, slots=True)
class Circle:
    number: int
    lat: float
    lon: float
    radius_m: float


@dataclass(frozen=True, slots=True)
class Drawn:
    number: int
    x: float
    y: float
    r: float


@dataclass(frozen=True, slots=True)
class Plan:
    shapes: Sequence[Shape]
    """The neighbours' first: ours lies on them."""
    circles: Sequence[Drawn]
    width: int = WIDTH
    height: int = HEIGHT


@lru_cache(maxsize=64)
def simple_outline(written: str) -> Outline:
    """Of a territory as it stands on the wire, as fine as one sees."""
    return simplified(outline(written))


def plan_of(
    quartiers: Sequence[Quartier], circles: Sequence[Circle], middle: tuple[float, float]
) -> Plan:
    """Of the quartiers, ours first, and of what is in them. The first time it takes milliseconds:
    not for the loop that everybody waits for."""
    home = simple_outline(quartiers[0].written)
    points = [(at[0], at[1]) for polygon in home for ring in polygon for at in ring]
    points.append((middle[1], middle[0]))
    frame = Frame.around(points, WIDTH, HEIGHT, ROOM)
    reach = frame.length(SEEN_M)
    near = [
        (one.lon, one.lat)
        for one in circles
        if max(
            abs(x - half) for x, half in zip(frame.at(one.lon, one.lat), (200, 150), strict=True)
        )
        < reach
    ]
    frame = Frame.around([*points, *near], WIDTH, HEIGHT, ROOM)
    shapes = [_shape(frame, one) for one in quartiers if one.written]
    placed = [(one, frame.at(one.lon, one.lat)) for one in circles]
    return Plan(
        shapes=sorted(shapes, key=lambda one: one.home),
        circles=[
            Drawn(one.number, at[0], at[1], frame.length(one.radius_m))
            for one, at in placed
            if frame.shows(at)
        ],
    )


def _ends(one: Circle) -> list[Point]:
    """The north-east and the south-west of a circle."""
    north = one.radius_m / METRES_PER_DEGREE
    east = north / max(math.cos(math.radians(one.lat)), 0.01)
    return [(one.lon + east, one.lat + north), (one.lon - east, one.lat - north)]


def _shape(frame: Frame, one: Quartier) -> Shape:
    territory = territory_of(one.written)
    lat, lon = territory.centre() if territory is not None else (0.0, 0.0)
    x, y = frame.at(lon, lat)
    return Shape(
        name=one.name,
        home=one.home,
        path=frame.path(simple_outline(one.written)),
        x=x,
        y=y,
        shown=territory is not None and frame.shows((x, y)),
    )
