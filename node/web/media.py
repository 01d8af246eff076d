"""Files that people sent, served so that a browser can only look at them."""

from __future__ import annotations

from pathlib import Path

from aiohttp import web

from node.errors import NotFound
from node.media.files import TYPES, Elsewhere, Files

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
        found = await self._files.find(name)
        if found is None:
            raise NotFound("Il n’y a rien à cette adresse.")
        headers = {**HEADERS, "Content-Type": TYPES[name.rpartition(".")[2]]}
        if isinstance(found, Path):
            return web.FileResponse(found, headers=headers)
        return await self._handed_on(request, found, headers)

    async def _handed_on(
        self, request: web.Request, found: Elsewhere, headers: dict[str, str]
    ) -> web.StreamResponse:
        """In parts, too, by which players jump about in films (RFC 9110, section 14)."""
        headers["Accept-Ranges"] = "bytes"
        start, stop, status = 0, found.bytes, 200
        try:
            wanted = request.http_range
        except ValueError:
            wanted = slice(None)  # what is no range is passed over
        if wanted.start is not None or wanted.stop is not None:
            start, stop, _ = wanted.indices(found.bytes)
            status = 206
            headers["Content-Range"] = f"bytes {start}-{stop - 1}/{found.bytes}"
            if start >= stop:
                headers["Content-Range"] = f"bytes */{found.bytes}"
                return web.Response(status=416, headers=headers)
        response = web.StreamResponse(status=status, headers=headers)
        response.content_length = stop - start
        pieces = self._files.read(found, start, stop)
        first = b"" if request.method == "HEAD" else await anext(pieces, b"")
        await response.prepare(request)  # not before the storage answers
        if request.method != "HEAD":
            await response.write(first)
            async for piece in pieces:
                await response.write(piece)
        await response.write_eof()
        return response
