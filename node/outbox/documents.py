"""Documents of ours that others keep: actors with the node's word for their keys, and our word
for the keys of nodes that we have met."""

from __future__ import annotations

from dataclasses import replace

import orjson

from node.activitypub.readers import origin
from node.activitypub.render import Centre, actor_document
from node.activitypub.vocabulary import OUR_CONTEXT
from node.aid.territory import public_place
from node.aid.trust import NodeKey, make_key_statement
from node.outbox.here import Here
from node.outbox.publish import Document, prove
from node.social.accounts import Actor
from node.store import actors, neighbours
from node.store.neighbours import NodeKeyRow
from node.store.transaction import Transaction


def local_actor(tx: Transaction, here: Here, actor: Actor) -> Document:
    """A local actor's document, with a proof by the node's own key: who knows that key can
    believe the actor's while this node is silent."""
    keys = here.keyring.of(tx, actor.id)
    node = here.settings.node
    centre = None
    if actor.id == here.quartier.id:
        place = public_place(node.latitude, node.longitude)
        centre = Centre(node.name, place.lat, place.lon, node.radius_m)
    # What nobody sits at is a Service, as others tell robots.
    robot = actor.bot and actor.type == "Person"
    document = actor_document(
        replace(actor, type="Service") if robot else actor,
        here.addresses,
        rsa_pem=keys.rsa.public_text,
        ed25519_multibase=keys.ed25519.public_text,
        centre=centre,
        neighbours=here.addresses.neighbours_of(actor.uri) if actor.id == here.node.id else None,
        fields=[(str(one["name"]), str(one["value"])) for one in actor.fields],
        header_url=actor.header_url,
    )
    return prove(tx, here, here.node, document)


def credentials(tx: Transaction, here: Here, author_uri: str) -> list[str]:
    """What travels with a passed-on activity, as JSON texts: its author's document, and our
    statement of the node key behind it when the author lives elsewhere."""
    author = actors.by_uri(tx, author_uri)
    if author is None:
        return []
    if author.local:
        return [orjson.dumps(local_actor(tx, here, author)).decode()]
    told = []
    document = actors.document_of(tx, author.id)
    if document is not None:
        told.append(document)
    told += [
        orjson.dumps(key_statement(tx, here, key)).decode()
        for key in neighbours.keys_of(tx, origin(author.uri) or "")
        if not key.voucher
    ]
    return told


def key_statement(tx: Transaction, here: Here, key: NodeKeyRow) -> Document:
    """Our word for the key of a node that we have met."""
    where = here.addresses.neighbours_of(here.node.uri)
    statement = make_key_statement(
        id=f"{where}#{key.key}",
        node_actor=here.node.uri,
        about=NodeKey(key.origin, key.actor_uri, key.key),
        now=key.seen_at,
        context=OUR_CONTEXT,
    )
    return prove(tx, here, here.node, statement)
