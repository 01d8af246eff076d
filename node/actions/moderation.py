"""What mediators do about people and what they publish: suspend, silence, remove.

Every act has a reason and a line in the audit. `who` is the mediator; None is a command.
"""

from __future__ import annotations

import contextlib

from node.actions import agreements, audit, passing, terms
from node.actions import follows as following
from node.actions import neighbours as joining
from node.actions.notices import tell
from node.actions.proposals import change_proposal
from node.activitypub import render
from node.activitypub.vocabulary import PUBLIC
from node.aid.agreements import State as Agreed
from node.aid.lifecycle import LIVE, State, may_become
from node.aid.neighbours import Event
from node.errors import Conflict, Forbidden, NotFound
from node.ids import new_id
from node.moderation.reports import check_reason
from node.outbox import documents
from node.outbox.here import Here
from node.outbox.publish import prove, publish
from node.social.accounts import Actor
from node.social.notifications import Kind
from node.store import (
    accounts,
    actors,
    follows,
    graves,
    inboxes,
    mediator_notes,
    moderation,
    neighbours,
    objects,
    personal,
    pictures,
    proposals,
    silences,
)
from node.store.transaction import Transaction

# ── people ───────────────────────────────────────────────────────────────────────────────────


def suspend(tx: Transaction, here: Here, who: Actor | None, target: Actor, reason: str) -> None:
    """Nothing comes from them any more and nothing of theirs is shown.

    What they agreed on with anybody is called off. One of ours: the tokens and invitations end,
    the proposals are removed. Somebody elsewhere: the follows both ways end, a neighbour
    quartier's link too. Raises Conflict when it is so
    already, Forbidden for whom one may not judge.
    """
    why = check_reason(reason)
    _may_judge(tx, here, who, target)
    if target.suspended:
        raise Conflict(f"{target.handle} est suspendu déjà.")
    now = here.clock.now()
    if target.local:
        for object_id in moderation.open_proposals_of(tx, target.id):
            _remove_local(tx, here, object_id, why)
        _end_agreements(tx, here, target)
        moderation.end_tokens(tx, target.id, now=now)
        moderation.end_invitations(tx, target.id, now=now)
    else:
        _end_agreements(tx, here, target)
        _part(tx, here, target)
        for object_id in moderation.proposals_of(tx, author_id=target.id):
            _unlist(tx, here, object_id)
    moderation.suspend(tx, target.id, at=now)
    if target.local:
        _tell_elsewhere(tx, here, target)
    audit.record(tx, here, who, "actor.suspend", target.handle, why)


def _end_agreements(tx: Transaction, here: Here, target: Actor) -> None:
    """What waits is refused or withdrawn, what was agreed is called off, by the side of ours; the
    other side is told by the usual words. What is on loan cannot be called off: it stays."""
    for one in personal.unfinished_agreements(tx, target.id):
        side = target if target.local else actors.by_id(tx, one.other_id)
        if side is None or not side.local:
            continue
        if one.state == Agreed.PROPOSED:
            authored = one.own_proposal is (side.id == target.id)
            end = agreements.refuse if authored else agreements.withdraw
        else:
            end = agreements.cancel
        with contextlib.suppress(Conflict):
            end(tx, here, side, one.id)


def unsuspend(tx: Transaction, here: Here, who: Actor | None, target: Actor, reason: str) -> None:
    """They may come back; what was removed stays removed, and tokens are asked anew."""
    why = check_reason(reason)
    if not target.suspended:
        raise Conflict(f"{target.handle} n’est pas suspendu.")
    moderation.suspend(tx, target.id, at=None)
    if target.local:
        _tell_elsewhere(tx, here, target)
    else:
        for object_id in moderation.proposals_of(tx, author_id=target.id, shown=False):
            show_again(tx, here, object_id)
    audit.record(tx, here, who, "actor.unsuspend", target.handle, why)


def silence(tx: Transaction, here: Here, who: Actor | None, target: Actor, reason: str) -> None:
    """Served at its address, and left out of public lists and of what is passed on."""
    why = check_reason(reason)
    _may_judge(tx, here, who, target)
    if silences.is_silenced(tx, target.id):
        raise Conflict(f"{target.handle} est en sourdine déjà.")
    silences.silence(tx, target.id, reason=why, now=here.clock.now())
    for object_id in moderation.open_proposals_of(tx, target.id):
        status = objects.by_id(tx, object_id)
        if status is not None:
            passing.retract(tx, here, object_id, status.uri)
    audit.record(tx, here, who, "actor.silence", target.handle, why)


def unsilence(tx: Transaction, here: Here, who: Actor | None, target: Actor, reason: str) -> None:
    why = check_reason(reason)
    if not silences.unsilence(tx, target.id):
        raise Conflict(f"{target.handle} n’est pas en sourdine.")
    for object_id in moderation.open_proposals_of(tx, target.id):
        stored = proposals.by_id(tx, object_id)
        if (
            stored is not None
            and stored.shown
            and stored.proposal.state in LIVE
            and not stored.proposal.has_expired(here.clock.now())
        ):
            passing.announce(tx, here, stored.proposal)
            passing.pass_on(tx, here, stored)
    audit.record(tx, here, who, "actor.unsilence", target.handle, why)


