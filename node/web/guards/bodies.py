"""How long a body may be, and how long it may take."""

from __future__ import annotations

import asyncio
import logging
import time

from aiohttp import web
from aiohttp.typedefs import Middleware

from node.config import Settings
from node.errors import TooLarge
from node.web.guards.handling import Handler

log = logging.getLogger(__name__)

FORMS = ("/api/v1/", "/api/v2/", "/oauth/")  # read by node.mastodon.parameters
UPLOADS = "/api/aid/v1/pictures"
READS_BODY = "reads_body"
"""Marks a handler that reads a large body itself, once it knows who sends it."""
TOO_LARGE = "That is more than this node reads at once."


def bodies_read(settings: Settings) -> Middleware:
    """A body that does not come within its time ends the request with 408, one that says that
    it is too long with 413 before it comes."""
    seconds = settings.limits.body_seconds
    most = settings.limits.body_bytes

    @web.middleware
    async def bodies(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not request.can_read_body:
            return await handler(request)
        if _in_pieces(request):
            return await handler(request)  # which reads it so, once it knows who sends it
        if (request.content_length or 0) > most:
            raise TooLarge(TOO_LARGE)
        started = time.monotonic()
        try:
            async with asyncio.timeout(seconds):
                await request.read()
        except TimeoutError:
            log.info("a body took longer than %.0f s", time.monotonic() - started)
            raise web.HTTPRequestTimeout(reason="The body took too long.") from None
        return await handler(request)

    return bodies


def _in_pieces(request: web.Request) -> bool:
    if getattr(request.match_info.handler, READS_BODY, False):
        return True
    if request.path == UPLOADS and request.method == "POST":
        return True
    return request.content_type == "multipart/form-data" and request.path.startswith(FORMS)
