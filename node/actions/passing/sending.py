"""To neighbours: the whole activity as its author signed it, and what it takes to believe it."""

from __future__ import annotations

from collections.abc import Iterable

import orjson

from node.actions.passing.reaching import decoded, territory_of
from node.activitypub import render
from node.aid.neighbours import Link, Neighbour, next_hops
from node.aid.proposals import Proposal
from node.aid.terms import URGENT, welcome_of
from node.ids import new_id
from node.outbox import documents
from node.outbox.here import Here
from node.outbox.publish import Document, publish_text
from node.store import (
    neighbours,
    proposals,
    silences,
)
from node.store.neighbours import NeighbourRow
from node.store.proposals import Stored
from node.store.transaction import Transaction


def pass_on(tx: Transaction, here: Here, stored: Stored, *, only: int | None = None) -> None:
    """Offer a proposal to the joined neighbours in reach that take it and are not known to have
    it; `only` to one of them."""
    if stored.create_activity is None or silences.is_silenced_uri(tx, stored.proposal.author_uri):
        return
    known = neighbours.having(tx, stored.proposal.id)
    rows = neighbours.every(tx)
    by_uri = {row.actor_uri: row for row in rows}
    hops = next_hops(
        (_neighbour(row) for row in rows),
        reach=stored.proposal.reach,
        place=stored.proposal.place if stored.proposal.cell else None,
        reach_m=stored.proposal.reach_m,
        origin=stored.proposal.origin,
        origin_territory=territory_of(tx, here, stored.proposal.origin),
        known={row.domain for row in rows if row.actor_id in known},
    )
    near = [by_uri[hop.group] for hop in hops]
    targets = [
        row
        for row in near
        if only in (None, row.actor_id) and _takes(tx, here, row, stored.proposal)
    ]
    if not targets:
        return
    now = here.clock.now()
    for target in targets:
        neighbours.passed(
            tx, object_id=stored.proposal.id, neighbour_id=target.actor_id, direction="to", now=now
        )
        neighbours.count_one(tx, target.actor_id, "to", now=now)
    urgent = stored.proposal.urgency in URGENT
    for text in (stored.create_activity, stored.update_activity):
        if text is not None:
            _embed(tx, here, text, stored.proposal, targets, urgent=urgent)


def pass_on_change(
    tx: Transaction,
    here: Here,
    stored: Stored,
    activity_text: str,
    *,
    but: Iterable[int] = (),
) -> None:
    """An Update or a Delete follows the proposal to every neighbour known to have it, but those
    it came from."""
    known = neighbours.having(tx, stored.proposal.id)
    left_out = set(but)
    targets = [
        row
        for row in neighbours.every(tx)
        if row.actor_id in known
        and row.actor_id not in left_out
        and row.state in (Link.JOINED.value, Link.PAUSED.value)
        and row.domain != stored.proposal.origin
    ]
    if targets:
        _embed(
            tx,
            here,
            activity_text,
            stored.proposal,
            targets,
            urgent=stored.proposal.urgency in URGENT,
        )


def offer_everything(tx: Transaction, here: Here, neighbour_id: int) -> None:
    """What a new neighbour is told: all that we show, that is open and that it may show."""
    if neighbours.by_actor(tx, neighbour_id) is None:
        return
    for object_id in proposals.to_offer(tx, now=here.clock.now()):
        stored = proposals.by_id(tx, object_id)
        if stored is not None:
            pass_on(tx, here, stored, only=neighbour_id)


def offer_what_waited(tx: Transaction, here: Here) -> None:
    """Of what neighbours did not take any more of in their hour, as much as they take now."""
    for row in neighbours.every(tx):
        if row.waits and row.state == Link.JOINED.value and _room(tx, here, row):
            neighbours.set_waits(tx, row.actor_id, False)
            offer_everything(tx, here, row.actor_id)


def _takes(tx: Transaction, here: Here, row: NeighbourRow, proposal: Proposal) -> bool:
    """Whether a neighbour wants it now. What is only too much for this hour waits."""
    if row.takes is None:
        return True
    if not row.takes.takes(proposal):
        return False
    if proposal.urgency in URGENT or _room(tx, here, row):
        return True
    if not row.waits:
        neighbours.set_waits(tx, row.actor_id, True)
    return False


def _room(tx: Transaction, here: Here, row: NeighbourRow) -> bool:
    if row.takes is None:
        return True
    now = here.clock.now()
    most = row.takes.per_hour + welcome_of(row.joined_at, now)
    return neighbours.in_this_hour(tx, row.actor_id, "to", now=now) < most


def _neighbour(row: NeighbourRow) -> Neighbour:
    return Neighbour(
        group=row.actor_uri,
        domain=row.domain,
        link=Link(row.state),
        territory=decoded(row.territory) if row.territory else None,
    )


def _embed(
    tx: Transaction,
    here: Here,
    activity_text: str,
    proposal: Proposal,
    targets: list[NeighbourRow],
    *,
    urgent: bool,
) -> None:
    activity_uri = here.addresses.activity(new_id())
    announce_document: Document = render.announce(
        activity_id=activity_uri,
        actor=here.quartier.uri,
        object=proposal.uri,
        to=tuple(target.actor_uri for target in targets),
        cc=(),
        published=here.clock.now(),
    )
    # Spliced in, not parsed and written again: the proof is over what its author wrote.
    announce_document["object"] = orjson.Fragment(activity_text)
    announce_document["attachment"] = [
        orjson.Fragment(text) for text in documents.credentials(tx, here, proposal.author_uri)
    ]
    publish_text(
        tx,
        here,
        here.quartier,
        orjson.dumps(announce_document),
        activity_uri=activity_uri,
        type="Announce",
        object_uri=proposal.uri,
        inboxes=[target.inbox for target in targets],
        about=proposal.uri,
        urgent=urgent,
    )
