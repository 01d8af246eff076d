"""Somebody elsewhere is gone for good: what was between them and people of ours ends."""

from __future__ import annotations

from node.actions import notices
from node.actions.agreements.moving import move
from node.actions.agreements.two import the_two
from node.aid.agreements import Agreement, Event, Side, State
from node.outbox.here import Here
from node.social.accounts import Actor
from node.social.notifications import Kind
from node.store import agreements, personal, reveals
from node.store.transaction import Transaction


def part_from(tx: Transaction, here: Here, gone: Actor) -> None:
    """What they offered is free again, and their details are nowhere. What they asked for goes
    with their words: who answered is told. A loan that is under way stays, for a mediator."""
    for one in personal.unfinished_agreements(tx, gone.id):
        agreement = agreements.by_id(tx, one.id)
        if agreement is None:
            continue
        reveals.hide(tx, agreement.id)
        two = the_two(tx, agreement)
        if two.home and agreement.answerer_id == gone.id:
            event = Event.WITHDRAW if agreement.state is State.PROPOSED else Event.CANCEL
            said = f"{gone.uri}#gone-{agreement.id}"
            if move(tx, here, agreement, event, side=Side.ANSWERER, by=gone, heard_in=said) is None:
                _tell_gone(tx, here, two.author, agreement, about=agreement.proposal_id)
        elif not two.home:
            # The proposal goes with its author: nothing can hang on it.
            _tell_gone(tx, here, two.answerer, agreement, about=None)


def _tell_gone(
    tx: Transaction, here: Here, person: Actor, agreement: Agreement, *, about: int | None
) -> None:
    notices.tell(
        tx,
        here,
        person,
        Kind.AGREEMENT_CANCELLED,
        dedupe=f"{agreement.id} gone",
        object_id=about,
        agreement_id=agreement.id if about is not None else None,
        data={"why": "account-deleted"},
    )
