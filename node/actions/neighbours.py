"""Two quartiers join: what an administrator does here, and what their Group says to ours.

The rules are the graph of `node.aid.neighbours`; this carries out what a step says to send.
"""

from __future__ import annotations

from node.actions import audit, notices, passing, referrals
from node.actions import terms as taking
from node.actions.remote import Remote
from node.activitypub import render
from node.activitypub.readers import origin
from node.aid.neighbours import Act, Event, Link, after
from node.aid.terms import EVERYTHING, Terms, told
from node.errors import Conflict, Invalid, NotFound
from node.ids import new_id
from node.outbox.here import Here, host_of
from node.outbox.publish import publish
from node.social.accounts import Actor
from node.social.notifications import Kind
from node.store import actors, follows, held, neighbours, proposals
from node.store.engine import Store
from node.store.neighbours import NeighbourRow
from node.store.transaction import Transaction

_FOLLOWED = (Link.INVITED.value, Link.JOINED.value, Link.PAUSED.value)


async def ask_neighbour(
    store: Store, here: Here, remote: Remote, address: str, *, who: Actor | None = None
) -> Actor:
    """Find the quartier at an address (a URL, a domain, or @quartier@domain) and ask to join.
    `who` does it; None is a command."""
    group = await remote.quartier_at(address)
    if group.local:
        raise Invalid("C’est l’adresse de ce quartier lui-même : donnez celle du voisin.")
    await store.write(_ask, here, group, who)
    return group


async def answer_neighbour(
    store: Store, here: Here, domain: str | None, event: Event, *, who: Actor | None = None
) -> NeighbourRow:
    """Accept, pause, resume or stop: the neighbour at a domain, or the only one it can mean.
    `who` does it; None is a command."""
    return await store.write(_answer, here, domain, event, who)


def heard(
    tx: Transaction,
    here: Here,
    group: Actor,
    event: Event,
    follow_uri: str | None,
    takes: Terms | None = None,
) -> bool:
    """What their Group said, and what it says that it takes; False when it has no place and
    changed nothing."""
    return _move(tx, here, group, event, follow_uri, takes)


def change_terms(
    tx: Transaction, here: Here, who: Actor | None, neighbour_id: int, terms: Terms
) -> NeighbourRow:
    """Take this from a neighbour from now on: what it passed on before is judged anew, and it is
    told what it need not send. Raises NotFound."""
    row = neighbours.by_actor(tx, neighbour_id)
    group = actors.by_id(tx, neighbour_id)
    if row is None or group is None:
        raise _nobody()
    if terms != row.terms:
        neighbours.set_terms(tx, neighbour_id, terms)
        taking.reconsider(tx, here, neighbour_id)
        if row.state in _FOLLOWED and told(terms) != told(row.terms):
            _follow(tx, here, group, terms)
        audit.record(tx, here, who, "neighbour.terms", row.domain)
    return neighbours.by_actor(tx, neighbour_id) or row


def answer(
    tx: Transaction, here: Here, who: Actor | None, neighbour_id: int, event: Event
) -> NeighbourRow:
    """Accept, refuse, pause, resume or stop. Raises NotFound, and Conflict when it cannot be."""
    row = neighbours.by_actor(tx, neighbour_id)
    if row is None:
        raise _nobody()
    group = actors.by_id(tx, row.actor_id)
    if group is None:
        raise NotFound(f"Le quartier voisin {row.domain} n’est plus connu ici.")
    if not _move(tx, here, group, event):
        raise Conflict(
            f"Le voisin {row.domain} est « {row.state} » : cela ne peut pas se faire maintenant."
        )
    audit.record(tx, here, who, f"neighbour.{event.value.removeprefix('we ')}", row.domain)
    return neighbours.by_actor(tx, row.actor_id) or row


def named(tx: Transaction, address: str, event: Event | None = None) -> NeighbourRow:
    """The neighbour at an address, a domain or the IRI of its Group; of several at one domain the
    one for which an event has a place. Raises NotFound, and Invalid when it may be several."""
    wanted = address.removeprefix("https://").removeprefix("http://").rstrip("/")
    wanted = wanted.rsplit("@", 1)[-1].split("/", 1)[0].lower()
    rows = neighbours.every(tx)
    exactly = [row for row in rows if row.actor_uri == address]
    there = exactly or [row for row in rows if row.domain.lower() == wanted]
    if not there:
        raise NotFound(f"Il n’y a pas de voisin {wanted}. Voyez : entraide neighbour list")
    # Anybody's Group may ask from the server of a neighbour: it is not taken for the quartier.
    if event is None:
        fitting = [row for row in there if row.state in _FOLLOWED] or there
    else:
        fitting = [row for row in there if after(Link(row.state), event) is not None] or there
    if len(fitting) > 1:
        raise Invalid("Dites lequel : " + ", ".join(row.actor_uri for row in fitting))
    return fitting[0]


def _nobody() -> NotFound:
    return NotFound("Il n’y a pas de quartier voisin de ce numéro.")


def _ask(tx: Transaction, here: Here, group: Actor, who: Actor | None) -> None:
    if _move(tx, here, group, Event.WE_ASK):
        audit.record(tx, here, who, "neighbour.ask", host_of(group.uri))


