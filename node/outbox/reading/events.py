"""The Event that stands beside a gathering's Note, for servers that keep calendars."""

from __future__ import annotations

from aiohttp import web

from node.activitypub.render import tombstone
from node.aid.events import event_uri
from node.errors import NotFound
from node.outbox.gatherings import event_document
from node.outbox.reading.answers import Reading, document, number, page, wants_html
from node.outbox.reading.objects import MISSING
from node.store import graves


class Events:
    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    async def event(self, request: web.Request) -> web.Response:
        here, store = self._reading.here, self._reading.store
        identifier = number(request.match_info["id"])
        uri = event_uri(here.addresses.object(identifier))
        html = wants_html(request)
        if not html:
            await self._reading.gate(request)
        grave = await store.read(graves.local, uri)
        if grave is not None:
            return document(
                tombstone(object_id=uri, former_type="Event", deleted=grave[1]), status=410
            )
        found = await store.read(event_document, here, identifier)
        if found is None:
            raise NotFound(MISSING)
        return page(str(found["url"])) if html else document(found)
