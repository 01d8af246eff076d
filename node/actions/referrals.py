"""Handing a request to the neighbour that can serve it, and taking one that a neighbour hands us.

The rules are the graphs of `node.aid.referrals`. While a request is away its proposal is
`referred`: nobody lists it but the neighbour that accepted it, whose people answer it as they
answer anything; its home decides about agreements as always.
"""

from __future__ import annotations

from dataclasses import replace

from node.actions import audit, notices, passing
from node.actions.changing import change_proposal
from node.activitypub import render
from node.activitypub.html import from_plain
from node.aid import referral_wire
from node.aid.draft_checks import clean_words
from node.aid.lifecycle import LIVE, State, by_quantity
from node.aid.neighbours import Link
from node.aid.proposals import Purpose
from node.aid.referrals import Act, Direction, Event, Step, after
from node.aid.referrals import State as Handing
from node.errors import Conflict, NotFound
from node.ids import new_id
from node.outbox.here import Here
from node.outbox.publish import Document, prove, publish
from node.social.accounts import Actor
from node.social.notifications import Kind
from node.store import accounts, actors, neighbours, objects, on_behalf, proposals, referrals
from node.store.proposals import Stored
from node.store.referrals import Referral
from node.store.transaction import Transaction

REASON_MAX = 500
WAITING_MOST = 50
"""Requests of one neighbour that may wait for our answer; more are not heard."""
STATES_FR = {
    Handing.ASKED: "en attente de l’accord de son auteur",
    Handing.REFUSED: "refusée par son auteur",
    Handing.HANDED_OVER: "confiée, sans réponse encore",
    Handing.ACCEPTED: "prise par le quartier voisin",
    Handing.DECLINED: "déclinée par le quartier voisin",
    Handing.WITHDRAWN: "reprise",
}


# ── at its home ──────────────────────────────────────────────────────────────────────────────


def refer(
    tx: Transaction,
    here: Here,
    mediator: Actor | None,
    proposal_id: int,
    neighbour_id: int,
    *,
    by_voice: bool = False,
) -> Referral:
    """A mediator hands a request to a neighbour (None: a command). Its author is asked first, if
    they are not the mediator; `by_voice` says that the person for whom it was written agreed
    aloud. Raises NotFound and Conflict."""
    stored, author = _ours(tx, proposal_id)
    row = neighbours.by_actor(tx, neighbour_id)
    if row is None or row.state != Link.JOINED.value:
        raise NotFound("Il n’y a pas de quartier voisin de ce numéro avec qui nous soyons joints.")
    if stored.proposal.purpose is not Purpose.REQUEST:
        raise Conflict("Seule une demande peut être confiée à un autre quartier.")
    if referrals.open_of(tx, proposal_id) is not None:
        raise Conflict("Cette demande est confiée déjà, ou son auteur n’a pas encore répondu.")
    if not stored.proposal.is_live(here.clock.now()):
        raise Conflict("Seule une demande ouverte peut être confiée à un autre quartier.")
    own = mediator is not None and mediator.id == author.id
    if by_voice and not own and on_behalf.of(tx, proposal_id) is None:
        raise Conflict("Son auteur a un compte ici : demandez-lui son accord.")
    consented = own or by_voice
    now = here.clock.now()
    made = Referral(
        id=new_id(),
        activity_uri=here.addresses.activity(new_id()),
        proposal_id=proposal_id,
        neighbour_id=neighbour_id,
        direction=Direction.TO,
        state=Handing.ASKED,
        consented_at=now if consented else None,
        by_voice=by_voice,
        reason="",
        created_at=now,
        updated_at=now,
    )
    referrals.insert(tx, made)
    audit.record(tx, here, mediator, "referral.ask", stored.proposal.uri, row.domain)
    if consented:
        return _move(tx, here, made, Event.AUTHOR_AGREES) or made
    notices.tell(
        tx,
        here,
        author,
        Kind.REFERRAL_ASKED,
        dedupe=str(made.id),
        by=actors.by_id(tx, neighbour_id),
        object_id=proposal_id,
        data={"referral": str(made.id), "domain": row.domain},
    )
    return made


def consent(
    tx: Transaction, here: Here, author: Actor, referral_id: int, *, agrees: bool
) -> Referral:
    """Its author answers. Raises NotFound for everybody else, Conflict when it is not asked."""
    found = referrals.by_id(tx, referral_id)
    status = objects.by_id(tx, found.proposal_id) if found is not None else None
    if found is None or status is None or status.author_id != author.id:
        raise _not_here()
    stored = proposals.by_id(tx, found.proposal_id)
    if agrees and (stored is None or not stored.proposal.is_live(here.clock.now())):
        raise Conflict("Cette demande n’est plus ouverte : il n’y a plus rien à confier.")
    row = neighbours.by_actor(tx, found.neighbour_id)
    if agrees and (row is None or row.state != Link.JOINED.value):
        raise Conflict("Nous ne sommes plus voisins de ce quartier : rien ne peut lui être confié.")
    event = Event.AUTHOR_AGREES if agrees else Event.AUTHOR_REFUSES
    return _moved(tx, here, found, event)


