"""Topics in the association's choice, and the outlines of the quartiers, over HTTP."""

from __future__ import annotations

import itertools

import pytest

from node.activitypub.jsonld import check_safe
from node.aid.territory import Territory
from tests.flows.neighbourhood import Quartier
from tests.flows.readers import API, Reader, reader

__all__ = ["reader"]


async def test_topics_are_json_for_apps_and_skos_for_librarians(reader: Reader) -> None:
    """In the reader's language; the SKOS document by its media type, or at an address."""
    french = await reader.json(f"{API}/topics")
    english = await reader.json(f"{API}/topics", **{"Accept-Language": "en"})
    assert len(french) == len(english) == 51
    assert (french[0]["label"], english[0]["label"]) == ("Prêt d’outils", "Lending tools")
    assert english[0]["group"] == {"slug": "lending", "label": "Lending and borrowing"}
    assert french[0]["wikidata"] == "Q39546"
    skos = await reader.json(f"{API}/topics", Accept="application/ld+json")
    assert check_safe(skos) == []
    assert skos == await reader.json("/topics.jsonld")
    modes = {one["slug"]: one for one in await reader.json(f"{API}/modes")}
    assert modes["gift"]["units"][1] == {"slug": "kilogram", "label": "kilogramme"}
    assert modes["loan"]["reciprocal"] == "transferCustody"


async def test_the_association_chooses_among_the_topics(reader: Reader) -> None:
    """Some come first, some are hidden: nobody here publishes under those, and what is there, or
    comes from elsewhere, stays. Only who has the role chooses."""
    zoe, amina = (
        await reader.node.account("zoe", role="mediator"),
        await reader.node.account("amina"),
    )
    before = await reader.node.publish(amina, topic="care.visit")
    choice = {"hidden": ["care.visit"], "first": ["goods.food", "goods.books"]}
    assert (await reader.call("PUT", f"{API}/topics/choice", amina, **choice))[0] == 403
    status, told = await reader.call("PUT", f"{API}/topics/choice", zoe, **choice)
    assert status == 200
    assert [one["slug"] for one in told[:3]] == ["goods.food", "goods.books", "lending.tools"]
    shown = {one["slug"] for one in await reader.json(f"{API}/topics")}
    assert "care.visit" not in shown
    every = await reader.json(f"{API}/topics?hidden=true")
    assert [one["slug"] for one in every if one["hidden"]] == ["care.visit"]
    with pytest.raises(Exception, match="ne propose pas le sujet « Visite »"):
        await reader.node.publish(amina, topic="care.visit")
    assert (await reader.feed("/feed/care.visit.atom")).entries[0].id == before
    for senseless in ({"hidden": ["care.nothing"]}, {"hidden": ["other.other"]}):
        assert (await reader.call("PUT", f"{API}/topics/choice", zoe, **senseless))[0] == 422
    assert (await reader.call("PUT", f"{API}/topics/choice", zoe, hidden=[]))[0] == 200
    assert len(await reader.json(f"{API}/topics")) == 51


async def test_outlines_are_geojson_of_us_and_of_who_is_joined(reader: Reader) -> None:
    """RFC 7946: closed rings, the outer one counterclockwise, longitude first; the cells that an
    outline covers are the territory again."""
    async with Quartier("nadia") as presquile:
        await presquile.join(reader.node)
        status, headers, _ = await reader.get(f"{API}/territory")
        assert (status, headers["Content-Type"]) == (200, "application/geo+json")
        told = await reader.json(f"{API}/territory")
        assert told["type"] == "FeatureCollection"
        ours, theirs = told["features"]
        assert (ours["id"], ours["properties"]["home"]) == (f"{reader.node.base}/quartier", True)
        assert ours["properties"]["name"] == "Croix-Rousse"
        assert (theirs["id"], theirs["properties"]["home"]) == (presquile.quartier.id, False)
        assert theirs["properties"]["handle"] == f"quartier@{presquile.domain}"
        for feature, cells in ((ours, reader.node.here.territory.cells), (theirs, presquile.cells)):
            for polygon in feature["geometry"]["coordinates"]:
                outer, *holes = polygon
                assert outer[0] == outer[-1]
                assert turn(outer) > 0
                assert all(turn(hole) < 0 for hole in holes)
            covered = Territory.from_geojson(feature)
            assert covered.cells >= frozenset(cells)
            assert len(covered.cells) < 2 * len(cells)


def turn(ring: list[list[float]]) -> float:
    """Twice the area: above 0 when it goes counterclockwise."""
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in itertools.pairwise(ring))
