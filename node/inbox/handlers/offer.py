"""Offer: an agreement about one of our proposals (FEP-0837), or what a quartier hands to us.

Who may: anybody answers a proposal of ours, for themselves; requests are handed over, and
neighbours introduced, by the Group of a quartier with which we are joined.
"""

from __future__ import annotations

from node.activitypub.documents import Offer
from node.inbox.handlers import agreement, referral
from node.inbox.received import Ignored, Outcome, Received
from node.outbox.here import Here
from node.store.transaction import Transaction


def apply(tx: Transaction, here: Here, activity: Offer, received: Received) -> Outcome:
    return (
        referral.offered(tx, here, activity, received)
        or agreement.offered(tx, here, activity, received)
        or Ignored("an Offer of nothing that we could answer")
    )
