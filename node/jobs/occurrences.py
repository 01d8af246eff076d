"""Makes the occurrences of recurring help, three weeks ahead."""

from __future__ import annotations

import logging

from node.actions.series import cannot_go_on, make_occurrences
from node.aid.series import AHEAD_S
from node.errors import EntraideError, Unavailable
from node.outbox.here import Here
from node.store import series
from node.store.engine import Store

log = logging.getLogger(__name__)

EVERY_S = 3600.0
MOST = 100


async def run(store: Store, here: Here) -> None:
    """Until cancelled: once an hour, and when somebody changed a series."""
    bell = store.bell(series.BELL)
    while True:
        try:
            more = await make_due(store, here)
        except Unavailable as error:
            log.warning("recurring help waits: %s", error)
            more = False
        if not more:
            await bell.wait(EVERY_S)


async def make_due(store: Store, here: Here) -> bool:
    """One round; whether there may be more to make at once."""
    # An hour's worth is left for the next round: a series is looked at once an hour, not always.
    before = here.clock.now() + AHEAD_S - EVERY_S / 2
    due = await store.read(series.due, before=before, most=MOST)
    for series_id in due:
        try:
            await store.write(make_occurrences, here, series_id)
        except Unavailable:
            raise
        except EntraideError as error:
            # Its topic is not offered any more, its author may not publish: tried again when the
            # author changes it, not every hour.
            log.warning("series %d makes nothing: %s", series_id, error)
            await store.write(cannot_go_on, here, series_id, error.public)
    return len(due) == MOST
