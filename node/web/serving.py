"""Listening, with bounds on how long a client may take to say what it wants.

aiohttp bounds idle kept-alive connections, not the time that headers and bodies take to come:
a connection that dribbles would hold its place for ever.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from aiohttp import web
from aiohttp.web_protocol import RequestHandler

from node.config import LimitsSettings, Settings

HEADER_BYTES = 8190
HEADERS_MOST = 128


@contextlib.asynccontextmanager
async def serve_on(application: web.Application, settings: Settings) -> AsyncIterator[str]:
    """Listen on the configured address; the address it got (port 0 asks for any)."""
    limits = settings.limits
    runner = web.AppRunner(
        application,
        access_log=None,
        keepalive_timeout=limits.idle_seconds,
        max_line_size=HEADER_BYTES,
        max_field_size=HEADER_BYTES,
        handle_signals=False,
        shutdown_timeout=min(settings.server.stop_seconds, 30.0) / 2,
    )
    await runner.setup()
    server = runner.server
    if server is None:
        raise RuntimeError("aiohttp's runner has no server after its setup")
    loop = asyncio.get_running_loop()

    def connection() -> asyncio.Protocol:
        handler = server()
        _bound(handler, limits, loop)
        return handler

    listener = await loop.create_server(
        connection, settings.server.host, settings.server.port, backlog=1024, reuse_address=True
    )
    host, port = listener.sockets[0].getsockname()[:2]
    try:
        yield f"{host}:{port}"
    finally:
        listener.close()
        await runner.cleanup()


def _bound(
    handler: RequestHandler, limits: LimitsSettings, loop: asyncio.AbstractEventLoop
) -> None:
    """Close a connection whose first headers, or whose next ones once begun, take too long.

    The handler knows when a request is being handled (`_current_request`); while none is, bytes
    that came are the beginning of a next one, and a clock runs.
    """
    timer: asyncio.TimerHandle | None = None
    made, received = handler.connection_made, handler.data_received
    lost = handler.connection_lost

    def late() -> None:
        if handler._current_request is None and not handler._messages:
            handler.force_close()
            if handler.transport is not None:
                handler.transport.abort()

    def arm() -> None:
        nonlocal timer
        if timer is None:
            timer = loop.call_later(limits.header_seconds, fire)

    def fire() -> None:
        nonlocal timer
        timer = None
        late()

    def disarm() -> None:
        nonlocal timer
        if timer is not None:
            timer.cancel()
            timer = None

    def connection_made(transport: asyncio.BaseTransport) -> None:
        made(transport)
        arm()

    def data_received(data: bytes) -> None:
        received(data)
        if handler._current_request is not None or handler._messages:
            disarm()
        else:
            arm()

    def connection_lost(exc: BaseException | None) -> None:
        disarm()
        lost(exc)

    handler.connection_made = connection_made  # type: ignore[method-assign]
    handler.data_received = data_received  # type: ignore[method-assign]
    handler.connection_lost = connection_lost  # type: ignore[method-assign]
