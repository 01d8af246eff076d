"""The whole life of help by the pages alone, in Chromium: with scripts, and without any."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import Page

from node.social.accounts import Actor
from tests.browser.driving import DESK, Driver
from tests.browser.lively import Lively
from tests.databases import new_sqlite
from tests.flows.neighbourhood import until
from tests.serving import Serving, serving

pytestmark = pytest.mark.asyncio(loop_scope="module")

SCRIPTS = pytest.mark.parametrize("js", [True, False], ids=["scripts", "no-scripts"])


async def sees(page: Page, words: str) -> None:
    """The page says so, after as many looks as it takes."""

    async def said() -> bool:
        await page.reload()
        return words in await page.inner_text("main")

    await until(said, True)


async def press(page: Page, name: str) -> None:
    await page.get_by_role("button", name=name, exact=True).first.click()
    await page.wait_for_load_state()


async def follow(page: Page, name: str) -> None:
    await page.get_by_role("link", name=name, exact=True).first.click()
    await page.wait_for_load_state()


async def reveal(page: Page, contact: str) -> None:
    field = page.get_by_label("Comment on peut vous joindre").first
    if await field.is_visible():  # else it is known from another time
        await field.fill(contact)
    await page.get_by_role("button", name=re.compile("^Montrer mes coordonnées")).first.click()
    await page.wait_for_load_state()


@SCRIPTS
async def test_from_an_invitation_to_thanks_between_two_quartiers(
    browser: Driver, town: Lively, js: bool
) -> None:
    """A newcomer joins by an invitation, asks for shopping; somebody of the neighbouring quartier
    answers from its page; both show how to reach them; it is done, and thanked for."""
    here, name = town.here, "Nina" if js else "Nour"
    wanted = f"Des courses pour {name}, jeudi"

    # Amina hands over a sheet of paper with a link.
    amina = await browser.visit(here, "/me/invite", town.amina.actor, js=js)
    await press(amina, "Faire l’invitation")
    link = await amina.locator("main").get_by_text("/join/").first.inner_text()

    newcomer = await browser.visit(here, link.split(here.base, 1)[-1], js=js)
    await newcomer.get_by_label("Comment vous appelle-t-on").fill(name)
    await newcomer.get_by_label("Votre adresse électronique").fill(f"{name.lower()}@example.org")
    await newcomer.get_by_role("textbox", name="Un mot de passe").fill(
        "quatre mots sans rapport entre eux"
    )
    await newcomer.get_by_label("Je suis d’accord avec ces règles.").check()
    await press(newcomer, "Devenir membre")
    assert name in await newcomer.inner_text("main")

    # Four steps to a request.
    await newcomer.goto(f"{here.base}/ask")
    await newcomer.get_by_text("Prendre soin").click()
    await newcomer.get_by_label("Aide aux courses").check()
    await press(newcomer, "Continuer")
    await newcomer.get_by_label("De quoi avez-vous besoin ?").fill(wanted)
    await newcomer.get_by_label("Ce qu’il faut savoir d’autre").fill("Deux sacs, pas trop lourds.")
    await press(newcomer, "Continuer")
    await newcomer.get_by_label("Aussi les quartiers voisins").check()
    await press(newcomer, "Continuer")
    assert "Qui va la lire" in await newcomer.inner_text("main")
    await press(newcomer, "Publier")
    assert wanted in await newcomer.inner_text("h1")

    # Zoé reads it in her own quartier, and answers there.
    zoe = await browser.visit(town.beside, "/", town.zoe.actor, js=js)
    await sees(zoe, wanted)
    await follow(zoe, wanted)
    await zoe.locator("main a[href^='/answer/']").first.click()
    await zoe.get_by_label("Votre message").fill("Je passe jeudi à dix heures.")
    await press(zoe, "Envoyer ma réponse")

    # It is accepted, and both show how to reach them.
    await newcomer.goto(f"{here.base}/me")
    await sees(newcomer, "Je passe jeudi à dix heures.")
    await press(newcomer, "Accepter")
    await reveal(newcomer, "06 11 22 33 44")
    await zoe.goto(f"{town.beside.base}/me")
    await sees(zoe, "Montrer mes coordonnées")
    await follow(zoe, wanted)
    await sees(zoe, "06 11 22 33 44")
    await reveal(zoe, "04 99 88 77 66")
    await sees(newcomer, "04 99 88 77 66")

    # Done, and thanked for.
    await newcomer.get_by_label("Un mot de remerciement").first.fill("Merci, c’était parfait.")
    await press(newcomer, "C’est fait")
    await sees(zoe, "C’est fait")
    await press(zoe, "C’est fait")
    await sees(zoe, "Merci, c’était parfait.")
    assert "06 11 22 33 44" not in await zoe.content()
    await newcomer.reload()
    assert "04 99 88 77 66" not in await newcomer.content()
    browser.check()


@SCRIPTS
async def test_a_mediator_enters_slips_reads_first_and_hands_on(
    browser: Driver, town: Lively, js: bool
) -> None:
    """Three paper slips in one go; a newcomer's announcement is read first; one request goes to
    the neighbouring quartier, whose desk takes it."""
    mark = "avec" if js else "sans"
    slips = (
        (f"Des bocaux à descendre, {mark}", "Mme Vial", "2e étage"),
        (f"Une lampe à changer, {mark}", "M. Petit", "au marché"),
        (f"Promener un vieux chien, {mark}", "Mme Roy", "par la gardienne"),
    )
    maud = await browser.visit(town.here, "/desk/slips", town.maud.actor, js=js, screen=(1280, 900))
    for place, (title, who, back) in enumerate(slips):
        await maud.locator(f"[name=title-{place}]").fill(title)
        await maud.locator(f"[name=who-{place}]").fill(who)
        await maud.locator(f"[name=callback-{place}]").fill(back)
    await maud.get_by_label("Toutes ces personnes sont d’accord").check()
    await press(maud, "Publier ces fiches")
    assert "3 fiches sont publiées." in await maud.inner_text("main")

    await maud.get_by_role("link", name=f"La confier à un voisin : {slips[2][0]}").click()
    await maud.get_by_label("Presqu’île").check()
    await maud.get_by_label("je le lui ai demandé").check()
    await press(maud, "La confier")
    assert "confiée au quartier voisin" in await maud.inner_text("main")

    gael = await someone(town.beside, f"gael{mark}", "mediator")
    there = await browser.visit(town.beside, "/desk/referrals", gael, js=js, screen=(1280, 900))
    await sees(there, slips[2][0])
    await press(there, "Nous nous en occupons")
    await sees(maud, "le voisin s’en occupe")
    browser.check()


@SCRIPTS
async def test_two_admins_join_their_quartiers(browser: Driver, tmp_path: Path, js: bool) -> None:
    """One asks by an address, the other says yes; what is asked here is read there."""
    one, other = tmp_path / "one", tmp_path / "other"
    one.mkdir()
    other.mkdir()
    place = {"name": "Presqu’île", "latitude": 45.760, "longitude": 4.834}
    async with (
        serving(new_sqlite(one), one) as here,
        serving(new_sqlite(other), other, node=place) as beside,
    ):
        alma = await someone(here, "alma", "admin")
        odile = await someone(beside, "odile", "admin")
        ours = await browser.visit(here, "/desk/neighbours", alma, js=js, screen=DESK)
        await ours.get_by_label("L’adresse de son site").fill(beside.base)
        await press(ours, "Demander d’être voisins")
        theirs = await browser.visit(beside, "/desk/neighbours", odile, js=js, screen=DESK)
        await sees(theirs, "Il nous demande d’être voisins.")
        await press(theirs, "Devenir voisins : Croix-Rousse")
        await sees(ours, "Nous sommes voisins.")
        await here.publish(alma, title="Une échelle pour dimanche")
        await theirs.goto(f"{beside.base}/")
        await sees(theirs, "Une échelle pour dimanche")
        browser.check()


async def someone(node: Serving, name: str, role: str) -> Actor:
    return await node.account(name, role=role)
