"""Announce: a boost of an object, or a Group that passes an activity on (FEP-1b12).

Who may: anybody shares what is public. An embedded activity is believed by its own proof or by
its origin, never because of who announces it. From a joined neighbour it is listed here, told to
our followers, and passed on within reach.
"""

from __future__ import annotations

from dataclasses import replace

from node.actions import passing
from node.activitypub.documents import Announce, Create, Delete, Update
from node.activitypub.readers import types
from node.aid.neighbours import Link
from node.aid.reach import in_reach
from node.inbox.handlers import create, delete, update
from node.inbox.received import Applied, Ignored, Missing, Outcome, Passage, Received
from node.inbox.statuses import store_object
from node.outbox.here import Here
from node.social.statuses import Status
from node.store import actors, journal, neighbours, objects, proposals
from node.store.transaction import Transaction

PASSED_ON = frozenset({"Create", "Update", "Delete"})


def apply(tx: Transaction, here: Here, activity: Announce, received: Received) -> Outcome:
    inside = activity.object.embedded
    if inside is not None and "actor" in inside and PASSED_ON.intersection(types(inside)):
        return _embedded(tx, here, activity, received)
    uri = activity.object.iri
    if uri is None:
        return Ignored("an Announce of nothing that has an id")
    if objects.buried_by(tx, uri):
        return Ignored("it was deleted before")
    status = objects.by_uri(tx, uri)
    if status is None:
        if here.is_ours(uri) or uri in received.found.gone:
            return Ignored("there is no such object")
        if uri in received.found.refused:
            return Ignored(received.found.refused[uri])
        fetched = received.found.objects.get(uri)
        if fetched is None:
            return Missing(objects=(uri,))
        status = store_object(tx, fetched.document, fetched.author, fetched.text, now=received.now)
        if status is None:
            return Ignored("it is here already")
    return _share(tx, activity, received, status)


def _share(tx: Transaction, activity: Announce, received: Received, status: Status) -> Outcome:
    own = status.author_id == received.actor.id
    if not status.visibility.open and not own:
        return Ignored("only public things are shared")
    objects.add_share(
        tx,
        object_id=status.id,
        actor_id=received.actor.id,
        activity_uri=activity.id or f"{received.actor.uri}#shares/{status.id}",
        published=activity.published or received.now,
    )
    return Applied("shared")


# ── passed on by a Group ─────────────────────────────────────────────────────────────────────


def _embedded(tx: Transaction, here: Here, activity: Announce, received: Received) -> Outcome:
    inner = received.found.inner
    if inner is None:
        if received.found.inner_refused is not None:
            return Ignored(received.found.inner_refused)
        return Missing(inner=True)
    if inner.actor.local:
        return Ignored("it came from here")
    row = neighbours.by_actor(tx, received.actor.id)
    joined = row is not None and row.state == Link.JOINED.value
    if inner.voucher is not None and not joined:
        return Ignored("only a joined neighbour's word counts")
    passage = Passage(received.actor.id, inner.voucher) if joined else None
    within = replace(
        received,
        actor=inner.actor,
        raw=inner.raw,
        passage=passage,
        text=inner.text,
    )
    name = inner.activity.id
    if name is not None and joined and journal.seen(tx, f"passed {name}"):
        outcome: Outcome = Ignored("known already")
    else:
        match inner.activity:
            case Create():
                outcome = create.apply(tx, here, inner.activity, within)
            case Update():
                outcome = update.apply(tx, here, inner.activity, within)
            case Delete():
                outcome = delete.apply(tx, here, inner.activity, within)
            case _:
                return Ignored("not a kind that is passed on")
    if isinstance(outcome, Missing):
        return outcome
    if name is not None and isinstance(outcome, Applied):
        journal.remember(
            tx, activity_uri=f"passed {name}", actor_uri=inner.actor.uri, now=received.now
        )
    object_uri = getattr(inner.activity, "object").iri  # noqa: B009 - of one of the three above
    status = objects.by_uri(tx, object_uri) if object_uri else None
    if status is None:
        return outcome
    if not joined:
        return _share(tx, activity, received, status)
    return _listed(tx, here, activity, within, status, outcome, neighbour_id=received.actor.id)


def _listed(
    tx: Transaction,
    here: Here,
    activity: Announce,
    within: Received,
    status: Status,
    outcome: Outcome,
    *,
    neighbour_id: int,
) -> Outcome:
    neighbours.passed(
        tx, object_id=status.id, neighbour_id=neighbour_id, direction="from", now=within.now
    )
    objects.add_share(
        tx,
        object_id=status.id,
        actor_id=neighbour_id,
        activity_uri=activity.id or f"urn:shared:{neighbour_id}:{status.id}",
        published=within.now,
    )
    stored = proposals.by_id(tx, status.id)
    if stored is None or not status.visibility.open:
        return outcome
    proposal = stored.proposal
    reachable = in_reach(
        proposal.reach,
        place=proposal.place if proposal.cell else None,
        reach_m=proposal.reach_m,
        origin_territory=passing.territory_of(tx, here, proposal.origin),
        home=False,
        candidate=here.territory,
    )
    if not reachable:
        return Ignored("out of our reach")
    if not stored.shown or stored.create_activity is None:
        proposals.show(tx, status.id, create_activity=within.text if _creates(within) else None)
        stored = proposals.by_id(tx, status.id) or stored
    author = actors.by_id(tx, status.author_id)
    if author is not None and not proposal.has_expired(within.now):
        passing.announce(tx, here, proposal)
        passing.pass_on(tx, here, stored)
    return outcome if isinstance(outcome, Applied) else Applied("listed")


def _creates(within: Received) -> bool:
    return within.raw.get("type") == "Create"
