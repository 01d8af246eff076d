"""Where: territories as sets of H3 cells, and places that never tell an address.

A territory holds every cell of resolution 9 (edges of about 200 m) that the quartier's area
touches. Cells that are not neighbours lie at least an edge apart, so two areas with less than a
street between them have cells that touch or overlap. H3 has no types: it is wrapped here.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final, cast

import h3

from node.activitypub.rejected import Rejected
from node.aid.crossing import crosses_itself
from node.errors import Invalid

RESOLUTION: Final = 9
PLACE_RESOLUTION: Final = 8
COARSE_RESOLUTION: Final = 7
MAX_CELLS: Final = 20_000
MAX_WIRE_CELLS: Final = 5_000
MAX_VERTICES: Final = 10_000
MAX_RADIUS_M: Final = 20_000

_EARTH_M: Final = 6_371_008.8
_CELL_M2: Final = 105_332.5  # average area at resolution 9
_EDGE_M: Final = 200.8  # average edge at resolution 9
_CELL_RADIUS_M: Final = 260.0  # no cell of resolution 9 has a corner farther from its centre

_TOO_LARGE = (
    "Ce territoire est trop grand pour un quartier. "
    "Choisissez un rayon de 20 km au plus, ou un polygone plus petit."
)

Vector = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Place:
    """A public place: the centre of an H3 cell and the cell's radius in metres."""

    lat: float
    lon: float
    radius_m: int
    cell: str


def public_place(lat: float, lon: float, resolution: int = PLACE_RESOLUTION) -> Place:
    """The cell that holds the point, never the point itself: 8 by default, 7 in a crisis."""
    cell = cast(str, h3.latlng_to_cell(lat, lon, resolution))
    at = cast(tuple[float, float], h3.cell_to_latlng(cell))
    radius = round(h3.average_hexagon_edge_length(resolution, unit="m"))
    return Place(round(at[0], 6), round(at[1], 6), radius, cell)


def place_of(cell: str) -> Place | None:
    """The public place that a cell is; None for anything else."""
    if len(cell) != 15 or not h3.is_valid_cell(cell):
        return None
    resolution = h3.get_resolution(cell)
    if resolution not in (COARSE_RESOLUTION, PLACE_RESOLUTION):
        return None
    at = cast(tuple[float, float], h3.cell_to_latlng(cell))
    return public_place(*at, resolution)


