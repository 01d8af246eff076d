"""Listening, with bounds on how long a client may take to say what it wants and to hear it.

aiohttp bounds idle kept-alive connections, not the time that headers and bodies take to come:
a connection that dribbles would hold its place for ever.
"""

from __future__ import annotations

import asyncio
import contextlib
import resource
from collections.abc import AsyncIterator
from typing import Any

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.web_protocol import RequestHandler

from node.config import Settings

HEADER_BYTES = 8190
HEADERS_MOST = 128
CONNECTIONS = 65_536


class BoundedHandler(RequestHandler):
    """A connection whose first headers, or whose next ones once begun, may not take long.

    The handler knows when a request is being handled (``_current_request``) or waits for that
    (``_messages``); while neither is, bytes that came are the beginning of a next one, and a
    clock runs.
    """

    def __init__(
        self, server: web.Server, *, header_seconds: float, read_seconds: float, **options: Any
    ) -> None:
        super().__init__(server, **options)
        self._header_seconds = header_seconds
        self._header_timer: asyncio.TimerHandle | None = None
        self._read_seconds = read_seconds
        self._read_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._arm()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._current_request is not None or self._messages:
            self._disarm()
        elif self._header_timer is None:
            self._arm()

    def pause_writing(self) -> None:
        """Our answer waits for the client to read: not for ever."""
        super().pause_writing()
        if self._read_timer is None:
            self._read_timer = self._loop.call_later(self._read_seconds, self._unread)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._read_disarm()

    def connection_lost(self, exc: BaseException | None) -> None:
        self._disarm()
        self._read_disarm()
        super().connection_lost(exc)

    def log_exception(self, *args: Any, **options: Any) -> None:
        """What cannot be read as HTTP is its sender's fault: it gets its 400, and our log no
        traceback."""
        error = options.get("exc_info")
        if isinstance(error, HttpProcessingError):
            self.logger.debug("Not HTTP as we read it: %s %.200s", type(error).__name__, error)
        else:
            super().log_exception(*args, **options)

    def _arm(self) -> None:
        self._header_timer = self._loop.call_later(self._header_seconds, self._late)

    def _disarm(self) -> None:
        if self._header_timer is not None:
            self._header_timer.cancel()
            self._header_timer = None

    def _read_disarm(self) -> None:
        if self._read_timer is not None:
            self._read_timer.cancel()
            self._read_timer = None

    def _unread(self) -> None:
        self._read_timer = None
        self._end()

    def _late(self) -> None:
        self._header_timer = None
        if self._current_request is None and not self._messages:
            self._end()

    def _end(self) -> None:
        # Not closed but cut off: closing would wait for what we wrote to be read.
        transport = self.transport
        self.force_close()
        if transport is not None:
            transport.abort()


def allow_connections() -> None:
    """As many open files as we may have: a connection is one, and 1,024 are soon taken."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = CONNECTIONS if hard == resource.RLIM_INFINITY else min(hard, CONNECTIONS)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


@contextlib.asynccontextmanager
async def serve_on(application: web.Application, settings: Settings) -> AsyncIterator[str]:
    """Listen on the configured address; the address it got (port 0 asks for any)."""
    limits = settings.limits
    allow_connections()
    runner = web.AppRunner(
        application,
        handle_signals=False,
        shutdown_timeout=min(settings.server.stop_seconds, 30.0) / 2,
    )
    await runner.setup()
    server = runner.server
    if server is None:
        raise RuntimeError("aiohttp's runner has no server after its setup")
    loop = asyncio.get_running_loop()

    def connection() -> asyncio.Protocol:
        return BoundedHandler(
            server,
            header_seconds=limits.header_seconds,
            read_seconds=limits.body_seconds,
            loop=loop,
            access_log=None,
            keepalive_timeout=limits.idle_seconds,
            max_line_size=HEADER_BYTES,
            max_field_size=HEADER_BYTES,
            max_headers=HEADERS_MOST,
            auto_decompress=False,  # nobody is asked to pack what is sent here
        )

    listener = await loop.create_server(
        connection, settings.server.host, settings.server.port, backlog=1024, reuse_address=True
    )
    host, port = listener.sockets[0].getsockname()[:2]
    try:
        yield f"{host}:{port}"
    finally:
        listener.close()
        for _ in range(5):  # whoever was accepted in this very moment is seen, and closed
            await asyncio.sleep(0)
        await runner.cleanup()
