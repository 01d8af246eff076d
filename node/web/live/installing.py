"""The site as an app on somebody's own device: what it is called, and its script, which keeps a
copy of what one saw last and what could not be sent."""

from __future__ import annotations

import hashlib
import json
from typing import Final

from aiohttp import web

from node.web.site import statics
from node.web.site.visit import Page, Visit, show

KEPT: Final = ("entraide.css", "entraide.js", "live.js", "outbox.js", "icon.svg")
"""What every page needs, had before the connection breaks."""
ICONS: Final = (
    ("icon-192.png", "192x192", "any"),
    ("icon-512.png", "512x512", "any"),
    ("icon-maskable-512.png", "512x512", "maskable"),
)
COLOUR: Final = "#9c3f17"
GROUND: Final = "#fdf9f2"
NO_CACHE: Final = {"Cache-Control": "no-cache"}


async def manifest(visit: Visit) -> web.Response:
    """GET /manifest.webmanifest (W3C Web Application Manifest)."""
    name = visit.here.settings.node.name
    body = {
        "id": "/",
        "name": visit.say("Entraide %(name)s", name=name),
        "short_name": name,
        "description": visit.say("Demander et proposer de l’aide entre voisins."),
        "lang": visit.language.code,
        "dir": "ltr",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": GROUND,
        "theme_color": COLOUR,
        "categories": ["social", "lifestyle"],
        "icons": [
            {
                "src": statics.address(file),
                "sizes": sizes,
                "type": "image/png",
                "purpose": purpose,
            }
            for file, sizes, purpose in ICONS
        ],
        "shortcuts": [
            {"name": visit.say("Demander de l’aide"), "url": "/ask"},
            {"name": visit.say("Proposer son aide"), "url": "/offer"},
            {"name": visit.say("Mon entraide"), "url": "/me"},
        ],
    }
    return web.Response(
        text=json.dumps(body, ensure_ascii=False),
        content_type="application/manifest+json",
        headers={**NO_CACHE, "Vary": "Accept-Language, Cookie"},
    )


async def worker(visit: Visit) -> web.Response:
    """GET /sw.js: for the whole site; with the addresses of what it keeps."""
    kept = [statics.address(name) for name in KEPT]
    code = statics.statics()["sw.js"].body.decode()
    version = hashlib.sha256("\n".join((*kept, code)).encode()).hexdigest()[:12]
    head = (
        f"const VERSION = {json.dumps(version)};\n"
        f"const ICON = {json.dumps(statics.address(ICONS[0][0]))};\n"
        f"const KEPT = {json.dumps(kept)};\n"
        f"importScripts({json.dumps(statics.address('outbox.js'))});\n"
    )
    response = web.Response(
        text=head + code, content_type="text/javascript", charset="utf-8", headers=NO_CACHE
    )
    response.enable_compression()
    return response


async def offline(visit: Visit) -> web.Response:
    """GET /offline: where one is when the connection is gone; kept on the device."""
    return visit.page("live/offline.html", title=visit.say("Hors ligne"))


PAGES: Final[tuple[Page, ...]] = (
    show("/manifest.webmanifest", manifest),
    show("/sw.js", worker),
    show("/offline", offline),
)
