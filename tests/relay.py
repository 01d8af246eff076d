"""A relay before a node that writes down every byte that leaves it: what it answers, and, for a
node's own way out, what it is asked. Plain TCP, nothing is read or changed.

    async with Relay() as relay:
        async with serving(url, path, node={"domain": relay.domain}) as node:
            relay.to(node.port)
"""

from __future__ import annotations

import asyncio
import contextlib
from types import TracebackType
from typing import Self


class Relay:
    """Listens on a port of loopback and hands everything on to another one."""

    def __init__(self) -> None:
        self.out = bytearray()
        """What came back from behind, to whoever asked."""
        self.came = bytearray()
        """What was sent to it."""
        self.port = 0
        self._behind = 0
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def domain(self) -> str:
        return f"127.0.0.1:{self.port}"

    def to(self, port: int) -> None:
        self._behind = port

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._server is not None
        self._server.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            async with contextlib.AsyncExitStack() as stack:
                stack.push_async_callback(_closed, writer)
                behind, ahead = await asyncio.open_connection("127.0.0.1", self._behind)
                stack.push_async_callback(_closed, ahead)
                await asyncio.gather(
                    _pipe(reader, ahead, self.came), _pipe(behind, writer, self.out)
                )
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            self._tasks.discard(task)


async def _pipe(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, kept: bytearray
) -> None:
    while part := await reader.read(65_536):
        kept += part
        writer.write(part)
        await writer.drain()
    with contextlib.suppress(OSError):
        writer.write_eof()


async def _closed(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
