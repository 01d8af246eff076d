"""To ask and to offer, in four steps, by pages without a script."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from node.social.accounts import Actor
from node.store import proposals
from tests.flows.photographed import PHOTO
from tests.pages.reading import Read, Reader, reader
from tests.serving import Serving, serving

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass(frozen=True, slots=True)
class Town:
    node: Serving
    amina: Actor
    benoit: Actor

    async def titles(self) -> list[str]:
        found = await self.node.store.read(proposals.listed, now=self.node.here.clock.now())
        return [one.proposal.title for one in found]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def t(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    directory: Path = tmp_path_factory.mktemp("asking")
    async with serving(f"sqlite:///{directory}/node.db", directory) as node:
        yield Town(node, await node.account("amina"), await node.account("benoit"))


async def begun(
    reads: Reader, title: str, text: str = "", *, topic: str = "care.groceries"
) -> Read:
    """At the third step."""
    page = await reads.submit(await reads.get("/ask"), "/ask", topic=topic)
    assert page.h1 == "En quelques mots"
    return await reads.submit(page, button="Continuer", title=title, text=text)


async def test_four_steps_to_a_request(t: Town) -> None:
    """What it is, in words, when, and once more before it goes; then it is on the page."""
    async with reader(t.node, t.amina) as amina:
        page = await begun(amina, "Faire mes courses jeudi", "Deux sacs.\n\nMerci !")
        assert page.h1 == "Quand, et jusqu’où ?"
        page = await amina.submit(page, button="Continuer", urgency="high", reach="quartier")
        assert page.h1 == "Relire et publier"
        assert "Les quartiers voisins ne la montrent pas." in page.text
        assert "Tout le monde peut lire cette annonce sur le site de Croix-Rousse" in page.text
        page = await amina.press(page, "Publier")
        assert page.h1 == "Faire mes courses jeudi"
        assert page.notice == "C’est publié. On vous prévient dès que quelqu’un répond."
        assert "Urgent" in page.text
    async with reader(t.node) as stranger:
        front = await stranger.get("/")
        assert "Faire mes courses jeudi" in front.text


async def test_twice_is_once(t: Town) -> None:
    """A second tap, or a form that is sent again after the connection broke."""
    async with reader(t.node, t.amina) as amina:
        page = await begun(amina, "Une fois seulement")
        page = await amina.submit(page, button="Continuer")
        first = await amina.press(page, "Publier")
        again = await amina.press(page, "Publier")
        assert first.path == again.path
        assert (await t.titles()).count("Une fois seulement") == 1


async def test_what_is_begun_is_there_on_another_device(t: Town) -> None:
    """Each step is kept; one goes on, or throws it away; nobody else sees it."""
    async with reader(t.node, t.amina) as telephone:
        page = await begun(telephone, "Commencé au téléphone")
    async with reader(t.node, t.amina) as computer:
        start = await computer.get("/ask")
        assert "Commencé au téléphone" in start.links
        words = await computer.get(start.links["Commencé au téléphone"])
        title = words.soup.select_one("input[name=title]")
        assert title is not None
        assert title["value"] == "Commencé au téléphone"
        async with reader(t.node, t.benoit) as benoit:
            assert (await benoit.get(page.path)).status == 404
        thrown = await computer.press(start, "Jeter ce brouillon")
        assert thrown.notice == "Le brouillon est jeté."
        assert "Commencé au téléphone" not in (await computer.get("/ask")).text


async def test_what_is_wrong_is_told_at_its_field(t: Town) -> None:
    """Nothing chosen, no title, an end before the beginning: what was typed is still there."""
    async with reader(t.node, t.amina) as amina:
        page = await amina.get("/offer")
        page = await amina.submit(page, "/offer", topic=None)
        assert (page.status, len(page.problems)) == (422, 1)
        page = await amina.submit(page, "/offer", topic="lending.tools")
        page = await amina.submit(page, button="Continuer", title="", text="Avec ses mèches")
        assert page.status == 422
        assert "Il manque un titre" in page.problems[0]
        assert "Avec ses mèches" in page.html
        page = await amina.submit(page, button="Continuer", title="Ma perceuse")
        page = await amina.submit(
            page, button="Continuer", starts="2099-01-02T10:00", ends="2099-01-01T10:00"
        )
        assert page.status == 422
        assert "La fin vient après le début" in page.problems[0]
        assert 'value="2099-01-02T10:00"' in page.html


async def test_an_address_or_an_illness_is_warned_of_and_stays_ones_own_choice(t: Town) -> None:
    async with reader(t.node, t.amina) as amina:
        page = await begun(amina, "Venez au 12 rue Mercière", "Appelez le 06 12 34 56 78")
        page = await amina.submit(page, button="Continuer")
        assert "06 12 34 56 78" in page.text
        assert "12 rue Mercière" in page.text
        assert "c’est vous qui décidez" in page.text
        page = await amina.press(page, "Publier")
        assert page.status == 200


async def test_a_picture_with_what_there_is_to_see(t: Town) -> None:
    """Without a description it is not taken; it can be taken out again; it is published along."""
    async with reader(t.node, t.amina) as amina:
        page = await amina.submit(await amina.get("/offer"), "/offer", topic="goods.furniture")
        photo = ("photo.jpg", PHOTO, "image/jpeg")
        wrong = await amina.submit(page, button="Ajouter cette image", file=photo, alt="")
        assert wrong.status == 422
        assert "Décrivez l’image" in wrong.problems[0]
        page = await amina.submit(page, button="Ajouter cette image", file=photo, alt="Une chaise")
        assert page.notice == "L’image est ajoutée."
        page = await amina.submit(page, button="Ajouter cette image", file=photo, alt="Une autre")
        page = await amina.press(page, "Retirer cette image")
        assert page.notice == "L’image est retirée."
        shown = page.soup.select(".pictures img")
        assert [one["alt"] for one in shown] == ["Une autre"]
        none = await amina.submit(page, button="Ajouter cette image", file=None, alt="Rien")
        assert "Choisissez d’abord une image" in none.problems[0]
        page = await amina.submit(page, button="Continuer", title="Une chaise")
        page = await amina.submit(page, button="Continuer")
        page = await amina.press(page, "Publier")
        assert page.status == 200


async def test_who_has_no_account_is_told_how_to_go_on(t: Town) -> None:
    async with reader(t.node) as stranger:
        page = await stranger.get("/ask?topic=care.meals")
        assert page.links["J’ai un compte : me connecter"].startswith("/signin?next=/ask")
        assert "112" in page.text


async def test_newcomers_are_read_first_where_the_quartier_wishes_so(tmp_path: Path) -> None:
    review = {"review_newcomers": True}
    async with serving(f"sqlite:///{tmp_path}/node.db", tmp_path, node=review) as node:
        zoe = await node.account("zoe")
        async with reader(node, zoe) as reads:
            page = await begun(reads, "Ma première demande")
            page = await reads.submit(page, button="Continuer")
            assert "La médiation du quartier relit l’annonce" in page.text
            page = await reads.press(page, "Publier")
            assert page.h1 == "C’est envoyé"
            assert "à relire par l’accueil" in (await reads.get("/ask")).text


async def test_afterwards_it_is_changed_paused_and_closed(t: Town) -> None:
    """By its author alone; each button says what it did; a closed one changes no more."""
    uri = await t.node.publish(t.amina, title="À changer")
    path = f"/edit/{uri.rsplit('/', 1)[-1]}"
    async with reader(t.node, t.benoit) as benoit:
        assert (await benoit.get(path)).status == 404
    async with reader(t.node, t.amina) as amina:
        page = await amina.submit(await amina.get(path), path, title="Changée", text="Bien")
        assert (page.h1, page.notice) == ("Changée", "L’annonce est changée.")
        page = await amina.submit(await amina.get(path), path, title="")
        assert page.status == 422
        await amina.press(await amina.get(path), "La mettre en pause")
        assert "Changée" not in await t.titles()
        await amina.press(await amina.get(path), "L’ouvrir à nouveau")
        assert "Changée" in await t.titles()
        page = await amina.submit(await amina.get(path), f"{path}/enough", until="2001-01-01")
        assert page.status == 422
        await amina.press(await amina.get(path), "La garder plus longtemps")
        done = await amina.press(await amina.get(path), "C’est fait : la clore")
        assert done.notice == "L’annonce est close. Merci !"
        assert "elle ne change plus" in (await amina.get(path)).text
