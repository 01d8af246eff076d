"""One word of somebody in a conversation, and how it is answered."""

from __future__ import annotations

from node.actions.conversation.manners import explain, may_write
from node.actions.telling import Fact, write_letter
from node.aid.letters import words_listed
from node.aid.words import Said, Word, understand
from node.outbox.here import Here
from node.social.accounts import Actor
from node.social.statuses import Status
from node.store.dialogues import Dialogue
from node.store.transaction import Transaction

STOP = "stop"
"""What is asked: shall it end?"""
GOING = "answer"
CHOICES: dict[Word, tuple[str, str]] = {
    Word.YES: ("oui", "yes"),
    Word.NO: ("non", "no"),
    Word.DONE: ("fait", "done"),
    Word.RENEW: ("encore", "renew"),
    Word.STOP: ("stop", "stop"),
    Word.MEDIATE: ("médiation", "mediation"),
}


class Talk:
    """One word of somebody, and all that is needed to answer it."""

    def __init__(
        self,
        tx: Transaction,
        here: Here,
        author: Actor,
        dialogue: Dialogue,
        status: Status,
        text: str,
    ) -> None:
        self.tx = tx
        self.here = here
        self.author = author
        self.dialogue = dialogue
        self.status = status
        self.text = text
        self.said: Said = understand(text)

    def write(self, name: str, *, awaits: str, **facts: Fact) -> None:
        """A letter about the same thing."""
        if may_write(self.tx, self.here, self.author):
            write_letter(
                self.tx,
                self.here,
                self.author,
                name,
                subject=self.dialogue.subject,
                subject_id=self.dialogue.subject_id,
                awaits=awaits,
                language=self.dialogue.language,
                in_reply_to=self.status.uri,
                **facts,
            )

    def unclear(self, words: tuple[Word, ...], **facts: Fact) -> None:
        """Ask back, with the words that would be understood."""
        lists = [
            words_listed([CHOICES[word][spoken] for word in words], language)
            for spoken, language in enumerate(("fr", "en"))
        ]
        explain(
            self.tx,
            self.here,
            self.author,
            self.status,
            self.dialogue.language,
            "unclear-words",
            choices=(lists[0], lists[1]),
            **facts,
        )
