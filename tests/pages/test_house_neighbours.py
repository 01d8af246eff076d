"""Neighbouring quartiers by pages without a script: how two join, what each takes, who introduces
whom."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.databases import new_sqlite
from tests.flows.neighbourhood import until
from tests.nodes.quartiers import link, neighbour_id, shows, three_quartiers
from tests.pages.reading import Read, Reader, one, reader
from tests.serving import serving

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_two_admins_join_their_quartiers(tmp_path: Path) -> None:
    """One asks by an address, the other says yes; what is asked passes; a pause holds it back."""
    first, second = tmp_path / "one", tmp_path / "other"
    first.mkdir()
    second.mkdir()
    beside = {"name": "Presqu’île", "latitude": 45.760, "longitude": 4.834}
    async with (
        serving(new_sqlite(first), first) as here,
        serving(new_sqlite(second), second, node=beside) as there,
    ):
        alma = await here.account("alma", role="admin")
        odile = await there.account("odile", role="admin")
        async with reader(here, alma) as ours, reader(there, odile) as theirs:
            page = await ours.get("/desk/neighbours")
            wrong = await ours.submit(page, "/desk/neighbours", address="pas une adresse")
            assert wrong.status == 422
            page = await ours.submit(wrong, "/desk/neighbours", address=there.base)
            assert page.notice == "C’est demandé : Presqu’île va répondre."
            await until(lambda: link(there, here), "asked")
            page = await theirs.get("/desk/neighbours")
            assert "Il nous demande d’être voisins." in page.text
            page = await theirs.press(page, "Devenir voisins : Croix-Rousse")
            assert page.notice == "C’est fait : vous êtes voisins."
            await until(lambda: link(here, there), "joined")
            uri = await here.publish(alma, title="Une échelle")
            await until(lambda: shows(there, uri), True)

            page = await theirs.get("/desk/neighbours")
            page = await theirs.get(page.links["Choisir : Croix-Rousse"])
            assert page.h1 == "Ce que nous prenons de Croix-Rousse"
            wrong = await theirs.submit(page, button="Enregistrer", topics=None)
            assert wrong.status == 422
            wrong = await theirs.submit(
                page, button="Enregistrer", topics=["care"], urgency="high", per_hour="beaucoup"
            )
            assert wrong.status == 422
            typed = [str(one["value"]) for one in wrong.soup.select("[name=topics][checked]")]
            assert typed == ["care"]
            page = await theirs.submit(
                wrong,
                button="Enregistrer",
                topics=["care", "care.visit", "goods.books"],
                review="1",
                per_hour="7",
            )
            assert page.notice == "C’est noté, et le voisin le sait."
            for words in (
                "Ces sujets : Prendre soin, Livres.",
                "Ce qui est pressé seulement.",
                "7 par heure au plus.",
                "L’accueil regarde d’abord.",
                "touche notre quartier",
            ):
                assert words in page.text
            await until(lambda: taken(ours), "Ces sujets : Prendre soin, Livres.")
            page = await theirs.get(page.links["Choisir : Croix-Rousse"])
            page = await theirs.submit(page, button="Enregistrer")
            assert "Ces sujets : Prendre soin, Livres." in page.text
            page = await theirs.press(page, "Mettre en pause : Croix-Rousse")
            assert "En pause" in page.text
            late = await theirs.post(
                f"/desk/neighbours/{await neighbour_id(there, here)}/accept",
                {"_form": mark(page)},
            )
            assert "Les choses ont changé entre-temps" in late.notice
            page = await theirs.press(page, "Reprendre : Croix-Rousse")
            assert page.notice == "C’est reparti."
            page = await theirs.press(page, "Ne plus être voisins : Croix-Rousse")
            await until(lambda: link(here, there), "stopped")
            page = await ours.get("/desk/neighbours")
            page = await ours.press(page, "Demander à nouveau : Presqu’île")
            page = await ours.press(page, "Retirer notre demande : Presqu’île")
            assert page.notice == "Votre demande est retirée."


async def taken(ours: Reader) -> str:
    """What the only neighbour says that it takes."""
    page = await ours.get("/desk/neighbours")
    said = page.soup.select("article dl dd")[1].get_text(" ", strip=True).replace("\xa0", " ")
    return said.partition(" Ce qui est")[0]


def mark(page: Read) -> str:
    return str(one(page.soup, "main input[name=_form]")["value"])


async def test_who_knows_both_introduces_them(tmp_path: Path) -> None:
    """Two neighbours are told of each other; one asks, the other says no, thank you."""
    async with three_quartiers(tmp_path) as three:
        middle, left, right = three.presquile, three.croix_rousse, three.guillotiere
        await three.join(left, middle)
        await three.join(right, middle)
        admins = [await node.account("alma", role="admin") for node in (middle, left, right)]
        async with (
            reader(middle, admins[0]) as between,
            reader(left, admins[1]) as one,
            reader(right, admins[2]) as other,
        ):
            page = await between.get("/desk/neighbours")
            page = await between.submit(page, button="Les présenter")
            assert page.notice == "C’est fait : chacun a reçu l’adresse de l’autre, et décide."
            assert "Croix-Rousse et Guillotière, le" in page.text
            again = await between.submit(page, button="Les présenter")
            assert "déjà" in again.notice
            nobody = await between.post(
                "/desk/neighbours/introduce", {"_form": mark(page), "one": "1", "other": "x"}
            )
            assert nobody.status == 404
            await three.settled()
            page = await one.get("/desk/neighbours")
            assert "Un voisin vous présente Guillotière" in page.text
            assert "présenté par Presqu’île" in page.text
            page = await one.press(page, "Demander d’être voisins : Guillotière")
            assert page.notice == "C’est demandé : Guillotière va répondre."
            await until(lambda: link(right, left), "asked")
            page = await other.get("/desk/neighbours")
            page = await other.press(page, "Non merci : Croix-Rousse")
            assert page.notice == "C’est noté. Personne n’en sait rien."
            assert "présente" not in page.text
            page = await other.press(page, "Pas maintenant : Croix-Rousse")
            await until(lambda: link(left, right), "refused")


async def test_neighbours_that_are_lost_are_named(tmp_path: Path) -> None:
    """Before it counts, whom the quartier will not touch any more."""
    async with three_quartiers(tmp_path) as three:
        node = three.croix_rousse
        await three.join(node, three.presquile)
        alma = await node.account("alma", role="admin")
        async with reader(node, alma) as reads:
            page = await reads.get("/desk/territory")
            assert "Touche ces voisins : Presqu’île" in page.text
            page = await reads.submit(page, button="Voir ce cercle", lat="45.82", radius="300")
            assert "Ne touche plus : Presqu’île" in page.text
            page = await reads.press(page, "C’est bien notre quartier")
            page = await reads.submit(page, button="Voir ce cercle", lat="45.768", radius="800")
            assert "Nouveau : Presqu’île" in page.text
