"""Nothing moves while a page loads. (What a page costs who pays by the byte is judged where each is
opened: tests/browser/test_accessibility.py.)"""

from __future__ import annotations

import pytest

from tests.browser.driving import Driver
from tests.browser.lively import Lively

pytestmark = pytest.mark.asyncio(loop_scope="module")

SHIFTS = """() => new Promise(done => {
    let sum = 0;
    new PerformanceObserver(list => list.getEntries().forEach(e => { sum += e.value; }))
        .observe({type: "layout-shift", buffered: true});
    setTimeout(() => done(sum), 400);
})"""


@pytest.mark.parametrize("path", ["/", "/@amina/{own}", "/map"])
async def test_nothing_moves_while_it_loads(browser: Driver, town: Lively, path: str) -> None:
    """Cumulative layout shift below what one can see (web.dev: good is up to 0.1)."""
    page = await browser.visit(town.here, path.format(**town.numbers))
    assert await page.evaluate(SHIFTS) < 0.02
    await page.context.close()
