"""To whom of ours a note is written, and what it is: a comment, a message, an answer to a
proposal, something to be published, or the next word of a conversation."""

from __future__ import annotations

from node.actions import notices
from node.actions.conversation import answering, posting, replying
from node.actions.conversation.manners import explain, is_person, is_silenced
from node.activitypub.documents import ObjectDocument
from node.aid.agreements import OPEN
from node.aid.posts import asks, purpose_said
from node.aid.words import language_of, plain, understand
from node.outbox.here import Here
from node.social.accounts import Actor
from node.social.notifications import Kind
from node.social.statuses import Status
from node.social.visibility import Visibility
from node.store import accounts, actors, agreements, blocks, dialogues, follows, objects, proposals
from node.store.dialogues import Dialogue, Subject
from node.store.proposals import Stored
from node.store.transaction import Transaction

OURS_MOST = 20
"""Of ours whom one note is written to."""
THREAD_MOST = 20
"""Notes that are gone back through to find what a conversation is about."""
MONTH_S = 31 * 86_400.0
DAY_S = 86_400.0


def hear(
    tx: Transaction, here: Here, status: Status, author: Actor, document: ObjectDocument
) -> None:
    """A note that is new here, to or about somebody of ours."""
    if author.local or proposals.by_id(tx, status.id) is not None:
        return
    ours = _ours(tx, here, document)
    replied = objects.by_uri(tx, status.in_reply_to) if status.in_reply_to is not None else None
    if not ours and (replied is None or not replied.local):
        return
    if status.visibility is Visibility.DIRECT:
        _direct(tx, here, status, author, document, ours, replied)
        return
    if replied is not None and replied.local:
        _comment(tx, here, status, author, replied)
    if _to_us(here, ours) and is_person(author) and _asks(document):
        posting.ask(tx, here, author, status, _language(document, status, "fr"))


def edited(
    tx: Transaction, here: Here, status: Status, author: Actor, document: ObjectDocument
) -> None:
    """A note that was here reads differently now."""
    if author.local or not is_person(author):
        return
    agreement = agreements.by_offer(tx, status.uri)
    if agreement is not None and agreement.answerer_id == author.id:
        answering.change(tx, here, author, agreement, text=plain(status.content))
        return
    if posting.edited(tx, here, author, status):
        return
    if _to_us(here, _ours(tx, here, document)) and _asks(document):
        posting.ask(tx, here, author, status, _language(document, status, "fr"))


def deleted(tx: Transaction, here: Here, status: Status, author: Actor) -> None:
    """A note is deleted by its author, who is still there."""
    if author.local or author.gone:
        return
    agreement = agreements.by_offer(tx, status.uri)
    if agreement is not None:
        answering.take_back(tx, here, author, agreement)
    else:
        posting.deleted(tx, here, author, status)


def left(tx: Transaction, here: Here, author: Actor) -> None:
    """Somebody elsewhere is gone for good: so is what was published for them."""
    for dialogue in dialogues.of_peer(tx, author.id, most=1_000):
        if dialogue.subject is Subject.PROPOSAL:
            posting.end(tx, here, author, dialogue, quietly=True)
        dialogues.forget(tx, dialogue.id)


# ── to everybody ─────────────────────────────────────────────────────────────────────────────


def _comment(tx: Transaction, here: Here, status: Status, author: Actor, replied: Status) -> None:
    """A reply under something of ours stays what it is; whose it was learns of it."""
    whose = actors.by_id(tx, replied.author_id)
    if whose is None or (is_silenced(tx, author) and not _follows(tx, whose, author)):
        return
    notices.tell(
        tx,
        here,
        whose,
        Kind.COMMENT,
        dedupe=str(status.id),
        by=author,
        object_id=replied.id,
        data={"comment": status.uri},
    )


# ── to one ───────────────────────────────────────────────────────────────────────────────────


def _direct(
    tx: Transaction,
    here: Here,
    status: Status,
    author: Actor,
    document: ObjectDocument,
    ours: list[Actor],
    replied: Status | None,
) -> None:
    people = [one for one in ours if accounts.by_actor(tx, one.id) is not None]
    people = [one for one in people if not blocks.between(tx, one.id, author.id)]
    if replied is not None and _is_echo(here, status, replied):
        return
    if not is_person(author):
        _messages(tx, here, status, author, people)
        return
    stored = proposals.by_id(tx, replied.id) if replied is not None and replied.local else None
    if stored is not None and stored.proposal.asked_by_id != author.id:
        _to_proposal(tx, here, status, author, document, people, stored)
    elif _to_us(here, ours):
        _to_quartier(tx, here, status, author, document)
    else:
        _messages(tx, here, status, author, people)


def _to_proposal(
    tx: Transaction,
    here: Here,
    status: Status,
    author: Actor,
    document: ObjectDocument,
    people: list[Actor],
    stored: Stored,
) -> None:
    """An answer; or, where they have answered already, a word about that."""
    proposal = stored.proposal
    whose = actors.by_uri(tx, proposal.author_uri)
    if whose is None or blocks.between(tx, whose.id, author.id):
        return
    language, text = _language(document, status, proposal.language), plain(status.content)
    open_ones = [one for one in agreements.between(tx, proposal.id, author.id) if one.state in OPEN]
    if not open_ones:
        answering.answer(tx, here, author, status, proposal, text, language)
        return
    dialogue = dialogues.about(tx, author.id, Subject.AGREEMENT, open_ones[-1].id)
    if dialogue is not None and (understand(text).words or whose.id == here.quartier.id):
        _go_on(tx, here, status, author, document, dialogue)
    else:
        _messages(tx, here, status, author, people)


