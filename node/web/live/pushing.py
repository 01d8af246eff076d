"""Being told on this device: Web Push for the browser that sits before the person."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from node.actions.push_subscriptions import subscribe
from node.errors import Unauthenticated
from node.moderation.rates import Rate
from node.social.told import Told
from node.store import pushes
from node.transport.guard import Guard
from node.transport.webpush import check_receiver
from node.web.site.visit import Page, Visit, act, show

TOLD: Final = frozenset({Told.MENTION, Told.UPDATE, Told.STATUS})
"""Somebody writes; one's own help goes on; something may fit."""
DESK: Final = frozenset({Told.ADMIN_SIGN_UP, Told.ADMIN_REPORT})
CHANGES: Final = Rate("devices that are told", 30, 3600.0)


async def state(visit: Visit) -> web.Response:
    """GET /me/push: ``{"endpoint": …, "key": …}``, where this device is told, "" for nowhere; and
    the key by which the site shows who it is."""
    found = await visit.store.read(pushes.of_token, visit.me.session)
    body = {
        "endpoint": found.endpoint if found is not None else "",
        "key": visit.here.vapid_public,
    }
    return web.json_response(body, headers={"Cache-Control": "private, no-store"})


async def on(visit: Visit) -> web.Response:
    """POST /me/push: ``endpoint``, ``p256dh``, ``auth``, as the browser made them."""
    to = check_receiver(
        Guard(insecure_loopback=visit.here.settings.federation.insecure_loopback),
        endpoint=visit.text("endpoint"),
        p256dh=visit.text("p256dh"),
        auth=visit.text("auth"),
        standard=True,
    )
    wanted = TOLD | (DESK if visit.me.has_role("mediator") else frozenset())
    made = await visit.store.write(
        subscribe,
        visit.me.session,
        visit.me.actor.id,
        to,
        alerts={kind.value: kind in wanted for kind in Told},
        now=visit.now,
    )
    if made is None:
        raise Unauthenticated("Connectez-vous pour continuer.")
    return web.Response(status=204)


async def off(visit: Visit) -> web.Response:
    """POST /me/push/off: also when this device was not told."""
    await visit.store.write(pushes.remove, visit.me.session)
    return web.Response(status=204)


PAGES: Final[tuple[Page, ...]] = (
    show("/me/push", state, who="member"),
    act("/me/push", on, who="member", rate=CHANGES),
    act("/me/push/off", off, who="member", rate=CHANGES),
)
