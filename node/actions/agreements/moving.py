"""What every change of an agreement brings about: rows, what is left, who is told, what goes."""

from __future__ import annotations

from dataclasses import replace

from node.actions import notices
from node.actions.agreements import reveals
from node.actions.agreements.saying import answer_standing, say
from node.actions.agreements.two import Two, the_two
from node.actions.changing import change_proposal
from node.aid.agreements import (
    OPEN,
    Agreement,
    Event,
    Side,
    State,
    step,
)
from node.aid.ledger import Ledger, count, left_text, state_of_proposal
from node.aid.lifecycle import State as ProposalState
from node.outbox.here import Here
from node.social.accounts import Actor
from node.social.notifications import Kind
from node.store import agreements, proposals
from node.store.transaction import Transaction

KINDS = {
    Event.ACCEPT: Kind.AGREEMENT_ACCEPTED,
    Event.REFUSE: Kind.AGREEMENT_REFUSED,
    Event.WITHDRAW: Kind.AGREEMENT_WITHDRAWN,
    Event.CANCEL: Kind.AGREEMENT_CANCELLED,
    Event.HAND_OVER: Kind.AGREEMENT_HANDED_OVER,
    Event.GIVE_BACK: Kind.AGREEMENT_RETURNED,
    Event.CONFIRM: Kind.AGREEMENT_CONFIRMED,
    Event.NO_SHOW: Kind.AGREEMENT_NO_SHOW,
    Event.DISPUTE: Kind.AGREEMENT_DISPUTED,
    Event.SETTLE: Kind.AGREEMENT_SETTLED,
}
FULL = {
    "fr": "Merci beaucoup ! Quelqu’un s’en occupe déjà. C’est bien d’avoir répondu.",
    "en": "Thank you very much! Somebody is taking care of it already. We are glad you answered.",
}
ENDED = {
    "fr": "Merci beaucoup ! Cette annonce est terminée.",
    "en": "Thank you very much! This post has come to its end.",
}
_COUNTED = frozenset({ProposalState.OPEN, ProposalState.PARTLY_MATCHED, ProposalState.MATCHED})

_RESTING = frozenset({ProposalState.PAUSED, ProposalState.SATISFIED_FOR_NOW})


def move(
    tx: Transaction,
    here: Here,
    agreement: Agreement,
    event: Event,
    *,
    side: Side | None,
    by: Actor | None,
    words: str = "",
    heard_in: str | None = None,
) -> Agreement | None:
    """The agreement after an event, with all that follows; None when it has no place now.

    `side` is None for a mediator. `heard_in` is the activity in which the other side said it;
    None when it was done here, and the other side is to be told. `words` are a reason or thanks.
    """
    reason = words if event in (Event.REFUSE, Event.CANCEL, Event.NO_SHOW, Event.DISPUTE) else ""
    changed = step(agreement, event, side, now=here.clock.now(), reason=reason)
    if changed is None:
        return None
    if event is Event.ACCEPT:
        changed = replace(
            changed,
            uri=here.addresses.agreement(agreement.id),
            accept_uri=f"{here.addresses.agreement(agreement.id)}#accept",
        )
    two = the_two(tx, changed)
    if not two.home:  # a copy counts the words of its home, see `hearing`
        changed = replace(changed, version=agreement.version)
    agreements.update(tx, changed)
    said = heard_in
    if said is None:
        said = say(tx, here, changed, two, event, side, words)
    agreements.record(
        tx,
        agreement.id,
        event=event.value,
        actor_id=by.id if by else None,
        activity_uri=said,
        text=words,
        at=changed.updated_at,
    )
    tell_people(tx, here, changed, two, event, side, by)
    if heard_in is not None and two.home:
        answer_standing(tx, here, changed, two, event, side, words)
    if changed.state not in OPEN:
        reveals.forget(tx, here, changed, two)
    if two.home:
        recount(tx, here, changed.proposal_id)
    return changed


def tell_people(
    tx: Transaction,
    here: Here,
    agreement: Agreement,
    two: Two,
    event: Event,
    side: Side | None,
    by: Actor | None,
) -> None:
    """In their accounts: the other side, or both when a mediator settled it."""
    for one in Side:
        if one is side:
            continue
        notices.tell(
            tx,
            here,
            two.on(one),
            KINDS[event],
            dedupe=f"{agreement.id} {int(agreement.updated_at)}",
            by=by,
            object_id=agreement.proposal_id,
            agreement_id=agreement.id,
            urgent=two.urgent,
        )
    if event is Event.DISPUTE and two.home:
        notices.tell_roles(
            tx,
            here,
            Kind.DISPUTE,
            dedupe=f"{agreement.id} {int(agreement.updated_at)}",
            by=by,
            object_id=agreement.proposal_id,
            agreement_id=agreement.id,
            urgent=two.urgent,
        )


def ledger(tx: Transaction, proposal_id: int) -> Ledger | None:
    """What of a proposal is promised; None for no proposal."""
    stored = proposals.by_id(tx, proposal_id)
    if stored is None:
        return None
    return count(stored.proposal, agreements.of_proposal(tx, proposal_id))


def recount(tx: Transaction, here: Here, proposal_id: int) -> None:
    """What is left, counted from all agreements, is told to everybody; when nothing is, those
    who still wait for an answer get a kind one."""
    stored = proposals.by_id(tx, proposal_id)
    if stored is None:
        return
    before = stored.proposal
    answers = agreements.of_proposal(tx, proposal_id)
    counted = count(before, answers)
    available, state = left_text(counted), before.state
    if before.state in _COUNTED:
        state = state_of_proposal(counted)
    elif before.state in _RESTING and state_of_proposal(counted) is ProposalState.DONE:
        state = ProposalState.DONE  # there is nothing left to come back to
    if available != before.available or state is not before.state:
        change_proposal(tx, here, proposal_id, available=available, state=state)
    if counted.left == 0:
        refuse_waiting(tx, here, proposal_id, FULL)


def refuse_waiting(tx: Transaction, here: Here, proposal_id: int, words: dict[str, str]) -> None:
    """Whoever still waits for an answer is told, in the language of what they wrote."""
    for one in agreements.of_proposal(tx, proposal_id):
        if one.state is not State.PROPOSED:
            continue
        two = the_two(tx, one)
        text = words["en" if one.language.partition("-")[0] == "en" else "fr"]
        move(tx, here, one, Event.REFUSE, side=Side.AUTHOR, by=two.author, words=text)


def proposal_closed(tx: Transaction, here: Here, proposal_id: int, state: ProposalState) -> None:
    """The proposal came to its end: who waits is told kindly; what is agreed goes on when it
    merely expired or is done, and is cancelled when it was taken back or removed."""
    refuse_waiting(tx, here, proposal_id, ENDED)
    if state not in (ProposalState.WITHDRAWN, ProposalState.REMOVED):
        return
    for one in agreements.of_proposal(tx, proposal_id):
        if one.state in OPEN:
            two = the_two(tx, one)
            move(tx, here, one, Event.CANCEL, side=Side.AUTHOR, by=two.author)