def _to_quartier(
    tx: Transaction, here: Here, status: Status, author: Actor, document: ObjectDocument
) -> None:
    text = plain(status.content)
    if _asks(document):
        posting.ask(tx, here, author, status, _language(document, status, "fr"))
        return
    found = dialogues_of(tx, here, status, author)
    if len(found) == 1:
        _go_on(tx, here, status, author, document, found[0])
        return
    language = _language(document, status, found[0].language if found else "fr")
    if found:
        explain(tx, here, author, status, language, "which")
        return
    purpose = purpose_said(text)
    if purpose is not None and not understand(text).words and len(text.split()) > 2:
        posting.ask(tx, here, author, status, language, guessed=purpose)
    elif not understand(text).is_thanks:
        explain(tx, here, author, status, language)


def _go_on(
    tx: Transaction,
    here: Here,
    status: Status,
    author: Actor,
    document: ObjectDocument,
    dialogue: Dialogue,
) -> None:
    language = _language(document, status, dialogue.language)
    dialogues.heard(tx, dialogue.id, note_uri=status.uri, language=language, now=here.clock.now())
    fresh = dialogues.about(tx, author.id, dialogue.subject, dialogue.subject_id)
    replying.reply(tx, here, author, fresh or dialogue, status, plain(status.content))


def _messages(
    tx: Transaction, here: Here, status: Status, author: Actor, people: list[Actor]
) -> None:
    """Words of one person to another: told at once where the two have agreed on something; of a
    stranger, once a day."""
    for person in people:
        between = shared(tx, person, author)
        known = between is not None or _follows(tx, person, author)
        if not known and is_silenced(tx, author):
            continue
        day = int(here.clock.now() // DAY_S)
        notices.tell(
            tx,
            here,
            person,
            Kind.MESSAGE,
            dedupe=str(status.id) if known else f"{author.id} {day}",
            by=author,
            object_id=status.id,
            agreement_id=between,
        )


# ── what a note is about ─────────────────────────────────────────────────────────────────────


def dialogues_of(tx: Transaction, here: Here, status: Status, author: Actor) -> list[Dialogue]:
    """The conversation that a note goes on with. Several when that cannot be told."""
    uri = status.in_reply_to
    for _ in range(THREAD_MOST):
        if uri is None:
            break
        known = dialogues.by_last_note(tx, author.id, uri)
        agreement = agreements.by_offer(tx, uri)
        if known is None and agreement is not None:
            known = dialogues.about(tx, author.id, Subject.AGREEMENT, agreement.id)
        if known is not None and known.subject is not Subject.NONE:
            return [known]
        earlier = objects.by_uri(tx, uri)
        uri = earlier.in_reply_to if earlier is not None else None
    since = here.clock.now() - MONTH_S
    latest = [
        one
        for one in dialogues.of_peer(tx, author.id, since=since)
        if one.subject is not Subject.NONE
    ]
    return [one for one in latest if one.awaits] or latest[:1]


def shared(tx: Transaction, person: Actor, author: Actor) -> int | None:
    """An agreement that the two have with each other, the latest."""
    for one in agreements.of_person(tx, author.id, open_only=True):
        if one.side_of(person.id) is not None:
            return one.id
    return None


def _ours(tx: Transaction, here: Here, document: ObjectDocument) -> list[Actor]:
    """Whom of ours a note is written to, or names."""
    named = (
        *document.to,
        *document.cc,
        *document.audience,
        *(mention.href for mention in document.mentions),
    )
    uris = [uri for uri in dict.fromkeys(named) if here.is_ours(uri)][:OURS_MOST]
    found = actors.by_uris(tx, uris)
    return [found[uri] for uri in uris if uri in found and found[uri].local]


def _is_echo(here: Here, status: Status, replied: Status) -> bool:
    """A program that sends our own letter back."""
    if replied.author_id != here.quartier.id or replied.visibility is not Visibility.DIRECT:
        return False
    letter, said = plain(replied.content), plain(status.content)
    return "".join(letter.split()) in "".join(said.split())


def _to_us(here: Here, ours: list[Actor]) -> bool:
    """Whether it is written to the quartier itself, by whichever of its names."""
    own = {here.quartier.id, here.urgent.id, here.node.id}
    return any(one.id in own for one in ours)


def _asks(document: ObjectDocument) -> bool:
    return asks(tag.name for tag in document.hashtags)


def _language(document: ObjectDocument, status: Status, fallback: str) -> str:
    told = [*document.content_map, *filter(None, (document.language,))]
    return language_of(told, plain(status.content), fallback)


def _follows(tx: Transaction, person: Actor, author: Actor) -> bool:
    return follows.between(tx, person.id, author.id) is not None


__all__ = ["deleted", "dialogues_of", "edited", "hear", "left", "shared"]
