"""What may be looked for among proposals, and how it is asked of the store."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Final, Literal

from msgspec import Meta

from node.aid.draft_checks import moment as read_moment
from node.aid.nearby import FARTHEST_M
from node.aid.proposals import Reach
from node.aid.searching import asked
from node.aid.topics import GROUPS, MODES, slugs_of
from node.api.common import Id, Limit
from node.api.endpoint import PAGE, Caller, Entity
from node.errors import Invalid, Unauthenticated
from node.outbox.here import Here
from node.store.proposal_filters import NEWEST, URGENCIES, Cursor, Near, Order, Wanted

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
        slugs = slugs_of(name)
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


def cursor_text(cursor: Cursor) -> str:
    return f"{cursor.key}-{cursor.id}" if cursor.key else str(cursor.id)
