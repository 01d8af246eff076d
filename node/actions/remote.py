"""Getting to know others: their actors, keys and objects, from the store or from their origin.

Everything here runs outside transactions. What is fetched is believed because it came from the
origin of its id (FEP-fe34), which `transport` sees to.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from node.actions.departing import depart
from node.actions.meeting import is_met, load_key, put_fetched, remember_met
from node.activitypub.documents import (
    ObjectDocument,
    Tombstone,
    parse_actor,
    parse_object,
)
from node.activitypub.intents import Whereabouts
from node.activitypub.keys import PublicKey
from node.activitypub.readers import one_id, origin, same_origin
from node.activitypub.rejected import Rejected
from node.errors import FetchGone, FetchRefused, NotFound
from node.outbox.here import Here, host_of
from node.social.accounts import Actor
from node.store import actors, moderation
from node.store.engine import Store
from node.store.transaction import Transaction
from node.transport.discovery import Discovery
from node.transport.documents import Documents, RemoteDocument

SIGNERS_KEPT = 10_000
SIGNER_S = 300.0  # another process may have changed the key
KEY_REFETCH_S = 300.0
ACTOR_STALE_S = 7 * 86_400.0


@dataclass(frozen=True, slots=True)
class Signer:
    """A key and the actor whose key it is."""

    key: PublicKey
    actor: Actor
    known_at: float


@dataclass(frozen=True, slots=True)
class FetchedObject:
    """An object as its origin tells it, and who wrote it."""

    document: ObjectDocument
    text: str
    raw: dict[str, Any]
    author: Actor


class Remote:
    def __init__(
        self,
        *,
        store: Store,
        here: Here,
        documents: Documents,
        discovery: Discovery,
    ) -> None:
        self._store = store
        self._here = here
        self._clock = here.clock
        self._documents = documents
        self._discovery = discovery
        self._signers: OrderedDict[str, Signer] = OrderedDict()
        self._refetched: OrderedDict[str, float] = OrderedDict()
        self._without: OrderedDict[str, float] = OrderedDict()
        store.subscribe(self._forget_changed)

    # ── whom we do not read ──────────────────────────────────────────────────────────────────

    async def is_blocked(self, uri: str) -> bool:
        """Whether the server of an IRI is one that this node wants nothing from."""
        host = host_of(uri)
        blocks = await self._store.read(moderation.blocks_covering, [host])
        return blocks.suspends(host)

    async def _refuse_blocked(self, uri: str) -> None:
        if await self.is_blocked(uri):
            raise FetchRefused(f"the server of {uri} is blocked here")

    # ── keys ─────────────────────────────────────────────────────────────────────────────────

    async def signer(self, key_id: str) -> Signer:
        """The key and its actor; raises FetchError when neither we nor its origin has it."""
        known = self._signers.get(key_id)
        if known is not None and self._clock.now() - known.known_at < SIGNER_S:
            return known
        found = await self._store.read(_stored_signer, key_id, self._clock.now())
        if found is None:
            found = await self._unknown_signer(key_id)
        self._keep(key_id, found)
        return found

    async def _unknown_signer(self, key_id: str) -> Signer:
        """Asks the key's origin. Where a document was and the key was not in it, nobody is asked
        again so soon: a forger has as many fragments as he likes."""
        address, now = key_id.split("#", 1)[0], self._clock.now()
        if now - self._without.get(address, float("-inf")) < KEY_REFETCH_S:
            raise FetchRefused(f"{key_id} was not at its address a while ago")
        try:
            await self._fetch_key(key_id)
            found = await self._store.read(_stored_signer, key_id, now)
            if found is None:
                raise FetchRefused(f"{key_id} is not a key of the actor that it names")
        except FetchRefused:
            self._without[address] = now
            self._without.move_to_end(address)
            if len(self._without) > SIGNERS_KEPT:
                self._without.popitem(last=False)
            raise
        return found

    async def renewed_signer(self, key_id: str) -> Signer | None:
        """The key, asked of its origin once more; None when that was done lately."""
        now = self._clock.now()
        if now - self._refetched.get(key_id, float("-inf")) < KEY_REFETCH_S:
            return None
        self._remember_refetch(key_id, now)
        await self._fetch_key(key_id)
        found = await self._store.read(_stored_signer, key_id, now)
        if found is not None:
            self._keep(key_id, found)
        return found

    def _remember_refetch(self, asked: str, now: float) -> None:
        self._refetched[asked] = now
        self._refetched.move_to_end(asked)
        if len(self._refetched) > SIGNERS_KEPT:
            self._refetched.popitem(last=False)

    def _keep(self, key_id: str, signer: Signer) -> None:
        self._signers[key_id] = signer
        self._signers.move_to_end(key_id)
        if len(self._signers) > SIGNERS_KEPT:
            self._signers.popitem(last=False)

    def _forget_changed(self, event: object) -> None:
        if isinstance(event, actors.ActorWritten):
            stale = [k for k, s in self._signers.items() if s.actor.id == event.actor_id]
            for key_id in stale:
                del self._signers[key_id]

    async def _fetch_key(self, key_id: str) -> None:
        """Fetch the actor that a key id leads to: itself, or the owner that the key names."""
        document = await self._documents.fetch(key_id.split("#", 1)[0])
        owner = one_id(document.normalised.get("owner")) or one_id(
            document.normalised.get("controller")
        )
        if "inbox" not in document.normalised and owner is not None:
            if not same_origin(owner, key_id):
                raise FetchRefused(f"the key {key_id} names an owner elsewhere")
            document = await self._documents.fetch(owner)
        await self._store_actor(document)

    # ── actors ───────────────────────────────────────────────────────────────────────────────

    async def actor(self, uri: str, *, fresh: bool = False) -> Actor:
        """An actor, known or fetched; raises FetchError. `fresh` asks its origin in any case."""
        known = await self._store.read(actors.by_uri, uri)
        if known is not None and (known.local or known.gone):
            return known
        if known is not None and not fresh:
            fetched = await self._store.read(actors.fetched_at, uri)
            if fetched is not None and self._clock.now() - fetched < ACTOR_STALE_S:
                return known
        if self._here.is_ours(uri):
            raise NotFound(f"{uri} is not an actor of this node")
        await self._refuse_blocked(uri)
        try:
            document = await self._documents.fetch(uri, fresh=fresh)
        except FetchGone as error:
            if known is not None and error.http_status == 410:
                await self._store.write(depart, self._here, known)
            raise
        return await self._store_actor(document)

    async def _store_actor(self, document: RemoteDocument) -> Actor:
        parsed = parse_actor(document.normalised)
        if isinstance(parsed, Rejected):
            raise FetchRefused(f"{document.id} is not an actor that can be read: {parsed.reason}")
        return await self._store.write(
            put_fetched, parsed, document.body.decode(), now=self._clock.now()
        )

    async def quartier_at(self, address: str) -> Actor:
        """The quartier Group at a URL, a domain or an address; its node's key is remembered."""
        uri = await self._discovery.quartier(address)
        group = await self.actor(uri, fresh=not self._here.is_ours(uri))
        if group.type != "Group":
            raise FetchRefused(f"{uri} is a {group.type}, not the Group of a quartier")
        if not group.local:
            await self.meet_node(group.uri)
        return group

    async def by_handle(self, name: str, domain: str) -> Actor:
        """``@name@domain`` as its server tells who that is; Invalid or a FetchError else."""
        await self._refuse_blocked(f"https://{domain}/")
        return await self.actor(await self._discovery.webfinger(name, domain))

    async def interaction(self, where: Whereabouts, uri: str) -> str | None:
        """The page of somebody's own server at which they go on with an object; None where it has
        none. Raises Invalid or a FetchError."""
        await self._refuse_blocked(f"https://{where.domain}/")
        return await self._discovery.interaction(where, uri)

    async def renew_node(self, uri: str) -> bool:
        """A proof by the key that we know of a node failed: ask the node once more. False when
        that was done lately, and for a node that we never met."""
        where, now = origin(uri) or "", self._clock.now()
        met = await self._store.read(is_met, where)
        if not met or now - self._refetched.get(where, float("-inf")) < KEY_REFETCH_S:
            return False
        self._remember_refetch(where, now)
        await self.meet_node(uri)
        return True

    async def meet_node(self, uri: str) -> None:
        """Learn the node key of an actor's node from the node itself."""
        node_uri = f"{origin(uri)}/actor"
        node = await self.actor(node_uri, fresh=True)
        await self._store.write(remember_met, node, now=self._clock.now())

    async def actor_from_origin(self, object_uri: str, actor_id: int) -> Actor:
        """The author of a stored object, as its own node tells it now."""
        known = await self._store.read(actors.by_id, actor_id)
        if known is None:
            raise NotFound(f"the author of {object_uri} is not known")
        return await self.actor(known.uri, fresh=True)

    async def document(self, uri: str) -> dict[str, Any]:
        """Anything at an address, normalised; raises FetchError."""
        await self._refuse_blocked(uri)
        return (await self._documents.fetch(uri, fresh=True)).normalised

    # ── objects ──────────────────────────────────────────────────────────────────────────────

    async def object(self, uri: str) -> FetchedObject:
        """An object from its origin; FetchGone when the origin says that it is no more."""
        await self._refuse_blocked(uri)
        return await self._object(await self._documents.fetch(uri, fresh=True))

    async def at(self, url: str) -> Actor | FetchedObject:
        """Whatever somebody's link leads to; its page serves as well as its id."""
        await self._refuse_blocked(url)
        document = await self._documents.fetch(url)
        if "inbox" in document.normalised:
            return await self._store_actor(document)
        return await self._object(document)

    async def _object(self, document: RemoteDocument) -> FetchedObject:
        uri = document.id
        parsed = parse_object(document.normalised)
        if isinstance(parsed, Tombstone):
            raise FetchGone(f"{uri} is a Tombstone", http_status=410)
        if isinstance(parsed, Rejected):
            raise FetchRefused(f"{uri} cannot be read: {parsed.reason}")
        if parsed.attributed_to is None or not same_origin(parsed.attributed_to, parsed.id):
            raise FetchRefused(f"{uri} is attributed to somebody elsewhere")
        author = await self.actor(parsed.attributed_to)
        return FetchedObject(parsed, document.body.decode(), document.parsed, author)


# ── units of work ────────────────────────────────────────────────────────────────────────────


def _stored_signer(tx: Transaction, key_id: str, now: float) -> Signer | None:
    row = actors.key_by_id(tx, key_id)
    if row is None:
        return None
    actor = actors.by_id(tx, row.actor_id)
    if actor is None or actor.gone or actor.local:
        return None
    if actors.fetched_at(tx, actor.uri) is None:
        return None  # a neighbour's word is all we have: enough for a proposal, not for a request
    key = load_key(row, actor.uri)
    return None if isinstance(key, Rejected) else Signer(key, actor, now)
