"""Clears away, once a day, what has had its time."""

from __future__ import annotations

import asyncio
import logging

from node.actions.retention import STEP, STEPS
from node.errors import Unavailable
from node.outbox.here import Here
from node.store import outbox
from node.store.engine import Store

log = logging.getLogger(__name__)

DAY_S = 86_400.0
AFTER_START_S = 120.0
ROUNDS = 1_000
"""Of one step in one day: more is left for the next."""
BREATH_S = 0.05
SENT_KEPT_S = 7 * DAY_S
"""What was delivered to all, for looking into troubles; as long as what came in."""
SENT_STEP = 500


async def run(store: Store, here: Here) -> None:
    """Until cancelled."""
    await asyncio.sleep(AFTER_START_S)
    while True:
        try:
            cleared = await sweep(store, here) + await forget_sent(store, here)
            if cleared:
                log.info("cleared away what had its time: %d", cleared)
        except Unavailable as error:
            log.warning("clearing away waits while the database is away: %s", error)
        await asyncio.sleep(DAY_S)


async def sweep(store: Store, here: Here) -> int:
    """Every step until it finds nothing more, others between them. How many went."""
    cleared = 0
    for step in STEPS:
        for _ in range(ROUNDS):
            found = await store.write(step, here)
            cleared += found
            if found < STEP:
                break
            await asyncio.sleep(BREATH_S)
    return cleared


async def forget_sent(store: Store, here: Here) -> int:
    """The activities that everybody has and that are no longer to be read. How many went."""
    before = here.clock.now() - SENT_KEPT_S
    cleared = 0
    after: int | None = 0
    while after is not None:  # ends where the young ones begin
        step = await store.write(outbox.drop_delivered, after=after, before=before, most=SENT_STEP)
        cleared += step.dropped
        after = step.last
        await asyncio.sleep(BREATH_S)
    return cleared
