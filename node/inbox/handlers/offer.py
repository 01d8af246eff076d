"""Offer: an agreement about one of our proposals (FEP-0837), or a request referred to us.

Who may: anybody offers, for themselves; a person of ours answers. It is kept for that person,
with the activity as it came.
"""

from __future__ import annotations

from typing import Any

import orjson

from node.activitypub.documents import Offer
from node.activitypub.readers import each, one_id
from node.inbox.received import Applied, Ignored, Outcome, Received
from node.outbox.here import Here
from node.store import moderation, objects, proposals
from node.store.transaction import Transaction


def apply(tx: Transaction, here: Here, activity: Offer, received: Received) -> Outcome:
    if activity.id is None:
        return Ignored("an Offer without an id cannot be answered")
    about = _proposal_of(activity.object.embedded or {}) or activity.object.iri
    target = activity.target.iri if activity.target else None
    referral = target == here.quartier.uri and about is not None
    if not referral and (about is None or not _ours(tx, here, about)):
        return Ignored("no proposal of ours")
    moderation.add_offer(
        tx,
        activity_uri=activity.id,
        actor_id=received.actor.id,
        object_uri=about,
        target_uri=target,
        document=orjson.dumps(received.raw).decode(),
        now=received.now,
    )
    return Applied("offer")


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
