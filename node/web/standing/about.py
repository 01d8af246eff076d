"""Who we are: the quartier, its rules, its neighbours, how to reach the association."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from node import __version__
from node.actions.house import QuartierTexts, texts_of
from node.activitypub.readers import origin
from node.aid.neighbours import Link
from node.outbox.here import Here
from node.social.accounts import Actor
from node.store import actors, neighbours
from node.store.transaction import Transaction
from node.web.cards import portrait_of
from node.web.mine.contacts import linked
from node.web.site.visit import Visit


@dataclass(frozen=True, slots=True)
class Neighbour:
    name: str
    domain: str
    link: str


async def about(visit: Visit) -> web.Response:
    """GET /about."""
    settings = visit.here.settings
    texts, beside, group = await visit.store.read(_standing, visit.here)
    return visit.page(
        "standing/about.html",
        title=visit.say("Qui sommes-nous"),
        portrait=portrait_of(visit, group),
        texts=texts,
        phone=linked(texts.phone) if texts.phone else "",
        entity=settings.accessibility.entity,
        joining=settings.node.joining,
        handle=f"@{visit.here.quartier.handle}",
        neighbours=beside,
        version=__version__,
    )


def _standing(tx: Transaction, here: Here) -> tuple[QuartierTexts, list[Neighbour], Actor | None]:
    """What the association says, the quartiers with which it is joined, by name, its account."""
    joined = [row for row in neighbours.every(tx) if row.state == Link.JOINED.value]
    found = [
        Neighbour(row.name or row.domain, row.domain, origin(row.actor_uri) or "") for row in joined
    ]
    beside = sorted(found, key=lambda one: one.name.casefold())
    return texts_of(tx, here), beside, actors.by_id(tx, here.quartier.id)
