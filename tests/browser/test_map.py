"""The map that is moved about: by keyboard, by mouse, on a phone, with tiles and without."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import TimeoutError, expect

from tests.browser.driving import DESK, PHONE, Driver
from tests.databases import new_sqlite
from tests.serving import Serving, free_port, serving

pytestmark = pytest.mark.asyncio(loop_scope="module")

HOSTILE = "<img src=x onerror=alert(1)> Zoé"
PIXEL = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f"
    b"\x15\xc4\x89\x00\x00\x00\rIDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\xa75\x81\x84\x00\x00"
    b"\x00\x00IEND\xaeB`\x82"
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def node(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Serving]:
    directory: Path = tmp_path_factory.mktemp("map")
    async with serving(new_sqlite(directory), directory) as running:
        author = await running.account("amina")
        await running.publish(author, title="Une soupe")
        await running.publish(author, title=HOSTILE)
        await running.publish(author, title="Au nord", place=[45.786, 4.828])
        yield running


async def test_by_keyboard(browser: Driver, node: Serving) -> None:
    """Each place is a button with a name; what is there opens as text, has the focus, and gives
    it back when it closes."""
    page = await browser.visit(node, "/map", screen=DESK)
    first = page.get_by_role("button", name=re.compile("^1. Croix-Rousse, .* · 2 annonces"))
    await first.focus()
    await page.keyboard.press("Enter")
    box = page.locator(".leaflet-popup-content")
    await expect(box.get_by_role("link", name=HOSTILE)).to_be_visible()
    assert await box.locator("img").count() == 0
    assert await page.evaluate("document.activeElement.closest('.leaflet-popup-content') !== null")
    await expect(page.get_by_role("button", name="Fermer")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(box).to_have_count(0)
    assert await page.evaluate("document.activeElement.className.includes('spot')")
    await page.context.close()


async def test_from_the_list_and_from_an_empty_place(browser: Driver, node: Serving) -> None:
    page = await browser.visit(node, "/map", screen=PHONE)
    await page.get_by_role("button", name="Montrer sur la carte").nth(1).click()
    await expect(page.locator(".leaflet-popup-content")).to_contain_text("Au nord")
    await page.locator(".leaflet-popup-close-button").click()
    moving = page.locator(".leaflet-pan-anim, .leaflet-zoom-anim")
    await expect(moving).to_have_count(0)
    around = page.get_by_role("link", name="Chercher autour d’ici")
    for _ in range(10):  # while the map moves it hears no click
        await page.locator("#map").click(position={"x": 320, "y": 30})
        with contextlib.suppress(TimeoutError):
            await around.wait_for(timeout=1_500)
            break
    await expect(moving).to_have_count(0)  # a link that moves away is missed
    await around.click()
    await expect(page.locator(".chips")).to_contain_text("du lieu choisi")
    await page.context.close()


async def test_the_plan_stays_where_no_script_runs(browser: Driver, node: Serving) -> None:
    page = await browser.visit(node, "/map", js=False)
    await expect(page.get_by_role("img", name="Carte du quartier")).to_be_visible()
    assert await page.locator(".leaflet-container").count() == 0
    await page.context.close()


async def test_nothing_moves_when_the_map_comes(browser: Driver, node: Serving) -> None:
    """The plan and the map have the same place."""
    page = await browser.visit(node, "/map", js=False)
    plan = await page.locator("#map").bounding_box()
    await page.context.close()
    page = await browser.visit(node, "/map")
    await expect(page.locator(".leaflet-container")).to_be_visible()
    assert await page.locator("#map").bounding_box() == plan
    await page.context.close()


async def test_tiles_of_the_association(browser: Driver, tmp_path: Path) -> None:
    """They are loaded from where the settings say, which the policy allows, and their makers are
    named."""
    asked = asyncio.Event()

    async def tile(request: web.Request) -> web.Response:
        asked.set()
        return web.Response(body=PIXEL, content_type="image/png")

    application = web.Application()
    application.router.add_get("/{z}/{x}/{y}.png", tile)
    runner = web.AppRunner(application)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        tiles = f"http://127.0.0.1:{port}/{{z}}/{{x}}/{{y}}.png"
        card = {"tiles": tiles, "attribution": "Ceux de la carte"}
        async with serving(new_sqlite(tmp_path), tmp_path, map=card) as node:
            page = await browser.visit(node, "/map")
            await expect(page.locator(".credits")).to_be_visible()
            await asyncio.wait_for(asked.wait(), 5)
            await page.context.close()
    finally:
        await runner.cleanup()
    browser.check()
