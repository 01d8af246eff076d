"""What a script adds to the pages of joining: a password that is looked at, a page that is
printed."""

from __future__ import annotations

from pathlib import Path

import pytest

from node.actions import membership
from tests.browser.driving import Driver
from tests.serving import PASSWORD, serving

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_newcomer_looks_at_the_password(browser: Driver, tmp_path: Path) -> None:
    """It is a password again when it is sent; by keyboard alone."""
    async with serving(f"sqlite:///{tmp_path}/node.db", tmp_path) as node:
        amina = await node.account("amina")
        _, code = await node.store.write(membership.invite, node.here, amina)
        page = await browser.visit(node, f"/join/{code}")
        await page.get_by_label("Comment vous appelle-t-on ?").fill("Léa")
        await page.get_by_label("Votre adresse électronique").fill("lea@example.org")
        word = page.locator("#f-password")
        await word.fill(PASSWORD)
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        assert await word.get_attribute("type") == "text"
        eye = page.get_by_role("button", name="Cacher : Un mot de passe")
        await eye.wait_for()
        await eye.press("Enter")
        assert await word.get_attribute("type") == "password"
        await eye.wait_for(state="detached")
        await word.press("Enter")
        await page.get_by_role("heading", name="Bienvenue, Léa !").wait_for()
        await page.context.close()
        browser.check()
