"""How much we write to one person, and to whom not at all: no two machines talk to each other."""

from __future__ import annotations

from node.actions.telling import Fact, write_letter
from node.outbox.here import Here
from node.social.accounts import Actor
from node.social.statuses import Status
from node.store import dialogues, moderation, silences
from node.store.dialogues import Subject
from node.store.transaction import Transaction

HELP_EVERY_S = 300.0
"""Somebody who is not understood is told so once in this time."""
NOTES_MOST = 40
"""Notes to one person in an hour; beyond it what they write is done, and not answered."""
HOUR_S = 3600.0
ANSWERS_MOST = 10
"""Answers of one person elsewhere that wait for their author."""
POSTS_MOST = 5
"""What one person elsewhere asked for, and is not yet published."""
EXAMPLES = (
    "Je cherche quelqu’un pour mes courses samedi. #demande #courses",
    "I am looking for somebody to do my shopping on Saturday. #request #groceries",
)


def is_person(author: Actor) -> bool:
    """Bots, groups and servers are read, and never written to."""
    return author.type in ("Person", "Organization") and not (author.suspended or author.gone)


def is_silenced(tx: Transaction, author: Actor) -> bool:
    """Mediators said so of the person, or of their server: strangers here hear nothing of them."""
    return silences.is_silenced(tx, author.id) or moderation.blocks_covering(
        tx, [author.domain]
    ).silences(author.domain)


def may_write(tx: Transaction, here: Here, peer: Actor) -> bool:
    since = here.clock.now() - HOUR_S
    return dialogues.notes_to(tx, peer.uri, author_ids=[here.quartier.id], since=since) < NOTES_MOST


def explain(
    tx: Transaction,
    here: Here,
    author: Actor,
    status: Status,
    language: str,
    name: str = "help",
    **facts: Fact,
) -> None:
    """A letter that helps on, once in a while: of all that a person writes and nobody understands,
    only so much is answered."""
    known = dialogues.about(tx, author.id, Subject.NONE, None)
    now = here.clock.now()
    if known is not None and now - known.updated_at < HELP_EVERY_S:
        return
    if not may_write(tx, here, author):
        return
    if known is not None:
        dialogues.heard(tx, known.id, note_uri=status.uri, language=language, now=now)
    write_letter(
        tx,
        here,
        author,
        name,
        subject=Subject.NONE,
        subject_id=None,
        awaits="",
        language=language,
        in_reply_to=status.uri,
        **{"quartier": here.settings.node.name, "example": EXAMPLES, **facts},
    )
