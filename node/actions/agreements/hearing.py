"""What the other side of an agreement said, from another node (FEP-0837): answers, what takes
them back, and steps. How an agreement stands is told in `standing`.

Who may: only the two themselves, each for their part; the node of the proposal decides, and what
it tells of how the agreement stands replaces what a copy held. Words that come late, twice or
before their cause change nothing that they should not.
"""

from __future__ import annotations

from dataclasses import replace

from node.actions.agreements import answering
from node.actions.agreements.moving import move
from node.actions.agreements.saying import say_accepted, say_refused, say_standing
from node.actions.agreements.two import the_two
from node.aid.agreement_wire import ReadOffer, ReadStep
from node.aid.agreements import (
    Agreement,
    Channel,
    Event,
    Side,
    State,
    later,
)
from node.outbox.here import Here
from node.social.accounts import Actor
from node.store import agreements
from node.store.transaction import Transaction

LATE = "late"
"""In the history: a word that had no place when it came."""
MOST_WORDS = 80
"""Of one side, in one agreement: whoever goes on is no longer listened to."""


def offered(
    tx: Transaction,
    here: Here,
    answerer: Actor,
    proposal_id: int,
    *,
    offer_uri: str,
    read: ReadOffer,
    language: str,
) -> str:
    """Somebody elsewhere answers a proposal of ours. What became of it."""
    known = agreements.by_offer(tx, offer_uri)
    if known is not None:
        return _again(tx, here, known, answerer)
    made = answering.receive(
        tx,
        here,
        answerer,
        proposal_id,
        offer_uri=offer_uri,
        channel=Channel.VF,
        quantity=read.quantity,
        unit=read.unit,
        text=read.text,
        language=language,
        due=read.due,
    )
    return f"answer {made.state}"


def _again(tx: Transaction, here: Here, known: Agreement, answerer: Actor) -> str:
    """The same Offer once more: perhaps our answer was lost."""
    if known.answerer_id != answerer.id:
        return "another's answer"
    two = the_two(tx, known)
    if known.accepted_at is not None:
        say_accepted(tx, here, known, two)
        say_standing(tx, here, known, two)
    elif known.state is State.REFUSED:
        say_refused(tx, here, known, two)
    return "answered again"


def taken_back(
    tx: Transaction, here: Here, offer_uri: str, by: Actor, activity: str, words: str = ""
) -> bool:
    """Undo of an Offer: withdrawn, or cancelled when it was accepted meanwhile."""
    found = agreements.by_offer(tx, offer_uri)
    if found is None or found.answerer_id != by.id or not the_two(tx, found).home:
        return False
    event = Event.WITHDRAW if found.state is State.PROPOSED else Event.CANCEL
    return _heard(tx, here, found, event, by, words, activity)


def _heard(
    tx: Transaction,
    here: Here,
    found: Agreement,
    event: Event,
    by: Actor,
    words: str,
    activity: str,
) -> bool:
    """A word of who answered. Where it has no place, its node is told how the agreement stands
    all the same: there it was done, until this says otherwise."""
    if agreements.is_recorded(tx, activity):
        return False
    two = the_two(tx, found)
    lent = two.proposal.mode == "loan" or event not in (Event.HAND_OVER, Event.GIVE_BACK)
    if lent and move(
        tx, here, found, event, side=Side.ANSWERER, by=by, words=words, heard_in=activity
    ):
        return True
    if len(agreements.words_of(tx, found.id, by.id)) >= MOST_WORDS:
        return False
    at = later(found, here.clock.now())
    agreements.record(
        tx, found.id, event=LATE, actor_id=by.id, activity_uri=activity, text=words, at=at
    )
    if found.accepted_at is not None:
        found = replace(found, updated_at=at, version=found.version + 1)
        agreements.update(tx, found)
        say_standing(tx, here, found, two)
    return False


def stepped(tx: Transaction, here: Here, read: ReadStep, by: Actor) -> str | None:
    """A Document within an agreement; None for an agreement that is not this actor's.

    At the node of who answered it is kept for what it says. How the agreement stands is told
    beside it; by a server that tells nothing of the kind, the Document is the step itself.
    """
    found = agreements.by_uri(tx, read.agreement_uri)
    if found is None and read.offer_uri is not None:  # before the yes that it follows
        found = agreements.by_offer(tx, read.offer_uri)
    side = found.side_of(by.id) if found is not None else None
    if found is None or side is None or by.local:
        return None
    if the_two(tx, found).home:
        done = _heard(tx, here, found, read.event, by, read.text, read.uri)
        return f"{read.event}" if done else "it has no place now"
    if agreements.is_recorded(tx, read.uri):
        return "known already"
    if len(agreements.words_of(tx, found.id, by.id)) >= MOST_WORDS:
        return "they have said enough"
    if found.uri is not None and not found.version:
        moved = move(
            tx, here, found, read.event, side=side, by=by, words=read.text, heard_in=read.uri
        )
        return f"{read.event}" if moved is not None else "it has no place now"
    agreements.record(
        tx,
        found.id,
        event=read.event.value,
        actor_id=by.id,
        activity_uri=read.uri,
        text=read.text,
        at=here.clock.now(),
    )
    return f"{read.event}, told"
