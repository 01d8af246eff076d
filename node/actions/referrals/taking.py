"""At the neighbour: what is handed to us, and whether we take it."""

from __future__ import annotations

from node.actions import audit, notices, passing
from node.actions.referrals.handing import REASON_MAX
from node.actions.referrals.moving import move, moved, no_longer_ours, not_here
from node.aid.draft_checks import clean_words
from node.aid.lifecycle import LIVE, State
from node.aid.referrals import Direction, Event
from node.aid.referrals import State as Handing
from node.errors import Conflict
from node.ids import new_id
from node.outbox.here import Here
from node.social.accounts import Actor
from node.social.notifications import Kind
from node.store import graves, neighbours, objects, proposals, referrals
from node.store.proposals import Stored
from node.store.referrals import Referral
from node.store.transaction import Transaction

WAITING_MOST = 50
"""Requests of one neighbour that may wait for our answer; more are not heard."""


def receive(
    tx: Transaction, here: Here, group: Actor, stored: Stored, activity_uri: str
) -> Referral | None:
    """A neighbour hands us a request: our mediators look at it. None when it was known, or too
    many of that neighbour wait."""
    if referrals.waiting_from(tx, group.id) >= WAITING_MOST:
        return None
    now = here.clock.now()
    made = Referral(
        id=new_id(),
        activity_uri=activity_uri,
        proposal_id=stored.proposal.id,
        neighbour_id=group.id,
        direction=Direction.FROM,
        state=Handing.HANDED_OVER,
        consented_at=None,
        by_voice=False,
        reason="",
        created_at=now,
        updated_at=now,
    )
    if not referrals.insert(tx, made):
        return None
    # It came from there: changes are heard, and it is not offered back.
    neighbours.passed(
        tx, object_id=stored.proposal.id, neighbour_id=group.id, direction="from", now=now
    )
    notices.tell_roles(
        tx,
        here,
        Kind.REFERRAL_RECEIVED,
        dedupe=str(made.id),
        by=group,
        object_id=stored.proposal.id,
        data={"referral": str(made.id)},
        urgent=stored.proposal.urgency in passing.URGENT,
    )
    return made


def accept(tx: Transaction, here: Here, who: Actor | None, referral_id: int) -> Referral:
    """We take it: shown here whatever its reach and our terms. Raises NotFound and Conflict."""
    found = _theirs(tx, referral_id)
    stored = proposals.by_id(tx, found.proposal_id)
    over = stored is None or stored.proposal.has_expired(here.clock.now())
    if stored is None or over or stored.proposal.state not in (*LIVE, State.REFERRED):
        raise Conflict("Cette demande est terminée, ou elle a été reprise.")
    if here.node.uri in graves.buried_by(tx, stored.proposal.uri):
        raise Conflict("Notre médiation a retiré cette demande.")
    changed = moved(tx, here, found, Event.WE_ACCEPT)
    proposals.show(tx, found.proposal_id, create_activity=None)
    passing.announce(tx, here, stored.proposal)
    audit.record(tx, here, who, "referral.accept", stored.proposal.uri)
    return changed


def decline(
    tx: Transaction, here: Here, who: Actor | None, referral_id: int, *, reason: str = ""
) -> Referral:
    """We cannot, or cannot after all; its author reads why. Raises NotFound and Conflict."""
    found = _theirs(tx, referral_id)
    changed = moved(tx, here, found, Event.WE_DECLINE, reason=clean_words(reason, REASON_MAX))
    no_longer_ours(tx, here, found)
    status = objects.by_id(tx, found.proposal_id)
    audit.record(tx, here, who, "referral.decline", status.uri if status else "", changed.reason)
    return changed


def taken_back(tx: Transaction, here: Here, referral: Referral) -> bool:
    """The neighbour took it back; False when that changed nothing."""
    if move(tx, here, referral, Event.THEIR_UNDO) is None:
        return False
    no_longer_ours(tx, here, referral)
    return True


def part(tx: Transaction, here: Here, group: Actor) -> None:
    """We are no longer neighbours: what was handed over is where it came from."""
    for one in referrals.open_with(tx, group.id):
        if one.direction is Direction.TO:
            move(tx, here, one, Event.WE_TAKE_BACK)
        else:
            taken_back(tx, here, one)


def _theirs(tx: Transaction, referral_id: int) -> Referral:
    found = referrals.by_id(tx, referral_id)
    if found is None or found.direction is not Direction.FROM:
        raise not_here()
    return found
