"""Servers of many people who share one pair of keys: they write without rest, and count what they
get. For tests in which a node dies, again and again."""

from __future__ import annotations

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

import aiohttp
import orjson
from aiohttp import web

from tests.closing import close_runner
from tests.peers import documents
from tests.peers.documents import Document, User
from tests.peers.keys import PeerKeys
from tests.peers.signing import sign
from tests.peers.verifying import Scheme

RETRY_S = 0.03
FIRST_S = 1_780_000_000.0  # when the first note was published
ANSWER_S = 15.0


@dataclass(slots=True)
class Elsewhere:
    """`ports` servers on loopback with `people` each; every one of them has an inbox of its own."""

    ports: int
    people: int
    scheme: Scheme = "cavage"
    users: list[User] = field(default_factory=list)
    got: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """Inbox → how often each activity came."""
    told: dict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    """Inbox and object → ids of the Creates that brought it."""
    serves: dict[str, Document] = field(default_factory=dict)
    """Notes by id."""
    refused: list[tuple[int, str | None]] = field(default_factory=list)
    """What was answered but 202, with its Retry-After."""
    open: asyncio.Event = field(default_factory=asyncio.Event)
    """While it is not set, no delivery gets an answer."""
    _runners: list[web.AppRunner] = field(default_factory=list)
    _session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self.open.set()
        keys = PeerKeys.generate()
        for _ in range(self.ports):
            application = web.Application(client_max_size=1024 * 1024)
            application.router.add_post("/{path:.*}", self._post)
            application.router.add_get("/{path:.*}", self._get)
            runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.2)
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            self._runners.append(runner)
            base = f"http://127.0.0.1:{runner.addresses[0][1]}"
            self.users += [User(base, f"p{n}", keys=keys) for n in range(self.people)]
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=ANSWER_S))
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._session is not None:
            await self._session.close()
        for runner in self._runners:
            await close_runner(runner)

    async def send(self, user: User, inbox: str, activity: Document) -> int | None:
        """One try; its status, None when there was no answer."""
        assert self._session is not None
        body = orjson.dumps(activity)
        headers = sign(
            user.keys, self.scheme, actor=user.id, method="POST", url=inbox, now=time.time(),
            body=body,
        )  # fmt: skip
        try:
            async with self._session.post(inbox, data=body, headers=headers) as response:
                await response.read()
                if response.status != 202:
                    self.refused.append((response.status, response.headers.get("Retry-After")))
                return response.status
        except (aiohttp.ClientError, TimeoutError, OSError):
            return None

    async def deliver(self, user: User, inbox: str, activity: Document) -> None:
        """Try until it is acknowledged, as servers do; 503 and silence are the only failures
        that a node may have."""
        while (status := await self.send(user, inbox, activity)) != 202:
            assert status in (None, 503), f"{activity['type']} was answered {status}"
            await asyncio.sleep(RETRY_S)

    def follow(self, user: User, actor: str) -> Document:
        return {
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": f"{user.id}#follows/{actor.rsplit('/', 1)[1]}",
            "type": "Follow",
            "actor": user.id,
            "object": actor,
        }

    def writing(self) -> Iterator[tuple[User, Document, str]]:
        """Endlessly: who writes, the Create, and the note's id. Every fifth Create only names its
        note, which is to be fetched."""
        number = 0
        while True:
            number += 1
            user = self.users[number % len(self.users)]
            note = documents.note(
                user,
                str(number),
                f"<p>Bonjour, numéro {number} #entraide</p>",
                published=f"{datetime.fromtimestamp(FIRST_S + number, UTC):%Y-%m-%dT%H:%M:%SZ}",
                tag=[
                    {
                        "type": "Hashtag",
                        "name": "#entraide",
                        "href": f"{user.base}/tags/entraide",
                    }
                ],
            )
            create = documents.create(user, note)
            if number % 5 == 0:
                self.serves[note["id"]] = note
                create["object"] = note["id"]
            yield user, create, note["id"]

    async def _post(self, request: web.Request) -> web.Response:
        activity = orjson.loads(await request.read())
        await self.open.wait()
        inbox = str(request.url)
        self.got[inbox][activity["id"]] += 1
        if activity["type"] == "Create":
            self.told[inbox, activity["object"]["id"]].add(activity["id"])
        return web.Response(status=202)

    async def _get(self, request: web.Request) -> web.Response:
        url = str(request.url)
        found = self.serves.get(url)
        if found is None:
            user = next((one for one in self.users if one.id == url), None)
            if user is None:
                return web.Response(status=404)
            found = documents.actor(user, with_multikey=True)
            del found["endpoints"]
        return web.Response(body=orjson.dumps(found), content_type="application/activity+json")