def _answer(
    tx: Transaction, here: Here, domain: str | None, event: Event, who: Actor | None
) -> NeighbourRow:
    if domain is not None:
        return answer(tx, here, who, named(tx, domain, event).actor_id, event)
    fitting = [row for row in neighbours.every(tx) if row.state == Link.ASKED.value]
    if len(fitting) != 1:
        raise Invalid(
            "Dites lequel : " + ", ".join(row.actor_uri for row in fitting)
            if fitting
            else "Aucun quartier n’attend de réponse. Voyez : entraide neighbour list"
        )
    return answer(tx, here, who, fitting[0].actor_id, event)


def _move(
    tx: Transaction,
    here: Here,
    group: Actor,
    event: Event,
    follow_uri: str | None = None,
    takes: Terms | None = None,
) -> bool:
    row = neighbours.by_actor(tx, group.id)
    step = after(Link(row.state) if row else None, event)
    if step is None:
        return False
    now = here.clock.now()
    their_follow = follow_uri or (row.follow_uri if row else None)
    if step.link is not None:
        neighbours.put(
            tx,
            actor_id=group.id,
            domain=host_of(group.uri),
            state=step.link.value,
            territory=group.territory or (row.territory if row else ""),
            follow_uri=their_follow,
            now=now,
        )
    if takes is not None and (row is None or takes != row.takes):
        neighbours.set_takes(tx, group.id, takes)
        # It may take more than before: what is open is offered, in its own time.
        neighbours.set_waits(tx, group.id, True)
    for act in step.acts:
        _act(tx, here, group, act, their_follow)
    if step.link is Link.ASKED and (row is None or row.state != Link.ASKED.value):
        notices.tell_roles(
            tx,
            here,
            Kind.NEIGHBOUR_ASKED,
            roles=("admin",),
            dedupe=f"{group.uri} {their_follow}",
            by=group,
            data={"domain": host_of(group.uri), "neighbour": str(group.id)},
        )
    if event is Event.WE_RESUME:
        taking.reconsider(tx, here, group.id)
    if step.link in (Link.REFUSED, Link.STOPPED):
        _part(tx, here, group)
    return True


def _part(tx: Transaction, here: Here, group: Actor) -> None:
    """Nothing is between the two any more."""
    follows.remove(tx, group.id, here.quartier.id)
    follows.remove(tx, here.quartier.id, group.id)
    # Its word counts no more, and what hung on nothing else leaves the list.
    proposals.hide_vouched(tx, voucher=origin(group.uri) or "")
    held.release_of(tx, group.id)
    referrals.part(tx, here, group)


def _follow(tx: Transaction, here: Here, group: Actor, terms: Terms) -> None:
    """Our Follow, which says what we take; said again when that changes."""
    now = here.clock.now()
    existing = follows.between(tx, here.quartier.id, group.id)
    accepted = existing is not None and existing.state == follows.ACCEPTED
    activity_uri = here.addresses.activity(new_id())
    follows.put(
        tx,
        follower_id=here.quartier.id,
        target_id=group.id,
        state=follows.ACCEPTED if accepted else follows.PENDING,
        activity_uri=activity_uri,
        now=now,
    )
    document = render.follow(
        activity_id=activity_uri, actor=here.quartier.uri, object=group.uri, published=now
    )
    document["takes"] = told(terms)
    publish(tx, here, here.quartier, document, inboxes=[group.inbox], about=group.uri)


def _act(tx: Transaction, here: Here, group: Actor, act: Act, their_follow: str | None) -> None:
    now = here.clock.now()
    activity_uri = here.addresses.activity(new_id())
    row = neighbours.by_actor(tx, group.id)
    terms = row.terms if row is not None else EVERYTHING
    match act:
        case Act.FOLLOW:
            existing = follows.between(tx, here.quartier.id, group.id)
            if existing is None or existing.state != follows.ACCEPTED:
                _follow(tx, here, group, terms)
            return
        case Act.ACCEPT:
            if their_follow is None:
                return
            follows.put(
                tx,
                follower_id=group.id,
                target_id=here.quartier.id,
                state=follows.ACCEPTED,
                activity_uri=their_follow,
                now=now,
            )
            document = render.accept(
                activity_id=activity_uri,
                actor=here.quartier.uri,
                object=_follow_of(group, here, their_follow),
                to=(group.uri,),
                published=now,
            )
            document["takes"] = told(terms)
        case Act.REJECT:
            if their_follow is None:
                return
            document = render.reject(
                activity_id=activity_uri,
                actor=here.quartier.uri,
                object=_follow_of(group, here, their_follow),
                to=(group.uri,),
                published=now,
            )
        case Act.UNDO:
            ours = follows.between(tx, here.quartier.id, group.id)
            if ours is None:
                return
            document = render.undo(
                activity_id=activity_uri,
                actor=here.quartier.uri,
                object={
                    "id": ours.activity_uri,
                    "type": "Follow",
                    "actor": here.quartier.uri,
                    "object": group.uri,
                },
                to=(group.uri,),
                cc=(),
                published=now,
            )
        case Act.OFFER:
            passing.offer_everything(tx, here, group.id)
            return
    publish(tx, here, here.quartier, document, inboxes=[group.inbox], about=group.uri)


def _follow_of(group: Actor, here: Here, follow_uri: str) -> dict[str, str]:
    return {
        "id": follow_uri,
        "type": "Follow",
        "actor": group.uri,
        "object": here.quartier.uri,
    }
