"""Somebody who speaks to the JSON interface of a node, for the tests of what mediators do."""

from __future__ import annotations

import contextlib
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import aiohttp

from node.actions.accounts import make_token
from node.social.accounts import Actor
from node.store import tables
from node.store.transaction import Transaction
from tests.serving import Serving

BASE = "/api/aid/v1"


@dataclass(frozen=True, slots=True)
class Asking:
    """Somebody with an account and a token."""

    node: Serving
    session: aiohttp.ClientSession
    actor: Actor
    token: str

    @property
    def id(self) -> str:
        return str(self.actor.id)

    async def ask(
        self, method: str, path: str, *, query: Any = None, **body: Any
    ) -> tuple[int, Any]:
        """The status, and the JSON (or text) of the answer."""
        options: dict[str, Any] = {"json": body} if body or method in ("POST", "PUT") else {}
        async with self.session.request(
            method,
            self.node.base + BASE + path,
            params=query,
            headers={"Authorization": f"Bearer {self.token}"},
            **options,
        ) as answer:
            if answer.status == 204:
                return 204, None
            if answer.content_type == "application/json":
                return answer.status, await answer.json()
            return answer.status, await answer.text()

    async def get(self, path: str, **query: str) -> Any:
        """What is answered with 200."""
        status, found = await self.ask("GET", path, query=query or None)
        assert status == 200, (status, found)
        return found

    async def told(self) -> list[tuple[str, dict[str, Any]]]:
        """The kinds of what this person was told, with their data, in order."""
        return await self.node.store.read(_told, self.actor.id)


def _told(tx: Transaction, account_id: int) -> list[tuple[str, dict[str, Any]]]:
    table = tables.notifications
    rows = tx.all(table.select().where(table.c.account_id == account_id).order_by(table.c.id))
    return [(row.kind, row.data) for row in rows]


@contextlib.asynccontextmanager
async def people(node: Serving, **roles: str) -> AsyncIterator[dict[str, Asking]]:
    """By name, with the role of each; ``association`` is a kind of member."""
    async with aiohttp.ClientSession() as session:
        found = {}
        for name, role in roles.items():
            association = role == "association"
            actor = await node.account(
                name,
                kind=role if association else "resident",
                role="member" if association else role,
            )
            token = await node.store.write(make_token, name, "read write follow", time.time())
            found[name] = Asking(node, session, actor, token)
        yield found
