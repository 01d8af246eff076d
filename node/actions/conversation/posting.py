"""Something to be published for somebody elsewhere: asked in a note, completed by questions, kept
for a mediator's look or published at once by the quartier, brought up to date, taken back."""

from __future__ import annotations

from dataclasses import replace

from node.actions import drafts as drafting
from node.actions.conversation.handing_in import (
    Asked,
    bring_up_to_date,
    facts_of_post,
    hand_in,
    write,
)
from node.actions.conversation.manners import POSTS_MOST, explain, may_write
from node.actions.proposals import close_proposal
from node.actions.telling import write_letter
from node.aid.letters import words_listed
from node.aid.lifecycle import CLOSED, State
from node.aid.posts import (
    purpose_said,
    read_post,
    short_list,
    topic_said,
    urgency_said,
)
from node.aid.proposals import Purpose, Urgency
from node.aid.words import Word, hashtags_in, plain, understand
from node.outbox.here import Here
from node.social.accounts import Actor
from node.social.statuses import Status
from node.store import actors, dialogues, objects, proposals, topic_choices
from node.store import drafts as drafts_store
from node.store.dialogues import Dialogue, Subject
from node.store.transaction import Transaction


def ask(
    tx: Transaction,
    here: Here,
    author: Actor,
    status: Status,
    language: str,
    *,
    guessed: Purpose | None = None,
) -> None:
    """A note asks for something to be published."""
    waiting = dialogues.waiting_drafts(tx, here.quartier.id, author.id)
    open_questions = [
        one for one in dialogues.of_peer(tx, author.id) if one.subject is Subject.POST
    ]
    if len(waiting) + len(open_questions) >= POSTS_MOST:
        explain(tx, here, author, status, language, "too-many-posts")
        return
    _advance(tx, here, author, _read(status, language, guessed=guessed), status)


def answered(
    tx: Transaction, here: Here, author: Actor, dialogue: Dialogue, status: Status, text: str
) -> None:
    """The answer to a question about it."""
    asked = _recall(tx, dialogue)
    if asked is None:
        dialogues.forget(tx, dialogue.id)
        return
    said = understand(text)
    question = dialogue.awaits.partition(" ")[0]
    if said.words == {Word.STOP}:
        dialogues.forget(tx, dialogue.id)
        explain(tx, here, author, status, dialogue.language, "post-stopped", title=asked.post.title)
        return
    post = asked.post
    match question:
        case "purpose":
            post = replace(post, purpose=purpose_said(text))
        case "topic":
            found = topic_said(text)
            hidden = found is not None and topic_choices.is_hidden(tx, found)
            post = replace(post, topic=None if hidden else found)
        case "urgency":
            urgency = urgency_said(text)
            if urgency is None and said.among({Word.YES, Word.NO}) is not None:
                urgency = Urgency.HIGH if Word.YES in said.words else Urgency.NORMAL
            post = replace(post, urgency=urgency)
        case _:
            pass
    _advance(tx, here, author, replace(asked, post=post), status, again=question)


def edited(tx: Transaction, here: Here, author: Actor, status: Status) -> bool:
    """The note reads differently now; False when it asked for nothing."""
    dialogue = dialogues.about(tx, author.id, Subject.POST, status.id)
    if dialogue is not None:
        asked = _recall(tx, dialogue)
        if asked is not None:
            _advance(tx, here, author, asked, status)
        return True
    found = _made_of(tx, author, status.uri)
    if found is None:
        return False
    kept = drafts_store.by_id(tx, found.subject_id or 0)
    if kept is not None:
        bring_up_to_date(tx, here, author, found, kept, _read(status, found.language).post)
        return True
    stored = proposals.by_id(tx, found.subject_id or 0)
    if stored is not None and stored.proposal.state not in CLOSED:
        explain(
            tx,
            here,
            author,
            status,
            found.language,
            "already-published",
            title=stored.proposal.title,
        )
    return True


def deleted(tx: Transaction, here: Here, author: Actor, status: Status) -> bool:
    """The note is gone: so is what it asked for."""
    dialogue = dialogues.about(tx, author.id, Subject.POST, status.id)
    if dialogue is not None:
        dialogues.forget(tx, dialogue.id)
        return True
    found = _made_of(tx, author, status.uri)
    if found is None:
        return False
    end(tx, here, author, found)
    return True


def end(
    tx: Transaction,
    here: Here,
    author: Actor,
    dialogue: Dialogue,
    state: State = State.WITHDRAWN,
    *,
    quietly: bool = False,
) -> None:
    """Taken back, or settled: whether it waits for a mediator or is published."""
    number = dialogue.subject_id or 0
    kept, stored = drafts_store.by_id(tx, number), proposals.by_id(tx, number)
    title = ""
    if kept is not None:
        title = str(kept.fields.get("title", ""))
        drafting.discard(tx, actors.by_id(tx, kept.author_id) or here.quartier, kept.id)
    elif stored is not None and stored.proposal.state not in CLOSED:
        title = stored.proposal.title
        close_proposal(tx, here, number, state=state)
    if title and not quietly and may_write(tx, here, author):
        write(tx, here, author, dialogue, "post-stopped", title=title)


