"""What is offered and asked for here: looked for, listed, and read one by one."""

from __future__ import annotations

from node.actions import drafts
from node.actions.looking import page_of
from node.aid.drafts import check_draft
from node.aid.lifecycle import State
from node.aid.proposals import propose
from node.api.endpoint import Call, Caller, Endpoint, Nothing, Page
from node.api.proposal_entity import ProposalEntity, proposal_entity, reader_of
from node.api.proposal_query import ProposalQuery, cursor_text, wanted_of
from node.errors import Conflict, Invalid, NotFound
from node.outbox.here import Here
from node.store import vouches
from node.store.drafts import Kept
from node.store.proposal_details import Entry, entries
from node.store.proposal_filters import Wanted
from node.store.transaction import Transaction


async def listed(call: Call[ProposalQuery, Nothing]) -> Page[ProposalEntity]:
    wanted = wanted_of(call.query, call.who, call.here)
    return await call.store.read(_page, call.here, wanted, call.who, call.language)


async def one(call: Call[Nothing, Nothing]) -> ProposalEntity:
    return await call.store.read(told, call.here, call.number(), call.who, call.language)


# ── units of work ────────────────────────────────────────────────────────────────────────────


def _page(
    tx: Transaction, here: Here, wanted: Wanted | None, who: Caller | None, language: str
) -> Page[ProposalEntity]:
    if wanted is None:
        return Page(())
    found, after = page_of(tx, wanted, reader_of(who))
    items = [proposal_entity(here, entry, who, language, wanted.near) for entry in found]
    return Page(items, next=None if after is None else cursor_text(after))


def told(
    tx: Transaction, here: Here, number: int, who: Caller | None, language: str
) -> ProposalEntity:
    """One, for whoever may see it; a draft for its author. Raises NotFound."""
    reader = reader_of(who)
    entry = entries(tx, [number], reader, unlisted=True, addressed=True).get(number)
    if entry is not None and _may_read(entry, who):
        return proposal_entity(here, entry, who, language)
    if who is not None:
        return _draft(tx, here, drafts.of_author(tx, who.actor, number), who, language)
    raise NotFound("Il n’y a pas d’annonce de ce numéro ici.")


def _may_read(entry: Entry, who: Caller | None) -> bool:
    """What mediators removed is for them and for its author."""
    if entry.proposal.state is not State.REMOVED:
        return True
    return who is not None and (who.actor.id == entry.author.id or who.has_role("mediator"))


def _draft(tx: Transaction, here: Here, kept: Kept, who: Caller, language: str) -> ProposalEntity:
    """As all others would read it. Raises Conflict while something is missing."""
    zone = here.settings.node.time_zone
    try:
        draft = check_draft({**kept.fields, "author": who.actor.username}, zone=zone)
    except Invalid as missing:
        raise Conflict(f"Ce brouillon n’est pas fini. {missing.public}") from missing
    proposal = propose(
        draft,
        id=kept.id,
        uri=here.addresses.object(kept.id),
        author_uri=who.actor.uri,
        origin=here.domain,
        now=kept.created_at,
        centre=(here.settings.node.latitude, here.settings.node.longitude),
        state=State.REVIEW if kept.state == "review" else State.DRAFT,
        wide_m=here.settings.federation.wide_reach_m,
    )
    entry = Entry(
        proposal=proposal,
        author=who.actor,
        vouched=bool(vouches.for_(tx, who.actor.id)),
        local=True,
        url=None,
        content="",
        pictures=(),
        unconfirmed_since=None,
        voucher=None,
        answer_id=None,
        reader_vouched=False,
    )
    return proposal_entity(here, entry, who, language)


TAG = "proposals"
ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/proposals",
        handler=listed,
        shows=True,
        summary="What is offered and asked for here now, by what one looks for",
        tag=TAG,
        answer=list[ProposalEntity],
        query=ProposalQuery,
        paged=True,
    ),
    Endpoint(
        method="GET",
        path="/proposals/{id}",
        handler=one,
        shows=True,
        summary="A proposal, or one's own draft as others will read it",
        tag=TAG,
        answer=ProposalEntity,
        errors=(404, 409),
    ),
)
