"""The day's letters, when their hour has come."""

from __future__ import annotations

import logging

from node.actions import mailing
from node.errors import Unavailable
from node.outbox.here import Here
from node.store import accounts, notifications
from node.store.engine import Store

log = logging.getLogger(__name__)

LONGEST_SLEEP_S = 600.0


async def run(store: Store, here: Here) -> None:
    """Until cancelled. Woken when something happened to somebody, and by the next hour."""
    bell = store.bell(notifications.BELL)
    while True:
        try:
            if await store.write(mailing.send_digests, here):
                continue
            due = await store.read(accounts.next_digest)
        except Unavailable as error:
            log.warning("the day's letters wait while the database is away: %s", error)
            due = None
        pause = LONGEST_SLEEP_S if due is None else due - here.clock.now()
        await bell.wait(min(max(pause, 0.05), LONGEST_SLEEP_S))
