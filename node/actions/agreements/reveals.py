"""Contact details: shown by one's own click, to the one other person, while the agreement lasts."""

from __future__ import annotations

from typing import Any

from node.actions import notices
from node.actions.agreements.two import Two, agreement_uri, the_two
from node.activitypub import render
from node.activitypub.html import from_plain
from node.activitypub.vocabulary import OUR_CONTEXT
from node.aid.agreements import Agreement, State
from node.aid.draft_checks import clean_words
from node.clock import to_iso
from node.errors import Conflict, Invalid, NotFound
from node.ids import new_id
from node.outbox.here import Here
from node.outbox.publish import publish
from node.social.accounts import Actor
from node.social.notifications import Kind
from node.store import actors, agreements, outbox, reveals
from node.store.reveals import Reveal
from node.store.transaction import Transaction

CONTACT_MAX = 500
CONTACT = "contact"
"""Under this name the details stand in the note, as a PropertyValue."""
INTRODUCTION = {"fr": "Voici comment me joindre :", "en": "This is how to reach me:"}


def reveal_contact(
    tx: Transaction, here: Here, who: Actor, agreement_id: int, contact: str
) -> None:
    """Show one's contact details to the other side, after it was accepted."""
    agreement = agreements.by_id(tx, agreement_id)
    if agreement is None or agreement.side_of(who.id) is None:
        raise NotFound("Il n’y a pas d’accord de ce numéro parmi les vôtres.")
    if not agreement.shows_contact:
        raise Conflict(
            "Les coordonnées ne se montrent qu’une fois l’accord accepté, et s’effacent à sa fin."
        )
    text = clean_words(contact, CONTACT_MAX)
    if not text:
        raise Invalid("Écrivez comment on peut vous joindre : un téléphone, une adresse…")
    two = the_two(tx, agreement)
    hide_contact(tx, here, who, agreement_id)
    other = _reader(tx, two, who)
    note_uri = None if other.local else _send(tx, here, agreement, who, other, text)
    reveals.reveal(
        tx,
        agreement_id=agreement_id,
        actor_id=who.id,
        contact=text,
        note_uri=note_uri,
        now=here.clock.now(),
    )
    _tell(tx, here, agreement, two, who, other)


def hide_contact(tx: Transaction, here: Here, who: Actor, agreement_id: int) -> None:
    """Take one's contact details back."""
    agreement = agreements.by_id(tx, agreement_id)
    if agreement is None or agreement.side_of(who.id) is None:
        raise NotFound("Il n’y a pas d’accord de ce numéro parmi les vôtres.")
    two = the_two(tx, agreement)
    for shown in reveals.revealed(tx, agreement_id):
        if shown.actor_id == who.id:
            _unsend(tx, here, agreement, two, shown)
    reveals.hide(tx, agreement_id, actor_id=who.id)


def received(
    tx: Transaction,
    here: Here,
    agreement: Agreement,
    by: Actor,
    contact: str,
    note_uri: str,
    *,
    said: float | None,
) -> bool:
    """The other side showed its details in a note of `said`; False when that has no place now."""
    text = clean_words(contact[:CONTACT_MAX], CONTACT_MAX)
    if agreement.side_of(by.id) is None or not text:
        return False
    two, at = the_two(tx, agreement), said or here.clock.now()
    if not agreement.shows_contact and not _before_its_cause(agreement, two, by, at):
        return False
    for known in reveals.revealed(tx, agreement.id):
        if known.actor_id == by.id and (known.revealed_at, known.note_uri or "") > (at, note_uri):
            return False  # what was shown later counts; ids of ours go with the time
    reveals.reveal(
        tx,
        agreement_id=agreement.id,
        actor_id=by.id,
        contact=text,
        note_uri=note_uri,
        now=at,
    )
    _tell(tx, here, agreement, two, by, two.answerer if by.id == two.author.id else two.author)
    return True


