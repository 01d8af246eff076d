"""When the author of a proposal is told of its end, or asked whether it is still so (aid.md §3)."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from node.aid.lifecycle import LIVE, State
from node.aid.proposals import DAY, Proposal

WEEK_S: Final = 7 * DAY
ASKS_AFTER_S: Final = 90 * DAY
"""A standing offer: is it still so?"""
WAITS_S: Final = 14 * DAY
"""For the answer; then it pauses."""
TOLD_IN: Final = LIVE | {State.PAUSED, State.SATISFIED_FOR_NOW}


class Reminder(StrEnum):
    WEEK = "7d"
    """Seven days are left, or fewer."""
    DAY = "24h"
    ASKS = "asks"
    PAUSES = "pauses"
    """It asked, and nobody answered."""


def next_reminder(proposal: Proposal, after: float) -> float | None:
    """When the next one is due, later than `after`; None when there is none. An end that was near
    from the beginning is not told of, nor is that of one of a series: the next one is there."""
    if proposal.series_id is not None:
        return None
    said = proposal.renewed_at if proposal.renewed_at is not None else proposal.created
    if proposal.expires_at is not None and proposal.state in TOLD_IN:
        end = proposal.expires_at
        times = [at for at in (end - WEEK_S, end - DAY) if at > said]
    elif proposal.standing and proposal.state in LIVE:
        times = [said + ASKS_AFTER_S, said + ASKS_AFTER_S + WAITS_S]
    else:
        times = []
    return min((at for at in times if at > after), default=None)


def reminder(proposal: Proposal, now: float) -> Reminder | None:
    """Which one it is now; the later one where the node slept through both."""
    said = proposal.renewed_at if proposal.renewed_at is not None else proposal.created
    if proposal.expires_at is not None:
        left = proposal.expires_at - now
        if left <= 0 or left > WEEK_S or proposal.state not in TOLD_IN:
            return None
        return Reminder.DAY if left <= DAY else Reminder.WEEK
    if not proposal.standing or proposal.state not in LIVE:
        return None
    if now >= said + ASKS_AFTER_S + WAITS_S:
        return Reminder.PAUSES
    return Reminder.ASKS if now >= said + ASKS_AFTER_S else None
