"""The table of areas, and how an endpoint becomes a route."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Coroutine
from functools import cache
from typing import Any

import msgspec
from aiohttp import web

from node.actions.remote import Remote
from node.api import (
    accounts,
    agreements,
    blocklists,
    blocks,
    calendars,
    drafts,
    feeds,
    held,
    me,
    membership,
    moderation,
    neighbours,
    notifications,
    on_behalf,
    openapi,
    pictures,
    proposal_changes,
    proposals,
    reading,
    referrals,
    reports,
    review,
    series,
    suggestions,
    territory,
    topics,
)
from node.api.endpoint import BASE, Call, Endpoint, Page, Raw
from node.moderation.rates import Rate, Rates
from node.outbox.here import Here
from node.outbox.reading.network import NETWORK
from node.store.engine import Store

AREAS: tuple[tuple[Endpoint, ...], ...] = (
    blocklists.ENDPOINTS,
    blocks.ENDPOINTS,
    moderation.ENDPOINTS,
    calendars.ENDPOINTS,
    feeds.ENDPOINTS,
    review.ENDPOINTS,
    proposals.ENDPOINTS,
    proposal_changes.ENDPOINTS,
    drafts.ENDPOINTS,
    pictures.ENDPOINTS,
    reports.ENDPOINTS,
    accounts.ENDPOINTS,
    agreements.ENDPOINTS,
    me.ENDPOINTS,
    membership.ENDPOINTS,
    notifications.ENDPOINTS,
    on_behalf.ENDPOINTS,
    series.ENDPOINTS,
    suggestions.ENDPOINTS,
    territory.ENDPOINTS,
    topics.ENDPOINTS,
    neighbours.ENDPOINTS,
    held.ENDPOINTS,
    referrals.ENDPOINTS,
)

OPEN = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Link, ETag, Retry-After",
}
PREFLIGHT = OPEN | {
    "Access-Control-Allow-Methods": "GET, POST, PUT, PATCH, DELETE",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, If-None-Match",
    "Access-Control-Max-Age": "86400",
}
_ENCODER = msgspec.json.Encoder()

_Handler = Callable[[web.Request], Coroutine[Any, Any, web.StreamResponse]]


def routes(here: Here, store: Store, remote: Remote) -> list[web.RouteDef]:
    """Every endpoint, the description of them all, and what browsers ask beforehand."""
    endpoints = [endpoint for area in AREAS for endpoint in area]
    rates = Rates(enforced=here.settings.limits.rate_limits)

    @cache
    def described() -> bytes:
        return _ENCODER.encode(openapi.document(endpoints, here.settings.base_url))

    async def description(request: web.Request) -> web.Response:
        return web.Response(body=described(), content_type="application/json", headers=OPEN)

    async def preflight(request: web.Request) -> web.Response:
        return web.Response(status=204, headers=PREFLIGHT)

    table = [
        web.route(one.method, one.address, _handler(one, here, store, remote, rates))
        for one in endpoints
    ]
    return [
        *table,
        web.get(f"{BASE}/openapi.json", description),
        *(web.options(address, preflight) for address in {one.address for one in endpoints}),
    ]


def _handler(
    endpoint: Endpoint, here: Here, store: Store, remote: Remote, rates: Rates
) -> _Handler:
    per_person = Rate("person", here.settings.limits.requests_per_5min_signed_in, 300.0)
    clock = here.clock
    open_ = here.settings.node.open_to_all

    async def answer(request: web.Request) -> web.StreamResponse:
        who = await reading.caller(request, endpoint, store, open_=open_)
        asks = f"person {who.actor.id}" if who else f"network {request.get(NETWORK, '')}"
        if who is not None:
            rates.spend(per_person, asks, clock.now())
        if endpoint.rate is not None:
            rates.spend(endpoint.rate, asks, clock.now())
        call = Call(
            here=here,
            store=store,
            remote=remote,
            query=reading.query(request, endpoint),
            body=await reading.body(request, endpoint),
            path=reading.path(request),
            who=who,
            language=reading.language(request, who),
            request=request,
        )
        return _response(endpoint, request, await endpoint.handler(call))

    return answer


def _response(endpoint: Endpoint, request: web.Request, result: Any) -> web.Response:
    private = endpoint.scope is not None or "Authorization" in request.headers
    headers = {
        **OPEN,
        "Vary": "Accept, Accept-Language, Authorization",
        "Cache-Control": "private, no-store" if private else "no-cache",
    }
    match result:
        case None:
            return web.Response(status=204, headers=headers)
        case Raw():
            headers |= {"Content-Type": result.media_type} | dict(result.headers)
            return _answer(endpoint, request, result.body, headers)
        case Page():
            if result.next is not None:
                following = request.rel_url.update_query({"max_id": result.next})
                base = call_base(request)
                headers["Link"] = f'<{base}{following}>; rel="next"'
            result = result.items
    headers["Content-Type"] = "application/json"
    return _answer(endpoint, request, _ENCODER.encode(result), headers)


def _answer(
    endpoint: Endpoint, request: web.Request, body: bytes, headers: dict[str, str]
) -> web.Response:
    """The answer, or that the reader has it already (RFC 9110 §13.1.2)."""
    if endpoint.max_age is not None:
        headers["ETag"] = tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        if headers["Cache-Control"] == "no-cache":
            headers["Cache-Control"] = f"public, max-age={endpoint.max_age}"
        known = request.headers.get("If-None-Match", "")[:4096]
        if known.strip() == "*" or tag in (
            one.strip().removeprefix("W/") for one in known.split(",")
        ):
            del headers["Content-Type"]
            return web.Response(status=304, headers=headers)
    return web.Response(status=endpoint.status, body=body, headers=headers)


BASE_URL = web.AppKey("base_url", str)


def call_base(request: web.Request) -> str:
    """The configured base of our addresses, never what the request claims."""
    return request.app[BASE_URL]
