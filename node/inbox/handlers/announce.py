"""Announce: a boost of an object, or a Group that passes an activity on (FEP-1b12).

Who may: anybody shares what is public. An embedded activity is believed by its own proof or by
its origin, never because of who announces it. From a joined neighbour it is judged by what we take
from it: what is taken is listed here, told to our followers, and passed on within reach; the rest
is kept unseen. During a pause all of it is, until we go on.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from node.actions import passing, terms
from node.actions.keeping import store_object
from node.activitypub.documents import Announce, Create, Delete, Update
from node.activitypub.proofs import proven_at
from node.activitypub.readers import origin, types
from node.aid.lifecycle import State
from node.aid.neighbours import Link
from node.aid.terms import Hold, Leave
from node.inbox.handlers import create, delete, update
from node.inbox.received import Applied, Ignored, Inner, Missing, Outcome, Passage, Received
from node.moderation.policy import Refuse, Silence, Verdict, judge
from node.outbox.here import Here
from node.social.accounts import Actor
from node.social.statuses import Status
from node.store import graves, journal, moderation, neighbours, objects, proposals, shares, silences
from node.store.neighbours import NeighbourRow
from node.store.transaction import Transaction

PASSED_ON = frozenset({"Create", "Update", "Delete"})
_LINKED = (Link.JOINED.value, Link.PAUSED.value)
FRESH_S = 3600.0
"""An author's word that is older may have been followed by another that is withheld from us."""


def apply(tx: Transaction, here: Here, activity: Announce, received: Received) -> Outcome:
    inside = activity.object.embedded
    if inside is not None and "actor" in inside and PASSED_ON.intersection(types(inside)):
        return _embedded(tx, here, activity, received)
    uri = activity.object.iri
    if uri is None:
        return Ignored("an Announce of nothing that has an id")
    if graves.buried_by(tx, uri):
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
        if isinstance(verdict := _judged(tx, fetched.author), Refuse):
            return Ignored(verdict.reason)
        status = store_object(tx, fetched.document, fetched.author, fetched.text, now=received.now)
        if status is None:
            return Ignored("it is here already")
    return _share(tx, activity, received, status)


