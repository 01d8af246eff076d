"""What becomes of a proposal with time: it pauses, is enough for now, expires, and is renewed."""

from __future__ import annotations

from node.actions.listing import relist
from node.actions.notices import tell
from node.actions.proposals import change_proposal, own
from node.aid.draft_checks import LONGEST, expires
from node.aid.lifecycle import CLOSED, LIVE, State, by_quantity
from node.aid.proposals import DAY, Proposal, renewed_until
from node.aid.reminders import Reminder, next_reminder, reminder
from node.clock import to_iso
from node.errors import Conflict, Invalid
from node.outbox.here import Here
from node.social.accounts import Actor
from node.social.notifications import Kind
from node.store import proposals
from node.store.transaction import Transaction

BATCH = 20
"""Proposals in one transaction: nobody waits long behind it."""


def pause(tx: Transaction, here: Here, object_id: int) -> Proposal:
    """Not for now: out of every list until it goes on. Raises Conflict."""
    stored, _ = own(tx, object_id)
    if stored.proposal.state is State.PAUSED:
        return stored.proposal
    return change_proposal(tx, here, object_id, state=State.PAUSED)


def resume(tx: Transaction, here: Here, object_id: int) -> Proposal:
    """After a pause, or when it is enough no longer. Raises Conflict."""
    stored, _ = own(tx, object_id)
    before, now = stored.proposal, here.clock.now()
    if before.state in LIVE:
        return before
    if before.state not in (State.PAUSED, State.SATISFIED_FOR_NOW):
        raise Conflict("Cette annonce n’est pas en pause.")
    if before.has_expired(now):
        raise Conflict("Cette annonce est arrivée à son terme : renouvelez-la.")
    return change_proposal(
        tx, here, object_id, state=by_quantity(before.quantity, before.available), renewed_at=now
    )


def satisfied(tx: Transaction, here: Here, object_id: int, *, until: float) -> Proposal:
    """Enough for now: it opens again then. Raises Invalid, Conflict."""
    stored, _ = own(tx, object_id)
    before, now = stored.proposal, here.clock.now()
    if not now < until <= now + LONGEST:
        raise Invalid("L’annonce rouvre à une date à venir, dans l’année.")
    end = before.expires_at
    if before.gathering and end is not None and end <= until:
        raise Conflict("La rencontre sera passée à cette date : dites plutôt que c’est réglé.")
    if end is not None and end <= until + DAY:
        end = renewed_until(before, until)  # it is not to open only to be over
    return change_proposal(
        tx,
        here,
        object_id,
        state=State.SATISFIED_FOR_NOW,
        opens_again_at=until,
        expires_at=end,
    )


def renew(tx: Transaction, here: Here, object_id: int, *, lasts: str | None = None) -> Proposal:
    """It is still so: a new end by its kind, or after so long (``"3d"``), counted from now. One
    that had expired or was in a pause is open again, everywhere. Raises Conflict, Invalid."""
    stored, _ = own(tx, object_id)
    before, now = stored.proposal, here.clock.now()
    if before.state in CLOSED or before.state is State.REFERRED:
        raise Conflict("Cette annonce ne peut plus être renouvelée : publiez-en une nouvelle.")
    if before.gathering and max(before.ends_at or 0.0, before.starts_at or 0.0) <= now:
        raise Conflict("Cette rencontre est passée : publiez la prochaine avec sa date.")
    if before.due is not None and before.due <= now:
        raise Conflict(
            "La date de cette annonce est passée : publiez-en une nouvelle avec une autre date."
        )
    seconds, endless = expires(lasts, before.purpose)
    if endless or (before.standing and seconds is None):
        end = None
    else:
        end = renewed_until(before, now) if seconds is None else now + seconds
    state = by_quantity(before.quantity, before.available)
    if state is State.MATCHED and before.state is not State.MATCHED:
        raise Conflict("Tout est déjà promis : il n’y a rien à renouveler.")
    return change_proposal(
        tx,
        here,
        object_id,
        state=state,
        expires_at=end,
        standing=end is None,
        renewed_at=now,
    )


def expire_proposals(tx: Transaction, here: Here) -> int:
    """End what is over: ours with a word to everybody and to the author, copies from elsewhere by
    their own end. How many."""
    now = here.clock.now()
    over = proposals.expired(tx, now=now, most=BATCH)
    for object_id in over:
        _, author = own(tx, object_id)
        changed = change_proposal(tx, here, object_id, state=State.EXPIRED)
        if changed.series_id is None:  # of a series the next one is there already
            at = str(int(changed.expires_at or 0))
            _tell(tx, here, author, Kind.PROPOSAL_EXPIRED, changed, at)
    copies = proposals.mark_expired_remote(tx, now=now, most=BATCH)
    for object_id in copies:
        stored = proposals.by_id(tx, object_id)
        if stored is not None:
            relist(tx, here, stored.proposal)
    return len(over) + len(copies)


def reopen_proposals(tx: Transaction, here: Here) -> int:
    """What was enough for now, and is so no longer. How many."""
    again = proposals.opening_again(tx, now=here.clock.now(), most=BATCH)
    for object_id in again:
        stored, author = own(tx, object_id)
        changed = resume(tx, here, object_id)
        at = str(int(stored.proposal.opens_again_at or 0))
        _tell(tx, here, author, Kind.PROPOSAL_REOPENED, changed, at)
    return len(again)


def remind(tx: Transaction, here: Here) -> int:
    """Tell authors that an end is near, and ask whether what has none is still so; each once. How
    many."""
    now = here.clock.now()
    due = proposals.to_remind(tx, now=now, most=BATCH)
    for object_id in due:
        stored, author = own(tx, object_id)
        proposal = stored.proposal
        match reminder(proposal, now):
            case Reminder.WEEK | Reminder.DAY as left:
                occasion = f"{int(proposal.expires_at or 0)} {left}"
                _tell(tx, here, author, Kind.PROPOSAL_EXPIRING, proposal, occasion, left=left)
            case Reminder.ASKS:
                occasion = f"{int(proposal.renewed_at or proposal.created)}"
                _tell(tx, here, author, Kind.PROPOSAL_ASKS, proposal, occasion)
            case Reminder.PAUSES:
                change_proposal(tx, here, object_id, state=State.PAUSED)
                continue
            case None:
                pass
        proposals.set_notice(tx, object_id, next_reminder(proposal, now))
    return len(due)


def _tell(
    tx: Transaction,
    here: Here,
    author: Actor,
    kind: Kind,
    proposal: Proposal,
    occasion: str,
    **more: str,
) -> None:
    data = {"title": proposal.title, **more}
    if proposal.expires_at is not None:
        data["expires_at"] = to_iso(proposal.expires_at)
    if kind is not Kind.PROPOSAL_REOPENED:
        data["renew"] = f"/api/aid/v1/proposals/{proposal.id}/renew"
    tell(
        tx,
        here,
        author,
        kind,
        dedupe=f"{proposal.id} {occasion}",
        object_id=proposal.id,
        data=data,
    )
