"""An app that signs somebody in as apps do, and then asks with its token."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import re
import secrets
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp

from tests.databases import new_sqlite
from tests.serving import PASSWORD, Serving, serving

BACK = "https://app.example/back"
OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"
ALL = "read write follow push profile"


@dataclass(frozen=True, slots=True)
class Told:
    """What was answered."""

    status: int
    headers: Mapping[str, str]
    body: Any


@dataclass(slots=True)
class App:
    """A registered app, signed in or not."""

    node: Serving
    web: aiohttp.ClientSession
    client_id: str
    client_secret: str
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    token: str | None = None

    async def ask(self, method: str, path: str, *, token: str | None = None, **how: Any) -> Told:
        """`how` is aiohttp's: params, json, data, headers."""
        headers = dict(how.pop("headers", {}))
        held = token or self.token
        if held:
            headers.setdefault("Authorization", f"Bearer {held}")
        url = path if path.startswith("http") else self.node.base + path
        async with self.web.request(
            method, url, headers=headers, allow_redirects=False, **how
        ) as answer:
            reads = answer.content_type == "application/json"
            body = await answer.json() if reads else await answer.text()
            return Told(answer.status, answer.headers, body)

    async def get(self, path: str, **query: Any) -> Any:
        """What is answered with 200."""
        found = await self.ask("GET", path, params=query)
        assert found.status == 200, (path, found.status, found.body)
        return found.body

    async def post(self, path: str, **body: Any) -> Any:
        found = await self.ask("POST", path, json=body)
        assert found.status == 200, (path, found.status, found.body)
        return found.body

    @property
    def challenge(self) -> str:
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

    def request(self, **changes: str | None) -> dict[str, str]:
        """The parameters of an authorization request; None leaves one out."""
        asked: dict[str, str | None] = {
            "client_id": self.client_id,
            "redirect_uri": BACK,
            "response_type": "code",
            "scope": ALL,
            "state": "what the app remembers",
            "code_challenge": self.challenge,
            "code_challenge_method": "S256",
        }
        return {name: value for name, value in (asked | changes).items() if value is not None}

    async def submit(self, who: str, given: str | None = PASSWORD, **changes: str | None) -> Told:
        """The form of the page, sent as a browser sends it."""
        form = self.request(**changes) | {"username": who, "password": given or ""}
        return await self.ask("POST", "/oauth/authorize", data=form)

    async def code(self, who: str, **changes: str | None) -> str:
        """Of the address to which the browser is sent back, or of the page out of band."""
        told = await self.submit(who, **changes)
        if told.status == 302:
            return parse_qs(urlsplit(told.headers["Location"]).query)["code"][0]
        found = re.search(r"<code>([^<]+)</code>", told.body)
        assert told.status == 200, (told.status, told.body)
        assert found
        return found[1]

    async def exchange(self, given: str | None = None, **changes: str | None) -> Told:
        asked: dict[str, str | None] = {
            "grant_type": "authorization_code",
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "redirect_uri": BACK,
            "code": given,
            "code_verifier": self.verifier,
        }
        form = {name: value for name, value in (asked | changes).items() if value is not None}
        return await self.ask("POST", "/oauth/token", data=form)

    async def sign_in(self, who: str, **changes: str | None) -> App:
        told = await self.exchange(await self.code(who, **changes))
        assert told.status == 200, told.body
        self.token = told.body["access_token"]
        return self


async def register(node: Serving, web: aiohttp.ClientSession, **fields: Any) -> App:
    asked = {
        "client_name": "Une app",
        "redirect_uris": [BACK, OUT_OF_BAND],
        "scopes": ALL,
        "website": "https://app.example",
        **fields,
    }
    async with web.post(node.base + "/api/v1/apps", json=asked) as answer:
        made = await answer.json()
        assert answer.status == 200, made
    return App(node, web, made["client_id"], made["client_secret"])


@dataclass(frozen=True, slots=True)
class Town:
    """A node in this process, and the web."""

    node: Serving
    web: aiohttp.ClientSession

    async def app(self, who: str | None = None, **fields: Any) -> App:
        """A new app, in which somebody is signed in."""
        app = await register(self.node, self.web, **fields)
        return app if who is None else await app.sign_in(who)


@contextlib.asynccontextmanager
async def town(directory: Path, *names: str, url: str = "", **tables: Any) -> AsyncIterator[Town]:
    """A node on SQLite, or on the database of `url`, with accounts of these names."""
    async with serving(url or new_sqlite(directory), directory, **tables) as node:
        for name in names:
            await node.account(name)
        async with aiohttp.ClientSession() as web:
            yield Town(node, web)
