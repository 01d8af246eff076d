"""An answer to a proposal, by a direct note; its correction, and when it is deleted."""

from __future__ import annotations

from dataclasses import replace

from node.actions import agreements as agreeing
from node.actions import notices
from node.actions.conversation.manners import ANSWERS_MOST, explain, may_write
from node.actions.telling import facts_of, write_letter
from node.aid.agreements import Agreement, State, later
from node.aid.proposals import Proposal
from node.aid.words import quantity_in
from node.errors import Conflict, NotFound, TooMany
from node.outbox.here import Here
from node.social.accounts import Actor
from node.social.notifications import Kind
from node.social.statuses import Status
from node.store import actors, agreements, dialogues, proposals
from node.store.dialogues import Subject
from node.store.transaction import Transaction

UNDERSTOOD = "understood"
"""What is asked after an answer: did we understand it?"""


def answer(
    tx: Transaction,
    here: Here,
    author: Actor,
    status: Status,
    proposal: Proposal,
    text: str,
    language: str,
) -> None:
    """It waits for the proposal's author from now on, and we say what we understood."""
    if dialogues.waiting_answers(tx, author.id) >= ANSWERS_MOST:
        explain(tx, here, author, status, language, "too-many-answers")
        return
    try:
        made = agreeing.propose_by_note(
            tx,
            here,
            author,
            proposal.id,
            note_uri=status.uri,
            text=text,
            language=language,
            quantity=_quantity(proposal, text),
        )
    except (NotFound, Conflict):
        explain(tx, here, author, status, language)
        return
    except TooMany:
        explain(tx, here, author, status, language, "too-many-answers")
        return
    if made.state is State.PROPOSED and may_write(tx, here, author):
        write_letter(
            tx,
            here,
            author,
            "answered",
            subject=Subject.AGREEMENT,
            subject_id=made.id,
            awaits=UNDERSTOOD,
            language=language,
            in_reply_to=status.uri,
            **facts_of(tx, here, made, proposal, author),
            text=text,
        )


def change(
    tx: Transaction,
    here: Here,
    author: Actor,
    agreement: Agreement,
    *,
    text: str | None = None,
    quantity: str | None = None,
) -> None:
    """Other words, or another number, while nobody has replied to the answer."""
    stored = proposals.by_id(tx, agreement.proposal_id)
    if stored is None or agreement.state is not State.PROPOSED:
        return
    if text is not None and quantity is None:
        quantity = _quantity(stored.proposal, text)
    now = here.clock.now()
    changed = replace(
        agreement,
        text=agreement.text if text is None else text,
        quantity=agreement.quantity if quantity is None else quantity,
        updated_at=later(agreement, now),
        version=agreement.version + 1,
    )
    if (changed.text, changed.quantity) == (agreement.text, agreement.quantity):
        return
    agreements.update(tx, changed)
    agreements.record(
        tx,
        agreement.id,
        event="correction",
        actor_id=author.id,
        activity_uri=None,
        text=changed.text,
        at=changed.updated_at,
    )
    whose = actors.by_id(tx, agreement.author_id)
    if whose is not None:
        notices.tell(
            tx,
            here,
            whose,
            Kind.AGREEMENT_PROPOSED,
            dedupe=f"{agreement.id} {int(changed.updated_at)}",
            by=author,
            object_id=agreement.proposal_id,
            agreement_id=agreement.id,
        )
    if may_write(tx, here, author):
        write_letter(
            tx,
            here,
            author,
            "answer-changed",
            subject=Subject.AGREEMENT,
            subject_id=agreement.id,
            awaits=UNDERSTOOD,
            language=agreement.language,
            in_reply_to=agreement.offer_uri,
            **facts_of(tx, here, changed, stored.proposal, author),
            text=changed.text,
        )


def take_back(tx: Transaction, here: Here, author: Actor, agreement: Agreement) -> None:
    """The note that answered is deleted. What is agreed stays agreed: many let their server
    delete their old notes."""
    if agreement.answerer_id == author.id and agreement.state is State.PROPOSED:
        agreeing.withdraw(tx, here, author, agreement.id)


def _quantity(proposal: Proposal, text: str) -> str:
    if (proposal.quantity, proposal.unit) == ("1", "one"):
        return "1"
    return quantity_in(text) or "1"
