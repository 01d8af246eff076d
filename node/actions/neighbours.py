"""Two quartiers join: what an administrator does here, and what their Group says to ours.

The rules are the graph of `node.aid.neighbours`; this carries out what a step says to send.
"""

from __future__ import annotations

from node.actions import audit, passing
from node.actions.remote import Remote
from node.activitypub import render
from node.activitypub.readers import origin
from node.aid.neighbours import Act, Event, Link, after
from node.errors import Conflict, Invalid, NotFound
from node.ids import new_id
from node.outbox.here import Here, host_of
from node.outbox.publish import publish
from node.social.accounts import Actor
from node.store import actors, follows, neighbours, proposals
from node.store.engine import Store
from node.store.neighbours import NeighbourRow
from node.store.transaction import Transaction


async def ask_neighbour(store: Store, here: Here, remote: Remote, address: str) -> Actor:
    """Find the quartier at an address (a URL, a domain, or @quartier@domain) and ask to join."""
    group = await remote.quartier_at(address)
    if group.local:
        raise Invalid("C’est l’adresse de ce quartier lui-même : donnez celle du voisin.")
    await store.write(_move, here, group, Event.WE_ASK)
    return group


async def answer_neighbour(
    store: Store, here: Here, domain: str | None, event: Event, *, who: Actor | None = None
) -> NeighbourRow:
    """Accept, pause, resume or stop: the neighbour at a domain, or the only one it can mean.
    `who` does it; None is a command."""
    return await store.write(_answer, here, domain, event, who)


def heard(tx: Transaction, here: Here, group: Actor, event: Event, follow_uri: str | None) -> bool:
    """What their Group said; False when it has no place and changed nothing."""
    return _move(tx, here, group, event, follow_uri)


def _answer(
    tx: Transaction, here: Here, domain: str | None, event: Event, who: Actor | None
) -> NeighbourRow:
    rows = neighbours.every(tx)
    if domain is None:
        fitting = [row for row in rows if row.state == Link.ASKED.value]
        if len(fitting) != 1:
            raise Invalid(
                "Dites lequel : " + ", ".join(row.actor_uri for row in fitting)
                if fitting
                else "Aucun quartier n’attend de réponse. Voyez : entraide neighbour list"
            )
        row = fitting[0]
    else:
        wanted = domain.removeprefix("https://").removeprefix("http://").rstrip("/")
        wanted = wanted.rsplit("@", 1)[-1].split("/", 1)[0].lower()
        named = [row for row in rows if row.actor_uri == domain]
        there = named or [row for row in rows if row.domain.lower() == wanted]
        if not there:
            raise NotFound(f"Il n’y a pas de voisin {wanted}. Voyez : entraide neighbour list")
        # Anybody's Group may ask from the server of a neighbour: it is not taken for the quartier.
        fitting = [row for row in there if after(Link(row.state), event) is not None] or there
        if len(fitting) > 1:
            raise Invalid("Dites lequel : " + ", ".join(row.actor_uri for row in fitting))
        row = fitting[0]
    group = actors.by_id(tx, row.actor_id)
    if group is None:
        raise NotFound(f"Le quartier voisin {row.domain} n’est plus connu ici.")
    if not _move(tx, here, group, event):
        raise Conflict(
            f"Le voisin {row.domain} est « {row.state} » : cela ne peut pas se faire maintenant."
        )
    audit.record(tx, here, who, f"neighbour.{event.value.removeprefix('we ')}", row.domain)
    changed = neighbours.by_actor(tx, row.actor_id)
    return changed or row


def _move(
    tx: Transaction, here: Here, group: Actor, event: Event, follow_uri: str | None = None
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
    for act in step.acts:
        _act(tx, here, group, act, their_follow)
    if step.link in (Link.REFUSED, Link.STOPPED):
        follows.remove(tx, group.id, here.quartier.id)
        follows.remove(tx, here.quartier.id, group.id)
        # Its word counts no more, and what hung on nothing else leaves the list.
        proposals.hide_vouched(tx, voucher=origin(group.uri) or "")
    return True


def _act(tx: Transaction, here: Here, group: Actor, act: Act, their_follow: str | None) -> None:
    now = here.clock.now()
    activity_uri = here.addresses.activity(new_id())
    match act:
        case Act.FOLLOW:
            existing = follows.between(tx, here.quartier.id, group.id)
            if existing is not None and existing.state == follows.ACCEPTED:
                return
            follows.put(
                tx,
                follower_id=here.quartier.id,
                target_id=group.id,
                state=follows.PENDING,
                activity_uri=activity_uri,
                now=now,
            )
            document = render.follow(
                activity_id=activity_uri, actor=here.quartier.uri, object=group.uri, published=now
            )
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
