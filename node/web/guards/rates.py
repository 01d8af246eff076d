"""How much one address may ask in five minutes."""

from __future__ import annotations

from aiohttp import web
from aiohttp.typedefs import Middleware

from node.clock import Clock
from node.config import Settings
from node.errors import EntraideError
from node.moderation.rates import Rate, Rates
from node.outbox.reading.network import NETWORK
from node.web.guards.addresses import client_address, network
from node.web.guards.handling import Handler

WINDOW_S = 300.0
REFUSALS = frozenset({400, 401, 408, 413, 415})


def rates_kept(settings: Settings, clock: Clock) -> Middleware:
    """Requests of one address (or /64) in five minutes. Deliveries to inboxes have budgets per
    signed host instead, since a large server sends for thousands of people from one address, and
    requests with a token have one per person; but those that are refused count for the address
    they came from."""
    limit = settings.limits.requests_per_5min
    enforced = settings.limits.rate_limits
    rates_of = Rates(enforced=enforced)
    asked, refused = Rate("asked", limit, WINDOW_S), Rate("refused", limit, WINDOW_S)
    proxies = frozenset(settings.server.proxies)

    async def judged(
        request: web.Request, handler: Handler, who: str, refusals: frozenset[int]
    ) -> web.StreamResponse:
        rates_of.check(refused, who, clock.now())
        try:
            return await handler(request)
        except (EntraideError, web.HTTPException) as error:
            if error.status in refusals:
                rates_of.of(refused).take(who, clock.now())
            raise

    @web.middleware
    async def rates(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path in ("/health", "/metrics"):
            return await handler(request)
        posted = request.method == "POST" and request.path.endswith("/inbox")
        if posted and not enforced:
            return await handler(request)
        who = request[NETWORK] = network(client_address(request, proxies))
        if posted:
            return await judged(request, handler, who, REFUSALS)
        if request.path.startswith("/api/") and "Authorization" in request.headers:
            return await judged(request, handler, who, frozenset({401}))
        now = clock.now()
        rates_of.spend(asked, who, now)
        told = rates_of.of(asked).headers(who, now)
        response = await handler(request)
        if not response.prepared:
            for name, value in told.items():
                response.headers.setdefault(name, value)
        return response

    return rates
