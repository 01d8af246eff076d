"""From quartier to quartier: the Group announces, and passes on what lies within reach.

A proposal that reaches the quartier is answered with two Announces, as Lemmy does: one of the
object's id to the followers, which Mastodon shows as a boost; one with the whole activity
embedded, as its author signed it, to the neighbour Groups (FEP-1b12). What a neighbour needs to
believe it while the origin is silent travels along as attachments: the author's document, and
our word for the origin's node key.
"""

from node.actions.passing.announcing import announce, audience_inboxes, retract, unlist
from node.actions.passing.reaching import decoded, reaches_us, territory_of
from node.actions.passing.sending import (
    offer_everything,
    offer_what_waited,
    pass_on,
    pass_on_change,
)
from node.aid.terms import URGENT

__all__ = [
    "URGENT",
    "announce",
    "audience_inboxes",
    "decoded",
    "offer_everything",
    "offer_what_waited",
    "pass_on",
    "pass_on_change",
    "reaches_us",
    "retract",
    "territory_of",
    "unlist",
]
