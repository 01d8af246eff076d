"""Agreements as FEP-0837 writes them, both directions.

- ``Offer`` of an Agreement without id: who answers, to the author's inbox. Its commitments satisfy
  the proposal's intents, with the quantity that is asked for.
- ``Accept`` of the Offer, whose ``result`` is the Agreement with its id; ``Reject`` with a
  ``content`` that says why.
- ``Create`` of a Document whose ``context`` is the Agreement: a step (handed over, returned,
  confirmed…), named in ``name``; its ``content`` is what the person says, a thank-you for one.
- ``Undo`` of the Offer or of the Accept takes it back.
- ``Update`` of the Agreement: how it stands, told by the node of the proposal after every change.
  ``updated`` orders them, so that late and repeated words change nothing; ``inReplyTo`` names the
  Offer and every later word of its author that was heard, so that what crossed on its way is known.
"""

from node.aid.agreement_wire.reading import (
    ReadAgreement,
    ReadOffer,
    ReadStep,
    is_agreement,
    is_answer,
    proposal_of,
    read_agreement,
    read_offer,
    read_step,
)
from node.aid.agreement_wire.words import HEARD_MOST, NAMES, STEPS, TEXT_MAX
from node.aid.agreement_wire.writing import agreed, offered, step_document

__all__ = [
    "HEARD_MOST",
    "NAMES",
    "STEPS",
    "TEXT_MAX",
    "ReadAgreement",
    "ReadOffer",
    "ReadStep",
    "agreed",
    "is_agreement",
    "is_answer",
    "offered",
    "proposal_of",
    "read_agreement",
    "read_offer",
    "read_step",
    "step_document",
]
