"""Files that people sent, served so that a browser can only look at them."""

from __future__ import annotations

import asyncio

from aiohttp import web

from node.errors import NotFound
from node.media.files import TYPES, Files

HEADERS = {
    # What stands under a random name never changes.
    "Cache-Control": "public, max-age=31536000, immutable",
    "Content-Disposition": "inline",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Access-Control-Allow-Origin": "*",
    "X-Content-Type-Options": "nosniff",
}


class Media:
    def __init__(self, files: Files) -> None:
        self._files = files

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/media/{name}", self.picture)]

    async def picture(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        path = await asyncio.to_thread(self._files.path, name)
        if path is None:
            raise NotFound("Il n’y a rien à cette adresse.")
        kind = TYPES[name.rpartition(".")[2]]
        return web.FileResponse(path, headers={**HEADERS, "Content-Type": kind})
