"""How a document is answered: who may see it, in which form, and for how long it may be kept."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import orjson
from aiohttp import web

from node.activitypub.negotiation import ACTIVITY_JSON, negotiate
from node.errors import NotAcceptable, NotFound, Unauthenticated
from node.outbox.here import Here
from node.outbox.publish import Document
from node.social.accounts import Actor
from node.store.engine import Store

Viewer = Callable[[web.Request], Awaitable[Actor | None]]
"""Who signed a request; None for nobody. Raises Unauthenticated for a signature that is wrong."""

PUBLIC_CACHE = "public, max-age=60"
PRIVATE_CACHE = "private, no-store"


@dataclass(frozen=True, slots=True)
class Reading:
    """What the handlers of this package share."""

    here: Here
    store: Store
    viewer: Viewer
    version: str

    async def gate(self, request: web.Request) -> None:
        """With `federation.authorized_fetch`, nothing is read without a signature."""
        if self.here.settings.federation.authorized_fetch and await self.viewer(request) is None:
            raise Unauthenticated("Sign the request: this node answers only servers it can name.")


def wants_html(request: web.Request) -> bool:
    """Whether a person asks; raises NotAcceptable when neither form is wanted."""
    form = negotiate(request.headers.get("Accept"))
    if form is None:
        raise NotAcceptable("There is application/activity+json and text/html here.")
    return form == "html"


def page(url: str) -> web.Response:
    return web.Response(status=303, headers={"Location": url, "Vary": "Accept"})


def document(body: Document | str, *, status: int = 200, private: bool = False) -> web.Response:
    return web.Response(
        status=status,
        body=body.encode() if isinstance(body, str) else orjson.dumps(body),
        headers={
            "Content-Type": ACTIVITY_JSON,
            "Vary": "Accept, Signature",
            "Cache-Control": PRIVATE_CACHE if private else PUBLIC_CACHE,
        },
    )


def number(text: str) -> int:
    """An id in a path; NotFound for what cannot be one."""
    if not (text.isascii() and text.isdigit() and len(text) <= 19 and int(text) < 2**63):
        raise NotFound("There is nothing of that number here.")
    return int(text)
