"""What asking.js adds to the steps: words are kept on the device until the node has them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from tests.browser.driving import DESK, Driver
from tests.browser.installed import Here, people

pytestmark = pytest.mark.asyncio(loop_scope="module")

LEFT = "() => Object.keys(localStorage).filter((key) => key.startsWith('entraide:write:')).length"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def here(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Here]:
    async with people(tmp_path_factory.mktemp("asking")) as there:
        yield there


async def at_the_words(browser: Driver, here: Here, **options: Any) -> Page:
    page = await browser.visit(here.node, "/ask?topic=care.groceries", here.amina, **options)
    await page.get_by_role("button", name="Continuer").click()
    await expect(page.get_by_role("heading", name="En quelques mots")).to_be_visible()
    return page


async def test_a_cut_loses_nothing(browser: Driver, here: Here) -> None:
    """Sent while there is no connection: it says so and stays; pressed again it goes, once."""
    page = await at_the_words(browser, here)
    await page.get_by_label("De quoi avez-vous besoin ?").fill("Des courses jeudi")
    await page.get_by_label("Ce qu’il faut savoir d’autre").fill("Deux sacs")
    await page.context.set_offline(True)
    await page.locator("main").get_by_role("button", name="Continuer").click()
    await expect(page.get_by_text("Pas de connexion.")).to_be_visible()
    await page.context.set_offline(False)
    await page.locator("main").get_by_role("button", name="Continuer").click()
    await expect(page.get_by_role("heading", name="Quand, et jusqu’où ?")).to_be_visible()
    assert await page.evaluate(LEFT) == 0
    await page.context.close()


async def test_what_was_typed_is_offered_again(browser: Driver, here: Here) -> None:
    """After the page was lost: to be put back, or deleted; what was not sent is not forgotten."""
    page = await at_the_words(browser, here)
    path = page.url
    await page.get_by_label("De quoi avez-vous besoin ?").fill("Commencé dans le bus")
    await page.goto(f"{here.node.base}/about")
    await page.goto(path)
    field = page.get_by_label("De quoi avez-vous besoin ?")
    await expect(field).to_have_value("")
    offer = page.get_by_text("n’était pas encore parti")
    await page.get_by_role("button", name="Le remettre").click()
    await expect(field).to_have_value("Commencé dans le bus")
    await expect(offer).to_have_count(0)
    await page.goto(f"{here.node.base}/about")
    await page.goto(path)
    await page.get_by_role("button", name="L’effacer").click()
    await expect(field).to_have_value("")
    assert await page.evaluate(LEFT) == 0
    await page.context.close()


async def test_choices_are_kept_like_words(browser: Driver, here: Here) -> None:
    page = await at_the_words(browser, here)
    await page.get_by_label("De quoi avez-vous besoin ?").fill("Des choix")
    await page.locator("main").get_by_role("button", name="Continuer").click()
    await page.get_by_label("C’est pressé").check()
    path = page.url
    await page.goto(f"{here.node.base}/about")
    await page.goto(path)
    await expect(page.get_by_label("C’est pressé")).not_to_be_checked()
    await page.get_by_role("button", name="Le remettre").click()
    await expect(page.get_by_label("C’est pressé")).to_be_checked()
    await page.context.close()


async def test_a_refused_step_is_not_taken_for_one_that_arrived(
    browser: Driver, here: Here
) -> None:
    """Too long a text is kept on the device, and on the page."""
    page = await at_the_words(browser, here)
    await page.get_by_label("De quoi avez-vous besoin ?").fill("Trop long")
    await page.get_by_label("Ce qu’il faut savoir d’autre").fill("é" * 21_000)
    await page.locator("main").get_by_role("button", name="Continuer").click()
    await expect(page.locator(".problems")).to_be_visible()
    assert await page.evaluate(LEFT) == 1
    await page.context.close()


async def test_who_signs_out_leaves_nothing(browser: Driver, here: Here) -> None:
    page = await at_the_words(browser, here, screen=DESK)
    await page.get_by_label("De quoi avez-vous besoin ?").fill("Privé")
    assert await page.evaluate(LEFT) == 1
    await page.goto(f"{here.node.base}/me/security")
    await page.get_by_role("button", name="Se déconnecter", exact=True).first.click()
    await page.wait_for_load_state()
    assert await page.evaluate(LEFT) == 0
    await page.context.close()


async def test_a_draft_that_is_thrown_away_goes_from_the_device_too(
    browser: Driver, here: Here
) -> None:
    page = await at_the_words(browser, here)
    number = page.url.split("/")[-2]
    await page.get_by_label("De quoi avez-vous besoin ?").fill("À jeter")
    await page.goto(f"{here.node.base}/ask")
    form = page.locator(f"form[action='/write/{number}/throw']")
    await form.get_by_role("button").click()
    await page.wait_for_url("**/me")
    assert await page.evaluate(LEFT) == 0
    await page.context.close()


async def test_an_empty_step_is_told_not_swallowed(browser: Driver, here: Here) -> None:
    """With nothing chosen the button still answers: fields in closed groups are not required."""
    page = await browser.visit(here.node, "/ask", here.benoit)
    await page.get_by_text("Prendre soin").click()
    await page.get_by_role("button", name="Continuer").click()
    await expect(page.locator(".problems")).to_contain_text("Choisissez ce dont il s’agit")
    await page.context.close()
