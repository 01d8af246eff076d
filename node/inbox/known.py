"""What we know of somebody whose words another brings: their key, their node's key, themselves."""

from __future__ import annotations

from typing import Any

from node.actions.meeting import put_actor
from node.activitypub.documents import ActorDocument
from node.activitypub.readers import origin
from node.aid.neighbours import Link
from node.aid.trust import NodeKey, read_key_statement
from node.social.accounts import Actor
from node.store import actors, neighbours
from node.store.transaction import Transaction


def known_key(tx: Transaction, actor_uri: str, key_id: str) -> tuple[Actor, actors.KeyRow] | None:
    actor = actors.by_uri(tx, actor_uri)
    if actor is None or actor.gone or actor.local:
        return None
    if actors.fetched_at(tx, actor_uri) is None:
        return None  # a neighbour's word is all we have of this actor
    row = actors.key_by_id(tx, key_id)
    if row is None or row.actor_id != actor.id or row.algorithm != "ed25519":
        return None
    return actor, row


def known_node_keys(
    tx: Transaction,
    neighbour: Actor,
    about: str,
    attached: list[dict[str, Any]],
    own_origin: str,
) -> list[NodeKey]:
    """The node keys of an origin: met, vouched for earlier, or by the statement that travels
    along, when it is a joined neighbour's whose own node key we have met."""
    known = [
        NodeKey(row.origin, row.actor_uri, row.key, row.voucher)
        for row in neighbours.keys_of(tx, about)
        if not row.voucher or _is_joined(tx, row.voucher)
    ]
    row = neighbours.by_actor(tx, neighbour.id)
    if row is None or row.state != Link.JOINED.value:
        return [key for key in known if not key.voucher]
    vouchers = [
        NodeKey(key.origin, key.actor_uri, key.key)
        for key in neighbours.keys_of(tx, origin(neighbour.uri) or "")
        if not key.voucher
    ]
    for document in attached:
        if document.get("type") != "Relationship":
            continue
        for voucher in vouchers:
            stated = read_key_statement(document, voucher=voucher, own_origin=own_origin)
            if isinstance(stated, NodeKey) and stated.origin == about:
                known.append(stated)
    return known


def _is_joined(tx: Transaction, voucher_origin: str) -> bool:
    return any(
        row.state == Link.JOINED.value and origin(row.actor_uri) == voucher_origin
        for row in neighbours.every(tx)
    )


def put_author(
    tx: Transaction,
    parsed: ActorDocument,
    text: str,
    *,
    now: float,
    proven_at: float | None,
    confirmed: bool,
) -> Actor | None:
    """Store an author from the document that travelled along; None when what we have counts more.

    What the author's node told us itself gives way only to what it proved later: its old proofs
    hold for ever, and the keys in them may have been stolen since. A neighbour's word stands
    against nothing: neither against the author's node nor against another key that was believed
    first. Nobody who is gone comes back by it.
    """
    existing = actors.by_uri(tx, parsed.id)
    if existing is not None:
        told_at = actors.fetched_at(tx, parsed.id)
        later = told_at is None or (proven_at is not None and told_at < proven_at <= now + 300)
        if existing.gone or not later:
            return None
        if not confirmed:
            keys = {row.public for row in actors.keys_of(tx, existing.id)}
            told = {key.material for key in parsed.public_keys if key.kind == "ed25519"}
            return existing if told_at is None and told <= keys else None
    return put_actor(tx, parsed, text, now=now, from_origin=confirmed)
