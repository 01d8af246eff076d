"""Every page as people see it, to be looked at.

    python -m tests.browser.shots FOLDER [PART OF AN ADDRESS ...]

Writes a picture of each page whole, on a phone and on a desk; ``--dark`` in the dark theme,
``--en`` in English.
"""

from __future__ import annotations

import asyncio
import re
import sys
import tempfile
from pathlib import Path

from playwright.async_api import async_playwright

from tests.browser.addresses import addresses, filled
from tests.browser.chromium import chromium
from tests.browser.driving import DESK, PHONE, Driver, Theme
from tests.browser.lively import lively


async def main(folder: Path, parts: list[str], theme: Theme, language: str) -> None:
    with tempfile.TemporaryDirectory() as directory:
        async with lively(Path(directory)) as town, async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=chromium(), args=["--no-sandbox"]
            )
            driver = Driver(browser)
            for address in addresses():
                if parts and not any(part in address.path for part in parts):
                    continue
                name = re.sub(r"\W+", "-", address.path).strip("-") or "front"
                for kind, screen in (("phone", PHONE), ("desk", DESK)):
                    page = await driver.visit(
                        town.here,
                        filled(address, town),
                        town.who(address.role),
                        screen=screen,
                        theme=theme,
                        language=language,
                    )
                    await page.wait_for_timeout(150)
                    await page.screenshot(path=folder / f"{name}-{kind}.png", full_page=True)
                    await page.context.close()
            await browser.close()


if __name__ == "__main__":
    words = [word for word in sys.argv[1:] if not word.startswith("--")]
    if not words:
        sys.exit(__doc__)
    Path(words[0]).mkdir(parents=True, exist_ok=True)
    asyncio.run(
        main(
            Path(words[0]),
            words[1:],
            "dark" if "--dark" in sys.argv else "light",
            "en-GB" if "--en" in sys.argv else "fr-FR",
        )
    )
