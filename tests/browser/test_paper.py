"""What goes on paper, printed as a browser prints it, and read as PDF: A4, black on white, nothing
cut, nothing torn apart, the phone before the square."""

from __future__ import annotations

import io
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from pypdf import PageObject, PdfReader

from node.store import objects
from tests.browser.driving import Driver, Theme
from tests.databases import new_sqlite
from tests.serving import Serving, serving

pytestmark = pytest.mark.asyncio(loop_scope="module")

A4 = (595.0, 842.0)
MARGIN = 24.0
"""Points that stay white: what printers cannot reach."""
PHONE = "04 78 11 22 33"
TITLE = "Deux heures de bricolage pour une étagère très lourde, une porte qui frotte, et trois vis"
TEXT = (
    "Il faut percer dans du béton, et je n’ai pas de perceuse. L’immeuble a un ascenseur. "
    "On peut le faire un soir de la semaine, ou le samedi matin, comme cela vous arrange. "
)


@dataclass(frozen=True, slots=True)
class Hall:
    node: Serving
    long: int
    """The number of an announcement that says as much as it can."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hall(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hall]:
    directory: Path = tmp_path_factory.mktemp("hall")
    async with serving(
        new_sqlite(directory), directory, node={"name": "Saint-Jean-de-Védas-le-Vieux-Bourg"}
    ) as node:
        amina = await node.account("amina")
        for count in range(30):
            await node.publish(amina, title=f"Courses de la semaine {count:02}", text=TEXT * 3)
        uri = await node.publish(
            amina,
            topic="services.diy",
            urgency="high",
            title=f"{TITLE} {TITLE}",
            text=TEXT * 20,
            quantity="2",
            unit="hour",
            due="2030-11-24T10:00:00Z",
            languages=["ar", "es", "en"],
            answerable="vouched",
        )
        status = await node.store.read(objects.by_uri, uri)
        assert status is not None
        yield Hall(node, status.id)


async def printed(
    browser: Driver, node: Serving, path: str, theme: Theme = "light"
) -> list[PageObject]:
    page = await browser.visit(node, path, theme=theme)
    made = await page.pdf(prefer_css_page_size=True, print_background=True)
    await page.context.close()
    return list(PdfReader(io.BytesIO(made)).pages)


def words(page: PageObject) -> str:
    return " ".join(page.extract_text(orientations=(0, 90, 180, 270)).split())


def letters(page: PageObject) -> list[tuple[float, float]]:
    """Where every piece of text begins, in points from the lower left corner."""
    found: list[tuple[float, float]] = []

    def seen(text: str, of_page: list[float], of_text: list[float], *rest: Any) -> None:
        if text.strip():
            x, y = of_text[4], of_text[5]
            found.append(
                (
                    x * of_page[0] + y * of_page[2] + of_page[4],
                    x * of_page[1] + y * of_page[3] + of_page[5],
                )
            )

    page.extract_text(visitor_text=seen)
    return found


def check(pages: list[PageObject]) -> None:
    for page in pages:
        size = float(page.mediabox.width), float(page.mediabox.height)
        assert size == pytest.approx(A4, abs=1.0)
        at = letters(page)
        assert at
        assert min(x for x, _ in at) >= MARGIN
        assert max(x for x, _ in at) <= A4[0] - MARGIN
        assert min(y for _, y in at) >= MARGIN
        assert max(y for _, y in at) <= A4[1] - MARGIN
        assert "Imprimer" not in words(page)
        assert "Langue et affichage" not in words(page)


async def test_the_poster_is_one_page_with_the_phone_first(browser: Driver, hall: Hall) -> None:
    pages = await printed(browser, hall.node, f"/paper/poster?phone={PHONE}&place=Escalier B")
    check(pages)
    assert len(pages) == 1
    said = words(pages[0])
    assert said.index(PHONE) < said.index(hall.node.domain)
    assert "Saint-Jean-de-Védas-le-Vieux-Bourg" in said.replace("- ", "-")
    assert "Escalier B" in said


async def test_the_phone_is_read_from_two_metres(browser: Driver, hall: Hall) -> None:
    """Letters of a centimetre and more (2 m need 8 mm), black on white, in the dark theme, too."""
    page = await browser.visit(hall.node, f"/paper/poster?phone={PHONE}", theme="dark")
    await page.emulate_media(media="print")
    for name, least in ((".call .phone", 14.0), ("h1", 10.0), (".site", 8.0)):
        style = await page.locator(f".poster {name}").evaluate(
            "e => { const s = getComputedStyle(e);"
            " return [parseFloat(s.fontSize), s.color,"
            " getComputedStyle(e.closest('.sheet')).backgroundColor]; }"
        )
        assert style[0] * 25.4 / 96 >= least
        assert style[1:] == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]
    await page.context.close()


async def test_no_card_of_a_board_is_torn_apart(browser: Driver, hall: Hall) -> None:
    pages = await printed(browser, hall.node, f"/paper/board?phone={PHONE}", "dark")
    check(pages)
    assert 2 <= len(pages) <= 6
    whole = " ".join(words(page) for page in pages)
    for count in range(30):
        assert f"Courses de la semaine {count:02}" in whole
    # A card begins and ends on one page: as many titles as addresses on each.
    for page in pages:
        said = words(page)
        titles = len(re.findall(r"Courses de la semaine \d\d|Deux heures de bricolage", said))
        addresses = len(re.findall(r"/a/[0-9a-z]{4}-", said))
        assert titles in (addresses, addresses + said.count("porte qui frotte, et trois vis Deux"))
    assert PHONE in words(pages[0])


@pytest.mark.parametrize("strips", [4, 8, 12])
async def test_strips_stand_at_the_foot_of_one_page(
    browser: Driver, hall: Hall, strips: int
) -> None:
    path = f"/paper/strips/{hall.long}?phone={PHONE}&strips={strips}&place=Escalier B"
    pages = await printed(browser, hall.node, path)
    check(pages)
    assert len(pages) == 1
    said = words(pages[0])
    assert said.count(PHONE) == strips
    assert said.count("/a/") == strips
    assert "Détachez une languette" in said


async def test_what_a_strip_says_fits_on_it(browser: Driver, hall: Hall) -> None:
    page = await browser.visit(hall.node, f"/paper/strips/{hall.long}?phone={PHONE}&strips=12")
    await page.set_viewport_size({"width": 718, "height": 1046})
    await page.emulate_media(media="print")
    cut = await page.evaluate(
        """() => [...document.querySelectorAll(".torn, .strip, .strip .words")].filter(e =>
            e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1
        ).map(e => [e.className, e.scrollWidth, e.clientWidth, e.scrollHeight, e.clientHeight])"""
    )
    assert cut == []
    await page.context.close()


async def test_a_topic_has_a_sheet_with_strips(browser: Driver, hall: Hall) -> None:
    pages = await printed(browser, hall.node, f"/paper/strips?group=care&phone={PHONE}&strips=10")
    check(pages)
    assert len(pages) == 1
    assert words(pages[0]).count(PHONE) == 10
    assert "Prendre soin" in words(pages[0])


async def test_a_button_prints_where_scripts_run(browser: Driver, hall: Hall) -> None:
    page = await browser.visit(hall.node, "/paper/poster")
    await page.evaluate("() => { window.print = () => { window.printed = true; }; }")
    await page.get_by_role("button", name="Imprimer").click()
    assert await page.evaluate("window.printed") is True
    await page.context.close()
    plain = await browser.visit(hall.node, "/paper/poster", js=False)
    assert await plain.get_by_role("button", name="Imprimer").count() == 0
    await plain.context.close()
