"""What cannot wait for the daily clearing: for whom somebody wrote, once that has ended, and files
of pictures that a process left behind when it died."""

from __future__ import annotations

import asyncio
import logging

from node.actions.on_behalf import purge_ended
from node.actions.pictures import sweep_files
from node.errors import Unavailable
from node.media.files import Files
from node.outbox.here import Here
from node.store.engine import Store

log = logging.getLogger(__name__)

EVERY_S = 600.0


async def clear(store: Store, here: Here, files: Files) -> None:
    """Until cancelled: every ten minutes, and once at start."""
    while True:
        try:
            await clear_once(store, here, files)
        except Unavailable as error:
            log.warning("leftovers wait while the database is away: %s", error)
        await asyncio.sleep(EVERY_S)


async def clear_once(store: Store, here: Here, files: Files) -> None:
    await store.write(purge_ended, here)
    await sweep_files(store, here, files)
