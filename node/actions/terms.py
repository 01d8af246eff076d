"""What becomes here of what neighbours pass on: shown, held for a mediator, or left.

The rules are `node.aid.terms`. Where several neighbours passed on the same, the kindest terms
count. What a mediator said of a proposal stands, until its words change under review.
"""

from __future__ import annotations

from collections.abc import Sequence

from node.actions import audit, notices, passing
from node.aid.neighbours import Link
from node.aid.proposals import Proposal
from node.aid.terms import (
    HOUR_S,
    Hold,
    Leave,
    Show,
    Verdict,
    Why,
    judge,
    kindest,
    welcome_of,
)
from node.errors import NotFound
from node.outbox.here import Here
from node.social.accounts import Actor
from node.social.notifications import Kind
from node.social.statuses import Status
from node.store import graves, held, neighbours, objects, proposals, referrals, silences
from node.store.held import Held
from node.store.neighbours import NeighbourRow
from node.store.proposals import Stored
from node.store.transaction import Transaction

MOST = 1_000
"""Proposals that are judged anew when terms change, the newest."""
AT_ONCE = 100
"""Held ones that one click shows or leaves."""


def receive(tx: Transaction, here: Here, row: NeighbourRow, stored: Stored) -> Verdict:
    """A joined neighbour passed on something that we do not show: whether we do now. What is held
    waits for a mediator from here on."""
    proposal = stored.proposal
    known = held.of(tx, proposal.id)
    if referrals.is_ours_to_show(tx, proposal.id) or (known and known.state == "shown"):
        return Show()
    if known is not None and known.state == "left":
        return Leave("a mediator left it")
    verdict = kindest(_verdicts(tx, here, proposal))
    live = proposal.is_live(here.clock.now())
    match verdict:
        case Show():
            held.release(tx, proposal.id)
            if live:
                neighbours.count_one(tx, row.actor_id, "from", now=here.clock.now())
        case Hold(why=why):
            if known is None:
                _hold(tx, here, row.actor_id, stored, why)
        case Leave():
            held.release(tx, proposal.id)
    return verdict


def stays(tx: Transaction, here: Here, before: Status, stored: Stored) -> bool:
    """Whether a proposal from elsewhere that we show may stay so after it changed; where its words
    did, and everything from there is looked at first, it waits for a look."""
    proposal = stored.proposal
    if not passing.reaches_us(tx, here, proposal):
        return False
    passers = [row for row in _passers(tx, proposal.id) if _linked(row)]
    if not passers or referrals.is_ours_to_show(tx, proposal.id):
        return True
    taking = [row for row in passers if row.terms.takes(proposal)]
    if not taking:
        return False
    now = objects.by_id(tx, proposal.id)
    changed = now is not None and (now.name, now.content) != (before.name, before.content)
    if changed and all(row.terms.review for row in taking):
        _hold(tx, here, taking[0].actor_id, stored, Why.REVIEW)
        return False
    return True


def may_show(tx: Transaction, here: Here, stored: Stored) -> bool:
    """Whether what neighbours passed on is among what we take, and is not held back."""
    known = held.of(tx, stored.proposal.id)
    if known is not None:
        return known.state == "shown"
    return isinstance(kindest(_verdicts(tx, here, stored.proposal, rate=False)), Show)


def reconsider(tx: Transaction, here: Here, neighbour_id: int) -> None:
    """The terms changed, or the neighbour is heard again: what it passed on and is open now is
    judged anew."""
    row = neighbours.by_actor(tx, neighbour_id)
    if row is None or not _linked(row):
        return
    for object_id in neighbours.live_from(tx, neighbour_id, now=here.clock.now(), most=MOST):
        stored = proposals.by_id(tx, object_id)
        if stored is not None:
            _again(tx, here, row, stored)


def show_held(tx: Transaction, here: Here, who: Actor | None, object_ids: Sequence[int]) -> int:
    """A mediator looked: these are shown. How many; what ended meanwhile is passed over. Raises
    NotFound when nothing of it was held."""
    return _decide(tx, here, who, object_ids, "shown")


