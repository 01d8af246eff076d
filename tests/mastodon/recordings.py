"""What real apps asked, in their order, asked again.

A recording (`data/<app>.json`) is a list of entries of four kinds:

    {"step": "post"}                                   what the person did then in the app
    {"verb": "GET", "path": …, "query": …, "form" | "json" | "multipart": …, "as": "token",
     "status": 200, "returns": ["Status"], "keep": {"status 1": "0/id"}}       a call of the app
    {"by": "benoit", "verb": "POST", …}                what somebody else did meanwhile
    {"stream": "open" | "says" | "hears", …}           the WebSocket

`{status 1}` stands for what an earlier answer held: `keep` gives names to places of the answer,
and `as` names the token. `returns` is the entity of Mastodon's documentation.
"""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp

from tests.mastodon import shapes
from tests.mastodon.shapes import check
from tests.mastodon.signing_in import App, Told, Town
from tests.mastodon.test_media import jpeg
from tests.serving import PASSWORD

_DATA = Path(__file__).parent / "data"
_NAME = re.compile(r"\{([a-z_ ]+\d*)\}")

ENTITIES: dict[str, Any] = shapes.ENTITIES | {
    "Markers": shapes.MARKERS,
    "Status": shapes.OWN_STATUS,
}


def recording(app: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((_DATA / f"{app}.json").read_bytes())
    return found


@dataclass(slots=True)
class Player:
    """Somebody's app, of which only the calls are known."""

    town: Town
    others: dict[str, App]
    kept: dict[str, str] = field(default_factory=dict)
    socket: aiohttp.ClientWebSocketResponse | None = None
    heard: list[dict[str, Any]] = field(default_factory=list)

    async def play(self, entries: list[dict[str, Any]]) -> None:
        base = self.town.node.base
        self.kept |= {"host": self.town.node.domain, "password": PASSWORD, "base": base}
        step = "sign in"
        for number, entry in enumerate(entries):
            step = entry.get("step", step)
            try:
                if "stream" in entry:
                    await self._stream(entry)
                elif "verb" in entry:
                    await self._call(entry)
            except (AssertionError, TimeoutError) as error:
                raise AssertionError(f"{step}, entry {number} ({entry}): {error!r}") from error
        if self.socket is not None:
            await self.socket.close()

    async def _call(self, entry: dict[str, Any]) -> None:
        told = await self._ask(entry)
        assert told.status == entry["status"], (told.status, told.body)
        returns = entry.get("returns")
        if isinstance(returns, list):
            check(told.body, [ENTITIES[returns[0]]])
        elif returns is not None and told.status < 300:
            check(told.body, ENTITIES[returns])
        self._keep(entry, told.body, told.headers.get("Location", ""))

    async def _ask(self, entry: dict[str, Any]) -> Told:
        how: dict[str, Any] = {}
        if query := entry.get("query"):
            how["params"] = _pairs(self._filled(query))
        if form := entry.get("form"):
            how["data"] = _pairs(self._filled(form))
        if "json" in entry:
            how["json"] = self._filled(entry["json"])
        if parts := entry.get("multipart"):
            how["data"] = _multipart(self._filled(parts))
        path = self._filled(entry["path"])
        if "by" in entry:
            return await self.others[entry["by"]].ask(entry["verb"], path, **how)
        nobody = App(self.town.node, self.town.web, "", "")
        token = self.kept[entry["as"]] if "as" in entry else None
        return await nobody.ask(entry["verb"], path, token=token, **how)

    async def _stream(self, entry: dict[str, Any]) -> None:
        if entry["stream"] == "open":
            protocols = (self.kept["token"],) if entry["protocol"] else ()
            url = self.town.node.base + self._filled(entry["path"])
            if self.socket is not None:
                await self.socket.close()
                self.heard.clear()
            self.socket = await self.town.web.ws_connect(url, protocols=protocols)
            return
        assert self.socket is not None
        if entry["stream"] == "says":
            await self.socket.send_json(self._filled(entry["data"]))
            return
        async with asyncio.timeout(5):
            while True:
                for frame in self.heard:
                    if (frame["stream"], frame["event"]) == (entry["streams"], entry["event"]):
                        self.heard.remove(frame)
                        if "keep" in entry:
                            self._keep(entry, {"payload": json.loads(frame["payload"])})
                        return
                self.heard.append(await self.socket.receive_json())

    def _keep(self, entry: dict[str, Any], body: Any, location: str = "") -> None:
        for name, place in entry.get("keep", {}).items():
            if place == "location":
                self.kept[name] = parse_qs(urlsplit(location).query)["code"][0]
                continue
            found = body
            for part in place.split("/"):
                found = found[int(part)] if isinstance(found, list) else found[part]
            self.kept[name] = str(found)

    def _filled(self, value: Any) -> Any:
        match value:
            case dict():
                return {key: self._filled(one) for key, one in value.items()}
            case list():
                return [self._filled(one) for one in value]
            case str():
                return _NAME.sub(lambda found: self.kept[found[1]], value)
        return value


def _pairs(fields: dict[str, Any]) -> list[tuple[str, str]]:
    return [
        (name, one)
        for name, given in fields.items()
        for one in (given if isinstance(given, list) else [given])
    ]


def _multipart(parts: dict[str, Any]) -> aiohttp.FormData:
    form = aiohttp.FormData(default_to_multipart=True)
    for name, given in parts.items():
        if isinstance(given, dict):
            content = jpeg() if given["name"] else b""  # nothing was chosen in this field
            form.add_field(name, content, filename=given["name"], content_type=given["type"])
        else:
            form.add_field(name, given)
    return form
