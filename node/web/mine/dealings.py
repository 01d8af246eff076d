"""Agreements as one of the two people sees them: with whom, about what, what is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from node.aid.agreements import Agreement, Event, Side, State, allowed
from node.aid.proposals import Proposal, Purpose
from node.social.accounts import Actor
from node.store import actors, proposals, reveals
from node.store.reveals import Reveal
from node.store.transaction import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Dealing:
    agreement: Agreement
    side: Side
    proposal: Proposal
    other: Actor
    """With whom; where the quartier published it for somebody elsewhere, they."""
    may: tuple[Event, ...]
    mine: Reveal | None
    """The contact details that one shows."""
    theirs: Reveal | None

    @property
    def id(self) -> int:
        return self.agreement.id

    @property
    def path(self) -> str:
        return f"/me/agreements/{self.id}"

    @property
    def state(self) -> State:
        return self.agreement.state

    @property
    def who(self) -> str:
        return self.other.name or self.other.username

    @property
    def is_author(self) -> bool:
        return self.side is Side.AUTHOR

    @property
    def loan(self) -> bool:
        return self.proposal.mode == "loan"

    @property
    def gives(self) -> bool:
        """Whether this side is the one that helps, or lends."""
        return self.is_author is (self.proposal.purpose is Purpose.OFFER)

    @property
    def confirmed(self) -> bool:
        """This side has said that it is done."""
        one = self.agreement
        at = one.confirmed_by_author_at if self.is_author else one.confirmed_by_answerer_at
        return at is not None

    @property
    def confirmed_there(self) -> bool:
        one = self.agreement
        at = one.confirmed_by_answerer_at if self.is_author else one.confirmed_by_author_at
        return at is not None

    def was_to_be(self, now: float) -> bool:
        """The day that was agreed on is over: one can say that nobody came."""
        at = self.proposal.starts_at or (None if self.loan else self.agreement.due)
        return at is not None and at < now


def dealings(tx: Transaction, me: Actor, found: Sequence[Agreement]) -> list[Dealing]:
    """In the same order, in three queries; without those whose other side or whose announcement
    is no longer here."""
    about = proposals.by_ids(tx, {one.proposal_id for one in found})
    asked = {one.proposal.asked_by_id for one in about.values()} - {None}
    people = actors.by_ids(
        tx, {one.other(me.id) for one in found} | {number for number in asked if number}
    )
    shown = reveals.revealed_of(tx, [one.id for one in found])
    made = []
    for one in found:
        side, stored = one.side_of(me.id), about.get(one.proposal_id)
        if side is None or stored is None or one.other(me.id) not in people:
            continue
        proposal, other = stored.proposal, people[one.other(me.id)]
        if side is Side.ANSWERER and proposal.asked_by_id is not None:
            other = people.get(proposal.asked_by_id, other)
        visible = shown.get(one.id, []) if one.shows_contact else []
        made.append(
            Dealing(
                agreement=one,
                side=side,
                proposal=proposal,
                other=other,
                may=allowed(one, side, loan=proposal.mode == "loan"),
                mine=next((each for each in visible if each.actor_id == me.id), None),
                theirs=next((each for each in visible if each.actor_id != me.id), None),
            )
        )
    return made
