"""What somebody of ours wrote concerns others here: an answer to a proposal, a word to the quartier
in a conversation with it, a message, a comment."""

from __future__ import annotations

from node.actions import agreements as agreeing
from node.actions import notices
from node.actions.conversation import hearing, replying
from node.actions.conversation.answering import UNDERSTOOD
from node.actions.posts.notes import Audience, Content
from node.actions.telling import facts_of, write_letter
from node.aid.agreements import Agreement
from node.aid.words import language_of, plain_words, quantity_in, understand
from node.errors import Conflict, NotFound
from node.outbox.here import Here
from node.social.accounts import Actor
from node.social.notifications import Kind
from node.social.statuses import Status
from node.social.visibility import Visibility
from node.store import actors, agreements, dialogues, proposals
from node.store.dialogues import Dialogue, Subject
from node.store.transaction import Transaction


def answer(tx: Transaction, here: Here, author: Actor, content: Content) -> Agreement | None:
    """A direct reply to a proposal answers it. Where it cannot be answered (again), it is a
    message.

    Raises Forbidden where the author wants no answer from such a person, Invalid.
    """
    replied = content.replied
    if replied is None or content.post.visibility is not Visibility.DIRECT:
        return None
    stored = proposals.by_id(tx, replied.id)
    if stored is None or replied.author_id == author.id:
        return None
    text = plain_words(content.post.text)
    many = (stored.proposal.quantity, stored.proposal.unit) != ("1", "one")
    try:
        return agreeing.offer_help(
            tx,
            here,
            author,
            replied.id,
            quantity=(quantity_in(text) if many else None) or "1",
            text=text,
            language=content.post.language,
        )
    except (Conflict, NotFound):
        return None


def hear(
    tx: Transaction,
    here: Here,
    author: Actor,
    status: Status,
    content: Content,
    audience: Audience,
    answered: Agreement | None,
) -> None:
    """It is stored, and goes out. ``answered``: it answers a proposal, whose author was told."""
    if answered is not None:
        _thank(tx, here, author, status, answered, content)
        return
    if status.visibility is Visibility.DIRECT:
        _direct(tx, here, author, status, content, audience)
        return
    replied = content.replied
    whose = actors.by_id(tx, replied.author_id) if replied is not None else None
    if replied is None or whose is None or not whose.local or whose.id == author.id:
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


def _thank(
    tx: Transaction,
    here: Here,
    author: Actor,
    status: Status,
    answered: Agreement,
    content: Content,
) -> None:
    """What we understood, and how it goes on."""
    stored = proposals.by_id(tx, answered.proposal_id)
    if stored is None:
        return
    write_letter(
        tx,
        here,
        author,
        "answered",
        subject=Subject.AGREEMENT,
        subject_id=answered.id,
        awaits=UNDERSTOOD,
        language=content.post.language,
        in_reply_to=status.uri,
        **facts_of(tx, here, answered, stored.proposal, author),
        text=answered.text,
    )


def _direct(
    tx: Transaction,
    here: Here,
    author: Actor,
    status: Status,
    content: Content,
    audience: Audience,
) -> None:
    text = plain_words(content.post.text)
    dialogue = _dialogue(tx, here, author, status, content, audience, text)
    if dialogue is not None:
        language = language_of([content.post.language], text, dialogue.language)
        dialogues.heard(
            tx, dialogue.id, note_uri=status.uri, language=language, now=here.clock.now()
        )
        fresh = dialogues.about(tx, author.id, dialogue.subject, dialogue.subject_id)
        replying.reply(tx, here, author, fresh or dialogue, status, text)
        return
    for person in audience.people:
        if person.local and person.id != author.id:
            notices.tell(
                tx,
                here,
                person,
                Kind.MESSAGE,
                dedupe=str(status.id),
                by=author,
                object_id=status.id,
                agreement_id=hearing.shared(tx, person, author),
            )


def _dialogue(
    tx: Transaction,
    here: Here,
    author: Actor,
    status: Status,
    content: Content,
    audience: Audience,
    text: str,
) -> Dialogue | None:
    """The conversation with the quartier that it goes on with. A word to the other side of an
    agreement counts, too, when it is one that says something (« oui », « fait »)."""
    found = hearing.dialogues_of(tx, here, status, author)
    if len(found) != 1 or found[0].subject is Subject.POST:
        return None
    if _to_quartier(here, content, audience):
        return found[0]
    agreement = (
        agreements.by_id(tx, found[0].subject_id or 0)
        if found[0].subject is Subject.AGREEMENT and content.replied is not None
        else None
    )
    if agreement is None or not understand(text).words:
        return None
    other = agreement.answerer_id if author.id == agreement.author_id else agreement.author_id
    return found[0] if content.replied and content.replied.author_id == other else None


def _to_quartier(here: Here, content: Content, audience: Audience) -> bool:
    own = {here.quartier.id, here.urgent.id, here.node.id}
    replied = content.replied
    return (replied is not None and replied.author_id in own) or any(
        one.id in own for one in audience.people
    )
