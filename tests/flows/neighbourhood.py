"""What the tests of attacks between quartiers share: quartiers of others' making, which sign and
prove by code that is not the product's, and a node that is joined with some of them."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import h3
import orjson
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from node.actions.neighbours import answer_neighbour
from node.aid.neighbours import Event
from node.aid.proposals import Proposal
from node.social.statuses import Status
from node.store import neighbours, objects, proposals
from node.store.proposals import Listed
from node.store.tables import deliveries, journal
from node.store.transaction import Transaction
from tests.peers import documents
from tests.peers.documents import PUBLIC, Document, User
from tests.peers.keys import PeerKeys
from tests.peers.peer import Peer
from tests.peers.signing import prove
from tests.peers.verifying import Scheme
from tests.serving import Serving, serving

HERE = (45.774, 4.828)  # the node of tests/serving.py
BESIDE = (45.760, 4.834)
FAR = (48.853, 2.369)
SCHEMES: tuple[Scheme, ...] = ("cavage", "rfc9421-rsa", "rfc9421-ed25519")
CONTEXT: list[Any] = [
    "https://www.w3.org/ns/activitystreams",
    "https://w3id.org/security/data-integrity/v2",
    {
        "sec": "https://w3id.org/security#",
        "vf": "https://w3id.org/valueflows/ont/vf#",
        "om2": "http://www.ontology-of-units-of-measure.org/resource/om-2/",
        "schema": "http://schema.org/",
        "entraide": "https://w3id.org/entraide#",
        "Hashtag": "as:Hashtag",
        "publicKey": {"@id": "sec:publicKey", "@type": "@id"},
        "publicKeyPem": "sec:publicKeyPem",
        "owner": {"@id": "sec:owner", "@type": "@id"},
        "assertionMethod": {"@id": "sec:assertionMethod", "@type": "@id", "@container": "@set"},
        "Multikey": "sec:Multikey",
        "controller": {"@id": "sec:controller", "@type": "@id"},
        "publicKeyMultibase": {"@id": "sec:publicKeyMultibase", "@type": "sec:multibase"},
        "purpose": "vf:purpose",
        "publishes": "vf:publishes",
        "reciprocal": "vf:reciprocal",
        "Intent": "vf:Intent",
        "action": "vf:action",
        "resourceConformsTo": "vf:resourceConformsTo",
        "resourceQuantity": "vf:resourceQuantity",
        "availableQuantity": "vf:availableQuantity",
        "due": "vf:due",
        "finished": "vf:finished",
        "hasUnit": "om2:hasUnit",
        "hasNumericalValue": "om2:hasNumericalValue",
        "areaServed": "schema:areaServed",
        "urgency": "entraide:urgency",
        "territory": {"@id": "entraide:territory", "@container": "@set"},
    },
]


@functools.cache
def _rsa() -> PeerKeys:
    """Making an RSA key takes long; what is told apart here is told apart by Ed25519."""
    return PeerKeys.generate()


def around(place: tuple[float, float], rings: int = 4) -> list[str]:
    """A territory: H3 cells of resolution 9."""
    return sorted(h3.grid_disk(h3.latlng_to_cell(*place, 9), rings))


def iso(seconds: float) -> str:
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Quartier(Peer):
    """A node of somebody else's: a node actor, the Group, and people."""

    def __init__(
        self, *people: str, place: tuple[float, float] = BESIDE, cells: list[str] | None = None
    ) -> None:
        super().__init__("rfc9421-ed25519", users=("quartier", *people), reads=SCHEMES)
        self.cells = around(place) if cells is None else cells
        self.place = place
        self._made = 0

    def add_user(self, name: str, *, kind: str = "Person") -> User:
        kind = "Group" if name == "quartier" else kind
        keys = PeerKeys(_rsa().rsa, Ed25519PrivateKey.generate())
        user = self.users[name] = User(self.base, name, kind, keys=keys)
        self.serve(user)
        return user

    def serve(self, user: User) -> None:
        """Its document as it is now, proven by the node's key."""
        self.serves[user.path] = self.credential(user)

    def __getattr__(self, name: str) -> User:
        try:
            return self.users[name]
        except KeyError:
            raise AttributeError(name) from None

    @property
    def node(self) -> User:
        return self.users["instance"]

    # ── documents ────────────────────────────────────────────────────────────────────────────

    def credential(self, user: User, *, by: User | None = None, **more: Any) -> Document:
        document = documents.actor(user, with_multikey=True) | {"@context": CONTEXT}
        if user.kind == "Group":
            document["territory"] = self.cells
        return self.proven(document | more, by=by or self.users.get("instance") or user)

    def proven(self, document: Document, *, by: User, now: float | None = None) -> Document:
        now = time.time() if now is None else now
        bare = {name: value for name, value in document.items() if name != "proof"}
        return prove(bare, by.keys.ed25519, method=by.ed25519_key_id, now=now)

    def proposal(self, author: User, **more: Any) -> Document:
        """A public request for help, `wide`, that ends in a day."""
        self._made += 1
        uri = f"{self.base}/objects/{self._made}"
        return {
            "@context": CONTEXT,
            "id": uri,
            "type": "Note",
            "attributedTo": author.id,
            "to": [PUBLIC],
            "cc": [f"{author.id}/followers"],
            "published": iso(time.time() - 60),
            "endTime": iso(time.time() + 86_400),
            "url": uri,
            "name": "Courses pour une voisine",
            "content": "<p>Courses</p>",
            "contentMap": {"fr": "<p>Courses</p>"},
            "purpose": "request",
            "publishes": {
                "type": "Intent",
                "id": f"{uri}#primary",
                "action": "deliverService",
                "resourceConformsTo": "https://w3id.org/entraide/topic/care.groceries",
                "resourceQuantity": {"hasUnit": "one", "hasNumericalValue": "1"},
                "availableQuantity": {"hasUnit": "one", "hasNumericalValue": "1"},
                "finished": False,
            },
            "location": {
                "type": "Place",
                "name": "Croix-Rousse",
                "latitude": HERE[0],
                "longitude": HERE[1],
                "radius": 531,
                "units": "m",
            },
            "areaServed": {"type": "schema:GeoCircle", "schema:geoRadius": 5000},
            "urgency": "normal",
            "tag": [],
        } | more

    def activity(self, kind: str, author: User, thing: Any, **more: Any) -> Document:
        """Not yet proven."""
        self._made += 1
        if isinstance(thing, dict):
            thing = {name: value for name, value in thing.items() if name != "@context"}
        return {
            "@context": CONTEXT,
            "id": f"{self.base}/activities/{self._made}",
            "type": kind,
            "actor": author.id,
            "to": [PUBLIC],
            "published": iso(time.time()),
            "object": thing,
        } | more

    def create(self, author: User, note: Document, **more: Any) -> Document:
        return self.proven(self.activity("Create", author, note, **more), by=author)

    def update(self, author: User, note: Document, **changes: Any) -> Document:
        """Newer by a minute than what was published, if `changes` does not say when."""
        changed = note | {"updated": iso(time.time())} | changes
        return self.proven(self.activity("Update", author, changed), by=author)

    def delete(self, author: User, uri: str) -> Document:
        return self.proven(
            self.activity("Delete", author, {"id": uri, "type": "Tombstone"}), by=author
        )

    def publish_at_home(self, note: Document) -> Document:
        self.serves[note["id"].removeprefix(self.base)] = note
        return note

    def statement(self, about: Quartier, *, multibase: str | None = None, **more: Any) -> Document:
        """ "We have met that node, and this is its key." """
        node = about.node
        self._made += 1
        document = {
            "@context": CONTEXT,
            "id": f"{self.node.id}/neighbours#{self._made}",
            "type": "Relationship",
            "attributedTo": self.node.id,
            "published": iso(time.time()),
            "subject": self.node.id,
            "relationship": "http://purl.org/vocab/relationship/acquaintanceOf",
            "object": {
                "id": node.id,
                "type": "Application",
                "assertionMethod": [
                    {
                        "id": node.ed25519_key_id,
                        "type": "Multikey",
                        "controller": node.id,
                        "publicKeyMultibase": multibase or node.keys.multibase,
                    }
                ],
            },
        }
        return self.proven(document | more, by=self.node)

    # ── talking to the node ──────────────────────────────────────────────────────────────────

    async def say(self, node: Serving, activity: Document, *, by: User | None = None) -> int:
        answer = await self.post(f"{node.base}/inbox", activity, user=by or self.quartier)
        return answer.status

    async def pass_on(
        self,
        node: Serving,
        activity: Document,
        *attached: Document,
        by: User | None = None,
        **more: Any,
    ) -> None:
        """The Group announces somebody's activity, with what makes it believed."""
        group = by or self.quartier
        announce = {
            "@context": CONTEXT,
            "id": self.new_id(group, "announces"),
            "type": "Announce",
            "actor": group.id,
            "to": [f"{node.base}/quartier"],
            "object": activity,
            "attachment": list(attached),
        } | more
        status = await self.say(node, announce, by=group)
        assert status in (202, 400), status

    async def join(self, node: Serving) -> None:
        await self.follow(f"{node.base}/quartier", user=self.quartier)
        await until(lambda: state_of(node, self), "asked")
        await answer_neighbour(node.store, node.here, self.domain, Event.WE_ACCEPT)
        await until(lambda: state_of(node, self), "joined")
        await self.received(lambda one: one["type"] == "Follow")

    def was_told(self, uri: str) -> list[Document]:
        """The Announces by which it was passed an activity about an object."""
        return [
            one
            for one in self.activities
            if one["type"] == "Announce"
            and isinstance(one["object"], dict)
            and about(one["object"]) == uri
        ]