def _share(tx: Transaction, activity: Announce, received: Received, status: Status) -> Outcome:
    own = status.author_id == received.actor.id
    if not status.visibility.open and not own:
        return Ignored("only public things are shared")
    shares.add(
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
    # Whom we do not hear does not get in by way of a neighbour either.
    verdict = _judged(tx, inner.actor)
    if isinstance(verdict, Refuse):
        return Ignored(verdict.reason)
    row = neighbours.by_actor(tx, received.actor.id)
    joined = row is not None and row.state == Link.JOINED.value
    if here.node.uri in graves.buried_by(tx, getattr(inner.activity, "object").iri or ""):  # noqa: B009
        return Ignored("our mediators removed it")
    if inner.voucher is not None and not joined:
        return Ignored("only a joined neighbour's word counts")
    if isinstance(verdict, Silence) or (row is not None and row.state not in _LINKED):
        row = None
    within = replace(
        received,
        actor=inner.actor,
        raw=inner.raw,
        passage=None if row is None else Passage(received.actor.id, inner.voucher),
        text=inner.text,
    )
    mark = _mark(inner)
    if mark is not None and journal.seen(tx, mark):
        outcome: Outcome = Ignored("known already")
    else:
        outcome = _inner(tx, here, inner, within)
    if isinstance(outcome, Missing):
        return outcome
    if mark is not None and isinstance(outcome, Applied):
        journal.remember(tx, activity_uri=mark, actor_uri=inner.actor.uri, now=received.now)
    object_uri = getattr(inner.activity, "object").iri  # noqa: B009 - of one of the three below
    status = objects.by_uri(tx, object_uri) if object_uri else None
    if status is None:
        return outcome
    if isinstance(outcome, Applied):
        _ask_its_origin(tx, here, inner, within, status, received.actor)
    if row is None or status.author_id != inner.actor.id:
        return _share(tx, activity, received, status)
    return _listed(tx, here, activity, within, status, outcome, row)


def _judged(tx: Transaction, author: Actor) -> Verdict:
    """What the moderators said of somebody whose words others bring."""
    blocks = moderation.blocks_covering(tx, [author.domain])
    return judge(
        author.domain,
        author.uri,
        blocks,
        suspended=author.suspended,
        silenced=silences.is_silenced(tx, author.id),
    )


def _mark(inner: Inner) -> str | None:
    """By what an activity is known again, whoever brings it: its proof, which is over every word
    of it. The id is only what the author's server calls it, and some use one twice."""
    proof: Any = inner.raw.get("proof")
    value = proof.get("proofValue") if isinstance(proof, dict) and inner.text else None
    return f"passed {inner.actor.uri} {value}" if isinstance(value, str) else None


def _inner(tx: Transaction, here: Here, inner: Inner, within: Received) -> Outcome:
    if inner.voucher is not None and _is_hidden(tx, inner):
        return Ignored("deleted, by a neighbour's word: its origin is being asked")
    match inner.activity:
        case Create():
            return create.apply(tx, here, inner.activity, within)
        case Update():
            return update.apply(tx, here, inner.activity, within)
        case Delete() if inner.voucher is not None:
            return _hide(tx, here, inner.activity, within)
        case Delete():
            return delete.apply(tx, here, inner.activity, within)
        case _:
            return Ignored("not a kind that is passed on")


def _is_hidden(tx: Transaction, inner: Inner) -> bool:
    uri = getattr(inner.activity, "object").iri  # noqa: B009
    status = objects.by_uri(tx, uri) if uri else None
    stored = proposals.by_id(tx, status.id) if status else None
    return stored is not None and stored.proposal.state is State.WITHDRAWN


def _hide(tx: Transaction, here: Here, activity: Delete, within: Received) -> Outcome:
    """Deleted by a neighbour's word alone: it leaves the lists at once, and only its origin can
    end it for ever. The wire knows no `withdrawn`: what is so and not ours was hidden here."""
    uri = activity.object.iri
    status = objects.by_uri(tx, uri) if uri else None
    if status is None and uri is not None:
        if uri in within.found.gone:
            graves.bury(tx, uri, by=within.actor.uri, now=within.now)
            return Applied("remembered: it was not here yet")
        known = uri in within.found.objects or uri in within.found.refused
        return Ignored("its origin does not say so") if known else Missing(objects=(uri,))
    stored = proposals.by_id(tx, status.id) if status else None
    if status is None or stored is None or status.author_id != within.actor.id:
        return Ignored("not its to delete")
    hidden = replace(stored.proposal, state=State.WITHDRAWN, closed_at=within.now)
    proposals.update(tx, hidden, update_activity=stored.update_activity)
    if within.text is not None and within.passage is not None:
        passing.pass_on_change(tx, here, stored, within.text, but={within.passage.neighbour_id})
    return Applied("hidden, by a neighbour's word")


def _ask_its_origin(
    tx: Transaction, here: Here, inner: Inner, within: Received, status: Status, neighbour: Actor
) -> None:
    """What hangs on a neighbour's word is unconfirmed until the origin answers. So is an author's
    true word that is old: a neighbour may keep from us what was said since."""
    made = proven_at(within.raw) if within.text is not None else None
    old = made is not None and made < within.now - FRESH_S and within.passage is not None
    voucher = inner.voucher or (origin(neighbour.uri) if old else None)
    if voucher is not None and proposals.by_id(tx, status.id) is not None:
        neighbours.mark_unconfirmed(tx, object_id=status.id, voucher=voucher, now=within.now)


def _listed(
    tx: Transaction,
    here: Here,
    activity: Announce,
    within: Received,
    status: Status,
    outcome: Outcome,
    neighbour: NeighbourRow,
) -> Outcome:
    if not status.visibility.open:
        return outcome
    neighbours.passed(
        tx,
        object_id=status.id,
        neighbour_id=neighbour.actor_id,
        direction="from",
        now=within.now,
    )
    shares.add(
        tx,
        object_id=status.id,
        actor_id=neighbour.actor_id,
        activity_uri=activity.id or f"urn:shared:{neighbour.actor_id}:{status.id}",
        published=within.now,
    )
    stored = proposals.by_id(tx, status.id)
    if stored is None:
        return outcome
    if not passing.reaches_us(tx, here, stored.proposal):
        if stored.shown:
            passing.unlist(tx, here, stored.proposal)
        return Ignored("out of our reach")
    if stored.create_activity is None and _creates(within):
        proposals.keep(tx, status.id, create_activity=within.text)
    if not stored.shown:
        if neighbour.state == Link.PAUSED.value:
            return Applied("kept: this neighbour is paused")
        match terms.receive(tx, here, neighbour, stored):
            case Hold(why=why):
                return Applied(f"held: {why}")
            case Leave(why=reason):
                return Applied(f"kept unseen: {reason}")
        proposals.show(tx, status.id, create_activity=None)
    stored = proposals.by_id(tx, status.id) or stored
    if stored.proposal.is_live(within.now):
        passing.announce(tx, here, stored.proposal)
        passing.pass_on(tx, here, stored)
    return outcome if isinstance(outcome, Applied) else Applied("listed")


def _creates(within: Received) -> bool:
    return "Create" in types(within.raw)
