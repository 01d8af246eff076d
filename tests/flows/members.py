"""A node in this process, and its members over the JSON interface."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from node.actions.accounts import make_token
from tests.databases import new_sqlite
from tests.mailbox import Mailbox
from tests.serving import Serving, serving

API = "/api/aid/v1"


@dataclass
class Quartier:
    node: Serving
    web: aiohttp.ClientSession

    async def token(self, name: str) -> str:
        now = self.node.here.clock.now()
        return await self.node.store.write(make_token, name, "read write", now)

    async def call(
        self, method: str, path: str, who: str | None = None, **json: Any
    ) -> tuple[int, Any]:
        """The status and what was answered, None for nothing."""
        headers = {"Authorization": f"Bearer {await self.token(who)}"} if who else {}
        url = f"{self.node.base}{API}{path}"
        reads = method == "GET"
        async with self.web.request(
            method,
            url,
            headers=headers,
            params=json if reads else None,
            json=None if reads else json,
        ) as answer:
            return answer.status, await answer.json() if answer.status != 204 else None

    async def form(self, method: str, path: str, **data: str) -> tuple[int, str]:
        async with self.web.request(method, f"{self.node.base}{path}", data=data) as answer:
            assert "script-src 'self';" in answer.headers["Content-Security-Policy"]
            return answer.status, await answer.text()


@contextlib.asynccontextmanager
async def quartier(
    directory: Path, box: Mailbox | None = None, **node: Any
) -> AsyncIterator[Quartier]:
    mail = {"host": "127.0.0.1", "port": box.port, "security": "none"} if box else {}
    async with (
        serving(new_sqlite(directory), directory, mail=mail, node=node) as served,
        aiohttp.ClientSession() as web,
    ):
        yield Quartier(served, web)
