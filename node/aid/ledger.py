"""What of a proposal is promised: counted anew from all its agreements, never added up on the way,
so that nothing can be promised twice, whatever came in whichever order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from node.aid.agreements import OPEN, Agreement, State
from node.aid.lifecycle import State as ProposalState
from node.aid.proposals import Proposal
from node.aid.quantities import amount_of, amount_text


@dataclass(frozen=True, slots=True)
class Ledger:
    """What of a proposal is promised, counted from its agreements."""

    whole: Decimal
    promised: Decimal
    unfinished: bool
    """Whether something promised is still to be done."""

    @property
    def left(self) -> Decimal:
        return max(self.whole - self.promised, Decimal(0))


def count(proposal: Proposal, agreements: Iterable[Agreement]) -> Ledger:
    """A standing offer gets back what was done: the drill is there again, so is the helper."""
    counted = [one for one in agreements if one.promises]
    if proposal.standing:
        counted = [one for one in counted if one.state is not State.CONFIRMED]
    promised = sum((_amount(one.quantity) for one in counted), Decimal(0))
    return Ledger(_amount(proposal.quantity), promised, any(one.state in OPEN for one in counted))


def state_of_proposal(ledger: Ledger) -> ProposalState:
    """What a proposal that is being answered is, by what is left of it."""
    if ledger.left == 0:
        return ProposalState.MATCHED if ledger.unfinished else ProposalState.DONE
    return ProposalState.PARTLY_MATCHED if ledger.promised else ProposalState.OPEN


def fits(quantity: str, ledger: Ledger) -> bool:
    """Whether so much is left."""
    return _amount(quantity) <= ledger.left


def left_text(ledger: Ledger) -> str:
    return amount_text(ledger.left)


def _amount(text: str) -> Decimal:
    return amount_of(text) or Decimal(0)
