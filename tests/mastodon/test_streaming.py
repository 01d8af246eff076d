"""Streams: what happens reaches whoever listens, and nobody else."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest

from node.app import running
from node.mastodon.entities.status import page
from node.mastodon.streams import events, line
from node.store import filters
from node.store.transaction import Call, Transaction
from tests.mastodon.shapes import CONVERSATION, NOTIFICATION, check
from tests.mastodon.signing_in import App, Town, town
from tests.serving import free_port

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


async def test_a_public_post_is_heard_at_once(fresh: Town) -> None:
    amina, benoit = await fresh.app("amina"), await fresh.app("benoit")
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


async def test_one_connection_hears_what_it_subscribes_to(fresh: Town) -> None:
    amina, benoit = await fresh.app("amina"), await fresh.app("benoit")
    async with listening(benoit) as listener:
        await listener.say(type="subscribe", stream="public")
        await listener.say(type="subscribe", stream="hashtag", tag="Vélo")
        await listener.say(type="subscribe", stream="direct")
        await listener.say(type="subscribe", stream="nonsense")
        assert await listener.hear() == {"error": "Unknown stream type", "status": 400}
        await write(amina, "Qui répare un #vélo ?")
        heard = [await listener.hear(), await listener.hear()]
        assert {tuple(one["stream"]) for one in heard} == {("public",), ("hashtag", "Vélo")}
        assert heard[0]["payload"] == heard[1]["payload"]

        await listener.say(type="unsubscribe", stream="public")
        await listener.say(type="subscribe", stream="nonsense")  # answered after what was before
        await listener.hear()
        identifier = await write(amina, "@benoit c’est pour toi", visibility="direct")
        told = await listener.hear()
        assert (told["stream"], told["event"]) == (["direct"], "conversation")
        conversation = json.loads(told["payload"])
        check(conversation, CONVERSATION)
        assert conversation["last_status"]["id"] == identifier
        await listener.socket.send_str("not json")
        assert (await listener.hear())["status"] == 400
        await listener.say(type="dance")
        assert (await listener.hear())["status"] == 400


async def test_a_token_comes_in_three_ways(fresh: Town) -> None:
    """In the header, in the query, and as the protocol, which is echoed."""
    app = await fresh.app("amina")
    token = str(app.token)
    url = f"{app.node.base}/api/v1/streaming/"
    async with app.web.ws_connect(url, headers={"Authorization": f"Bearer {token}"}) as socket:
        assert socket.protocol is None
    async with app.web.ws_connect(url, params={"access_token": token, "stream": "user"}):
        pass
    async with app.web.ws_connect(url, protocols=(token,)) as socket:
        assert socket.protocol == token
    for asked in ({}, {"access_token": "wrong"}, {"access_token": "é"}):
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await app.web.ws_connect(url, params=asked)
        assert refused.value.status == 401


async def test_streams_are_for_those_who_may(fresh: Town) -> None:
    app = await fresh.app("benoit")
    told = await app.exchange(await app.code("benoit", scope="read:notifications"))
    app.token = told.body["access_token"]
    amina = await fresh.app("amina")
    made = await amina.post("/api/v1/lists", title="Voisins")
    async with listening(app, stream="user") as listener:
        assert (await listener.hear())["status"] == 403
        await listener.say(type="subscribe", stream="list", list=made["id"])
        assert (await listener.hear())["status"] in (403, 404)
        await listener.say(type="subscribe", stream="user:notification")
        await write(amina, "@benoit bonjour")
        told_him = await listener.hear()
        assert told_him["stream"] == ["user:notification"]
        check(json.loads(told_him["payload"]), NOTIFICATION)
    refused = await app.ask("GET", "/api/v1/streaming/user")
    assert (refused.status, list(refused.body)) == (403, ["error"])
    assert (await app.ask("GET", "/api/v1/streaming")).status == 404


async def test_server_sent_events(fresh: Town) -> None:
    amina, benoit = await fresh.app("amina"), await fresh.app("benoit")
    url = f"{benoit.node.base}/api/v1/streaming"
    async with benoit.web.get(f"{url}/health") as answer:
        assert await answer.text() == "OK"
    headers = {"Authorization": f"Bearer {benoit.token}"}
    async with benoit.web.get(f"{url}/public/local/", headers=headers) as answer:
        assert answer.status == 200
        assert answer.content_type == "text/event-stream"
        assert await answer.content.readline() == b":)\n"
        await asyncio.sleep(0.05)
        identifier = await write(amina, "Le pain est là")
        async with asyncio.timeout(5):
            assert await answer.content.readline() == b"event: update\n"
            data = await answer.content.readline()
            assert await answer.content.readline() == b"\n"
        assert json.loads(data.removeprefix(b"data: "))["id"] == identifier


async def test_edits_and_deletions_are_heard(fresh: Town) -> None:
    amina, benoit = await fresh.app("amina"), await fresh.app("benoit")
    identifier = await write(amina, "A vendre")
    async with listening(benoit, stream="public") as listener:
        await asyncio.sleep(0.05)
        path = f"/api/v1/statuses/{identifier}"
        await amina.ask("PUT", path, json={"status": "À donner"})
        told = await listener.hear("status.update")
        assert "donner" in json.loads(told["payload"])["content"]
        await amina.ask("DELETE", path)
        assert (await listener.hear("delete"))["payload"] == identifier


async def test_who_is_blocked_is_not_heard(fresh: Town) -> None:
    amina, benoit = await fresh.app("amina"), await fresh.app("benoit")
    me = (await amina.get("/api/v1/accounts/verify_credentials"))["id"]
    await benoit.post(f"/api/v1/accounts/{me}/block")
    async with listening(benoit, stream="public") as his, listening(amina, stream="public") as hers:
        await asyncio.sleep(0.05)
        await write(amina, "Entendu ?")
        await hers.hear("update")
        assert await his.silent()
    await benoit.post(f"/api/v1/accounts/{me}/unblock")


async def test_all_who_see_the_same_get_what_was_made_once(
    fresh: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    amina, benoit = await fresh.app("amina"), await fresh.app("benoit")
    made: list[int] = []

    def counted(tx: Any, here: Any, viewer: Any, entries: Any) -> Any:
        made.append(len(entries))
        return page(tx, here, viewer, entries)

    monkeypatch.setattr(events, "page", counted)
    async with contextlib.AsyncExitStack() as stack:
        listeners = [
            await stack.enter_async_context(listening(benoit, stream=stream))
            for stream in ("public", "public:local") * 10
        ]
        await asyncio.sleep(0.05)
        await write(amina, "Une fois pour tous")
        for listener in listeners:
            await listener.hear("update")
    assert made == [1]


async def test_whoever_does_not_read_is_cut_off_and_hurts_nobody(
    fresh: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "WAITING_MOST", 20_000)
    amina, benoit = await fresh.app("amina"), await fresh.app("benoit")
    reader, writer = await asyncio.open_connection(
        *benoit.node.domain.split(":"), limit=1_000, family=socket.AF_INET
    )
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1_024)
    writer.write(
        (
            f"GET /api/v1/streaming/?stream=public&access_token={benoit.token} HTTP/1.1\r\n"
            f"Host: {benoit.node.domain}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        ).encode()
    )
    assert b"101" in await reader.readline()
    async with listening(amina, stream="public") as listener:
        identifier = await write(amina, "€" * 5_000)
        for number in range(500):
            fresh.node.node.store._hand_out([Call(f"edited {identifier} {number}")])
        for _ in range(500):
            await listener.hear("status.update")
    async with asyncio.timeout(5):
        with contextlib.suppress(ConnectionError):
            while await reader.read(65_536):  # what the system kept for it, and then the end
                pass
    writer.close()


async def test_a_revoked_token_ends_its_streams(fresh: Town) -> None:
    app = await fresh.app("amina")
    other = await fresh.app("amina")
    async with listening(app, stream="user") as ending, listening(other, stream="user") as going:
        form = {"client_id": app.client_id, "client_secret": app.client_secret}
        await app.ask("POST", "/oauth/revoke", data=form | {"token": str(app.token)})
        async with asyncio.timeout(2):
            message = await ending.socket.receive()
        assert (message.type, message.data) == (aiohttp.WSMsgType.CLOSE, 1008)
        assert await going.silent()


async def test_streams_of_another_process(database_url: str, tmp_path: Path) -> None:
    """What one process writes is heard where another serves; a token ends there, too."""
    async with contextlib.AsyncExitStack() as stack:
        here = await stack.enter_async_context(town(tmp_path, "amina", "benoit", url=database_url))
        amina, benoit = await here.app("amina"), await here.app("benoit")
        port = free_port()
        settings = here.node.node.settings
        beside = msgspec.structs.replace(
            settings, server=msgspec.structs.replace(settings.server, port=port)
        )
        await stack.enter_async_context(running(beside, frozenset({"web"})))
        url = f"http://127.0.0.1:{port}/api/v1/streaming"
        asked = {"stream": "public", "access_token": str(benoit.token)}
        opened = await stack.enter_async_context(benoit.web.ws_connect(url, params=asked))
        listener = Listener(opened)
        await asyncio.sleep(0.1)
        identifier = await write(amina, "De l’autre côté")
        assert json.loads((await listener.hear("update"))["payload"])["id"] == identifier
        form = {"client_id": benoit.client_id, "client_secret": benoit.client_secret}
        await benoit.ask("POST", "/oauth/revoke", data=form | {"token": str(benoit.token)})
        async with asyncio.timeout(2):
            assert (await opened.receive()).type is aiohttp.WSMsgType.CLOSE


def no_salt(tx: Transaction, account_id: int) -> None:
    filters.add(
        tx, account_id=account_id, title="sel", contexts=["home"], action="warn", expires_at=None
    )
    filters.add_keyword(tx, filters.of(tx, account_id)[0], "sel", whole_word=True)


async def test_home_and_lists_are_heard(fresh: Town) -> None:
    """What stands in somebody's home is heard there, shares with what is shared in them; what
    they did with it is told to them alone."""
    amina, benoit = await fresh.app("amina"), await fresh.app("benoit")
    her = (await amina.get("/api/v1/accounts/verify_credentials"))["id"]
    his = (await benoit.get("/api/v1/accounts/verify_credentials"))["id"]
    await benoit.post(f"/api/v1/accounts/{her}/follow")
    made = await benoit.post("/api/v1/lists", title="Voisins")
    await benoit.post(f"/api/v1/lists/{made['id']}/accounts", account_ids=[her])
    async with listening(benoit, stream="user") as listener:
        await listener.say(type="subscribe", stream="list", list=made["id"])
        await asyncio.sleep(0.05)
        identifier = await write(amina, "Pour ceux qui me suivent", visibility="private")
        both = [await listener.hear("update"), await listener.hear("update")]
        heard = {tuple(one["stream"]): one for one in both}
        assert set(heard) == {("user",), ("list", made["id"])}
        told = json.loads(heard[("user",)]["payload"])
        assert told["id"] == identifier
        assert told == await benoit.get(f"/api/v1/statuses/{identifier}")

        own = await write(benoit, "De moi")
        told = json.loads((await listener.hear("update"))["payload"])
        assert told["id"] == own
        await benoit.post(f"/api/v1/statuses/{own}/favourite")
        await amina.post(f"/api/v1/statuses/{own}/reblog")
        share = await listener.hear("notification")
        assert json.loads(share["payload"])["type"] == "reblog"
        await fresh.node.store.write(no_salt, int(his))
        assert (await listener.hear())["event"] == "filters_changed"
        await write(amina, "Du sel pour la soupe")
        told = json.loads((await listener.hear("update"))["payload"])
        assert [one["filter"]["title"] for one in told["filtered"]] == ["sel"]
