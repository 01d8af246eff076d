"""What a node is put through, and what must hold after it: nothing acknowledged is lost, nothing
is done twice."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Callable
from typing import Any

import aiohttp

from tests.nodes.elsewhere import Elsewhere
from tests.peers.process import NodeProcess

WRITERS = 6  # deliveries under way to the node at any time
ENOUGH = 101  # that were acknowledged, however soon the test was through
QUIET_S = 60.0

Ask = Callable[[str], list[tuple[Any, ...]]]


class Storm:
    """Others write to the node without rest, and remember what it acknowledged."""

    def __init__(self, node: NodeProcess, writers: Elsewhere) -> None:
        self.acknowledged: list[str] = []
        self._node = node
        self._writers = writers
        self._stop = asyncio.Event()
        self._gave_up = False
        self._letters = writers.writing()
        self._tasks: list[asyncio.Task[None]] = []

    @contextlib.asynccontextmanager
    async def blowing(self) -> AsyncIterator[None]:
        self._stop.clear()
        self._gave_up = False
        self._tasks = [asyncio.create_task(self._write()) for _ in range(WRITERS)]
        try:
            yield
        except BaseException:
            self.end()
            raise
        finally:
            self._stop.set()
            async with asyncio.timeout(QUIET_S):
                await asyncio.gather(*self._tasks, return_exceptions=self._gave_up)

    def end(self) -> None:
        """Nothing more is written; what is unacknowledged is given up."""
        self._gave_up = True
        self._stop.set()
        for task in self._tasks:
            task.cancel()

    async def _write(self) -> None:
        while not self._stop.is_set() or len(self.acknowledged) < ENOUGH:
            user, create, note = next(self._letters)
            await self._writers.deliver(user, f"{self._node.base}/inbox", create)
            self.acknowledged.append(note)


async def follow(node: NodeProcess, followers: Elsewhere, *actors: str) -> None:
    """All of them follow all of these, and have their Accepts."""
    for actor in actors:
        await asyncio.gather(
            *(
                followers.deliver(one, f"{node.base}/inbox", followers.follow(one, actor))
                for one in followers.users
            )
        )


async def until_quiet(node: NodeProcess) -> None:
    """Nothing that came waits to be applied, nothing waits to be sent."""
    wanted = (r"entraide_inbox_pending 0\b", r'entraide_deliveries{state="pending"} 0\b')
    async with asyncio.timeout(QUIET_S), aiohttp.ClientSession() as session:
        while True:
            async with session.get(f"{node.base}/metrics") as response:
                figures = await response.text()
            if all(re.search(line, figures) for line in wanted):
                return
            await asyncio.sleep(0.05)


def check_incoming(ask: Ask, acknowledged: list[str]) -> None:
    """Each was applied, and once: one status, its hashtag, one entry of the journal."""
    assert len(acknowledged) >= ENOUGH
    assert len(set(acknowledged)) == len(acknowledged)
    stored = [uri for (uri,) in ask("SELECT uri FROM objects WHERE NOT local")]
    assert set(acknowledged) - set(stored) == set()
    assert sorted(stored) == sorted(acknowledged)
    tagged = [
        uri
        for (uri,) in ask(
            "SELECT uri FROM objects JOIN hashtags ON object_id = objects.id "
            "WHERE NOT local AND slug = 'entraide'"
        )
    ]
    assert sorted(tagged) == sorted(acknowledged)
    journalled = ask("SELECT activity_uri FROM journal WHERE activity_uri LIKE '%/activity %'")
    assert sorted(uri.split("/activity ")[0] for (uri,) in journalled) == sorted(acknowledged)


def check_outgoing(followers: Elsewhere, published: list[str]) -> None:
    """Each reached every inbox; when it came twice, then as the same activity."""
    assert published
    for follower in followers.users:
        for proposal in published:
            creates = followers.told[follower.inbox, proposal]
            assert len(creates) == 1, f"{follower.inbox} has {creates} of {proposal}"
        # Two Accepts, and of each proposal a Create and the quartier's Announce.
        assert len(followers.got[follower.inbox]) == 2 + 2 * len(published)


def check_rows(ask: Ask) -> None:
    """Nothing is half there, and nobody holds anything."""
    assert ask("SELECT count(*) FROM journal WHERE state <> 'handled'") == [(0,)]
    assert ask("SELECT count(*) FROM deliveries") == [(0,)]
    published = ask("SELECT count(*) FROM proposals WHERE create_activity IS NOT NULL")
    assert published == ask("SELECT count(*) FROM objects WHERE local")
    assert published == ask("SELECT count(*) FROM outbox WHERE type = 'Create'")
