"""How an agreement stands, as the node of its proposal tells it, at the node of who answered: a
copy becomes what its home says. Words that come late, twice or before their cause change nothing
that they should not."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from node.actions.agreements import reveals
from node.actions.agreements.moving import tell_people
from node.actions.agreements.two import the_two
from node.aid.agreement_wire import ReadAgreement
from node.aid.agreements import (
    AGREED,
    OPEN,
    Agreement,
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
        confirmed_by_author_at=_when(found.confirmed_by_author_at or now, two.author, read),
        # Nobody says it for our side; what ours said may have come too late.
        confirmed_by_answerer_at=_when(found.confirmed_by_answerer_at, two.answerer, read),
        ended_at=read.ended,
    )
    if read.state is None:
        told = replace(
            told,
            confirmed_by_author_at=found.confirmed_by_author_at,
            confirmed_by_answerer_at=found.confirmed_by_answerer_at,
            ended_at=found.ended_at,
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


def _when(at: float | None, actor: Actor, read: ReadAgreement) -> float | None:
    return at if actor.uri in read.confirmed_by else None


def _ended(changed: Agreement, state: State, at: float) -> float | None:
    """What is disputed after nobody came stays over while it is."""
    if state is State.DISPUTED:
        return changed.ended_at
    return None if state in OPEN else changed.ended_at or at


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
        ended_at=_ended(changed, state, at),
    )
    agreements.update(tx, changed)
    two = the_two(tx, changed)
    if changed.ended_at is not None:
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
