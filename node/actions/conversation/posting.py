"""Something to be published for somebody elsewhere: asked in a note, completed by questions, kept
for a mediator's look or published at once by the quartier, brought up to date, taken back."""

from __future__ import annotations

from dataclasses import dataclass, replace

from node.actions import drafts as drafting
from node.actions import notices
from node.actions.conversation.manners import POSTS_MOST, explain, is_silenced, may_write
from node.actions.proposals import close_proposal
from node.actions.telling import Fact, write_letter
from node.aid.lifecycle import CLOSED, State
from node.aid.posts import (
    Post,
    fields_of,
    purpose_said,
    read_post,
    short_list,
    topic_said,
    urgency_said,
)
from node.aid.proposals import Purpose, Urgency
from node.aid.topics import OTHER, TOPICS
from node.aid.warnings import Danger, warnings
from node.aid.words import Word, hashtags_in, plain, understand
from node.errors import Invalid
from node.outbox.here import Here
from node.social.accounts import Actor
from node.social.notifications import Kind
from node.social.statuses import Status
from node.store import dialogues, objects, proposals, topic_choices, vouches
from node.store import drafts as drafts_store
from node.store.dialogues import Dialogue, Subject
from node.store.drafts import Kept
from node.store.transaction import Transaction

KINDS: dict[Purpose, tuple[str, str]] = {
    Purpose.OFFER: ("offre", "offer"),
    Purpose.REQUEST: ("demande", "request"),
}
URGENCIES: dict[Urgency, tuple[str, str]] = {
    Urgency.LOW: ("Rien ne presse.", "There is no hurry."),
    Urgency.NORMAL: ("", ""),
    Urgency.HIGH: ("C’est urgent.", "It is urgent."),
    Urgency.CRITICAL: ("C’est très urgent.", "It is very urgent."),
}
DANGERS: dict[Danger, tuple[str, str]] = {
    Danger.PHONE: ("un numéro de téléphone", "a phone number"),
    Danger.EMAIL: ("une adresse e-mail", "an e-mail address"),
    Danger.ADDRESS: ("une adresse", "an address"),
    Danger.CODE: ("un code de porte", "a door code"),
    Danger.HEALTH: ("un mot sur la santé", "a word about health"),
}


@dataclass(frozen=True, slots=True)
class _Asked:
    """A note, and what its author has told us about it since."""

    status: Status
    post: Post
    language: str
    guessed: bool
    """That it is an offer or a request was read from its words: a mediator looks at it."""


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
        _bring_up_to_date(tx, here, author, found, kept, status)
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
    tx: Transaction, here: Here, author: Actor, dialogue: Dialogue, state: State = State.WITHDRAWN
) -> None:
    """Taken back, or settled: whether it waits for a mediator or is published."""
    number = dialogue.subject_id or 0
    kept, stored = drafts_store.by_id(tx, number), proposals.by_id(tx, number)
    title = ""
    if kept is not None:
        title = str(kept.fields.get("title", ""))
        drafting.discard(tx, here.quartier, kept.id)
    elif stored is not None and stored.proposal.state not in CLOSED:
        title = stored.proposal.title
        close_proposal(tx, here, number, state=state)
    if title and may_write(tx, here, author):
        _write(tx, here, author, dialogue, "post-stopped", title=title)


# ── from the note to the draft ───────────────────────────────────────────────────────────────


