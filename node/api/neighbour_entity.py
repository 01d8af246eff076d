"""How a neighbour is told of: to everybody, and to who runs the node."""

from __future__ import annotations

from typing import Literal
from urllib.parse import urlsplit

from node.actions.passing import territory_of
from node.aid.neighbours import Link
from node.aid.proposals import Urgency
from node.aid.terms import Terms
from node.api.common import Id, Moment, moment
from node.api.endpoint import Entity
from node.outbox.here import Here
from node.store.neighbours import NeighbourRow
from node.store.transaction import Transaction


class NeighbourEntity(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A quartier with which this one is joined."""

    id: Id
    uri: str
    name: str
    domain: str
    url: str
    adjacent: bool
    """The two territories touch or overlap."""
    joined_at: Moment | None


class TermsEntity(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one side takes from the other."""

    topics: list[str] | None
    """Slugs of topics and of groups; null for all."""
    least_urgency: Urgency
    per_hour: int


class OurTermsEntity(TermsEntity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What we take from a neighbour, and what we do with it."""

    review: bool
    """A mediator looks first."""


class LinkEntity(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How things stand with a quartier."""

    id: Id
    uri: str
    name: str
    domain: str
    url: str
    state: Literal["asked", "invited", "joined", "paused", "refused", "stopped"]
    adjacent: bool
    since: Moment
    joined_at: Moment | None
    terms: OurTermsEntity
    takes: TermsEntity | None
    """What it takes from us; null where it did not say."""
    waiting: int
    """How many of its proposals wait for a mediator."""


def url_of(row: NeighbourRow) -> str:
    return f"{urlsplit(row.actor_uri).scheme}://{row.domain}"


def is_adjacent(tx: Transaction, here: Here, domain: str) -> bool:
    theirs = territory_of(tx, here, domain)
    return theirs is not None and here.territory.adjacent(theirs)


def link_entity(
    tx: Transaction, here: Here, row: NeighbourRow, waiting: dict[int, int]
) -> LinkEntity:
    state: Literal["asked", "invited", "joined", "paused", "refused", "stopped"]
    state = Link(row.state).value
    ours = row.terms
    return LinkEntity(
        id=str(row.actor_id),
        uri=row.actor_uri,
        name=row.name or row.domain,
        domain=row.domain,
        url=url_of(row),
        state=state,
        adjacent=is_adjacent(tx, here, row.domain),
        since=moment(row.created_at) or "",
        joined_at=moment(row.joined_at),
        terms=OurTermsEntity(
            topics=_topics(ours),
            least_urgency=ours.least_urgency,
            per_hour=ours.per_hour,
            review=ours.review,
        ),
        takes=None
        if row.takes is None
        else TermsEntity(
            topics=_topics(row.takes),
            least_urgency=row.takes.least_urgency,
            per_hour=row.takes.per_hour,
        ),
        waiting=waiting.get(row.actor_id, 0),
    )


def _topics(terms: Terms) -> list[str] | None:
    return None if terms.topics is None else list(terms.topics)
