"""A word about what somebody asked to have published: shall it go on, or end?"""

from __future__ import annotations

from node.actions import notices, renewal
from node.actions.conversation import posting
from node.actions.conversation.manners import explain
from node.actions.conversation.talk import STOP, Talk
from node.actions.telling import day_of
from node.aid.lifecycle import CLOSED, State
from node.aid.words import Word
from node.errors import Conflict, Invalid
from node.social.notifications import Kind
from node.store import drafts as drafts_store
from node.store import proposals


def about_post(talk: Talk) -> None:
    tx, here = talk.tx, talk.here
    number = talk.dialogue.subject_id or 0
    kept, stored = drafts_store.by_id(tx, number), proposals.by_id(tx, number)
    state = stored.proposal.state if stored is not None else None
    title = stored.proposal.title if stored is not None else ""
    title = str(kept.fields.get("title", "")) if kept is not None else title
    words = talk.said
    if talk.dialogue.awaits == STOP and words.among({Word.YES, Word.NO, Word.STOP}) is not None:
        if Word.NO in words.words:
            talk.write("kept", awaits="", title=title)
        else:
            posting.end(tx, here, talk.author, talk.dialogue)
    elif state is State.REMOVED and Word.MEDIATE in words.words:
        notices.tell_roles(
            tx, here, Kind.DISPUTE, dedupe=f"{number}", by=talk.author, object_id=number
        )
        talk.write("words-passed-on", awaits="", title=title)
    elif not title or (kept is None and state in CLOSED):
        explain(tx, here, talk.author, talk.status, talk.dialogue.language, "over", title=title)
    elif words.among({Word.NO, Word.STOP}) is not None:
        talk.write("stop-post", awaits=STOP, title=title)
    elif words.among({Word.RENEW}) is not None and kept is None:
        _renew(talk, number, title)
    elif words.among({Word.DONE}) is not None and kept is None:
        posting.end(tx, here, talk.author, talk.dialogue, State.DONE)
    elif words.among({Word.YES}) is not None:
        talk.write("kept", awaits="", title=title)
    else:
        talk.unclear((Word.STOP,) if kept is not None else (Word.RENEW, Word.STOP), title=title)


def _renew(talk: Talk, number: int, title: str) -> None:
    try:
        renewed = renewal.renew(talk.tx, talk.here, number)
    except (Conflict, Invalid):
        talk.write("not-renewed", awaits="", title=title)
    else:
        until = day_of(talk.here, renewed.expires_at)
        talk.write("renewed", awaits="", title=title, until=until)
