"""The quartier's own affairs, by pages without a script: where it lies, what it says of itself,
which topics it has."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from io import BytesIO

import pytest
import pytest_asyncio
from PIL import Image

from node.social.accounts import Actor
from node.store import actors
from tests.databases import new_sqlite
from tests.pages.reading import Read, one, reader
from tests.serving import Serving, serving

pytestmark = pytest.mark.asyncio(loop_scope="module")

SQUARE = {
    "type": "Polygon",
    "coordinates": [[[4.82, 45.77], [4.835, 45.77], [4.835, 45.78], [4.82, 45.78], [4.82, 45.77]]],
}
BOW = {
    "type": "Polygon",
    "coordinates": [[[4.82, 45.77], [4.835, 45.78], [4.835, 45.77], [4.82, 45.78], [4.82, 45.77]]],
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def here(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Serving]:
    directory = tmp_path_factory.mktemp("here")
    async with serving(new_sqlite(directory), directory) as running:
        await running.account("alma", role="admin")
        yield running


def mark(page: Read) -> str:
    return str(one(page.soup, "main input[name=_form]")["value"])


async def test_where_it_lies_is_looked_at_before_it_counts(here: Serving) -> None:
    """A circle, a file, and back to the settings; the running node follows at once."""
    before = here.here.territory
    async with reader(here, await admin(here, "alma")) as alma:
        page = await alma.get("/desk/territory")
        assert page.soup.select("svg path")
        given = {"_form": mark(page), "lat": "45,774", "lon": "4.828", "radius": "500"}
        for wrong in ({"lat": "nord"}, {"radius": "99999999"}, {"lat": "900"}, {"geojson": "[1"}):
            told = await alma.post("/desk/territory/look", given | wrong)
            assert told.status == 422
            assert told.soup.select_one("#f-lon[value='4.828']")
        told = await alma.post("/desk/territory/look", given | {"geojson": json.dumps(BOW)})
        assert "se croise lui-même" in told.problems[0]
        cells = json.loads((await alma.get("/desk/territory/cells.json")).html)
        ours = [one["cell"] for one in cells if one["ours"]]
        assert set(ours) == before.cells
        assert len(cells) > len(ours)
        form = {"_form": mark(page)}
        none = await alma.post("/desk/territory/look", form | {"cells": ""})
        assert none.status == 422
        fewer = await alma.post("/desk/territory/look", form | {"cells": " ".join(ours[:9])})
        assert "Environ 0,9 km²" in fewer.text
        page = await alma.post("/desk/territory/look", given)
        assert "Voici ce que ce serait" in page.text
        page = await alma.post("/desk/territory/look", given | {"geojson": json.dumps(SQUARE)})
        assert "Voici ce que ce serait" in page.text
        assert here.here.territory == before
        page = await alma.press(page, "C’est bien notre quartier")
        assert "les voisins le sauront" in page.notice
        assert here.here.territory != before
        document = await alma.get("/quartier", headers={"Accept": "application/activity+json"})
        assert here.here.territory.encode().split()[0] in document.html
        page = await alma.press(page, "Reprendre ce que dit le fichier de réglages")
        assert here.here.territory == before
        forged = await alma.post("/desk/territory", {"_form": mark(page)})
        assert forged.status == 422


async def test_what_is_said_of_the_quartier_is_read_everywhere(
    here: Serving,
) -> None:
    """Description, rules and telephone: on the pages, and by apps."""
    async with reader(here, await admin(here, "alma")) as alma, reader(here) as stranger:
        page = await alma.get("/desk/texts")
        wrong = await alma.submit(page, "/desk/texts", contact_email="nulle part")
        assert wrong.status == 422
        page = await alma.submit(
            wrong,
            "/desk/texts",
            description="Une association de voisins.",
            rules="On se dit bonjour.\n\nOn rend ce qu’on emprunte.",
            phone="04 78 00 00 00",
            contact_email="voisins@example.org",
        )
        assert page.notice == "C’est enregistré."
        about = await stranger.get("/about")
        for words in (
            "Une association de voisins.",
            "On rend ce qu’on emprunte.",
            "04 78 00 00 00",
        ):
            assert words in about.text
        rules = json.loads((await stranger.get("/api/v1/instance/rules")).html)
        assert [one["text"] for one in rules] == [
            "On se dit bonjour.",
            "On rend ce qu’on emprunte.",
        ]
        assert "On se dit bonjour." in (await stranger.get("/join")).text


async def test_topics_figures_and_health(here: Serving) -> None:
    """A topic that is not had here is not offered; small figures are not told; the state of each
    thing is a word."""
    async with reader(here, await admin(here, "alma")) as alma:
        page = await alma.get("/desk/topics")
        shown = [str(one["value"]) for one in page.soup.select("input[name=shown]")]
        page = await alma.submit(
            page, "/desk/topics", shown=[one for one in shown if one != "lending.tools"]
        )
        assert page.notice == "C’est enregistré."
        assert "Prêt d’outils" not in (await alma.get("/ask")).text.replace("'", "’")
        figures = await alma.get("/desk/figures?days=90")
        assert "moins de 5" in figures.text
        table = await alma.get("/desk/figures.csv?days=90")
        assert table.headers["Content-Type"].startswith("text/csv")
        page = await alma.get("/desk/health")
        assert "✓ bien" in page.text
        page = await alma.get("/desk/mail")
        assert "n’envoie pas encore de lettres" in page.text
        refused = await alma.post("/desk/mail", {"_form": "x"})
        assert refused.status == 403


async def test_a_picture_of_the_quartier(here: Serving) -> None:
    """It is what others know it by; what is no picture is refused; it can be taken away."""
    out = BytesIO()
    Image.new("RGB", (40, 30), "green").save(out, "PNG")
    async with reader(here, await admin(here, "alma")) as alma:
        page = await alma.get("/desk/texts")
        wrong = await alma.submit(
            page, "/desk/texts/picture", picture=("mot.png", b"rien", "image/png")
        )
        assert wrong.status == 422
        page = await alma.submit(
            wrong, "/desk/texts/picture", picture=("rue.png", out.getvalue(), "image/png")
        )
        assert page.notice == "L’image du quartier est changée."
        shown = str(one(page.soup, "main img.portrait")["src"])
        assert (await alma.get(shown)).status == 200
        told = await alma.get("/quartier", headers={"Accept": "application/activity+json"})
        assert shown in json.loads(told.html)["icon"]["url"]
        page = await alma.press(page, "Retirer l’image")
        assert not page.soup.select("main img.portrait")


async def admin(node: Serving, name: str) -> Actor:
    found = await node.store.read(actors.local_by_username, name)
    assert found is not None
    return found
