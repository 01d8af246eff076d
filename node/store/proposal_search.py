"""Lists of proposals: by what people look for, from indexes, in a fixed number of queries.

A page is found in two steps. First ids: along one index in its order, or along an index by each
of several keys (the cells around a place, the topics of a group, the urgencies) and no farther in
any of them than a page needs. Then what these ids are, for everybody who may see them. Whoever is
silenced, suspended or blocked is left out in the second step: a page may be shorter for it, and
the next one goes on where it ended.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from node.aid.nearby import look_up
from node.store.proposal_filters import NEWEST, URGENCIES, Cursor, Wanted, conditions
from node.store.search_index import matching
from node.store.tables import proposals
from node.store.transaction import Transaction

NEAREST_M: Final = 2_000
"""How far the nearest are looked for: beyond, cells are no longer asked one by one."""


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
        rest = [matching(wanted.asked), *conditions(tx, replace(wanted, asked=None))]
    else:
        # In the words of the index of all that is open.
        every: sa.ColumnElement[bool] = sa.literal_column("proposals.object_id > 0")
        rest = [every, *conditions(tx, wanted)]
    if wanted.after is not None:
        rest.append(identifier < wanted.after.id)
    if wanted.newer_than is not None:
        rest.append(identifier > wanted.newer_than)
    rows = tx.all(
        sa.select(identifier)
        .select_from(tables)
        .where(*rest)
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
    rest = conditions(tx, wanted, along=column)
    if wanted.newer_than is not None:
        rest.append(proposals.c.object_id > wanted.newer_than)
    statement, looked = _newest_by_key(tx, column, keys, bounds, rest, wanted.most)
    order = [statement.selected_columns[1]] if ordered else []
    rows = tx.all(statement.order_by(*order, statement.selected_columns[0].desc()), looked)
    return [Cursor(row[0], keys[int(row[1])] if ordered else "") for row in rows]


def _newest_by_key(
    tx: Transaction,
    column: str,
    keys: Sequence[str],
    bounds: Sequence[int],
    rest: Sequence[sa.ColumnElement[bool]],
    most: int,
) -> tuple[sa.Select[Any], dict[str, Any]]:
    """A select of (object id, number of the key): at most so many of each key, and of all.

    Each key is its own walk along the index: what it costs is bounded by keys times `most`,
    whatever is stored.
    """
    walk = (
        sa.select(proposals.c.object_id)
        .where(*rest)
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