def _advance(
    tx: Transaction,
    here: Here,
    author: Actor,
    asked: _Asked,
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
    _hand_in(tx, here, author, replace(asked, post=post), heard)


def _question(
    tx: Transaction,
    here: Here,
    author: Actor,
    asked: _Asked,
    question: str,
    heard: Status,
    again: str,
) -> None:
    if not may_write(tx, here, author):
        return
    post = asked.post
    hidden = {slug for slug, choice in topic_choices.every(tx).items() if choice.hidden}
    lists = [
        "\n".join(
            (f"«\u00a0{word}\u00a0»" if language == "fr" else f"“{word}”")
            for word in short_list(language, hidden)
        )
        for language in ("fr", "en")
    ]
    known = dialogues.about(tx, author.id, Subject.POST, asked.status.id)
    if known is not None:
        dialogues.heard(
            tx, known.id, note_uri=heard.uri, language=asked.language, now=here.clock.now()
        )
    write_letter(
        tx,
        here,
        author,
        "ask-topic-again" if question == again == "topic" else f"ask-{question}",
        subject=Subject.POST,
        subject_id=asked.status.id,
        awaits=" ".join((question, *_told(asked))),
        language=asked.language,
        in_reply_to=heard.uri,
        choices=(lists[0], lists[1]),
        **_facts(post),
    )


def _hand_in(tx: Transaction, here: Here, author: Actor, asked: _Asked, heard: Status) -> None:
    post, status = asked.post, asked.status
    question = dialogues.about(tx, author.id, Subject.POST, status.id)
    if question is not None:
        dialogues.forget(tx, question.id)
    dangers = _dangers(post)
    known = bool(vouches.for_(tx, author.id)) or dialogues.is_known(tx, author.id)
    review = bool(dangers) or asked.guessed or not known or is_silenced(tx, author)
    try:
        number = drafting.submit(
            tx,
            here,
            here.quartier,
            fields_of(post, language=asked.language),
            source="mention",
            asked_by_id=author.id,
            asked_in=status.uri,
            review=review,
        )
    except Invalid:
        explain(tx, here, author, heard, asked.language, "ask-words")
        return
    if dangers:
        drafts_store.change(tx, number, note=_note(dangers), now=here.clock.now())
    made = objects.by_id(tx, number)
    write_letter(
        tx,
        here,
        author,
        "posted-review" if review else "posted-open",
        *(("careful",) if dangers else ()),
        subject=Subject.PROPOSAL,
        subject_id=number,
        awaits="",
        language=asked.language,
        in_reply_to=heard.uri,
        url=(made.url or made.uri) if made is not None else "",
        what=_named(dangers),
        **_facts(post),
    )


def _bring_up_to_date(
    tx: Transaction, here: Here, author: Actor, dialogue: Dialogue, kept: Kept, status: Status
) -> None:
    """A draft that waits: what the note says now, and what was told about it before."""
    read = _read(status, dialogue.language).post
    fields = dict(kept.fields)
    fresh = fields_of(read, language=dialogue.language)
    told = ["title", "text"]
    told += [name for name in ("purpose", "topic", "urgency") if getattr(read, name) is not None]
    fields |= {name: fresh[name] for name in told}
    topic = str(fields["topic"])
    if not fields["title"] or topic_choices.is_hidden(tx, topic) or fields == dict(kept.fields):
        return
    dangers, now = _dangers(read), here.clock.now()
    drafts_store.change(tx, kept.id, fields=fields, state="review", note=_note(dangers), now=now)
    notices.tell_roles(
        tx,
        here,
        Kind.REVIEW_WAITING,
        dedupe=f"{kept.id} {int(now)}",
        data={"draft": str(kept.id), "title": str(fields["title"])},
    )
    if not may_write(tx, here, author):
        return
    post = Post(
        purpose=Purpose(str(fields["purpose"])),
        topic=topic,
        urgency=Urgency(str(fields["urgency"])),
        title=str(fields["title"]),
        text=str(fields["text"]),
    )
    _write(
        tx,
        here,
        author,
        dialogue,
        "posted-changed",
        *(("careful",) if dangers else ()),
        what=_named(dangers),
        **_facts(post),
    )


# ── helpers ──────────────────────────────────────────────────────────────────────────────────


def _read(status: Status, language: str, *, guessed: Purpose | None = None) -> _Asked:
    text = plain(status.content)
    post = read_post(text, hashtags_in(text))
    if guessed is not None and post.purpose is None:
        return _Asked(status, replace(post, purpose=guessed), language, guessed=True)
    return _Asked(status, post, language, guessed=False)


def _recall(tx: Transaction, dialogue: Dialogue) -> _Asked | None:
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


def _told(asked: _Asked) -> list[str]:
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


def _write(
    tx: Transaction, here: Here, author: Actor, dialogue: Dialogue, *names: str, **facts: Fact
) -> None:
    write_letter(
        tx,
        here,
        author,
        *names,
        subject=dialogue.subject,
        subject_id=dialogue.subject_id,
        awaits="",
        language=dialogue.language,
        in_reply_to=dialogue.last_note,
        **facts,
    )


def _facts(post: Post) -> dict[str, Fact]:
    topic = TOPICS.get(post.topic or "", OTHER)
    return {
        "title": post.title,
        "kind": KINDS[post.purpose] if post.purpose is not None else ("annonce", "post"),
        "topic": (topic.fr, topic.en),
        "urgency": URGENCIES[post.urgency or Urgency.NORMAL],
    }


def _dangers(post: Post) -> list[Danger]:
    found = warnings(f"{post.title}\n{post.text}", "fr")
    return list(dict.fromkeys(one.kind for one in found))


def _named(dangers: list[Danger]) -> Fact:
    words = [DANGERS[one] for one in dangers]
    return (" et ".join(fr for fr, _ in words), " and ".join(en for _, en in words))


def _note(dangers: list[Danger]) -> str:
    """For the mediator who looks at it."""
    if not dangers:
        return ""
    named = " et ".join(DANGERS[one][0] for one in dangers)
    return f"À relire avec soin : le message contient {named}."


__all__ = ["answered", "ask", "deleted", "edited", "end"]
