"""What somebody may do with a proposal now, as the pages and the JSON interface offer it."""

from __future__ import annotations

from enum import StrEnum

from node.aid.lifecycle import CLOSED, LIVE, State, may_become
from node.aid.proposals import Answerable, Proposal, Purpose


class Action(StrEnum):
    ANSWER = "answer"
    EDIT = "edit"
    CLOSE = "close"
    WITHDRAW = "withdraw"
    PAUSE = "pause"
    RESUME = "resume"
    SATISFIED = "satisfied"
    RENEW = "renew"
    DELETE = "delete"
    REPORT = "report"
    REFER = "refer"
    """To a neighbour who can serve it; mediators, with its author's consent."""
    REMOVE = "remove"
    """By mediators, with a reason."""


def permitted(
    proposal: Proposal,
    *,
    now: float,
    local: bool,
    own: bool,
    mediator: bool = False,
    vouched: bool = False,
    answered: bool = False,
) -> list[Action]:
    """The actions of a person with an account here, the most likely first.

    `own`: it is theirs; `answered`: they have an open agreement about it; `vouched`: somebody
    vouches for them.
    """
    found: list[Action] = []
    if own:
        found += _of_author(proposal, now)
    else:
        if proposal.is_live(now) and not answered and _may_answer(proposal, local, vouched):
            found.append(Action.ANSWER)
        found.append(Action.REPORT)
    if mediator:
        if local and proposal.purpose is Purpose.REQUEST and proposal.is_live(now):
            found.append(Action.REFER)
        if not own and may_become(proposal.state, State.REMOVED):
            found.append(Action.REMOVE)
    return found


def _of_author(proposal: Proposal, now: float) -> list[Action]:
    state = proposal.state
    if state in CLOSED:
        return [Action.DELETE]
    found = []
    if state is not State.EXPIRED and not proposal.has_expired(now):
        found.append(Action.EDIT)
    if state is not State.REFERRED:
        found.append(Action.RENEW)
    if state in LIVE:
        found += [Action.SATISFIED, Action.PAUSE]
    if state in (State.PAUSED, State.SATISFIED_FOR_NOW):
        found.append(Action.RESUME)
    if may_become(state, State.DONE):
        found.append(Action.CLOSE)
    if may_become(state, State.WITHDRAWN):
        found.append(Action.WITHDRAW)
    return [*found, Action.DELETE]


def _may_answer(proposal: Proposal, local: bool, vouched: bool) -> bool:
    """As far as this node knows: of one from elsewhere, its own node says who is a member."""
    match proposal.answerable:
        case Answerable.ANYONE:
            return True
        case Answerable.MEMBERS:
            return True  # members of neighbours count as members
        case Answerable.VOUCHED:
            return local and vouched
