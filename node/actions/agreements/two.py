"""The two sides of an agreement, and what it is about."""

from __future__ import annotations

from dataclasses import dataclass

from node.aid.agreements import Agreement, Side
from node.aid.proposals import Proposal, Urgency
from node.errors import NotFound
from node.outbox.here import Here
from node.social.accounts import Actor
from node.store import accounts, actors, agreements, objects, proposals
from node.store.transaction import Transaction

URGENT = (Urgency.HIGH, Urgency.CRITICAL)


@dataclass(frozen=True, slots=True)
class Two:
    """The two sides of an agreement, and what it is about."""

    proposal: Proposal
    author: Actor
    answerer: Actor
    home: bool
    """Whether the proposal is of this node, which then decides."""

    def on(self, side: Side) -> Actor:
        return self.author if side is Side.AUTHOR else self.answerer

    @property
    def urgent(self) -> bool:
        return self.proposal.urgency in URGENT


def the_two(tx: Transaction, agreement: Agreement) -> Two:
    stored = proposals.by_id(tx, agreement.proposal_id)
    status = objects.by_id(tx, agreement.proposal_id)
    author = actors.by_id(tx, agreement.author_id)
    answerer = actors.by_id(tx, agreement.answerer_id)
    if stored is None or status is None or author is None or answerer is None:
        raise NotFound("Cet accord n’est plus là.")
    return Two(stored.proposal, author, answerer, status.local)


def agreement_uri(here: Here, agreement: Agreement) -> str:
    """Its id: ours to give where the proposal is ours."""
    return agreement.uri or here.addresses.agreement(agreement.id)


def speaker(tx: Transaction, here: Here, who: Actor, agreement_id: int) -> Actor:
    """As whom somebody speaks in an agreement: a mediator stands in for the quartier where it is
    the author, that is for somebody elsewhere for whom it published. Nobody stands on both
    sides."""
    found, quartier = agreements.by_id(tx, agreement_id), here.quartier
    if found is None or found.author_id != quartier.id or found.answerer_id == who.id:
        return who
    account = accounts.by_actor(tx, who.id)
    return quartier if account is not None and account.role != "member" else who
