"""What people are told about: the kinds, and which of them cannot wait for the next digest."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    AGREEMENT_PROPOSED = "agreement-proposed"
    AGREEMENT_ACCEPTED = "agreement-accepted"
    AGREEMENT_REFUSED = "agreement-refused"
    AGREEMENT_WITHDRAWN = "agreement-withdrawn"
    AGREEMENT_CANCELLED = "agreement-cancelled"
    AGREEMENT_HANDED_OVER = "agreement-handed-over"
    AGREEMENT_RETURNED = "agreement-returned"
    AGREEMENT_CONFIRMED = "agreement-confirmed"
    AGREEMENT_NO_SHOW = "agreement-no-show"
    AGREEMENT_DISPUTED = "agreement-disputed"
    AGREEMENT_SETTLED = "agreement-settled"
    CONTACT_REVEALED = "contact-revealed"
    PROPOSAL_EXPIRING = "proposal-expiring"
    PROPOSAL_EXPIRED = "proposal-expired"
    PROPOSAL_ASKS = "proposal-asks"
    """A standing offer: is it still so?"""
    PROPOSAL_PUBLISHED = "proposal-published"
    PROPOSAL_RETURNED = "proposal-returned"
    """Sent back by a mediator, with a word why."""
    PROPOSAL_REMOVED = "proposal-removed"
    PROPOSAL_REOPENED = "proposal-reopened"
    REFERRAL_ACCEPTED = "referral-accepted"
    REFERRAL_DECLINED = "referral-declined"
    SUGGESTION = "suggestion"
    COMMENT = "comment"
    MESSAGE = "message"
    VOUCHED = "vouched"
    REPORT_SETTLED = "report-settled"
    """What this person reported was looked at; no more than that."""
    # For people with a role
    JOIN_REQUEST = "join-request"
    REVIEW_WAITING = "review-waiting"
    REPORT = "report"
    DISPUTE = "dispute"
    NEIGHBOUR_ASKED = "neighbour-asked"
    INTRODUCTION = "introduction"
    REFERRAL_RECEIVED = "referral-received"


URGENT: Final = frozenset(
    {
        Kind.AGREEMENT_PROPOSED,
        Kind.AGREEMENT_ACCEPTED,
        Kind.AGREEMENT_CANCELLED,
        Kind.CONTACT_REVEALED,
    }
)
"""Told by mail at once when the proposal is urgent; otherwise they stand in the digest."""
