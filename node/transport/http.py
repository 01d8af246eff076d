"""HTTP out, within limits: what a fetch may cost, and nothing that could be turned against us."""

from __future__ import annotations

import asyncio
import contextlib
import zlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self
from urllib.parse import urljoin

import aiohttp
from aiohttp import ClientTimeout, DummyCookieJar, TCPConnector
from yarl import URL

from node.config import Settings
from node.errors import FetchFailed, FetchRefused
from node.transport.guard import AddressRefused, Guard
from node.transport.post import HttpPoster, Poster
from node.transport.resolver import Resolver

REDIRECTS: Final = (301, 302, 303, 307, 308)
HOSTS_KEPT: Final = 4096
CONNECTIONS: Final = 256


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said: to one request, redirects not followed."""

    status: int
    url: str
    content_type: str | None
    body: bytes
    location: str | None
    """Where a redirect leads, absolute."""


class HostBusy(FetchFailed):
    """Our own requests fill the few places that a host has: it says nothing about the host."""


class Transport:
    """Sessions to the outside; `async with` opens and closes them."""

    def __init__(self, settings: Settings, *, version: str) -> None:
        limits = settings.limits
        self.guard = Guard(insecure_loopback=settings.federation.insecure_loopback)
        self.settings = settings
        self._limits = limits
        self._agent = f"Entraide/{version} (+{settings.base_url}/)"
        self._places: dict[str, asyncio.Semaphore] = {}
        self._getting: aiohttp.ClientSession | None = None
        self._poster: HttpPoster | None = None

    async def __aenter__(self) -> Self:
        limits = self._limits
        self._getting = aiohttp.ClientSession(
            connector=TCPConnector(
                resolver=Resolver(),
                socket_factory=self.guard.socket,
                limit=CONNECTIONS,
                ttl_dns_cache=60,
                keepalive_timeout=30,
            ),
            timeout=ClientTimeout(
                total=limits.fetch_total_s,
                sock_connect=limits.fetch_connect_s,
                connect=limits.fetch_total_s,
                sock_read=limits.fetch_read_s,
            ),
            cookie_jar=DummyCookieJar(),
            trust_env=False,
            auto_decompress=False,  # we do it, with a bound
            requote_redirect_url=False,
            read_bufsize=64 * 1024,
        )
        self._poster = HttpPoster(
            self.guard,
            agent=self._agent,
            connect_seconds=limits.fetch_connect_s,
            total_seconds=limits.deliver_seconds,
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._poster is not None:
            await self._poster.close()
        if self._getting is not None:
            await self._getting.close()

    @property
    def poster(self) -> Poster:
        if self._poster is None:
            raise RuntimeError("the transport is not open")
        return self._poster

    async def get(self, iri: str, *, headers: Mapping[str, str]) -> Answer:
        """One GET, no redirect followed; raises FetchRefused or FetchFailed.

        ``headers`` may hold a signature made for exactly ``guard.check_url(iri)``.
        """
        if self._getting is None:
            raise RuntimeError("the transport is not open")
        url = self.guard.check_url(iri)
        sent = {"User-Agent": self._agent, "Accept-Encoding": "gzip", **headers}
        async with self._place(url):
            try:
                async with self._getting.get(
                    URL(url, encoded=True), headers=sent, allow_redirects=False
                ) as response:
                    location = response.headers.get("Location")
                    return Answer(
                        status=response.status,
                        url=url,
                        content_type=response.headers.get("Content-Type"),
                        # Of a refusal or a redirect the body says nothing that we read.
                        body=await self._body(response, url) if response.status == 200 else b"",
                        location=None
                        if location is None or response.status not in REDIRECTS
                        else urljoin(url, location),
                    )
            except TimeoutError as error:
                raise FetchFailed(f"{url} did not answer in time") from error
            except (aiohttp.ClientError, OSError, ValueError) as error:
                if _refused(error):
                    raise FetchRefused(f"{url} leads to an address that is closed to us") from error
                raise FetchFailed(f"{url} cannot be reached: {str(error)[:200]}") from error

    async def _body(self, response: aiohttp.ClientResponse, url: str) -> bytes:
        """The body, decompressed, or FetchRefused when it is longer than allowed."""
        most = self._limits.fetch_bytes
        encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
        if encoding not in ("identity", "", "gzip", "x-gzip", "deflate"):
            raise FetchRefused(f"{url} is encoded as {encoding[:40]}")
        unpack = None if encoding in ("identity", "") else zlib.decompressobj(wbits=47)
        parts: list[bytes] = []
        size = came = 0
        async for chunk in response.content.iter_any():
            # Bytes count before they are unpacked, too: they may unpack to nothing, or follow
            # the end of what is packed, for ever.
            came += len(chunk)
            if came > most:
                raise FetchRefused(f"{url} is longer than {most} bytes")
            try:
                part = chunk if unpack is None else unpack.decompress(chunk, most + 1 - size)
            except zlib.error as error:
                raise FetchRefused(f"{url} is not well compressed") from error
            size += len(part)
            if size > most or (unpack is not None and unpack.unconsumed_tail):
                raise FetchRefused(f"{url} is longer than {most} bytes")
            parts.append(part)
        if unpack is not None and came and not unpack.eof:
            raise FetchRefused(f"{url} ends before its time")
        return b"".join(parts)

    @contextlib.asynccontextmanager
    async def _place(self, url: str) -> AsyncIterator[None]:
        """One of the few places that a host has at a time."""
        host = url.split("/", 3)[2]
        place = self._places.get(host)
        if place is None:
            if len(self._places) > HOSTS_KEPT:
                self._places = {h: p for h, p in self._places.items() if p.locked()}
            place = self._places[host] = asyncio.Semaphore(self._limits.fetch_per_host)
        try:
            async with asyncio.timeout(self._limits.fetch_total_s):
                await place.acquire()
        except TimeoutError as error:
            raise HostBusy(f"{host} is busy with other requests of ours") from error
        try:
            yield
        finally:
            place.release()


def _refused(error: BaseException) -> bool:
    """Whether our own guard is behind an error of the client's."""
    seen: BaseException | None = error
    for _ in range(5):
        if seen is None:
            return False
        if isinstance(seen, AddressRefused):
            return True
        inner = getattr(seen, "os_error", None)
        seen = inner if inner is not None and inner is not seen else seen.__cause__
    return False
