"""The map without a script: a plan drawn by the node, a list that says the same, and the data for
the script."""

from __future__ import annotations

import json
import math
from pathlib import Path
from xml.etree import ElementTree

import pytest

from node.actions.outlines import Quartier
from node.aid.outlines import Frame, simplified
from node.aid.territory import Territory, public_place
from node.web.plan import HEIGHT, WIDTH, Circle, plan_of
from tests.databases import new_sqlite
from tests.pages.reading import one, reader
from tests.serving import serving

HOSTILE = "<img src=x onerror=alert(1)> & « Zoé »"
MIDDLE = (45.774, 4.828)
NORTH = (45.786, 4.828)


async def test_the_list_says_what_the_map_shows(tmp_path: Path) -> None:
    """Each place is named by distance and direction, numbered on both, and has all that is there;
    the data tells coarse places only."""
    async with serving(new_sqlite(tmp_path), tmp_path) as node:
        author = await node.account("amina")
        exact = (45.77412, 4.82834)
        await node.publish(author, title="Une soupe", place=list(exact))
        await node.publish(author, title=HOSTILE, place=list(exact))
        await node.publish(author, title="Au nord", topic="services.it", place=list(NORTH))
        async with reader(node) as r:
            page = await r.get("/map")
            spots = page.soup.select(".spots > li")
            numbers = [one.get_text() for one in page.soup.select("svg .number")]
            assert numbers == [one["data-spot"] for one in spots] == ["1", "2"]
            assert [len(one.select(".card")) for one in spots] == [2, 1]
            assert "au nord du centre" in " ".join(one(spots[1], "h3").get_text().split())
            assert HOSTILE in page.text
            assert "<img src=x" not in page.html
            assert "style=" not in page.html
            assert "45.774" not in page.html
            drawing = one(page.soup, "svg.plan")
            ElementTree.fromstring(str(drawing))
            assert drawing["role"] == "img"
            assert drawing["aria-label"]

            around = await r.get(str(one(spots[1], ".about a")["href"]))
            assert "Au nord" in around.text
            assert "du lieu choisi" in around.text

            page = await r.submit(page, "/map", q="soupe")
            assert len(page.soup.select(".card")) == 1
            source = str(one(page.soup, "#map")["data-source"])
            assert source.endswith("?q=soupe")
            data = json.loads((await r.get("/map/data.json")).html)
            assert (await r.get(source)).html.count('"cards"') == 1
        cell = public_place(*exact)
        (first, second) = data["spots"]
        assert first["at"] == [cell.lat, cell.lon] != list(exact)
        assert first["radius"] == cell.radius_m
        assert {card["title"] for card in first["cards"]} == {"Une soupe", HOSTILE}
        assert second["number"] == 2
        assert data["shapes"][0]["home"] is True
        assert data["tiles"] == ""


async def test_a_map_in_english_with_tiles(tmp_path: Path) -> None:
    """Whom the background is owed to is said as text, whatever stands in the settings."""
    card = {"tiles": "https://tiles.example/{z}/{x}/{y}.png", "attribution": "© <b>Those</b>"}
    async with serving(new_sqlite(tmp_path), tmp_path, map=card) as node:
        async with reader(node, language="en") as r:
            page = await r.get("/map")
            assert page.h1 == "The map of help"
            assert "Background map: © <b>Those</b>" in page.text
            assert "https://tiles.example" in page.headers["Content-Security-Policy"]
            data = json.loads((await r.get("/map/data.json")).html)
            assert data["tiles"] == card["tiles"]


# ── outlines and plans ───────────────────────────────────────────────────────────────────────


def _quartier(home: bool, lat: float, lon: float, radius: float) -> Quartier:
    written = Territory.from_circle(lat, lon, radius).encode()
    return Quartier("urn:x", "Ici" if home else "Là", "x.example", home, written)


def test_a_small_outline_stays_and_a_large_one_has_fewer_corners() -> None:
    small = Territory.from_circle(*MIDDLE, 800).outline()
    large = Territory.from_circle(*MIDDLE, 15_000).outline()
    kept, fewer = simplified(small), simplified(large)
    assert len(kept[0][0]) == len(small[0][0])
    assert 20 < len(fewer[0][0]) < len(large[0][0]) / 3
    assert fewer[0][0][0] == fewer[0][0][-1]
    # No corner of the large one is farther from what is left than one sees.
    wide = 30_000 / 300 / 111_195 * 1.5
    for lon, lat in large[0][0][::10]:
        assert min(math.hypot(lon - x, lat - y) for x, y in fewer[0][0]) < wide * 20
    assert simplified([]) == []


def test_a_plan_shows_ours_whole_and_what_is_near() -> None:
    ours, theirs = _quartier(True, *MIDDLE, 800), _quartier(False, 45.76, 4.834, 800)
    far = Circle(3, 48.85, 2.35, 500.0)
    plan = plan_of(
        [ours, theirs], [Circle(1, *MIDDLE, 500.0), Circle(2, *NORTH, 500.0), far], MIDDLE
    )
    assert [one.number for one in plan.circles] == [1, 2]
    assert [one.home for one in plan.shapes] == [False, True]
    corners = plan.shapes[1].path.removeprefix("M").removesuffix("Z").split("L")
    for corner in corners:
        x, y = map(float, corner.split())
        assert 0 <= x <= WIDTH
        assert 0 <= y <= HEIGHT
    assert plan.circles[0].r > 5


@pytest.mark.parametrize(("lat", "lon"), [(-16.8, 179.99), (-16.8, -179.99), (78.2, 15.6), (0, 0)])
def test_a_plan_is_drawn_anywhere(lat: float, lon: float) -> None:
    """On both sides of the meridian where the days begin, far in the north, at the equator."""
    plan = plan_of([_quartier(True, lat, lon, 1_500)], [Circle(1, lat, lon, 500.0)], (lat, lon))
    (drawn,) = plan.circles
    assert abs(drawn.x - WIDTH / 2) < 40
    assert abs(drawn.y - HEIGHT / 2) < 40
    assert plan.shapes[0].path


def test_a_frame_of_one_point() -> None:
    frame = Frame.around([(4.8, 45.7)], 400, 300, 0.2)
    assert frame.at(4.8, 45.7) == (200, 150)
    assert frame.shows(frame.at(4.8, 45.7))
