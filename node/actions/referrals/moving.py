"""What a step brings about, on either side: the row, the proposal, and what is told."""

from __future__ import annotations

from dataclasses import replace

from node.actions import passing
from node.actions.changing import change_proposal
from node.activitypub import render
from node.activitypub.html import from_plain
from node.aid import referral_wire
from node.aid.lifecycle import State, by_quantity
from node.aid.referrals import Act, Direction, Event, Step, after
from node.aid.referrals import State as Handing
from node.errors import Conflict, NotFound
from node.ids import new_id
from node.outbox.here import Here
from node.outbox.publish import Document, prove, publish
from node.social.accounts import Actor
from node.store import accounts, actors, neighbours, objects, proposals, referrals
from node.store.referrals import Referral
from node.store.transaction import Transaction

STATES_FR = {
    Handing.ASKED: "en attente de l’accord de son auteur",
    Handing.REFUSED: "refusée par son auteur",
    Handing.HANDED_OVER: "confiée, sans réponse encore",
    Handing.ACCEPTED: "prise par le quartier voisin",
    Handing.DECLINED: "déclinée par le quartier voisin",
    Handing.WITHDRAWN: "reprise",
}


def mediates(tx: Transaction, who: Actor) -> bool:
    account = accounts.by_actor(tx, who.id)
    return account is not None and account.role in ("mediator", "admin")


def moved(
    tx: Transaction, here: Here, referral: Referral, event: Event, *, reason: str = ""
) -> Referral:
    changed = move(tx, here, referral, event, reason=reason)
    if changed is None:
        raise Conflict(
            f"Cette demande est {STATES_FR[referral.state]} : cela ne peut pas se faire maintenant."
        )
    return changed


def move(
    tx: Transaction, here: Here, referral: Referral, event: Event, *, reason: str = ""
) -> Referral | None:
    step = after(referral.direction, referral.state, event)
    if step is None:
        return None
    now = here.clock.now()
    agreed = event is Event.AUTHOR_AGREES and referral.consented_at is None
    changed = replace(
        referral,
        state=step.state,
        consented_at=now if agreed else referral.consented_at,
        reason=reason,
        updated_at=now,
    )
    referrals.change(tx, changed)
    if changed.direction is Direction.TO:
        _follow_at_home(tx, here, changed)
    if step.act is not None:
        _say(tx, here, changed, step)
    return changed


def _follow_at_home(tx: Transaction, here: Here, referral: Referral) -> None:
    """The proposal is `referred` while it is away, and what it was when it is back."""
    stored = proposals.by_id(tx, referral.proposal_id)
    if stored is None:
        return
    proposal = stored.proposal
    if referral.state is Handing.HANDED_OVER:
        # Whoever is to decide about it hears of its changes from now on.
        neighbours.passed(
            tx,
            object_id=proposal.id,
            neighbour_id=referral.neighbour_id,
            direction="to",
            now=here.clock.now(),
        )
        change_proposal(tx, here, proposal.id, state=State.REFERRED)
    elif proposal.state is State.REFERRED and referral.state is not Handing.ACCEPTED:
        again = by_quantity(proposal.quantity, proposal.available)
        change_proposal(tx, here, proposal.id, state=again)


def no_longer_ours(tx: Transaction, here: Here, referral: Referral) -> None:
    """Shown on only if it is in our reach by itself; it is listed again when its home opens it."""
    stored = proposals.by_id(tx, referral.proposal_id)
    if stored is not None and stored.shown and not passing.reaches_us(tx, here, stored.proposal):
        passing.unlist(tx, here, stored.proposal)


def _say(tx: Transaction, here: Here, referral: Referral, step: Step) -> None:
    group = actors.by_id(tx, referral.neighbour_id)
    status = objects.by_id(tx, referral.proposal_id)
    if group is None or status is None or step.act is None:
        return
    now, ours = here.clock.now(), here.quartier.uri
    home = referral.direction is Direction.TO
    offered = referral_wire.told_again(
        activity_id=referral.activity_uri,
        actor=ours if home else group.uri,
        object=status.uri,
        target=group.uri if home else ours,
    )
    said = here.addresses.activity(new_id())
    document: Document
    match step.act:
        case Act.OFFER:
            document = referral_wire.offer(
                activity_id=referral.activity_uri,
                actor=ours,
                object=status.uri,
                target=group.uri,
                to=(group.uri,),
                published=now,
            )
        case Act.UNDO:
            document = render.undo(
                activity_id=said, actor=ours, object=offered, to=(group.uri,), published=now
            )
        case Act.ACCEPT:
            document = render.accept(
                activity_id=said, actor=ours, object=offered, to=(group.uri,), published=now
            )
        case Act.REJECT:
            document = render.reject(
                activity_id=said,
                actor=ours,
                object=offered,
                to=(group.uri,),
                published=now,
                content=from_plain(referral.reason) if referral.reason else "",
            )
    publish(
        tx,
        here,
        here.quartier,
        prove(tx, here, here.quartier, document),
        inboxes=[group.inbox],
        about=status.uri,
    )


def not_here() -> NotFound:
    return NotFound("Il n’y a rien de tel qui soit confié.")
