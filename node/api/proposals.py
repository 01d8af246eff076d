"""What is offered and asked for here: looked for, listed, and read one by one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Final, Literal

from msgspec import Meta

from node.actions import drafts
from node.aid.draft_checks import moment as read_moment
from node.aid.drafts import check_draft
from node.aid.lifecycle import State
from node.aid.nearby import FARTHEST_M
from node.aid.proposals import Reach, propose
from node.aid.searching import asked
from node.aid.topics import GROUPS, MODES, TOPICS
from node.api.common import Id, Limit
from node.api.endpoint import PAGE, Call, Caller, Endpoint, Entity, Nothing, Page
from node.api.proposal_entity import ProposalEntity, proposal_entity, reader_of
from node.errors import Conflict, Invalid, NotFound, Unauthenticated
from node.outbox.here import Here
from node.store import vouches
from node.store.drafts import Kept
from node.store.proposal_details import Entry, entries
from node.store.proposal_search import NEWEST, URGENCIES, Cursor, Near, Order, Wanted, find
from node.store.transaction import Transaction

ROUNDS: Final = 3
"""How often a page is filled up, when much of it is of people whom the reader does not see."""
NEAR_M: Final = 1_000
NEAR: Final = re.compile(r"(-?\d{1,2}(?:\.\d{1,15})?),(-?\d{1,3}(?:\.\d{1,15})?)", re.ASCII)

Slug = Annotated[str, Meta(max_length=60)]
Told = Literal[
    "open",
    "partly-matched",
    "matched",
    "done",
    "paused",
    "satisfied-for-now",
    "referred",
    "expired",
    "withdrawn",
    "removed",
]
Time = Annotated[str, Meta(max_length=40, description="ISO 8601.")]


class ProposalQuery(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to look for; all of it must fit, any one of several topics, modes or states."""

    topic: Annotated[
        tuple[Slug, ...], Meta(max_length=60, description="`care.groceries`, or a group: `care`.")
    ] = ()
    purpose: Literal["offer", "request"] | None = None
    mode: Annotated[tuple[Slug, ...], Meta(max_length=8)] = ()
    urgency: Annotated[
        Literal["low", "normal", "high", "critical"] | None, Meta(description="At least.")
    ] = None
    near: (
        Annotated[
            str,
            Meta(
                pattern=f"^{NEAR.pattern}$".replace("\\d", "[0-9]"),
                description="Latitude and longitude: `45.774,4.828`.",
            ),
        ]
        | None
    ) = None
    distance: Annotated[int, Meta(ge=1, le=FARTHEST_M, description="Metres around `near`.")] = (
        NEAR_M
    )
    reach: Literal["quartier", "adjacent", "wide"] | None = None
    text: Annotated[
        str,
        Meta(
            max_length=200,
            description="Words that all occur, the last one at least as a beginning.",
        ),
    ] = ""
    state: Annotated[
        tuple[Told, ...],
        Meta(
            max_length=10,
            description="Open ones by default; others of one's own only, or for mediators.",
        ),
    ] = ()
    author: Annotated[Id, Meta(description="Id of an account.")] | None = None
    local: bool | None = None
    origin: Annotated[str, Meta(max_length=253, description="Domain of a node.")] | None = None
    language: Annotated[str, Meta(pattern="^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}$")] | None = None
    before: Annotated[Time, Meta(description="Takes place, or is to be had, before.")] | None = None
    after: Annotated[Time, Meta(description="Is needed, or goes on, after.")] | None = None
    order: Annotated[
        Order, Meta(description="`nearest` needs `near`, and looks no farther than 2 km.")
    ] = "newest"
    max_id: (
        Annotated[
            str,
            Meta(
                pattern="^([0-9a-z]{1,15}-)?[0-9]{1,19}$",
                description="Only what comes after: an id, or what the `Link` of a page says.",
            ),
        ]
        | None
    ) = None
    since_id: Annotated[Id, Meta(description="Only what is newer.")] | None = None
    limit: Limit = PAGE


async def listed(call: Call[ProposalQuery, Nothing]) -> Page[ProposalEntity]:
    wanted = wanted_of(call.query, call.who, call.here)
    return await call.store.read(_page, call.here, wanted, call.who, call.language)


async def one(call: Call[Nothing, Nothing]) -> ProposalEntity:
    return await call.store.read(told, call.here, call.number(), call.who, call.language)


