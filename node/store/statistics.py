"""The figures of /metrics and `entraide stats`: cheap counts over indexes."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from node.store import journal
from node.store.tables import accounts, actors, deliveries, follows, objects, proposals
from node.store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Statistics:
    statuses_local: int
    statuses_remote: int
    followers_local: int
    followers_remote: int
    accounts: int
    actors_remote: int
    proposals_open: int
    inbox_pending: int
    inbox_aside: int
    deliveries_pending: int
    deliveries_dead: int


def _count(tx: Transaction, table: sa.Table, *where: sa.ColumnElement[bool]) -> int:
    return int(tx.scalar(sa.select(sa.func.count()).select_from(table).where(*where)) or 0)


def statistics(tx: Transaction) -> Statistics:
    followers = {
        bool(row.local): int(row.many)
        for row in tx.all(
            sa.select(actors.c.local, sa.func.count().label("many"))
            .join(follows, follows.c.follower_id == actors.c.id)
            .where(follows.c.state == "accepted")
            .group_by(actors.c.local)
        )
    }
    return Statistics(
        statuses_local=_count(tx, objects, objects.c.local.is_(True)),
        statuses_remote=_count(tx, objects, objects.c.local.is_(False)),
        followers_local=followers.get(True, 0),
        followers_remote=followers.get(False, 0),
        accounts=_count(tx, accounts),
        actors_remote=_count(tx, actors, actors.c.local.is_(False)),
        proposals_open=_count(
            tx,
            proposals,
            proposals.c.shown.is_(True),
            proposals.c.state.in_(("open", "partly-matched")),
        ),
        inbox_pending=journal.waiting_count(tx),
        inbox_aside=journal.aside_count(tx),
        deliveries_pending=_count(tx, deliveries, deliveries.c.state == "pending"),
        deliveries_dead=_count(tx, deliveries, deliveries.c.state == "dead"),
    )


def database_bytes(tx: Transaction) -> int:
    """How much room the database takes."""
    if tx.dialect == "sqlite":
        pages = int(tx.scalar(sa.text("PRAGMA page_count")) or 0)
        return pages * int(tx.scalar(sa.text("PRAGMA page_size")) or 0)
    return int(tx.scalar(sa.text("SELECT pg_database_size(current_database())")) or 0)
