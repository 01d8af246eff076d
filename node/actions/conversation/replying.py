"""The next word of somebody elsewhere in a conversation: « oui », « fait », « stop »…"""

from __future__ import annotations

from node.actions import agreements as agreeing
from node.actions import notices
from node.actions.conversation import answering, posting
from node.actions.conversation.manners import explain
from node.actions.conversation.own_posts import about_post
from node.actions.conversation.talk import GOING, STOP, Talk
from node.actions.notes import write_direct
from node.actions.telling import Fact, facts_of, tell_step
from node.aid.agreements import OPEN, Agreement, Event, Side, State, allowed
from node.aid.letters import letter
from node.aid.lifecycle import CLOSED
from node.aid.proposals import Proposal
from node.aid.words import Word
from node.errors import Conflict, Invalid, NotFound
from node.outbox.here import Here
from node.social.accounts import Actor
from node.social.notifications import Kind
from node.social.statuses import Status
from node.store import actors, agreements, dialogues, proposals
from node.store.dialogues import Dialogue, Subject
from node.store.transaction import Transaction


def reply(
    tx: Transaction,
    here: Here,
    author: Actor,
    dialogue: Dialogue,
    status: Status,
    text: str,
) -> None:
    if dialogue.subject is Subject.POST:
        posting.answered(tx, here, author, dialogue, status, text)
        return
    talk = Talk(tx, here, author, dialogue, status, text)
    if talk.said.is_thanks and dialogue.awaits != STOP:
        return  # « Merci ! » asks for nothing
    if dialogue.subject is Subject.PROPOSAL:
        about_post(talk)
        return
    agreement = agreements.by_id(tx, dialogue.subject_id or 0)
    stored = proposals.by_id(tx, agreement.proposal_id) if agreement is not None else None
    if agreement is None or stored is None:
        explain(tx, here, author, status, dialogue.language)
        return
    try:
        _about_agreement(talk, agreement, stored.proposal)
    except (Conflict, Invalid, NotFound):
        facts = facts_of(tx, here, agreement, stored.proposal, author)
        talk.write("accept-too-late", awaits="", title=facts["title"])


# ── about an agreement ───────────────────────────────────────────────────────────────────────


def _about_agreement(talk: Talk, agreement: Agreement, proposal: Proposal) -> None:
    asker = talk.author.id != agreement.answerer_id
    facts = facts_of(talk.tx, talk.here, agreement, proposal, talk.author)
    if agreement.state is State.DISPUTED:
        _pass_on(talk, agreement, proposal)
    elif agreement.state is State.NO_SHOW and Word.MEDIATE in talk.said.words:
        agreeing.dispute(talk.tx, talk.here, _who(talk, agreement), agreement.id, reason=talk.text)
    elif agreement.state not in OPEN:
        _after_the_end(talk, agreement, proposal, facts)
    elif agreement.state is State.PROPOSED:
        (_asker_decides if asker else _answer_waits)(talk, agreement, facts)
    else:
        _going_on(talk, agreement, proposal, facts)


def _answer_waits(talk: Talk, agreement: Agreement, facts: dict[str, Fact]) -> None:
    """Their answer is with the other person."""
    tx, here, said = talk.tx, talk.here, talk.said
    if said.quantity is not None and not said.words:
        answering.change(tx, here, talk.author, agreement, quantity=said.quantity)
        return
    match said.among({Word.YES, Word.NO, Word.STOP}):
        case Word.YES:
            talk.write("answer-stands", awaits=GOING, **facts)
        case Word.NO | Word.STOP:
            agreeing.withdraw(tx, here, talk.author, agreement.id)
        case _:
            talk.unclear((Word.YES, Word.STOP), **facts)


def _asker_decides(talk: Talk, agreement: Agreement, facts: dict[str, Fact]) -> None:
    """Somebody answers what they asked for; for one elsewhere the quartier says yes or no."""
    tx, here, said = talk.tx, talk.here, talk.said
    who = _who(talk, agreement)
    match said.among({Word.YES, Word.NO}):
        case Word.YES:
            accepted = agreeing.accept(tx, here, who, agreement.id)
            tell_step(tx, here, accepted, Event.ACCEPT, to=talk.author, by=who)
            if who.id == here.quartier.id:
                _give_address(talk, accepted)
        case Word.NO:
            refused = agreeing.refuse(tx, here, who, agreement.id, reason=said.rest)
            tell_step(tx, here, refused, Event.REFUSE, to=talk.author, by=who)
        case _:
            talk.unclear((Word.YES, Word.NO), **facts)


def _give_address(talk: Talk, agreement: Agreement) -> None:
    """Whose node speaks of agreements learns by it that it is a yes, and by a note from whom."""
    other = actors.by_id(talk.tx, agreement.answerer_id)
    if other is None or (agreement.channel.value == "note" and not other.local):
        return  # the letter said it
    stored = proposals.by_id(talk.tx, agreement.proposal_id)
    language = "en" if agreement.language.partition("-")[0] == "en" else "fr"
    note = write_direct(
        talk.tx,
        talk.here,
        talk.here.quartier,
        other,
        html=letter(
            "accept-member",
            language,
            other=talk.author.name or talk.author.username,
            handle=f"@{talk.author.handle}",
            title=stored.proposal.title if stored is not None else "",
        ),
        language=language,
        in_reply_to=stored.proposal.uri if stored is not None else None,
        context=None,
    )
    notices.tell(
        talk.tx,
        talk.here,
        other,
        Kind.MESSAGE,
        dedupe=str(note.id),
        by=talk.here.quartier,
        object_id=note.id,
        agreement_id=agreement.id,
    )


