"""Asks origins about what we believe by a neighbour's word alone, until they answer.

What the origin says counts: it is confirmed, brought up to date, or withdrawn.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace

from node.actions import passing
from node.actions.keeping import update_object
from node.actions.remote import FetchedObject, Remote
from node.activitypub.readers import origin
from node.aid.lifecycle import State
from node.aid.wire import ReadProposal, from_note
from node.clock import Clock
from node.errors import FetchError, FetchGone, FetchRefused, NotFound, Unavailable
from node.outbox.here import Here
from node.outbox.schedule import pause_after
from node.social.statuses import Status
from node.store import neighbours, objects, proposals
from node.store.engine import Store
from node.store.transaction import Transaction

log = logging.getLogger(__name__)

AT_ONCE = 20  # origins
MOST = 500
LONGEST_SLEEP_S = 60.0  # should a bell ever fail


class Confirmer:
    def __init__(
        self, *, store: Store, here: Here, remote: Remote, clock: Clock, scale: float
    ) -> None:
        self._store = store
        self._here = here
        self._remote = remote
        self._clock = clock
        self._scale = scale

    async def run(self) -> None:
        """Until cancelled."""
        bell = self._store.bell(neighbours.BELL_UNCONFIRMED)
        while True:
            try:
                due = await self._store.read(
                    neighbours.to_confirm, now=self._clock.now(), most=MOST
                )
                await self._ask_all(due)
                if due:
                    continue
                at = await self._store.read(neighbours.next_to_confirm)
            except Unavailable as error:
                log.warning("nothing can be confirmed now: %s", error)
                await asyncio.sleep(1.0)
                continue
            pause = LONGEST_SLEEP_S if at is None else max(at - self._clock.now(), 0.01)
            await bell.wait(min(pause, LONGEST_SLEEP_S))

    async def _ask_all(self, due: Sequence[tuple[int, int]]) -> None:
        """Every origin beside the others, and each one thing after the other: of one that does
        not answer no more is asked in this round."""
        origins: dict[str, list[tuple[Status, int]]] = {}
        for object_id, tries in due:
            status = await self._store.read(objects.by_id, object_id)
            if status is None:
                await self._store.write(neighbours.confirm, object_id)
            else:
                origins.setdefault(origin(status.uri) or "", []).append((status, tries))
        places = asyncio.Semaphore(AT_ONCE)
        await asyncio.gather(*(self._ask_one(asked, places) for asked in origins.values()))

    async def _ask_one(self, asked: list[tuple[Status, int]], places: asyncio.Semaphore) -> None:
        async with places:
            silent: Exception | None = None
            for status, tries in asked:
                if silent is None:
                    silent = await self._ask(status, tries)
                else:
                    await self._later(status, tries, silent)

    async def _ask(self, status: Status, tries: int) -> Exception | None:
        """The error when the origin does not answer; None when it said one thing or another."""
        object_id = status.id
        now = self._clock.now()
        try:
            # The author first: what we have of it came by the same word.
            author = await self._remote.actor_from_origin(status.uri, status.author_id)
        except FetchGone:
            await self._store.write(_withdraw, self._here, object_id)
            return None
        except (FetchError, NotFound) as error:
            await self._later(status, tries, error)
            return error
        try:
            fetched = await self._remote.object(status.uri)
        except (FetchGone, FetchRefused):
            # Its node answers, knows the author, and does not own up to this.
            await self._store.write(_withdraw, self._here, object_id)
        except (FetchError, NotFound) as error:
            await self._later(status, tries, error)
            return error
        else:
            same = fetched.document.id == status.uri and fetched.author.id == author.id
            if same and _is_public_proposal(fetched, now):
                await self._store.write(_confirm, self._here, object_id, fetched, now)
            else:
                await self._store.write(_withdraw, self._here, object_id)
        return None

    async def _later(self, status: Status, tries: int, error: Exception) -> None:
        log.info("%s is still unconfirmed: %s", status.uri, error)
        pause = pause_after(tries + 1, scale=self._scale)
        await self._store.write(neighbours.ask_again, status.id, next_at=self._clock.now() + pause)


def _is_public_proposal(fetched: FetchedObject, now: float) -> bool:
    read = from_note(fetched.document.document, now=now)
    return isinstance(read, ReadProposal) and read.public


def _confirm(
    tx: Transaction, here: Here, object_id: int, fetched: FetchedObject, now: float
) -> None:
    status = objects.by_id(tx, object_id)
    stored = proposals.by_id(tx, object_id)
    if status is None or stored is None:
        return
    neighbours.confirm(tx, object_id)
    if status.document != fetched.text or stored.proposal.state is State.WITHDRAWN:
        # Not edited, if the origin does not say so: an edit still under way would come too late.
        document = fetched.document
        document = replace(document, updated=document.updated or status.published)
        update_object(tx, status, document, fetched.author, fetched.text, now=now)
        stored = proposals.by_id(tx, object_id) or stored
    if stored.shown and not passing.reaches_us(tx, here, stored.proposal):
        passing.unlist(tx, here, stored.proposal)


def _withdraw(tx: Transaction, here: Here, object_id: int) -> None:
    status = objects.by_id(tx, object_id)
    if status is None:
        return
    log.warning("%s is withdrawn: its origin does not have it", status.uri)
    passing.retract(tx, here, status.id, status.uri)
    objects.delete(tx, status, by=status.uri, now=here.clock.now())
