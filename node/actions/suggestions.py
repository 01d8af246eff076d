"""Suggesting: an offer to who asks, a request to who offers, and to nobody else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from node.actions.notices import tell
from node.aid.matching import best
from node.aid.proposals import Proposal, Purpose
from node.errors import NotFound
from node.outbox.here import Here
from node.social.accounts import Actor
from node.social.notifications import Kind
from node.store import actors, candidates, objects, proposals, silences, suggestions
from node.store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Found:
    """What may be suggested to the authors of a proposal and of another."""

    request_id: int
    offer_id: int
    reasons: dict[str, object]


@dataclass(frozen=True, slots=True)
class Looked:
    proposal: Proposal
    found: Sequence[Found]


def look(tx: Transaction, here: Here, object_id: int) -> Looked | None:
    """What fits a proposal now, the best first; None when there is no such proposal."""
    stored, status = proposals.by_id(tx, object_id), objects.by_id(tx, object_id)
    if stored is None or status is None:
        return None
    one, now = stored.proposal, here.clock.now()
    if not stored.shown or not one.is_live(now) or silences.is_silenced(tx, status.author_id):
        return Looked(one, ())
    others = candidates.near(tx, one, status.author_id, now=now)
    return Looked(
        one,
        [
            Found(*_ids(one, other), reasons=made.reasons)
            for other, made in best(one, (other for other, _ in others), now)
        ],
    )


def suggest(tx: Transaction, here: Here, looked: Looked) -> None:
    """Keep what was found and tell the people concerned who have an account here, once. A
    proposal that changed meanwhile is looked at again."""
    stored = proposals.by_id(tx, looked.proposal.id)
    if stored is None:
        return
    suggestions.give_words(tx, stored.proposal)
    if stored.proposal.updated == looked.proposal.updated:
        suggestions.looked(tx, stored.proposal.id)
    for one in looked.found:
        both = {one.request_id, one.offer_id}
        (other,) = both - {looked.proposal.id}
        if suggestions.count_of(tx, other) >= suggestions.KEPT:
            continue  # enough to choose from
        if suggestions.add(
            tx,
            request_id=one.request_id,
            offer_id=one.offer_id,
            reasons=one.reasons,
            now=here.clock.now(),
        ):
            _tell(tx, here, one)


def dismiss(tx: Transaction, here: Here, who: Actor, *, request_id: int, offer_id: int) -> None:
    """It does not fit: it is not shown to this person again. Raises NotFound."""
    if not suggestions.dismiss(
        tx, who.id, request_id=request_id, offer_id=offer_id, now=here.clock.now()
    ):
        raise NotFound("Il n’y a pas de suggestion de ce numéro pour vous.")


def _ids(one: Proposal, other: Proposal) -> tuple[int, int]:
    return (one.id, other.id) if one.purpose is Purpose.REQUEST else (other.id, one.id)


def _tell(tx: Transaction, here: Here, found: Found) -> None:
    sides = [(found.request_id, found.offer_id), (found.offer_id, found.request_id)]
    people = {number: _author(tx, number) for number, _ in sides}
    for own, other in sides:
        person, by = people[own], people[other]
        if person is not None and by is not None and person.local:
            tell(
                tx,
                here,
                person,
                Kind.SUGGESTION,
                dedupe=f"{found.request_id} {found.offer_id}",
                by=by,
                object_id=own,
                data={"other": str(other)},
            )


def _author(tx: Transaction, object_id: int) -> Actor | None:
    status = objects.by_id(tx, object_id)
    return None if status is None else actors.by_id(tx, status.author_id)
