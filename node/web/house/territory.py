"""Where the quartier lies: drawn on the map, from a GeoJSON file, or a circle; looked at before it
counts."""

from __future__ import annotations

import asyncio
import json
from typing import Any, Final

from aiohttp import web
from aiohttp.web import FileField

from node.actions import house
from node.activitypub.rejected import Rejected
from node.aid.territory import Territory
from node.errors import Invalid
from node.web.house.drawing import Drawing, drawing
from node.web.site.languages import later
from node.web.site.visit import Page, Visit, act, show

FILE_MOST: Final = 1_000_000
CELLS_MOST: Final = 400
"""Of a quartier whose cells can be touched one by one (some 40 km²)."""
STEPS: Final = 4
NONE: Final = later("Il n’y a aucune case : gardez-en au moins une.")
UNREAD: Final = later(
    "Ce fichier n’est pas du GeoJSON : enregistrez à nouveau le contour du quartier."
)
PLACE: Final = later(
    "Donnez la latitude, la longitude et le rayon en mètres, par exemple 45,774, 4,828 et 800."
)


async def territory(visit: Visit) -> web.Response:
    """GET /desk/territory."""
    return await _page(visit)


async def cells(visit: Visit) -> web.Response:
    """GET /desk/territory/cells.json: the quartier's cells and those around, to be touched one by
    one: ``[{cell, ours, ring}]``; empty where they would be too many."""
    now = visit.here.territory
    found = await asyncio.to_thread(_around, now)
    return web.json_response(found, headers={"Cache-Control": "private, no-store"})


def _around(now: Territory) -> list[dict[str, Any]]:
    if len(now.cells) > CELLS_MOST:
        return []
    return [
        {
            "cell": cell,
            "ours": cell in now.cells,
            "ring": [[round(lat, 5), round(lon, 5)] for lat, lon in ring],
        }
        for cell, ring in now.around(STEPS).items()
    ]


async def look(visit: Visit) -> web.Response:
    """POST /desk/territory/look: what it would be. Nothing changes yet. ``geojson`` or ``file``,
    ``cells``, or ``lat``, ``lon`` and ``radius``."""
    try:
        wanted = await asyncio.to_thread(_read, visit)
    except Invalid as error:
        field = "file" if isinstance(visit.form.get("file"), FileField) else ""
        if "radius" in visit.form:
            field = "radius" if "rayon" in error.public.lower() and error.public != PLACE else "lat"
        return await _page(visit, status=422, errors={field: error.public})
    return await _page(visit, wanted=wanted)


async def settle(visit: Visit) -> web.Response:
    """POST /desk/territory: ``cells``, as they were looked at; with ``settings``: as the file of
    settings says."""
    decoded = None if visit.ticked("settings") else Territory.decode(visit.text("cells"))
    if isinstance(decoded, Rejected):
        return await _page(visit, status=422, errors={"": UNREAD})
    await visit.store.write(house.set_territory, visit.here, visit.me.actor, decoded)
    await house.follow(visit.store, visit.here)
    return visit.go("/desk/territory", visit.say("C’est enregistré : les voisins le sauront."))


def _read(visit: Visit) -> Territory:
    """Raises Invalid. Of a large outline it takes a moment: beside the loop."""
    found = _given(visit)
    found.encode()  # it has to fit what is told of it
    return found


def _given(visit: Visit) -> Territory:
    sent = visit.form.get("file")
    text = visit.text("geojson")
    if "cells" in visit.form:
        chosen = Territory.decode(visit.text("cells").split())
        if isinstance(chosen, Rejected):
            raise Invalid(NONE)
        return chosen
    if isinstance(sent, FileField) and sent.filename:
        raw = sent.file.read(FILE_MOST + 1)
        if len(raw) > FILE_MOST:
            raise Invalid(UNREAD)
        text = raw.decode("utf-8", errors="replace")
    if text or "radius" not in visit.form:
        try:
            document = json.loads(text)
        except (ValueError, RecursionError):
            raise Invalid(UNREAD) from None
        if not isinstance(document, dict):
            raise Invalid(UNREAD)
        return Territory.from_geojson(document, simple=True)
    try:
        lat, lon, radius = (
            float(visit.text(name).replace(",", ".")) for name in ("lat", "lon", "radius")
        )
    except ValueError:
        raise Invalid(PLACE) from None
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise Invalid(PLACE)
    return Territory.from_circle(lat, lon, radius)


async def _page(
    visit: Visit,
    *,
    status: int = 200,
    wanted: Territory | None = None,
    errors: dict[str, str] | None = None,
) -> web.Response:
    now = visit.here.territory
    shown = await asyncio.to_thread(_drawn, now, wanted)
    settings = visit.here.settings
    centre = now.centre()
    circle = {"lat": centre[0], "lon": centre[1], "radius": settings.node.radius_m}
    drawn: dict[str, Any] = {"now": shown[0], "wanted": shown[1]}
    return visit.page(
        "house/territory.html",
        status=status,
        drawn=drawn,
        cells=wanted.encode() if wanted else "",
        kilometres=[_square(one) for one in (now, wanted) if one is not None],
        beside=await visit.store.read(house.beside, wanted or now, now),
        own=now != visit.here.place.settled,
        circle={name: visit.text(name) or str(value) for name, value in circle.items()},
        card=settings.map,
        errors=errors or {},
    )


def _drawn(now: Territory, wanted: Territory | None) -> tuple[Drawing, Drawing | None]:
    return drawing(now), drawing(wanted) if wanted else None


def _square(one: Territory) -> float:
    """Kilometres: a cell of resolution 9 has 0.105 of them on average (H3's tables)."""
    return round(len(one.cells) * 0.105, 1)


PAGES: Final[tuple[Page, ...]] = (
    show("/desk/territory", territory, who="admin"),
    show("/desk/territory/cells.json", cells, who="admin"),
    act("/desk/territory/look", look, who="admin", body_bytes=2 * FILE_MOST),
    act("/desk/territory", settle, who="admin"),
)
