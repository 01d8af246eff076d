"""Lists of proposals: by what people look for, from indexes, in a fixed number of queries.

A page is found in two steps. First ids: along one index in its order, or along an index by each
of several keys (the cells around a place, the topics of a group, the urgencies) and no farther in
any of them than a page needs. Then what these ids are, for everybody who may see them. Whoever is
silenced, suspended or blocked is left out in the second step: a page may be shorter for it, and
the next one goes on where it ended.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from node.aid.nearby import COARSE_SLACK_M, FARTHEST_M, SLACK_M, look_up
from node.aid.searching import Asked
from node.store.proposals import LIVE
from node.store.search_index import found_anywhere, found_by, listed, matching
from node.store.tables import objects, proposals
from node.store.transaction import Transaction

Order = Literal["newest", "nearest", "urgency"]
URGENCIES: Final = ("critical", "high", "normal", "low")
NEAREST_M: Final = 2_000
"""How far the nearest are looked for: beyond, cells are no longer asked one by one."""
NEWEST: Final = 2**63 - 1
_METRES_PER_DEGREE: Final = 111_195.0


@dataclass(frozen=True, slots=True)
class Near:
    lat: float
    lon: float
    metres: float


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page ended."""

    id: int
    key: str = ""
    """The cell or the urgency, where these come first in the order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody looks for; empty and None mean all."""

    now: float
    topics: tuple[str, ...] = ()
    purpose: str | None = None
    modes: tuple[str, ...] = ()
    urgencies: tuple[str, ...] = ()
    reach: str | None = None
    near: Near | None = None
    asked: Asked | None = None
    states: tuple[str, ...] = ()
    """Whatever is in these states, listed or not: for their author, and for mediators. Without
    any: what is listed, and not over."""
    author_id: int | None = None
    local: bool | None = None
    origin: str | None = None
    language: str | None = None
    until: float | None = None
    """Takes place, or may be had, before this."""
    since: float | None = None
    """Is needed, or goes on, after this."""
    order: Order = "newest"
    after: Cursor | None = None
    """Only what comes after this in the order."""
    newer_than: int | None = None
    most: int = 40

    @property
    def unlisted(self) -> bool:
        """Whether it asks for more than what anybody may see."""
        return not set(self.states) <= set(LIVE)


def find(tx: Transaction, wanted: Wanted) -> list[Cursor]:
    """Ids in the order that is wanted, each with what a page that ends there goes on from."""
    if wanted.order == "nearest" and wanted.near is not None:
        metres = min(wanted.near.metres, NEAREST_M)
        near = replace(wanted.near, metres=metres)
        wanted = replace(wanted, near=near)
        around = look_up(near.lat, near.lon, metres)
        return _along(tx, wanted, "cell", around.cells, ordered=True)
    if wanted.order == "urgency":
        keys = [one for one in URGENCIES if not wanted.urgencies or one in wanted.urgencies]
        return _along(tx, wanted, "urgency", keys, ordered=True)
    if wanted.states or wanted.author_id is not None or wanted.asked is not None:
        return _newest(tx, wanted)
    if wanted.near is not None:
        around = look_up(wanted.near.lat, wanted.near.lon, wanted.near.metres)
        return _along(tx, wanted, around.column, around.cells, ordered=False)
    if wanted.topics:
        return _along(tx, wanted, "topic", wanted.topics, ordered=False)
    return _newest(tx, wanted)


def _newest(tx: Transaction, wanted: Wanted) -> list[Cursor]:
    """Along the index of what is listed, or of the words, newest first."""
    identifier: sa.ColumnElement[int] = proposals.c.object_id
    tables: sa.FromClause = proposals
    if wanted.asked is not None and not wanted.unlisted and tx.dialect == "sqlite":
        # FTS5 gives its rows in their order when it is asked for them so, and stops in time.
        words = sa.table("proposal_words", sa.column("rowid", sa.Integer))
        identifier = words.c.rowid
        tables = words.join(proposals, proposals.c.object_id == identifier)
        conditions = [matching(wanted.asked), *_conditions(tx, replace(wanted, asked=None))]
    else:
        # In the words of the index of all that is open.
        every: sa.ColumnElement[bool] = sa.literal_column("proposals.object_id > 0")
        conditions = [every, *_conditions(tx, wanted)]
    if wanted.after is not None:
        conditions.append(identifier < wanted.after.id)
    if wanted.newer_than is not None:
        conditions.append(identifier > wanted.newer_than)
    rows = tx.all(
        sa.select(identifier)
        .select_from(tables)
        .where(*conditions)
        .order_by(identifier.desc())
        .limit(wanted.most)
    )
    return [Cursor(row[0]) for row in rows]


