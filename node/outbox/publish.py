"""The one way out: an activity and one delivery per inbox, in the transaction of the change."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson

from node.activitypub.proofs import make_proof
from node.outbox.here import Here, host_of
from node.social.accounts import Actor
from node.store import moderation, outbox
from node.store.outbox import Target
from node.store.transaction import Transaction

Document = dict[str, Any]


def prove(tx: Transaction, here: Here, signer: Actor, document: Document) -> Document:
    """The document with an integrity proof (FEP-8b32) by a local actor."""
    return make_proof(document, here.keyring.of(tx, signer.id).ed25519, now=here.clock.now())


def publish(
    tx: Transaction,
    here: Here,
    sender: Actor,
    activity: Document,
    *,
    inboxes: Iterable[str],
    about: str | None = None,
    public: bool = False,
    sync: bool = False,
    urgent: bool = False,
) -> None:
    """Write the activity and its deliveries.

    `inboxes` may repeat and may hold our own, which are left out. `about` is the id of the
    object whose activities must arrive in order (default: the activity's own object). `public`
    lists it in the sender's outbox; `sync` sends FEP-8fcf's header along.
    """
    publish_text(
        tx,
        here,
        sender,
        orjson.dumps(activity),
        activity_uri=str(activity["id"]),
        type=str(activity["type"]),
        object_uri=_object_uri(activity),
        inboxes=inboxes,
        about=about,
        public=public,
        sync=sync,
        urgent=urgent,
    )


def publish_text(
    tx: Transaction,
    here: Here,
    sender: Actor,
    body: bytes,
    *,
    activity_uri: str,
    type: str,
    object_uri: str | None,
    inboxes: Iterable[str],
    about: str | None = None,
    public: bool = False,
    sync: bool = False,
    urgent: bool = False,
) -> None:
    """As `publish`, of an activity that is serialised already (it may hold another's bytes)."""
    outbox.publish(
        tx,
        activity_uri=activity_uri,
        actor_id=sender.id,
        type=type,
        object_uri=object_uri,
        body=body,
        public=public,
        sync=sync,
        urgent=urgent,
        targets=_targets(tx, here, inboxes),
        order_key=about or object_uri or activity_uri,
        now=here.clock.now(),
    )


def _targets(tx: Transaction, here: Here, inboxes: Iterable[str]) -> list[Target]:
    """The inboxes that are others' and not of a suspended server. Each server is looked at once:
    a thousand followers live on few."""
    hosts: dict[str, str] = {}
    placed = []
    for inbox in inboxes:
        if here.is_ours(inbox):
            continue
        where = "/".join(inbox.split("/", 3)[:3])
        if where not in hosts:
            hosts[where] = host_of(inbox)
        placed.append(Target(inbox, hosts[where]))
    blocks = moderation.blocks_covering(tx, hosts.values())
    suspended = {host for host in hosts.values() if blocks.suspends(host)}
    return [target for target in placed if target.host not in suspended]


def _object_uri(activity: Document) -> str | None:
    match activity.get("object"):
        case str(iri):
            return iri
        case {"id": str(iri)}:
            return iri
        case _:
            return None
