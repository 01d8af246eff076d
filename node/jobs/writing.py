"""What people wrote for later is published when its time has come; polls end, and their votes are
told on."""

from __future__ import annotations

import logging

from node.actions import quoting, scheduling, voting
from node.actions.naming import people_named
from node.actions.remote import Remote
from node.errors import EntraideError, Unavailable
from node.outbox.here import Here
from node.social import writing
from node.store import objects, polls, quotes, scheduled
from node.store.engine import Store
from node.store.transaction import Transaction

log = logging.getLogger(__name__)

LONGEST_SLEEP_S = 30.0


async def run(store: Store, here: Here, remote: Remote) -> None:
    """Until cancelled."""
    bell = store.bell(scheduling.BELL)
    while True:
        try:
            did = await once(store, here, remote)
            at = here.clock.now() if did else await store.read(_next)
        except Unavailable as error:
            log.warning("nothing is published while the database is away: %s", error)
            at = None
        pause = LONGEST_SLEEP_S if at is None else at - here.clock.now()
        await bell.wait(min(max(pause, 0.05), LONGEST_SLEEP_S))


async def once(store: Store, here: Here, remote: Remote) -> int:
    """All that is due now. How much."""
    due = await store.read(scheduled.due, here.clock.now())
    for one in due:
        typed = writing.handles(str(one.fields.get("text") or ""))
        people = await people_named(store, here, remote, typed)
        await store.write(scheduling.publish_due, here, one, people)
    await _look_at_proofs(store, remote)
    ended = await store.write(voting.close_ended, here)
    return len(due) + ended + await store.write(voting.tell_votes, here)


async def _look_at_proofs(store: Store, remote: Remote) -> None:
    """Of quotes by others."""
    for one in await store.read(quotes.unverified):
        try:
            found = await remote.document(one.authorization_uri or "")
        except EntraideError:
            found = None
        quoted = await store.read(objects.by_uri, one.quoted_uri)
        await store.write(quoting.verified, one.object_id, found, quoted)


def _next(tx: Transaction) -> float | None:
    times = [at for at in (scheduled.next_at(tx), polls.next_end(tx)) if at is not None]
    return min(times, default=None)
