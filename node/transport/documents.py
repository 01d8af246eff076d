"""Documents from their origin (FEP-fe34): asked for by id, believed for what they are there.

The content type must be ActivityPub's, the final address must have the origin of the ``id``,
and the ``id`` must be the one asked for, or that one is asked for, once.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from node.activitypub import strict_json
from node.activitypub.negotiation import content_type_is_activity
from node.activitypub.readers import each, iri, one_id, origin, same_origin
from node.activitypub.rejected import Rejected
from node.activitypub.signatures import Scheme
from node.config import Settings
from node.errors import FetchError, FetchFailed, FetchGone, FetchRefused
from node.transport.expander import Expander
from node.transport.http import Answer, HostBusy, Transport
from node.transport.signer import GetSigner

ACCEPT: Final = 'application/activity+json, application/ld+json; profile="https://www.w3.org/ns/activitystreams"'
FAILED_S: Final = 600.0  # what could not be had is not asked for again so soon
REMEMBERED: Final = 10_000
PAGES: Final = 20
COLLECTION_S: Final = 60.0
COLLECTIONS: Final = frozenset(
    {"Collection", "OrderedCollection", "CollectionPage", "OrderedCollectionPage"}
)


@dataclass(frozen=True, slots=True)
class RemoteDocument:
    """A document as its origin has it now."""

    id: str
    body: bytes
    parsed: dict[str, Any]
    """As received: proofs are checked on this."""
    normalised: dict[str, Any]
    """In our context's words: this is read."""


