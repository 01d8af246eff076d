"""Looks for what fits each proposal that is new or has changed, ours and those that came."""

from __future__ import annotations

import logging

from node.actions.suggestions import look, suggest
from node.errors import EntraideError, Unavailable
from node.outbox.here import Here
from node.store import search_index, suggestions
from node.store.engine import Store

log = logging.getLogger(__name__)

EVERY_S = 600.0
TIDY_S = 3_600.0
MOST = 50


async def run(store: Store, here: Here) -> None:
    """Until cancelled: when a proposal was written, and now and then."""
    bell = store.bell(search_index.BELL)
    tidied, wrote = here.clock.now(), False
    while True:
        try:
            more = await match_waiting(store, here)
            wrote = wrote or more
            if wrote and here.clock.now() - tidied > TIDY_S:
                await store.write(search_index.tidy)
                tidied, wrote = here.clock.now(), False
        except Unavailable as error:
            log.warning("no partners are looked for while the database is away: %s", error)
            more = False
        if not more:
            await bell.wait(EVERY_S)
            wrote = True


async def match_waiting(store: Store, here: Here) -> bool:
    """One round; whether there may be more to look at."""
    waiting = await store.read(suggestions.waiting, most=MOST)
    for object_id in waiting:
        try:
            looked = await store.read(look, here, object_id)
            if looked is not None:
                await store.write(suggest, here, looked)
        except Unavailable:
            raise
        except (EntraideError, ValueError) as error:
            log.warning("nothing is suggested for proposal %d: %s", object_id, error)
            await store.write(suggestions.looked, object_id)
    return len(waiting) == MOST
