"""A node that is killed, not stopped: what it acknowledged it has done, once."""

from __future__ import annotations

import asyncio
import contextlib
import random
import sqlite3
from pathlib import Path
from typing import Any

import psycopg

from tests.databases import postgres_url
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
from tests.peers.process import NodeProcess

__all__ = ["postgres_url"]


async def killed(node: NodeProcess, times: int, chance: random.Random) -> None:
    """Kill it at any moment of its first 0.6 seconds, and start it again."""
    for _ in range(times):
        await asyncio.sleep(chance.uniform(0.05, 0.6))
        await node.kill()
        await node.start()


async def storm(node: NodeProcess, *, incoming: int, outgoing: int, seed: int, ask: Ask) -> None:
    """The node is killed `incoming` times while others write to it, and `outgoing` times while
    it also tells its followers of new proposals; then everything must be as if it had not been."""
    chance = random.Random(seed)
    amina = f"{node.base}/users/amina"
    async with (
        Elsewhere(ports=2, people=2, scheme="rfc9421-ed25519") as writers,
        Elsewhere(ports=3, people=20) as followers,
    ):
        await follow(node, followers, amina, f"{node.base}/quartier")
        wind = Storm(node, writers)
        published: list[str] = []

        async def publish() -> None:
            for number in range(3 + outgoing // 5):
                urgency = "high" if number % 3 == 0 else "normal"
                published.append(
                    await node.publish("amina", title=f"Courses n° {number}", urgency=urgency)
                )

        async with wind.blowing():
            await killed(node, incoming, chance)
            publishing = asyncio.create_task(publish())
            await killed(node, outgoing, chance)
            await publishing
        await until_quiet(node)

        check_incoming(ask, wind.acknowledged)
        check_outgoing(followers, published)
    await node.stop()
    check_rows(ask)


async def test_a_node_on_sqlite_that_is_killed_fifty_times_loses_nothing(tmp_path: Path) -> None:
    """kill -9 fifty times, in a burst of incoming activities and during a fan-out: every 202 is
    applied once, every published activity reaches every inbox, and no row is half there."""
    async with NodeProcess(tmp_path / "node") as node:
        await node.account("amina")
        file = node.directory / "data" / "entraide.sqlite3"

        def ask(statement: str) -> list[tuple[Any, ...]]:
            with contextlib.closing(sqlite3.connect(file)) as connection:
                return connection.execute(statement).fetchall()

        await storm(node, incoming=30, outgoing=20, seed=2026, ask=ask)
        assert ask("PRAGMA integrity_check") == [("ok",)]
        assert ask("PRAGMA foreign_key_check") == []


async def test_a_node_on_postgresql_that_is_killed_loses_nothing(
    tmp_path: Path, postgres_url: str
) -> None:
    """The same holds on PostgreSQL, where others answer for what is on disk."""
    environment = {"ENTRAIDE_DATABASE_URL": postgres_url}
    async with NodeProcess(tmp_path / "node", environment=environment) as node:
        await node.account("amina")

        def ask(statement: str) -> list[tuple[Any, ...]]:
            with psycopg.connect(postgres_url) as connection:
                return connection.execute(statement).fetchall()

        await storm(node, incoming=5, outgoing=3, seed=1871, ask=ask)
