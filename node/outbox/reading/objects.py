"""Objects, what belongs to them, and activities. "Not yours" and "not there" are one answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from node.activitypub.render import ordered_collection, ordered_collection_page, tombstone
from node.activitypub.vocabulary import OUR_CONTEXT
from node.errors import NotFound
from node.outbox.publish import Document
from node.outbox.reading.answers import Reading, document, number, page, wants_html
from node.social.accounts import Actor
from node.social.statuses import Status
from node.social.visibility import may_see
from node.store import actors, blocks, follows, graves, objects, outbox, quotes
from node.store.transaction import Transaction

PAGE = 40
MISSING = "There is nothing at this address, or nothing that you may see."

Members = Callable[[Transaction, str, int | None], list[tuple[int, str]]]


@dataclass(frozen=True, slots=True)
class _Shown:
    text: str
    url: str | None
    open: bool


class Objects:
    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    async def object(self, request: web.Request) -> web.Response:
        uri = self._uri(request)
        if not wants_html(request):
            await self._reading.gate(request)
        grave = await self._reading.store.read(graves.local, uri)
        if grave is not None:
            former, at = grave
            return document(
                tombstone(object_id=uri, former_type=former or "Note", deleted=at), status=410
            )
        shown = await self._visible(request, uri)
        if wants_html(request):
            return page(shown.url or self._reading.here.settings.base_url)
        return document(shown.text, private=not shown.open)

    async def replies(self, request: web.Request) -> web.Response:
        return await self._members(request, "replies", _replies)

    async def context(self, request: web.Request) -> web.Response:
        """The conversation that began with the object (FEP-7888)."""
        return await self._members(request, "context", _conversation)

    async def quote(self, request: web.Request) -> web.Response:
        """The proof that something of ours may be quoted there (FEP-044f)."""
        await self._reading.gate(request)
        uri = f"{self._uri(request)}/quotes/{number(request.match_info['quote'])}"
        found = await self._reading.store.read(_proof, uri)
        if found is None:
            raise NotFound(MISSING)
        return document(found)

    async def activity(self, request: web.Request) -> web.Response:
        await self._reading.gate(request)
        uri = self._reading.here.addresses.activity(number(request.match_info["id"]))
        body = await self._reading.store.read(outbox.public_activity, uri)
        if body is None:
            raise NotFound(MISSING)
        return document(body)

    def _uri(self, request: web.Request) -> str:
        return self._reading.here.addresses.object(number(request.match_info["id"]))

    async def _visible(self, request: web.Request, uri: str) -> _Shown:
        shown = await self._reading.store.read(_shown_to, uri, None)
        if shown is None:
            viewer = await self._reading.viewer(request)
            if viewer is not None:
                shown = await self._reading.store.read(_shown_to, uri, viewer)
        if shown is None:
            raise NotFound(MISSING)
        return shown

    async def _members(self, request: web.Request, name: str, read: Members) -> web.Response:
        await self._reading.gate(request)
        uri = self._uri(request)
        shown = await self._visible(request, uri)
        collection = f"{uri}/{name}"
        first = f"{collection}?page=true"
        if "page" not in request.query:
            return document(
                ordered_collection(collection_id=collection, first=first), private=not shown.open
            )
        text = request.query.get("min_id")
        after = None if text is None else number(text)
        rows = await self._reading.store.read(read, uri, after)
        more = len(rows) > PAGE
        rows = rows[:PAGE]
        body: Document = ordered_collection_page(
            page_id=first if after is None else f"{first}&min_id={after}",
            part_of=collection,
            items=[item for _, item in rows],
            next=f"{first}&min_id={rows[-1][0]}" if more else None,
        )
        return document(body, private=not shown.open)


# ── units of work ────────────────────────────────────────────────────────────────────────────


def _shown_to(tx: Transaction, uri: str, viewer: Actor | None) -> _Shown | None:
    status = objects.by_uri(tx, uri)
    if status is None or not status.local or not _may_see(tx, status, viewer):
        return None
    return _Shown(status.document, status.url, status.visibility.open)


def _may_see(tx: Transaction, status: Status, viewer: Actor | None) -> bool:
    author = actors.by_id(tx, status.author_id)
    if author is None or author.gone or author.suspended:
        return False
    if viewer is None:
        return status.visibility.open
    follow = follows.between(tx, viewer.id, author.id)
    return may_see(
        status.visibility,
        author=author.uri,
        viewer=viewer.uri,
        follows=follow is not None and follow.state == follows.ACCEPTED,
        addressed=viewer.uri in objects.recipients_of(tx, status.id),
        blocked=blocks.stands(tx, actor_id=author.id, target_id=viewer.id),
    )


def _proof(tx: Transaction, uri: str) -> Document | None:
    """While it holds."""
    quote = quotes.by_authorization(tx, uri)
    quoting = objects.by_id(tx, quote.object_id) if quote is not None else None
    quoted = objects.by_id(tx, quote.quoted_id or 0) if quote is not None else None
    whose = actors.by_id(tx, quoted.author_id) if quoted is not None else None
    if quote is None or quoting is None or quoted is None or whose is None:
        return None
    if quote.state != quotes.ACCEPTED or not quoted.local or not quoted.visibility.open:
        return None
    return {
        "@context": OUR_CONTEXT,
        "id": uri,
        "type": "QuoteAuthorization",
        "attributedTo": whose.uri,
        "interactingObject": quoting.uri,
        "interactionTarget": quoted.uri,
    }


def _replies(tx: Transaction, uri: str, after: int | None) -> list[tuple[int, str]]:
    return objects.replies(tx, uri, after=after, most=PAGE + 1)


def _conversation(tx: Transaction, uri: str, after: int | None) -> list[tuple[int, str]]:
    return objects.in_context(tx, f"{uri}/context", after=after, most=PAGE + 1)
