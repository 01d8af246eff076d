"""Followers synchronisation, the receiving side (FEP-8fcf).

When the digest that another server states differs from what we know, its partial collection is
read, once an hour at most for each actor: who it does not list no longer follows here, and who
does not follow here is taken off its list by an Undo.
"""

from __future__ import annotations

import logging
import re

from node.activitypub import render
from node.activitypub.readers import ids, same_origin
from node.ids import new_id
from node.outbox.here import Here
from node.outbox.publish import publish
from node.outbox.synchronisation import digest
from node.social.accounts import Actor
from node.store import actors, follows
from node.store.engine import Store
from node.store.transaction import Transaction
from node.transport.documents import Documents

log = logging.getLogger(__name__)

PART = re.compile(r'\s*([A-Za-z]+)="([^"]{0,2048})"\s*')
EVERY_S = 3600.0


def read_header(value: str) -> dict[str, str] | None:
    """`collectionId`, `url` and `digest`; None when one is missing or it is not of that form."""
    parts: dict[str, str] = {}
    for piece in value[:8192].split(","):
        found = PART.fullmatch(piece)
        if found is None:
            return None
        parts[found[1]] = found[2]
    return parts if {"collectionId", "url", "digest"} <= parts.keys() else None


class Synchroniser:
    def __init__(self, *, store: Store, here: Here, documents: Documents) -> None:
        self._store = store
        self._here = here
        self._documents = documents
        self._asked: dict[int, float] = {}

    async def compare(self, actor: Actor, header: str) -> None:
        stated = read_header(header)
        if (
            stated is None
            or stated["collectionId"] != actor.followers_uri
            or not same_origin(stated["url"], actor.uri)
        ):
            return
        known = await self._store.read(_followers_here, actor.id)
        if digest(known) == stated["digest"].lower():
            return
        now = self._here.clock.now()
        if now - self._asked.get(actor.id, float("-inf")) < EVERY_S:
            return
        if len(self._asked) > 10_000:
            self._asked.clear()
        self._asked[actor.id] = now
        items = await self._documents.collection(stated["url"])
        listed = {uri for uri in ids(items, len(items) + 1) if self._here.is_ours(uri)}
        if digest(listed) != stated["digest"].lower():
            # Cut off, or changed since: who is missing there has not left.
            log.info("the followers that %s lists are not those of its digest", actor.uri)
            return
        await self._store.write(_reconcile, self._here, actor, listed)


def _followers_here(tx: Transaction, actor_id: int) -> list[str]:
    return follows.local_follower_uris(tx, actor_id)


def _reconcile(tx: Transaction, here: Here, actor: Actor, listed: set[str]) -> None:
    known = set(follows.local_follower_uris(tx, actor.id))
    for uri in known - listed:
        follower = actors.by_uri(tx, uri)
        if follower is not None:
            log.info("%s no longer counts %s as follower", actor.uri, uri)
            follows.remove(tx, follower.id, actor.id)
    for uri in listed - known:
        follower = actors.by_uri(tx, uri)
        if follower is None or not follower.local:
            continue
        asked = follows.between(tx, follower.id, actor.id)
        if asked is not None:  # our request waits, and they count it: its Accept was lost
            follows.accept(tx, asked)
            continue
        publish(
            tx,
            here,
            follower,
            render.undo(
                activity_id=here.addresses.activity(new_id()),
                actor=follower.uri,
                object={"type": "Follow", "actor": follower.uri, "object": actor.uri},
                to=(actor.uri,),
                cc=(),
                published=here.clock.now(),
            ),
            inboxes=[actor.inbox],
            about=actor.uri,
        )
