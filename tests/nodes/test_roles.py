"""A node in several processes, and one that is stopped: no work is lost, none is done twice."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sqlite3
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.databases import database_url, postgres_url, sqlite_url
from tests.flows.inboxes import until
from tests.nodes.elsewhere import Elsewhere
from tests.nodes.storm import (
    Ask,
    Storm,
    check_incoming,
    check_outgoing,
    check_rows,
    follow,
    until_quiet,
)
from tests.peers.launching import Launched
from tests.peers.peer import Peer
from tests.peers.process import STOP_S, NodeProcess

__all__ = ["database_url", "postgres_url", "sqlite_url"]


class Divided(NodeProcess):
    """One process with the role `web`, and `workers` that have no door."""

    def __init__(self, directory: Path, *, database_url: str, workers: int) -> None:
        super().__init__(directory, environment={"ENTRAIDE_DATABASE_URL": database_url})
        self.workers: list[Launched] = []
        self._workers_wanted = workers

    async def start(self) -> float:
        began = time.monotonic()
        self._process = self._serve("web", "--port", str(self.port))
        assert await self._is_ready(began), self.log_tail()
        for _ in range(self._workers_wanted):
            self.workers.append(self._serve("worker"))
        return time.monotonic() - began

    async def stop(self) -> None:
        for worker in self.workers:
            if worker.returncode is None:
                os.kill(worker.pid, signal.SIGTERM)
        for worker in self.workers:
            await asyncio.wait_for(worker.wait(), STOP_S)
            assert worker.returncode == 0
        self.workers.clear()
        await super().stop()

    def _serve(self, roles: str, *options: str) -> Launched:
        return self._launch("serve", "--roles", roles, *options)


def asking(url: str) -> Ask:
    """Queries of a database, from outside."""

    def ask(statement: str) -> list[tuple[Any, ...]]:
        if url.startswith("sqlite:"):
            with contextlib.closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
                return connection.execute(statement).fetchall()
        with psycopg.connect(url) as connected:
            return connected.execute(statement).fetchall()

    return ask


@pytest.fixture
async def divided(database_url: str, tmp_path: Path) -> AsyncIterator[Divided]:
    async with Divided(tmp_path / "node", database_url=database_url, workers=2) as node:
        await node.account("amina")
        yield node


async def test_two_workers_do_each_thing_once(divided: Divided, database_url: str) -> None:
    """The web process takes what comes, two workers fetch, apply and deliver: each activity is
    applied once, and comes to each inbox exactly once."""
    ask = asking(database_url)
    async with (
        Elsewhere(ports=2, people=2, scheme="rfc9421-ed25519") as writers,
        Elsewhere(ports=3, people=20) as followers,
    ):
        await follow(divided, followers, f"{divided.base}/users/amina", f"{divided.base}/quartier")
        wind = Storm(divided, writers)
        async with wind.blowing():
            published = [await divided.publish("amina", title=f"Courses n° {n}") for n in range(3)]
        await until_quiet(divided)
        check_incoming(ask, wind.acknowledged)
        check_outgoing(followers, published)
        counts = {count for inbox in followers.got.values() for count in inbox.values()}
        assert counts == {1}
    await divided.stop()
    check_rows(ask)


async def test_a_word_to_the_web_process_frees_what_workers_left_alone(
    divided: Divided, database_url: str
) -> None:
    """Workers leave a failing server alone; when it writes to us, another process hears that, and
    they go on at once."""
    ask = asking(database_url)
    async with Peer("cavage") as peer:
        await peer.follow(f"{divided.base}/users/amina")
        await peer.received(lambda activity: activity["type"] == "Accept")
        await until_quiet(divided)
        peer.mode = "500"
        for number in range(3):
            await divided.publish("amina", title=f"Courses n° {number}")
        await until(lambda: bool(ask("SELECT 1 FROM hosts WHERE open_until IS NOT NULL")))
        peer.mode = "well"
        create = peer.publish(peer.user, "<p>Me revoilà</p>")
        assert (await peer.post(f"{divided.base}/inbox", create)).status == 202
        await until_quiet(divided)
        assert len([one for one in peer.activities if one["type"] == "Create"]) == 3


async def test_a_node_that_is_stopped_at_work_loses_nothing(tmp_path: Path) -> None:
    """SIGTERM while others write, posts are under way and a server hangs: it ends within its 30
    seconds with exit code 0, and after the next start everything is as it should be."""
    async with (
        NodeProcess(tmp_path / "node") as node,
        Elsewhere(ports=2, people=2, scheme="rfc9421-ed25519") as writers,
        Elsewhere(ports=3, people=20) as followers,
        Peer("cavage") as hanging,
    ):
        amina = await node.account("amina")
        await follow(node, followers, amina, f"{node.base}/quartier")
        await hanging.follow(amina)
        await hanging.received(lambda activity: activity["type"] == "Accept")
        hanging.mode = "never"
        wind = Storm(node, writers)
        published = []
        async with wind.blowing():
            for number in range(2):
                published.append(await node.publish("amina", title=f"Courses n° {number}"))
                began = time.monotonic()
                await node.stop()
                assert time.monotonic() - began < 30.0
                assert node._process is not None
                assert node._process.returncode == 0
                await node.start()
        hanging.mode = "well"
        for uri in published:
            await hanging.received(brings(uri), timeout=30.0)
        await until_quiet(node)
        ask = asking(f"sqlite:///{node.directory / 'data' / 'entraide.sqlite3'}")
        check_incoming(ask, wind.acknowledged)
        check_outgoing(followers, published)
        await node.stop()
        check_rows(ask)
    log = node.log.read_text()
    assert "Traceback" not in log
    assert "left by a worker that died" not in log  # all was given back in good order


async def test_what_killed_workers_held_is_the_next_ones(
    divided: Divided, database_url: str
) -> None:
    """Both workers are killed while they hold most of what there is to do: a new one has it at
    once, though their leases have minutes to run."""
    ask = asking(database_url)
    async with Elsewhere(ports=3, people=20) as followers:
        await follow(divided, followers, f"{divided.base}/users/amina")
        await until_quiet(divided)
        followers.open.clear()
        published = await divided.publish("amina", title="Courses")
        await until(lambda: bool(ask("SELECT 1 FROM deliveries WHERE leased_until > 0")))
        for worker in divided.workers:
            worker.kill()
            await worker.wait()
        divided.workers.clear()
        followers.open.set()
        divided.workers.append(divided._serve("worker"))
        await until(
            lambda: all(followers.told[one.inbox, published] for one in followers.users),
            within_s=30.0,
        )
        await until_quiet(divided)
    assert ask("SELECT count(*) FROM deliveries") == [(0,)]


def brings(uri: str) -> Callable[[dict[str, Any]], bool]:
    return lambda activity: activity["type"] == "Create" and activity["object"]["id"] == uri
