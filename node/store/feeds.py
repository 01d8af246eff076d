"""What feeds and calendars tell: proposals that anybody may see now, and what takes place when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from node.aid.draft_checks import LONGEST
from node.aid.lifecycle import LIVE as LIVE_STATES
from node.aid.lifecycle import State
from node.store.tables import actors, objects, proposals
from node.store.transaction import Transaction

LIVE = tuple(sorted(state.value for state in LIVE_STATES))
# Full is still to be gone to; what was called off stays for a while, so that calendars strike it.
DATED = tuple(sorted((*LIVE, State.MATCHED.value, State.DONE.value)))
CALLED_OFF = tuple(sorted((State.WITHDRAWN.value, State.REMOVED.value)))


@dataclass(frozen=True, slots=True)
class Told:
    """A proposal, as a feed tells it. Times are seconds since the epoch."""

    id: int
    uri: str
    url: str | None
    local: bool
    purpose: str
    topic: str
    mode: str
    urgency: str
    state: str
    title: str
    content: str
    """HTML, cleaned."""
    language: str
    published: float
    updated: float
    starts: float | None
    ends: float | None
    due: float | None
    gathering: bool
    latitude: float | None
    longitude: float | None
    author_name: str
    author_username: str
    author_domain: str
    author_url: str | None
    author_uri: str


_COLUMNS = (
    objects.c.id,
    objects.c.uri,
    objects.c.url,
    objects.c.local,
    proposals.c.purpose,
    proposals.c.topic,
    proposals.c.mode,
    proposals.c.urgency,
    proposals.c.state,
    proposals.c.title,
    objects.c.content,
    proposals.c.language,
    objects.c.published,
    sa.func.coalesce(objects.c.updated, objects.c.published).label("changed"),
    proposals.c.starts_at,
    proposals.c.ends_at,
    proposals.c.due,
    proposals.c.gathering,
    proposals.c.latitude,
    proposals.c.longitude,
    actors.c.name,
    actors.c.username,
    actors.c.domain,
    actors.c.url.label("author_url"),
    actors.c.uri.label("author_uri"),
)
_FROM = proposals.join(objects, objects.c.id == proposals.c.object_id).join(
    actors, actors.c.id == objects.c.author_id
)
_SEEN = (
    proposals.c.shown.is_(True),
    objects.c.visibility == "public",
    actors.c.suspended_at.is_(None),
    actors.c.gone_at.is_(None),
)


def _told(row: Sequence[Any]) -> Told:
    values = list(row)
    values[3], values[17] = bool(values[3]), bool(values[17])
    return Told(*values)


def open_now(
    tx: Transaction,
    *,
    now: float,
    topic: str | None = None,
    group: str | None = None,
    purpose: str | None = None,
    urgencies: Sequence[str] = (),
    most: int = 50,
) -> list[Told]:
    """What is open, newest first: of one topic or of a group of them, of some urgencies. What is
    over is left out at the second."""
    statement = (
        sa.select(*_COLUMNS)
        .select_from(_FROM)
        .where(
            *_SEEN,
            proposals.c.state.in_(LIVE),
            sa.or_(proposals.c.expires_at.is_(None), proposals.c.expires_at > now),
        )
        .order_by(proposals.c.object_id.desc())
        .limit(most)
    )
    if topic is not None:
        statement = statement.where(proposals.c.topic == topic)
    if group is not None:
        statement = statement.where(proposals.c.topic.startswith(f"{group}.", autoescape=True))
    if purpose is not None:
        statement = statement.where(proposals.c.purpose == purpose)
    if urgencies:
        statement = statement.where(proposals.c.urgency.in_(urgencies))
    return [_told(row) for row in tx.all(statement)]


def dated(tx: Transaction, *, after: float, most: int = 500) -> list[Told]:
    """What takes place, or is needed, later than `after`, soonest first: what is open or full, and
    what was called off."""
    # of a loan `due` is the day when it comes back, which is nobody else's affair
    needed = sa.case((proposals.c.mode != "loan", proposals.c.due))
    at = sa.func.coalesce(proposals.c.starts_at, needed)
    statement = (
        sa.select(*_COLUMNS)
        .select_from(_FROM)
        .where(
            *_SEEN,
            proposals.c.state.in_((*DATED, *CALLED_OFF)),
            # what indexes can tell: the rest is looked at of few
            sa.or_(proposals.c.starts_at > after - LONGEST, proposals.c.due > after),
            sa.func.coalesce(proposals.c.ends_at, at) > after,
        )
        .order_by(at, proposals.c.object_id)
        .limit(most)
    )
    return [_told(row) for row in tx.all(statement)]
