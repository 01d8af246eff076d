"""What stands before every handler: rates, errors as answers, headers that protect readers."""

from __future__ import annotations

import asyncio
import ipaddress
import json
import logging
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable

from aiohttp import web
from aiohttp.typedefs import Middleware

from node.activitypub.negotiation import negotiate
from node.clock import Clock
from node.config import Settings
from node.errors import EntraideError, TooMany, Unavailable

log = logging.getLogger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Content-Security-Policy": POLICY,
}
ADDRESSES_KEPT = 20_000
WINDOW_S = 300.0


def guards(settings: Settings, clock: Clock) -> list[Middleware]:
    return [_errors(), _rates(settings, clock), _bodies(settings)]


# ── errors ───────────────────────────────────────────────────────────────────────────────────


def _errors() -> Middleware:
    @web.middleware
    async def errors(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            response = await handler(request)
        except EntraideError as error:
            if error.status >= 500:
                log.warning("%s %s: %s", request.method, request.path, error)
            response = _told(request, error.status, error.public)
            if isinstance(error, TooMany | Unavailable):
                response.headers["Retry-After"] = str(error.retry_after)
        except web.HTTPRequestEntityTooLarge:
            response = _told(request, 413, "That is more than this node reads at once.")
        except web.HTTPException as error:
            if error.status < 400:
                raise
            response = _told(request, error.status, error.reason)
            if "Allow" in error.headers:
                response.headers["Allow"] = error.headers["Allow"]
        except (ConnectionResetError, asyncio.CancelledError):
            raise
        except Exception:
            log.exception("%s %s failed", request.method, request.path)
            response = _told(request, 500, "This node made a mistake; it is in its log.")
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    return errors


def _told(request: web.Request, status: int, text: str) -> web.Response:
    if request.method == "GET" and negotiate(request.headers.get("Accept")) == "html":
        return web.Response(
            status=status, text=f"{text}\n", content_type="text/plain", charset="utf-8"
        )
    body = json.dumps({"error": text}, ensure_ascii=False)
    return web.Response(status=status, text=body, content_type="application/json")


# ── rates ────────────────────────────────────────────────────────────────────────────────────


def _rates(settings: Settings, clock: Clock) -> Middleware:
    """Requests of one address (or /64) in five minutes. Deliveries to inboxes have budgets per
    signed host instead: a large server sends for thousands of people from one address."""
    limit = settings.limits.requests_per_5min
    enforced = settings.limits.rate_limits
    buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
    proxies = frozenset(settings.server.proxies)

    @web.middleware
    async def rates(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.method == "POST" and request.path.endswith("/inbox"):
            return await handler(request)
        if request.path in ("/health", "/metrics"):
            return await handler(request)
        who = _network(client_address(request, proxies))
        now = clock.now()
        left, at = buckets.pop(who, (float(limit), now))
        left = min(float(limit), left + max(now - at, 0.0) * limit / WINDOW_S)
        if enforced and left < 1.0:
            buckets[who] = (left, now)
            wait = int((1.0 - left) * WINDOW_S / limit) + 1
            raise TooMany("Too many requests from your address: slow down.", retry_after=wait)
        buckets[who] = (max(left - 1.0, 0.0), now)
        if len(buckets) > ADDRESSES_KEPT:
            buckets.popitem(last=False)
        response = await handler(request)
        if not response.prepared:
            response.headers["X-RateLimit-Limit"] = str(limit)
            response.headers["X-RateLimit-Remaining"] = str(int(max(left - 1.0, 0.0)))
        return response

    return rates


def client_address(request: web.Request, proxies: frozenset[str]) -> str:
    """Who asks: the peer, or what a configured proxy says of it."""
    peer = request.remote or ""
    if peer not in proxies:
        return peer
    forwarded = request.headers.get("X-Forwarded-For", "")
    for part in reversed(forwarded.split(",")):
        address = part.strip()
        if address and address not in proxies:
            return address
    return peer


def _network(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return address


# ── bodies ───────────────────────────────────────────────────────────────────────────────────


def _bodies(settings: Settings) -> Middleware:
    """A body that does not come within its time ends the request with 408."""
    seconds = settings.limits.body_seconds

    @web.middleware
    async def bodies(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not request.can_read_body:
            return await handler(request)
        started = time.monotonic()
        try:
            async with asyncio.timeout(seconds):
                await request.read()
        except TimeoutError:
            log.info("a body took longer than %.0f s", time.monotonic() - started)
            raise web.HTTPRequestTimeout(reason="The body took too long.") from None
        return await handler(request)

    return bodies