# ── from the note to the draft ───────────────────────────────────────────────────────────────


def _advance(
    tx: Transaction,
    here: Here,
    author: Actor,
    asked: Asked,
    heard: Status,
    *,
    again: str = "",
) -> None:
    """Ask for the first thing that is missing, or hand it in when nothing is."""
    post, language = asked.post, asked.language
    if post.topic is not None and topic_choices.is_hidden(tx, post.topic):
        post = replace(post, topic=None)
    if post.purpose is Purpose.OFFER and post.urgency is None:
        post = replace(post, urgency=Urgency.NORMAL)  # nobody waits for an offer
    if not post.title:
        explain(tx, here, author, heard, language, "ask-words")
        return
    for question in ("purpose", "topic", "urgency"):
        if getattr(post, question) is None:
            _question(tx, here, author, replace(asked, post=post), question, heard, again)
            return
    hand_in(tx, here, author, replace(asked, post=post), heard)


def _question(
    tx: Transaction,
    here: Here,
    author: Actor,
    asked: Asked,
    question: str,
    heard: Status,
    again: str,
) -> None:
    """Ask; what was not understood is asked again once in a while."""
    choices = _choices(tx, question)
    if question == again:
        explain(
            tx,
            here,
            author,
            heard,
            asked.language,
            "ask-again",
            choices=choices,
            title=asked.post.title,
        )
        return
    if not may_write(tx, here, author):
        return
    known = dialogues.about(tx, author.id, Subject.POST, asked.status.id)
    if known is not None:
        dialogues.heard(
            tx, known.id, note_uri=heard.uri, language=asked.language, now=here.clock.now()
        )
    write_letter(
        tx,
        here,
        author,
        f"ask-{question}",
        subject=Subject.POST,
        subject_id=asked.status.id,
        awaits=" ".join((question, *_told(asked))),
        language=asked.language,
        in_reply_to=heard.uri,
        choices=choices,
        **facts_of_post(asked.post),
    )


def _choices(tx: Transaction, question: str) -> tuple[str, str]:
    """The words that answer a question, in both languages."""
    match question:
        case "purpose":
            words = (["offre", "demande"], ["offer", "request"])
        case "topic":
            hidden = {slug for slug, choice in topic_choices.every(tx).items() if choice.hidden}
            words = (
                [*short_list("fr", hidden), "autre"],
                [*short_list("en", hidden), "other"],
            )
        case _:
            words = (["oui", "non"], ["yes", "no"])
    return words_listed(words[0], "fr"), words_listed(words[1], "en")


# ── helpers ──────────────────────────────────────────────────────────────────────────────────


def _read(status: Status, language: str, *, guessed: Purpose | None = None) -> Asked:
    text = plain(status.content)
    post = read_post(text, hashtags_in(text))
    if guessed is not None and post.purpose is None:
        return Asked(status, replace(post, purpose=guessed), language, guessed=True)
    return Asked(status, post, language, guessed=False)


def _recall(tx: Transaction, dialogue: Dialogue) -> Asked | None:
    """The note as it reads now, with the answers that were given."""
    status = objects.by_id(tx, dialogue.subject_id or 0)
    if status is None:
        return None
    told = dict(one.split("=", 1) for one in dialogue.awaits.split(" ")[1:])
    asked = _read(status, dialogue.language)
    post = asked.post
    return replace(
        asked,
        guessed="guessed" in told,
        post=replace(
            post,
            purpose=post.purpose or (Purpose(told["purpose"]) if "purpose" in told else None),
            topic=post.topic or told.get("topic"),
            urgency=post.urgency or (Urgency(told["urgency"]) if "urgency" in told else None),
        ),
    )


def _told(asked: Asked) -> list[str]:
    """What is known already, as it is kept beside the open question."""
    post = asked.post
    known = {"purpose": post.purpose, "topic": post.topic, "urgency": post.urgency}
    told = [f"{name}={value}" for name, value in known.items() if value is not None]
    return [*told, "guessed=yes"] if asked.guessed else told


def _made_of(tx: Transaction, author: Actor, note_uri: str) -> Dialogue | None:
    """The conversation about the draft or the proposal that a note asked for."""
    for dialogue in dialogues.of_peer(tx, author.id, most=200):
        if dialogue.subject is not Subject.PROPOSAL or dialogue.subject_id is None:
            continue
        kept = drafts_store.by_id(tx, dialogue.subject_id)
        stored = proposals.by_id(tx, dialogue.subject_id)
        asked_in = kept.asked_in if kept is not None else None
        if stored is not None:
            asked_in = stored.proposal.asked_in
        if asked_in == note_uri:
            return dialogue
    return None


__all__ = ["answered", "ask", "deleted", "edited", "end"]
