"""What somebody asked for is handed in: to a mediator's look, or published at once by the quartier;
and brought up to date while it waits."""

from __future__ import annotations

from dataclasses import dataclass

from node.actions import drafts as drafting
from node.actions import notices
from node.actions.conversation.manners import explain, is_silenced, may_write
from node.actions.telling import Fact, write_letter
from node.aid.posts import Post, fields_of
from node.aid.proposals import Purpose, Urgency
from node.aid.topics import OTHER, TOPICS
from node.aid.warnings import Danger, warnings
from node.errors import Invalid
from node.outbox.here import Here
from node.social.accounts import Actor
from node.social.notifications import Kind
from node.social.statuses import Status
from node.store import dialogues, objects, topic_choices, vouches
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
class Asked:
    """A note, and what its author has told us about it since."""

    status: Status
    post: Post
    language: str
    guessed: bool
    """That it is an offer or a request was read from its words: a mediator looks at it."""


def hand_in(tx: Transaction, here: Here, author: Actor, asked: Asked, heard: Status) -> None:
    post, status = asked.post, asked.status
    question = dialogues.about(tx, author.id, Subject.POST, status.id)
    if question is not None:
        dialogues.forget(tx, question.id)
    dangers = dangers_in(post)
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
        drafts_store.change(tx, number, note=note_for(dangers), now=here.clock.now())
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
        what=named(dangers),
        **facts_of_post(post),
    )


def bring_up_to_date(
    tx: Transaction, here: Here, author: Actor, dialogue: Dialogue, kept: Kept, read: Post
) -> None:
    """A draft that waits: what the note says now, and what was told about it before."""
    fields = dict(kept.fields)
    fresh = fields_of(read, language=dialogue.language)
    told = ["title", "text"]
    told += [name for name in ("purpose", "topic", "urgency") if getattr(read, name) is not None]
    fields |= {name: fresh[name] for name in told}
    topic = str(fields["topic"])
    if not fields["title"] or topic_choices.is_hidden(tx, topic) or fields == dict(kept.fields):
        return
    dangers, now = dangers_in(read), here.clock.now()
    drafts_store.change(tx, kept.id, fields=fields, state="review", note=note_for(dangers), now=now)
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
    write(
        tx,
        here,
        author,
        dialogue,
        "posted-changed",
        *(("careful",) if dangers else ()),
        what=named(dangers),
        **facts_of_post(post),
    )


def write(
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


def facts_of_post(post: Post) -> dict[str, Fact]:
    topic = TOPICS.get(post.topic or "", OTHER)
    return {
        "title": post.title,
        "kind": KINDS[post.purpose] if post.purpose is not None else ("annonce", "post"),
        "topic": (topic.fr, topic.en),
        "urgency": URGENCIES[post.urgency or Urgency.NORMAL],
    }


def dangers_in(post: Post) -> list[Danger]:
    found = warnings(f"{post.title}\n{post.text}", "fr")
    return list(dict.fromkeys(one.kind for one in found))


def named(dangers: list[Danger]) -> Fact:
    words = [DANGERS[one] for one in dangers]
    return (" et ".join(fr for fr, _ in words), " and ".join(en for _, en in words))


def note_for(dangers: list[Danger]) -> str:
    """For the mediator who looks at it."""
    if not dangers:
        return ""
    named = " et ".join(DANGERS[one][0] for one in dangers)
    return f"À relire avec soin : le message contient {named}."
