"""What the quartier's own outboxes show: what is open, and nothing that is over."""

from __future__ import annotations

from node.aid.proposals import Proposal
from node.outbox.here import Here
from node.store import outbox, shares
from node.store.transaction import Transaction


def relist(tx: Transaction, here: Here, proposal: Proposal) -> None:
    """Show the announcements of a proposal, ours or a copy, as long as it is live; their
    deliveries are not touched."""
    live = proposal.is_live(here.clock.now())
    for group in (here.quartier, here.urgent):
        shared = shares.activity_of(tx, object_id=proposal.id, actor_id=group.id)
        if shared is not None:
            outbox.set_public(tx, shared, live)