def _along(
    tx: Transaction, wanted: Wanted, column: str, keys: Sequence[str], *, ordered: bool
) -> list[Cursor]:
    """By each key along the index of `column`, newest first; `ordered`: key after key."""
    bounds = [NEWEST if wanted.after is None else wanted.after.id] * len(keys)
    if ordered and wanted.after is not None:
        if wanted.after.key not in keys:
            return []
        first = list(keys).index(wanted.after.key)
        keys = keys[first:]
        bounds = [wanted.after.id] + [NEWEST] * (len(keys) - 1)
    if not keys:
        return []
    conditions = _conditions(tx, wanted, along=column)
    if wanted.newer_than is not None:
        conditions.append(proposals.c.object_id > wanted.newer_than)
    statement, looked = newest_by_key(tx, column, keys, bounds, conditions, wanted.most)
    order = [statement.selected_columns[1]] if ordered else []
    rows = tx.all(statement.order_by(*order, statement.selected_columns[0].desc()), looked)
    return [Cursor(row[0], keys[int(row[1])] if ordered else "") for row in rows]


def newest_by_key(
    tx: Transaction,
    column: str,
    keys: Sequence[str],
    bounds: Sequence[int],
    conditions: Sequence[sa.ColumnElement[bool]],
    most: int,
) -> tuple[sa.Select[Any], dict[str, Any]]:
    """A select of (object id, number of the key): at most so many of each key, and of all.

    Each key is its own walk along the index: what it costs is bounded by keys times `most`,
    whatever is stored.
    """
    walk = (
        sa.select(proposals.c.object_id)
        .where(*conditions)
        .order_by(proposals.c.object_id.desc())
        .limit(most)
    )
    if tx.dialect == "postgresql":
        looked = (
            sa.func.unnest(
                sa.bindparam("keys", type_=postgresql.ARRAY(sa.Text)),
                sa.bindparam("bounds", type_=postgresql.ARRAY(sa.BigInteger)),
            )
            .table_valued("key", "bound", with_ordinality="number", name="looked")
            .render_derived()
        )
        walk = walk.where(
            proposals.c[column] == looked.c.key, proposals.c.object_id < looked.c.bound
        )
        number = looked.c.number - 1
        found = {"keys": list(keys), "bounds": list(bounds)}
    else:
        looked = sa.func.json_each(sa.bindparam("keys")).table_valued("key", "value", name="looked")
        walk = walk.where(
            proposals.c[column] == sa.func.json_extract(looked.c.value, "$[0]"),
            proposals.c.object_id < sa.func.json_extract(looked.c.value, "$[1]"),
        )
        number = looked.c.key
        found = {"keys": orjson.dumps(list(zip(keys, bounds, strict=True))).decode()}
    each, identifier = each_walk(tx, walk, looked)
    statement = sa.select(identifier.label("object_id"), number.label("number"))
    return statement.select_from(looked.join(each, sa.true())).limit(most), found


def each_walk(
    tx: Transaction, walk: sa.Select[Any], *about: sa.FromClause
) -> tuple[sa.FromClause, sa.ColumnElement[int]]:
    """A table of the ids that a select finds for every row of the tables that it is about, and
    their column: LATERAL, which SQLite lacks, but a function there may depend on what is before
    it."""
    if tx.dialect == "postgresql":
        lateral = walk.lateral("each")
        return lateral, lateral.c.object_id
    inner = walk.correlate(*about).subquery("walk")
    ids = sa.select(sa.func.json_group_array(inner.c.object_id)).correlate(*about)
    each = sa.func.json_each(ids.scalar_subquery()).table_valued("value", name="each")
    return each, each.c.value


