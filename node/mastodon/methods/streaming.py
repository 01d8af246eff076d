"""Streams: one WebSocket for as many of them as an app likes, or one of server-sent events each."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, Final, cast

import orjson
from aiohttp import WSMsgType, web

from node.errors import EntraideError, NotFound, TooMany, Unauthenticated
from node.mastodon.grants import grant_of, hash_of
from node.mastodon.streams.channels import channel
from node.mastodon.streams.hub import Hub
from node.mastodon.streams.line import POLICY, Kind, Line, chunk, error

log = logging.getLogger(__name__)

BASE: Final = "/api/v1/streaming"
HEARTBEAT_S: Final = 30.0
MESSAGE_BYTES: Final = 4_096
"""Of what an app says."""
NO_STORE: Final = {"Cache-Control": "private, no-store", "X-Accel-Buffering": "no"}
_BEARER: Final = re.compile(r"bearer +([A-Za-z0-9._~+/=-]{1,512})", re.IGNORECASE)
_TOKEN: Final = re.compile(r"[A-Za-z0-9._~+/=-]{1,512}")

# Path of server-sent events → the stream that it is
PATHS: Final = {
    "user": "user",
    "user/notification": "user:notification",
    "public": "public",
    "public/local": "public:local",
    "public/remote": "public:remote",
    "hashtag": "hashtag",
    "hashtag/local": "hashtag:local",
    "list": "list",
    "direct": "direct",
}

Handler = Callable[[web.Request], Coroutine[Any, Any, web.StreamResponse]]


def routes(hub: Hub, preflight_headers: Mapping[str, str]) -> list[web.RouteDef]:
    """With and without a slash at the end, as apps write them."""

    async def health(request: web.Request) -> web.Response:
        return web.Response(text="OK", headers={"Cache-Control": "private, no-store"})

    handlers: dict[str, Handler] = {BASE: _root(hub), f"{BASE}/health": health}
    for path, name in PATHS.items():
        handlers[f"{BASE}/{path}"] = _events(hub, name)

    async def preflight(request: web.Request) -> web.Response:
        return web.Response(status=204, headers=preflight_headers)

    paths = {path + slash: one for path, one in handlers.items() for slash in ("", "/")}
    return [
        *(web.get(path, handler, allow_head=False) for path, handler in paths.items()),
        *(web.options(path, preflight) for path in paths),
    ]


# ── whose it is ──────────────────────────────────────────────────────────────────────────────


def _token(request: web.Request) -> tuple[str, str | None]:
    """(the token, the subprotocol to be echoed): of the header, the query, or the place where a
    browser can put it."""
    header = _BEARER.fullmatch(request.headers.get("Authorization", "").strip())
    named = [part.strip() for part in request.headers.get("Sec-WebSocket-Protocol", "").split(",")]
    protocol = named[0] or None
    text = header[1] if header else request.query.get("access_token") or protocol or ""
    if not _TOKEN.fullmatch(text):
        raise Unauthenticated("Missing access token" if not text else "Invalid access token")
    return text, protocol


async def _open(hub: Hub, request: web.Request, kind: Kind, token: str) -> Line:
    """Raises Unauthenticated, and TooMany."""
    if request.transport is None:
        raise ConnectionResetError("the connection is gone")
    # uvloop's transports are such without saying so
    line = Line(kind, hash_of(token), cast(asyncio.WriteTransport, request.transport))
    if not hub.add(line):
        raise TooMany("Too many streams are open.")
    try:
        line.grant = await hub.store.read(grant_of, line.hash)
        if line.grant is None or line.ended:
            raise Unauthenticated("Invalid access token")
        if line.grant.person is None and not hub.here.settings.node.open_to_all:
            raise Unauthenticated("This API requires an authenticated user")
    except BaseException:
        hub.remove(line)
        raise
    return line


# ── WebSocket ────────────────────────────────────────────────────────────────────────────────


def _root(hub: Hub) -> Handler:
    async def handler(request: web.Request) -> web.StreamResponse:
        if request.headers.get("Upgrade", "").lower() != "websocket":
            name = request.query.get("stream", "")
            if not name:
                raise NotFound("Not found")
            return await _serve_events(hub, request, dict(request.query))
        token, protocol = _token(request)
        line = await _open(hub, request, "ws", token)
        try:
            return await _converse(hub, request, line, protocol)
        finally:
            hub.remove(line)

    return handler


async def _converse(
    hub: Hub, request: web.Request, line: Line, protocol: str | None
) -> web.WebSocketResponse:
    socket = web.WebSocketResponse(
        protocols=(protocol,) if protocol else (),
        heartbeat=HEARTBEAT_S,
        compress=False,  # frames are written as they are, once for all
        max_msg_size=MESSAGE_BYTES,
        timeout=1.0,
    )
    await socket.prepare(request)
    if request.query.get("stream"):
        await _subscribe(hub, line, dict(request.query))
    async for message in socket:
        if message.type is WSMsgType.TEXT:
            await _said(hub, line, message.data)
        elif message.type is WSMsgType.BINARY:
            line.end(POLICY, "The mediatype is not supported")
    return socket


async def _said(hub: Hub, line: Line, text: str) -> None:
    try:
        asked = orjson.loads(text)
    except orjson.JSONDecodeError:
        asked = None
    if not isinstance(asked, dict):
        line.write(error("This is not JSON that can be read", 400))
        return
    wanted = {name: str(value) for name, value in asked.items() if value is not None}
    match asked.get("type"):
        case "subscribe":
            await _subscribe(hub, line, wanted)
        case "unsubscribe":
            await _subscribe(hub, line, wanted, leave=True)
        case _:
            line.write(error("Unknown message type", 400))


async def _subscribe(
    hub: Hub, line: Line, asked: Mapping[str, str], *, leave: bool = False
) -> None:
    if line.grant is None:
        return
    try:
        found = await channel(hub.store, line.grant, asked)
        if leave:
            hub.leave(line, found.key)
        elif not line.ended and not hub.join(line, found):
            raise TooMany("Too many streams on one connection.")
    except EntraideError as refused:
        line.write(error(refused.public, refused.status))


# ── server-sent events ───────────────────────────────────────────────────────────────────────


def _events(hub: Hub, name: str) -> Handler:
    async def handler(request: web.Request) -> web.StreamResponse:
        return await _serve_events(hub, request, dict(request.query) | {"stream": name})

    return handler


async def _serve_events(
    hub: Hub, request: web.Request, asked: Mapping[str, str]
) -> web.StreamResponse:
    token, _ = _token(request)
    line = await _open(hub, request, "sse", token)
    try:
        if line.grant is None:
            raise Unauthenticated("Invalid access token")
        found = await channel(hub.store, line.grant, asked)
        response = web.StreamResponse(headers=NO_STORE | {"Access-Control-Allow-Origin": "*"})
        response.content_type = "text/event-stream"
        response.enable_chunked_encoding()
        response.force_close()
        ended = asyncio.Event()
        line.on_end = ended.set
        await response.prepare(request)
        line.write(chunk(b":)\n"))
        hub.join(line, found)
        await ended.wait()
        return response
    finally:
        hub.remove(line)
