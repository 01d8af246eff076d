"""The association's desk, by pages without a script: slips, what is read before everybody sees it,
and a request that is handed to the neighbouring quartier."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from node.store import on_behalf, proposals
from tests.browser.lively import Lively, lively
from tests.flows.neighbourhood import until
from tests.nodes.quartiers import shows, state
from tests.pages.reading import Read, Reader, reader

pytestmark = pytest.mark.asyncio(loop_scope="module")

SLIPS = (
    ("request", "care.groceries", "Des courses lourdes", "Mme Verdier", "passer au 2e étage"),
    ("request", "mobility.escort", "Aller chez le dentiste", "M. Pons", "06 12 34 56 78"),
    ("offer", "goods.clothing", "Des vêtements d’enfant", "Lila", "au repair café"),
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def t(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Lively]:
    directory: Path = tmp_path_factory.mktemp("desk")
    async with lively(directory, node={"review_newcomers": True}) as town:
        yield town


def rows(*slips: tuple[str, ...], start: int = 0) -> dict[str, Any]:
    names = ("purpose", "topic", "title", "who", "callback")
    return {
        f"{name}-{place}": value
        for place, slip in enumerate(slips, start)
        for name, value in zip(names, slip, strict=True)
    }


async def titles(t: Lively) -> list[str]:
    found = await t.here.store.read(proposals.listed, now=t.here.here.clock.now(), most=100)
    return [one.proposal.title for one in found]


async def test_slips_are_entered_in_one_go(t: Lively) -> None:
    """Three slips, empty rows do not count; names and telephone numbers stay at the desk."""
    async with reader(t.here, t.maud.actor) as maud:
        page = await maud.get("/desk/slips")
        refused = await maud.submit(page, button="Publier ces fiches", **rows(*SLIPS))
        assert refused.status == 422
        assert "Cochez que ces personnes sont d’accord" in refused.problems[0]
        assert not {one[2] for one in SLIPS} & set(await titles(t))
        page = await maud.submit(refused, button="Publier ces fiches", consent="on")
        assert page.notice == "3 fiches sont publiées."
        assert page.h1 == "Écrit pour quelqu’un d’autre"
        assert "Mme Verdier" in page.text
        again = await maud.submit(refused, button="Publier ces fiches", consent="on")
        assert again.status == 200
    shown = await titles(t)
    assert [shown.count(slip[2]) for slip in SLIPS] == [1, 1, 1]
    async with reader(t.here, t.amina.actor) as amina:
        assert (await amina.get("/desk/slips")).status == 403
        front = await amina.get("/")
        assert "Verdier" not in front.text
        assert "06 12 34 56 78" not in front.html


async def test_what_is_wrong_is_shown_again_and_the_rest_is_published(t: Lively) -> None:
    """One row has no way to call back, one says the name: both are told so, the third goes."""
    wrong = (
        ("request", "", "Un meuble à monter", "M. Blanc", ""),
        ("request", "", "Aider Mme Rose", "Mme Rose", "chez la voisine"),
        ("offer", "", "Des pommes à donner", "Zita", "le jeudi"),
    )
    async with reader(t.here, t.maud.actor) as maud:
        page = await maud.get("/desk/slips?rows=3")
        more = await maud.submit(page, button="Dix lignes de plus", **rows(*wrong))
        assert len(more.soup.select(".slip")) == 13
        page = await maud.submit(more, button="Publier ces fiches", consent="on")
        assert page.status == 422
        assert page.problems == ["2 fiches sont à corriger : les autres sont publiées."]
        told = [" ".join(one.get_text(" ").split()) for one in page.soup.select(".slip .error")]
        assert "Dites comment la rappeler" in told[0]
        assert "n’y mettez ni le nom de la personne" in told[1]
        corrected: dict[str, Any] = {"callback-0": "au marché", "title-1": "Aider une voisine"}
        page = await maud.submit(page, button="Publier ces fiches", consent="on", **corrected)
        assert page.notice == "2 fiches sont publiées."
    assert {"Un meuble à monter", "Aider une voisine", "Des pommes à donner"} <= set(
        await titles(t)
    )
    assert "Aider Mme Rose" not in await titles(t)


async def test_a_slip_that_is_like_an_open_announcement_is_pointed_at(t: Lively) -> None:
    """The same person and topic, or the same words: it is published when the row says so."""
    first = ("request", "services.diy", "Une lampe à changer", "M. Petit", "au marché")
    second = ("request", "services.diy", "Le robinet fuit", "M. Petit", "au marché")
    async with reader(t.here, t.maud.actor) as maud:
        page = await maud.get("/desk/slips?rows=2")
        page = await maud.submit(
            page, button="Publier ces fiches", consent="on", **rows(first, second)
        )
        assert page.status == 422
        assert (await titles(t)).count(first[2]) == 1
        assert "Une annonce ouverte lui ressemble" in page.text
        assert page.links[first[2]].startswith("/@maud/")
        again: dict[str, Any] = {"consent": "on", "again-0": "on"}
        page = await maud.submit(page, button="Publier ces fiches", **again)
        assert page.notice == "1 fiche est publiée."
    assert second[2] in await titles(t)


async def test_what_is_known_of_somebody_goes_with_their_consent(t: Lively) -> None:
    slip = ("offer", "goods.books", "Des romans à donner", "Mme Faure", "au 3e étage")
    async with reader(t.here, t.maud.actor) as maud:
        page = await maud.get("/desk/slips?rows=1")
        page = await maud.submit(page, button="Publier ces fiches", consent="on", **rows(slip))
        record = page.links[f"Corriger le nom, le rappel ou l’accord : {slip[2]}"]
        known = await maud.get(record)
        wrong = await maud.submit(known, button="Corriger", callback="")
        assert "Dites comment la rappeler" in wrong.problems[0]
        page = await maud.submit(known, button="Corriger", callback="chez sa sœur", how="phone")
        assert "chez sa sœur" in page.text
        assert "au téléphone" in page.text
        before = len(page.soup.select("article"))
        form = page.form(button="L’accord est repris : tout retirer")
        page = await maud.submit(page, str(form["action"]))
        assert page.notice == "L’annonce est retirée, et ce qu’on savait de la personne effacé."
        assert len(page.soup.select("article")) == before - 1
    kept = await t.here.store.read(on_behalf.listed, writer_id=None, most=100)
    assert len(kept) == before - 1


async def test_a_newcomers_announcement_is_read_first(t: Lively) -> None:
    """With its dangers marked; published with better words, given back, or refused with a word."""
    nina = await t.here.account("nina")
    async with reader(t.here, nina) as newcomer, reader(t.here, t.maud.actor) as maud:
        await write(newcomer, "Venez au 3 rue Neyret")
        page = await maud.get("/desk")
        assert "2 annonces à relire" in page.links
        page = await maud.get("/desk/review")
        assert "3 rue Neyret" in page.text
        page = await maud.get(page.links["Changer, puis publier : Venez au 3 rue Neyret"])
        wrong = await maud.submit(page, button="Publier avec ces mots", title="")
        assert wrong.status == 422
        page = await maud.submit(
            wrong, button="Publier avec ces mots", title="Un coup de main", topic="services.diy"
        )
        assert page.notice == "L’annonce est publiée."
        assert "Un coup de main" in await titles(t)
        await write(newcomer, "Encore une")
        page = await maud.get("/desk/review")
        page = await maud.submit(
            page, button="Lui rendre pour qu’elle la change", reason="Dites quand."
        )
        assert "rendue à son auteur" in page.notice
        assert "Dites quand." in (await newcomer.get("/me")).text + (await news(newcomer)).text
        assert "Encore une" not in (await maud.get("/desk/review")).text


async def write(reads: Reader, title: str) -> Read:
    page = await reads.submit(await reads.get("/ask"), "/ask", topic="care.groceries")
    page = await reads.submit(page, button="Continuer", title=title)
    if "Garder quand même" in page.text:
        page = await reads.submit(page, button="Garder quand même")
    page = await reads.submit(page, button="Continuer")
    return await reads.press(page, "Publier")


async def news(reads: Reader) -> Read:
    return await reads.get("/me/news")


async def test_a_request_is_handed_to_the_neighbour(t: Lively) -> None:
    """With the consent that was given aloud; the neighbour's desk takes it."""
    gael = await t.beside.account("gael", role="mediator")
    async with reader(t.here, t.maud.actor) as maud, reader(t.beside, gael) as there:
        page = await maud.get("/desk/slips?rows=1")
        slip = ("request", "mobility.escort", "Une visite à l’hôpital", "M. Roux", "par sa fille")
        page = await maud.submit(page, button="Publier ces fiches", consent="on", **rows(slip))
        page = await maud.get(page.links[f"La confier à un voisin : {slip[2]}"])
        assert "Une visite à l’hôpital" in page.text
        wrong = await maud.submit(page, button="La confier", neighbour=None)
        assert wrong.status == 422
        chosen = page.soup.select_one("input[name=neighbour]")
        assert chosen is not None
        page = await maud.submit(
            page, button="La confier", neighbour=str(chosen["value"]), voice="on"
        )
        assert page.notice == "La demande est confiée au quartier voisin, qui va répondre."

        async def waits() -> bool:
            return "Nous nous en occupons" in (await there.get("/desk/referrals")).buttons

        await until(waits, True)
        page = await there.press(await there.get("/desk/referrals"), "Nous nous en occupons")
        assert "elle est montrée ici" in page.notice
        uri = await uri_of(t, "Une visite à l’hôpital")
        await until(lambda: shows(t.beside, uri), True)
        assert await state(t.here, uri) == "referred"

        async def known() -> bool:
            return "le voisin s’en occupe" in (await maud.get("/desk/referrals")).text

        await until(known, True)


async def uri_of(t: Lively, title: str) -> str:
    async with reader(t.here, t.maud.actor) as maud:
        page = await maud.get("/desk/behalf")
        path = page.links[title]
    return f"{t.here.base}/objects/{path.rsplit('/', 1)[-1]}"
