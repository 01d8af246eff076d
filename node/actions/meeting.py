"""Whom we met: actors elsewhere as their documents tell them, the keys of their nodes."""

from __future__ import annotations

from typing import Any, Final

from node.activitypub import keys
from node.activitypub.documents import ActorDocument
from node.activitypub.html import clean_html, plain_text
from node.activitypub.keys import PublicKey
from node.activitypub.readers import origin
from node.activitypub.rejected import Rejected
from node.errors import NotFound
from node.outbox.here import host_of
from node.social.accounts import Actor
from node.store import actors, moderation, neighbours
from node.store.transaction import Transaction

FIELDS_SHOWN: Final = 20
EMOJIS_SHOWN: Final = 100
OLDEST_S: Final = 1_136_073_600.0  # 2006: before, nobody had an account of this kind


def load_key(row: actors.KeyRow, owner: str) -> PublicKey | Rejected:
    if row.algorithm == "rsa":
        return keys.rsa_public_key(row.id, owner, row.public)
    return keys.multikey_public_key(row.id, owner, row.public)


def put_actor(
    tx: Transaction, parsed: ActorDocument, text: str, *, now: float, from_origin: bool = True
) -> Actor:
    """Store a remote actor as its document says. `from_origin` False when only a neighbour's
    word stands behind it: it is asked of its origin at the first occasion."""
    actor_id = actors.put(
        tx,
        values={
            "uri": parsed.id,
            "local": False,
            "type": parsed.type,
            "kind": None,
            "username": parsed.preferred_username or "",
            "domain": host_of(parsed.id),
            "name": plain_text(parsed.name or ""),
            "summary": clean_html(parsed.summary or ""),
            "inbox": parsed.inbox,
            "shared_inbox": parsed.shared_inbox,
            "outbox": parsed.outbox,
            "followers_uri": parsed.followers,
            "following_uri": parsed.following,
            "featured_uri": parsed.featured,
            "url": parsed.url,
            **_shown(tx, parsed),
            "manually_approves": parsed.manually_approves,
            "discoverable": parsed.discoverable,
            "indexable": parsed.indexable,
            "moved_to": parsed.moved_to,
            "also_known_as": list(parsed.also_known_as),
            "territory": " ".join(parsed.territory) or None,
            "document": text,
            "fetched_at": now if from_origin else None,
            **_since(parsed, now),
        },
        keys=[(key.id, key.kind, key.material, None) for key in parsed.public_keys],
        now=now,
    )
    actor = actors.by_id(tx, actor_id)
    if actor is None:
        raise NotFound(f"The actor {parsed.id} was not written.")
    if actor.territory and neighbours.by_actor(tx, actor_id) is not None:
        neighbours.set_territory(tx, actor_id, actor.territory)
    return actor


def _shown(tx: Transaction, parsed: ActorDocument) -> dict[str, Any]:
    """What of them is seen; without pictures from where we take none."""
    hosts = {"own": host_of(parsed.id)}
    for name, url in (("icon", parsed.icon), ("header", parsed.image)):
        if url is not None:
            hosts[name] = host_of(url)
    blocks = moderation.blocks_covering(tx, list(hosts.values()))
    refused = {name for name, host in hosts.items() if blocks.rejects_media(host)}
    return {
        "icon_url": None if refused & {"own", "icon"} else parsed.icon,
        "header_url": None if refused & {"own", "header"} else parsed.image,
        "bot": parsed.type in ("Application", "Service"),
        "fields": [
            {"name": plain_text(one.name), "value": clean_html(one.value), "verified_at": None}
            for one in parsed.fields[:FIELDS_SHOWN]
        ],
        "emojis": []
        if "own" in refused
        else [{"shortcode": one.name, "url": one.url} for one in parsed.emojis[:EMOJIS_SHOWN]],
    }


def _since(parsed: ActorDocument, now: float) -> dict[str, float]:
    """When they came, as their server says; else it is when we first met them."""
    told = parsed.published
    return {"created_at": told} if told is not None and OLDEST_S < told <= now else {}


def is_met(tx: Transaction, where: str) -> bool:
    """Whether we know the key of the node at an origin from itself."""
    return any(not row.voucher for row in neighbours.keys_of(tx, where))


def put_fetched(tx: Transaction, parsed: ActorDocument, text: str, *, now: float) -> Actor:
    """As its origin tells it now; of a node that we met, its key too."""
    actor = put_actor(tx, parsed, text, now=now)
    where = origin(actor.uri) or ""
    if actor.uri == f"{where}/actor" and is_met(tx, where):
        remember_met(tx, actor, now=now)
    return actor


def remember_met(tx: Transaction, node: Actor, *, now: float) -> None:
    """Keep the key of a node that told it itself: what it vouches for hangs on it."""
    for row in actors.keys_of(tx, node.id):
        if row.algorithm == "ed25519":
            where = origin(node.uri) or ""
            neighbours.forget_other_keys(tx, origin=where, key=row.public)
            neighbours.remember_key(
                tx,
                origin=where,
                key=row.public,
                voucher="",
                actor_uri=node.uri,
                statement=None,
                now=now,
            )
