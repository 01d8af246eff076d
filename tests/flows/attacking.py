"""What the tests of attacks share: a node with one person, servers of others, and a picture of
the whole store, before and after."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import sqlalchemy as sa

from node.social.accounts import Actor
from node.store import suggestions
from node.store.engine import Store
from node.store.tables import metadata
from node.store.transaction import Transaction
from tests.databases import new_sqlite
from tests.peers.documents import Document, User
from tests.peers.keys import PeerKeys
from tests.peers.peer import Peer
from tests.peers.signing import sign
from tests.peers.verifying import Scheme
from tests.serving import Serving, serving

AS2 = "https://www.w3.org/ns/activitystreams"
PUBLIC = f"{AS2}#Public"
# What is learned of others whether or not they mean well: who they are and how they sign.
LEARNED = frozenset({"actors", "actor_keys", "hosts", "names"})

Picture = dict[str, list[str]]
Headers = Mapping[str, str] | Iterable[tuple[str, str]]


def whole_store(tx: Transaction, but: frozenset[str]) -> Picture:
    """Every row of every table."""
    return {
        table.name: sorted(str(tuple(row)) for row in tx.all(sa.select(table)))
        for table in metadata.sorted_tables
        if table.name not in but
    }


async def picture(store: Store, *, but: Collection[str] = ()) -> Picture:
    return await store.read(whole_store, LEARNED | frozenset(but))


@dataclass(frozen=True, slots=True)
class Raw:
    """An answer, byte for byte."""

    status: int
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes


@dataclass(slots=True)
class Scene:
    """Amina lives in the quartier. Zoe of another server means well, Mallory of a third one does
    not; Yan is Mallory's neighbour, on the same server."""

    node: Serving
    amina: Actor
    honest: Peer
    evil: Peer
    _numbers: int = field(default=0)

    @property
    def zoe(self) -> User:
        return self.honest.users["zoe"]

    @property
    def mallory(self) -> User:
        return self.evil.users["mallory"]

    @property
    def yan(self) -> User:
        return self.evil.users["yan"]

    @property
    def inbox(self) -> str:
        return f"{self.node.base}/users/amina/inbox"

    @property
    def shared_inbox(self) -> str:
        return f"{self.node.base}/inbox"

    def follow(self, user: User, **more: Any) -> Document:
        """A Follow of Amina that would work."""
        self._numbers += 1
        return {
            "@context": AS2,
            "id": f"{user.id}#follows/a{self._numbers}",
            "type": "Follow",
            "actor": user.id,
            "object": self.amina.uri,
        } | more

    def note(self, user: User, content: str = "Bonjour", **more: Any) -> Document:
        self._numbers += 1
        return {
            "id": f"{user.id}/statuses/n{self._numbers}",
            "type": "Note",
            "attributedTo": user.id,
            "to": [PUBLIC],
            "cc": [f"{user.id}/followers"],
            "published": "2026-11-22T18:00:00Z",
            "content": content,
        } | more

    def create(self, user: User, note: Document, **more: Any) -> Document:
        self._numbers += 1
        return {
            "@context": [AS2, "https://w3id.org/security/data-integrity/v2"],
            "id": f"{user.id}/statuses/c{self._numbers}/activity",
            "type": "Create",
            "actor": user.id,
            "to": [PUBLIC],
            "object": note,
        } | more

    def headers(
        self,
        user: User,
        body: bytes,
        *,
        url: str | None = None,
        scheme: Scheme = "cavage",
        keys: PeerKeys | None = None,
        now: float | None = None,
        method: str = "POST",
    ) -> dict[str, str]:
        """What `user` would send with a body; signed with others' `keys` by a forger."""
        return sign(
            keys or user.keys,
            scheme,
            actor=user.id,
            method=method,
            url=url or self.inbox,
            now=time.time() if now is None else now,
            body=body,
        )

    async def send(self, body: bytes, headers: Headers, *, path: str = "/users/amina/inbox") -> Raw:
        """A POST with exactly these headers and bytes, Content-Length added."""
        listed = list(headers.items() if isinstance(headers, Mapping) else headers)
        names = {name.lower() for name, _ in listed}
        if not names & {"content-length", "transfer-encoding"}:
            listed.append(("Content-Length", str(len(body))))
        lines = "".join(f"{name}: {value}\r\n" for name, value in listed)
        head = f"POST {path} HTTP/1.1\r\n{lines}Connection: close\r\n\r\n"
        return await self.raw(head.encode("latin-1") + body)

    async def raw(self, data: bytes, *, seconds: float = 10.0) -> Raw:
        """The first answer to these bytes."""
        async with self.connection() as (reader, writer):
            with contextlib.suppress(ConnectionError):
                writer.write(data)
                await writer.drain()
            async with asyncio.timeout(seconds):
                return await read_answer(reader)

    @contextlib.asynccontextmanager
    async def connection(
        self,
    ) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        host, _, port = self.node.domain.partition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        try:
            yield reader, writer
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    async def post(
        self, user: User, activity: Document | bytes, *, inbox: str | None = None, **how: Any
    ) -> Raw:
        """A POST that is signed as it should be."""
        body = activity if isinstance(activity, bytes) else orjson.dumps(activity)
        url = inbox or self.inbox
        path = url.removeprefix(self.node.base)
        return await self.send(body, self.headers(user, body, url=url, **how), path=path)

    async def get(self, path: str, headers: Headers = ()) -> Raw:
        listed = list(headers.items() if isinstance(headers, Mapping) else headers)
        if not any(name.lower() == "host" for name, _ in listed):
            listed.insert(0, ("Host", self.node.domain))
        lines = "".join(f"{name}: {value}\r\n" for name, value in listed)
        return await self.raw(f"GET {path} HTTP/1.1\r\n{lines}Connection: close\r\n\r\n".encode())

    async def picture(self, *but: str) -> Picture:
        await self.node.settled()
        async with asyncio.timeout(10.0):  # partners are looked for a moment after the answer
            while True:
                if not await self.node.store.read(suggestions.waiting, most=1):
                    break
                await asyncio.sleep(0.02)
        return await picture(self.node.store, but=but)

    @contextlib.asynccontextmanager
    async def unchanged(self, *but: str) -> AsyncIterator[None]:
        """Nothing in the store may be another after the block, except in the tables named."""
        before = await self.picture(*but)
        yield
        after = await self.picture(*but)
        for table, rows in before.items():
            assert after[table] == rows, f"{table} changed"

    async def refused(self, answer: Raw, *statuses: int) -> None:
        assert answer.status in statuses, f"{answer.status} {answer.body[:300]!r}"
        assert b"Traceback" not in answer.body


async def read_answer(reader: asyncio.StreamReader) -> Raw:
    head = await reader.readuntil(b"\r\n\r\n")
    status, *lines = head.decode("latin-1").split("\r\n")
    headers: dict[str, str] = {}
    for line in filter(None, lines):
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    size = headers.get("content-length")
    body = await (reader.read() if size is None else reader.readexactly(int(size)))
    return Raw(int(status.split(" ", 2)[1]), headers, body)


@contextlib.asynccontextmanager
async def scene(directory: Path, **tables: Mapping[str, Any]) -> AsyncIterator[Scene]:
    """The cast, each on a port of its own."""
    async with (
        serving(new_sqlite(directory), directory, **tables) as node,
        Peer("cavage", users=("zoe",), reads=("cavage", "rfc9421-ed25519")) as honest,
        Peer("cavage", users=("mallory", "yan"), reads=("cavage", "rfc9421-ed25519")) as evil,
    ):
        yield Scene(node, await node.account("amina"), honest, evil)
