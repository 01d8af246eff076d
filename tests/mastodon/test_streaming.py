"""Streams: what happens reaches whoever listens, and nobody else."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from tests.mastodon.signing_in import App, Town

pytestmark = pytest.mark.asyncio(loop_scope="module")


class Listener:
    """A WebSocket of an app."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket

    async def say(self, **message: Any) -> None:
        await self.socket.send_json(message)

    async def hear(self, event: str | None = None, *, seconds: float = 5.0) -> dict[str, Any]:
        """The next message, of that event where one is named."""
        async with asyncio.timeout(seconds):
            while True:
                message = await self.socket.receive()
                assert message.type is aiohttp.WSMsgType.TEXT, message
                told: dict[str, Any] = json.loads(message.data)
                if event is None or told.get("event") == event:
                    return told

    async def silent(self, *, seconds: float = 0.15) -> bool:
        try:
            await self.hear(seconds=seconds)
        except TimeoutError:
            return True
        return False


@contextlib.asynccontextmanager
async def listening(app: App, path: str = "", **query: str) -> AsyncIterator[Listener]:
    url = f"{app.node.base}/api/v1/streaming{path}"
    headers = {"Authorization": f"Bearer {app.token}"}
    async with app.web.ws_connect(url, params=query, headers=headers) as socket:
        yield Listener(socket)


async def write(app: App, text: str, **fields: Any) -> str:
    made = await app.post("/api/v1/statuses", status=text, **fields)
    return str(made["id"])


async def test_a_public_post_is_heard_at_once(shared: Town) -> None:
    amina, benoit = await shared.app("amina"), await shared.app("benoit")
    async with listening(benoit, stream="public:local") as listener:
        await asyncio.sleep(0.05)
        identifier = await write(amina, "Bonjour le quartier")
        told = await listener.hear()
        assert told["stream"] == ["public:local"]
        assert told["event"] == "update"
        status = json.loads(told["payload"])
        assert status["id"] == identifier
        assert status["account"]["username"] == "amina"
        await amina.ask("DELETE", f"/api/v1/statuses/{identifier}")
        assert await listener.hear() == {
            "stream": ["public:local"],
            "event": "delete",
            "payload": identifier,
        }
