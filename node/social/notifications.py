"""What people are told about: the kinds, and which of them cannot wait for the next digest."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from node.errors import Invalid


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
    SERIES_PAUSED = "series-paused"
    """What comes back may not be published any more; `reason` says why."""
    REFERRAL_ASKED = "referral-asked"
    """May this request be handed to a neighbouring quartier?"""
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
    REVIEWED_CHANGED = "reviewed-changed"
    """What a mediator let through was changed by its author."""
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


class How(StrEnum):
    """How somebody is told of a kind by mail; in their account they are told in any case."""

    NOW = "now"
    DIGEST = "digest"
    NEVER = "never"


ALL: Final = "*"
"""In place of a kind: every kind that is not named."""


def check_preferences(wanted: Mapping[str, str]) -> dict[str, str]:
    """Kind, or ``*``, → how. Raises Invalid for what is neither."""
    kinds = {kind.value for kind in Kind} | {ALL}
    hows = {how.value for how in How}
    for kind, how in wanted.items():
        if kind not in kinds:
            raise Invalid(f"Il n’y a pas de nouvelles de ce genre : {kind[:40]!r}.")
        if how not in hows:
            raise Invalid(f"Pour {kind}, dites : {', '.join(sorted(hows))}.")
    return dict(wanted)


def how_by_mail(kind: str, urgent: bool, preferences: Mapping[str, str]) -> How:
    """How this is told by mail: as the person wishes, else urgent things at once and all others
    in the digest. Who wants no mail at all (``*``: never) gets none, whatever else was wished."""
    if preferences.get(ALL) == How.NEVER:
        return How.NEVER
    wish = preferences.get(kind, preferences.get(ALL))
    if wish is None:
        return How.NOW if urgent else How.DIGEST
    if wish == How.DIGEST and urgent:
        # The digest is for what can wait; who wants nothing at once says so for the kind.
        return How.DIGEST if kind in preferences else How.NOW
    return How(wish)


def next_digest(now: float, *, hour: int, zone: str) -> float:
    """The next time, after now, that it is that hour where the quartier is."""
    here = datetime.fromtimestamp(now, ZoneInfo(zone))
    then = here.replace(hour=hour, minute=0, second=0, microsecond=0)
    if then.timestamp() <= now:
        then = (here + timedelta(days=1)).replace(hour=hour, minute=0, second=0, microsecond=0)
    return then.timestamp()
