"""Series of recurring help, and the occurrences that were made of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from node.aid.lifecycle import LIVE as LIVE_STATES
from node.aid.lifecycle import State
from node.aid.series import Pattern, SeriesState
from node.store.tables import agreements, proposals, series
from node.store.transaction import Transaction

BELL = "series"
# An agreement in one of these states binds nobody.
_NO_AGREEMENT = ("refused", "withdrawn", "cancelled", "no-show")
_UPCOMING = tuple(
    sorted(
        state.value
        for state in (*LIVE_STATES, State.MATCHED, State.PAUSED, State.SATISFIED_FOR_NOW)
    )
)


@dataclass(frozen=True, slots=True)
class Series:
    id: int
    author_id: int
    fields: Mapping[str, Any]
    """As `aid.drafts.check_draft` reads them, without author and times."""
    pattern: Pattern
    state: SeriesState
    made_until: float
    """Occurrences up to here were made."""
    created_at: float


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A proposal of a series."""

    object_id: int
    at: float
    state: str
    answered: bool
    """Somebody has answered, and was not refused."""


_COLUMNS = (
    series.c.id,
    series.c.author_id,
    series.c.fields,
    series.c.rule,
    series.c.starts_at,
    series.c.lasts_s,
    series.c.zone,
    series.c.skipped,
    series.c.state,
    series.c.made_until,
    series.c.created_at,
)


def _series(row: Sequence[Any]) -> Series:
    identifier, author, fields, rule, starts, lasts, zone, skipped, state, until, created = row
    pattern = Pattern(rule, starts, lasts, zone, frozenset(float(at) for at in skipped))
    return Series(identifier, author, fields, pattern, SeriesState(state), until, created)


def insert(tx: Transaction, one: Series) -> None:
    tx.execute(
        sa.insert(series),
        {
            "id": one.id,
            "author_id": one.author_id,
            "fields": dict(one.fields),
            "rule": one.pattern.rule,
            "starts_at": one.pattern.starts,
            "lasts_s": one.pattern.lasts_s,
            "zone": one.pattern.zone,
            "skipped": sorted(one.pattern.skipped),
            "state": one.state.value,
            "made_until": one.made_until,
            "created_at": one.created_at,
        },
    )
    tx.ring(BELL)


def by_id(tx: Transaction, identifier: int) -> Series | None:
    row = tx.first(sa.select(*_COLUMNS).where(series.c.id == identifier))
    return None if row is None else _series(row)


def of_author(
    tx: Transaction, author_id: int, *, before: int | None = None, most: int = 40
) -> list[Series]:
    """Somebody's series, newest first, in keyset pages by id."""
    statement = (
        sa.select(*_COLUMNS)
        .where(series.c.author_id == author_id)
        .order_by(series.c.id.desc())
        .limit(most)
    )
    if before is not None:
        statement = statement.where(series.c.id < before)
    return [_series(row) for row in tx.all(statement)]


def count_going_on(tx: Transaction, author_id: int) -> int:
    return int(
        tx.scalar(
            sa.select(sa.func.count()).where(
                series.c.author_id == author_id, series.c.state != SeriesState.ENDED.value
            )
        )
        or 0
    )


def due(tx: Transaction, *, before: float, most: int = 100) -> list[int]:
    """Running series of which occurrences before that time may not have been made."""
    rows = tx.all(
        sa.select(series.c.id)
        .where(series.c.state == SeriesState.RUNNING.value, series.c.made_until < before)
        .order_by(series.c.made_until)
        .limit(most)
    )
    return [row.id for row in rows]


def take(tx: Transaction, one: Series, *, until: float) -> bool:
    """Whoever moves `made_until` makes the occurrences in between: False when another did, or
    when the series does not run any more."""
    return (
        tx.execute(
            sa.update(series)
            .where(
                series.c.id == one.id,
                series.c.made_until == one.made_until,
                series.c.state == SeriesState.RUNNING.value,
            )
            .values(made_until=until)
        ).rowcount
        > 0
    )


def change(tx: Transaction, identifier: int, **columns: Any) -> None:
    """Set `fields`, `state` or `skipped`."""
    tx.execute(sa.update(series).where(series.c.id == identifier).values(**columns))
    tx.ring(BELL)


def is_made(tx: Transaction, series_id: int, at: float) -> bool:
    return bool(
        tx.scalar(
            sa.select(
                sa.exists().where(proposals.c.series_id == series_id, proposals.c.occurrence == at)
            )
        )
    )


def upcoming(tx: Transaction, series_id: int, *, after: float) -> list[Occurrence]:
    """What was made of a series and is still to come, soonest first."""
    return upcoming_of(tx, [series_id], after=after).get(series_id, [])


def upcoming_of(
    tx: Transaction, series_ids: Collection[int], *, after: float
) -> dict[int, list[Occurrence]]:
    """The same of several, by series."""
    answered = sa.exists().where(
        agreements.c.proposal_id == proposals.c.object_id,
        agreements.c.state.not_in(_NO_AGREEMENT),
    )
    rows = tx.all(
        sa.select(
            proposals.c.series_id,
            proposals.c.object_id,
            proposals.c.occurrence,
            proposals.c.state,
            answered.label("has"),
        )
        .where(
            proposals.c.series_id.in_(series_ids),
            proposals.c.occurrence > after,
            proposals.c.state.in_(_UPCOMING),
        )
        .order_by(proposals.c.occurrence)
    )
    found: dict[int, list[Occurrence]] = {}
    for row in rows:
        found.setdefault(row.series_id, []).append(
            Occurrence(row.object_id, row.occurrence, row.state, bool(row.has))
        )
    return found