class Documents:
    """Fetches, remembers failures, and asks for one thing once at a time."""

    def __init__(
        self,
        transport: Transport,
        expander: Expander,
        *,
        signer: GetSigner,
        settings: Settings,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._transport = transport
        self._expander = expander
        self._signer = signer
        self._limits = settings.limits
        self._redirects = settings.limits.fetch_redirects
        self._failed_s = FAILED_S * min(1.0, settings.federation.retry_scale)
        self._monotonic = monotonic
        self._failed: OrderedDict[str, tuple[float, FetchError]] = OrderedDict()
        self._flying: dict[str, asyncio.Task[RemoteDocument]] = {}
        self._schemes: OrderedDict[str, Scheme] = OrderedDict()

    async def fetch(self, uri: str, fresh: bool = False) -> RemoteDocument:
        """The document whose id is ``uri``, or that stands at that address.

        ``fresh`` asks also when that failed less than ten minutes ago. Raises FetchRefused,
        FetchGone or FetchFailed.
        """
        if not fresh:
            failed = self._failed.get(uri)
            if failed is not None and self._monotonic() < failed[0]:
                raise failed[1]
        task = self._flying.get(uri)
        if task is None:
            task = asyncio.create_task(self._remembering(uri))
            self._flying[uri] = task
            task.add_done_callback(lambda done: self._landed(uri, done))
        return await asyncio.shield(task)

    def _landed(self, uri: str, task: asyncio.Task[RemoteDocument]) -> None:
        self._flying.pop(uri, None)
        if not task.cancelled():
            task.exception()  # whoever asked may have gone: it is told to nobody then

    async def _remembering(self, uri: str) -> RemoteDocument:
        try:
            document = await self._fetch(uri)
        except HostBusy:
            raise
        except FetchError as error:
            self._failed[uri] = (self._monotonic() + self._failed_s, error)
            self._failed.move_to_end(uri)
            if len(self._failed) > REMEMBERED:
                self._failed.popitem(last=False)
            raise
        self._failed.pop(uri, None)
        return document

    async def _fetch(self, uri: str) -> RemoteDocument:
        try:
            async with asyncio.timeout(2 * self._limits.fetch_total_s):
                document = await self._read(uri)
                if document.id != uri:
                    # Somebody may serve a document under another's address: what is at its own?
                    asked = document.id
                    document = await self._read(asked)
                    if document.id != asked:
                        raise FetchRefused(f"{asked} says that it is {document.id}")
                return document
        except TimeoutError as error:
            raise FetchFailed(f"{uri} takes too long") from error

    async def _read(self, uri: str) -> RemoteDocument:
        final, body, parsed, normalised = await self._get(uri)
        name = one_id(normalised.get("id"))
        if name is None:
            raise FetchRefused(f"{uri} has no id")
        if not same_origin(name, final):
            raise FetchRefused(f"{uri} is at {origin(final)} and says that it is {name}")
        return RemoteDocument(name, body, parsed, normalised)

    async def _get(self, uri: str) -> tuple[str, bytes, dict[str, Any], dict[str, Any]]:
        answer = await self._follow(uri)
        if not content_type_is_activity(answer.content_type):
            raise FetchRefused(
                f"{uri} is {(answer.content_type or 'of no type')[:100]}, not ActivityPub"
            )
        parsed = strict_json.parse(
            answer.body, depth=self._limits.json_depth, nodes=self._limits.json_nodes
        )
        if isinstance(parsed, Rejected):
            raise FetchRefused(f"{uri} is not readable: {parsed.reason}")
        normalised = await self._expander.normalise(parsed)
        if isinstance(normalised, Rejected):
            raise FetchRefused(f"{uri} is not readable: {normalised.reason}")
        return answer.url, answer.body, parsed, normalised

    async def _follow(self, uri: str) -> Answer:
        """The answer at the end of few redirects, each checked and signed anew."""
        address = uri
        for _ in range(self._redirects + 1):
            answer = await self._signed_get(address)
            if answer.location is None:
                return self._good(uri, answer)
            if address.startswith("https://") and not answer.location.startswith("https://"):
                raise FetchRefused(f"{uri} redirects away from https")
            address = answer.location
        raise FetchRefused(f"{uri} redirects more than {self._redirects} times")

    async def _signed_get(self, address: str) -> Answer:
        url = self._transport.guard.check_url(address)
        where = origin(url) or ""
        scheme = self._schemes.get(where, "cavage-rsa")
        answer = await self._transport.get(url, headers=self._headers(url, scheme))
        if answer.status == 401:
            # It may read only the other of the two; try it once, and remember what worked.
            other: Scheme = "rfc9421-rsa" if scheme == "cavage-rsa" else "cavage-rsa"
            answer = await self._transport.get(url, headers=self._headers(url, other))
            if answer.status < 300:
                self._schemes[where] = other
                if len(self._schemes) > REMEMBERED:
                    self._schemes.popitem(last=False)
        return answer

    def _headers(self, url: str, scheme: Scheme) -> dict[str, str]:
        return {"Accept": ACCEPT, **self._signer.sign_get(url, scheme)}

    @staticmethod
    def _good(uri: str, answer: Answer) -> Answer:
        status = answer.status
        if status in (404, 410):
            raise FetchGone(f"{uri} is gone: {status}", http_status=status)
        if status == 429 or status >= 500 or status in (408, 425):
            raise FetchFailed(f"{uri} answers {status}", http_status=status)
        if status != 200:
            raise FetchRefused(f"{uri} answers {status}")
        return answer

    # ── collections ──────────────────────────────────────────────────────────────────────────

    async def collection(self, uri: str, *, most: int = 10_000) -> list[Any]:
        """What a collection lists: ids or documents; 20 pages, one origin, no page twice, 60 s."""
        try:
            async with asyncio.timeout(COLLECTION_S):
                return await self._pages(uri, most)
        except TimeoutError as error:
            raise FetchFailed(f"the collection {uri} takes too long") from error

    async def _pages(self, uri: str, most: int) -> list[Any]:
        items: list[Any] = []
        seen: set[str] = set()
        address: str | None = uri
        for _ in range(PAGES):
            if address is None or address in seen or not same_origin(address, uri):
                break
            seen.add(address)
            page = await self.fetch_collection_page(address)
            before = len(items)
            items += [*each(page.get("items")), *each(page.get("orderedItems"))]
            if len(items) >= most:
                return items[:most]
            first = page.get("first")
            if isinstance(first, dict) and len(items) == before:
                items += [*each(first.get("items")), *each(first.get("orderedItems"))]
                address = iri(one_id(first.get("next")))
            else:
                address = one_id(page.get("next")) or one_id(first)
        return items[:most]

    async def fetch_collection_page(self, uri: str) -> dict[str, Any]:
        """A collection or a page of one, from its own origin."""
        final, _, _, page = await self._get(uri)
        if not same_origin(final, uri):
            raise FetchRefused(f"{uri} is a collection elsewhere: {final}")
        if not COLLECTIONS & set(each(page.get("type"))):
            raise FetchRefused(f"{uri} is not a collection")
        return page
