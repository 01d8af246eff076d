"""Whoever of ours has an app is told in it what happens with their help: by a direct note of the
quartier, the same as people elsewhere get, which a short answer goes on with (« oui », « fait »).
"""

from __future__ import annotations

from typing import Final

from node.actions.telling import tell_step, write_letter
from node.aid.agreements import Event
from node.outbox.here import Here
from node.social.accounts import Actor
from node.social.notifications import Kind
from node.store import accounts, agreements, dialogues, objects, proposals
from node.store.dialogues import Subject
from node.store.notifications import Notification
from node.store.transaction import Transaction

STEPS: Final = {
    Kind.AGREEMENT_PROPOSED: "offer",
    Kind.AGREEMENT_ACCEPTED: Event.ACCEPT,
    Kind.AGREEMENT_REFUSED: Event.REFUSE,
    Kind.AGREEMENT_WITHDRAWN: Event.WITHDRAW,
    Kind.AGREEMENT_CANCELLED: Event.CANCEL,
    Kind.AGREEMENT_HANDED_OVER: Event.HAND_OVER,
    Kind.AGREEMENT_RETURNED: Event.GIVE_BACK,
    Kind.AGREEMENT_CONFIRMED: Event.CONFIRM,
    Kind.AGREEMENT_NO_SHOW: Event.NO_SHOW,
    Kind.AGREEMENT_DISPUTED: Event.DISPUTE,
    Kind.AGREEMENT_SETTLED: Event.SETTLE,
}
PROPOSALS: Final = {
    Kind.PROPOSAL_PUBLISHED: "published",
    Kind.PROPOSAL_RETURNED: "returned",
    Kind.PROPOSAL_REMOVED: "removed",
    Kind.PROPOSAL_EXPIRING: "expiring",
    Kind.PROPOSAL_ASKS: "expiring",
    Kind.PROPOSAL_EXPIRED: "expired",
}


def tell_in_app(
    tx: Transaction,
    here: Here,
    person: Actor,
    kind: Kind,
    told: Notification,
    *,
    by: Actor | None,
) -> int | None:
    """The id of the note; None where there is none to write."""
    if kind not in STEPS and kind not in PROPOSALS:
        return None
    if not accounts.has_app(tx, person.id):
        return None
    if kind in STEPS:
        return _step(tx, here, person, STEPS[kind], by, told.agreement_id)
    about = told.object_id or 0
    status = objects.by_id(tx, about)
    stored = proposals.by_id(tx, about)
    if status is None or stored is None:
        return None
    return write_letter(
        tx,
        here,
        person,
        PROPOSALS[kind],
        subject=Subject.PROPOSAL,
        subject_id=about,
        awaits="",
        language=stored.proposal.language,
        in_reply_to=status.uri,
        title=stored.proposal.title,
        text=told.data.get("reason", ""),
        url=status.url or status.uri,
    ).id


def _step(
    tx: Transaction,
    here: Here,
    person: Actor,
    event: str,
    by: Actor | None,
    agreement_id: int | None,
) -> int | None:
    agreement = agreements.by_id(tx, agreement_id) if agreement_id is not None else None
    if agreement is None or agreement.side_of(person.id) is None:
        return None
    told = agreements.history(tx, agreement.id)
    words = agreement.text if event == "offer" or not told else told[-1].text
    tell_step(tx, here, agreement, event, to=person, by=by, text=words)
    talk = dialogues.about(tx, person.id, Subject.AGREEMENT, agreement.id)
    note = objects.by_uri(tx, talk.last_note) if talk is not None and talk.last_note else None
    return note.id if note is not None else None
