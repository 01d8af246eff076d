"""The map and the list that says the same."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any, Final

import orjson
from aiohttp import web

from node.actions.looking import page_of
from node.actions.outlines import Quartier, quartiers
from node.outbox.here import Here
from node.store.proposal_details import Entry, Reader
from node.store.proposal_filters import Wanted
from node.store.transaction import Transaction
from node.web.cards import Card, reader_of
from node.web.charting.places import Spot, spots
from node.web.looking import Looked, chips, choices, looked, near_of, wanted_of
from node.web.plan import Circle, plan_of, simple_outline
from node.web.quartier.opening import may_look
from node.web.site.visit import Page, Visit, show

MOST: Final = 200
"""Announcements on the map, the newest: what a page may weigh."""


@dataclass(frozen=True, slots=True)
class Charted:
    quartiers: list[Quartier]
    spots: list[Spot]
    more: bool
    """Whether there are older ones that are not on the map."""


async def chart(visit: Visit) -> web.Response:
    """GET /map."""
    what = looked(visit)
    found = await _charted(visit, what)
    node = visit.here.settings.node
    circles = [
        Circle(one.number, one.lat, one.lon, one.radius_m) for one in found.spots if one.number
    ]
    middle = (node.latitude, node.longitude)
    plan = await asyncio.to_thread(plan_of, found.quartiers, circles, middle)
    return visit.page(
        "charting/chart.html",
        title=visit.say("La carte de l’entraide"),
        plan=plan,
        spots=found.spots,
        most=MOST if found.more else 0,
        neighbours=[one.name for one in found.quartiers if not one.home],
        what=what,
        chips=chips(visit, what, "/map"),
        offered=choices(visit),
        data=what.address("/map/data.json"),
        listed=what.address("/"),
        open=may_look(visit),
        attribution=visit.here.settings.map.attribution if visit.here.settings.map.tiles else "",
    )


async def data(visit: Visit) -> web.Response:
    """GET /map/data.json: the same for a map that is moved about. ``shapes`` are coordinates of
    MultiPolygons, ``spots`` places with what is there, ``tiles`` an address with {x}, {y}, {z}."""
    found = await _charted(visit, looked(visit))
    drawn = await asyncio.to_thread(_shapes, found.quartiers)
    node, settings = visit.here.settings.node, visit.here.settings.map
    told = {
        "centre": [node.latitude, node.longitude],
        "tiles": settings.tiles,
        "max_zoom": settings.max_zoom,
        "shapes": drawn,
        "spots": [_spot(visit, one) for one in found.spots if one.number],
    }
    return web.Response(
        body=orjson.dumps(told),
        content_type="application/json",
        headers={"Cache-Control": "private, no-cache", "Vary": "Accept-Language, Cookie"},
    )


async def _charted(visit: Visit, what: Looked) -> Charted:
    wanted = wanted_of(visit, what, most=MOST) if may_look(visit) else None
    known, found, more = await visit.store.read(_found, visit.here, wanted, reader_of(visit.person))
    # The first look at a large territory takes milliseconds: not on the loop.
    made = await asyncio.to_thread(spots, visit, found, known, near_of(visit, what))
    return Charted(known, made, more)


def _found(
    tx: Transaction, here: Here, wanted: Wanted | None, reader: Reader
) -> tuple[list[Quartier], list[Entry], bool]:
    known = quartiers(tx, here)
    if wanted is None:
        return known, [], False
    found, after = page_of(tx, wanted, reader)
    return known, found, after is not None


def _shapes(known: list[Quartier]) -> list[dict[str, Any]]:
    return [
        {"name": one.name, "home": one.home, "outline": simple_outline(one.written)}
        for one in known
        if one.written
    ]


def _spot(visit: Visit, one: Spot) -> dict[str, Any]:
    return {
        "number": one.number,
        "name": one.name,
        "at": [one.lat, one.lon],
        "radius": one.radius_m,
        "count": visit.count("%(n)s annonce", "%(n)s annonces", len(one.cards)),
        "around": one.around,
        "cards": [_card(card) for card in one.cards],
    }


def _card(card: Card) -> dict[str, Any]:
    return {
        "title": card.title,
        "language": card.language,
        "link": card.link,
        "purpose": card.purpose,
        "about": " · ".join(part for part in (card.kind, card.urgent, card.who) if part),
    }


PAGES: Final[tuple[Page, ...]] = (show("/map", chart), show("/map/data.json", data))
