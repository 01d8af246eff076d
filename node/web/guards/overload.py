"""More requests at once than the machine can hold are told to come back."""

from __future__ import annotations

from aiohttp import web
from aiohttp.typedefs import Middleware

from node.errors import Unavailable
from node.web.guards.handling import Handler

REQUESTS_AT_ONCE = 4_000


def no_more_than(at_once: int) -> Middleware:
    under_way = 0

    @web.middleware
    async def load(request: web.Request, handler: Handler) -> web.StreamResponse:
        nonlocal under_way
        if under_way >= at_once:
            raise Unavailable("Too much is asked here at once: come back in half a minute.")
        under_way += 1
        try:
            return await handler(request)
        finally:
            under_way -= 1

    return load
