"""How others find us: WebFinger, host-meta, NodeInfo."""

from __future__ import annotations

import json

from aiohttp import web

from node.activitypub import discovery
from node.activitypub.addresses import Addresses
from node.aid.topics import TOPICS
from node.errors import BadInput, NotFound
from node.outbox.reading.answers import Reading
from node.store import actors
from node.store.statistics import Statistics, statistics

OPEN = {"Access-Control-Allow-Origin": "*"}


class Discovery:
    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    @property
    def _addresses(self) -> Addresses:
        return self._reading.here.addresses

    async def webfinger(self, request: web.Request) -> web.Response:
        """RFC 7033, with acct: and https: resources (FEP-4adb)."""
        resource = request.query.get("resource")
        if not resource:
            raise BadInput("Give a resource: /.well-known/webfinger?resource=acct:nom@domaine")
        name = discovery.parse_resource(resource, self._addresses)
        actor = None
        if name is not None:
            uri = self._addresses.actor_of(name)
            actor = await self._reading.store.read(actors.by_uri, uri)
        if actor is None or actor.gone or actor.suspended:
            raise NotFound("There is nobody of that name here.")
        body = discovery.webfinger_document(
            self._addresses,
            username=actor.username,
            uri=actor.uri,
            page=actor.url or self._addresses.profile(actor.username),
            icon=actor.icon_url,
            subscribe=f"{self._addresses.base_url}/authorize_interaction?uri={{uri}}",
            rels=request.query.getall("rel", []),
        )
        return _json(body, discovery.JRD_TYPE)

    async def host_meta(self, request: web.Request) -> web.Response:
        if "json" in request.headers.get("Accept", ""):
            return await self.host_meta_json(request)
        return web.Response(
            text=discovery.host_meta_xml(self._addresses),
            content_type="application/xrd+xml",
            headers=OPEN,
        )

    async def host_meta_json(self, request: web.Request) -> web.Response:
        return _json(discovery.host_meta_json(self._addresses), discovery.JRD_TYPE)

    async def nodeinfo_index(self, request: web.Request) -> web.Response:
        return _json(discovery.nodeinfo_index(self._addresses), "application/json")

    async def nodeinfo(self, request: web.Request) -> web.Response:
        figures = await self._reading.store.read(statistics)
        match request.match_info["version"]:
            case "2.0" | "2.1" as version:
                body = discovery.nodeinfo(version, self._facts(figures))
                return _json(body, discovery.nodeinfo_type(version))
            case _:
                raise NotFound("There is NodeInfo 2.0 and 2.1 here.")

    def _facts(self, figures: Statistics) -> discovery.NodeFacts:
        node = self._reading.here.settings.node
        return discovery.NodeFacts(
            version=self._reading.version,
            name=node.name,
            quartier=self._reading.here.quartier.uri,
            territory=(self._reading.here.quartier.territory or "").split(),
            languages=node.languages,
            topics=tuple(TOPICS),
            users=figures.accounts,
            local_posts=figures.statuses_local,
        )


def _json(body: object, content_type: str) -> web.Response:
    return web.Response(
        body=json.dumps(body, ensure_ascii=False).encode(),
        headers={"Content-Type": content_type, **OPEN},
    )
