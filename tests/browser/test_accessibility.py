"""Every page, before people who see, hear and move as they do: the rules of WCAG 2.2 AA that a
program can judge (axe-core), small screens, large text, the keyboard."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, Request

from tests.browser.addresses import Address, addresses, filled, unknown
from tests.browser.driving import DESK, PHONE, SMALL, Driver
from tests.browser.lively import Lively, Role

pytestmark = pytest.mark.asyncio(loop_scope="module")

BYTES = 100_000
REQUESTS = 10
HEAVY = {"/map", "/desk/territory"}
"""They bring the map: its script is had once and kept."""
COLOURS = ["color-contrast", "link-in-text-block"]
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


# Where the keyboard is to stop: of radio buttons at one of each group, in what is folded nowhere.
LISTEN = """() => {
    const groups = new Set();
    window.stops = [...document.querySelectorAll(
        "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']"
    )].filter(e => {
        if (e.disabled || e.tabIndex < 0) return false;
        if (!e.checkVisibility({ visibilityProperty: true })) return false;
        if (e.type !== "radio") return true;
        const group = [...document.getElementsByName(e.name)].filter(each => each.form === e.form);
        const stop = group.find(each => each.checked) ?? group[0];
        return e === stop;
    });
    window.stopped = [];
    window.unseen = [];
    document.addEventListener("focusin", ({ target }) => {
        window.stopped.push(target);
        const style = getComputedStyle(target);
        const ring = e => { const s = getComputedStyle(e); return s.outlineStyle !== "none"; };
        const label = target.labels?.[0];
        if (!ring(target) && !(label && ring(label)) && style.boxShadow === "none") {
            window.unseen.push(target.outerHTML.slice(0, 120));
        }
    });
    return window.stops.length;
}"""
STOPPED = """() => {
    const differs = window.stops.findIndex((e, at) => e !== window.stopped[at]);
    const told = e => e?.outerHTML?.slice(0, 120);
    return {
        differs: differs < 0 ? null : [differs, told(stops[differs]), told(stopped[differs])],
        unseen: window.unseen.slice(0, 5),
    };
}"""
SOUND = {"firsts": 1, "twice": [], "jumps": 0, "ordered": 0, "inline": 0, "small": []}
TWICE = """() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("html { font-size: 200% }");
    document.adoptedStyleSheets = [sheet];
}"""


async def test_every_page_is_looked_at() -> None:
    """A page whose address varies has a line in tests/browser/addresses.py."""
    assert unknown() == []


class Readers:
    """One window for each role, in which page after page is opened, none from a cache: a window of
    its own for each page costs as much as all that is looked at in it."""

    def __init__(self, browser: Driver, town: Lively) -> None:
        self._browser, self._town = browser, town
        self._windows: dict[Role, Page] = {}

    async def window(self, role: Role) -> Page:
        """As it was opened: on a phone, in the light theme."""
        page = self._windows.get(role)
        if page is None:
            who = self._town.who(role)
            context = await self._browser.person(self._town.here, who, service_workers="block")
            page = self._windows[role] = await context.new_page()
            protocol = await context.new_cdp_session(page)
            await protocol.send("Network.enable")
            await protocol.send("Network.setCacheDisabled", {"cacheDisabled": True})
        await page.emulate_media(color_scheme="light")
        await page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
        return page


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def readers(browser: Driver, town: Lively) -> Readers:
    return Readers(browser, town)


@EVERY
async def test_a_page_is_for_everybody(
    browser: Driver, town: Lively, readers: Readers, address: Address
) -> None:
    """axe finds nothing in either theme. One first heading, no level left out, no id twice; the
    keyboard stops at everything, in the order of the page, and one sees where; no style or script
    in the page, nothing too small to touch (WCAG 2.5.8). On 320 pixels (1.4.10), and with text
    twice as large (1.4.4), nothing is lost. It is light, and asks nobody else."""
    page = await readers.window(address.role)
    asked: list[Request] = []

    def hear(request: Request) -> None:
        asked.append(request)

    page.on("requestfinished", hear)
    try:
        answer = await page.goto(f"{town.here.base}{filled(address, town)}")
        assert answer is not None
        assert answer.status == 200, (answer.status, address.path)
        assert await too_much(asked, town, address) == []
        assert await page.evaluate(STRUCTURE) == SOUND
        for _ in range(await page.evaluate(LISTEN)):
            await page.keyboard.press("Tab")
        assert await page.evaluate(STOPPED) == {"differs": None, "unseen": []}
        assert await violations(page, {"type": "tag", "values": RULES}) == []
        await page.emulate_media(color_scheme="dark")  # in which other things are the same
        assert await violations(page, {"type": "rule", "values": COLOURS}) == []
        await page.emulate_media(color_scheme="light")
        await page.set_viewport_size({"width": SMALL[0], "height": SMALL[1]})
        assert await page.evaluate(WIDE) == []
        assert await page.evaluate(CUT) == []
        await page.set_viewport_size({"width": DESK[0], "height": DESK[1]})
        await page.evaluate(TWICE)
        assert await page.evaluate(WIDE) == []
        assert await page.evaluate(CUT) == []
    finally:
        page.remove_listener("requestfinished", hear)
    browser.check()


async def too_much(asked: list[Request], town: Lively, address: Address) -> list[str]:
    """Without pictures under 100 kB as it goes over the line, a handful of requests, all to us."""
    heavy = address.path in HEAVY
    told = [
        f"to somebody else: {one.url}"
        for one in asked
        if not one.url.startswith("data:") and urlsplit(one.url).netloc != town.here.domain
    ]
    pages = [one for one in asked if one.resource_type not in ("image", "eventsource")]
    sizes = {one.url: (await one.sizes())["responseBodySize"] for one in pages}
    if sum(sizes.values()) > BYTES * (2 if heavy else 1):
        told.append(f"too heavy: {sizes}")
    if len(asked) > REQUESTS + (4 if heavy else 0):
        told.append(f"too many: {[one.url for one in asked]}")
    return told


async def violations(page: Page, rules: dict[str, object]) -> list[str]:
    found = await Axe().run(page, options={"runOnly": rules})
    return [
        f"{one['id']}: {node['html'][:150]} – {node.get('failureSummary', '')[:300]}"
        for one in found.response["violations"]
        for node in one["nodes"][:3]
    ]