def about(activity: Document) -> Any:
    thing = activity.get("object")
    return thing.get("id") if isinstance(thing, dict) else thing


async def until(ask: Callable[[], Awaitable[Any]], wanted: Any, *, seconds: float = 25.0) -> None:
    """Wait until the answer is what is wanted."""
    end = time.monotonic() + seconds
    while (found := await ask()) != wanted:
        assert time.monotonic() < end, f"{found!r}, not {wanted!r}"
        await asyncio.sleep(0.02)


async def state_of(node: Serving, other: Quartier, *, group: User | None = None) -> str | None:
    """What is between the node and a quartier."""
    wanted = (group or other.quartier).id
    for row in await node.store.read(neighbours.every):
        if row.actor_uri == wanted:
            return row.state
    return None


@dataclass(frozen=True, slots=True)
class Town:
    """Our node in the middle; Presqu'île and Vaise are joined with it and may be hostile."""

    node: Serving
    presquile: Quartier
    vaise: Quartier

    async def line(self, uri: str, *, live_only: bool = True) -> Listed | None:
        """A proposal as people see it in the list; None when they do not."""
        found = await self.node.store.read(
            proposals.listed, now=time.time(), live_only=live_only, most=10_000
        )
        lines = [one for one in found if one.proposal.uri == uri]
        assert len(lines) < 2
        return lines[0] if lines else None

    async def shown(self, uri: str) -> bool:
        return await self.line(uri) is not None

    async def title(self, uri: str) -> str | None:
        line = await self.line(uri)
        return line.proposal.title if line else None

    async def voucher(self, uri: str) -> str | None:
        """Whose word it is; "" when it is confirmed, None when it is not shown."""
        line = await self.line(uri)
        return None if line is None else line.voucher or ""

    async def status(self, uri: str) -> Status | None:
        return await self.node.store.read(objects.by_uri, uri)

    async def stored(self, uri: str) -> Proposal | None:
        status = await self.status(uri)
        found = await self.node.store.read(proposals.by_id, status.id) if status else None
        return found.proposal if found else None

    async def settled(self) -> None:
        await self.node.settled(seconds=20)

    async def tried(self) -> None:
        """Everything that came was looked at, also what waits for a server that is silent: that
        twice, or for a second."""
        for _ in range(60):
            if not await self.node.store.read(_untried):
                return
            await asyncio.sleep(0.02)

    async def told(self, uri: str) -> int:
        """How often our quartier told its followers of an object."""
        outbox = await self.presquile.read_collection(
            f"{self.node.base}/quartier/outbox", user=self.presquile.quartier
        )
        return sum(one["type"] == "Announce" and one["object"] == uri for one in outbox.items)


def _untried(tx: Transaction) -> int:
    return sum(
        int(
            tx.scalar(
                sa.select(sa.func.count())
                .select_from(table)
                .where(table.c.state == "pending", table.c.attempts < 2)
            )
        )
        for table in (journal, deliveries)
    )


@contextlib.asynccontextmanager
async def town(database_url: str, directory: Path, **tables: Any) -> AsyncIterator[Town]:
    async with (
        serving(database_url, directory, **tables) as node,
        Quartier("nadia") as presquile,
        Quartier("viviane", place=(45.778, 4.805)) as vaise,
    ):
        await presquile.join(node)
        await vaise.join(node)
        await node.settled()
        yield Town(node, presquile, vaise)


@contextlib.asynccontextmanager
async def origin_of(author: str = "amina", **more: Any) -> AsyncIterator[tuple[Quartier, User]]:
    """A node that nobody here has met, and somebody who writes there."""
    async with Quartier(author, **more) as origin:
        yield origin, origin.users[author]


def size(document: Document) -> int:
    return len(orjson.dumps(document))
