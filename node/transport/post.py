"""Signed posts to inboxes. Hot: a post to 1,000 followers goes through here 1,000 times."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Final, Protocol

import aiohttp
from yarl import URL

from node.errors import FetchRefused
from node.transport.guard import AddressRefused, Guard

ANSWER_MOST: Final = 64 * 1024
RETRY_AFTER_MOST: Final = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class PostResult:
    status: int | None
    """HTTP status, None when there was no answer."""
    retry_after: float | None
    """Seconds that the host asked us to wait, at most a day."""
    error: str
    """For the administrator; "" when all went well."""


class Poster(Protocol):
    async def post(self, inbox: str, body: bytes, headers: Mapping[str, str]) -> PostResult: ...


class HttpPoster:
    """Posts over kept-alive connections; no redirects, no cookies."""

    def __init__(self, session: aiohttp.ClientSession, guard: Guard, *, agent: str) -> None:
        self._session = session
        self._guard = guard
        self._agent = agent

    async def post(self, inbox: str, body: bytes, headers: Mapping[str, str]) -> PostResult:
        """Never raises for what the other side does: that is what the result tells."""
        try:
            self._guard.check_url(inbox)
        except FetchRefused as error:
            return PostResult(400, None, error.public)
        try:
            async with self._session.post(
                _url(inbox),
                data=body,
                headers={**headers, "User-Agent": self._agent},
                allow_redirects=False,
            ) as response:
                status = response.status
                said = await response.content.read(ANSWER_MOST) if status != 202 else b""
                if not response.content.at_eof() and status != 202:
                    response.close()
                if 200 <= status < 300:
                    return PostResult(status, None, "")
                text = said[:200].decode("utf-8", "replace")
                if 300 <= status < 400:
                    return PostResult(400, None, f"{status}: a POST is not redirected")
                after = retry_after(response.headers.get("Retry-After"), time.time())
                return PostResult(status, after, f"{status}: {text}")
        except TimeoutError:
            return PostResult(None, None, "no answer in time")
        except AddressRefused as error:
            return PostResult(400, None, str(error))
        except aiohttp.ClientConnectorError as error:
            if isinstance(error.os_error, AddressRefused):
                return PostResult(400, None, str(error.os_error))
            return PostResult(None, None, f"no connection: {str(error)[:200]}")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return PostResult(None, None, f"{type(error).__name__}: {str(error)[:200]}")


@lru_cache(maxsize=4096)
def _url(inbox: str) -> URL:
    return URL(inbox, encoded=True)


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
