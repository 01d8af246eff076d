"""Posts a document of the corpus as its server would, and tells what came of it."""

from __future__ import annotations

import contextlib
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import orjson
from aiohttp import web
from yarl import URL

from node.activitypub.html import plain_text
from node.ids import new_id
from node.social.accounts import Actor
from node.social.statuses import Status
from node.store import actors, follows, objects
from tests import corpus
from tests.closing import close_runner
from tests.corpus import Entry
from tests.peers.keys import PeerKeys
from tests.peers.signing import sign
from tests.serving import Serving, free_port

Json = dict[str, Any]
KEYS = PeerKeys.generate()
PEM: str = KEYS.pem


@dataclass
class Elsewhere:
    """The server that a document comes from, on a port of its own."""

    host: str
    node: Serving
    amina: Actor
    object_uri: str
    """A proposal of Amina's."""
    follow_id: int = field(default_factory=new_id)
    documents: dict[str, Json] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.places = {
            "host": self.host,
            "node": self.node.domain,
            "object_id": self.object_uri.rsplit("/", 1)[1],
            "follow_id": str(self.follow_id),
        }

    def document(self, entry: Entry) -> Json:
        return corpus.instantiate(entry, public_key_pem=PEM, **self.places)

    def expected(self, entry: Entry) -> Json:
        return corpus.expectations(entry, **self.places)

    def serve(self, entry: Entry) -> None:
        """From now on the server answers as it does at the moment when it sends the entry."""
        self.documents = corpus.served(entry, public_key_pem=PEM, **self.places)

    async def answer(self, request: web.Request) -> web.Response:
        address = f"http://{self.host}{request.raw_path}"
        for name in (address, address.replace(f"{self.host}/?", f"{self.host}?")):
            if name in self.documents:
                return web.Response(
                    body=orjson.dumps(self.documents[name]),
                    content_type="application/activity+json",
                )
        return web.Response(status=404)

    async def met(self, uri: str) -> Actor:
        """The actor, known here while its server still has it."""
        known = await self.node.store.read(actors.by_uri, uri)
        return known or await self.node.node.remote.actor(uri)

    async def follow(self, actor: Actor, *, pending: bool = False) -> None:
        await self.node.store.write(
            follows.put,
            follower_id=self.amina.id,
            target_id=actor.id,
            state=follows.PENDING if pending else follows.ACCEPTED,
            activity_uri=f"{self.node.base}/activities/{self.follow_id}",
            now=time.time(),
        )

    async def post(self, entry: Entry) -> int:
        """Deliver an activity, signed with the key that its actor's document names; the status."""
        document, expected = self.document(entry), self.expected(entry)
        actor = await self.met(expected["actor"])
        body = orjson.dumps(document)
        url = f"{self.node.base}/inbox"
        headers = sign(
            KEYS, "cavage", actor=actor.uri, method="POST", url=url, now=time.time(), body=body
        )
        key_id = await self.node.store.read(_rsa_key_of, actor.id)
        headers["Signature"] = headers["Signature"].replace(f"{actor.uri}#main-key", key_id)
        async with (
            aiohttp.ClientSession() as session,
            session.post(URL(url), data=body, headers=headers) as response,
        ):
            await response.read()
            return response.status

    async def replay(self, entry: Entry) -> int:
        """What comes first, then the entry itself; the answer to it."""
        for earlier in [one for one in corpus.closure(entry) if one.kind == "activity"]:
            await self._prepare(earlier)
            assert await self.post(earlier) == 202, earlier.name
            await self.node.settled()
        await self._prepare(entry)
        self.serve(entry)
        status = await self.post(entry)
        await self.node.settled()
        return status

    async def _prepare(self, entry: Entry) -> None:
        """Somebody here knows the actor, and follows where that is why it is sent to us."""
        expected = self.expected(entry)
        first = [one for one in corpus.closure(entry) if one.kind == "actor"]
        self.documents = {}
        for one in [*first, entry]:
            self.documents |= corpus.served(one, public_key_pem=PEM, **self.places)
        actor = await self.met(expected["actor"])
        if expected.get("because") == "followed":
            await self.follow(actor)
        if expected["effect"] in ("follow-accepted", "follow-rejected"):
            await self.follow(actor, pending=True)

    async def status(self, uri: str) -> Status | None:
        return await self.node.store.read(objects.by_uri, uri)


def _rsa_key_of(tx: Any, actor_id: int) -> str:
    return next(row.id for row in actors.keys_of(tx, actor_id) if row.algorithm == "rsa")


def words(html: str | None) -> str:
    """What a person reads of a text."""
    return " ".join(plain_text(html or "").split())


@contextlib.asynccontextmanager
async def elsewhere(node: Serving, amina: Actor, object_uri: str) -> AsyncIterator[Elsewhere]:
    made = Elsewhere(f"127.0.0.1:{free_port()}", node, amina, object_uri)
    application = web.Application()
    application.router.add_get("/{path:.*}", made.answer)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        address, _, port = made.host.partition(":")
        await web.TCPSite(runner, address, int(port)).start()
        yield made
    finally:
        await close_runner(runner)
