"""Errors as answers, for programs and for people, and the headers that protect readers."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable

from aiohttp import web
from aiohttp.typedefs import Middleware

from node.activitypub.negotiation import negotiate
from node.errors import EntraideError, TooMany, Unavailable
from node.web.guards.bodies import TOO_LARGE
from node.web.guards.handling import Handler

log = logging.getLogger(__name__)

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
OPEN = ("/api/", "/oauth/", "/.well-known/", "/nodeinfo/", "/media/")
"""Apps that run in browsers ask there; what is refused is for them to read, too."""

Problem = Callable[[web.Request, int, str], web.Response]
"""Tells a person what went wrong, on a page."""


def errors_told(problem: Problem | None) -> Middleware:
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
