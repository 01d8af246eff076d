"""Nodes without a network: what each writes to be sent lies in a heap, and a test decides what
arrives where, when, in which order and how often. The activities are the real ones, parsed and
handled as at the door; only sockets and signatures are left out.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import orjson
import sqlalchemy as sa

from node.actions.accounts import create_account, prepare_account
from node.actions.keeping import store_object
from node.actions.meeting import put_actor
from node.actions.proposals import publish_proposal
from node.activitypub.documents import ObjectDocument, parse_activity, parse_actor, parse_object
from node.activitypub.rejected import Rejected
from node.aid.drafts import check_draft
from node.app import Node, opened
from node.inbox import dispatch
from node.inbox.received import Found, Inner, Received
from node.outbox.documents import local_actor
from node.social.accounts import Actor
from node.store import actors, journal, neighbours, proposals
from node.store.tables import deliveries, outbox
from node.store.transaction import Transaction
from tests.serving import PASSWORD, settings_for


@dataclass(frozen=True, slots=True)
class Letter:
    """An activity on its way to one inbox."""

    number: int
    to: str
    """Name of the node."""
    body: bytes

    @property
    def activity(self) -> dict[str, Any]:
        document: dict[str, Any] = orjson.loads(self.body)
        return document

    @property
    def says(self) -> str:
        return f"{self.activity['type']} → {self.to}"


@dataclass
class Place:
    """A node."""

    name: str
    node: Node
    people: dict[str, Actor] = field(default_factory=dict)

    @property
    def base(self) -> str:
        return self.node.settings.base_url

    async def write(self, unit: Any, *args: Any, **keywords: Any) -> Any:
        return await self.node.store.write(unit, self.node.here, *args, **keywords)

    async def read(self, unit: Any, *args: Any, **keywords: Any) -> Any:
        return await self.node.store.read(unit, *args, **keywords)


class World:
    """Several nodes whose quartiers are joined, and the heap of letters between them."""

    def __init__(self) -> None:
        self.places: dict[str, Place] = {}
        self.heap: list[Letter] = []
        self._taken = 0

    def __getitem__(self, name: str) -> Place:
        return self.places[name]

    # ── making ───────────────────────────────────────────────────────────────────────────────

    async def add_person(self, place: str, name: str) -> Actor:
        where = self.places[place]
        new = prepare_account(
            username=name,
            email=f"{name}@example.org",
            password=PASSWORD,
            kind="resident",
            role="member",
            display_name=name.capitalize(),
        )
        person: Actor = await where.write(create_account, new)
        where.people[name] = person
        await self._introduce(where, person)
        return person

    async def join_all(self) -> None:
        """Every quartier knows every other one, and is joined with it."""
        for place in self.places.values():
            for actor in (place.node.here.node, place.node.here.quartier):
                await self._introduce(place, actor)
        for place in self.places.values():
            for other in self.places.values():
                if other is not place:
                    await place.node.store.write(_joined, other.node.here.quartier.uri)

    async def _introduce(self, home: Place, actor: Actor) -> None:
        document = orjson.dumps(await home.node.store.read(local_actor, home.node.here, actor))
        parsed = parse_actor(orjson.loads(document))
        assert not isinstance(parsed, Rejected)
        for other in self.places.values():
            if other is not home:
                now = other.node.here.clock.now()
                await other.node.store.write(put_actor, parsed, document.decode(), now=now)

    async def publish(self, place: str, author: str, **fields: object) -> str:
        """A proposal that every node shows already; its id."""
        home = self.places[place]
        draft = check_draft(
            {
                "author": author,
                "purpose": "request",
                "topic": "care.groceries",
                "title": "Courses pour une voisine",
                "reach": "wide",
                "reach_m": 20_000,
                **fields,
            }
        )
        made = await home.write(publish_proposal, home.people[author], draft)
        await self.collect()
        self.heap = [letter for letter in self.heap if letter.activity["type"] != "Announce"]
        stored = await home.read(proposals.by_id, made.id)
        for other in self.places.values():
            if other is not home:
                await other.node.store.write(
                    _shown, home.people[author].uri, stored.create_activity
                )
        uri: str = made.uri
        return uri

    # ── letters ──────────────────────────────────────────────────────────────────────────────

    async def collect(self) -> None:
        """What the nodes wrote meanwhile joins the heap."""
        for place in self.places.values():
            for to, body in await place.node.store.write(_taken_out):
                for other in self.places.values():
                    if to.startswith(other.base + "/"):
                        self._taken += 1
                        self.heap.append(Letter(self._taken, other.name, body))

    async def deliver(self, letter: Letter, *, keep: bool = False) -> None:
        """It arrives; with `keep` it will arrive again."""
        if not keep:
            self.heap.remove(letter)
        place = self.places[letter.to]
        await place.node.store.write(_arrives, place.node.here, letter.body)
        await self.collect()

    async def deliver_all(self, *, most: int = 500) -> None:
        """Until nothing is on its way any more, in the order in which it was sent."""
        for _ in range(most):
            if not self.heap:
                return
            await self.deliver(self.heap[0])
        raise AssertionError(f"{len(self.heap)} letters after {most}: they never end")


@contextlib.asynccontextmanager
async def world(directory: Path, *names: str) -> AsyncIterator[World]:
    """Nodes side by side, in SQLite files of their own."""
    made = World()
    async with contextlib.AsyncExitStack() as stack:
        for index, name in enumerate(names):
            where = directory / name
            where.mkdir()
            settings = settings_for(
                f"sqlite:///{where / 'entraide.sqlite3'}",
                where,
                9001 + index,  # nothing listens: a name, no more
                node={"name": name, "latitude": 45.774 - 0.012 * index, "longitude": 4.828},
            )
            node = await stack.enter_async_context(opened(settings))
            made.places[name] = Place(name, node)
        await made.join_all()
        yield made


# ── units of work ────────────────────────────────────────────────────────────────────────────


def _joined(tx: Transaction, group_uri: str) -> None:
    group = actors.by_uri(tx, group_uri)
    assert group is not None
    neighbours.put(
        tx,
        actor_id=group.id,
        domain=group.domain,
        state="joined",
        territory=group.territory or "",
        follow_uri=f"{group_uri}#follow",
        now=0.0,
    )


def _shown(tx: Transaction, author_uri: str, create_activity: str) -> None:
    note = orjson.loads(create_activity)["object"]
    parsed = parse_object(note)
    author = actors.by_uri(tx, author_uri)
    assert isinstance(parsed, ObjectDocument)
    assert author is not None
    status = store_object(
        tx,
        parsed,
        author,
        orjson.dumps(note).decode(),
        now=parsed.published or 0.0,
        create_activity=create_activity,
        shown=True,
    )
    assert status is not None


def _taken_out(tx: Transaction) -> list[tuple[str, bytes]]:
    rows = tx.all(
        sa.select(deliveries.c.id, deliveries.c.inbox, outbox.c.body)
        .join(outbox, outbox.c.id == deliveries.c.outbox_id)
        .order_by(deliveries.c.id)
    )
    for row in rows:
        tx.execute(sa.delete(deliveries).where(deliveries.c.id == row.id))
    return [
        (row.inbox, row.body.encode() if isinstance(row.body, str) else bytes(row.body))
        for row in rows
    ]


def _arrives(tx: Transaction, here: Any, body: bytes) -> None:
    """As at the door: once for each body, and handled by the one table of handlers."""
    document = orjson.loads(body)
    activity = parse_activity(document)
    assert not isinstance(activity, Rejected), activity
    actor = actors.by_uri(tx, activity.actor)
    assert actor is not None, f"nobody knows {activity.actor}"
    if journal.seen(tx, body.hex()[:200] + str(hash(body))):
        return
    received = Received(actor=actor, raw=document, now=here.clock.now(), text=body.decode())
    inside = document.get("object")
    if document["type"] == "Announce" and isinstance(inside, dict):
        inner = parse_activity(inside)
        assert not isinstance(inner, Rejected)
        author = actors.by_uri(tx, inner.actor)
        assert author is not None
        text = orjson.dumps(inside).decode()
        found = Found(inner=Inner(inner, author, inside, text, None))
        received = replace(received, found=found)
    dispatch.apply(tx, here, activity, received)
    journal.remember(
        tx,
        activity_uri=body.hex()[:200] + str(hash(body)),
        actor_uri=actor.uri,
        now=here.clock.now(),
    )
