"""Agreements: what the two people of one do, and what the two nodes tell each other of it.

`answering` makes one (`answerable`: or why not), `steps` is its life, `reveals` the contact
details; `saying` is what goes to the other side, `hearing` and `standing` what comes from it,
`moving` what every change brings about here, `parting` what ends when somebody is gone.
"""

from node.actions.agreements.answering import offer_help, propose_by_note
from node.actions.agreements.moving import proposal_closed
from node.actions.agreements.parting import part_from
from node.actions.agreements.reveals import hide_contact, reveal_contact
from node.actions.agreements.steps import (
    accept,
    cancel,
    confirm,
    dispute,
    give_back,
    hand_over,
    no_show,
    of_person,
    refuse,
    settle,
    withdraw,
)
from node.actions.agreements.two import speaker

__all__ = [
    "accept",
    "cancel",
    "confirm",
    "dispute",
    "give_back",
    "hand_over",
    "hide_contact",
    "no_show",
    "of_person",
    "offer_help",
    "part_from",
    "proposal_closed",
    "propose_by_note",
    "refuse",
    "reveal_contact",
    "settle",
    "speaker",
    "withdraw",
]
