"""Outlines for the eye: lines with fewer corners, and a plan of what lies where, in a frame."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

Point = tuple[float, float]
Ring = Sequence[Sequence[float]]
"""Positions, [longitude, latitude]."""
DETAIL: Final = 300
"""How many steps across an outline are told apart."""
METRES_PER_DEGREE: Final = 111_195.0


def simplified(outline: Sequence[Sequence[Ring]]) -> list[list[list[list[float]]]]:
    """A MultiPolygon's coordinates with no more corners than one sees (Douglas and Peucker)."""
    points = [(at[0], at[1]) for polygon in outline for ring in polygon for at in ring]
    if not points:
        return []
    scale = math.cos(math.radians(points[0][1])) or 1e-6
    wide = (max(lon for lon, _ in points) - min(lon for lon, _ in points)) * scale
    high = max(lat for _, lat in points) - min(lat for _, lat in points)
    least = max(wide, high) / DETAIL
    return [
        [
            [[round(lon, 5), round(lat, 5)] for lon, lat in _fewer(ring, least, scale)]
            for ring in polygon
        ]
        for polygon in outline
    ]


def _fewer(ring: Ring, least: float, scale: float) -> list[Point]:
    """The same ring without corners that lie nearer than `least` to the line between others."""
    points = [(at[0], at[1]) for at in ring]
    if len(points) < 5:
        return points
    far = max(range(len(points)), key=lambda i: math.dist(points[i], points[0]))
    kept = {0, far, len(points) - 1}
    todo = [(0, far), (far, len(points) - 1)]
    while todo:
        first, last = todo.pop()
        found, away = 0, least
        for i in range(first + 1, last):
            distance = _to_line(points[i], points[first], points[last], scale)
            if distance > away:
                found, away = i, distance
        if found:
            kept.add(found)
            todo += [(first, found), (found, last)]
    left = [points[i] for i in sorted(kept)]
    return left if len(left) > 3 else points


def _to_line(at: Point, a: Point, b: Point, scale: float) -> float:
    (x, y), (dx, dy) = (at[0] - a[0], at[1] - a[1]), (b[0] - a[0], b[1] - a[1])
    x, dx = x * scale, dx * scale
    length = dx * dx + dy * dy
    along = max(0.0, min(1.0, (x * dx + y * dy) / length)) if length else 0.0
    return math.hypot(x - along * dx, y - along * dy)


@dataclass(frozen=True, slots=True)
class Frame:
    """Where things come to lie in a picture of `width` by `height`: a plane around the middle."""

    lat: float
    lon: float
    width: float
    height: float
    per_degree: float
    """Units of the picture in a degree of latitude."""

    @classmethod
    def around(cls, points: Iterable[Point], width: float, height: float, room: float) -> Frame:
        """The frame that shows all of these (longitude, latitude), with so much room around
        (0.2: a fifth more)."""
        found = list(points)
        lats = [lat for _, lat in found]
        lat = (max(lats) + min(lats)) / 2
        first = found[0][0]
        # Some islands lie on both sides of the meridian where the days begin.
        lons = [_turn(lon - first) for lon, _ in found]
        lon = first + (max(lons) + min(lons)) / 2
        wide = (max(lons) - min(lons)) * math.cos(math.radians(lat))
        high = max(lats) - min(lats)
        least = 200 / METRES_PER_DEGREE
        fit = min(width / max(wide, least), height / max(high, least)) / (1 + room)
        return cls(lat, _turn(lon), width, height, fit)

    def at(self, lon: float, lat: float) -> Point:
        east = _turn(lon - self.lon) * math.cos(math.radians(self.lat))
        return (
            round(self.width / 2 + east * self.per_degree, 1),
            round(self.height / 2 - (lat - self.lat) * self.per_degree, 1),
        )

    def length(self, metres: float) -> float:
        return round(metres / METRES_PER_DEGREE * self.per_degree, 1)

    def shows(self, at: Point) -> bool:
        return 0 <= at[0] <= self.width and 0 <= at[1] <= self.height

    def path(self, outline: Sequence[Sequence[Ring]]) -> str:
        """What the ``d`` of an SVG path says; "" for nothing."""
        parts = []
        for polygon in outline:
            for ring in polygon:
                points = [self.at(one[0], one[1]) for one in ring]
                parts.append("M" + "L".join(f"{x:g} {y:g}" for x, y in points) + "Z")
        return "".join(parts)


def _turn(degrees: float) -> float:
    return (degrees + 180) % 360 - 180
