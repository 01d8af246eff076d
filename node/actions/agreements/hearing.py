"""What the other side of an agreement said, from another node (FEP-0837).

Who may: only the two themselves, each for their part; the node of the proposal decides, and what
it tells of how the agreement stands replaces what a copy held. Words that come late, twice or
before their cause change nothing that they should not.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from node.actions.agreements import answering, reveals
from node.actions.agreements.moving import move, tell_people
from node.actions.agreements.saying import say_accepted, say_refused, say_standing, the_two
from node.aid.agreement_wire import ReadAgreement, ReadOffer, ReadStep
from node.aid.agreements import (
    AGREED,
    OPEN,
    Agreement,
    Channel,
    Event,
    Side,
    State,
    later,
    step,
)
from node.outbox.here import Here
from node.social.accounts import Actor
from node.store import agreements
from node.store.transaction import Transaction

LATE = "late"
"""In the history: a word that had no place when it came."""
_NEVER_TOLD = frozenset({State.PROPOSED, State.WITHDRAWN})
"""These are for who answered to say, or for nobody: there is an agreement, or there is none."""
_EVENTS = {
    State.ACCEPTED: Event.ACCEPT,
    State.REFUSED: Event.REFUSE,
    State.CANCELLED: Event.CANCEL,
    State.HANDED_OVER: Event.HAND_OVER,
    State.RETURNED: Event.GIVE_BACK,
    State.CONFIRMED: Event.CONFIRM,
    State.NO_SHOW: Event.NO_SHOW,
    State.DISPUTED: Event.DISPUTE,
}


# ── at the node of the proposal ──────────────────────────────────────────────────────────────


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
    at = later(found, here.clock.now())
    agreements.record(
        tx, found.id, event=LATE, actor_id=by.id, activity_uri=activity, text=words, at=at
    )
    if found.accepted_at is not None:
        found = replace(found, updated_at=at, version=found.version + 1)
        agreements.update(tx, found)
        say_standing(tx, here, found, two)
    return False


# ── on both ──────────────────────────────────────────────────────────────────────────────────


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


# ── at the node of who answered ──────────────────────────────────────────────────────────────


def accepted(
    tx: Transaction,
    here: Here,
    by: Actor,
    offer_uri: str,
    *,
    accept_uri: str | None,
    read: ReadAgreement,
) -> bool:
    """The author said yes to an answer of ours."""
    found = agreements.by_offer(tx, offer_uri)
    if found is None or found.author_id != by.id or the_two(tx, found).home:
        return False
    return _stands(tx, here, replace(found, accept_uri=accept_uri), read, by)


def refused(tx: Transaction, here: Here, by: Actor, offer_uri: str, *, reason: str) -> bool:
    """The author said no."""
    found = agreements.by_offer(tx, offer_uri)
    if found is None or found.author_id != by.id or the_two(tx, found).home:
        return False
    if found.state not in (State.PROPOSED, State.WITHDRAWN):
        return False
    _become(tx, here, found, State.REFUSED, by, reason=reason)
    return True


def acceptance_undone(
    tx: Transaction,
    here: Here,
    by: Actor,
    accept_uri: str,
    offer_uri: str | None,
    *,
    said: float | None,
    reason: str,
) -> bool:
    """The author takes the yes back at `said`, perhaps before it came."""
    found = agreements.by_accept(tx, accept_uri)
    if found is None and offer_uri is not None:
        found = agreements.by_offer(tx, offer_uri)
    if found is None or found.author_id != by.id or the_two(tx, found).home:
        return False
    # A server that does not say when is taken at its word: it says so now.
    at = max(found.version, int(here.clock.now())) if said is None else int(said)
    if found.state not in OPEN or at < found.version:
        return True  # over, or told of what came later
    # Nothing that was said before counts any more; what is said at this moment tells the same.
    version = max(found.version, at - 1)
    _become(tx, here, replace(found, version=version), State.CANCELLED, by, reason=reason)
    return True


def standing(tx: Transaction, here: Here, by: Actor, read: ReadAgreement) -> bool:
    """How an agreement stands, told by the node of its proposal."""
    found = agreements.by_uri(tx, read.uri)
    for uri in read.heard if found is None else ():  # before the yes that it follows
        found = found or agreements.by_offer(tx, uri)
    if found is None or found.author_id != by.id or the_two(tx, found).home:
        return False
    return _stands(tx, here, found, read, by)


def _stands(tx: Transaction, here: Here, found: Agreement, read: ReadAgreement, by: Actor) -> bool:
    """A copy becomes what its home says, unless that is older than what it said before. What was
    done here and not heard there yet is done to it again: the two crossed."""
    now = here.clock.now()
    said = int(read.updated or now)
    state = read.state or (State.ACCEPTED if found.state is State.PROPOSED else found.state)
    if said <= found.version or state in _NEVER_TOLD:
        return False
    if not _is_what_was_asked(tx, found, read):
        return False
    two = the_two(tx, found)
    told = replace(
        found,
        uri=read.uri,
        # A server that does not tell how things stand tells by Documents alone: none is newer.
        version=said if read.state is not None else found.version,
        state=state,
        confirmed_by_author_at=_when(found.confirmed_by_author_at, two.author, read, said),
        confirmed_by_answerer_at=_when(found.confirmed_by_answerer_at, two.answerer, read, said),
    )
    if read.state is None:
        told = replace(
            told,
            confirmed_by_author_at=found.confirmed_by_author_at,
            confirmed_by_answerer_at=found.confirmed_by_answerer_at,
        )
    else:
        told = _again_here(tx, told, read.heard, now)
    confirmed = told.confirmed_by_author_at is not None and found.confirmed_by_author_at is None
    _become(
        tx,
        here,
        told,
        told.state,
        by,
        reason=read.reason,
        was=found.state,
        confirmed=confirmed,
    )
    return True


def _again_here(tx: Transaction, told: Agreement, heard: Collection[str], now: float) -> Agreement:
    """With what our side has said since, in its order, as its home will hear it."""
    for word in agreements.words_of(tx, told.id, told.answerer_id):
        if word.activity_uri in heard or word.event not in set(Event):
            continue
        event = Event(word.event)
        if event is Event.WITHDRAW and told.state is not State.PROPOSED:
            event = Event.CANCEL
        done = step(told, event, Side.ANSWERER, now=now)
        if done is not None:
            told = replace(done, version=told.version)
    return told


def _is_what_was_asked(tx: Transaction, found: Agreement, read: ReadAgreement) -> bool:
    """FEP-0837: the same quantities as in the Offer, of the same proposal; and its id is given
    once, and to no other agreement."""
    if found.uri is None:
        if agreements.by_uri(tx, read.uri) is not None:
            return False
    elif found.uri != read.uri:
        return False
    about = the_two(tx, found).proposal.uri
    if read.proposal_uri is not None and read.proposal_uri != about:
        return False
    return read.quantity is None or (read.quantity, read.unit) == (found.quantity, found.unit)


def _when(at: float | None, actor: Actor, read: ReadAgreement, said: float) -> float | None:
    return (at or said) if actor.uri in read.confirmed_by else None


def _become(
    tx: Transaction,
    here: Here,
    changed: Agreement,
    state: State,
    by: Actor,
    *,
    reason: str = "",
    was: State | None = None,
    confirmed: bool = False,
) -> None:
    """A copy changes by a word of its home; `confirmed` when that is the author's thanks."""
    now = here.clock.now()
    was = changed.state if was is None else was
    at = later(changed, now)
    changed = replace(
        changed,
        state=state,
        reason=reason or changed.reason,
        updated_at=at,
        accepted_at=changed.accepted_at or (at if state in AGREED else None),
        handed_over_at=changed.handed_over_at or (at if state is State.HANDED_OVER else None),
        returned_at=changed.returned_at or (at if state is State.RETURNED else None),
        ended_at=None if state in OPEN else changed.ended_at or at,
    )
    agreements.update(tx, changed)
    two = the_two(tx, changed)
    if state not in OPEN:
        reveals.forget(tx, here, changed, two)
    if was not in OPEN and state not in OPEN:
        return  # over here already: nothing new for anybody
    if state is not was:
        event = Event.SETTLE if was is State.DISPUTED else _EVENTS.get(state, Event.SETTLE)
    elif confirmed:
        event = Event.CONFIRM
    else:
        return
    if state is not was:
        agreements.record(
            tx,
            changed.id,
            event=event.value,
            actor_id=by.id,
            activity_uri=None,
            text=reason,
            at=at,
        )
    tell_people(tx, here, changed, two, event, Side.AUTHOR, by)