def metres_between(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Great-circle distance of two (latitude, longitude)."""
    return _arc(_vector(*a), _vector(*b))


@dataclass(frozen=True, slots=True)
class Territory:
    cells: frozenset[str]
    """Cells of resolution 9, at least one, at most `MAX_CELLS`."""

    @classmethod
    def from_circle(cls, lat: float, lon: float, radius_m: float) -> Territory:
        """All cells that meet the disc. Raises Invalid when it is too large."""
        if not 0 < radius_m <= MAX_RADIUS_M:
            raise Invalid("Le rayon du quartier doit être compris entre 1 et 20 000 mètres.")
        # the polygon goes around the disc, so that no cell at its edge is forgotten
        ring = _circle(lat, lon, radius_m / math.cos(math.pi / 96), 96)
        return cls._bounded([h3.LatLngPoly(ring)])

    @classmethod
    def from_geojson(cls, document: Mapping[str, object], *, simple: bool = False) -> Territory:
        """All cells that meet a Polygon, MultiPolygon, Feature or FeatureCollection (RFC 7946).

        Raises Invalid, in plain words, when it is none of these or too large; with `simple`, also
        when an outline crosses itself.
        """
        polygons = list(_polygons(document, 0))
        if not polygons:
            raise Invalid(
                "Ce GeoJSON ne contient aucun polygone. Dessinez le contour du quartier "
                "(Polygon ou MultiPolygon) et enregistrez-le à nouveau."
            )
        vertices, area, length = 0, 0.0, 0.0
        for rings in polygons:
            for ring in rings:
                vertices += len(ring)
                area += _area(ring)
                length += sum(metres_between(a, b) for a, b in pairwise(ring))
                # a ring that crosses itself may have no net area and still cover a country
                if max(metres_between(ring[0], point) for point in ring) > 10 * MAX_RADIUS_M:
                    raise Invalid(_TOO_LARGE)
        if vertices > MAX_VERTICES or area > MAX_CELLS * _CELL_M2 or length > MAX_CELLS * _EDGE_M:
            raise Invalid(_TOO_LARGE)
        if simple and any(crosses_itself(ring) for rings in polygons for ring in rings):
            raise Invalid(
                "Ce contour se croise lui-même. Faites le tour du quartier dans un seul sens, sans "
                "repasser par-dessus."
            )
        return cls._bounded([h3.LatLngPoly(rings[0], *rings[1:]) for rings in polygons])

    @classmethod
    def _bounded(cls, shapes: Iterable[object]) -> Territory:
        cells: set[str] = set()
        for shape in shapes:
            cells.update(h3.h3shape_to_cells_experimental(shape, RESOLUTION, "overlap"))
            if len(cells) > MAX_CELLS:
                raise Invalid(_TOO_LARGE)
        if not cells:
            raise Invalid("Ce contour ne couvre aucune surface : vérifiez ses coordonnées.")
        return cls(frozenset(cells))

    def encode(self) -> str:
        """Compacted cells in order, with one space between: the form on the wire and in the store.

        Raises Invalid when more than `MAX_WIRE_CELLS` remain.
        """
        compact = sorted(h3.compact_cells(self.cells))
        if len(compact) > MAX_WIRE_CELLS:
            raise Invalid(
                "Le contour de ce territoire est trop découpé. Simplifiez le polygone du quartier."
            )
        return " ".join(compact)

    @classmethod
    def decode(cls, written: str | Sequence[object]) -> Territory | Rejected:
        """What `encode` wrote, or the same as a list of cells, from anyone.

        Bounded before anything is unpacked.
        """
        if isinstance(written, str) and len(written) > MAX_WIRE_CELLS * 17:
            return Rejected("territory: too long")
        compact = written.split() if isinstance(written, str) else written
        if not 0 < len(compact) <= MAX_WIRE_CELLS:
            return Rejected("territory: no cell, or too many")
        total = 0
        for cell in compact:
            if not (isinstance(cell, str) and len(cell) == 15 and h3.is_valid_cell(cell)):
                return Rejected("territory: not an H3 cell")
            resolution = h3.get_resolution(cell)
            if resolution > RESOLUTION:
                return Rejected("territory: cells finer than resolution 9")
            total += h3.cell_to_children_size(cell, RESOLUTION)
            if total > MAX_CELLS:
                return Rejected("territory: too large")
        return cls(frozenset(h3.uncompact_cells(compact, RESOLUTION)))

    def centre(self) -> tuple[float, float]:
        """(latitude, longitude) of the middle of the cells."""
        x, y, z = _extent(self)[0]
        return (
            round(math.degrees(math.asin(max(-1.0, min(1.0, z)))), 6),
            round(math.degrees(math.atan2(y, x)), 6),
        )

    def outline(self) -> list[list[list[list[float]]]]:
        """Polygons, each of rings, each of [longitude, latitude]: a GeoJSON MultiPolygon's
        coordinates. Outer rings go counterclockwise, holes clockwise (RFC 7946 §3.1.6)."""
        found = h3.cells_to_geo(self.cells, tight=False)
        polygons = cast(list[list[list[tuple[float, float]]]], found["coordinates"])
        return [
            [[[round(lon, 6), round(lat, 6)] for lon, lat in ring] for ring in polygon]
            for polygon in polygons
        ]

    def around(self, steps: int) -> dict[str, list[tuple[float, float]]]:
        """Its cells and those within so many steps of them, each with its corners."""
        found: set[str] = set()
        for cell in self.cells:
            found.update(h3.grid_disk(cell, steps))
        return {cell: [*h3.cell_to_boundary(cell)] for cell in sorted(found)}

    def holds(self, lat: float, lon: float) -> bool:
        """Whether a point lies in it."""
        return h3.latlng_to_cell(lat, lon, RESOLUTION) in self.cells

    def meets(self, cell: str) -> bool:
        """Whether some of a public place lies in it."""
        return not self.cells.isdisjoint(h3.cell_to_children(cell, RESOLUTION))

    def adjacent(self, other: Territory) -> bool:
        """Whether the cells of the two touch or overlap."""
        (here, radius), (there, other_radius) = _extent(self), _extent(other)
        if _arc(here, there) > radius + other_radius + 2 * _CELL_RADIUS_M:
            return False
        few, many = sorted((self.cells, other.cells), key=len)
        if not few.isdisjoint(many):
            return True
        return any(not many.isdisjoint(h3.grid_disk(cell, 1)) for cell in few)

    def within(self, lat: float, lon: float, metres: float) -> bool:
        """Whether the territory comes within so many metres of the place."""
        at = _vector(lat, lon)
        middle, radius = _extent(self)
        if _arc(middle, at) > radius + metres:
            return False
        if self.holds(lat, lon):
            return True
        for cell in self.cells:
            away = _arc(at, _vector(*h3.cell_to_latlng(cell)))
            if away <= metres:
                return True
            if away <= metres + _CELL_RADIUS_M and _to_border(cell, lat, lon) <= metres:
                return True
        return False


@lru_cache(maxsize=256)
def _extent(territory: Territory) -> tuple[Vector, float]:
    """The middle as a unit vector, and how far in metres the farthest corner may be from it."""
    vectors = [_vector(*h3.cell_to_latlng(cell)) for cell in territory.cells]
    x, y, z = (sum(axis) for axis in zip(*vectors, strict=True))
    norm = math.sqrt(x * x + y * y + z * z) or 1.0
    middle = (x / norm, y / norm, z / norm)
    return middle, max(_arc(middle, v) for v in vectors) + _CELL_RADIUS_M


def _vector(lat: float, lon: float) -> Vector:
    phi, lam = math.radians(lat), math.radians(lon)
    return math.cos(phi) * math.cos(lam), math.cos(phi) * math.sin(lam), math.sin(phi)


def _arc(a: Vector, b: Vector) -> float:
    """Metres along the sphere, by the chord: exact for short distances too."""
    return 2 * _EARTH_M * math.asin(min(1.0, math.dist(a, b) / 2))


def _to_border(cell: str, lat: float, lon: float) -> float:
    """Metres from a place outside the cell to its border, on the plane around the place."""
    scale = math.cos(math.radians(lat))
    corners = [
        (
            math.radians((c_lon - lon + 180) % 360 - 180) * scale * _EARTH_M,
            math.radians(c_lat - lat) * _EARTH_M,
        )
        for c_lat, c_lon in h3.cell_to_boundary(cell)
    ]
    return min(_to_segment(a, b) for a, b in zip(corners, corners[1:] + corners[:1], strict=True))


def _to_segment(a: tuple[float, float], b: tuple[float, float]) -> float:
    (ax, ay), (dx, dy) = a, (b[0] - a[0], b[1] - a[1])
    along = max(0.0, min(1.0, -(ax * dx + ay * dy) / (dx * dx + dy * dy)))
    return math.hypot(ax + along * dx, ay + along * dy)


def _circle(lat: float, lon: float, radius_m: float, corners: int) -> list[tuple[float, float]]:
    """Points at the distance on the sphere, all around."""
    phi, arc = math.radians(lat), radius_m / _EARTH_M
    ring = []
    for i in range(corners):
        bearing = 2 * math.pi * i / corners
        to = math.asin(
            math.sin(phi) * math.cos(arc) + math.cos(phi) * math.sin(arc) * math.cos(bearing)
        )
        east = math.atan2(
            math.sin(bearing) * math.sin(arc) * math.cos(phi),
            math.cos(arc) - math.sin(phi) * math.sin(to),
        )
        ring.append((math.degrees(to), (lon + math.degrees(east) + 180) % 360 - 180))
    return ring


def _area(ring: list[tuple[float, float]]) -> float:
    """Square metres, roughly: enough to refuse a country."""
    total = 0.0
    for (lat1, lon1), (lat2, lon2) in zip(ring, ring[1:] + ring[:1], strict=True):
        turn = (lon2 - lon1 + 180) % 360 - 180
        total += math.radians(turn) * (
            2 + math.sin(math.radians(lat1)) + math.sin(math.radians(lat2))
        )
    return abs(total) * _EARTH_M * _EARTH_M / 2


Rings = list[list[tuple[float, float]]]


def _polygons(document: object, depth: int) -> Iterable[Rings]:
    if not isinstance(document, Mapping) or depth > 3:
        return
    coordinates = document.get("coordinates")
    match document.get("type"):
        case "Polygon" if isinstance(coordinates, list):
            yield _rings(coordinates)
        case "MultiPolygon" if isinstance(coordinates, list):
            for polygon in coordinates:
                yield _rings(polygon)
        case "Feature":
            yield from _polygons(document.get("geometry"), depth + 1)
        case "FeatureCollection" if isinstance(document.get("features"), list):
            for feature in document["features"]:
                yield from _polygons(feature, depth + 1)
        case _:
            return


def _rings(polygon: object) -> Rings:
    """GeoJSON writes longitude first."""
    rings: Rings = []
    try:
        for ring in cast(list[list[list[float]]], polygon):
            points = [(float(p[1]), float(p[0])) for p in ring]
            if len(points) < 3 or not all(
                -90 <= lat <= 90 and -180 <= lon <= 180 for lat, lon in points
            ):
                raise ValueError
            rings.append(points)
    except (TypeError, ValueError, IndexError, KeyError, OverflowError):
        rings = []
    if not rings:
        raise Invalid(
            "Ce GeoJSON est abîmé : chaque contour est une liste d’au moins trois points "
            "[longitude, latitude] en degrés."
        )
    return rings
