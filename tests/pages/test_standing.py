"""The standing texts: who we are, one's data, accessibility, the source; and somebody's page."""

from __future__ import annotations

import io
import tarfile
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from node.actions.house import set_texts
from node.config import build
from node.errors import ConfigError
from tests.databases import new_sqlite
from tests.pages.reading import reader
from tests.serving import Serving, serving

pytestmark = pytest.mark.asyncio(loop_scope="module")
NODE = {
    "name": "Croix-Rousse",
    "contact_email": "bonjour@asso.example",
    "rules": ["On se dit bonjour.", "On rend ce qu’on emprunte."],
}
RETENTION = {"closed_proposals_days": 200, "join_requests_days": 1}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def node(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Serving]:
    directory: Path = tmp_path_factory.mktemp("standing")
    tables: dict[str, Mapping[str, Any]] = {
        "node": NODE,
        "retention": RETENTION,
        "map": {"tiles": "https://{s}.tuiles.example/{z}/{x}/{y}.png"},
    }
    async with serving(new_sqlite(directory), directory, **tables) as serving_node:
        yield serving_node


async def test_the_associations_own_words_stand_first(tmp_path: Path) -> None:
    """What the desk wrote: who we are, how to reach us by telephone and where; for everybody."""
    async with serving(new_sqlite(tmp_path), tmp_path, node=NODE) as own:
        admin = await own.account("alma", role="admin")
        given = {
            "description": "Les voisins de la place.\n\n<b>Venez !</b>",
            "contact_email": "place@asso.example",
            "phone": "04 78 00 00 00",
            "hours": "Le mardi de 14 h à 18 h",
            "address": "3, place Bellevue",
            "welcome": "",
        }
        await own.store.write(set_texts, own.here, admin, given, ["On frappe avant d’entrer."])
        author = await own.account("amina")
        number = (await own.publish(author, title="Des courses")).rsplit("/", 1)[1]
        async with reader(own) as r:
            page = await r.get("/about")
            for said in ("<b>Venez !</b>", given["hours"], given["address"], "On frappe"):
                assert said in page.text
            assert page.links["04 78 00 00 00"] == "tel:0478000000"
            assert page.links["place@asso.example"] == "mailto:place@asso.example"
            assert "On se dit bonjour." not in page.text
            page = await r.get(f"/answer/{number}")
            assert page.links["04 78 00 00 00"] == "tel:0478000000"
            assert "place@asso.example" in (await r.get("/accessibility")).links


async def test_who_we_are(node: Serving) -> None:
    """The rules, how to reach the association, the neighbours, the licence and the source."""
    async with reader(node) as r:
        page = await r.get("/about")
        assert page.h1 == "Croix-Rousse"
        for said in (*NODE["rules"], "Aucun pour le moment.", "GNU AGPL", "appelez le 112"):
            assert said in page.text
        assert page.links["bonjour@asso.example"] == "mailto:bonjour@asso.example"
        assert page.soup.select_one("#contact") is not None
        assert page.links["Rejoindre le quartier"] == "/join"


async def test_the_source_is_the_program_that_runs(node: Serving) -> None:
    """Its licence, its pages, its templates; and nothing of the node's own data."""
    async with reader(node) as r:
        got = await r.session.get(f"{node.base}/source.tar.gz")
        assert got.status == 200
        body = await got.read()
    with tarfile.open(fileobj=io.BytesIO(body)) as archive:
        names = [name.split("/", 1)[1] for name in archive.getnames()]
        program = archive.extractfile(next(n for n in archive.getnames() if "web/qr.py" in n))
        assert program is not None
        source = Path(__file__).parents[2] / "node" / "web" / "qr.py"
        assert program.read() == source.read_bytes()
    assert {"LICENSE", "pyproject.toml", "node/web/templates/base.html"} <= set(names)
    assert not [name for name in names if name.endswith((".pyc", ".sqlite3", ".toml.bak"))]


async def test_what_is_kept_is_told_from_the_settings(node: Serving) -> None:
    """How long, by whom it is seen, what leaves, which rights; with the right plural."""
    async with reader(node) as r:
        page = await r.get("/privacy")
        assert page.h1 == "Vos données"
        for said in (
            "Effacées 200 jours après la fin.",
            "Effacée 1 jour après la réponse.",
            "Le fond de la carte vient de tuiles.example",
            "jamais votre adresse",
        ):
            assert said in page.text
        assert page.links["Voir et emporter vos données"] == "/me/data"
        assert "service de courrier" not in page.text  # none is set
    async with reader(node, language="en") as abroad:
        page = await abroad.get("/privacy")
        assert "Erased 200 days after its end." in page.text
        assert "Erased 1 day after the answer." in page.text


async def test_the_accessibility_statement_says_what_is_known(
    node: Serving, tmp_path: Path
) -> None:
    """In the structure of the model. Without an audit it is « non conforme », also in the foot of
    each page; with one, what the audit says."""
    structure = [
        "État de conformité",
        "Résultats des tests",
        "Contenus non accessibles",
        "Établissement de cette déclaration d’accessibilité",
        "Retour d’information et contact",
        "Voies de recours",
    ]
    async with reader(node) as r:
        page = await r.get("/accessibility")
        assert [one.get_text() for one in page.soup.select("main h2")] == structure
        assert "non conforme" in page.text
        assert "Aucun audit de conformité au RGAA n’a été réalisé." in page.text
        assert "Accessibilité\N{NO-BREAK SPACE}: non conforme" in (await r.get("/about")).html
        assert "bonjour@asso.example" in page.links
    audit = {
        "entity": "Les Voisins",
        "audited_on": "2027-03-01",
        "audited_by": "Atelier Accessible",
        "percent": 92,
        "failings": ["La vidéo d’accueil n’a pas de sous-titres."],
    }
    async with (
        serving(new_sqlite(tmp_path), tmp_path, accessibility=audit) as audited,
        reader(audited) as r,
    ):
        page = await r.get("/accessibility")
        assert "partiellement conforme" in page.text
        assert "réalisé par Atelier Accessible le 1 mars 2027 révèle que 92 %" in page.text
        assert "La vidéo d’accueil n’a pas de sous-titres." in page.text
        assert "Accessibilité\N{NO-BREAK SPACE}: partiellement conforme" in page.html


@pytest.mark.parametrize(
    "wrong", [{"audited_on": "hier"}, {"percent": 101}, {"percent": -1}, {"audit": "oui"}]
)
async def test_what_cannot_be_stated_is_told_at_start(wrong: dict[str, object]) -> None:
    place = {"domain": "a.example", "name": "A", "latitude": 45.0, "longitude": 4.0}
    with pytest.raises(ConfigError):
        build({"node": place, "accessibility": wrong}, environment={})


async def test_somebodys_page_lists_what_they_ask_and_offer(node: Serving) -> None:
    """With what they are; older announcements on further pages; hashtags likewise."""
    author = await node.account("amina", kind="association")
    for number in range(42):
        await node.publish(author, title=f"Annonce {number}", text="#bricole")
    async with reader(node) as r:
        page = await r.get("/@amina")
        assert page.h1 == "Amina"
        assert "Association" in page.text
        assert len(page.soup.select(".card")) == 40
        page = await r.get(page.links["Plus anciennes"])
        assert [one.get_text() for one in page.soup.select(".card h3")] == [
            "Annonce 1",
            "Annonce 0",
        ]
        page = await r.get("/tags/Demande")
        assert page.h1 == "#demande"
        assert len(page.soup.select(".card")) == 40
        assert len((await r.get(page.links["Plus anciennes"])).soup.select(".card")) == 2
