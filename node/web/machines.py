"""What machines ask: whether the node is well, and its figures; and pictures of who has none."""

from __future__ import annotations

import ipaddress

from aiohttp import web

from node.errors import NotFound
from node.outbox.here import Here
from node.store import actors
from node.store.engine import Store
from node.store.statistics import Statistics, statistics
from node.store.transaction import Transaction
from node.web.guards.addresses import client_address
from node.web.site import statics


class Machines:
    def __init__(self, here: Here, store: Store) -> None:
        self._here = here
        self._store = store

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/static/{name:.+}", statics.serve),
            # Apps know by this name that somebody has no picture.
            web.get("/{name:avatar|header}s/original/missing.png", self.missing),
            web.get("/health", self.health),
            web.get("/metrics", self.metrics),
        ]

    async def missing(self, request: web.Request) -> web.Response:
        """What stands where somebody has no picture of their own."""
        found = statics.statics()[f"{request.match_info['name']}.png"]
        return web.Response(
            body=found.body,
            content_type=found.media_type,
            headers={"Cache-Control": "public, max-age=86400", "Access-Control-Allow-Origin": "*"},
        )

    async def health(self, request: web.Request) -> web.Response:
        """200 when the database answers."""
        await self._store.read(_nothing)
        return web.Response(text="OK")

    async def metrics(self, request: web.Request) -> web.Response:
        """Prometheus text, for the configured networks only."""
        server = self._here.settings.server
        who = client_address(request, frozenset(server.proxies))
        if not any(_inside(who, network) for network in server.metrics_from):
            raise NotFound("Il n’y a rien à cette adresse.")
        figures = await self._store.read(statistics)
        return web.Response(text=prometheus(figures), content_type="text/plain", charset="utf-8")


def prometheus(figures: Statistics) -> str:
    """The figures in Prometheus' text form."""
    lines = []
    for name, about, values in (
        (
            "entraide_statuses",
            "Statuses stored, by where they were written.",
            {'origin="local"': figures.statuses_local, 'origin="remote"': figures.statuses_remote},
        ),
        (
            "entraide_followers",
            "Accepted follows, by where the follower lives.",
            {
                'origin="local"': figures.followers_local,
                'origin="remote"': figures.followers_remote,
            },
        ),
        ("entraide_accounts", "People with an account here.", {"": figures.accounts}),
        ("entraide_proposals_open", "Offers and requests shown.", {"": figures.proposals_open}),
        (
            "entraide_inbox_pending",
            "Activities accepted and not yet applied.",
            {"": figures.inbox_pending},
        ),
        (
            "entraide_inbox_aside",
            "Activities put aside after too many failures.",
            {"": figures.inbox_aside},
        ),
        (
            "entraide_deliveries",
            "Deliveries not done, by state.",
            {
                'state="pending"': figures.deliveries_pending,
                'state="dead"': figures.deliveries_dead,
            },
        ),
    ):
        lines += [f"# HELP {name} {about}", f"# TYPE {name} gauge"]
        lines += [
            f"{name}{{{labels}}} {value}" if labels else f"{name} {value}"
            for labels, value in values.items()
        ]
    return "\n".join(lines) + "\n"


def _nothing(tx: Transaction) -> None:
    actors.by_id(tx, 0)


def _inside(address: str | None, network: str) -> bool:
    try:
        return ipaddress.ip_address(address or "") in ipaddress.ip_network(network, strict=False)
    except ValueError:
        return False
