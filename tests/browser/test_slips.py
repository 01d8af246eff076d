"""Paper slips in a browser with scripts: what is typed outlives a broken connection, and Enter goes
from row to row."""

from __future__ import annotations

import pytest
from playwright.async_api import Page

from tests.browser.driving import DESK, Driver
from tests.browser.lively import Lively

pytestmark = pytest.mark.asyncio(loop_scope="module")
KEPT = "() => localStorage.getItem('entraide:slips')"


async def typed(page: Page, place: int, *words: str) -> None:
    for name, text in zip(("title", "who", "callback"), words, strict=True):
        await page.locator(f"[name={name}-{place}]").fill(text)


async def test_what_is_typed_stays_until_it_arrived(browser: Driver, town: Lively) -> None:
    page = await browser.visit(
        town.here, "/desk/slips", town.maud.actor, screen=DESK, service_workers="block"
    )
    await page.get_by_role("button", name="Dix lignes de plus").click()
    await page.locator("[name=title-19]").wait_for()
    await typed(page, 0, "Arroser des plantes", "Mme Lune", "au 1er")
    await typed(page, 12, "Un fauteuil à descendre", "M. Sol", "par le gardien")
    await page.locator("[name=urgency-12]").select_option("high")

    # The connection breaks while they are sent; the page is opened anew.
    await page.context.set_offline(True)
    await page.locator("[name=consent]").check()
    async with page.expect_event("requestfailed"):
        await page.get_by_role("button", name="Publier ces fiches").click(no_wait_after=True)
    await page.context.set_offline(False)
    await page.goto(f"{town.here.base}/desk/slips")
    await page.wait_for_url("**/desk/slips?rows=20")
    assert await page.locator("[name=title-12]").input_value() == "Un fauteuil à descendre"
    assert await page.locator("[name=urgency-12]").input_value() == "high"
    assert await page.get_by_text("est revenu").is_visible()

    await page.locator("[name=consent]").check()
    await page.get_by_role("button", name="Publier ces fiches").click()
    await page.get_by_text("2 fiches sont publiées.").wait_for()
    assert await page.evaluate(KEPT) is None
    await page.goto(f"{town.here.base}/desk/slips")
    assert await page.locator("[name=title-0]").input_value() == ""
    browser.check()


async def test_enter_goes_to_the_next_slip_and_all_can_be_wiped(
    browser: Driver, town: Lively
) -> None:
    page = await browser.visit(
        town.here, "/desk/slips", town.maud.actor, screen=DESK, service_workers="block"
    )
    await page.locator("[name=title-0]").fill("Des courses")
    await page.keyboard.press("Enter")
    assert await page.evaluate("() => document.activeElement.name") == "title-1"
    await page.reload()
    assert await page.locator("[name=title-0]").input_value() == "Des courses"
    await page.get_by_role("button", name="Tout effacer").click()
    await page.wait_for_function("() => document.querySelector('[name=title-0]').value === ''")
    assert await page.evaluate(KEPT) is None
    browser.check()
