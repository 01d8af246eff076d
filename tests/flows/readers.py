"""A reader of what a node publishes for everybody: JSON, feeds and calendars, read by independent
readers. Import the fixture into a module of tests."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import feedparser  # type: ignore[import-untyped]
import icalendar
import pytest
import sqlalchemy as sa

from node.actions.accounts import make_token
from node.social.accounts import Actor
from node.store.tables import proposals
from node.store.transaction import Transaction
from tests.databases import new_sqlite
from tests.serving import Serving, serving

API = "/api/aid/v1"
DAY = 86_400.0


@dataclass
class Reader:
    node: Serving
    web: aiohttp.ClientSession

    async def get(self, path: str, **headers: str) -> tuple[int, Mapping[str, str], bytes]:
        url = path if path.startswith("http") else self.node.base + path
        async with self.web.get(url, headers=headers) as answer:
            return answer.status, answer.headers, await answer.read()

    async def json(self, path: str, **headers: str) -> Any:
        async with self.web.get(self.node.base + path, headers=headers) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json(content_type=None)

    async def call(self, method: str, path: str, who: Actor, **json: Any) -> tuple[int, Any]:
        now = self.node.here.clock.now()
        token = await self.node.store.write(make_token, who.username, "read write", now)
        async with self.web.request(
            method,
            self.node.base + path,
            json=json or None,
            headers={"Authorization": f"Bearer {token}"},
        ) as answer:
            return answer.status, await answer.json() if answer.status != 204 else None

    async def feed(self, path: str, **headers: str) -> Any:
        """As feedparser reads it; it has no complaint."""
        status, told, body = await self.get(path, **headers)
        assert (status, told["Content-Type"]) == (200, "application/atom+xml; charset=utf-8")
        read = feedparser.parse(body)
        assert not read.bozo, read.bozo_exception
        return read

    async def calendar(self, path: str, **headers: str) -> Any:
        status, told, body = await self.get(path, **headers)
        assert (status, told["Content-Type"]) == (200, "text/calendar; charset=utf-8")
        assert all(len(line) <= 75 for line in body.split(b"\r\n"))  # RFC 5545 §3.1
        return icalendar.Calendar.from_ical(body)


@pytest.fixture
async def reader(tmp_path: Path) -> AsyncIterator[Reader]:
    async with (
        serving(new_sqlite(tmp_path), tmp_path) as node,
        aiohttp.ClientSession() as web,
    ):
        yield Reader(node, web)


def number(uri: str) -> int:
    return int(uri.rpartition("/")[2])


async def set_columns(node: Serving, uri: str, **columns: Any) -> None:
    def unit(tx: Transaction) -> None:
        tx.execute(
            sa.update(proposals).where(proposals.c.object_id == number(uri)).values(**columns)
        )

    await node.store.write(unit)
