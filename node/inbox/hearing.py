"""What is learned from the mere fact that a server wrote to us: it is well, it signs so, its
followers collection has that digest; and whether we listen to it at all."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from node.inbox.synchronise import Synchroniser
from node.inbox.verify import Verified
from node.moderation.policy import Blocklist, Refuse, judge
from node.outbox.here import Here
from node.outbox.hosts import HostBook
from node.social.accounts import Actor
from node.store import moderation, outbox
from node.store.engine import Store

log = logging.getLogger(__name__)


class Hearing:
    def __init__(
        self, *, store: Store, here: Here, hosts: HostBook, synchroniser: Synchroniser
    ) -> None:
        self._store = store
        self._here = here
        self._hosts = hosts
        self._synchroniser = synchroniser
        self._blocks = Blocklist()
        self._tasks: set[asyncio.Task[None]] = set()

    async def watch_policy(self) -> None:
        """Until cancelled: keep the list of blocked servers as the store has it."""
        bell = self._store.bell(moderation.BELL)
        while True:
            self._blocks = Blocklist(await self._store.read(moderation.domain_block_list))
            await bell.wait(None)

    def judge(self, sender: Actor) -> str | None:
        """Why nothing is taken from this actor, or None."""
        verdict = judge(sender.domain, sender.uri, self._blocks, suspended=sender.suspended)
        return verdict.reason if isinstance(verdict, Refuse) else None

    def heard(self, verified: Verified) -> None:
        host = verified.host
        if self._hosts.well(host):
            self._later(self._store.write(outbox.revive_host, host, now=self._here.clock.now()))
        if self._hosts.learned_scheme(host, verified.scheme):
            self._later(
                self._store.write(
                    outbox.remember_host,
                    host,
                    scheme=verified.scheme,
                    seen_at=self._here.clock.now(),
                )
            )
        if verified.synchronisation is not None:
            self._later(self._synchroniser.compare(verified.signer.actor, verified.synchronisation))

    def _later(self, work: Coroutine[Any, Any, Any]) -> None:
        async def guarded() -> None:
            try:
                await work
            except Exception as error:
                log.warning("what a server's word taught was not kept: %s", error)

        task = asyncio.create_task(guarded())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
