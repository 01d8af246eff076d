"""The table of methods, and how one becomes a route: token, parameters, answer, errors, CORS."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any, Final

from aiohttp import web
from multidict import CIMultiDict

from node.actions.authorization import OAuthError
from node.actions.remote import Remote
from node.errors import EntraideError, Forbidden, Invalid, TooMany, Unauthenticated, Unavailable
from node.mastodon import parameters
from node.mastodon.answers import compress, in_json, respond
from node.mastodon.grants import grant_of, hash_of
from node.mastodon.kept import SHOWN, Kept
from node.mastodon.method import Ask, Grant, Method, missing
from node.mastodon.methods import (
    account_statuses,
    admin_accounts,
    admin_domains,
    admin_reports,
    blocks,
    conversations,
    filters,
    instance,
    interactions,
    lists,
    markers,
    media,
    moving,
    notification_requests,
    notifications,
    notifications_v2,
    old_filters,
    polls,
    posting,
    profile,
    push,
    registration,
    relationships,
    reports,
    requests,
    scheduled,
    search,
    statuses,
    suggestions,
    tags,
    timelines,
    trends,
)
from node.mastodon.methods import accounts as account_methods
from node.mastodon.oauth import apps as oauth_apps
from node.mastodon.oauth import page as oauth_page
from node.mastodon.oauth import tokens as oauth_tokens
from node.moderation.rates import Rate, Rates
from node.outbox.here import Here
from node.outbox.reading.network import NETWORK
from node.social.accounts import allows
from node.store.engine import Store

METHODS: Final[tuple[tuple[Method, ...], ...]] = (
    oauth_apps.METHODS,
    oauth_tokens.METHODS,
    account_methods.METHODS,
    profile.METHODS,
    registration.METHODS,
    moving.METHODS,
    relationships.METHODS,
    requests.METHODS,
    blocks.METHODS,
    lists.METHODS,
    tags.METHODS,
    reports.METHODS,
    search.METHODS,
    suggestions.METHODS,
    admin_accounts.METHODS,
    admin_reports.METHODS,
    admin_domains.METHODS,
    instance.METHODS,
    statuses.METHODS,
    timelines.METHODS,
    account_statuses.METHODS,
    filters.METHODS,
    old_filters.METHODS,
    trends.METHODS,
    posting.METHODS,
    interactions.METHODS,
    media.METHODS,
    polls.METHODS,
    scheduled.METHODS,
    notifications.METHODS,
    notifications_v2.METHODS,
    notification_requests.METHODS,
    conversations.METHODS,
    push.METHODS,
    markers.METHODS,
)

CORS: Final = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": (
        "Link, Idempotency-Key, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, "
        "X-Request-Id, Mastodon-Async-Refresh, Deprecation"
    ),
}
PREFLIGHT: Final = CORS | {
    "Access-Control-Allow-Methods": "GET, POST, PUT, PATCH, DELETE",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Idempotency-Key",
    "Access-Control-Max-Age": "86400",
}
WINDOW_S: Final = 300.0
FORM_BYTES: Final = 64 * 1024
"""Of a form around the file that it carries."""
GRANTED: Final = ("tokens", "apps", "accounts", "actors")
KEPT_BYTES: Final = 16 * 1024 * 1024
GRANT_BYTES: Final = 10_000
_BEARER: Final = re.compile(r"bearer +([A-Za-z0-9._~+/=-]{1,512})", re.IGNORECASE)

_Handler = Callable[[web.Request], Coroutine[Any, Any, web.StreamResponse]]


def routes(here: Here, store: Store, remote: Remote) -> list[web.RouteDef]:
    rates = Rates(enforced=here.settings.limits.rate_limits)
    doors = _Doors(
        here,
        store,
        remote,
        rates,
        Kept(store, here.clock, SHOWN, most=KEPT_BYTES),
        Kept(store, here.clock, GRANTED, most=KEPT_BYTES // 8),
    )
    areas = (*METHODS, oauth_page.METHODS)
    methods = [method for area in areas for method in area]

    async def preflight(request: web.Request) -> web.Response:
        return web.Response(status=204, headers=PREFLIGHT)

    # With and without a slash at the end, as apps write them.
    paths = {one.path: {one.path.rstrip("/"), f"{one.path.rstrip('/')}/"} for one in methods}
    return [
        *(
            web.route(one.verb, path, _handler(one, doors))
            for one in methods
            for path in sorted(paths[one.path])
        ),
        *(web.options(path, preflight) for path in sorted(set().union(*paths.values()))),
    ]


@dataclass(frozen=True, slots=True)
class _Doors:
    """What all methods share."""

    here: Here
    store: Store
    remote: Remote
    rates: Rates
    answers: Kept[tuple[bytes, Mapping[str, str]]]
    """By address and by who asks: body and headers."""
    grants: Kept[Grant]


def _handler(method: Method, doors: _Doors) -> _Handler:
    here, rates = doors.here, doors.rates
    limits = here.settings.limits
    upload_bytes = max(limits.picture_bytes, limits.film_bytes)
    per_person = Rate("person", limits.requests_per_5min_signed_in, WINDOW_S)

    async def answer(request: web.Request) -> web.StreamResponse:
        who = ""
        try:
            grant = await _grant(request, doors)
            if grant is not None:
                who = str(grant.person.actor.id if grant.person else grant.hash)
                rates.spend(per_person, who, here.clock.now())
            _may(method, grant, open_=here.settings.node.open_to_all)
            signed_in = grant is not None and grant.person is not None
            if method.rate is not None:
                # Whoever has no account has as many tokens as they like: their network counts.
                network = str(request.get(NETWORK, "unknown"))
                rates.spend(method.rate, who if signed_in else network, here.clock.now())
            key = (request.raw_path, who if signed_in else "")
            keeps = method.kept and not request.body_exists
            held = doors.answers.get(key) if keeps else None
            if held is not None:
                response: web.StreamResponse = web.Response(body=held[0], headers=held[1])
            else:
                mark = doors.answers.mark()
                most = upload_bytes + FORM_BYTES if signed_in else limits.body_bytes
                async with asyncio.timeout(limits.body_seconds):
                    sent = await parameters.read(request, most=most)
                if any("\0" in part for part in request.match_info.values()):
                    raise missing()  # nothing has such a name, and PostgreSQL takes none
                ask = Ask(here, doors.store, doors.remote, request, sent, grant)
                response = respond(request, await method.handler(ask), here.settings.base_url)
                if keeps and isinstance(response, web.Response) and response.status == 200:
                    response.headers.update(CORS)
                    _keep(doors, key, response, mark)
        except OAuthError as error:
            body = {"error": error.error, "error_description": error.public}
            response = in_json(body, error.status, {"Cache-Control": "no-store"})
        except EntraideError as error:
            response = _refused(error)
        except TimeoutError:
            response = in_json({"error": "The body took too long."}, 408, {})
        if who and not response.prepared:
            now = here.clock.now()
            response.headers.update(rates.of(per_person).headers(who, now))
        for name, value in CORS.items():
            response.headers.setdefault(name, value)
        compress(request, response)
        return response

    return answer


def _keep(doors: _Doors, key: tuple[str, str], response: web.Response, mark: int) -> None:
    body = response.body
    if isinstance(body, bytes):
        size = len(body) + len(key[0]) + 2_000
        doors.answers.put(key, (body, CIMultiDict(response.headers)), mark, size)


def _refused(error: EntraideError) -> web.Response:
    headers = {}
    if isinstance(error, TooMany | Unavailable):
        headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, Unauthenticated):
        headers["WWW-Authenticate"] = 'Bearer realm="Entraide", error="invalid_token"'
    return in_json({"error": error.public}, error.status, headers)


async def _grant(request: web.Request, doors: _Doors) -> Grant | None:
    """The token of the header, of the query or of the body is looked up once."""
    header = request.headers.get("Authorization")
    text = request.query.get("access_token") if request.query_string else None
    if header is not None and header[:6].lower() == "bearer":
        found = _BEARER.fullmatch(header.strip())
        text = found[1] if found else ""
    if text is None:
        return None
    hash = hash_of(text)
    grant = doors.grants.get(hash) if text else None
    if grant is None and text:
        mark = doors.grants.mark()
        grant = await doors.store.read(grant_of, hash)
        if grant is not None:
            doors.grants.put(hash, grant, mark, GRANT_BYTES)
    if grant is None:
        raise Unauthenticated("The access token is invalid")
    return grant


def _may(method: Method, grant: Grant | None, *, open_: bool) -> None:
    """`open_`: whether strangers read announcements."""
    if method.who == "reader" and not open_ and (grant is None or grant.person is None):
        raise Unauthenticated("This API requires an authenticated user")
    if grant is None:
        if method.who not in ("anybody", "reader"):
            raise Unauthenticated("The access token is invalid")
        return
    scopes = (method.scope,) if isinstance(method.scope, str) else method.scope
    if scopes is not None and not any(allows(grant.scopes, one) for one in scopes):
        raise Forbidden("This action is outside the authorized scopes")
    if method.who == "person" and grant.person is None:
        raise Invalid("This method requires an authenticated user")  # as documented, not 401
