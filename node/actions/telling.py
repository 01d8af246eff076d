"""Telling somebody elsewhere what happens, in plain direct notes of the quartier.

Their server knows nothing of agreements: these letters are all that they see. What was said last
is remembered, so that a short answer (« oui », « fait ») is understood; `conversation` hears it.
"""

from __future__ import annotations

from collections.abc import Mapping

from node.actions.notes import write_direct
from node.aid.agreements import OPEN, Agreement, Event, State
from node.aid.content_words import amount, moment
from node.aid.letters import letter
from node.aid.proposals import Proposal
from node.aid.quantities import amount_of
from node.outbox.here import Here
from node.social.accounts import Actor
from node.social.notifications import Kind
from node.social.statuses import Status
from node.store import actors, agreements, dialogues, objects, proposals
from node.store.dialogues import Dialogue, Subject
from node.store.transaction import Transaction

WHEN = {
    "fr": {True: "l’objet aura changé de mains", False: "ce sera fait"},
    "en": {True: "the thing has changed hands", False: "it is done"},
}
"""What « fait » will say: of a loan, of anything else."""
Fact = str | tuple[str, str]
"""What a letter names; two where French and English say it differently."""
_SETTLED = {
    Event.CONFIRM: "settled-done",
    Event.CANCEL: "settled-cancelled",
    Event.SETTLE: "settle",
}
_OF_PROPOSALS = {
    Kind.PROPOSAL_PUBLISHED: "published",
    Kind.PROPOSAL_RETURNED: "returned",
    Kind.PROPOSAL_REMOVED: "removed",
    Kind.PROPOSAL_EXPIRING: "expiring",
    Kind.PROPOSAL_ASKS: "expiring",
    Kind.PROPOSAL_EXPIRED: "expired",
}


def tell_step(
    tx: Transaction,
    here: Here,
    agreement: Agreement,
    event: str,
    *,
    to: Actor,
    by: Actor | None,
    text: str = "",
) -> None:
    """`event` is an `aid.agreements.Event`, or ``offer``; `by` who did it, None for a mediator;
    `text` what was said with it. `to` answered by a note, or asked for the proposal by one."""
    stored = proposals.by_id(tx, agreement.proposal_id)
    other = other_side(tx, here, agreement, to)
    if stored is None or other is None:
        return
    asker = to.id != agreement.answerer_id
    mine = by is not None and by.id == (agreement.author_id if asker else to.id)
    write_letter(
        tx,
        here,
        to,
        _name(event, agreement, asker=asker, mine=mine, mediated=by is None),
        subject=Subject.AGREEMENT,
        subject_id=agreement.id,
        awaits=_awaits(agreement),
        language=agreement.language if not asker else stored.proposal.language,
        in_reply_to=stored.proposal.asked_in if asker else agreement.offer_uri,
        **facts_of(tx, here, agreement, stored.proposal, to),
        text=text,
    )


def tell_asker(
    tx: Transaction,
    here: Here,
    kind: Kind,
    *,
    object_id: int | None,
    agreement_id: int | None,
    by: Actor | None,
    data: Mapping[str, str],
) -> None:
    """What the quartier is told as the author of a proposal goes to the person elsewhere for whom
    it published it. Nothing happens where there is no such person."""
    about = object_id if object_id is not None else _number(data.get("draft"))
    asked = dialogues.asker_of(tx, about) if about is not None else None
    to = actors.by_id(tx, asked.peer_id) if asked is not None else None
    if about is None or asked is None or to is None or to.local or to.gone:
        return
    if kind is Kind.AGREEMENT_PROPOSED:
        _tell_answer(tx, here, about, agreement_id, to, by)
    elif kind in _OF_PROPOSALS:
        status = objects.by_id(tx, about)
        write_letter(
            tx,
            here,
            to,
            _OF_PROPOSALS[kind],
            subject=Subject.PROPOSAL,
            subject_id=about,
            awaits="",
            language=asked.language,
            in_reply_to=asked.last_note,
            title=data.get("title") or _title(tx, about),
            text=data.get("reason", ""),
            url=(status.url or status.uri) if status is not None else "",
        )


def _tell_answer(
    tx: Transaction, here: Here, about: int, agreement_id: int | None, to: Actor, by: Actor | None
) -> None:
    """Somebody answers: unless it is refused at once, because nothing is left."""
    stored = proposals.by_id(tx, about)
    agreement = agreements.by_id(tx, agreement_id) if agreement_id is not None else None
    if stored is None or agreement is None or not stored.proposal.is_live(here.clock.now()):
        return
    left, wanted = amount_of(stored.proposal.available), amount_of(agreement.quantity)
    if left is not None and wanted is not None and wanted <= left:
        tell_step(tx, here, agreement, "offer", to=to, by=by, text=agreement.text)


