"""Answering a proposal: by somebody of ours, by a direct note, by an Offer from elsewhere."""

from __future__ import annotations

from node.actions import notices
from node.actions.agreements.answerable import (
    WAITING,
    Answered,
    answered,
    check_between,
    check_flood,
    check_open,
    is_for,
    why_not,
)
from node.actions.agreements.moving import move
from node.actions.agreements.saying import say_offer
from node.actions.agreements.two import Two
from node.aid.agreements import (
    Agreement,
    Channel,
    Event,
    Side,
    State,
)
from node.aid.draft_checks import clean_words
from node.aid.quantities import amount_of, amount_text
from node.errors import Conflict, Forbidden, Invalid, NotFound
from node.ids import new_id
from node.outbox.here import Here
from node.social.accounts import Actor
from node.social.notifications import Kind
from node.store import (
    agreements,
    blocks,
)
from node.store.transaction import Transaction

TEXT_MAX = 5_000


def offer_help(
    tx: Transaction,
    here: Here,
    answerer: Actor,
    proposal_id: int,
    *,
    quantity: str = "1",
    text: str = "",
    language: str = "fr",
    due: float | None = None,
) -> Agreement:
    """A person of ours answers a proposal, of this node or of another, whose author decides."""
    found = answered(tx, proposal_id)
    check_open(tx, here, found, answerer)
    check_between(tx, found, answerer)
    if found.local and not is_for(tx, found.proposal, answerer):
        raise Forbidden("Cette annonce s’adresse aux personnes que le quartier connaît.")
    amount = amount_of(quantity)
    if amount is None or amount <= 0:
        raise Invalid("La quantité doit être un nombre plus grand que zéro, par exemple 1 ou 2,5.")
    left = amount_of(found.proposal.available)
    if left is not None and amount > left:
        raise Conflict(f"Il n’en reste que {found.proposal.available} : demandez moins.")
    return _new(
        tx,
        here,
        found,
        answerer,
        offer_uri=here.addresses.activity(new_id()),
        channel=Channel.VF,
        quantity=amount_text(amount),
        unit=found.proposal.unit,
        text=clean_words(text, TEXT_MAX),
        language=language,
        due=due,
    )


def propose_by_note(
    tx: Transaction,
    here: Here,
    answerer: Actor,
    proposal_id: int,
    *,
    note_uri: str,
    text: str,
    language: str,
    quantity: str = "1",
) -> Agreement:
    """Somebody elsewhere answered a proposal of ours by a direct note. The same note again, or an
    answer while an earlier one is open, changes nothing."""
    known = agreements.by_offer(tx, note_uri)
    if known is not None:
        return known
    found = answered(tx, proposal_id)
    if not found.local:
        raise NotFound("Cette annonce n’est pas d’ici.")
    waiting = [
        one for one in agreements.between(tx, proposal_id, answerer.id) if one.state in WAITING
    ]
    if waiting:
        return waiting[-1]
    return receive(
        tx,
        here,
        answerer,
        proposal_id,
        offer_uri=note_uri,
        channel=Channel.NOTE,
        quantity=quantity,
        unit=found.proposal.unit,
        text=text,
        language=language,
        due=None,
    )


def receive(
    tx: Transaction,
    here: Here,
    answerer: Actor,
    proposal_id: int,
    *,
    offer_uri: str,
    channel: Channel,
    quantity: str,
    unit: str,
    text: str,
    language: str,
    due: float | None,
) -> Agreement:
    """An answer from elsewhere to a proposal of ours. What cannot be is refused at once, kindly,
    with the reason. Raises NotFound for what they may not see, TooMany for a flood."""
    found = answered(tx, proposal_id)
    if blocks.between(tx, found.author.id, answerer.id):
        raise NotFound("Il n’y a pas d’annonce de ce numéro ici.")
    check_flood(tx, here, found, answerer)
    made = _new(
        tx,
        here,
        found,
        answerer,
        offer_uri=offer_uri,
        channel=channel,
        quantity=quantity,
        unit=unit,
        text=text[:TEXT_MAX],
        language=language,
        due=due,
    )
    words = why_not(tx, here, found, made, answerer)
    if words is None:
        return made
    refused = move(tx, here, made, Event.REFUSE, side=Side.AUTHOR, by=found.author, words=words)
    return refused or made


def _new(
    tx: Transaction,
    here: Here,
    found: Answered,
    answerer: Actor,
    *,
    offer_uri: str,
    channel: Channel,
    quantity: str,
    unit: str,
    text: str,
    language: str,
    due: float | None,
) -> Agreement:
    now = here.clock.now()
    made = Agreement(
        id=new_id(),
        uri=None,
        offer_uri=offer_uri,
        proposal_id=found.proposal.id,
        author_id=found.author.id,
        answerer_id=answerer.id,
        channel=channel,
        state=State.PROPOSED,
        quantity=quantity,
        unit=unit,
        text=text,
        reason="",
        language=language,
        due=due if due is not None else found.proposal.due,
        accept_uri=None,
        accepted_at=None,
        handed_over_at=None,
        returned_at=None,
        confirmed_by_author_at=None,
        confirmed_by_answerer_at=None,
        ended_at=None,
        created_at=now,
        updated_at=now,
        version=0,
    )
    agreements.insert(tx, made)
    agreements.record(
        tx,
        made.id,
        event="offer",
        actor_id=answerer.id,
        activity_uri=offer_uri,
        text=text,
        at=now,
    )
    two = Two(found.proposal, found.author, answerer, found.local)
    if not found.local:
        say_offer(tx, here, made, two)
    notices.tell(
        tx,
        here,
        found.author,
        Kind.AGREEMENT_PROPOSED,
        dedupe=str(made.id),
        by=answerer,
        object_id=found.proposal.id,
        agreement_id=made.id,
        urgent=two.urgent,
    )
    return made
