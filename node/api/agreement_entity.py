"""An agreement as the interface tells it: to one of its two people, or to a mediator."""

from __future__ import annotations

from node.actions import agreements as acting
from node.aid.agreements import Agreement, Event, Side, State, allowed
from node.aid.lifecycle import State as ProposalState
from node.aid.proposals import Proposal
from node.api.common import AccountEntity, Id, Moment, account_entity, moment
from node.api.endpoint import Entity
from node.errors import NotFound
from node.social.accounts import Actor
from node.store import actors, agreements, proposals, reveals
from node.store.reveals import Reveal
from node.store.transaction import Transaction


class About(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an agreement is about, in short."""

    id: Id
    uri: str
    title: str
    purpose: str
    topic: str
    mode: str
    state: ProposalState


class HappenedEntity(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line of the history."""

    event: str
    by: Id | None
    text: str
    at: Moment | None


class ContactEntity(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Contact details that one side shows the other, while the agreement lasts."""

    account_id: Id
    contact: str
    revealed_at: Moment | None


class AgreementEntity(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A proposal and one answering person, as one of the two sees it, or a mediator."""

    id: Id
    uri: str | None
    proposal: About
    side: Side | None
    """Which of the two the reader is; null for a mediator, who is neither."""
    author: AccountEntity
    answerer: AccountEntity
    state: State
    quantity: str
    unit: str
    text: str
    reason: str
    due: Moment | None
    next: list[Event]
    """What the reader may do now, the most likely first."""
    confirmed_by_author: bool
    confirmed_by_answerer: bool
    contacts: list[ContactEntity]
    """For the two only."""
    created_at: Moment | None
    updated_at: Moment | None
    ended_at: Moment | None


class AgreementWithHistory(AgreementEntity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All of it."""

    history: list[HappenedEntity]


# ── units of work ────────────────────────────────────────────────────────────────────────────


def entity_of(tx: Transaction, who: Actor, agreement_id: int) -> AgreementEntity:
    """One of somebody's; NotFound for those of others."""
    found, _ = acting.of_person(tx, who, agreement_id)
    return entities(tx, who, [found])[0]


def whole(
    tx: Transaction, who: Actor, agreement_id: int, *, quartier: Actor | None = None
) -> AgreementWithHistory:
    """One of somebody's; a mediator, for whom there is a `quartier`, also reads those of others
    about what was published here."""
    found = agreements.one_at_home(tx, agreement_id) if quartier is not None else None
    if found is None:
        found, _ = acting.of_person(tx, who, agreement_id)
    entity = entities(tx, who, [found], quartier=quartier)[0]
    history = [
        HappenedEntity(
            event=line.event,
            by=str(line.actor_id) if line.actor_id is not None else None,
            text=line.text,
            at=moment(line.at),
        )
        for line in agreements.history(tx, agreement_id)
    ]
    fields = {name: getattr(entity, name) for name in entity.__struct_fields__}
    return AgreementWithHistory(**fields, history=history)


def entities(
    tx: Transaction, who: Actor, found: list[Agreement], *, quartier: Actor | None = None
) -> list[AgreementEntity]:
    """A page's worth in a constant number of queries. A mediator, for whom there is a `quartier`,
    stands in for it where it is the author."""
    people = actors.by_ids(tx, {i for one in found for i in (one.author_id, one.answerer_id)})
    abouts = proposals.by_ids(tx, {one.proposal_id for one in found})
    shown = reveals.revealed_of(tx, [one.id for one in found])
    told = []
    for one in found:
        side, about = one.side_of(who.id), abouts.get(one.proposal_id)
        if side is None and quartier is not None:
            side = one.side_of(quartier.id)
        if about is None or (side is None and quartier is None):
            raise NotFound("Cet accord n’est plus là.")
        between = (people[one.author_id], people[one.answerer_id])
        visible = shown.get(one.id, []) if side is not None and one.shows_contact else []
        told.append(_entity(one, about.proposal, side, between, visible))
    return told


def _entity(
    one: Agreement,
    proposal: Proposal,
    side: Side | None,
    between: tuple[Actor, Actor],
    shown: list[Reveal],
) -> AgreementEntity:
    author, answerer = between
    return AgreementEntity(
        id=str(one.id),
        uri=one.uri,
        proposal=About(
            id=str(proposal.id),
            uri=proposal.uri,
            title=proposal.title,
            purpose=proposal.purpose.value,
            topic=proposal.topic,
            mode=proposal.mode,
            state=proposal.state,
        ),
        side=side,
        author=account_entity(author),
        answerer=account_entity(answerer),
        state=one.state,
        quantity=one.quantity,
        unit=one.unit,
        text=one.text,
        reason=one.reason,
        due=moment(one.due),
        next=_next(one, proposal, side),
        confirmed_by_author=one.confirmed_by_author_at is not None,
        confirmed_by_answerer=one.confirmed_by_answerer_at is not None,
        contacts=[
            ContactEntity(
                account_id=str(reveal.actor_id),
                contact=reveal.contact,
                revealed_at=moment(reveal.revealed_at),
            )
            for reveal in shown
        ],
        created_at=moment(one.created_at),
        updated_at=moment(one.updated_at),
        ended_at=moment(one.ended_at),
    )


def _next(one: Agreement, proposal: Proposal, side: Side | None) -> list[Event]:
    if side is None:  # a mediator, who is neither
        return [Event.SETTLE] if one.state is State.DISPUTED else []
    return list(allowed(one, side, loan=proposal.mode == "loan"))
