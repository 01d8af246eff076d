"""Handing a request to the neighbour that can serve it, and taking one that a neighbour hands us.

The rules are the graphs of `node.aid.referrals`. While a request is away its proposal is
`referred`: nobody lists it but the neighbour that accepted it, whose people answer it as they
answer anything; its home decides about agreements as always.

`handing` is done at its home, `taking` at the neighbour; `moving` is what each step brings about.
"""

from node.actions.referrals.handing import REASON_MAX, answered, consent, refer, take_back
from node.actions.referrals.moving import STATES_FR, mediates
from node.actions.referrals.taking import WAITING_MOST, accept, decline, part, receive, taken_back

__all__ = [
    "REASON_MAX",
    "STATES_FR",
    "WAITING_MOST",
    "accept",
    "answered",
    "consent",
    "decline",
    "mediates",
    "part",
    "receive",
    "refer",
    "take_back",
    "taken_back",
]
