"""Territories, places and reach, with the real quartiers of Lyon."""

from __future__ import annotations

import math
from typing import Any

import h3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from node.activitypub.rejected import Rejected
from node.aid.proposals import Reach
from node.aid.reach import in_reach
from node.aid.territory import (
    MAX_CELLS,
    Territory,
    metres_between,
    public_place,
)
from node.errors import Invalid
from tests.ending import ends

CROIX_ROUSSE = (45.774, 4.828)
PRESQU_ILE = (45.760, 4.833)
GUILLOTIERE = (45.7525, 4.8440)


def square(lat: float, lon: float, side: float) -> dict[str, Any]:
    ring = [[lon, lat], [lon + side, lat], [lon + side, lat + side], [lon, lat + side], [lon, lat]]
    return {"type": "Polygon", "coordinates": [ring]}


def away(lat: float, lon: float, metres: float, bearing: float) -> tuple[float, float]:
    """A place so far away, on the plane: good for a few kilometres."""
    north, east = metres * math.cos(bearing), metres * math.sin(bearing)
    return (
        lat + math.degrees(north / 6_371_008.8),
        lon + math.degrees(east / 6_371_008.8 / math.cos(math.radians(lat))),
    )


def test_a_circle_holds_every_cell_that_it_meets() -> None:
    """Every point of the disc, at its very edge too, lies in a cell of the territory."""
    quartier = Territory.from_circle(*CROIX_ROUSSE, 800)
    for step in range(720):
        for metres in (1, 400, 799.9):
            point = away(*CROIX_ROUSSE, metres, math.radians(step / 2))
            assert h3.latlng_to_cell(*point, 9) in quartier.cells


@given(
    bearing=st.floats(0, 2 * math.pi),
    radius=st.floats(100, 2000),
    other=st.floats(100, 2000),
    gap=st.floats(-150, 100),
)
@settings(max_examples=60, deadline=None)
def test_circles_with_a_street_between_them_touch(
    bearing: float, radius: float, other: float, gap: float
) -> None:
    """Two quartiers whose edges are a street apart are adjacent, whatever their shapes."""
    here = Territory.from_circle(*CROIX_ROUSSE, radius)
    there = Territory.from_circle(*away(*CROIX_ROUSSE, radius + other + gap, bearing), other)
    assert here.adjacent(there)
    assert there.adjacent(here)


@given(bearing=st.floats(0, 2 * math.pi), radius=st.floats(100, 2000))
@settings(max_examples=40, deadline=None)
def test_circles_far_apart_do_not_touch(bearing: float, radius: float) -> None:
    """More than four cells' width between the edges is no adjacency."""
    here = Territory.from_circle(*CROIX_ROUSSE, radius)
    there = Territory.from_circle(*away(*CROIX_ROUSSE, 2 * radius + 1700, bearing), radius)
    assert not here.adjacent(there)


def test_the_quartiers_of_the_demo_are_a_chain() -> None:
    """Croix-Rousse touches Presqu'île, which touches Guillotière; the ends do not touch."""
    first, second, third = (
        Territory.from_circle(*place, 800) for place in (CROIX_ROUSSE, PRESQU_ILE, GUILLOTIERE)
    )
    assert first.adjacent(second)
    assert second.adjacent(third)
    assert not first.adjacent(third)


def test_a_circle_over_the_antimeridian_is_one_territory() -> None:
    """Where longitudes wrap around, a territory has its middle where it should."""
    quartier = Territory.from_circle(-17.0, 179.999, 1000)
    lat, lon = quartier.centre()
    assert metres_between((lat, lon), (-17.0, 179.999)) < 300
    assert quartier.within(-17.0, -179.995, 500)


def test_the_largest_circle_is_bounded() -> None:
    """Twenty kilometres fit the bounds of memory and of the wire."""
    with ends():
        wide = Territory.from_circle(*CROIX_ROUSSE, 20_000)
    other = Territory.from_circle(45.77, 5.36, 20_000)
    assert not wide.adjacent(other)
    assert not wide.within(45.774, 5.2, 100)
    assert len(wide.cells) <= MAX_CELLS
    assert Territory.decode(wide.encode()) == wide


@pytest.mark.parametrize("radius", [0, -5, 20_001, float("nan"), float("inf")])
def test_circles_that_are_none(radius: float) -> None:
    """A radius that is no quartier's is refused with words."""
    with pytest.raises(Invalid):
        Territory.from_circle(*CROIX_ROUSSE, radius)


