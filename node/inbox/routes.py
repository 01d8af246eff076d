"""The door for other servers: POST to an inbox.

Type and size, signature, journal; then 202. What is refused is answered with its reason and
leaves nothing behind.
"""

from __future__ import annotations

import contextlib
import logging
import time
import zlib
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from node.actions.remote import Remote
from node.activitypub.negotiation import content_type_is_activity
from node.activitypub.rejected import Rejected
from node.activitypub.signatures import SignedRequest
from node.errors import EntraideError, NotFound, TooLarge, TooMany, Unavailable, Unsupported
from node.inbox.budgets import HostBudgets
from node.inbox.hearing import Hearing
from node.inbox.process import Processor
from node.inbox.verify import Farewell, Verified, verify_delivery
from node.outbox.here import Here
from node.store import actors, journal
from node.store.engine import Store

log = logging.getLogger(__name__)

PENDING_CHECK_S = 2.0
CHEAP_S = 0.5
PASSING_COSTS = 9.0  # as many deliveries more: it is told on to followers and neighbours
DEAR_S = 20.0  # seconds of refused reading that use up a server's budget for five minutes


@dataclass(slots=True)
class InboxDoor:
    """Everything that a delivery passes on its way in."""

    here: Here
    store: Store
    remote: Remote
    processor: Processor
    hearing: Hearing
    budgets: HostBudgets
    _pending: int = 0
    _pending_at: float = 0.0

    async def post(self, request: web.Request) -> web.Response:
        """`POST …/inbox`."""
        await self._refuse_when_full()
        await self._check_box(request)
        if not content_type_is_activity(request.headers.get("Content-Type", "")):
            raise Unsupported(
                "Send application/activity+json, or application/ld+json with the "
                "ActivityStreams profile."
            )
        body = await request.read()
        _refuse_packed(request, body, self.here.settings.limits.body_bytes)
        verified = await verify_delivery(
            signed(request, body, self.here.settings.base_url), self.here, self.remote
        )
        match verified:
            case Rejected(reason=reason, status=status):
                raise _refusal(reason, status)
            case Farewell():
                return web.Response(status=202)
            case Verified():
                return await self._accept(verified)

    async def _accept(self, verified: Verified) -> web.Response:
        verdict = self.hearing.judge(verified.signer.actor)
        if verdict is not None:
            raise _refusal(verdict, 403)
        if self.here.settings.limits.rate_limits:
            self.budgets.spend(verified.host, self.here.clock.now())
            if is_passed_on(verified.document):
                self.budgets.charge(verified.host, PASSING_COSTS, self.here.clock.now())
        began = time.monotonic()
        refused = await self.processor.accept(verified)
        if refused is not None:
            self._charge(verified.host, time.monotonic() - began)
            raise _refusal(refused.reason, refused.status)
        self.hearing.heard(verified)
        return web.Response(status=202)

    def _charge(self, host: str, seconds: float) -> None:
        """What took long to refuse was made to: its server has less left for others of the kind."""
        limits = self.here.settings.limits
        if limits.rate_limits and seconds > CHEAP_S:
            cost = seconds / DEAR_S * limits.inbox_per_5min
            self.budgets.charge(host, cost, self.here.clock.now())

    async def _check_box(self, request: web.Request) -> None:
        name = request.match_info.get("name")
        if name is None:
            return
        owner = await self.store.read(actors.local_by_username, name)
        if owner is None or owner.gone:
            raise NotFound("There is nobody of that name here.")

    async def _refuse_when_full(self) -> None:
        now = self.here.clock.now()
        if now - self._pending_at > PENDING_CHECK_S:
            self._pending_at = now
            self._pending = await self.store.read(journal.waiting_count)
        if self._pending >= self.here.settings.limits.inbox_pending:
            raise Unavailable("Too much is waiting here: come back in half a minute.")


def is_passed_on(document: dict[str, Any]) -> bool:
    """Whether it is an Announce with a whole activity in it, as written by most."""
    return document.get("type") == "Announce" and not isinstance(document.get("object"), str)


def signed(request: web.Request, body: bytes | None, base_url: str) -> SignedRequest:
    """The request as it was signed: under the public address, whatever front it came through."""
    headers: dict[str, list[str]] = {}
    for name, value in request.headers.items():
        headers.setdefault(name.lower(), []).append(value)
    path = request.raw_path
    return SignedRequest(
        method=request.method, path=path, url=base_url + path, headers=headers, body=body
    )


def _refuse_packed(request: web.Request, body: bytes, most: int) -> None:
    """No peer packs what it sends to an inbox; one that does is told whether it was too much."""
    encodings = request.headers.getall("Content-Encoding", [])
    if not encodings or all(one.strip().lower() == "identity" for one in encodings):
        return
    with contextlib.suppress(zlib.error):
        if len(zlib.decompressobj(wbits=47).decompress(body, most + 1)) > most:
            raise TooLarge("That is more than this node reads at once.")
    raise Unsupported("Send the body without Content-Encoding.")


class _Refused(EntraideError):
    def __init__(self, public: str, status: int) -> None:
        super().__init__(public)
        self.status = status


def _refusal(reason: str, status: int) -> EntraideError:
    log.info("refused a delivery (%d): %s", status, reason)
    return _Refused(reason, status)


def routes(door: InboxDoor) -> list[web.RouteDef]:
    return [
        web.post(path, door.post)
        for path in (
            "/inbox",
            "/actor/inbox",
            "/quartier/inbox",
            "/urgent/inbox",
            "/users/{name}/inbox",
        )
    ]


__all__ = ["InboxDoor", "TooMany", "routes", "signed"]
