"""The row of a proposal: reading it and writing it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from node.aid.lifecycle import CLOSED, State
from node.aid.lifecycle import LIVE as LIVE_STATES
from node.aid.proposals import Answerable, Proposal, Purpose, Reach, Urgency
from node.store import calls, on_behalf, search_index
from node.store.tables import actors, objects, proposals, unconfirmed
from node.store.transaction import Row, Transaction
from node.store.upsert import insert_new

LIVE = tuple(sorted(state.value for state in LIVE_STATES))


@dataclass(frozen=True, slots=True)
class Stored:
    """A proposal and what the node keeps beside it."""

    proposal: Proposal
    shown: bool
    create_activity: str | None
    """JSON text as its author signed it, to be passed on as it is."""
    update_activity: str | None
    """The latest Update, likewise."""


# Columns that hold a field as it is, by the field's name.
_SAME = (
    *("topic", "mode", "title", "text", "language", "reach_m", "quantity", "available", "unit"),
    *("due", "starts_at", "ends_at", "gathering", "standing", "asked_by_id", "asked_in"),
    *(
        "opens_again_at",
        "reason",
        "series_id",
        "occurrence",
        "notice_at",
        "closed_at",
        "renewed_at",
    ),
    *("expires_at", "in_scope_of", "origin"),
)
_NAMED = {
    "purpose": Purpose, "state": State, "urgency": Urgency, "reach": Reach,
    "answerable": Answerable,
}  # fmt: skip

COLUMNS: tuple[sa.ColumnElement[Any], ...] = (
    objects.c.id,
    objects.c.uri,
    actors.c.uri.label("author_uri"),
    objects.c.published,
    sa.func.coalesce(objects.c.updated, objects.c.published).label("changed"),
    proposals.c.latitude,
    proposals.c.longitude,
    proposals.c.radius_m,
    proposals.c.cell,
    proposals.c.languages,
    *(proposals.c[name] for name in _NAMED),
    *(proposals.c[name] for name in _SAME),
)
"""What `read` reads, from `FROM`."""

FROM = proposals.join(objects, objects.c.id == proposals.c.object_id).join(
    actors, actors.c.id == objects.c.author_id
)
_SELECT = sa.select(
    *COLUMNS, proposals.c.shown, proposals.c.create_activity, proposals.c.update_activity
).select_from(FROM)
_BY_ID = _SELECT.where(proposals.c.object_id == sa.bindparam("id"))


def read(row: Sequence[Any]) -> Proposal:
    """The proposal of a row that begins with `COLUMNS`."""
    values = iter(row)
    identifier, uri, author_uri, published, changed = (next(values) for _ in range(5))
    latitude, longitude, radius_m, cell, languages = (next(values) for _ in range(5))
    named: dict[str, Any] = {name: kind(next(values)) for name, kind in _NAMED.items()}
    same: dict[str, Any] = dict(zip(_SAME, values, strict=False))
    return Proposal(
        id=identifier,
        uri=uri,
        author_uri=author_uri,
        created=published,
        updated=changed,
        cell=cell or "",
        lat=latitude or 0.0,
        lon=longitude or 0.0,
        radius_m=radius_m or 0,
        languages=tuple(languages.split()),
        **named,
        **same,
    )


def _columns(proposal: Proposal) -> dict[str, Any]:
    placed = bool(proposal.cell)
    return {
        "latitude": proposal.lat if placed else None,
        "longitude": proposal.lon if placed else None,
        "radius_m": proposal.radius_m if placed else None,
        "cell": proposal.cell or None,
        "languages": " ".join(proposal.languages),
        **{name: getattr(proposal, name).value for name in _NAMED},
        **{name: getattr(proposal, name) for name in _SAME},
    }


def insert(
    tx: Transaction, proposal: Proposal, *, shown: bool, create_activity: str | None
) -> bool:
    """Its object must be stored first. False when it is there already."""
    return insert_new(
        tx,
        proposals,
        {
            "object_id": proposal.id,
            "shown": shown,
            "create_activity": create_activity,
            **_columns(proposal),
            **search_index.columns(tx, proposal),
        },
    )


def by_id(tx: Transaction, object_id: int) -> Stored | None:
    row = tx.first(_BY_ID, {"id": object_id})
    return None if row is None else _stored(row)


def _stored(row: Row) -> Stored:
    return Stored(read(row), bool(row.shown), row.create_activity, row.update_activity)


def by_ids(tx: Transaction, ids: Collection[int]) -> dict[int, Stored]:
    if not ids:
        return {}
    rows = tx.all(_SELECT.where(proposals.c.object_id.in_(ids)))
    return {row.id: _stored(row) for row in rows}


def has_published(tx: Transaction, author_id: int) -> bool:
    """Whether somebody ever published a proposal that is still there."""
    one = (
        sa.select(proposals.c.object_id)
        .join(objects, objects.c.id == proposals.c.object_id)
        .where(objects.c.author_id == author_id, proposals.c.state != "removed")
        .limit(1)
    )
    return tx.first(one) is not None


def update(tx: Transaction, proposal: Proposal, *, update_activity: str | None) -> None:
    """What the author changed, with the Update that says so."""
    tx.execute(
        sa.update(proposals)
        .where(proposals.c.object_id == proposal.id)
        .values(
            update_activity=update_activity,
            **_columns(proposal),
            **search_index.columns(tx, proposal),
        )
    )
    if proposal.state in CLOSED:
        on_behalf.purge(tx, proposal.id)  # its purpose is over: who it was for goes with it


def show(tx: Transaction, object_id: int, *, create_activity: str | None) -> None:
    """A neighbour passed it on: list it, and keep what may be passed further."""
    values: dict[str, Any] = {"shown": True, "to_match": True}
    tx.ring(search_index.BELL)
    calls.written(tx, object_id)
    if create_activity is not None:
        values["create_activity"] = create_activity
    tx.execute(sa.update(proposals).where(proposals.c.object_id == object_id).values(**values))


def keep(tx: Transaction, object_id: int, *, create_activity: str | None) -> None:
    """What may be passed further, of one that is not listed, or not yet."""
    tx.execute(
        sa.update(proposals)
        .where(proposals.c.object_id == object_id)
        .values(create_activity=create_activity)
    )


def hide(tx: Transaction, object_id: int) -> None:
    """Off the list, until somebody passes it on again."""
    tx.execute(sa.update(proposals).where(proposals.c.object_id == object_id).values(shown=False))


def hide_vouched(tx: Transaction, *, voucher: str) -> None:
    """Off the list: all that is known by one neighbour's word alone."""
    known_so = sa.select(unconfirmed.c.object_id).where(unconfirmed.c.voucher == voucher)
    tx.execute(sa.update(proposals).where(proposals.c.object_id.in_(known_so)).values(shown=False))