def wanted_of(query: ProposalQuery, who: Caller | None, here: Here) -> Wanted | None:
    """What the store is asked; None when nothing can be found. Raises Invalid for words that
    are none of ours, and Unauthenticated where one must say who one is."""
    zone = here.settings.node.time_zone
    words = asked(query.text)
    author = None if query.author is None else _number(query.author)
    unlisted = bool(set(query.state) - {"open", "partly-matched"})
    if unlisted:
        if who is None:
            raise Unauthenticated("Connectez-vous pour voir vos annonces closes.")
        if not who.has_role("mediator"):
            if author not in (None, who.actor.id):
                return None  # another's closed ones: as if there were none
            author = who.actor.id
    near = _near(query)
    if query.order == "nearest" and near is None:
        raise Invalid("Dites près de quoi : near=45.774,4.828.")
    if query.text and words is None:
        return None
    return Wanted(
        now=here.clock.now(),
        topics=_topics(query.topic),
        purpose=query.purpose,
        modes=_modes(query.mode),
        urgencies=URGENCIES[: URGENCIES.index(query.urgency) + 1] if query.urgency else (),
        reach=Reach(query.reach).value if query.reach else None,
        near=near,
        asked=words,
        states=tuple(query.state),
        author_id=author,
        local=query.local,
        origin=query.origin.lower() if query.origin else None,
        language=query.language,
        until=read_moment(query.before, zone),
        since=read_moment(query.after, zone),
        order=query.order,
        after=_cursor(query.max_id),
        newer_than=_number(query.since_id) if query.since_id else None,
        most=query.limit,
    )


def _topics(wanted: Sequence[str]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for name in wanted:
        slugs = [slug for slug, one in TOPICS.items() if name in (slug, one.group)]
        if not slugs and name not in GROUPS:
            raise Invalid(f"Il n’y a pas de sujet {name[:60]!r} : voyez /api/aid/v1/topics.")
        found.update(dict.fromkeys(slugs))
    return tuple(found)


def _modes(wanted: Sequence[str]) -> tuple[str, ...]:
    for name in wanted:
        if name not in MODES:
            raise Invalid(f"Il n’y a pas de manière {name[:60]!r}. Il y a : {', '.join(MODES)}.")
    return tuple(dict.fromkeys(wanted))


def _near(query: ProposalQuery) -> Near | None:
    if not query.near:
        return None
    found = NEAR.fullmatch(query.near)
    lat, lon = (float(found[1]), float(found[2])) if found else (91.0, 181.0)
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise Invalid("Donnez une latitude et une longitude en degrés : near=45.774,4.828.")
    return Near(lat, lon, float(query.distance))


def _cursor(text: str | None) -> Cursor | None:
    if text is None:
        return None
    key, _, number = text.rpartition("-")
    return Cursor(_number(number), key)


def _number(text: str) -> int:
    """No id is larger than 64 bits."""
    return min(int(text), NEWEST)


def _cursor_text(cursor: Cursor) -> str:
    return f"{cursor.key}-{cursor.id}" if cursor.key else str(cursor.id)


# ── units of work ────────────────────────────────────────────────────────────────────────────


def _page(
    tx: Transaction, here: Here, wanted: Wanted | None, who: Caller | None, language: str
) -> Page[ProposalEntity]:
    if wanted is None:
        return Page(())
    found, after = page_of(tx, wanted, who)
    items = [proposal_entity(here, entry, who, language, wanted.near) for entry in found]
    return Page(items, next=None if after is None else _cursor_text(after))


def page_of(
    tx: Transaction, wanted: Wanted, who: Caller | None
) -> tuple[list[Entry], Cursor | None]:
    """The entries of a page, and what the next one goes on from; None at the end."""
    reader, most = reader_of(who), wanted.most
    found: list[Entry] = []
    ask = replace(wanted, most=most + 1)
    for _ in range(ROUNDS):
        ids = find(tx, ask)
        page = ids[:most]
        seen = entries(tx, [one.id for one in page], reader, unlisted=wanted.unlisted)
        for cursor in page:
            if cursor.id in seen:
                found.append(seen[cursor.id])
                if len(found) == most:
                    more = cursor is not page[-1] or len(ids) > most
                    return found, cursor if more else None
        if len(ids) <= most:
            return found, None
        ask = replace(ask, after=page[-1])
    return found, ask.after


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
        summary="A proposal, or one's own draft as others will read it",
        tag=TAG,
        answer=ProposalEntity,
        errors=(404, 409),
    ),
)
