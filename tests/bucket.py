"""A storage that speaks as much of S3 as a node needs: objects of one bucket, in memory.

It checks that each request is signed with the right key id, as real ones do first, and can be told
to refuse or to fail.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from xml.sax.saxutils import escape

from aiohttp import web
from aiohttp.test_utils import TestServer

KEY = "AKIDQUARTIER"
SECRET = "un-secret-de-seau"


@dataclass
class BucketServer:
    name: str = "quartier"
    objects: dict[str, tuple[bytes, str, datetime]] = field(default_factory=dict)
    """By key: content, type, when."""
    failing: int = 0
    """The status of every answer, unless 0."""
    asked: list[str] = field(default_factory=list)
    base: str = ""

    def grow_old(self, seconds: float) -> None:
        self.objects = {
            key: (content, kind, at - timedelta(seconds=seconds))
            for key, (content, kind, at) in self.objects.items()
        }

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(f"{request.method} {request.path}")
        if self.failing:
            return _error(self.failing, "Failing")
        if f"Credential={KEY}/" not in request.headers.get("Authorization", ""):
            return _error(403, "InvalidAccessKeyId")
        if request.match_info["bucket"] != self.name:
            return _error(404, "NoSuchBucket")
        key = request.match_info.get("key", "")
        if request.query.get("list-type") == "2":
            return self._list(request)
        if request.method == "PUT":
            content = await request.read()
            kind = request.headers.get("Content-Type", "")
            self.objects[key] = (content, kind, datetime.now(UTC))
            return web.Response(headers={"ETag": '"1"'})
        if request.method == "DELETE":
            self.objects.pop(key, None)
            return web.Response(status=204)
        if request.method == "POST" and "delete" in request.query:
            return await self._delete(request)
        return self._get(request, key)

    def _list(self, request: web.Request) -> web.Response:
        prefix = request.query.get("prefix", "")
        lines = "".join(
            f"<Contents><Key>{escape(key)}</Key><LastModified>{at:%Y-%m-%dT%H:%M:%S.000Z}"
            f"</LastModified><ETag>1</ETag><Size>{len(content)}</Size></Contents>"
            for key, (content, _, at) in sorted(self.objects.items())
            if key.startswith(prefix)
        )
        return _xml(f"<ListBucketResult><IsTruncated>false</IsTruncated>{lines}</ListBucketResult>")

    async def _delete(self, request: web.Request) -> web.Response:
        text = await request.text()
        keys = [part.partition("</Key>")[0] for part in text.split("<Key>")[1:]]
        for key in keys:
            self.objects.pop(key, None)
        gone = "".join(f"<Deleted><Key>{escape(key)}</Key></Deleted>" for key in keys)
        return _xml(f"<DeleteResult>{gone}</DeleteResult>")

    def _get(self, request: web.Request, key: str) -> web.Response:
        found = self.objects.get(key)
        if found is None:
            return _error(404, "NoSuchKey")
        content, kind, at = found
        headers = {"ETag": '"1"', "Last-Modified": format_datetime(at, usegmt=True)}
        wanted = request.http_range
        status = 200
        if wanted.start is not None or wanted.stop is not None:
            start, stop, _ = wanted.indices(len(content))
            headers["Content-Range"] = f"bytes {start}-{stop - 1}/{len(content)}"
            content, status = content[start:stop], 206
        return web.Response(status=status, body=content, content_type=kind, headers=headers)


@contextlib.asynccontextmanager
async def bucket_server() -> AsyncIterator[BucketServer]:
    made = BucketServer()
    application = web.Application(client_max_size=64 * 1024 * 1024)
    application.router.add_route("*", "/{bucket}", made._answer)
    application.router.add_route("*", "/{bucket}/{key:.*}", made._answer)
    async with TestServer(application, host="127.0.0.1") as server:
        made.base = f"http://127.0.0.1:{server.port}"
        yield made


def _error(status: int, code: str) -> web.Response:
    text = f"<Error><Code>{code}</Code><Message>{code}</Message></Error>"
    return web.Response(status=status, text=text, content_type="application/xml")


def _xml(text: str) -> web.Response:
    return web.Response(
        text=f'<?xml version="1.0" encoding="UTF-8"?>{text}', content_type="application/xml"
    )
