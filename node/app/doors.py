"""The doors of a node: what is answered at which address."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from node import __version__
from node.api import pictures as pictures_api
from node.api import routes as api_routes
from node.app.opening import Node
from node.inbox import routes as inbox_routes
from node.inbox.budgets import HostBudgets
from node.inbox.fetching import Viewers
from node.inbox.hearing import Hearing
from node.inbox.process import Processor
from node.inbox.routes import InboxDoor
from node.mastodon import method as mastodon_method
from node.mastodon import routes as mastodon_routes
from node.mastodon.methods import streaming
from node.mastodon.streams.hub import Hub
from node.outbox import reading
from node.web.guards import guards
from node.web.live.events import HUB
from node.web.live.hub import Hub as PagesHub
from node.web.machines import Machines
from node.web.media import Media
from node.web.routes import PAGES
from node.web.site.site import Site
from node.web.site.visit import Parts


def web_application(node: Node, processor: Processor, hearing: Hearing) -> web.Application:
    limits = node.settings.limits
    door = InboxDoor(
        here=node.here,
        store=node.store,
        remote=node.remote,
        processor=processor,
        hearing=hearing,
        budgets=HostBudgets(limits.inbox_per_5min),
    )
    site = Site(Parts(node.here, node.store, node.remote, node.workshop, node.files), PAGES)
    application = web.Application(
        client_max_size=limits.body_bytes,
        middlewares=guards(node.settings, node.here.clock, problem=site.problem),
    )
    viewer: Callable[[web.Request], Awaitable[Any]] = Viewers(node.here, node.remote)
    application.add_routes(inbox_routes.routes(door))
    application.add_routes(
        reading.routes(reading.Reading(node.here, node.store, viewer, __version__))
    )
    application[api_routes.BASE_URL] = node.settings.base_url
    application.add_routes(api_routes.routes(node.here, node.store, node.remote))
    application[pictures_api.WORKSHOP] = node.workshop
    application[pictures_api.FILES] = node.files
    application[mastodon_method.WORKSHOP] = node.workshop
    application[mastodon_method.FILES] = node.files
    application.add_routes(Media(node.files).routes())
    application.add_routes(mastodon_routes.routes(node.here, node.store, node.remote))
    _streams(application, Hub(node.here, node.store))
    _live(application, PagesHub(node.here, node.store))
    application.add_routes(Machines(node.here, node.store).routes())
    application.on_startup.append(lambda _: site.start())
    application.add_routes(site.routes())
    return application


def _streams(application: web.Application, hub: Hub) -> None:
    """They are ended when the doors close: nobody waits for them."""

    async def start(_: web.Application) -> None:
        hub.start()

    async def close(_: web.Application) -> None:
        await hub.close()

    application.add_routes(streaming.routes(hub, mastodon_routes.PREFLIGHT))
    application.on_startup.append(start)
    application.on_shutdown.append(close)


def _live(application: web.Application, hub: PagesHub) -> None:
    """Open pages are told that there is something new; they are ended when the doors close."""

    async def start(_: web.Application) -> None:
        hub.start()

    async def close(_: web.Application) -> None:
        await hub.close()

    application[HUB] = hub
    application.on_startup.append(start)
    application.on_shutdown.append(close)
