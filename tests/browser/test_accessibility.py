"""Every page, before people who see, hear and move as they do: the rules of WCAG 2.2 AA that a
program can judge (axe-core), small screens, large text, the keyboard."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import BrowserContext, Page

from tests.browser.addresses import Address, addresses, filled, unknown
from tests.browser.driving import DESK, SMALL, Driver, Theme
from tests.browser.lively import Lively

pytestmark = pytest.mark.asyncio(loop_scope="module")

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
EVERY = pytest.mark.parametrize("address", list(addresses()), ids=lambda one: one.path)
WIDE = """() => {
    const wide = document.documentElement.clientWidth;
    return [...document.querySelectorAll("body *")].filter(e => {
        if (e.closest(".scroll, .skip, .unseen, .leaflet-container, pre, svg")) return false;
        const box = e.getBoundingClientRect();
        return box.width > 0 && (box.right > wide + 1 || box.left < -1);
    }).map(e => e.outerHTML.slice(0, 120)).slice(0, 5);
}"""
CUT = """() => [...document.querySelectorAll("main *")].filter(e => {
    const style = getComputedStyle(e);
    if (!["hidden", "clip"].includes(style.overflowX)) return false;
    if (e.closest(".unseen, svg, .leaflet-container, input, textarea, select")) return false;
    return e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1;
}).map(e => e.outerHTML.slice(0, 120)).slice(0, 5)"""
STRUCTURE = """() => ({
    firsts: document.querySelectorAll("h1").length,
    twice: [...document.querySelectorAll("[id]")].map(e => e.id)
        .filter((id, at, all) => all.indexOf(id) !== at),
    jumps: [...document.querySelectorAll("main h1, main h2, main h3, main h4, main h5")]
        .map(e => +e.tagName[1])
        .filter((level, at, all) => at > 0 && level > all[at - 1] + 1).length,
    ordered: [...document.querySelectorAll("[tabindex]")].filter(e => e.tabIndex > 0).length,
    inline: [...document.querySelectorAll("[style], style, script:not([src])")]
        .filter(e => !e.closest(".leaflet-container")).length,  // which places what it draws
    small: [...document.querySelectorAll("main a[href], main button, main summary, main select")]
        .filter(e => !e.closest("p, li, dd, td, th, label, .leaflet-container"))
        .map(e => [e.getBoundingClientRect(), e])
        .filter(([box]) => box.width > 0 && (box.height < 24 || box.width < 24))
        .map(([, e]) => e.outerHTML.slice(0, 100)),
})"""


async def opened(
    browser: Driver, town: Lively, address: Address, **options: Any
) -> tuple[BrowserContext, Page]:
    context = await browser.person(town.here, town.who(address.role), **options)
    page = await context.new_page()
    answer = await page.goto(f"{town.here.base}{filled(address, town)}")
    assert answer is not None
    assert answer.status == 200, (answer.status, address.path)
    return context, page


async def test_every_page_is_looked_at() -> None:
    """A page whose address varies has a line in tests/browser/addresses.py."""
    assert unknown() == []


@EVERY
@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_axe_finds_nothing(
    browser: Driver, town: Lively, address: Address, theme: Theme
) -> None:
    context, page = await opened(browser, town, address, theme=theme)
    found = await Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}})
    wrong = [
        f"{one['id']}: {node['html'][:150]} – {node.get('failureSummary', '')[:300]}"
        for one in found.response["violations"]
        for node in one["nodes"][:3]
    ]
    assert wrong == []
    await context.close()
    browser.check()


@EVERY
async def test_small_screens_and_large_text_lose_nothing(
    browser: Driver, town: Lively, address: Address
) -> None:
    """320 pixels (WCAG 1.4.10), and text twice as large (1.4.4)."""
    context, page = await opened(browser, town, address, screen=SMALL)
    assert await page.evaluate(WIDE) == []
    assert await page.evaluate(CUT) == []
    await page.set_viewport_size({"width": DESK[0], "height": DESK[1]})
    await page.evaluate(
        "() => { const sheet = new CSSStyleSheet();"
        " sheet.replaceSync('html { font-size: 200% }');"
        " document.adoptedStyleSheets = [sheet]; }"
    )
    assert await page.evaluate(WIDE) == []
    assert await page.evaluate(CUT) == []
    await context.close()


@EVERY
async def test_the_structure_is_sound(browser: Driver, town: Lively, address: Address) -> None:
    """One first heading, no level left out, no id twice, the keyboard's order is the page's, no
    style or script in the page, nothing too small to touch (WCAG 2.5.8)."""
    context, page = await opened(browser, town, address)
    found = await page.evaluate(STRUCTURE)
    assert found == {
        "firsts": 1,
        "twice": [],
        "jumps": 0,
        "ordered": 0,
        "inline": 0,
        "small": [],
    }
    await context.close()