def leave_held(tx: Transaction, here: Here, who: Actor | None, object_ids: Sequence[int]) -> int:
    """A mediator looked: these are not shown, whoever else passes them on. How many."""
    return _decide(tx, here, who, object_ids, "left")


def _decide(
    tx: Transaction, here: Here, who: Actor | None, object_ids: Sequence[int], said: held.State
) -> int:
    now = here.clock.now()
    wanted = list(object_ids)[:AT_ONCE]
    found: list[Held] = []
    # What was left may be shown after all; what is shown is taken down as anything else is.
    for state in ("waiting", "left") if said == "shown" else ("waiting",):
        found += held.listed(tx, now=now, state=state, object_ids=wanted, most=AT_ONCE)
    if not found:
        raise NotFound("Rien de cela n’attend ici : c’est déjà vu, ou terminé.")
    for one in found:
        stored = proposals.by_id(tx, one.object_id)
        if stored is None:
            continue
        held.decide(tx, one.object_id, said)
        if said == "shown" and passing.reaches_us(tx, here, stored.proposal):
            show(tx, here, stored)
        audit.record(tx, here, who, f"held.{said}", stored.proposal.uri)
    return len(found)


def show(tx: Transaction, here: Here, stored: Stored) -> None:
    """List what came from elsewhere, tell our followers, and pass it on."""
    proposal = stored.proposal
    if silences.is_silenced_uri(tx, proposal.author_uri):
        return
    proposals.show(tx, proposal.id, create_activity=None)
    if proposal.is_live(here.clock.now()):
        passing.announce(tx, here, proposal)
        passing.pass_on(tx, here, stored)


def _again(tx: Transaction, here: Here, row: NeighbourRow, stored: Stored) -> None:
    proposal = stored.proposal
    known = held.of(tx, proposal.id)
    if known is not None and known.state != "waiting":
        return
    if here.node.uri in graves.buried_by(tx, proposal.uri):
        return  # our mediators removed it
    if not passing.reaches_us(tx, here, proposal) or referrals.is_ours_to_show(tx, proposal.id):
        return
    # What is shown was counted when it came.
    verdict = kindest(_verdicts(tx, here, proposal, rate=not stored.shown))
    match verdict:
        case Show() if not stored.shown:
            held.release(tx, proposal.id)
            neighbours.count_one(tx, row.actor_id, "from", now=here.clock.now())
            show(tx, here, stored)
        case Hold(why=why) if known is None:
            if stored.shown:
                passing.unlist(tx, here, proposal)
            _hold(tx, here, row.actor_id, stored, why)
        case Leave():
            held.release(tx, proposal.id)
            if stored.shown:
                passing.unlist(tx, here, proposal)
        case _:
            pass


def _verdicts(
    tx: Transaction, here: Here, proposal: Proposal, *, rate: bool = True
) -> list[Verdict]:
    """Of each joined neighbour that passed it on."""
    now = here.clock.now()
    found = []
    for row in _passers(tx, proposal.id):
        if row.state == Link.JOINED.value:
            taken = neighbours.in_this_hour(tx, row.actor_id, "from", now=now) if rate else -1
            welcome = welcome_of(row.joined_at, now)
            found.append(judge(row.terms, proposal, taken, welcome=welcome))
    return found


def _passers(tx: Transaction, object_id: int) -> list[NeighbourRow]:
    known = neighbours.having(tx, object_id)
    return [row for row in neighbours.every(tx) if known.get(row.actor_id) == "from"]


def _linked(row: NeighbourRow) -> bool:
    return row.state in (Link.JOINED.value, Link.PAUSED.value)


def _hold(tx: Transaction, here: Here, neighbour_id: int, stored: Stored, why: Why) -> None:
    now = here.clock.now()
    held.hold(tx, object_id=stored.proposal.id, neighbour_id=neighbour_id, why=why, now=now)
    if stored.proposal.is_live(now):
        urgent = stored.proposal.urgency in passing.URGENT
        # However much comes, once in an hour, and once more when something is urgent.
        occasion = f"held {'urgent ' if urgent else ''}{int(now // HOUR_S)}"
        notices.tell_roles(
            tx,
            here,
            Kind.REVIEW_WAITING,
            dedupe=occasion,
            object_id=stored.proposal.id,
            urgent=urgent,
        )
