"""The table of addresses that other servers read."""

from __future__ import annotations

from aiohttp import web

from node.outbox.reading.actors import Actors
from node.outbox.reading.agreements import Agreements
from node.outbox.reading.answers import Reading
from node.outbox.reading.discovery import Discovery
from node.outbox.reading.events import Events
from node.outbox.reading.objects import Objects


def routes(reading: Reading) -> list[web.RouteDef]:
    discovery = Discovery(reading)
    objects = Objects(reading)
    addresses = reading.here.addresses
    table = [
        web.get("/.well-known/webfinger", discovery.webfinger),
        web.get("/.well-known/host-meta", discovery.host_meta),
        web.get("/.well-known/host-meta.json", discovery.host_meta_json),
        web.get("/.well-known/nodeinfo", discovery.nodeinfo_index),
        web.get("/nodeinfo/{version}", discovery.nodeinfo),
        web.get("/objects/{id}", objects.object),
        web.get("/objects/{id}/replies", objects.replies),
        web.get("/objects/{id}/context", objects.context),
        web.get("/objects/{id}/quotes/{quote}", objects.quote),
        web.get("/objects/{id}/event", Events(reading).event),
        web.get("/activities/{id}", objects.activity),
        web.get("/agreements/{id}", Agreements(reading).agreement),
    ]
    for prefix, own in (
        ("/users/{name}", None),
        ("/actor", addresses.actor),
        ("/quartier", addresses.quartier),
        ("/urgent", addresses.urgent),
    ):
        actors = Actors(reading, own)
        table += [
            web.get(prefix, actors.actor),
            web.get(f"{prefix}/inbox", actors.inbox),
            web.get(f"{prefix}/outbox", actors.outbox),
            web.get(f"{prefix}/followers", actors.followers),
            web.get(f"{prefix}/following", actors.following),
            web.get(f"{prefix}/collections/featured", actors.featured),
            web.get(f"{prefix}/followers_synchronization", actors.synchronization),
            web.get(f"{prefix}/neighbours", actors.neighbours),
        ]
    return table
