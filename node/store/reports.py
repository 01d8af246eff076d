"""What people reported, here and from other servers."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from node.ids import new_id
from node.store import news
from node.store.tables import reports
from node.store.transaction import Row, Transaction
from node.store.upsert import insert_new

OPEN = "open"
SETTLED = "settled"


@dataclass(frozen=True, slots=True)
class Report:
    id: int
    reporter_id: int
    target_id: int | None
    objects: tuple[str, ...]
    """IRIs of what was reported of the target."""
    content: str
    category: str
    forwarded: bool
    state: str
    settled_at: float | None
    settled_by: int | None
    outcome: str
    created_at: float
    assigned_to: int | None = None
    """The mediator who looks at it."""


_COLUMNS = (
    reports.c.id,
    reports.c.reporter_id,
    reports.c.target_id,
    reports.c.objects,
    reports.c.content,
    reports.c.category,
    reports.c.forwarded,
    reports.c.state,
    reports.c.settled_at,
    reports.c.settled_by,
    reports.c.outcome,
    reports.c.created_at,
    reports.c.assigned_to,
)


def _report(row: Row) -> Report:
    return Report(
        id=row.id,
        reporter_id=row.reporter_id,
        target_id=row.target_id,
        objects=tuple(row.objects),
        content=row.content,
        category=row.category,
        forwarded=bool(row.forwarded),
        state=row.state,
        settled_at=row.settled_at,
        settled_by=row.settled_by,
        outcome=row.outcome,
        created_at=row.created_at,
        assigned_to=row.assigned_to,
    )


def add(
    tx: Transaction,
    *,
    activity_uri: str | None,
    reporter_id: int,
    target_id: int | None,
    objects: Sequence[str],
    content: str,
    category: str = "other",
    forwarded: bool = False,
    now: float,
) -> int | None:
    """The report's id; None when this activity reported before. Our own people's reports have no
    activity and all count."""
    identifier = new_id()
    fresh = insert_new(
        tx,
        reports,
        {
            "id": identifier,
            "activity_uri": activity_uri,
            "reporter_id": reporter_id,
            "target_id": target_id,
            "objects": list(objects),
            "content": content,
            "category": category,
            "forwarded": forwarded,
            "state": OPEN,
            "created_at": now,
        },
    )
    if fresh:
        news.reported(tx, identifier, reporter_id)
    return identifier if fresh else None


def by_ids(tx: Transaction, identifiers: Collection[int]) -> dict[int, Report]:
    if not identifiers:
        return {}
    rows = tx.all(sa.select(*_COLUMNS).where(reports.c.id.in_(list(identifiers))))
    return {row.id: _report(row) for row in rows}


def by_id(tx: Transaction, identifier: int) -> Report | None:
    row = tx.first(sa.select(*_COLUMNS).where(reports.c.id == identifier))
    return None if row is None else _report(row)


def listed(
    tx: Transaction,
    *,
    state: str | None = None,
    reporter_id: int | None = None,
    target_id: int | None = None,
    before: int | None = None,
    after: int | None = None,
    upward: bool = False,
    most: int,
) -> list[Report]:
    """Newest first, in keyset pages by id; `upward` takes those right above `after`."""
    order = reports.c.id.asc() if upward else reports.c.id.desc()
    statement = sa.select(*_COLUMNS).order_by(order).limit(most)
    if target_id is not None:
        statement = statement.where(reports.c.target_id == target_id)
    if after is not None:
        statement = statement.where(reports.c.id > after)
    if state is not None:
        statement = statement.where(reports.c.state == state)
    if reporter_id is not None:
        statement = statement.where(reports.c.reporter_id == reporter_id)
    if before is not None:
        statement = statement.where(reports.c.id < before)
    return sorted((_report(row) for row in tx.all(statement)), key=lambda one: -one.id)


def settle(tx: Transaction, identifier: int, *, by: int | None, outcome: str, now: float) -> None:
    tx.execute(
        sa.update(reports)
        .where(reports.c.id == identifier)
        .values(state=SETTLED, settled_at=now, settled_by=by, outcome=outcome)
    )


def assign(tx: Transaction, identifier: int, to: int | None) -> None:
    tx.execute(sa.update(reports).where(reports.c.id == identifier).values(assigned_to=to))


def forwarded(tx: Transaction, identifier: int) -> None:
    """The server of who is reported was told."""
    tx.execute(sa.update(reports).where(reports.c.id == identifier).values(forwarded=True))


def set_category(tx: Transaction, identifier: int, category: str) -> None:
    tx.execute(sa.update(reports).where(reports.c.id == identifier).values(category=category))


def reopen(tx: Transaction, identifier: int) -> None:
    tx.execute(
        sa.update(reports)
        .where(reports.c.id == identifier)
        .values(state=OPEN, settled_at=None, settled_by=None, outcome="")
    )


def recent_of(tx: Transaction, reporter_id: int, *, since: float) -> int:
    """How many somebody sent since then."""
    return int(
        tx.scalar(
            sa.select(sa.func.count()).where(
                reports.c.reporter_id == reporter_id, reports.c.created_at >= since
            )
        )
        or 0
    )


def open_count(tx: Transaction) -> int:
    return int(tx.scalar(sa.select(sa.func.count()).where(reports.c.state == OPEN)) or 0)
