"""The candidates that are looked at for one proposal: a bounded number, whatever is stored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from node.aid.matching import NEAR_M, modes_near, topics_near
from node.aid.nearby import cells_holding
from node.aid.proposals import Proposal, Purpose
from node.store import search_index
from node.store.proposal_details import not_blocked
from node.store.proposal_search import each_walk
from node.store.proposals import COLUMNS, FROM, read
from node.store.silences import not_silenced
from node.store.tables import actors, objects, proposals
from node.store.transaction import Transaction

EACH: Final = 6
"""Candidates of one topic in one cell, the newest."""
CANDIDATES: Final = 24


def near(
    tx: Transaction, one: Proposal, author_id: int, *, now: float
) -> list[tuple[Proposal, int]]:
    """What may fit, of the other purpose and of a mode that does, with the ids of their authors:
    the same topic before others of its group, near, the newest first; a bounded number, along one
    index."""
    topics = topics_near(one.topic)
    if not topics or not one.cell:
        return []
    cells = cells_holding(one.lat, one.lon, NEAR_M, 7)
    purpose = Purpose.OFFER if one.purpose is Purpose.REQUEST else Purpose.REQUEST
    ids = _ids_near(tx, topics, cells, (purpose.value, *modes_near(one)), now)
    if not ids:
        return []
    rows = tx.all(
        sa.select(*COLUMNS, objects.c.author_id)
        .select_from(FROM)
        .where(
            proposals.c.object_id.in_(ids),
            objects.c.author_id != author_id,
            actors.c.suspended_at.is_(None),
            not_silenced(objects.c.author_id),
            not_blocked(objects.c.author_id, author_id),
        )
    )
    return [(read(row), row.author_id) for row in rows]


def _ids_near(
    tx: Transaction, topics: Sequence[str], cells: Sequence[str], kind: Sequence[str], now: float
) -> list[int]:
    """Along (topic, purpose, cell): at most `EACH` of every pair of a topic and a cell."""
    row = proposals.c
    purpose, *modes = kind
    walk = (
        sa.select(row.object_id)
        .where(
            search_index.listed(tx.dialect),
            row.purpose == purpose,
            row.mode.in_(modes),
            sa.or_(row.expires_at.is_(None), row.expires_at > now),
        )
        .order_by(row.object_id.desc())
        .limit(EACH)
    )
    if tx.dialect == "postgresql":
        text = postgresql.ARRAY(sa.Text)
        about = (
            sa.func.unnest(sa.literal(list(topics), text))
            .table_valued("value", with_ordinality="key", name="about")
            .render_derived()
        )
        near = (
            sa.func.unnest(sa.literal(list(cells), text))
            .table_valued("value", name="near")
            .render_derived()
        )
        other_topic = about.c.key > 1
    else:
        about = sa.func.json_each(orjson.dumps(topics).decode()).table_valued(
            "key", "value", name="about"
        )
        near = sa.func.json_each(orjson.dumps(cells).decode()).table_valued("value", name="near")
        other_topic = about.c.key > 0
    walk = walk.where(row.topic == about.c.value, row.cell_7 == near.c.value)
    each, identifier = each_walk(tx, walk, about, near)
    found = (
        sa.select(identifier)
        .select_from(about.join(near, sa.true()).join(each, sa.true()))
        .order_by(other_topic, identifier.desc())
    )
    return [one[0] for one in tx.all(found.limit(CANDIDATES))]
