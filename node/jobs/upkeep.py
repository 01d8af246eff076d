"""What time brings about: expiry to the second, reminders, and the store's own housekeeping."""

from __future__ import annotations

import asyncio
import logging

from node.actions.renewal import expire_proposals, remind, reopen_proposals
from node.errors import Unavailable
from node.outbox.here import Here
from node.store import feed, journal, proposals, web_sessions
from node.store.engine import Store

log = logging.getLogger(__name__)

LONGEST_SLEEP_S = 60.0  # a proposal may be published meanwhile that ends sooner
UNITS = (expire_proposals, reopen_proposals, remind)
"""Each in batches, until there is no more to do."""
HOUSEKEEPING_S = 600.0
BODIES_KEPT_S = 7 * 86_400.0


async def expire(store: Store, here: Here) -> None:
    """Until cancelled: end what is over when it is over, open what opens again, and tell authors
    of ends that come near."""
    while True:
        try:
            did = [await store.write(unit, here) for unit in UNITS]
            at = 0.0 if any(did) else await store.read(proposals.next_moment)
        except Unavailable as error:
            log.warning("nothing expires while the database is away: %s", error)
            at = None
        pause = LONGEST_SLEEP_S if at is None else at - here.clock.now()
        await asyncio.sleep(min(max(pause, 0.05), LONGEST_SLEEP_S))


async def keep_house(store: Store, here: Here) -> None:
    """Until cancelled: planner statistics, the write-ahead log, bytes no longer needed."""
    while True:
        await asyncio.sleep(HOUSEKEEPING_S)
        try:
            await store.maintain()
            await store.write(feed.trim)
            now = here.clock.now()
            await store.write(journal.drop_old_bodies, before=now - BODIES_KEPT_S)
            await store.write(web_sessions.forget, before=now - web_sessions.LASTS_S)
        except Unavailable as error:
            log.warning("housekeeping waits: %s", error)
