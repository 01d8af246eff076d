"""What is between us and our neighbours in the course of time: what waited for their next hour is
offered, and they are looked up once a day, since keys and territories change."""

from __future__ import annotations

import asyncio
import logging

from node.actions import passing
from node.actions.remote import Remote
from node.errors import FetchError, NotFound, Unavailable
from node.outbox.here import Here
from node.store import neighbours
from node.store.engine import Store

log = logging.getLogger(__name__)

LONGEST_SLEEP_S = 60.0
BETWEEN_S = 1.0
"""What a neighbour says may ring often; it is listened to no more often than this."""
DAY_S = 86_400.0
HOUR_S = 3_600.0
LOOKED_UP_MOST = 200


async def offer(store: Store, here: Here) -> None:
    """Until cancelled."""
    bell = store.bell(neighbours.BELL_WAITS)
    while True:
        try:
            await store.write(passing.offer_what_waited, here)
        except Unavailable as error:
            log.warning("nothing can be offered now: %s", error)
        await asyncio.sleep(BETWEEN_S)
        await bell.wait(LONGEST_SLEEP_S)


async def look_up(store: Store, here: Here, remote: Remote) -> None:
    """Until cancelled: whoever was not looked up for a day is, an hour after the last try."""
    while True:
        try:
            before = here.clock.now() - DAY_S
            due = await store.read(neighbours.not_seen, before=before, most=LOOKED_UP_MOST)
            for uri in due:
                await _look_up(remote, uri)
        except Unavailable as error:
            log.warning("neighbours cannot be looked up now: %s", error)
        await asyncio.sleep(HOUR_S)


async def _look_up(remote: Remote, uri: str) -> None:
    try:
        await remote.actor(uri, fresh=True)
        await remote.meet_node(uri)
    except (FetchError, NotFound) as error:
        log.info("the neighbour %s does not answer: %s", uri, error)
