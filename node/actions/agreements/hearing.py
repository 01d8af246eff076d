"""What the other side of an agreement said, from another node (FEP-0837).

Who may: only the two themselves, each for their part; the node of the proposal decides, and what
it tells of how the agreement stands replaces what a copy held. Words that come late, twice or
before their cause change nothing that they should not.
"""

from __future__ import annotations

from dataclasses import replace

from node.actions.agreements import answering, reveals
from node.actions.agreements.moving import move, tell_people
from node.actions.agreements.saying import say_accepted, say_refused, the_two
from node.aid.agreement_wire import ReadAgreement, ReadOffer, ReadStep
from node.aid.agreements import (
    OPEN,
    Agreement,
    Channel,
    Event,
    Side,
    State,
)
from node.outbox.here import Here
from node.social.accounts import Actor
from node.store import agreements
from node.store.transaction import Transaction

_ENDED_HERE = frozenset({State.WITHDRAWN, State.CANCELLED})
_NEVER_TOLD = frozenset({State.PROPOSED, State.WITHDRAWN})
"""These are for who answered to say, or for nobody: there is an agreement, or there is none."""
SKEW = 86_400.0
"""Seconds that another server's clock may be ahead, so that its word of today is not its last."""
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
    elif known.state is State.REFUSED:
        say_refused(tx, here, known, two)
    return "answered again"


def taken_back(tx: Transaction, here: Here, offer_uri: str, by: Actor, activity: str) -> bool:
    """Undo of an Offer: withdrawn, or cancelled when it was accepted meanwhile."""
    found = agreements.by_offer(tx, offer_uri)
    if found is None or found.answerer_id != by.id or not the_two(tx, found).home:
        return False
    event = Event.WITHDRAW if found.state is State.PROPOSED else Event.CANCEL
    return move(tx, here, found, event, side=Side.ANSWERER, by=by, heard_in=activity) is not None


# ── on both ──────────────────────────────────────────────────────────────────────────────────


def stepped(tx: Transaction, here: Here, read: ReadStep, by: Actor) -> str | None:
    """A Document within an agreement; None for an agreement that is not this actor's."""
    found = agreements.by_uri(tx, read.agreement_uri)
    side = found.side_of(by.id) if found is not None else None
    if found is None or side is None or by.local:
        return None
    moved = move(tx, here, found, read.event, side=side, by=by, words=read.text, heard_in=read.uri)
    return f"{read.event}" if moved is not None else "it has no place now"


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
    tx: Transaction, here: Here, by: Actor, accept_uri: str, offer_uri: str | None
) -> bool:
    """The author takes the yes back, perhaps before it came."""
    found = agreements.by_accept(tx, accept_uri)
    if found is None and offer_uri is not None:
        found = agreements.by_offer(tx, offer_uri)
    if found is None or found.author_id != by.id or the_two(tx, found).home:
        return False
    if found.state in OPEN:
        _become(tx, here, found, State.CANCELLED, by)
    return True


def standing(tx: Transaction, here: Here, by: Actor, read: ReadAgreement) -> bool:
    """How an agreement stands, told by the node of its proposal."""
    found = agreements.by_uri(tx, read.uri)
    if found is None or found.author_id != by.id or the_two(tx, found).home:
        return False
    return _stands(tx, here, found, read, by)


def _stands(tx: Transaction, here: Here, found: Agreement, read: ReadAgreement, by: Actor) -> bool:
    """A copy becomes what its home says, unless that is older than what it said before."""
    now = here.clock.now()
    said = int(read.updated or now)
    state = read.state or (State.ACCEPTED if found.state is State.PROPOSED else found.state)
    if said <= found.version or said > now + SKEW or state in _NEVER_TOLD:
        return False
    if not _is_what_was_asked(tx, found, read):
        return False
    if found.state in _ENDED_HERE and state in OPEN:
        # What we took back crossed with this; the home will hear of it.
        agreements.update(
            tx, replace(found, uri=read.uri, version=said, updated_at=max(found.updated_at, said))
        )
        return True
    two = the_two(tx, found)
    ended = state not in OPEN
    changed = replace(
        found,
        uri=read.uri,
        version=said,
        confirmed_by_author_at=_when(found.confirmed_by_author_at, two.author, read, said),
        confirmed_by_answerer_at=(
            _when(found.confirmed_by_answerer_at, two.answerer, read, said)
            if ended
            else found.confirmed_by_answerer_at or _when(None, two.answerer, read, said)
        ),
    )
    _become(tx, here, changed, state, by, reason=read.reason, was=found.state)
    return True


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
) -> None:
    now = here.clock.now()
    was = changed.state if was is None else was
    at = max(now, changed.updated_at + 1.0)
    changed = replace(
        changed,
        state=state,
        reason=reason or changed.reason,
        updated_at=at,
        accepted_at=changed.accepted_at or (at if state is State.ACCEPTED else None),
        handed_over_at=changed.handed_over_at or (at if state is State.HANDED_OVER else None),
        returned_at=changed.returned_at or (at if state is State.RETURNED else None),
        ended_at=None if state in OPEN else changed.ended_at or at,
    )
    agreements.update(tx, changed)
    if state is was:
        return
    agreements.record(
        tx,
        changed.id,
        event=_EVENTS.get(state, Event.SETTLE).value,
        actor_id=by.id,
        activity_uri=None,
        text=reason,
        at=at,
    )
    two = the_two(tx, changed)
    tell_people(tx, here, changed, two, _EVENTS.get(state, Event.SETTLE), Side.AUTHOR, by)
    if state not in OPEN:
        reveals.forget(tx, here, changed, two)
