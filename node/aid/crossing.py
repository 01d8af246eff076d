"""Whether an outline crosses itself: what is inside of such a one nobody can tell."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

Point = tuple[float, float]
Line = tuple[Point, Point]


def crosses_itself(ring: Sequence[Point]) -> bool:
    """Of points in order around; the last one may be the first again. Lines that only touch, as
    careless files have them, do not cross."""
    corners = list(ring)
    if corners and corners[0] != corners[-1]:
        corners.append(corners[0])
    # From west to east, each is held against those that begin before it ends.
    lines = sorted((min(pair), max(pair)) for pair in pairwise(corners) if pair[0] != pair[1])
    for place, line in enumerate(lines):
        for other in lines[place + 1 :]:
            if other[0][0] > line[1][0]:
                break
            if _cross(line, other):
                return True
    return False


def _cross(one: Line, other: Line) -> bool:
    return (
        _side(one, other[0]) * _side(one, other[1]) < 0
        and _side(other, one[0]) * _side(other, one[1]) < 0
    )


def _side(line: Line, point: Point) -> int:
    (ax, ay), (bx, by) = line
    turn = (bx - ax) * (point[1] - ay) - (by - ay) * (point[0] - ax)
    return (turn > 0) - (turn < 0)
