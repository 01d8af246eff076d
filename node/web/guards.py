"""What stands before every handler: rates, errors as answers, headers that protect readers."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import json
import logging
import time
from collections.abc import Awaitable, Callable
from functools import lru_cache

from aiohttp import web
from aiohttp.typedefs import Middleware

from node.activitypub.negotiation import negotiate
from node.clock import Clock
from node.config import Settings
from node.errors import EntraideError, TooLarge, TooMany, Unavailable
from node.moderation.rates import Rate, Rates
from node.outbox.reading.network import NETWORK

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
    "Server": "Entraide",  # not what it is made of, in which version
}
PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, POST, PUT, PATCH, DELETE",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Idempotency-Key",
}
WINDOW_S = 300.0
REQUESTS_AT_ONCE = 4_000
REFUSALS = frozenset({400, 401, 408, 413, 415})
FORWARDED_MOST = 2_048
OPEN = ("/api/", "/oauth/", "/.well-known/", "/nodeinfo/", "/media/")
"""Apps that run in browsers ask there; what is refused is for them to read, too."""
FORMS = ("/api/v1/", "/api/v2/", "/oauth/")  # read by node.mastodon.parameters
UPLOADS = "/api/aid/v1/pictures"
READS_BODY = "reads_body"
"""Marks a handler that reads a large body itself, once it knows who sends it."""
TOO_LARGE = "That is more than this node reads at once."


Problem = Callable[[web.Request, int, str], web.Response]
"""Tells a person what went wrong, on a page."""


def guards(
    settings: Settings,
    clock: Clock,
    *,
    at_once: int = REQUESTS_AT_ONCE,
    problem: Problem | None = None,
) -> list[Middleware]:
    """In the order in which they stand before a handler."""
    return [_errors(problem), _load(at_once), _rates(settings, clock), _bodies(settings)]


# ── errors ───────────────────────────────────────────────────────────────────────────────────


def _errors(problem: Problem | None) -> Middleware:
    @web.middleware
    async def errors(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            response = await handler(request)
        except EntraideError as error:
            if error.status >= 500:
                log.warning("%s %s: %s", request.method, request.path, error)
            response = _told(problem, request, error.status, error.public)
            if isinstance(error, TooMany | Unavailable):
                response.headers["Retry-After"] = str(error.retry_after)
        except web.HTTPRequestEntityTooLarge:
            response = _told(problem, request, 413, TOO_LARGE)
        except web.RequestPayloadError:
            response = _told(problem, request, 400, "The body cannot be read.")
        except web.HTTPException as error:
            if error.status < 400:
                raise
            if request.method == "OPTIONS" and request.path.startswith("/api/"):
                # A page that asks for what is not there is to see the 404, not a failure of CORS.
                response = web.Response(status=204, headers=PREFLIGHT)
            else:
                response = _told(problem, request, error.status, error.reason)
            if "Allow" in error.headers:
                response.headers["Allow"] = error.headers["Allow"]
        except (ConnectionResetError, asyncio.CancelledError):
            raise
        except Exception:
            log.exception("%s %s failed", request.method, request.path)
            response = _told(problem, request, 500, "This node made a mistake; it is in its log.")
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if request.path.startswith(OPEN):
            response.headers.setdefault("Access-Control-Allow-Origin", "*")
        return response

    return errors


def _told(problem: Problem | None, request: web.Request, status: int, text: str) -> web.Response:
    person = request.method in ("GET", "POST") and not request.path.startswith("/api/")
    if person and negotiate(request.headers.get("Accept")) == "html":
        if problem is not None:
            return problem(request, status, text)
        return web.Response(
            status=status, text=f"{text}\n", content_type="text/plain", charset="utf-8"
        )
    body = json.dumps({"error": text}, ensure_ascii=False)
    return web.Response(status=status, text=body, content_type="application/json")


# ── overload ─────────────────────────────────────────────────────────────────────────────────


def _load(at_once: int) -> Middleware:
    """More requests at once than the machine can hold are told to come back."""
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


# ── rates ────────────────────────────────────────────────────────────────────────────────────


def _rates(settings: Settings, clock: Clock) -> Middleware:
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
        who = request[NETWORK] = _network(client_address(request, proxies))
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


def client_address(request: web.Request, proxies: frozenset[str]) -> str:
    """Who asks: the peer, or what the last configured proxy on the way says of it.

    ``proxies`` are addresses or networks. Some proxies add a line of their own to the header
    instead of a part to the client's: all lines count, in order.
    """
    peer = _plain(request.remote or "")
    if not _is_proxy(peer, proxies):
        return peer
    lines = request.headers.getall("X-Forwarded-For", [])
    parts = [_plain(part) for part in ",".join(lines)[-FORWARDED_MOST:].split(",")]
    for address in reversed(parts):
        if address and not _is_proxy(address, proxies):
            return address
    return peer


def _plain(text: str) -> str:
    """An address without port, brackets and IPv4's disguise as IPv6."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return text
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped or address)


def _is_proxy(address: str, proxies: frozenset[str]) -> bool:
    if address in proxies:
        return True
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in _networks(proxies))


@lru_cache(maxsize=8)
def _networks(
    proxies: frozenset[str],
) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    found = []
    for one in proxies:
        with contextlib.suppress(ValueError):  # a name: it stands for itself
            found.append(ipaddress.ip_network(one, strict=False))
    return tuple(found)


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
