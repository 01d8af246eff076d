"""What is around a status: what it answers, up to the first, and what answers it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from node.store.tables import objects
from node.store.transaction import Row, Transaction


@dataclass(frozen=True, slots=True)
class Most:
    ancestors: int
    descendants: int
    depth: int


# As Mastodon's
SIGNED_IN: Final = Most(ancestors=4_096, descendants=4_096, depth=4_096)
ANYBODY: Final = Most(ancestors=40, descendants=60, depth=20)

_COLUMNS: Final = (
    objects.c.id,
    objects.c.uri,
    objects.c.author_id,
    objects.c.visibility,
    objects.c.in_reply_to,
)


def ancestors(tx: Transaction, uri: str | None, *, most: int) -> list[Row]:
    """The first first; in one query. What comes round again is named once."""
    if uri is None:
        return []
    up = (
        sa.select(*_COLUMNS, sa.literal(1).label("far"))
        .where(objects.c.uri == uri)
        .cte("up", recursive=True)
    )
    up = up.union_all(
        sa.select(*_COLUMNS, (up.c.far + 1).label("far"))
        .join(up, objects.c.uri == up.c.in_reply_to)
        .where(up.c.far < most)
    )
    rows = tx.all(sa.select(up).order_by(up.c.far).limit(most))
    seen: dict[int, Row] = {}
    for row in rows:
        seen.setdefault(row.id, row)
    return list(reversed(seen.values()))


def descendants(tx: Transaction, uri: str, *, most: int, depth: int) -> list[Row]:
    """Each after what it answers, the oldest answers first: as threads are read."""
    return descendants_of(tx, [uri], most=most, depth=depth)


def descendants_of(tx: Transaction, uris: Sequence[str], *, most: int, depth: int) -> list[Row]:
    """Of several, one after the other; in one query."""
    down = (
        sa.select(*_COLUMNS, sa.literal(1).label("far"))
        .where(objects.c.in_reply_to.in_(list(uris)))
        .cte("down", recursive=True)
    )
    down = down.union(
        sa.select(*_COLUMNS, (down.c.far + 1).label("far"))
        .join(down, objects.c.in_reply_to == down.c.uri)
        .where(down.c.far < depth)
    )
    rows = tx.all(sa.select(down).limit(most))
    below: dict[str, list[Row]] = {}
    known: set[int] = set()
    for row in sorted(rows, key=lambda one: one.id):
        if row.id not in known:
            known.add(row.id)
            below.setdefault(row.in_reply_to, []).append(row)
    found: list[Row] = []
    waiting = [row for uri in reversed(uris) for row in reversed(below.pop(uri, []))]
    while waiting:
        row = waiting.pop()
        found.append(row)
        waiting += reversed(below.pop(row.uri, []))
    return found
