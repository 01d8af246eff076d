"""What the store knows of other servers, kept in mind: another process may have learned it."""

from __future__ import annotations

import asyncio
import logging

from node.errors import Unavailable
from node.outbox.hosts import HostBook
from node.store import outbox
from node.store.engine import Store

log = logging.getLogger(__name__)

LONGEST_SLEEP_S = 300.0  # should a bell ever fail


async def keep(store: Store, hosts: HostBook) -> None:
    """Until cancelled.

    A process of the role `web` alone needs the book, too: who is left alone and writes to it is
    well again, and the workers must hear that.
    """
    bell = store.bell(outbox.HOSTS_BELL)
    while True:
        try:
            hosts.load(await store.read(outbox.host_records))
        except Unavailable as error:
            log.warning("what is known of other servers cannot be read now: %s", error)
            await asyncio.sleep(1.0)
            continue
        await bell.wait(LONGEST_SLEEP_S)
