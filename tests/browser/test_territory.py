"""The quartier's outline, drawn in a browser: corner by corner, cell by cell, by keyboard."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.browser.driving import DESK, Driver
from tests.databases import new_sqlite
from tests.serving import serving

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_it_is_drawn(browser: Driver, tmp_path: Path) -> None:
    """Around by four corners, and not with a crossing; then one cell less; it counts when it was
    looked at."""
    async with serving(new_sqlite(tmp_path), tmp_path) as node:
        alma = await node.account("alma", role="admin")
        before = node.here.territory
        page = await browser.visit(node, "/desk/territory", alma, screen=DESK)
        done = page.locator("#done")
        for across, down in ((0.35, 0.35), (0.65, 0.65), (0.65, 0.35), (0.35, 0.65)):
            await touch(page, across, down)
        await expect(page.locator("#said")).to_have_text(
            "Le tracé se croise : enlevez le dernier coin."
        )
        await expect(done).to_be_disabled()
        await page.get_by_role("button", name="Enlever le dernier coin").click()
        await expect(page.locator("#said")).to_have_text("Coins posés : 3")
        await done.click()
        await expect(page.get_by_text("Voici ce que ce serait")).to_be_visible()
        assert node.here.territory == before
        await page.get_by_role("button", name="C’est bien notre quartier").click()
        await expect(page.get_by_text("les voisins le sauront")).to_be_visible()
        drawn = node.here.territory
        assert 0 < len(drawn.cells) < len(before.cells)

        cellwise = page.get_by_role("button", name="Ajouter ou enlever des cases")
        await cellwise.focus()
        await page.keyboard.press("Enter")
        await expect(page.locator("#said")).to_have_text(f"Cases prises : {len(drawn.cells)}")
        assert await cellwise.get_attribute("aria-pressed") == "true"
        await page.get_by_role("button", name="Prendre ou laisser la case du milieu").press("Enter")
        await expect(page.locator("#said")).to_have_text(f"Cases prises : {len(drawn.cells) - 1}")
        await touch(page, 0.5, 0.95)
        await expect(page.locator("#said")).to_have_text(f"Cases prises : {len(drawn.cells)}")
        await done.click()
        await page.get_by_role("button", name="C’est bien notre quartier").click()
        await expect(page.get_by_text("les voisins le sauront")).to_be_visible()
        assert len(node.here.territory.cells) == len(drawn.cells)
        assert node.here.territory != drawn
        browser.check()


async def touch(page: Page, across: float, down: float) -> None:
    """The map, at a part of its width and height."""
    box = await page.locator("#card").bounding_box()
    assert box is not None
    await page.locator("#card").click(
        position={"x": box["width"] * across, "y": box["height"] * down}
    )
