"""Chromium, driven by Playwright. Where a machine has none these tests are skipped, and say so;
never in CI (`CI` is set there), where a missing browser is an error.
"""

from __future__ import annotations

import contextlib
import os
import warnings
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import async_playwright, expect

from tests.browser.chromium import chromium
from tests.browser.driving import Driver
from tests.browser.lively import Lively, lively


def found_or_skipped() -> str:
    """Chromium; skips the test where there is none."""
    found = chromium()
    if found is None:
        text = "There is no Chromium here: the pages were NOT tried in a browser."
        if os.environ.get("CI"):
            pytest.fail(text)
        warnings.warn(text, pytest.PytestWarning, stacklevel=1)
        pytest.skip(text)
    return found


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Driver]:
    """One Chromium for a module, whose tests are marked
    ``pytest.mark.asyncio(loop_scope="module")``."""
    path = found_or_skipped()
    expect.set_options(timeout=15_000)
    async with contextlib.AsyncExitStack() as stack:
        playwright = await stack.enter_async_context(async_playwright())
        launched = await playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        stack.push_async_callback(launched.close)
        driver = Driver(launched)
        stack.push_async_callback(driver.close)
        yield driver


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def town(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Lively]:
    """Two quartiers in which something goes on, for all tests of a module, which only look."""
    async with lively(tmp_path_factory.mktemp("town")) as there:
        yield there
