"""What pages load besides themselves: styles, scripts, pictures. Each is served at an address with
a digest of its content, so that browsers may keep it for ever.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

from aiohttp import web

from node.errors import NotFound

FOREVER: Final = "public, max-age=31536000, immutable"
HOUR: Final = "public, max-age=3600"
_TYPES: Final = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".woff2": "font/woff2",
}


@dataclass(frozen=True, slots=True)
class Static:
    body: bytes
    media_type: str
    digest: str


@cache
def statics() -> dict[str, Static]:
    """Name below ``static/`` → the file."""
    found: dict[str, Static] = {}

    def walk(folder: Traversable, path: str) -> None:
        for entry in folder.iterdir():
            name = f"{path}{entry.name}"
            if entry.is_dir():
                walk(entry, f"{name}/")
                continue
            end = entry.name[entry.name.rfind(".") :]
            if end not in _TYPES:
                continue
            body = entry.read_bytes()
            digest = hashlib.sha256(body).hexdigest()[:12]
            found[name] = Static(body, _TYPES[end], digest)

    walk(files("node.web") / "static", "")
    return found


def address(name: str) -> str:
    """Where a file is served: ``/static/entraide.css?v=…``; KeyError for one that is not there."""
    return f"/static/{name}?v={statics()[name].digest}"


async def serve(request: web.Request) -> web.Response:
    """GET /static/{name}."""
    found = statics().get(request.match_info["name"])
    if found is None:
        raise NotFound("Il n’y a rien à cette adresse.")
    current = request.query.get("v") == found.digest
    headers = {
        "Cache-Control": FOREVER if current else HOUR,
        "ETag": f'"{found.digest}"',
        "Access-Control-Allow-Origin": "*",
    }
    if request.headers.get("If-None-Match") == f'"{found.digest}"':
        return web.Response(status=304, headers=headers)
    response = web.Response(body=found.body, content_type=found.media_type, headers=headers)
    if found.media_type.startswith("text/"):
        response.charset = "utf-8"
        response.enable_compression()
    return response
