"""Offer: an agreement about one of our proposals (FEP-0837), or a request referred to us.

Who may: anybody answers a proposal of ours, for themselves; a request is handed over to the
quartier by somebody of a joined neighbour's server. It is kept for the person who is to answer,
with the activity as it came.
"""

from __future__ import annotations

from typing import Any

import orjson

from node.activitypub.documents import Offer
from node.activitypub.readers import each, one_id, same_origin
from node.aid.neighbours import Link
from node.inbox.handlers import agreement, referral
from node.inbox.received import Applied, Ignored, Outcome, Received
from node.outbox.here import Here
from node.social.accounts import Actor
from node.store import moderation, neighbours, objects, proposals
from node.store.transaction import Transaction

MOST_KEPT = 65_536


def apply(tx: Transaction, here: Here, activity: Offer, received: Received) -> Outcome:
    answered = referral.offered(tx, here, activity, received) or agreement.offered(
        tx, here, activity, received
    )
    if answered is not None:
        return answered
    if activity.id is None:
        return Ignored("an Offer without an id cannot be answered")
    kept = orjson.dumps(received.raw).decode()
    if len(kept) > MOST_KEPT:
        return Ignored("too long to be an Offer that somebody reads")
    about = _proposal_of(activity.object.embedded or {}) or activity.object.iri
    target = activity.target.iri if activity.target else None
    handed_over = (
        target == here.quartier.uri and about is not None and _is_next_door(tx, received.actor)
    )
    if not handed_over and (about is None or not _ours(tx, here, about)):
        return Ignored("no proposal of ours")
    moderation.add_offer(
        tx,
        activity_uri=activity.id,
        actor_id=received.actor.id,
        object_uri=about,
        target_uri=target,
        document=kept,
        now=received.now,
    )
    return Applied("offer")


def _is_next_door(tx: Transaction, actor: Actor) -> bool:
    return any(
        row.state == Link.JOINED.value and same_origin(row.actor_uri, actor.uri)
        for row in neighbours.every(tx)
    )


def _ours(tx: Transaction, here: Here, uri: str) -> bool:
    status = objects.by_uri(tx, uri) if here.is_ours(uri) else None
    return status is not None and proposals.by_id(tx, status.id) is not None


def _proposal_of(agreement: dict[str, Any]) -> str | None:
    """The proposal whose intent the agreement's commitments satisfy: intents of ours are
    fragments of their proposal."""
    for part in ("stipulates", "stipulatesReciprocal"):
        for commitment in each(agreement.get(part)):
            if isinstance(commitment, dict):
                intent = one_id(commitment.get("satisfies"))
                if intent is not None:
                    return intent.split("#", 1)[0]
    return None