def _going_on(talk: Talk, agreement: Agreement, proposal: Proposal, facts: dict[str, Fact]) -> None:
    """They have agreed; it is to be done."""
    said = talk.said
    who = _who(talk, agreement)
    side = agreement.side_of(who.id) or Side.ANSWERER
    may = allowed(agreement, side, loan=proposal.mode == "loan")
    if talk.dialogue.awaits == STOP:
        _end_it(talk, agreement, facts)
        return
    others_word = (
        agreement.confirmed_by_answerer_at
        if side is Side.AUTHOR
        else agreement.confirmed_by_author_at
    )
    match said.among(set(Word) - {Word.HELP, Word.RENEW}):
        case Word.DONE:
            _done(talk, agreement, who, may, facts)
        case Word.YES if others_word is not None:
            _done(talk, agreement, who, may, facts)
        case Word.YES:
            talk.write("noted", awaits=GOING, **facts)
        case Word.NOT_YET:
            talk.write("not-yet", awaits=GOING, **facts)
        case Word.NO if others_word is not None:
            talk.write("not-yet", awaits=GOING, **facts)
        case Word.NO | Word.STOP if Event.CANCEL in may:
            talk.write("stop-agreed", awaits=STOP, **facts)
        case Word.MEDIATE if Event.DISPUTE in may:
            _dispute(talk, who, agreement)
        case _:
            talk.unclear((Word.DONE, Word.STOP, Word.MEDIATE), **facts)


def _end_it(talk: Talk, agreement: Agreement, facts: dict[str, Fact]) -> None:
    """They were asked whether it shall end."""
    match talk.said.among({Word.YES, Word.NO, Word.STOP}):
        case Word.YES | Word.STOP:
            who = _who(talk, agreement)
            ended = agreeing.cancel(talk.tx, talk.here, who, agreement.id, reason=talk.said.rest)
            _tell_asker_too(talk, ended, Event.CANCEL)
        case Word.NO:
            talk.write("kept", awaits=GOING, **facts)
        case _:
            talk.unclear((Word.YES, Word.NO), **facts)


def _done(
    talk: Talk,
    agreement: Agreement,
    who: Actor,
    may: tuple[Event, ...],
    facts: dict[str, Fact],
) -> None:
    """The next step: a thing changes hands, comes back, it is done."""
    tx, here, thanks = talk.tx, talk.here, talk.said.rest
    thanks = thanks[:1].upper() + thanks[1:]
    if Event.CONFIRM in may:
        moved = agreeing.confirm(tx, here, who, agreement.id, thanks=thanks)
        _tell_asker_too(talk, moved, Event.CONFIRM, thanks)
    elif Event.GIVE_BACK in may:
        moved = agreeing.give_back(tx, here, who, agreement.id)
        _tell_asker_too(talk, moved, Event.GIVE_BACK)
    elif Event.HAND_OVER in may:
        moved = agreeing.hand_over(tx, here, who, agreement.id)
        _tell_asker_too(talk, moved, Event.HAND_OVER)
    else:
        talk.write("confirm-mine", awaits=GOING, **facts)  # they had said so


def _dispute(talk: Talk, who: Actor, agreement: Agreement) -> None:
    moved = agreeing.dispute(
        talk.tx, talk.here, who, agreement.id, reason=talk.said.rest or talk.text
    )
    _tell_asker_too(talk, moved, Event.DISPUTE)


def _tell_asker_too(talk: Talk, agreement: Agreement, event: Event, text: str = "") -> None:
    """Whoever answered hears of their own step as of any other; for whom the quartier acts, not."""
    if talk.author.id != agreement.answerer_id:
        tell_step(
            talk.tx,
            talk.here,
            agreement,
            event,
            to=talk.author,
            by=_who(talk, agreement),
            text=text,
        )


def _pass_on(talk: Talk, agreement: Agreement, proposal: Proposal) -> None:
    """While a mediator looks at it, what they write goes to the mediators."""
    agreements.record(
        talk.tx,
        agreement.id,
        event="word",
        actor_id=talk.author.id,
        activity_uri=talk.status.uri,
        text=talk.text,
        at=talk.here.clock.now(),
    )
    notices.tell_roles(
        talk.tx,
        talk.here,
        Kind.DISPUTE,
        dedupe=f"{agreement.id} {talk.status.id}",
        by=talk.author,
        object_id=agreement.proposal_id,
        agreement_id=agreement.id,
    )
    talk.write("words-passed-on", awaits=GOING, title=proposal.title)


def _after_the_end(
    talk: Talk, agreement: Agreement, proposal: Proposal, facts: dict[str, Fact]
) -> None:
    """It is over. Whoever asked for it may still end their own post."""
    asked = dialogues.about(talk.tx, talk.author.id, Subject.PROPOSAL, proposal.id)
    wants = talk.said.among({Word.STOP, Word.RENEW}) is not None
    if asked is not None and wants and proposal.state not in CLOSED:
        about_post(Talk(talk.tx, talk.here, talk.author, asked, talk.status, talk.text))
    elif agreement.state is State.CONFIRMED and not talk.said.words:
        return  # a last kind word
    else:
        explain(
            talk.tx, talk.here, talk.author, talk.status, talk.dialogue.language, "over", **facts
        )


def _who(talk: Talk, agreement: Agreement) -> Actor:
    """Who acts in the agreement: the person, or the quartier for one elsewhere who asked."""
    own = talk.author.id in (agreement.answerer_id, agreement.author_id)
    return talk.author if own else talk.here.quartier
