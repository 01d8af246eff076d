"""To ask and to offer, in four steps, by pages without a script."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio

from node.actions import drafts, house, retention
from node.social.accounts import Actor
from node.store import proposals
from tests.pages.reading import Read, Reader, one, reader
from tests.serving import Serving, serving

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass(frozen=True, slots=True)
class Town:
    node: Serving
    amina: Actor
    benoit: Actor
    maud: Actor
    """A mediator."""

    async def titles(self) -> list[str]:
        found = await self.node.store.read(proposals.listed, now=self.node.here.clock.now())
        return [one.proposal.title for one in found]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def t(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    directory: Path = tmp_path_factory.mktemp("asking")
    async with serving(f"sqlite:///{directory}/node.db", directory) as node:
        yield Town(
            node,
            await node.account("amina"),
            await node.account("benoit"),
            await node.account("maud", role="mediator"),
        )


async def begun(
    reads: Reader, title: str, text: str = "", *, topic: str = "care.groceries"
) -> Read:
    """At the third step."""
    page = await reads.submit(await reads.get("/ask"), "/ask", topic=topic)
    assert page.h1 == "En quelques mots"
    return await reads.submit(page, button="Continuer", title=title, text=text)


def value(page: Read, name: str) -> str:
    return str(one(page.soup, f"input[name={name}]")["value"])


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
        assert "Reprendre : Commencé au téléphone" in start.links
        words = await computer.get(start.links["Reprendre : Commencé au téléphone"])
        assert value(words, "title") == "Commencé au téléphone"
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
    """It is told before one goes on, at the words; one mends them, or keeps them."""
    async with reader(t.node, t.amina) as amina:
        page = await begun(amina, "Venez au 12 rue Mercière", "Appelez le 06 12 34 56 78")
        assert page.h1 == "En quelques mots"
        assert "06 12 34 56 78" in page.text
        assert "12 rue Mercière" in page.text
        assert page.links["Corriger"] == "#f-title"
        mended = await amina.submit(page, button="Continuer", title="Venez nous aider")
        assert "12 rue Mercière" not in mended.text
        page = await amina.press(mended, "Garder quand même")
        assert page.h1 == "Quand, et jusqu’où ?"
        page = await amina.submit(page, button="Continuer")
        assert "c’est vous qui décidez" in page.text
        page = await amina.press(page, "Publier")
        assert (page.status, page.h1) == (200, "Venez nous aider")


async def test_another_topic_keeps_what_was_written(t: Town) -> None:
    async with reader(t.node, t.amina) as amina:
        page = await begun(amina, "Écrit avant")
        page = await amina.get(page.path.replace("/when", "/words"))
        page = await amina.get(page.links["Changer de sujet"])
        page = await amina.submit(page, button="Continuer", topic="mobility.delivery")
        assert value(page, "title") == "Écrit avant"
        assert "Transport, livraison" in page.text
        assert (await amina.get("/ask")).text.count("Écrit avant") == 1


async def test_when_it_ends_and_what_repeats(t: Town) -> None:
    """The day on which it disappears is said; each week becomes a series, once."""
    async with reader(t.node, t.amina) as amina:
        page = await begun(amina, "Arroser les plantes")
        path = page.path
        page = await amina.submit(page, button="Continuer", repeats="weekly")
        assert "dites quand la première fois commence et finit" in page.problems[0]
        zone = t.node.here.settings.node.time_zone
        first = datetime.fromtimestamp(t.node.here.clock.now() + 2 * 86_400, ZoneInfo(zone))
        day = f"{first:%Y-%m-%d}"
        page = await amina.submit(
            page, button="Continuer", repeats="", starts=f"{day}T09:00", ends="2001-01-01T10:00"
        )
        assert "La fin vient après le début" in page.problems[0]
        page = await amina.submit(page, button="Continuer", starts="", ends="", due="2001-01-01")
        assert "Cette date est passée" in page.problems[0]
        page = await amina.submit(
            await amina.get(path),
            button="Continuer",
            repeats="weekly",
            due="",
            starts=f"{day}T09:00",
            ends=f"{day}T10:00",
        )
        assert "Chaque fois devient une annonce à part" in page.text
        made = await amina.press(page, "Publier")
        again = await amina.press(page, "Publier")
        assert made.h1 == again.h1 == "Arroser les plantes"
        assert (await t.titles()).count("Arroser les plantes") == 3


async def test_a_gathering_has_its_date_and_stands_in_the_calendar(t: Town) -> None:
    async with reader(t.node, t.amina) as amina:
        page = await amina.submit(await amina.get("/offer"), "/offer", topic="collective.meal")
        page = await amina.submit(page, button="Continuer", title="Repas dans la cour")
        page = await amina.submit(page, button="Continuer", gathering="on", quantity="12")
        assert page.problems == ["Pour une rencontre, dites quand elle commence."]
        zone = ZoneInfo(t.node.here.settings.node.time_zone)
        day = f"{datetime.fromtimestamp(t.node.here.clock.now() + 5 * 86_400, zone):%Y-%m-%d}"
        page = await amina.submit(
            page, button="Continuer", starts=f"{day}T12:00", ends=f"{day}T15:00"
        )
        assert "12:00" in page.text
        page = await amina.press(page, "Publier")
        assert page.h1 == "Repas dans la cour"
        number = int(page.path.rsplit("/", 1)[-1])
        stored = await t.node.store.read(proposals.by_id, number)
        assert stored is not None
        assert stored.proposal.gathering
        assert stored.proposal.quantity == "12"


async def test_a_mediator_writes_for_somebody_else(t: Town) -> None:
    """Who consented and how to call back is asked for; neither is published."""
    async with reader(t.node, t.benoit) as benoit:
        assert "Pour quelqu’un d’autre" not in (await benoit.get("/ask")).text
        page = await benoit.get("/ask")
        forged = {"_form": value(page, "_form"), "topic": "care.visit", "for": "other"}
        forged |= {"beneficiary": "X", "consented_by": "X", "how": "phone", "callback": "X"}
        assert (await benoit.post("/ask", forged)).status == 403
    async with reader(t.node, t.maud) as maud:
        page = await maud.get("/ask?topic=care.visit")
        given: dict[str, Any] = {"for": "other", "beneficiary": "Mme Vial"}
        page = await maud.submit(page, "/ask", **given)
        assert "Sans accord, rien n’est publié" in page.problems[0]
        page = await maud.submit(page, "/ask", consented_by="sa fille", callback="04 78 99 88 77")
        wrong = await maud.submit(page, button="Continuer", title="Une visite à Mme Vial")
        assert "ni le nom de la personne" in wrong.problems[0]
        page = await maud.submit(page, button="Continuer", title="Une visite le dimanche")
        assert "ne se répète pas" in page.text
        page = await maud.submit(page, button="Continuer")
        assert "Vous l’écrivez pour Mme Vial" in page.text
        page = await maud.press(page, "Publier")
        assert page.h1 == "Une visite le dimanche"
        record = await maud.get("/desk/behalf")
        assert "Mme Vial" in record.text
    async with reader(t.node) as stranger:
        assert "Vial" not in (await stranger.get(page.path)).html


async def test_what_is_left_lying_is_forgotten(tmp_path: Path) -> None:
    """A month after it was last touched; what an app keeps is the app's."""
    async with serving(
        f"sqlite:///{tmp_path}/node.db", tmp_path, retention={"drafts_days": 0}
    ) as node:
        zoe = await node.account("zoe")
        kept = {"purpose": "request", "topic": "care.meals"}
        await node.store.write(drafts.save, node.here, zoe, kept)
        async with reader(node, zoe) as reads:
            page = await begun(reads, "Oubliée")
        assert await node.store.write(retention.unfinished_drafts, node.here) == 1
        async with reader(node, zoe) as reads:
            assert (await reads.get(page.path)).status == 404
            assert "Oubliée" not in (await reads.get("/ask")).text


async def test_who_has_no_account_is_told_how_to_go_on(t: Town) -> None:
    async with reader(t.node) as stranger:
        page = await stranger.get("/ask?topic=care.meals")
        assert page.links["J’ai un compte : me connecter"].startswith("/signin?next=/ask")
        assert "112" in page.text


async def test_the_telephone_of_the_association_is_told(t: Town) -> None:
    texts = {"phone": "04 78 00 11 22", "hours": "le matin"}
    await t.node.store.write(house.set_texts, t.node.here, t.maud, texts, [])
    async with reader(t.node) as stranger:
        page = await stranger.get("/offer")
        assert page.links["04 78 00 11 22"] == "tel:0478001122"
        assert "le matin" in page.text


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
            page = await begun(reads, "Chaque semaine")
            assert "Une fois vos premières annonces relues" in page.text
            assert page.soup.select_one("[name=repeats]") is None
