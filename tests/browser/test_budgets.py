"""What a page costs who pays by the byte, on a slow line: bytes, requests, nothing that moves."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.async_api import Request

from tests.browser.addresses import Address, addresses, filled
from tests.browser.driving import Driver
from tests.browser.lively import Lively

pytestmark = pytest.mark.asyncio(loop_scope="module")

BYTES = 100_000
REQUESTS = 10
HEAVY = {"/map", "/desk/territory"}
"""They bring the map: its script is had once and kept."""
SHIFTS = """() => new Promise(done => {
    let sum = 0;
    new PerformanceObserver(list => list.getEntries().forEach(e => { sum += e.value; }))
        .observe({type: "layout-shift", buffered: true});
    setTimeout(() => done(sum), 400);
})"""


@pytest.mark.parametrize("address", list(addresses()), ids=lambda one: one.path)
async def test_a_page_is_light_and_asks_nobody_else(
    browser: Driver, town: Lively, address: Address
) -> None:
    """Without pictures under 100 kB as it goes over the line, a handful of requests, all to us."""
    context = await browser.person(town.here, town.who(address.role))
    page = await context.new_page()
    asked: list[Request] = []
    page.on("requestfinished", lambda one: asked.append(one))
    await page.goto(f"{town.here.base}{filled(address, town)}", wait_until="load")
    await page.wait_for_timeout(100)
    hosts = {urlsplit(one.url).netloc for one in asked if not one.url.startswith("data:")}
    assert hosts <= {town.here.domain}
    pages = [one for one in asked if one.resource_type not in ("image", "eventsource")]
    sizes = {one.url: (await one.sizes())["responseBodySize"] for one in pages}
    assert sum(sizes.values()) <= BYTES * (2 if address.path in HEAVY else 1), sizes
    assert len(asked) <= REQUESTS + (4 if address.path in HEAVY else 0), [one.url for one in asked]
    await context.close()
    browser.check()


@pytest.mark.parametrize("path", ["/", "/@amina/{own}", "/map"])
async def test_nothing_moves_while_it_loads(browser: Driver, town: Lively, path: str) -> None:
    """Cumulative layout shift below what one can see (web.dev: good is up to 0.1)."""
    page = await browser.visit(town.here, path.format(**town.numbers))
    assert await page.evaluate(SHIFTS) < 0.02
    await page.context.close()
