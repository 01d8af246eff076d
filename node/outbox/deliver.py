"""One delivery: the parcel, the signature that its host reads, the post, and what came back."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from typing import Literal, Protocol

from node.activitypub.addresses import Addresses
from node.activitypub.signatures import Digests, Scheme, body_digests, sign_request
from node.clock import Clock
from node.outbox import synchronisation
from node.outbox.hosts import HostBook
from node.outbox.keyring import ActorKeys, Keyring
from node.store import actors, outbox
from node.store.engine import Store
from node.store.outbox import Delivery
from node.store.transaction import Transaction
from node.transport.post import Poster, PostResult

PARCELS_KEPT = 64


@dataclass(frozen=True, slots=True)
class Outcome:
    status: int | None
    retry_after: float | None
    error: str
    scheme: Scheme | None = None
    """The scheme that worked, when one did."""
    refused_scheme: Scheme | None = None
    """The scheme that was answered 401 before that."""
    state: Literal["tried", "untried", "failed-here", "void"] = "tried"
    """Whether the host was asked at all; failed by our own fault; nothing is left to be said."""

    @classmethod
    def untried(cls, why: str = "not tried yet") -> Outcome:
        return cls(None, None, why, state="untried")

    @classmethod
    def failed_here(cls, why: str) -> Outcome:
        return cls(None, None, why, state="failed-here")

    @classmethod
    def void(cls) -> Outcome:
        return cls(None, None, "the activity is gone", state="void")


class Deliver(Protocol):
    async def __call__(self, delivery: Delivery) -> Outcome: ...


@dataclass(frozen=True, slots=True)
class _Ready:
    """A parcel with all that is the same for every host."""

    body: bytes
    digests: Digests
    keys: ActorKeys
    followers_uri: str | None
    sync_url: str
    """Where FEP-8fcf's partial collection is."""
    sync: dict[str, str] | None
    """Origin → FEP-8fcf digest of the followers there; None when it is not for followers."""


class HttpDelivery:
    """Posts deliveries, with the signature that each host is known to read."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        keyring: Keyring,
        hosts: HostBook,
        poster: Poster,
        addresses: Addresses,
    ) -> None:
        self._store = store
        self._clock = clock
        self._keyring = keyring
        self._hosts = hosts
        self._poster = poster
        self._addresses = addresses
        self._ready: OrderedDict[int, asyncio.Task[_Ready | None]] = OrderedDict()

    async def __call__(self, delivery: Delivery) -> Outcome:
        ready = await self._parcel(delivery.outbox_id)
        if ready is None:
            return Outcome.void()
        first = self._hosts.scheme_for(delivery.host)
        result = await self._post(delivery, ready, first)
        if result.status == 401:
            # It may read only the other of the two; try it once, and remember what worked.
            second: Scheme = "rfc9421-rsa" if first == "cavage-rsa" else "cavage-rsa"
            again = await self._post(delivery, ready, second)
            if again.status is not None and again.status != 401:
                return _outcome(again, second, refused=first)
        return _outcome(result, first)

    async def _parcel(self, outbox_id: int) -> _Ready | None:
        """What is prepared once per activity, though a thousand deliveries ask at once."""
        task = self._ready.get(outbox_id)
        if task is None:
            task = asyncio.create_task(self._store.read(self._prepare, outbox_id))
            self._ready[outbox_id] = task
            if len(self._ready) > PARCELS_KEPT:
                self._ready.popitem(last=False)
        try:
            return await asyncio.shield(task)
        except BaseException:
            if task.done():  # it failed: the next try asks anew
                self._ready.pop(outbox_id, None)
            raise

    def _prepare(self, tx: Transaction, outbox_id: int) -> _Ready | None:
        parcel = outbox.parcel(tx, outbox_id)
        if parcel is None:
            return None
        sender = actors.by_id(tx, parcel.actor_id)
        if sender is None:
            return None
        return _Ready(
            body=parcel.body,
            digests=body_digests(parcel.body),
            keys=self._keyring.of(tx, parcel.actor_id),
            followers_uri=sender.followers_uri,
            sync_url=self._addresses.followers_synchronization(sender.uri),
            sync=synchronisation.digests(tx, parcel.actor_id) if parcel.sync else None,
        )

    async def _post(self, delivery: Delivery, ready: _Ready, scheme: Scheme) -> PostResult:
        extra = None
        if ready.sync is not None and ready.followers_uri is not None:
            extra = synchronisation.header(
                ready.followers_uri, ready.sync_url, delivery.inbox, ready.sync
            )
        try:
            headers = sign_request(
                ready.keys.ed25519 if scheme == "rfc9421-ed25519" else ready.keys.rsa,
                scheme,
                method="POST",
                url=delivery.inbox,
                body=ready.body,
                now=self._clock.now(),
                extra=extra,
                digest=ready.digests,
            )
        except ValueError as error:
            return PostResult(400, None, f"no address to post to: {error}")
        return await self._poster.post(delivery.inbox, ready.body, headers)


def _outcome(result: PostResult, scheme: Scheme, *, refused: Scheme | None = None) -> Outcome:
    worked = result.status is not None and 200 <= result.status < 300
    return Outcome(
        result.status,
        result.retry_after,
        result.error,
        scheme if worked else None,
        refused if worked else None,
    )