def test_geojson_of_every_kind_gives_the_same_cells() -> None:
    """Polygon, MultiPolygon, Feature and FeatureCollection of one shape are one territory."""
    polygon = square(45.77, 4.82, 0.01)
    feature = {"type": "Feature", "geometry": polygon, "properties": {}}
    multi = {"type": "MultiPolygon", "coordinates": [polygon["coordinates"]]}
    shapes = [polygon, multi, feature, {"type": "FeatureCollection", "features": [feature]}]
    territories = {Territory.from_geojson(shape) for shape in shapes}
    assert len(territories) == 1
    found = territories.pop()
    for corner in polygon["coordinates"][0]:
        assert h3.latlng_to_cell(corner[1], corner[0], 9) in found.cells


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"type": "Point", "coordinates": [4.8, 45.7]},
        {"type": "Polygon", "coordinates": "x"},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [[[4.8, 45.7], [4.9, 45.7]]]},
        {"type": "Polygon", "coordinates": [[[4.8], [4.9], [5.0]]]},
        {"type": "Polygon", "coordinates": [[[400, 45], [4.9, 45.7], [4.9, 45.8]]]},
        {"type": "Polygon", "coordinates": [[["a", 45], [4.9, 45.7], [4.9, 45.8]]]},
        {"type": "MultiPolygon", "coordinates": [None]},
        {"type": "FeatureCollection", "features": []},
        square(0.0, 0.0, 20.0),
        # crosses itself, so that its two halves cancel out
        {"type": "Polygon", "coordinates": [[[0, 0], [10, 10], [10, 0], [0, 10], [0, 0]]]},
        {"type": "Polygon", "coordinates": [[[4.8 + i % 2 / 100, 45.7] for i in range(10_001)]]},
    ],
)
def test_geojson_that_is_no_quartier(document: dict[str, Any]) -> None:
    """Broken, empty and country-sized outlines are refused quickly, with words."""
    with ends(), pytest.raises(Invalid):
        Territory.from_geojson(document)


def test_a_territory_travels_as_compact_cells() -> None:
    """What is written is read back, from the text and from a list."""
    quartier = Territory.from_circle(*PRESQU_ILE, 1500)
    text = quartier.encode()
    assert len(text.split()) < len(quartier.cells)
    assert Territory.decode(text) == quartier
    assert Territory.decode(text.split()) == quartier


@pytest.mark.parametrize(
    "written",
    [
        "",
        "zzz",
        "8001fffffffffff",  # resolution 0: five million cells of a quartier
        "8a1f9a2f6b5ffff",  # too fine
        "x" * 200_000,
        ["891f90ab6c3ffff", 7],
        [{"id": "x"}],
        " ".join(["891f90ab6c3ffff"] * 5001),
    ],
)
def test_hostile_territories_are_refused_before_they_are_unpacked(written: Any) -> None:
    """Nonsense from another node is a value, and costs nothing."""
    with ends():
        assert isinstance(Territory.decode(written), Rejected)


@given(metres=st.floats(0, 4000), bearing=st.floats(0, 2 * math.pi))
@settings(max_examples=60, deadline=None)
def test_within_is_the_distance_to_the_nearest_border(metres: float, bearing: float) -> None:
    """A territory comes within its distance from the place, and not within much less."""
    quartier = Territory.from_circle(*CROIX_ROUSSE, 500)
    place = away(*CROIX_ROUSSE, 500 + metres, bearing)
    assert quartier.within(*place, metres + 2)
    if metres > 600:  # cells reach at most their width beyond the disc
        assert not quartier.within(*place, metres - 500)


def test_a_place_is_a_cell() -> None:
    """Resolution 8 by default, 7 when the person asks; never finer than asked."""
    fine, coarse = public_place(45.7745, 4.8278), public_place(45.7745, 4.8278, 7)
    assert (fine.radius_m, coarse.radius_m) == (531, 1406)
    assert h3.get_resolution(fine.cell) == 8
    assert h3.cell_to_parent(fine.cell, 7) == coarse.cell


def test_reach() -> None:
    """Each reach has its own rule, home always shows, and the unknown is out of reach."""
    home, near, far = (
        Territory.from_circle(*place, 800) for place in (CROIX_ROUSSE, PRESQU_ILE, GUILLOTIERE)
    )
    place = public_place(*CROIX_ROUSSE)

    def reached(reach: Reach, candidate: Territory | None, **changes: Any) -> bool:
        given = {"place": place, "reach_m": 2000, "origin_territory": home, "home": False}
        return in_reach(reach, candidate=candidate, **{**given, **changes})

    assert [reached(reach, near) for reach in Reach] == [False, True, True]
    assert [reached(reach, far) for reach in Reach] == [False, False, True]
    assert [reached(reach, home, home=True) for reach in Reach] == [True, True, True]
    assert not reached(Reach.ADJACENT, near, origin_territory=None)
    assert not reached(Reach.WIDE, near, place=None)
    assert not reached(Reach.WIDE, near, reach_m=None)
    assert not reached(Reach.WIDE, far, reach_m=100)
    assert [reached(reach, None) for reach in Reach] == [False, False, False]
