"""A territory as a picture that needs no map: its outline, in the proportions of the ground."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, radians

from node.aid.territory import Territory

SIDE = 1_000.0


@dataclass(frozen=True, slots=True)
class Drawing:
    width: float
    height: float
    path: str
    """Of an SVG ``path``."""
    outline: list[list[list[list[float]]]]
    """Coordinates of a MultiPolygon, [longitude, latitude]."""


def drawing(territory: Territory) -> Drawing:
    outline = territory.outline()
    points = [point for polygon in outline for ring in polygon for point in ring]
    west, east = min(p[0] for p in points), max(p[0] for p in points)
    south, north = min(p[1] for p in points), max(p[1] for p in points)
    narrow = cos(radians((south + north) / 2))
    scale = SIDE / max((east - west) * narrow, north - south)
    parts = []
    for polygon in outline:
        for ring in polygon:
            placed = [
                f"{(lon - west) * narrow * scale:.0f} {(north - lat) * scale:.0f}"
                for lon, lat in ring
            ]
            parts.append("M" + "L".join(placed) + "Z")
    return Drawing((east - west) * narrow * scale, (north - south) * scale, "".join(parts), outline)