def take_back(tx: Transaction, here: Here, who: Actor | None, referral_id: int) -> Referral:
    """By its author or a mediator: it is open here again. Raises NotFound and Conflict."""
    found = referrals.by_id(tx, referral_id)
    status = objects.by_id(tx, found.proposal_id) if found is not None else None
    if found is None or status is None or found.direction is not Direction.TO:
        raise _not_here()
    if who is not None and who.id != status.author_id and not mediates(tx, who):
        raise _not_here()
    changed = _moved(tx, here, found, Event.WE_TAKE_BACK)
    audit.record(tx, here, who, "referral.take-back", status.uri)
    return changed


def answered(
    tx: Transaction, here: Here, referral: Referral, event: Event, *, reason: str = ""
) -> bool:
    """The neighbour accepted or declined; False when that has no place and changed nothing."""
    changed = _move(tx, here, referral, event, reason=clean_words(reason, REASON_MAX))
    status = objects.by_id(tx, referral.proposal_id)
    author = actors.by_id(tx, status.author_id) if status is not None else None
    if changed is None or author is None:
        return changed is not None
    accepted = event is Event.THEY_ACCEPT
    notices.tell(
        tx,
        here,
        author,
        Kind.REFERRAL_ACCEPTED if accepted else Kind.REFERRAL_DECLINED,
        dedupe=str(referral.id),
        by=actors.by_id(tx, referral.neighbour_id),
        object_id=referral.proposal_id,
        data={"referral": str(referral.id), "reason": changed.reason},
    )
    return True


# ── at the neighbour ─────────────────────────────────────────────────────────────────────────


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
    if here.node.uri in objects.buried_by(tx, stored.proposal.uri):
        raise Conflict("Notre médiation a retiré cette demande.")
    changed = _moved(tx, here, found, Event.WE_ACCEPT)
    proposals.show(tx, found.proposal_id, create_activity=None)
    passing.announce(tx, here, stored.proposal)
    audit.record(tx, here, who, "referral.accept", stored.proposal.uri)
    return changed


def decline(
    tx: Transaction, here: Here, who: Actor | None, referral_id: int, *, reason: str = ""
) -> Referral:
    """We cannot, or cannot after all; its author reads why. Raises NotFound and Conflict."""
    found = _theirs(tx, referral_id)
    changed = _moved(tx, here, found, Event.WE_DECLINE, reason=clean_words(reason, REASON_MAX))
    _no_longer_ours(tx, here, found)
    status = objects.by_id(tx, found.proposal_id)
    audit.record(tx, here, who, "referral.decline", status.uri if status else "", changed.reason)
    return changed


def taken_back(tx: Transaction, here: Here, referral: Referral) -> bool:
    """The neighbour took it back; False when that changed nothing."""
    if _move(tx, here, referral, Event.THEIR_UNDO) is None:
        return False
    _no_longer_ours(tx, here, referral)
    return True


# ── both ─────────────────────────────────────────────────────────────────────────────────────


def part(tx: Transaction, here: Here, group: Actor) -> None:
    """We are no longer neighbours: what was handed over is where it came from."""
    for one in referrals.open_with(tx, group.id):
        if one.direction is Direction.TO:
            _move(tx, here, one, Event.WE_TAKE_BACK)
        else:
            taken_back(tx, here, one)


def mediates(tx: Transaction, who: Actor) -> bool:
    account = accounts.by_actor(tx, who.id)
    return account is not None and account.role in ("mediator", "admin")


def _moved(
    tx: Transaction, here: Here, referral: Referral, event: Event, *, reason: str = ""
) -> Referral:
    changed = _move(tx, here, referral, event, reason=reason)
    if changed is None:
        raise Conflict(
            f"Cette demande est {STATES_FR[referral.state]} : cela ne peut pas se faire maintenant."
        )
    return changed


def _move(
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


def _no_longer_ours(tx: Transaction, here: Here, referral: Referral) -> None:
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


def _ours(tx: Transaction, proposal_id: int) -> tuple[Stored, Actor]:
    stored, status = proposals.by_id(tx, proposal_id), objects.by_id(tx, proposal_id)
    author = actors.by_id(tx, status.author_id) if status is not None else None
    if stored is None or author is None or not author.local:
        raise NotFound("Il n’y a pas de demande de ce numéro ici.")
    return stored, author


def _theirs(tx: Transaction, referral_id: int) -> Referral:
    found = referrals.by_id(tx, referral_id)
    if found is None or found.direction is not Direction.FROM:
        raise _not_here()
    return found


def _not_here() -> NotFound:
    return NotFound("Il n’y a rien de tel qui soit confié.")
