"""Signed posts to inboxes. Hot: a post to 1,000 followers goes through here 1,000 times."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Final, Protocol
from urllib.parse import urlsplit

from node.errors import FetchRefused
from node.transport.connections import Connections, Place
from node.transport.guard import AddressRefused, Guard

RETRY_AFTER_MOST: Final = 24 * 3600.0
ERROR_MOST: Final = 200


@dataclass(frozen=True, slots=True)
class PostResult:
    status: int | None
    """HTTP status, None when there was no answer; 400 for an address that we do not post to."""
    retry_after: float | None
    """Seconds that the host asked us to wait, at most a day."""
    error: str
    """For the administrator; "" when all went well."""


class Poster(Protocol):
    async def post(self, inbox: str, body: bytes, headers: Mapping[str, str]) -> PostResult: ...


class HttpPoster:
    """Posts over kept-alive connections; no redirects, no cookies."""

    def __init__(
        self, guard: Guard, *, agent: str, connect_seconds: float, total_seconds: float
    ) -> None:
        self._guard = guard
        self._agent = agent
        self._total_seconds = total_seconds
        self._connections = Connections(guard, connect_seconds=connect_seconds)

    async def post(self, inbox: str, body: bytes, headers: Mapping[str, str]) -> PostResult:
        """Never raises for what the other side does: that is what the result tells.

        ``headers`` hold a signature made for exactly ``inbox``, Host among them.
        """
        try:
            self._guard.check_url(inbox)
            place, target = _place(inbox)
            request = _request(target, headers, self._agent, body)
        except (FetchRefused, ValueError) as error:
            return PostResult(400, None, f"no address to post to: {error}")
        try:
            async with asyncio.timeout(self._total_seconds):
                reply = await self._connections.exchange(place, request)
        except TimeoutError:
            return PostResult(None, None, "no answer in time")
        except AddressRefused as error:
            return PostResult(400, None, str(error))
        except (OSError, ssl.SSLError) as error:
            return PostResult(None, None, f"{type(error).__name__}: {str(error)[:ERROR_MOST]}")
        if 200 <= reply.status < 300:
            return PostResult(reply.status, None, "")
        if 300 <= reply.status < 400:
            return PostResult(400, None, f"{reply.status}: a POST is not redirected")
        said = reply.body[:ERROR_MOST].decode("utf-8", "replace")
        after = retry_after(reply.retry_after, time.time())
        return PostResult(reply.status, after, f"{reply.status}: {said}")

    async def close(self) -> None:
        await self._connections.close()


@lru_cache(maxsize=4096)
def _place(inbox: str) -> tuple[Place, str]:
    parts = urlsplit(inbox)
    secure = parts.scheme == "https"
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Place(secure, parts.hostname or "", parts.port or (443 if secure else 80)), target


def _request(target: str, headers: Mapping[str, str], agent: str, body: bytes) -> bytes:
    lines = "".join([f"{name}: {value}\r\n" for name, value in headers.items()])
    head = f"{lines}User-Agent: {agent}\r\nAccept: */*\r\nContent-Length: {len(body)}\r\n"
    if not head.count("\n") == head.count("\r") == len(headers) + 3:
        raise ValueError("a line break in a header")
    if not target.isascii() or not target.isprintable() or " " in target:
        raise ValueError("a target that is no one line")
    return f"POST {target} HTTP/1.1\r\n{head}\r\n".encode("latin-1") + body


def retry_after(header: str | None, now: float) -> float | None:
    """RFC 9110 §10.2.3: seconds, or a date; None for nonsense. At most a day."""
    if header is None:
        return None
    text = header.strip()
    if text.isascii() and text.isdigit() and len(text) < 12:
        return min(float(text), RETRY_AFTER_MOST)
    try:
        wait = parsedate_to_datetime(text).timestamp() - now
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return min(max(wait, 0.0), RETRY_AFTER_MOST)
