"""The quartier's own affairs, by pages without a script: neighbours, topics, where it lies, what it
says of itself, figures, mail and health."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from node.social.accounts import Actor
from node.store import actors
from tests.databases import new_sqlite
from tests.flows.neighbourhood import until
from tests.mailbox import mailbox
from tests.nodes.quartiers import link, shows
from tests.pages.reading import reader
from tests.serving import Serving, serving

pytestmark = pytest.mark.asyncio(loop_scope="module")

SQUARE = {
    "type": "Polygon",
    "coordinates": [[[4.82, 45.77], [4.835, 45.77], [4.835, 45.78], [4.82, 45.78], [4.82, 45.77]]],
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def two(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Serving, Serving]]:
    one, other = tmp_path_factory.mktemp("one"), tmp_path_factory.mktemp("other")
    beside = {"name": "Presqu’île", "latitude": 45.760, "longitude": 4.834}
    async with (
        serving(new_sqlite(one), one) as here,
        serving(new_sqlite(other), other, node=beside) as there,
    ):
        await here.account("alma", role="admin")
        await there.account("odile", role="admin")
        yield here, there


async def test_two_admins_join_their_quartiers(two: tuple[Serving, Serving]) -> None:
    """One asks by an address, the other says yes; what is asked passes; a pause holds it back."""
    here, there = two
    alma, odile = await admin(here, "alma"), await admin(there, "odile")
    async with reader(here, alma) as ours, reader(there, odile) as theirs:
        page = await ours.get("/desk/neighbours")
        wrong = await ours.submit(page, "/desk/neighbours", address="pas une adresse")
        assert wrong.status == 422
        page = await ours.submit(wrong, "/desk/neighbours", address=there.base)
        assert page.notice == "C’est demandé : Presqu’île va répondre."
        await until(lambda: link(there, here), "asked")
        page = await theirs.get("/desk/neighbours")
        assert "Il nous demande d’être voisins." in page.text
        page = await theirs.press(page, "Devenir voisins")
        assert page.notice == "C’est fait : vous êtes voisins."
        await until(lambda: link(here, there), "joined")
        uri = await here.publish(alma, title="Une échelle")
        await until(lambda: shows(there, uri), True)

        page = await theirs.get("/desk/neighbours")
        page = await theirs.get(page.links["Choisir : Croix-Rousse"])
        assert page.h1 == "Ce que nous prenons de Croix-Rousse"
        wrong = await theirs.submit(page, button="Enregistrer", topics=None)
        assert wrong.status == 422
        page = await theirs.submit(
            page, button="Enregistrer", topics=["care"], urgency="high", review="on", per_hour="7"
        )
        assert page.notice == "C’est noté, et le voisin le sait."
        assert "une partie de ses sujets, après un regard de l’accueil" in page.text
        page = await theirs.press(page, "Mettre en pause")
        assert "En pause" in page.text
        page = await theirs.press(page, "Reprendre")
        assert page.notice == "C’est reparti."
        page = await theirs.press(page, "Ne plus être voisins")
        await until(lambda: link(here, there), "stopped")


async def test_where_it_lies_is_looked_at_before_it_counts(two: tuple[Serving, Serving]) -> None:
    """A circle, a file, and back to the settings; the running node follows at once."""
    here, _ = two
    before = here.here.territory
    async with reader(here, await admin(here, "alma")) as alma:
        page = await alma.get("/desk/territory")
        assert page.soup.select("svg path")
        mark = page.soup.select_one("main input[name=_form]")
        assert mark is not None
        given = {"_form": str(mark["value"]), "lat": "45,774", "lon": "4.828", "radius": "500"}
        for wrong in ({"lat": "nord"}, {"radius": "99999999"}, {"lat": "900"}, {"geojson": "[1"}):
            told = await alma.post("/desk/territory/look", given | wrong)
            assert told.status == 422
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


async def test_what_is_said_of_the_quartier_is_read_everywhere(
    two: tuple[Serving, Serving],
) -> None:
    """Description, rules and telephone: on the pages, and by apps."""
    here, _ = two
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


async def test_topics_figures_and_health(two: tuple[Serving, Serving]) -> None:
    """A topic that is not had here is not offered; small figures are not told; the state of each
    thing is a word."""
    here, _ = two
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


async def test_a_letter_to_oneself(tmp_path: Path) -> None:
    """Past the queue, and what the mail server said is told."""
    async with mailbox() as box:
        mail = {"host": "127.0.0.1", "port": box.port, "security": "none"}
        async with serving(new_sqlite(tmp_path), tmp_path, mail=mail) as node:
            alma = await node.account("alma", role="admin")
            async with reader(node, alma) as reads:
                page = await reads.get("/desk/mail")
                page = await reads.submit(page, "/desk/mail")
                assert "Le serveur de courrier a pris la lettre." in page.text


async def admin(node: Serving, name: str) -> Actor:
    found = await node.store.read(actors.local_by_username, name)
    assert found is not None
    return found
