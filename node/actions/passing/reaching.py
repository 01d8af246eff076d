"""Whether our quartier is within the reach of a proposal."""

from __future__ import annotations

from functools import lru_cache

from node.activitypub.rejected import Rejected
from node.aid.proposals import Proposal
from node.aid.reach import in_reach
from node.aid.territory import Territory
from node.outbox.here import Here
from node.store import (
    actors,
    neighbours,
    referrals,
)
from node.store.transaction import Transaction


def reaches_us(tx: Transaction, here: Here, proposal: Proposal) -> bool:
    """Whether our quartier may show a proposal: what a neighbour handed to us, in any case."""
    if referrals.is_ours_to_show(tx, proposal.id):
        return True
    return in_reach(
        proposal.reach,
        place=proposal.place if proposal.cell else None,
        reach_m=proposal.reach_m,
        origin_territory=territory_of(tx, here, proposal.origin),
        home=proposal.origin == here.domain,
        candidate=here.territory,
    )


def territory_of(tx: Transaction, here: Here, domain: str) -> Territory | None:
    """The territory of the quartier at a domain, when we know it."""
    if domain == here.domain:
        return here.territory
    text = neighbours.territory_at(tx, domain) or actors.group_territory(tx, domain)
    return decoded(text) if text else None


# As large as it may be, one takes 10 ms, and all are asked for each proposal.
@lru_cache(maxsize=64)
def decoded(text: str) -> Territory | None:
    decoded = Territory.decode(text)
    return None if isinstance(decoded, Rejected) else decoded
