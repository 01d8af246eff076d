"""Who we are: the quartier, its rules, its neighbours, how to reach the association."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web
from markupsafe import Markup

from node import __version__
from node.activitypub.readers import origin
from node.aid.neighbours import Link
from node.outbox.here import Here
from node.social.accounts import Actor
from node.store import actors, neighbours
from node.store.transaction import Transaction
from node.web.site.visit import Visit


@dataclass(frozen=True, slots=True)
class Neighbour:
    name: str
    domain: str
    link: str


async def about(visit: Visit) -> web.Response:
    """GET /about."""
    settings = visit.here.settings
    quartier, beside = await visit.store.read(_standing, visit.here)
    return visit.page(
        "standing/about.html",
        title=visit.say("Qui sommes-nous"),
        summary=Markup(quartier.summary),  # noqa: S704 - cleaned when it was stored
        entity=settings.accessibility.entity,
        rules=settings.node.rules,
        contact=settings.node.contact_email,
        joining=settings.node.joining,
        handle=f"@{quartier.handle}",
        neighbours=beside,
        version=__version__,
    )


def _standing(tx: Transaction, here: Here) -> tuple[Actor, list[Neighbour]]:
    """The quartier as it is now, and those with which it is joined, by name."""
    joined = [row for row in neighbours.every(tx) if row.state == Link.JOINED.value]
    found = [
        Neighbour(row.name or row.domain, row.domain, origin(row.actor_uri) or "") for row in joined
    ]
    quartier = actors.by_id(tx, here.quartier.id) or here.quartier
    return quartier, sorted(found, key=lambda one: one.name.casefold())