def _may_judge(tx: Transaction, here: Here, who: Actor | None, target: Actor) -> None:
    if target.id in (here.node.id, here.quartier.id, here.urgent.id):
        raise Conflict("C’est un compte du quartier lui-même : rien ne peut lui être fait.")
    if who is None:
        return
    if who.id == target.id:
        raise Conflict("On ne peut pas se juger soi-même : demandez à une autre médiatrice.")
    theirs = accounts.by_actor(tx, target.id)
    ours = accounts.by_actor(tx, who.id)
    equal = theirs is not None and theirs.role != "member"
    if equal and (ours is None or ours.role != "admin"):
        raise Forbidden("Une personne qui a un rôle ne peut être jugée que par l’administration.")


def _tell_elsewhere(tx: Transaction, here: Here, target: Actor) -> None:
    """An Update with `suspended`, as Mastodon sends it, to all who follow."""
    actor = actors.by_id(tx, target.id)
    if actor is None:
        return
    update = render.update(
        activity_id=here.addresses.activity(new_id()),
        actor=actor.uri,
        object=documents.local_actor(tx, here, actor),
        to=(PUBLIC,),
        cc=(here.addresses.followers_of(actor.uri),),
        published=here.clock.now(),
    )
    publish(
        tx,
        here,
        actor,
        prove(tx, here, actor, update),
        inboxes=inboxes.of_followers(tx, actor.id),
    )


def _part(tx: Transaction, here: Here, target: Actor) -> None:
    """The follows between somebody elsewhere and ours end, on both sides."""
    if neighbours.by_actor(tx, target.id) is not None:
        joining.heard(tx, here, target, Event.WE_STOP, None)
    for follower_id in follows.local_followers(tx, target.id):
        follower = actors.by_id(tx, follower_id)
        if follower is not None:
            following.unfollow(tx, here, follower, target)
    for follow in follows.of_follower(tx, target.id):
        followed = actors.by_id(tx, follow.target_id)
        follows.remove(tx, target.id, follow.target_id)
        if followed is None or not followed.local:
            continue
        publish(
            tx,
            here,
            followed,
            render.reject(
                activity_id=here.addresses.activity(new_id()),
                actor=followed.uri,
                object={
                    "id": follow.activity_uri,
                    "type": "Follow",
                    "actor": target.uri,
                    "object": followed.uri,
                },
                to=(target.uri,),
                published=here.clock.now(),
            ),
            inboxes=[target.inbox],
            about=target.uri,
        )


# ── proposals ────────────────────────────────────────────────────────────────────────────────


def remove_proposal(
    tx: Transaction, here: Here, who: Actor | None, object_id: int, reason: str
) -> None:
    """One of ours becomes `removed`, everywhere, and its author is told why. A copy from elsewhere
    leaves our lists for good, whoever passes it on again. Raises NotFound and Conflict."""
    why = check_reason(reason)
    status = objects.by_id(tx, object_id)
    stored = proposals.by_id(tx, object_id)
    if status is None or stored is None:
        raise NotFound("Il n’y a pas d’annonce de ce numéro ici.")
    if not status.local:
        if here.node.uri in graves.buried_by(tx, status.uri):
            raise Conflict("Cette annonce est retirée déjà.")
        graves.bury(tx, status.uri, by=here.node.uri, now=here.clock.now())
        passing.unlist(tx, here, stored.proposal)
    else:
        if not may_become(stored.proposal.state, State.REMOVED):
            raise Conflict("Cette annonce est retirée déjà.")
        _remove_local(tx, here, object_id, why)
        author = actors.by_id(tx, status.author_id)
        if author is not None:
            tell(
                tx,
                here,
                author,
                Kind.PROPOSAL_REMOVED,
                dedupe=str(object_id),
                object_id=object_id,
                data={"reason": why},
            )
    audit.record(tx, here, who, "proposal.remove", status.uri, why)


def _remove_local(tx: Transaction, here: Here, object_id: int, reason: str) -> None:
    # The pictures first: the Update that goes out must not show them once more.
    pictures.remove_of_object(tx, object_id)
    change_proposal(tx, here, object_id, state=State.REMOVED, reason=reason)


def _unlist(tx: Transaction, here: Here, object_id: int) -> None:
    stored = proposals.by_id(tx, object_id)
    if stored is not None:
        passing.unlist(tx, here, stored.proposal)


def show_again(tx: Transaction, here: Here, object_id: int) -> None:
    """What a neighbour passed on while we did not show its author, if it still may be shown."""
    stored = proposals.by_id(tx, object_id)
    if (
        stored is not None
        and "from" in neighbours.having(tx, object_id).values()
        and here.node.uri not in graves.buried_by(tx, stored.proposal.uri)
        and passing.reaches_us(tx, here, stored.proposal)
        and terms.may_show(tx, here, stored)
    ):
        proposals.show(tx, object_id, create_activity=None)


# ── notes ────────────────────────────────────────────────────────────────────────────────────


def write_note(
    tx: Transaction, here: Here, who: Actor, about: str, about_id: int, text: str
) -> mediator_notes.Note:
    """For the other mediators alone."""
    identifier = mediator_notes.add(
        tx, about=about, about_id=about_id, author_id=who.id, text=text, now=here.clock.now()
    )
    note = mediator_notes.by_id(tx, identifier)
    if note is None:
        raise NotFound("La note n’est plus là.")
    return note


def remove_note(tx: Transaction, here: Here, who: Actor, note_id: int) -> None:
    """Who wrote it takes it out; an administrator any."""
    note = mediator_notes.by_id(tx, note_id)
    account = accounts.by_actor(tx, who.id)
    if note is None or (note.author_id != who.id and (account is None or account.role != "admin")):
        raise NotFound("Il n’y a pas de note de vous sous ce numéro.")
    mediator_notes.remove(tx, note_id)
