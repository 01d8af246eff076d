"""Servers that only take deliveries, each with its own manners, and people on them who follow:
given, not asked for, so that the node has never heard of their servers before."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import orjson
from aiohttp import web

from node.actions.meeting import put_actor
from node.activitypub.documents import parse_actor
from node.activitypub.rejected import Rejected
from node.social.accounts import Actor
from node.store import follows, outbox
from node.store.outbox import QueueLine
from node.store.transaction import Transaction
from tests.closing import close_runner
from tests.peers import documents
from tests.peers.documents import User
from tests.peers.keys import PeerKeys
from tests.serving import Serving

PATIENCE_S = 20.0


@dataclass(frozen=True, slots=True)
class Arrival:
    path: str
    activity: dict[str, Any]
    headers: dict[str, str]
    status: int


@dataclass(slots=True)
class Inboxes:
    """A server on loopback. `answer` says what the next delivery gets; while `open` is not set
    nobody gets an answer at all."""

    answer: Callable[[], web.Response] = lambda: web.Response(status=202)
    arrivals: list[Arrival] = field(default_factory=list)
    """In order of their answers."""
    open: asyncio.Event = field(default_factory=asyncio.Event)
    waiting: int = 0
    most_waiting: int = 0
    ended: int = 0
    """Deliveries that were given up before they had an answer."""
    base: str = ""
    _runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        self.open.set()
        application = web.Application(client_max_size=1024 * 1024)
        application.router.add_post("/{path:.*}", self._post)
        self._runner = web.AppRunner(
            application, access_log=None, shutdown_timeout=0.1, handler_cancellation=True
        )
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.base = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.open.set()
        assert self._runner is not None
        await close_runner(self._runner)

    @property
    def host(self) -> str:
        return self.base.removeprefix("http://")

    @property
    def accepted(self) -> list[dict[str, Any]]:
        return [one.activity for one in self.arrivals if one.status == 202]

    async def _post(self, request: web.Request) -> web.Response:
        activity = orjson.loads(await request.read())
        self.waiting += 1
        self.most_waiting = max(self.most_waiting, self.waiting)
        try:
            await self.open.wait()
        except asyncio.CancelledError:
            self.ended += 1
            raise
        finally:
            self.waiting -= 1
        answer = self.answer()
        self.arrivals.append(
            Arrival(request.path, activity, dict(request.headers.items()), answer.status)
        )
        return answer


def in_turn(*statuses: int, then: int = 202, **headers: str) -> Callable[[], web.Response]:
    """These answers, one after the other, and then always the last."""
    left = list(statuses)

    def answer() -> web.Response:
        if not left:
            return web.Response(status=then)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.Response(status=left.pop(0), headers=named)

    return answer


@contextlib.asynccontextmanager
async def many(count: int) -> AsyncIterator[list[Inboxes]]:
    async with contextlib.AsyncExitStack() as stack:
        yield [await stack.enter_async_context(Inboxes()) for _ in range(count)]


async def followed(
    node: Serving, target: Actor, bases: Iterable[str], *, people: int = 1, keys: PeerKeys
) -> list[User]:
    """`people` of each of these servers follow; each has an inbox of its own."""
    made = [User(base, f"p{n}", keys=keys) for base in bases for n in range(people)]

    def write(tx: Transaction) -> None:
        for user in made:
            document = documents.actor(user, with_multikey=False)
            del document["endpoints"]
            parsed = parse_actor(document)
            assert not isinstance(parsed, Rejected)
            now = time.time()
            follower = put_actor(tx, parsed, orjson.dumps(document).decode(), now=now)
            follows.put(
                tx,
                follower_id=follower.id,
                target_id=target.id,
                state=follows.ACCEPTED,
                activity_uri=f"{user.id}#follow",
                now=now,
            )

    await node.store.write(write)
    return made


async def until(fits: Callable[[], bool], *, within_s: float = PATIENCE_S) -> None:
    """Wait for what a server has or has not got."""
    deadline = time.monotonic() + within_s
    while not fits():
        assert time.monotonic() < deadline, "it did not come to that"
        await asyncio.sleep(0.005)


async def queued(node: Serving, host: str | None = None) -> list[QueueLine]:
    return await node.store.read(outbox.queue, host=host, most=1000)


async def until_queued(
    node: Serving, fits: Callable[[list[QueueLine]], bool], *, host: str | None = None
) -> list[QueueLine]:
    """Wait for a queue that fits."""
    deadline = time.monotonic() + PATIENCE_S
    while not fits(lines := await queued(node, host)):
        assert time.monotonic() < deadline, f"the queue never was so: {lines}"
        await asyncio.sleep(0.01)
    return lines