def _conditions(
    tx: Transaction, wanted: Wanted, *, along: str = ""
) -> list[sa.ColumnElement[bool]]:
    """What a proposal's own row must say; `along` is the column whose keys are walked."""
    row = proposals.c
    found: list[sa.ColumnElement[bool]] = []
    unexpired = sa.or_(row.expires_at.is_(None), row.expires_at > wanted.now)
    if wanted.unlisted:
        found.append(_in_states(wanted))
    else:
        found += [listed(tx.dialect), unexpired]
        if wanted.states:
            found.append(row.state.in_(wanted.states))
    if wanted.asked is not None:
        found.append(
            found_anywhere(wanted.asked) if wanted.unlisted else found_by(tx.dialect, wanted.asked)
        )
    for column, values in (
        (row.topic, wanted.topics),
        (row.mode, wanted.modes),
        (row.urgency, wanted.urgencies),
    ):
        if values:
            found.append(column == values[0] if len(values) == 1 else column.in_(values))
    for named, value in (
        (row.purpose, wanted.purpose),
        (row.reach, wanted.reach),
        (row.origin, wanted.origin),
    ):
        if value is not None:
            found.append(named == value)
    if wanted.language is not None:
        found.append(_speaks(wanted.language))
    if wanted.author_id is not None:
        theirs = sa.select(objects.c.id).where(objects.c.author_id == wanted.author_id)
        found.append(row.object_id.in_(theirs))
    if wanted.local is not None:
        found.append(
            sa.exists().where(objects.c.id == row.object_id, objects.c.local.is_(wanted.local))
        )
    found += _when(wanted)
    if wanted.near is not None:
        around = look_up(wanted.near.lat, wanted.near.lon, wanted.near.metres)
        if along != around.column:
            found.append(row[around.column].in_(around.cells))
        if not around.exact:
            found.append(within(wanted.near))
    return found


def _in_states(wanted: Wanted) -> sa.ColumnElement[bool]:
    """What is over although nobody has said so yet is over."""
    row = proposals.c
    over = sa.and_(row.expires_at.is_not(None), row.expires_at <= wanted.now)
    live = [one for one in wanted.states if one in LIVE]
    others = [one for one in wanted.states if one not in live]
    parts = []
    if live:
        parts.append(sa.and_(row.state.in_(live), sa.not_(over)))
    if others:
        parts.append(row.state.in_(others))
    if "expired" in others:
        parts.append(sa.and_(row.state.in_(LIVE), over))
    return sa.or_(*parts)


def _speaks(language: str) -> sa.ColumnElement[bool]:
    """Written in it, or its author speaks it; ``pt`` covers ``pt-BR``."""
    said = sa.literal(" ").concat(proposals.c.language).concat(" ").concat(proposals.c.languages)
    padded = said.concat(" ")
    return sa.or_(
        padded.contains(f" {language} ", autoescape=True),
        padded.contains(f" {language}-", autoescape=True),
    )


def _when(wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    row = proposals.c
    found = []
    if wanted.until is not None:
        found.append(sa.or_(row.starts_at.is_(None), row.starts_at < wanted.until))
    if wanted.since is not None:
        # Of a loan `due` is when it comes back, which says nothing about when it is needed.
        needed = sa.case((row.mode != "loan", row.due))
        last = sa.func.coalesce(row.ends_at, needed)
        found.append(sa.or_(last.is_(None), last >= wanted.since))
    return found


def within(near: Near) -> sa.ColumnElement[bool]:
    """Whether the public place is near: on the plane around it, exact to a metre in a thousand."""
    row = proposals.c
    scale = math.cos(math.radians(near.lat))
    north = (row.latitude - near.lat) * _METRES_PER_DEGREE
    east = (row.longitude - near.lon) * (_METRES_PER_DEGREE * scale)
    fine, coarse = (near.metres + slack for slack in (SLACK_M, COARSE_SLACK_M))
    # H3 writes the resolution of a cell as its second digit.
    is_coarse = sa.func.substr(row.cell, 1, 2) == "87"
    limit = sa.case((is_coarse, coarse * coarse), else_=fine * fine)
    return north * north + east * east <= limit


__all__ = ["FARTHEST_M", "NEAREST_M", "Cursor", "Near", "Order", "Wanted", "find", "newest_by_key"]
