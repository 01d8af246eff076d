"""Answering a proposal: by somebody of ours, by a direct note, by an Offer from elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

from node.actions import notices
from node.actions.agreements.moving import ENDED, FULL, ledger, move
from node.actions.agreements.saying import Two, say_offer
from node.aid.agreements import (
    AGREED,
    Agreement,
    Channel,
    Event,
    Side,
    State,
    fits,
    left_text,
)
from node.aid.draft_checks import clean_words
from node.aid.lifecycle import LIVE
from node.aid.neighbours import Link
from node.aid.proposals import Answerable, Proposal
from node.aid.quantities import amount_of, amount_text
from node.errors import Conflict, Forbidden, Invalid, NotFound
from node.ids import new_id
from node.outbox.here import Here, host_of
from node.social.accounts import Actor
from node.social.notifications import Kind
from node.store import actors, agreements, blocks, neighbours, objects, proposals, vouches
from node.store.transaction import Transaction

TEXT_MAX = 5_000
LEFT = {
    "fr": "Merci beaucoup ! Il n’en reste que {left} : répondez encore si cela vous convient.",
    "en": "Thank you very much! Only {left} is left: answer again if that suits you.",
}
NOT_FOR_YOU = {
    "fr": "Merci beaucoup ! Cette annonce s’adresse aux personnes que le quartier connaît.",
    "en": "Thank you very much! This post is for people whom the neighbourhood knows.",
}
_WAITING = frozenset({State.PROPOSED, *AGREED})


@dataclass(frozen=True, slots=True)
class _Answered:
    proposal: Proposal
    author: Actor
    local: bool


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
    found = _answered(tx, proposal_id)
    _check_open(here, found, answerer)
    _check_between(tx, found, answerer)
    if found.local and not _is_for(tx, found.proposal, answerer):
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
    found = _answered(tx, proposal_id)
    if not found.local:
        raise NotFound("Cette annonce n’est pas d’ici.")
    waiting = [
        one for one in agreements.between(tx, proposal_id, answerer.id) if one.state in _WAITING
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
    with the reason."""
    found = _answered(tx, proposal_id)
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
    words = _why_not(tx, here, found, made, answerer)
    if words is None:
        return made
    refused = move(tx, here, made, Event.REFUSE, side=Side.AUTHOR, by=found.author, words=words)
    return refused or made


def _why_not(
    tx: Transaction, here: Here, found: _Answered, made: Agreement, answerer: Actor
) -> str | None:
    """Why an answer cannot be taken, in the language of the answer; None when it can."""
    language = "en" if made.language.partition("-")[0] == "en" else "fr"
    proposal = found.proposal
    if not _is_for(tx, proposal, answerer):
        return NOT_FOR_YOU[language]
    counted = ledger(tx, proposal.id)
    if counted is None or counted.left == 0:
        return FULL[language]
    if proposal.state not in LIVE or proposal.has_expired(here.clock.now()):
        return ENDED[language]
    if made.unit != proposal.unit or not fits(made.quantity, counted):
        return LEFT[language].format(left=left_text(counted))
    return None


def _answered(tx: Transaction, proposal_id: int) -> _Answered:
    stored, status = proposals.by_id(tx, proposal_id), objects.by_id(tx, proposal_id)
    author = actors.by_id(tx, status.author_id) if status is not None else None
    if stored is None or status is None or author is None or not stored.shown:
        raise NotFound("Il n’y a pas d’annonce de ce numéro ici.")
    return _Answered(stored.proposal, author, status.local)


def _check_open(here: Here, found: _Answered, answerer: Actor) -> None:
    proposal = found.proposal
    if found.author.id == answerer.id:
        raise Conflict("C’est votre annonce : ce sont les autres qui y répondent.")
    if proposal.state not in LIVE or proposal.has_expired(here.clock.now()):
        raise Conflict("Cette annonce ne prend plus de réponse : elle est finie, ou tout est pris.")


def _check_between(tx: Transaction, found: _Answered, answerer: Actor) -> None:
    if blocks.between(tx, found.author.id, answerer.id):
        raise NotFound("Il n’y a pas d’annonce de ce numéro ici.")
    earlier = agreements.between(tx, found.proposal.id, answerer.id)
    if any(one.state in _WAITING for one in earlier):
        raise Conflict("Vous avez déjà répondu à cette annonce : voyez vos accords.")


def _is_for(tx: Transaction, proposal: Proposal, answerer: Actor) -> bool:
    """Whether the author wants answers from such a person (`answerable`)."""
    match proposal.answerable:
        case Answerable.ANYONE:
            return True
        case Answerable.MEMBERS:
            return answerer.local or any(
                row.state == Link.JOINED.value and host_of(row.actor_uri) == host_of(answerer.uri)
                for row in neighbours.every(tx)
            )
        case Answerable.VOUCHED:
            return answerer.local and bool(vouches.for_(tx, answerer.id))


def _new(
    tx: Transaction,
    here: Here,
    found: _Answered,
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
