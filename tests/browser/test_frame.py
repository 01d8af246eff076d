"""What every page has: a way in by keyboard, a language, looks; and what is refused to it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from node.social.accounts import Actor
from tests.browser.driving import Driver
from tests.serving import Serving, serving

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass(frozen=True, slots=True)
class Here:
    node: Serving
    amina: Actor


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def here(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Here]:
    directory: Path = tmp_path_factory.mktemp("frame")
    async with serving(f"sqlite:///{directory}/node.db", directory) as node:
        amina = await node.account("amina")
        await node.publish(amina)
        yield Here(node, amina)


async def test_the_first_stop_of_the_keyboard_leads_past_the_menu(
    browser: Driver, here: Here
) -> None:
    page = await browser.visit(here.node, "/")
    await page.keyboard.press("Tab")
    skip = page.locator(".skip")
    assert await skip.evaluate("e => e === document.activeElement")
    box = await skip.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    await page.keyboard.press("Enter")
    assert await page.evaluate("document.activeElement.id") == "main"


async def test_language_and_looks_are_kept(browser: Driver, here: Here) -> None:
    page = await browser.visit(here.node, "/display", js=False)
    assert await page.locator("html").get_attribute("lang") == "fr"
    await page.get_by_label("English").check()
    await page.get_by_label("Sombre").check()
    await page.get_by_role("button", name="Enregistrer").click()
    assert await page.locator("html").get_attribute("lang") == "en"
    assert await page.locator("html").get_attribute("data-theme") == "dark"
    await page.goto(f"{here.node.base}/")
    assert await page.locator("html").get_attribute("lang") == "en"
    background = await page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert background == "rgb(28, 25, 22)"


async def test_a_script_that_got_in_does_not_run(browser: Driver, here: Here) -> None:
    """Neither inline nor from elsewhere, by the policy alone."""
    page = await browser.visit(here.node, "/")
    await page.evaluate(
        """() => {
            const script = document.createElement("script");
            script.textContent = "window.ran = true";
            document.body.append(script);
            const image = document.createElement("img");
            image.setAttribute("onerror", "window.ran = true");
            image.src = "/nothing.png";
            document.body.append(image);
        }"""
    )
    await page.wait_for_timeout(200)
    assert await page.evaluate("window.ran") is None
    assert browser.wrong
    browser.wrong.clear()
