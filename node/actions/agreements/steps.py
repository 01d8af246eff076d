"""The steps of an agreement, as one of its two people takes them; a mediator settles a dispute."""

from __future__ import annotations

from node.actions.agreements.moving import ledger, move
from node.actions.agreements.two import the_two
from node.aid.agreements import (
    Agreement,
    Event,
    Side,
    State,
    allowed,
)
from node.aid.draft_checks import clean_words
from node.aid.ledger import fits, left_text
from node.aid.lifecycle import CLOSED
from node.errors import Conflict, Forbidden, Invalid, NotFound
from node.outbox.here import Here
from node.social.accounts import Actor
from node.store import accounts, agreements
from node.store.transaction import Transaction

WORDS_MAX = 2_000
STATES_FR = {
    State.PROPOSED: "attend une réponse",
    State.ACCEPTED: "est accepté",
    State.HANDED_OVER: "est en cours : la chose est prêtée",
    State.RETURNED: "est presque fini : la chose est rendue",
    State.CONFIRMED: "est fini",
    State.REFUSED: "a été refusé",
    State.WITHDRAWN: "a été retiré",
    State.CANCELLED: "a été annulé",
    State.NO_SHOW: "est clos : quelqu’un n’est pas venu",
    State.DISPUTED: "attend une médiation",
}


def of_person(tx: Transaction, who: Actor, agreement_id: int) -> tuple[Agreement, Side]:
    """An agreement of somebody's; NotFound for those of others."""
    agreement = agreements.by_id(tx, agreement_id)
    side = agreement.side_of(who.id) if agreement is not None else None
    if agreement is None or side is None:
        raise NotFound("Il n’y a pas d’accord de ce numéro parmi les vôtres.")
    return agreement, side


def accept(tx: Transaction, here: Here, who: Actor, agreement_id: int) -> Agreement:
    """Say yes to an answer. Conflict when so much is not left."""
    agreement, side = _may(tx, who, agreement_id, Event.ACCEPT)
    two = the_two(tx, agreement)
    if two.proposal.state in CLOSED:
        raise Conflict("Cette annonce est close : rien ne peut plus y être accepté.")
    counted = ledger(tx, agreement.proposal_id)
    if counted is None or not fits(agreement.quantity, counted):
        left = left_text(counted) if counted else "0"
        raise Conflict(
            f"Il ne reste que {left} : c’est moins que ce qui est demandé ({agreement.quantity})."
        )
    return _moved(tx, here, agreement, Event.ACCEPT, side, who)


def refuse(
    tx: Transaction, here: Here, who: Actor, agreement_id: int, *, reason: str = ""
) -> Agreement:
    agreement, side = _may(tx, who, agreement_id, Event.REFUSE)
    return _moved(tx, here, agreement, Event.REFUSE, side, who, reason)


def withdraw(tx: Transaction, here: Here, who: Actor, agreement_id: int) -> Agreement:
    """Take back one's answer, before it was accepted."""
    agreement, side = _may(tx, who, agreement_id, Event.WITHDRAW)
    return _moved(tx, here, agreement, Event.WITHDRAW, side, who)


def cancel(
    tx: Transaction, here: Here, who: Actor, agreement_id: int, *, reason: str = ""
) -> Agreement:
    """End what was agreed; what was promised is free again."""
    agreement, side = _may(tx, who, agreement_id, Event.CANCEL)
    return _moved(tx, here, agreement, Event.CANCEL, side, who, reason)


def hand_over(tx: Transaction, here: Here, who: Actor, agreement_id: int) -> Agreement:
    """Of a loan: the thing changed hands."""
    agreement, side = _may(tx, who, agreement_id, Event.HAND_OVER)
    return _moved(tx, here, agreement, Event.HAND_OVER, side, who)


def give_back(tx: Transaction, here: Here, who: Actor, agreement_id: int) -> Agreement:
    """Of a loan: the thing came back."""
    agreement, side = _may(tx, who, agreement_id, Event.GIVE_BACK)
    return _moved(tx, here, agreement, Event.GIVE_BACK, side, who)


def confirm(
    tx: Transaction, here: Here, who: Actor, agreement_id: int, *, thanks: str = ""
) -> Agreement:
    """Say that it is done, with a word of thanks; it is confirmed when both have."""
    agreement, side = _may(tx, who, agreement_id, Event.CONFIRM)
    return _moved(tx, here, agreement, Event.CONFIRM, side, who, thanks)


def no_show(
    tx: Transaction, here: Here, who: Actor, agreement_id: int, *, reason: str = ""
) -> Agreement:
    """Nobody came."""
    agreement, side = _may(tx, who, agreement_id, Event.NO_SHOW)
    return _moved(tx, here, agreement, Event.NO_SHOW, side, who, reason)


def dispute(
    tx: Transaction, here: Here, who: Actor, agreement_id: int, *, reason: str = ""
) -> Agreement:
    """Ask a mediator."""
    agreement, side = _may(tx, who, agreement_id, Event.DISPUTE)
    return _moved(tx, here, agreement, Event.DISPUTE, side, who, reason)


OUTCOMES = {"done": Event.CONFIRM, "cancelled": Event.CANCEL, "goes-on": Event.SETTLE}


def settle(
    tx: Transaction,
    here: Here,
    mediator: Actor,
    agreement_id: int,
    *,
    outcome: str,
    note: str = "",
) -> Agreement:
    """A mediator settles a dispute: ``done``, ``cancelled``, or it ``goes-on``. On the node of
    the proposal; a mediator does not judge an agreement of their own."""
    agreement = agreements.by_id(tx, agreement_id)
    account = accounts.by_actor(tx, mediator.id)
    if agreement is None or account is None or account.role == "member":
        raise NotFound("Il n’y a pas d’accord de ce numéro à régler.")
    if agreement.side_of(mediator.id) is not None:
        raise Forbidden("Cet accord est le vôtre : demandez à une autre personne de le régler.")
    if not the_two(tx, agreement).home:
        raise Conflict("La médiation revient au quartier où l’annonce a été publiée.")
    event = OUTCOMES.get(outcome)
    if event is None:
        raise Invalid(f"Choisissez comment cela se règle : {', '.join(OUTCOMES)}.")
    if agreement.state is not State.DISPUTED:
        raise Conflict(f"Cet accord {STATES_FR[agreement.state]} : il n’y a rien à régler.")
    counted = ledger(tx, agreement.proposal_id)
    taken = counted is None or not fits(agreement.quantity, counted)
    if event is not Event.CANCEL and not agreement.promises and taken:
        raise Conflict(
            "Ce qui était promis a été donné à d’autres entre-temps : réglez-le comme annulé."
        )
    return _moved(tx, here, agreement, event, None, mediator, note)


def _may(tx: Transaction, who: Actor, agreement_id: int, event: Event) -> tuple[Agreement, Side]:
    agreement, side = of_person(tx, who, agreement_id)
    two = the_two(tx, agreement)
    if event not in allowed(agreement, side, loan=two.proposal.mode == "loan"):
        raise Conflict(f"Cet accord {STATES_FR[agreement.state]} : cela ne se peut pas maintenant.")
    return agreement, side


def _moved(
    tx: Transaction,
    here: Here,
    agreement: Agreement,
    event: Event,
    side: Side | None,
    who: Actor,
    words: str = "",
) -> Agreement:
    text = clean_words(words, WORDS_MAX)
    changed = move(tx, here, agreement, event, side=side, by=who, words=text)
    if changed is None:
        raise Conflict(f"Cet accord {STATES_FR[agreement.state]} : cela ne se peut pas maintenant.")
    return changed
