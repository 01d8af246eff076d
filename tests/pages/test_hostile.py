"""Whoever means ill: forged forms, strangers at members' doors, words that would be markup, values
that nobody types. Over every page and form that there is, the new ones too."""

from __future__ import annotations

import itertools
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from bs4 import BeautifulSoup

from node.web.routes import PAGES
from node.web.site.visit import Page
from tests.browser.addresses import Address, addresses, filled
from tests.browser.lively import Lively, lively
from tests.pages.reading import Reader, reader

pytestmark = pytest.mark.asyncio(loop_scope="module")

FORMS = [page for page in PAGES if page.method == "POST"]
MARKED = [page for page in FORMS if not page.unmarked]
WEIRD = (
    "",
    "0",
    "-1",
    "9" * 30,
    "é" * 300,
    "<b>",
    "../../etc/passwd",
    "%00",
    "null",
    "[]",
    "1e400",
)
_PART = re.compile(r"\{(\w+)(?::([^}]*))?\}")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def town(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Lively]:
    async with lively(Path(tmp_path_factory.mktemp("hostile"))) as there:
        yield there


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def worn(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Lively]:
    """A town in which things are undone: what only looks has its own."""
    async with lively(Path(tmp_path_factory.mktemp("worn"))) as there:
        yield there


def tried(page: Page, town: Lively, value: str | None = None) -> str:
    """An address of the form: with numbers of the town where it varies, or with `value`."""
    numbers = itertools.cycle(town.numbers.values())
    names = {"name": "amina", "slug": "demande", "domain": town.beside.domain}

    def part(found: re.Match[str]) -> str:
        if found[2]:  # one of a few words
            return found[2].partition("|")[0]
        return value if value is not None else names.get(found[1], next(numbers))

    return _PART.sub(part, page.path)


def ids(page: Page) -> str:
    return page.path


async def mark_of(reads: Reader) -> str:
    """The mark of the forms of this browser."""
    page = await reads.get("/display")
    found = page.soup.select_one("input[name=_form]")
    assert found is not None
    return str(found["value"])


@pytest.mark.parametrize("form", MARKED, ids=ids)
async def test_a_form_that_was_not_given_here_does_nothing(town: Lively, form: Page) -> None:
    """Without a mark, with another browser's, from another site: 403, whoever is signed in."""
    alma = town.alma.actor
    async with reader(town.here, alma) as mine, reader(town.here, alma) as other:
        path = tried(form, town)
        stolen = await mark_of(other)
        own = await mark_of(mine)
        for fields, headers in (
            ({}, {}),
            ({"_form": ""}, {}),
            ({"_form": stolen}, {}),
            ({"_form": own}, {"Sec-Fetch-Site": "cross-site"}),
            ({"_form": own}, {"Origin": "https://evil.example"}),
        ):
            answer = await mine.post(path, fields, follow=False, headers=headers)
            assert answer.status == 403, (fields, headers)


@pytest.mark.parametrize("form", [page for page in FORMS if page.who != "anybody"], ids=ids)
async def test_who_may_not_does_nothing(town: Lively, form: Page) -> None:
    """Strangers are asked to sign in first; members are no mediators, nor mediators admins."""
    path = tried(form, town)
    async with reader(town.here) as stranger:
        answer = await stranger.post(path, {"_form": await mark_of(stranger)}, follow=False)
        assert answer.status == 303
        assert answer.headers["Location"].startswith("/signin")
    lesser = {"mediator": town.amina, "admin": town.maud}.get(form.who)
    if lesser is not None:
        async with reader(town.here, lesser.actor) as reads:
            answer = await reads.post(path, {"_form": await mark_of(reads)}, follow=False)
            assert answer.status == 403


@pytest.mark.parametrize("address", list(addresses()), ids=lambda one: one.path)
async def test_a_page_protects_its_readers(town: Lively, address: Address) -> None:
    """No inline script or style is allowed, no frame, no guessing of types; words stay words."""
    async with reader(town.here, town.who(address.role)) as reads:
        page = await reads.get(filled(address, town))
        assert page.status == 200
        policy = page.headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert page.headers["X-Content-Type-Options"] == "nosniff"
        assert "public" not in page.headers.get("Cache-Control", "")
        assert hostile(page.soup) == []
        if address.role != "anybody":
            assert "Cookie" in page.headers["Vary"]


def hostile(soup: BeautifulSoup) -> list[str]:
    """What of a page would run, or load from elsewhere, if no policy stood before it."""
    found = [str(one)[:100] for one in soup.select("script:not([src]), style, [style], iframe")]
    for tag in soup.find_all(True):
        for name, value in tag.attrs.items():
            text = str(value).strip().lower()
            if name.startswith("on") or text.startswith(("javascript:", "vbscript:")):
                found.append(str(tag)[:100])
            if name in ("src", "srcset") and text.startswith(("http", "//")):
                found.append(str(tag)[:100])
    return found


@pytest.mark.parametrize("page", [page for page in PAGES if page.method == "GET"], ids=ids)
async def test_whatever_is_asked_nothing_breaks(town: Lively, page: Page) -> None:
    """Values that nobody types, in the address and in the query: a page or an error, never 5xx."""
    if page.path == "/live":
        return
    async with reader(town.here, town.alma.actor) as reads:
        for value in WEIRD:
            path = tried(page, town, value.replace("/", "%2F") or "0")
            query = dict.fromkeys(("max_id", "topic", "q", "next", "near", "page", "id"), value)
            answer = await reads.get(path, follow=False, params=query)
            assert answer.status < 500, (path, value, answer.text[:300])


@pytest.mark.parametrize("form", FORMS, ids=ids)
async def test_whatever_is_sent_nothing_breaks(worn: Lively, form: Page) -> None:
    """The same of forms, with a right mark, by somebody who may; what is undone is told so."""
    if form.path in ENDING:
        return
    async with reader(worn.here, worn.alma.actor) as reads:
        names = await names_of(reads, form, worn)
        mark = await mark_of(reads)
        for value in ("0", *WEIRD):
            path = tried(form, worn, "0") if value == "0" else tried(form, worn)
            fields: Any = {"_form": mark, **dict.fromkeys(names, value)}
            answer = await reads.post(path, fields, follow=False)
            assert answer.status < 500, (path, value, answer.text[:300])
        as_file = aiohttp.FormData()
        as_file.add_field("_form", mark)
        for name in names or ["file"]:
            as_file.add_field(name, b"\x89PNG\r\n", filename="../x.png", content_type="image/png")
        answer = await reads.post(tried(form, worn), as_file, follow=False)
        assert answer.status < 500, answer.text[:300]


ENDING = frozenset({"/signout", "/me/leave"})


async def names_of(reads: Reader, form: Page, town: Lively) -> list[str]:
    """What the page of the same address asks for, as far as it has a form."""
    path = tried(form, town)
    page = await reads.get(path, follow=False)
    found = {str(one["name"]) for one in page.soup.select("main [name]")}
    common = {"title", "text", "name", "reason", "words", "password", "email", "code", "id"}
    return sorted((found | common) - {"_form"})