def _before_its_cause(agreement: Agreement, two: Two, by: Actor, at: float) -> bool:
    """The author's may be here before the yes that it follows, or before the word that a dispute
    is settled and the agreement goes on. That word is on its way, and until it comes nobody sees
    them; should it say that all is over, they go with it."""
    if two.home or by.id != two.author.id:
        return False
    if agreement.state in (State.NO_SHOW, State.DISPUTED):
        return at > agreement.version
    return agreement.state is State.PROPOSED


def forget(tx: Transaction, here: Here, agreement: Agreement, two: Two) -> None:
    """The agreement is over: the details are gone, here and with the other side."""
    for shown in reveals.revealed(tx, agreement.id):
        _unsend(tx, here, agreement, two, shown)
    reveals.hide(tx, agreement.id)


def contact_in(document: dict[str, Any]) -> str | None:
    """The details that a normalised note carries; None for any other note."""
    for attachment in document.get("attachment") or []:
        if isinstance(attachment, dict) and attachment.get("name") == CONTACT:
            value = attachment.get("value")
            if "PropertyValue" in str(attachment.get("type")) and isinstance(value, str):
                return value
    return None


def _reader(tx: Transaction, two: Two, who: Actor) -> Actor:
    """The other one of the two; where the quartier published it for somebody elsewhere, they."""
    if who.id == two.author.id:
        return two.answerer
    asked_by = two.proposal.asked_by_id
    return (actors.by_id(tx, asked_by) if asked_by is not None else None) or two.author


def _tell(
    tx: Transaction, here: Here, agreement: Agreement, two: Two, by: Actor, to: Actor
) -> None:
    notices.tell(
        tx,
        here,
        to,
        Kind.CONTACT_REVEALED,
        dedupe=f"{agreement.id} {by.id}",
        by=by,
        object_id=agreement.proposal_id,
        agreement_id=agreement.id,
        urgent=two.urgent,
    )


def _send(
    tx: Transaction, here: Here, agreement: Agreement, who: Actor, other: Actor, text: str
) -> str:
    """A direct note, which anybody can read and an Entraide node knows for what it is. It is not
    kept as a status: it is gone when the agreement is."""
    now, note_uri = here.clock.now(), here.addresses.object(new_id())
    language = "en" if agreement.language.partition("-")[0] == "en" else "fr"
    handle = f"@{other.handle}"
    mention = (
        f'<span class="h-card"><a href="{other.url or other.uri}" class="u-url mention">'
        f"@<span>{other.username}</span></a></span>"
    )
    note: dict[str, Any] = {
        "id": note_uri,
        "type": "Note",
        "attributedTo": who.uri,
        "to": [other.uri],
        "context": agreement_uri(here, agreement),
        "published": to_iso(now),
        "content": f"<p>{mention} {INTRODUCTION[language]}</p>{from_plain(text)}",
        "tag": [{"type": "Mention", "href": other.uri, "name": handle}],
        "attachment": [{"type": "PropertyValue", "name": CONTACT, "value": text}],
    }
    if agreement.answerer_id == other.id:
        note["inReplyTo"] = agreement.offer_uri
    create = render.create(
        activity_id=f"{note_uri}#create",
        actor=who.uri,
        object=note,
        to=(other.uri,),
        published=now,
    )
    create["@context"] = OUR_CONTEXT
    publish(tx, here, who, create, inboxes=[other.inbox], about=agreement.offer_uri)
    return note_uri


def _unsend(tx: Transaction, here: Here, agreement: Agreement, two: Two, shown: Reveal) -> None:
    who = two.author if shown.actor_id == two.author.id else two.answerer
    other = _reader(tx, two, who)
    if shown.note_uri is None or not who.local:
        return
    outbox.forget_object(tx, shown.note_uri)
    publish(
        tx,
        here,
        who,
        render.delete(
            activity_id=f"{shown.note_uri}#delete",
            actor=who.uri,
            object={"id": shown.note_uri, "type": "Tombstone"},
            to=(other.uri,),
            published=here.clock.now(),
        ),
        inboxes=[other.inbox],
        about=agreement.offer_uri,
    )
