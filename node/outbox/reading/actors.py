"""Actors and their collections."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import orjson
from aiohttp import web

from node.activitypub.render import ordered_collection, ordered_collection_page, tombstone
from node.errors import NotFound, Unauthenticated
from node.outbox import documents
from node.outbox.here import Here
from node.outbox.publish import Document
from node.outbox.reading.answers import Reading, document, number, page, wants_html
from node.outbox.synchronisation import origin_of
from node.social.accounts import Actor
from node.store import actors, follows, neighbours, objects, outbox
from node.store.transaction import Transaction

PAGE = 40

Page = Callable[[Transaction, int, int | None], list[tuple[int, Any]]]


class Actors:
    """GET of an actor and of each of its collections; `path` is the part after its address."""

    def __init__(self, reading: Reading, own: str | None = None) -> None:
        self._reading = reading
        self._own = own  # IRI of one of the node's own actors, else the name is in the path

    async def actor(self, request: web.Request) -> web.Response:
        uri = self._uri(request)
        if wants_html(request):
            found = await self._reading.store.read(_actor, uri)
            return page(found.url or self._reading.here.settings.base_url)
        await self._gate_but_keys(request)
        body = await self._reading.store.read(_actor_document, self._reading.here, uri)
        return document(body, status=410 if body["type"] == "Tombstone" else 200)

    async def _gate_but_keys(self, request: web.Request) -> None:
        """The node's own actor is always readable: its key signs our own fetches, and two
        nodes that both ask for signatures would never get to know each other."""
        if self._own != self._reading.here.node.uri:
            await self._reading.gate(request)

    async def outbox(self, request: web.Request) -> web.Response:
        return await self._collection(request, "outbox", _outbox_page, _outbox_count)

    async def followers(self, request: web.Request) -> web.Response:
        return await self._collection(request, "followers", _followers_page, _followers_count)

    async def following(self, request: web.Request) -> web.Response:
        return await self._collection(request, "following", _following_page, _following_count)

    async def featured(self, request: web.Request) -> web.Response:
        await self._reading.gate(request)
        uri = self._uri(request)
        items = await self._reading.store.read(_featured, uri)
        return document(
            ordered_collection(
                collection_id=self._reading.here.addresses.featured_of(uri), items=items
            )
        )

    async def synchronization(self, request: web.Request) -> web.Response:
        """Who of the asking server follows (FEP-8fcf); only that server may know."""
        uri = self._uri(request)
        viewer = await self._reading.viewer(request)
        if viewer is None:
            raise Unauthenticated("Sign the request: each server sees only its own people here.")
        items = await self._reading.store.read(_followers_of_server, uri, viewer.uri)
        return document(
            ordered_collection(
                collection_id=self._reading.here.addresses.followers_synchronization(uri),
                items=items,
            ),
            private=True,
        )

    async def neighbours(self, request: web.Request) -> web.Response:
        """The node keys that we have met, each with our word for it."""
        if self._own != self._reading.here.node.uri:
            raise NotFound("There is no such collection here.")
        items = await self._reading.store.read(_statements, self._reading.here)
        return document(
            ordered_collection(
                collection_id=self._reading.here.addresses.neighbours_of(self._own), items=items
            )
        )

    async def inbox(self, request: web.Request) -> web.Response:
        """Nobody reads another's inbox."""
        self._uri(request)
        return web.Response(status=405, headers={"Allow": "POST"})

    def _uri(self, request: web.Request) -> str:
        if self._own is not None:
            return self._own
        name = request.match_info["name"]
        if not self._reading.here.addresses.is_username(name):
            raise NotFound("There is nobody of that name here.")
        return self._reading.here.addresses.user(name.lower())

    async def _collection(
        self,
        request: web.Request,
        name: str,
        read: Page,
        count: Callable[[Transaction, int], int],
    ) -> web.Response:
        await self._reading.gate(request)
        uri = self._uri(request)
        collection = f"{uri}/{name}"
        before = request.query.get("max_id")
        found = await self._reading.store.read(
            _page_of, uri, read, count, None if before is None else number(before)
        )
        total, rows = found
        first = f"{collection}?page=true"
        if "page" not in request.query:
            return document(ordered_collection(collection_id=collection, total=total, first=first))
        here = f"{first}&{urlencode({'max_id': before})}" if before is not None else first
        more = len(rows) > PAGE
        rows = rows[:PAGE]
        return document(
            ordered_collection_page(
                page_id=here,
                part_of=collection,
                total=total,
                items=[item for _, item in rows],
                next=f"{first}&max_id={rows[-1][0]}" if more else None,
            )
        )


# ── units of work ────────────────────────────────────────────────────────────────────────────


def _actor(tx: Transaction, uri: str) -> Actor:
    actor = actors.by_uri(tx, uri)
    if actor is None or not actor.local:
        raise NotFound("There is nobody of that name here.")
    return actor


def _living(tx: Transaction, uri: str) -> Actor:
    actor = _actor(tx, uri)
    if actor.gone or actor.suspended:
        raise NotFound("There is nobody of that name here.")
    return actor


def _actor_document(tx: Transaction, here: Here, uri: str) -> Document:
    actor = _actor(tx, uri)
    if actor.gone:
        return tombstone(object_id=uri, former_type=actor.type, deleted=actor.updated_at)
    return documents.local_actor(tx, here, actor)


def _page_of(
    tx: Transaction,
    uri: str,
    read: Page,
    count: Callable[[Transaction, int], int],
    before: int | None,
) -> tuple[int, list[tuple[int, Any]]]:
    actor = _living(tx, uri)
    return count(tx, actor.id), read(tx, actor.id, before)


def _outbox_page(tx: Transaction, actor_id: int, before: int | None) -> list[tuple[int, Any]]:
    rows = outbox.public_page(tx, actor_id, before=before, most=PAGE + 1)
    return [(row_id, orjson.Fragment(body)) for row_id, body in rows]


def _outbox_count(tx: Transaction, actor_id: int) -> int:
    return outbox.public_count(tx, actor_id)


def _followers_page(tx: Transaction, actor_id: int, before: int | None) -> list[tuple[int, Any]]:
    return list(follows.followers_page(tx, actor_id, before=before, most=PAGE + 1))


def _followers_count(tx: Transaction, actor_id: int) -> int:
    return follows.counts(tx, actor_id)[0]


def _following_page(tx: Transaction, actor_id: int, before: int | None) -> list[tuple[int, Any]]:
    return list(follows.following_page(tx, actor_id, before=before, most=PAGE + 1))


def _following_count(tx: Transaction, actor_id: int) -> int:
    return follows.counts(tx, actor_id)[1]


def _featured(tx: Transaction, uri: str) -> list[Any]:
    actor = _living(tx, uri)
    return [
        orjson.Fragment(status.document)
        for status in objects.pinned(tx, actor.id)
        if status.visibility.open
    ]


def _followers_of_server(tx: Transaction, uri: str, viewer_uri: str) -> list[str]:
    actor = _living(tx, uri)
    return follows.followers_at(tx, actor.id, origin_of(viewer_uri) + "/")


def _statements(tx: Transaction, here: Here) -> list[Document]:
    return [documents.key_statement(tx, here, key) for key in neighbours.met_keys(tx)]
