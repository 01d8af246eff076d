"""Quotes (FEP-044f): which status quotes which, and whether its author agreed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from node.store import news, tallies
from node.store.tables import objects, quotes
from node.store.transaction import Row, Transaction
from node.store.upsert import insert_or_update

PENDING: Final = "pending"
ACCEPTED: Final = "accepted"
REJECTED: Final = "rejected"
REVOKED: Final = "revoked"


@dataclass(frozen=True, slots=True)
class Quote:
    object_id: int
    """Of the status that quotes."""
    quoted_uri: str
    quoted_id: int | None
    """None while it is not here."""
    state: str
    authorization_uri: str | None
    """What its author gave as a proof that it may."""
    request_uri: str | None


_COLUMNS = (
    quotes.c.object_id,
    quotes.c.quoted_uri,
    quotes.c.quoted_id,
    quotes.c.state,
    quotes.c.authorization_uri,
    quotes.c.request_uri,
)


def _quote(row: Row) -> Quote:
    return Quote(*row)


def put(tx: Transaction, quote: Quote) -> None:
    before = by_object(tx, quote.object_id)
    insert_or_update(
        tx,
        quotes,
        {
            "object_id": quote.object_id,
            "quoted_uri": quote.quoted_uri,
            "quoted_id": quote.quoted_id,
            "state": quote.state,
            "authorization_uri": quote.authorization_uri,
            "request_uri": quote.request_uri,
        },
        key=("object_id",),
    )
    if quote.quoted_id is not None:
        was = before is not None and before.state == ACCEPTED
        moved = int(quote.state == ACCEPTED) - int(was)
        if moved:
            tallies.status(tx, quote.quoted_id, "quotes", moved)
        if moved > 0:
            news.quoted(tx, quote.quoted_id, quote.object_id)


def by_object(tx: Transaction, object_id: int) -> Quote | None:
    row = tx.first(sa.select(*_COLUMNS).where(quotes.c.object_id == object_id))
    return None if row is None else _quote(row)


def by_objects(tx: Transaction, ids: Collection[int]) -> dict[int, Quote]:
    if not ids:
        return {}
    rows = tx.all(sa.select(*_COLUMNS).where(quotes.c.object_id.in_(list(ids))))
    return {row.object_id: _quote(row) for row in rows}


def by_request(tx: Transaction, uri: str) -> Quote | None:
    row = tx.first(sa.select(*_COLUMNS).where(quotes.c.request_uri == uri))
    return None if row is None else _quote(row)


def by_authorization(tx: Transaction, uri: str) -> Quote | None:
    row = tx.first(sa.select(*_COLUMNS).where(quotes.c.authorization_uri == uri))
    return None if row is None else _quote(row)


def unverified(tx: Transaction, *, most: int = 20) -> list[Quote]:
    """Others' that show a proof which nobody here has looked at."""
    rows = tx.all(
        sa.select(*_COLUMNS)
        .where(quotes.c.state == PENDING, quotes.c.authorization_uri.is_not(None))
        .limit(most)
    )
    return [_quote(row) for row in rows]


def policy(tx: Transaction, object_id: int) -> str:
    """Who may quote it: ``public``, ``followers`` or ``nobody``."""
    found: str | None = tx.scalar(
        sa.select(objects.c.quote_policy).where(objects.c.id == object_id)
    )
    return found or "nobody"


def set_policy(tx: Transaction, object_id: int, policy: str) -> None:
    tx.execute(sa.update(objects).where(objects.c.id == object_id).values(quote_policy=policy))
