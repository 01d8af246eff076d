"""Followers synchronisation (FEP-8fcf): both servers compare a digest of who follows whom.

The digest is the XOR of the SHA-256 of each follower's id; the header goes with what is
addressed to followers and names the followers that live on the receiving server.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from node.store import follows
from node.store.transaction import Transaction

HEADER = "Collection-Synchronization"


def origin_of(uri: str) -> str:
    return "/".join(uri.split("/", 3)[:3])


def digest(uris: Iterable[str]) -> str:
    """Hex of the XOR of the SHA-256 of every id; zeros for none."""
    total = 0
    for uri in uris:
        total ^= int.from_bytes(hashlib.sha256(uri.encode()).digest())
    return f"{total:064x}"


def digests(tx: Transaction, actor_id: int) -> dict[str, str]:
    """Origin → digest, of all origins where somebody follows the actor."""
    totals: dict[str, int] = {}
    for uri in follows.all_follower_uris(tx, actor_id):
        origin = origin_of(uri)
        totals[origin] = totals.get(origin, 0) ^ int.from_bytes(
            hashlib.sha256(uri.encode()).digest()
        )
    return {origin: f"{total:064x}" for origin, total in totals.items()}


def header(
    followers_uri: str, url: str, inbox: str, known: dict[str, str]
) -> dict[str, str] | None:
    """The header for one inbox, or None when nobody there follows. `url` is where a server asks
    which of its people we think follow."""
    value = known.get(origin_of(inbox))
    if value is None:
        return None
    return {HEADER: f'collectionId="{followers_uri}", url="{url}", digest="{value}"'}
