"""At the home of a request: to which neighbour it is handed, its author agreeing."""

from __future__ import annotations

from node.actions import audit, notices
from node.actions.referrals.moving import mediates, move, moved, not_here
from node.aid.draft_checks import clean_words
from node.aid.neighbours import Link
from node.aid.proposals import Purpose
from node.aid.referrals import Direction, Event
from node.aid.referrals import State as Handing
from node.errors import Conflict, NotFound
from node.ids import new_id
from node.outbox.here import Here
from node.social.accounts import Actor
from node.social.notifications import Kind
from node.store import actors, neighbours, objects, on_behalf, proposals, referrals
from node.store.proposals import Stored
from node.store.referrals import Referral
from node.store.transaction import Transaction

REASON_MAX = 500


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
        return move(tx, here, made, Event.AUTHOR_AGREES) or made
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
        raise not_here()
    stored = proposals.by_id(tx, found.proposal_id)
    if agrees and (stored is None or not stored.proposal.is_live(here.clock.now())):
        raise Conflict("Cette demande n’est plus ouverte : il n’y a plus rien à confier.")
    row = neighbours.by_actor(tx, found.neighbour_id)
    if agrees and (row is None or row.state != Link.JOINED.value):
        raise Conflict("Nous ne sommes plus voisins de ce quartier : rien ne peut lui être confié.")
    event = Event.AUTHOR_AGREES if agrees else Event.AUTHOR_REFUSES
    return moved(tx, here, found, event)


def take_back(tx: Transaction, here: Here, who: Actor | None, referral_id: int) -> Referral:
    """By its author or a mediator: it is open here again. Raises NotFound and Conflict."""
    found = referrals.by_id(tx, referral_id)
    status = objects.by_id(tx, found.proposal_id) if found is not None else None
    if found is None or status is None or found.direction is not Direction.TO:
        raise not_here()
    if who is not None and who.id != status.author_id and not mediates(tx, who):
        raise not_here()
    changed = moved(tx, here, found, Event.WE_TAKE_BACK)
    audit.record(tx, here, who, "referral.take-back", status.uri)
    return changed


def answered(
    tx: Transaction, here: Here, referral: Referral, event: Event, *, reason: str = ""
) -> bool:
    """The neighbour accepted or declined; False when that has no place and changed nothing."""
    changed = move(tx, here, referral, event, reason=clean_words(reason, REASON_MAX))
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


def _ours(tx: Transaction, proposal_id: int) -> tuple[Stored, Actor]:
    stored, status = proposals.by_id(tx, proposal_id), objects.by_id(tx, proposal_id)
    author = actors.by_id(tx, status.author_id) if status is not None else None
    if stored is None or author is None or not author.local:
        raise NotFound("Il n’y a pas de demande de ce numéro ici.")
    return stored, author
