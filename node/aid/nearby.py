"""Nearby: which cells to look up around a place, and how a distance is said.

Public places are centres of cells of resolution 8, or of 7 where somebody wants it coarser or in
a crisis. Somebody is near when the middle of their cell is, give or take the cell's own radius:
nobody knows it better than that.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal, cast

import h3

from node.aid.content_words import distance
from node.aid.territory import COARSE_RESOLUTION, PLACE_RESOLUTION, metres_between

FARTHEST_M: Final = 30_000
"""Farther than that is not nearby."""
BESIDE_M: Final = 200
"""Less than this is said without a number: places are not told so exactly."""

Column = Literal["cell", "cell_7", "cell_5"]

# How far each resolution is looked up in: some tens of cells each time.
_LEVELS: Final[tuple[tuple[float, int, Column], ...]] = (
    (2_000.0, PLACE_RESOLUTION, "cell"),
    (6_000.0, 7, "cell_7"),
    (float(FARTHEST_M), 5, "cell_5"),
)
_WIDEST: Final = 1.35  # cells differ in size over the globe, by less than this around the mean


@dataclass(frozen=True, slots=True)
class LookUp:
    column: Column
    """The proposal's own cell, or the cell of resolution 7 or 5 that holds it."""
    cells: tuple[str, ...]
    """The nearest first."""
    exact: bool
    """Whether all that these cells hold is near; otherwise the distance decides."""


def slack(resolution: int) -> float:
    """Metres that a place of this resolution may be away from its cell's middle."""
    return cast(float, h3.average_hexagon_edge_length(resolution, unit="m"))


SLACK_M: Final = round(slack(PLACE_RESOLUTION))
COARSE_SLACK_M: Final = round(slack(COARSE_RESOLUTION))


def look_up(lat: float, lon: float, metres: float) -> LookUp:
    """The cells to ask for within so many metres (at most `FARTHEST_M`) of a place."""
    return _look_up(round(lat, 5), round(lon, 5), min(max(metres, 0.0), FARTHEST_M))


@lru_cache(maxsize=512)
def _look_up(lat: float, lon: float, metres: float) -> LookUp:
    for farthest, resolution, column in _LEVELS:
        if metres > farthest:
            continue
        if resolution != PLACE_RESOLUTION:
            cells = cells_holding(lat, lon, metres + COARSE_SLACK_M, resolution)
            return LookUp(column, cells, False)
        # Each of these cells is somebody's whole place: that of its middle is known.
        fine = _around(lat, lon, metres + SLACK_M, PLACE_RESOLUTION)
        coarse = _around(lat, lon, metres + COARSE_SLACK_M, COARSE_RESOLUTION)
        # The middle of a coarse cell is that of one of the cells in it, which comes first.
        by_distance = sorted(
            [(round(at), 0, cell) for at, cell in fine]
            + [(round(at), 1, cell) for at, cell in coarse]
        )
        return LookUp(column, tuple(cell for _, _, cell in by_distance), True)
    raise AssertionError("the last level reaches farthest")


def cells_holding(lat: float, lon: float, metres: float, resolution: int) -> tuple[str, ...]:
    """All cells of a resolution that may hold a point within so many metres, nearest first."""
    found = _around(lat, lon, metres + _WIDEST * slack(resolution), resolution)
    return tuple(cell for _, cell in sorted(found))


def cell_at(cell: str, resolution: int) -> str | None:
    """The cell of a coarser resolution that holds a cell; None for no cell, or a coarser one."""
    if not cell or not h3.is_valid_cell(cell) or h3.get_resolution(cell) < resolution:
        return None
    return cast(str, h3.cell_to_parent(cell, resolution))


def is_coarse(cell: str) -> bool:
    return bool(cell) and h3.is_valid_cell(cell) and h3.get_resolution(cell) <= COARSE_RESOLUTION


def is_near(away: float, metres: float, *, coarse: bool) -> bool:
    """Whether a public place at that distance is near."""
    return away <= metres + (COARSE_SLACK_M if coarse else SLACK_M)


def away(metres: float, language: str) -> str:
    """« à 400 m », ``400 m away``; « tout près »."""
    if metres < BESIDE_M:
        return "very near" if language == "en" else "tout près"
    said = distance(round(metres), language)
    return f"{said} away" if language == "en" else f"à {said}"


def _around(lat: float, lon: float, metres: float, resolution: int) -> list[tuple[float, str]]:
    """Cells whose middle is within so many metres, with that distance."""
    # Rings are a cell's height apart, and somewhere on the globe cells are smaller than the mean.
    ring = slack(resolution) * 1.5 / _WIDEST
    rings = math.ceil(metres / ring) + 1
    here = h3.latlng_to_cell(lat, lon, resolution)
    found = []
    for cell in h3.grid_disk(here, rings):
        middle = cast(tuple[float, float], h3.cell_to_latlng(cell))
        at = metres_between((lat, lon), middle)
        if at <= metres:
            found.append((at, cast(str, cell)))
    return found
