"""Introducing neighbours to each other. It asks for nothing and joins nobody: the two are told of
each other, and an administrator there asks to join, or not."""

from __future__ import annotations

from node.actions import audit, notices
from node.actions.neighbours import ask_neighbour
from node.actions.remote import Remote
from node.aid import referral_wire
from node.aid.neighbours import Link
from node.errors import Conflict, NotFound
from node.ids import new_id
from node.outbox.here import Here, host_of
from node.outbox.publish import prove, publish
from node.social.accounts import Actor
from node.social.notifications import Kind
from node.store import actors, introductions, moderation, neighbours
from node.store.engine import Store
from node.store.introductions import Introduction
from node.store.neighbours import NeighbourRow
from node.store.transaction import Transaction

WAITING_MOST = 20
"""Introductions by one neighbour that may wait for an answer; more are not heard."""
_KNOWN = (Link.ASKED.value, Link.INVITED.value, Link.JOINED.value, Link.PAUSED.value)


def introduce(
    tx: Transaction, here: Here, who: Actor | None, one_id: int, other_id: int
) -> Introduction:
    """Tell two of our neighbours of each other. Raises NotFound for whom we are not joined with,
    Conflict for one and the same and for two that we introduced before."""
    one, other = _joined(tx, one_id), _joined(tx, other_id)
    if one.actor_id == other.actor_id or one.domain == other.domain:
        raise Conflict("On présente deux quartiers différents l’un à l’autre.")
    pairs = ((one, other), (other, one))
    for first, second in pairs:
        if introductions.between(
            tx, by=here.quartier.id, group_uri=first.actor_uri, to_uri=second.actor_uri
        ):
            raise Conflict("Ces deux quartiers ont été présentés l’un à l’autre déjà.")
    now = here.clock.now()
    activity_uri = here.addresses.activity(new_id())
    identifier = introductions.add(
        tx,
        activity_uri=activity_uri,
        by_id=here.quartier.id,
        group_uri=one.actor_uri,
        to_uri=other.actor_uri,
        domain=one.domain,
        name=one.name,
        state="told",
        now=now,
    )
    document = referral_wire.offer(
        activity_id=activity_uri,
        actor=here.quartier.uri,
        object=one.actor_uri,
        target=other.actor_uri,
        to=(one.actor_uri, other.actor_uri),
        published=now,
    )
    publish(
        tx,
        here,
        here.quartier,
        prove(tx, here, here.quartier, document),
        inboxes=[one.inbox, other.inbox],
        about=activity_uri,
    )
    audit.record(tx, here, who, "neighbour.introduce", f"{one.domain} {other.domain}")
    made = introductions.by_id(tx, identifier or 0)
    if made is None:
        raise NotFound("La présentation n’est plus là.")
    return made


def why_not(tx: Transaction, here: Here, by: Actor, group_uri: str) -> str | None:
    """Why an introduction is not heard; None when it is."""
    row = neighbours.by_actor(tx, by.id)
    if row is None or row.state != Link.JOINED.value:
        return "only a joined neighbour introduces"
    host = host_of(group_uri)
    if moderation.blocks_covering(tx, [host]).suspends(host):
        return "its server is blocked here"
    known = neighbours.by_uri(tx, group_uri)
    if known is not None and known.state in _KNOWN:
        return "we know each other"
    before = introductions.between(tx, by=by.id, group_uri=group_uri, to_uri=here.quartier.uri)
    if before is not None:
        return "it was introduced by the same one before"
    if introductions.heard_of(tx, by.id) >= WAITING_MOST:
        return "too many wait for an answer"
    return None


def hear(tx: Transaction, here: Here, by: Actor, group: Actor, activity_uri: str) -> bool:
    """A neighbour tells us of another quartier: our administrators see it. False when it was
    known."""
    domain = host_of(group.uri)
    identifier = introductions.add(
        tx,
        activity_uri=activity_uri,
        by_id=by.id,
        group_uri=group.uri,
        to_uri=here.quartier.uri,
        domain=domain,
        name=group.name[:200],
        state="heard",
        now=here.clock.now(),
    )
    if identifier is None:
        return False
    notices.tell_roles(
        tx,
        here,
        Kind.INTRODUCTION,
        roles=("admin",),
        dedupe=group.uri,  # whoever else tells us of the same
        by=by,
        data={"introduction": str(identifier), "domain": domain},
    )
    return True


async def ask(
    store: Store, here: Here, remote: Remote, who: Actor | None, introduction_id: int
) -> Introduction:
    """An administrator asks the introduced quartier to join. Raises NotFound, Conflict, and what
    fetching raises."""
    found = await store.read(_heard, introduction_id)
    await ask_neighbour(store, here, remote, found.group_uri, who=who)
    return await store.write(_settled, introduction_id, "asked")


def decline(tx: Transaction, here: Here, who: Actor | None, introduction_id: int) -> Introduction:
    """No, thank you; nobody is told. Raises NotFound and Conflict."""
    found = _heard(tx, introduction_id)
    audit.record(tx, here, who, "neighbour.decline-introduction", found.domain)
    return _settled(tx, introduction_id, "declined")


def taken_back(tx: Transaction, introduction: Introduction) -> bool:
    """Who introduced takes it back; False when it was answered meanwhile."""
    if introduction.state != "heard":
        return False
    introductions.remove(tx, introduction.id)
    return True


def _heard(tx: Transaction, introduction_id: int) -> Introduction:
    found = introductions.by_id(tx, introduction_id)
    if found is None or found.state == "told":
        raise NotFound("Il n’y a pas de présentation de ce numéro.")
    if found.state != "heard":
        raise Conflict("Vous avez répondu à cette présentation déjà.")
    return found


def _settled(tx: Transaction, introduction_id: int, state: introductions.State) -> Introduction:
    introductions.settle(tx, introduction_id, state)
    found = introductions.by_id(tx, introduction_id)
    if found is None:
        raise NotFound("Il n’y a pas de présentation de ce numéro.")
    return found


def _joined(tx: Transaction, actor_id: int) -> NeighbourRow:
    row = neighbours.by_actor(tx, actor_id)
    if row is None or row.state != Link.JOINED.value or actors.by_id(tx, actor_id) is None:
        raise NotFound("Il n’y a pas de quartier voisin de ce numéro avec qui nous soyons joints.")
    return row
