"""A node in this process, on a real port of loopback, for tests that look inside while they speak
real HTTP to it.

    async with serving(database_url, tmp_path) as node:
        node.base          # "http://127.0.0.1:8321"
        node.store         # to look at rows: await node.store.read(...)
        await node.settled()   # all that came is applied, all that goes out is sent
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from node.actions.accounts import create_account, prepare_account
from node.actions.proposals import publish_proposal
from node.aid.drafts import check_draft
from node.app import Node, running
from node.config import Settings, build
from node.outbox.here import Here
from node.social.accounts import Actor
from node.store.engine import Store
from node.store.statistics import statistics

PASSWORD = "un mot de passe pour les tests"


@dataclass(frozen=True, slots=True)
class Serving:
    base: str
    node: Node

    @property
    def store(self) -> Store:
        return self.node.store

    @property
    def here(self) -> Here:
        return self.node.here

    @property
    def domain(self) -> str:
        return self.base.split("://", 1)[1]

    async def account(self, name: str, *, kind: str = "resident", role: str = "member") -> Actor:
        """A confirmed account."""
        new = await asyncio.to_thread(
            prepare_account,
            username=name,
            email=f"{name}@example.org",
            password=PASSWORD,
            kind=kind,
            role=role,
            display_name=name.capitalize(),
        )
        return await self.store.write(create_account, self.here, new)

    async def publish(self, author: Actor, **fields: object) -> str:
        """A proposal of `author`; its id."""
        draft = check_draft(
            {
                "author": author.username,
                "purpose": "request",
                "topic": "care.groceries",
                "title": "Courses pour une voisine",
                "language": "fr",
                **fields,
            }
        )
        made = await self.store.write(publish_proposal, self.here, author, draft)
        return made.uri

    async def settled(self, *, seconds: float = 10.0) -> None:
        """Wait until nothing that came waits to be applied and nothing due waits to be sent."""
        async with asyncio.timeout(seconds):
            while True:
                found = await self.store.read(statistics)
                if not found.inbox_pending and not found.deliveries_pending:
                    return
                await asyncio.sleep(0.02)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def settings_for(
    database_url: str, directory: Path, port: int, **tables: Mapping[str, Any]
) -> Settings:
    """Settings of a node on loopback; `tables` go over the defaults: ``limits={...}``."""
    raw: dict[str, Any] = {
        "node": {
            "domain": f"127.0.0.1:{port}",
            "name": "Croix-Rousse",
            "latitude": 45.774,
            "longitude": 4.828,
            "radius_m": 800,
        },
        "server": {"port": port},
        "database": {"url": database_url},
        "federation": {"insecure_loopback": True, "retry_scale": 0.001},
        "limits": {"rate_limits": False},
    }
    for name, table in tables.items():
        raw[name] = {**raw.get(name, {}), **table}
    return build(raw, directory=str(directory), environment={})


@contextlib.asynccontextmanager
async def serving(
    database_url: str, directory: Path, **tables: Mapping[str, Any]
) -> AsyncIterator[Serving]:
    """A node of Croix-Rousse on a free port, with both roles, until the block ends."""
    port = free_port()
    settings = settings_for(database_url, directory, port, **tables)
    async with running(settings) as work:
        yield Serving(f"http://127.0.0.1:{port}", work.node)
