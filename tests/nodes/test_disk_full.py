"""The disk is full: a node says so, breaks nothing, and goes on when there is room again."""

from __future__ import annotations

import asyncio
import contextlib
import resource
import sqlite3
import sys
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.flows.inboxes import until
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


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux bounds another process's files")
async def test_a_node_whose_disk_is_full_recovers_by_itself(tmp_path: Path) -> None:
    """No file of the process may grow: deliveries get 503 with Retry-After, readers are served,
    nothing acknowledged is lost, and with room again everything flows without a restart."""
    async with (
        NodeProcess(tmp_path / "node") as node,
        Elsewhere(ports=2, people=2, scheme="rfc9421-ed25519") as writers,
        Elsewhere(ports=2, people=5) as followers,
    ):
        amina = await node.account("amina")
        await follow(node, followers, amina, f"{node.base}/quartier")
        wind = Storm(node, writers)
        published = [await node.publish("amina", title="Avant")]
        pid = node.pid
        async with wind.blowing():
            await asyncio.sleep(0.5)
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
            await until(lambda: len(writers.refused) >= 20)
            done = len(wind.acknowledged)
            async with aiohttp.ClientSession() as session:
                headers = {"Accept": "application/activity+json"}
                async with session.get(amina, headers=headers) as response:
                    assert response.status == 200
            # Another process may write, for it may have a quota of its own; nobody is told of it.
            published.append(await node.publish("amina", title="Pendant"))
            resource.prlimit(
                pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
            )
            await until(lambda: len(wind.acknowledged) >= done + 100)
        assert node.pid == pid
        assert node.running
        assert {status for status, _ in writers.refused} == {503}
        assert all(wait is not None and wait.isdigit() for _, wait in writers.refused)
        published.append(await node.publish("amina", title="Après"))
        await until_quiet(node)

        def ask(statement: str) -> list[tuple[Any, ...]]:
            file = node.directory / "data" / "entraide.sqlite3"
            with contextlib.closing(sqlite3.connect(file)) as connection:
                return connection.execute(statement).fetchall()

        check_incoming(ask, wind.acknowledged)
        check_outgoing(followers, published)
        await node.stop()
        check_rows(ask)
        assert ask("PRAGMA integrity_check") == [("ok",)]
