"""What a method gave becomes a response: JSON, with links to the pages beside it, compressed."""

from __future__ import annotations

from typing import Any, Final

import orjson
from aiohttp import web

from node.mastodon.method import Answer, Listing

COMPRESSED_FROM_BYTES: Final = 1_024


def respond(request: web.Request, result: Any, base_url: str) -> web.StreamResponse:
    match result:
        case web.StreamResponse():
            return result
        case Answer():
            return in_json(result.body, result.status, dict(result.headers))
        case Listing():
            headers = {}
            link = _link(request, result, base_url)
            if link:
                headers["Link"] = link
            body = list(result.items) if result.body is None else result.body
            return in_json(body, 200, headers)
        case _:
            return in_json(result, 200, {})


def _link(request: web.Request, page: Listing, base_url: str) -> str:
    """Absolute, both ways, with whatever else was asked (RFC 8288)."""
    kept = request.rel_url.without_query_params("max_id", "since_id", "min_id", "access_token")
    links = []
    if page.last is not None and page.more:
        links.append(f'<{base_url}{kept.update_query(max_id=str(page.last))}>; rel="next"')
    if page.first is not None:
        links.append(f'<{base_url}{kept.update_query(min_id=str(page.first))}>; rel="prev"')
    return ", ".join(links)


def in_json(body: Any, status: int, headers: dict[str, str]) -> web.Response:
    return web.Response(
        status=status,
        body=orjson.dumps(body),
        content_type="application/json",
        charset="utf-8",
        headers={
            "Cache-Control": "private, no-store",
            "Vary": "Accept-Encoding, Authorization, Origin",
        }
        | headers,
    )


def compress(request: web.Request, response: web.StreamResponse) -> None:
    """For whoever takes it and asks the node itself: what stands before it does that better."""
    if (
        isinstance(response, web.Response)
        and isinstance(response.body, bytes)
        and len(response.body) >= COMPRESSED_FROM_BYTES
        and "X-Forwarded-For" not in request.headers
        and _takes_gzip(request.headers.get("Accept-Encoding", ""))
    ):
        response.enable_compression(web.ContentCoding.gzip)


def _takes_gzip(accepted: str) -> bool:
    """By name, and not with a weight of nothing (RFC 9110, section 12.5.3)."""
    for part in accepted[:500].lower().split(","):
        coding, _, weight = part.replace(" ", "").partition(";q=")
        if coding == "gzip":
            return weight.strip("0.") != "" or not weight
    return False