def write_letter(
    tx: Transaction,
    here: Here,
    to: Actor,
    *names: str,
    subject: Subject,
    subject_id: int | None,
    awaits: str,
    language: str,
    in_reply_to: str | None,
    **facts: Fact,
) -> Status:
    """One note of the letters of these names, in the language in which we spoke last about it, as
    the next word of its thread. What it asks is remembered as `awaits`."""
    known = dialogues.about(tx, to.id, subject, subject_id)
    spoken = "en" if _language(known, language) == "en" else "fr"
    replied = known.last_note if known is not None and known.last_note else in_reply_to
    first = objects.by_uri(tx, replied) if replied is not None else None
    context = first.context if first is not None else None
    said = {
        key: fact if isinstance(fact, str) else fact[spoken == "en"] for key, fact in facts.items()
    }
    html = "".join(letter(name, spoken, **said) for name in names)
    status = write_direct(
        tx,
        here,
        here.quartier,
        to,
        html=html,
        language=spoken,
        in_reply_to=replied,
        context=context,
    )
    dialogues.remember(
        tx,
        peer_id=to.id,
        speaker_id=here.quartier.id,
        subject=subject,
        subject_id=subject_id,
        awaits=awaits,
        language=spoken,
        context=context,
        last_note=status.uri,
        now=here.clock.now(),
    )
    return status


def other_side(tx: Transaction, here: Here, agreement: Agreement, to: Actor) -> Actor | None:
    """Whom an agreement is with, as `to` may know them: who asked by a note stays the quartier
    until they said yes."""
    if to.id != agreement.answerer_id:
        return actors.by_id(tx, agreement.answerer_id)
    stored = proposals.by_id(tx, agreement.proposal_id)
    asked = stored.proposal.asked_by_id if stored is not None else None
    if asked is not None and agreement.accepted_at is not None:
        return actors.by_id(tx, asked)
    return actors.by_id(tx, agreement.author_id)


def facts_of(
    tx: Transaction, here: Here, agreement: Agreement, proposal: Proposal, to: Actor
) -> dict[str, Fact]:
    """What letters about an agreement may name."""
    other = other_side(tx, here, agreement, to)
    loan = proposal.mode == "loan" and agreement.state in (State.PROPOSED, State.ACCEPTED)
    return {
        "title": proposal.title,
        "other": called(here, other) if other is not None else "",
        "handle": f"@{other.handle}" if other is not None else "",
        "you": f"@{to.handle}",
        "quantity": quantity_words(proposal, agreement.quantity),
        "when": (WHEN["fr"][loan], WHEN["en"][loan]),
    }


def called(here: Here, somebody: Actor) -> Fact:
    """A name as a letter says it."""
    name = " ".join((somebody.name or somebody.username).split())[:80]
    if somebody.id == here.quartier.id:
        return (f"le quartier {name}", f"the neighbourhood of {name}")
    return name


def day_of(here: Here, seconds: float | None) -> Fact:
    """A day and hour where the quartier is; "" for none."""
    if seconds is None:
        return ""
    zone = here.settings.node.time_zone
    return moment(seconds, "fr", zone), moment(seconds, "en", zone)


def quantity_words(proposal: Proposal, quantity: str) -> Fact:
    """« 2 places », « 1,5 kg »; "" where there is but one."""
    if (proposal.quantity, proposal.unit) == ("1", "one"):
        return ""
    if proposal.unit != "one":
        return (amount(quantity, proposal.unit, "fr"), amount(quantity, proposal.unit, "en"))
    several = quantity not in ("1", "0.5")
    if proposal.mode == "together":
        plural = "s" if several else ""
        return (f"{quantity} place{plural}", f"{quantity} place{plural}")
    return (f"une quantité de {quantity}", f"a quantity of {quantity}")


def _name(event: str, agreement: Agreement, *, asker: bool, mine: bool, mediated: bool) -> str:
    if mediated and event in _SETTLED:
        return _SETTLED[Event(event)]
    own = "-mine" if mine else ""
    match event:
        case Event.CONFIRM:
            return f"confirm{'ed' if agreement.state is State.CONFIRMED else ''}{own}"
        case Event.CANCEL:
            return f"cancel{'-asked' if asker else ''}{own}"
        case Event.SETTLE | "offer":
            return event
        case _:
            return f"{event}{own}"


def _awaits(agreement: Agreement) -> str:
    return "answer" if agreement.state in OPEN or agreement.state is State.NO_SHOW else ""


def _language(known: Dialogue | None, otherwise: str) -> str:
    language = known.language if known is not None else otherwise
    return language.partition("-")[0].lower()


def _title(tx: Transaction, object_id: int) -> str:
    stored = proposals.by_id(tx, object_id)
    return stored.proposal.title if stored is not None else ""


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and text.isdecimal() else None
