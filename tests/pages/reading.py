"""Somebody who reads the pages in a browser without JavaScript: follows links, fills forms.

    async with reader(node, actor=amina) as amina_reads:
        page = await amina_reads.get("/ask")
        page = await amina_reads.submit(page, "/ask", title="Courses")

A form is sent as a browser sends it: with its hidden fields, what is ticked and chosen, and what
the test fills in; a field that the form does not have is an error of the test.
"""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

import aiohttp
from bs4 import BeautifulSoup, Tag

from node.social.accounts import Actor
from node.store import web_sessions
from tests.serving import Serving

FRENCH = "fr-FR,fr;q=0.9"


@dataclass(frozen=True, slots=True)
class Read:
    """A page as it was read."""

    status: int
    path: str
    headers: Any
    html: str
    soup: BeautifulSoup

    @property
    def h1(self) -> str:
        found = self.soup.select("h1")
        assert len(found) == 1, f"{len(found)} first headings on {self.path}"
        return _words(found[0])

    @property
    def text(self) -> str:
        """All words of the page's own part, spaces made one."""
        return _words(self.soup.select_one("main") or self.soup)

    @property
    def notice(self) -> str:
        found = self.soup.select_one(".notice")
        return _words(found) if found else ""

    @property
    def problems(self) -> list[str]:
        return [_words(one) for one in self.soup.select(".problems li")]

    @property
    def links(self) -> dict[str, str]:
        """Words → address, of the page's own part."""
        main = self.soup.select_one("main") or self.soup
        return {_words(one): str(one["href"]) for one in main.select("a[href]")}

    @property
    def buttons(self) -> list[str]:
        main = self.soup.select_one("main") or self.soup
        return [_words(one) for one in main.select("button")]

    def form(self, action: str | None = None, *, button: str | None = None) -> Tag:
        """The form that is sent to `action` (a path), or has the button of these words."""
        for form in self.soup.select("form"):
            path = urlsplit(urljoin(f"http://x{self.path}", str(form.get("action") or ""))).path
            if action is not None and path != urlsplit(action).path:
                continue
            if button is not None and button not in [_words(b) for b in form.select("button")]:
                continue
            return form
        raise AssertionError(f"no form for {action or button!r} on {self.path}:\n{self.text}")


class Reader:
    def __init__(self, session: aiohttp.ClientSession, base: str) -> None:
        self.session = session
        self.base = base

    async def get(self, path: str, *, follow: bool = True, **options: Any) -> Read:
        async with self.session.get(
            urljoin(self.base, path), allow_redirects=follow, **options
        ) as answer:
            return await _read(answer)

    async def post(self, path: str, fields: Any, *, follow: bool = True, **options: Any) -> Read:
        """Send what no form of a page has sent."""
        async with self.session.post(
            urljoin(self.base, path), data=fields, allow_redirects=follow, **options
        ) as answer:
            return await _read(answer)

    async def submit(
        self,
        page: Read,
        action: str | None = None,
        *,
        button: str | None = None,
        follow: bool = True,
        **fields: Any,
    ) -> Read:
        """Fill a form and press its button (the first one, or the one of these words). A value is
        text, a list (several ticks), None (leave out), or (name, bytes, media type) for a file."""
        form = page.form(action, button=button)
        filled = _filled(form, fields, button)
        target = urljoin(f"{self.base}{page.path}", str(form.get("action") or page.path))
        if str(form.get("method", "get")).lower() == "get":
            async with self.session.get(target, params=filled, allow_redirects=follow) as answer:
                return await _read(answer)
        data: Any = filled
        if form.get("enctype") == "multipart/form-data":
            data = aiohttp.FormData()
            for name, value in filled:
                if isinstance(value, tuple):
                    data.add_field(name, value[1], filename=value[0], content_type=value[2])
                else:
                    data.add_field(name, value)
        async with self.session.post(target, data=data, allow_redirects=follow) as answer:
            return await _read(answer)

    async def press(self, page: Read, button: str, **fields: Any) -> Read:
        """The button of these words."""
        return await self.submit(page, button=button, **fields)


@contextlib.asynccontextmanager
async def reader(
    node: Serving, actor: Actor | None = None, *, language: str = FRENCH
) -> AsyncIterator[Reader]:
    """Somebody with a browser of their own; with `actor`, signed in."""
    jar = aiohttp.CookieJar(unsafe=True)
    if actor is not None:
        jar.update_cookies({"entraide": await session_of(node, actor)})
    headers = {"Accept": "text/html,application/xhtml+xml", "Accept-Language": language}
    async with aiohttp.ClientSession(cookie_jar=jar, headers=headers) as session:
        yield Reader(session, node.base)


async def session_of(node: Serving, actor: Actor) -> str:
    """What the cookie ``entraide`` of somebody who is signed in holds."""
    token = secrets.token_urlsafe(32)
    now = node.here.clock.now()
    await node.store.write(web_sessions.begin, token, actor.id, device="Firefox, Linux", now=now)
    return token


async def _read(answer: aiohttp.ClientResponse) -> Read:
    html = await answer.text(errors="replace")  # of a file, too
    path = answer.url.raw_path_qs
    return Read(answer.status, path, answer.headers, html, BeautifulSoup(html, "html.parser"))


def one(tag: Tag, selector: str) -> Tag:
    """What a selector finds; an error of the test where it finds nothing."""
    found = tag.select_one(selector)
    assert found is not None, f"nothing is {selector}"
    return found


def _words(tag: Any) -> str:
    return " ".join(tag.get_text(" ").split())


def _filled(form: Tag, fields: dict[str, Any], button: str | None) -> list[tuple[str, Any]]:
    """Name and value, in the order of the form."""
    filled: list[tuple[str, Any]] = []
    known: set[str] = set()
    pressed = False
    for tag in form.select("input, textarea, select, button"):
        name = str(tag.get("name") or "")
        kind = str(tag.get("type") or "").lower()
        if tag.name == "button":
            if not pressed and (button is None or _words(tag) == button):
                pressed = True
                if name:
                    filled.append((name, str(tag.get("value") or "")))
            continue
        if not name or tag.has_attr("disabled"):
            continue
        first, known_before = name not in known, name in fields
        known.add(name)
        if known_before:
            if first:
                filled += _given(name, fields[name])
        elif kind in ("checkbox", "radio"):
            if tag.has_attr("checked"):
                filled.append((name, str(tag.get("value") or "on")))
        elif tag.name == "select":
            chosen = tag.select_one("option[selected]") or tag.select_one("option")
            if chosen is not None:
                filled.append((name, str(chosen.get("value", _words(chosen)))))
        elif tag.name == "textarea":
            filled.append((name, tag.get_text().removeprefix("\n")))
        elif kind != "file":
            filled.append((name, str(tag.get("value") or "")))
    unknown = set(fields) - known
    assert not unknown, f"the form has no field {', '.join(sorted(unknown))}, only {sorted(known)}"
    return filled


def _given(name: str, value: Any) -> list[tuple[str, Any]]:
    if value is None:
        return []
    if isinstance(value, list):
        return [(name, one) for one in value]
    return [(name, value)]
