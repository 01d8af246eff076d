"""GET /live: server-sent events, which say that there is something new, and no more."""

from __future__ import annotations

import asyncio
import json
import secrets
from typing import Final

from aiohttp import web

from node.errors import TooMany
from node.outbox.reading.network import NETWORK
from node.web.live.hub import Hub, Line, Word
from node.web.quartier.opening import may_look
from node.web.site.visit import Page, Visit, show

HUB: Final = web.AppKey("hub of the pages", Hub)
PULSE_S: Final = 20.0
"""So that what stands between does not take a stream for dead."""
LASTS_S: Final = 3600.0
"""Then the browser opens it anew."""
NO_STORE: Final = {"Cache-Control": "private, no-store"}
HEADERS: Final = {
    **NO_STORE,
    "X-Accel-Buffering": "no",
    "X-Content-Type-Options": "nosniff",
}


async def live(visit: Visit) -> web.StreamResponse:
    """GET /live. Events: ``cards`` (data: the number of the newest announcement) and ``news``
    (data: ``{"unread": 3, "said": "3 nouvelles"}``), which comes at once to who is signed in."""
    request = visit.request
    hub = request.app[HUB]
    line = Line(
        network=str(request.get(NETWORK, "")),
        closed=lambda: request.transport is None or request.transport.is_closing(),
    )
    if visit.person is not None:
        line.session, line.actor_id = visit.person.session, visit.person.actor.id
        line.unread = visit.person.unread
        line.note("news")
    if may_look(visit):
        line.open = True
        line.note("cards")
    if not await hub.add(line):
        raise TooMany("Trop de pages sont ouvertes en même temps.", retry_after=60)
    response = web.StreamResponse(headers=HEADERS)
    try:
        await _speak(visit, hub, line, response)
    except ConnectionResetError:
        pass  # the page was closed
    finally:
        hub.remove(line)
    return response


async def _speak(visit: Visit, hub: Hub, line: Line, response: web.StreamResponse) -> None:
    response.content_type = "text/event-stream"
    response.force_close()
    await response.prepare(visit.request)
    # Not all browsers at once, when the site was away.
    await response.write(f"retry: {3000 + secrets.randbelow(7000)}\n\n".encode())
    loop = asyncio.get_running_loop()
    until = loop.time() + LASTS_S
    while not line.ended and loop.time() < until:
        try:
            async with asyncio.timeout(PULSE_S):
                await line.called.wait()
        except TimeoutError:
            await response.write(b": \n\n")
            continue
        words = line.take()
        if not line.ended:
            await response.write(await _said(visit, hub, line, words))


async def _said(visit: Visit, hub: Hub, line: Line, words: set[Word]) -> bytes:
    events = []
    if "cards" in words:
        newest = await hub.newest()
        events.append(f"id: {newest}\nevent: cards\ndata: {newest}\n\n")
    if "news" in words:
        told = {"unread": line.unread, "said": said(visit, line.unread)}
        events.append(f"event: news\ndata: {json.dumps(told, ensure_ascii=False)}\n\n")
    return "".join(events).encode()


def said(visit: Visit, unread: int) -> str:
    return visit.count("%(n)s nouvelle", "%(n)s nouvelles", unread)


async def mark(visit: Visit) -> web.Response:
    """GET /live/mark: what a form carries that is sent by a script, and whose it is."""
    who = str(visit.person.actor.id) if visit.person else ""
    return web.json_response({"mark": visit.form_mark, "who": who}, headers=NO_STORE)


PAGES: Final[tuple[Page, ...]] = (show("/live", live), show("/live/mark", mark))
