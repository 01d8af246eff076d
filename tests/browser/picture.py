"""The README's picture: the page of a quartier of the demonstration, on a desk and on a phone.

    make picture        # writes docs/images/front.png

Runs `entraide demo`, waits until its story is told, photographs, and stops it.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import os
import re
import signal
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from PIL import Image, ImageDraw
from playwright.async_api import Browser, async_playwright

from tests.browser.chromium import chromium

PICTURE = Path(__file__).parents[2] / "docs" / "images" / "front.png"
QUARTIER = "Presqu’île"
TOLD = "Les trois nœuds tournent"
PATIENCE_S = 180.0
MARGIN, ROUND = 36, 28


@contextlib.asynccontextmanager
async def demo(directory: Path) -> AsyncIterator[str]:
    """The demonstration while it runs; the address of the quartier."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "node", "demo", "--base-port", "0"),
        *("--data-dir", str(directory / "demo")),
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout is not None
    try:
        said: list[str] = []
        async with asyncio.timeout(PATIENCE_S):
            async for line in process.stdout:
                said.append(line.decode())
                if TOLD in said[-1]:
                    break
            else:
                raise RuntimeError("the demonstration ended: " + "".join(said[-20:]))
        found = re.search(rf"{QUARTIER}\D*(http://127\.0\.0\.1:\d+)", "".join(said))
        assert found is not None, "".join(said)
        yield found[1]
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
            await process.wait()


async def shot(browser: Browser, address: str, width: int, height: int) -> Image.Image:
    context = await browser.new_context(
        viewport={"width": width, "height": height}, device_scale_factor=2, locale="fr-FR"
    )
    page = await context.new_page()
    await page.goto(address, wait_until="networkidle")
    taken = await page.screenshot()
    await context.close()
    return Image.open(io.BytesIO(taken)).convert("RGB")


def rounded(image: Image.Image) -> Image.Image:
    mask = Image.new("L", image.size, 0)
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, *image.size), ROUND, fill=255)
    framed = image.convert("RGBA")
    framed.putalpha(mask)
    return framed


def beside(desk: Image.Image, phone: Image.Image) -> Image.Image:
    """Both on a warm ground, the phone over the desk's right edge."""
    phone = phone.resize((phone.width * 4 // 5, phone.height * 4 // 5))
    size = (desk.width + phone.width // 2 + 3 * MARGIN, max(desk.height, phone.height) + 4 * MARGIN)
    ground = Image.new("RGB", size, "#f1e4d3")
    for image, at in (
        (desk, (MARGIN, MARGIN)),
        (phone, (size[0] - phone.width - MARGIN, size[1] - phone.height - MARGIN)),
    ):
        edge = (at[0] - 2, at[1] - 2, at[0] + image.width + 1, at[1] + image.height + 1)
        ImageDraw.Draw(ground).rounded_rectangle(edge, ROUND, fill="#bfa88f")
        ground.paste(rounded(image), at, rounded(image))
    return ground.resize((size[0] // 2, size[1] // 2), Image.Resampling.LANCZOS)


async def main() -> None:
    with tempfile.TemporaryDirectory(prefix="entraide-picture-") as directory:
        async with demo(Path(directory)) as address, async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=chromium(), args=["--no-sandbox"]
            )
            desk = await shot(browser, address, 1100, 900)
            phone = await shot(browser, address, 390, 844)
            await browser.close()
    PICTURE.parent.mkdir(exist_ok=True)
    beside(desk, phone).quantize(colors=128).save(PICTURE, optimize=True)
    print(f"{PICTURE.name}: {PICTURE.stat().st_size // 1024} KiB")


if __name__ == "__main__":
    asyncio.run(main())
