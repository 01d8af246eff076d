"""People by the words of their name and address."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import sqlalchemy as sa

from node.aid.searching import Asked, words_in
from node.store import word_index
from node.store.follows import ACCEPTED
from node.store.tables import actor_tallies, actors, follows, names
from node.store.transaction import Transaction
from node.store.upsert import insert_or_update

NAMES_MAX: Final = 40
"""Words of one person."""


def keep(tx: Transaction, actor_id: int, *said: str) -> None:
    words = " ".join(list(dict.fromkeys(words_in(" ".join(said))))[:NAMES_MAX])
    insert_or_update(tx, names, {"actor_id": actor_id, "words": words}, key=("actor_id",))


def keep_anew(tx: Transaction, actor_id: int) -> None:
    """As their row says now."""
    row = tx.first(
        sa.select(actors.c.username, actors.c.domain, actors.c.name).where(actors.c.id == actor_id)
    )
    if row is not None:
        keep(tx, actor_id, row.username, row.domain, row.name)


def find(
    tx: Transaction,
    question: Asked,
    *,
    me: int | None,
    followed_only: bool,
    without: Collection[int],
    most: int,
    skip: int = 0,
) -> list[int]:
    """Ids: first those whom one follows, then those whom most follow. Who does not want to be
    found is found by those alone who follow them."""
    where, identifier, matching = word_index.found(tx.dialect, names, question)
    following = (
        sa.exists().where(
            follows.c.follower_id == me,
            follows.c.target_id == actors.c.id,
            follows.c.state == ACCEPTED,
        )
        if me is not None
        else sa.false()
    )
    statement = (
        sa.select(actors.c.id)
        .select_from(
            where.join(actors, actors.c.id == identifier).outerjoin(
                actor_tallies, actor_tallies.c.actor_id == actors.c.id
            )
        )
        .where(
            matching,
            actors.c.gone_at.is_(None),
            actors.c.suspended_at.is_(None),
            actors.c.type != "Application",
            following if followed_only else sa.or_(actors.c.discoverable.is_(True), following),
        )
        .order_by(
            sa.case((following, 1), else_=0).desc(),
            sa.func.coalesce(actor_tallies.c.followers, 0).desc(),
            actors.c.id.desc(),
        )
        .limit(most)
        .offset(skip)
    )
    if without:
        statement = statement.where(actors.c.id.not_in(list(without)))
    return [row.id for row in tx.all(statement)]


# ── for the migration ────────────────────────────────────────────────────────────────────────

_IN_ONE: Final = 500


def make(connection: sa.Connection) -> None:
    """The index, and the words of everybody who is there."""
    dialect = connection.dialect.name
    for command in word_index.ddl(dialect, names):
        connection.execute(sa.text(command))
    tx = Transaction(connection, "sqlite" if dialect == "sqlite" else "postgresql")
    said = (actors.c.id, actors.c.username, actors.c.domain, actors.c.name)
    statement = sa.select(*said).where(actors.c.gone_at.is_(None)).order_by(actors.c.id)
    last = 0
    while rows := tx.all(statement.where(actors.c.id > last).limit(_IN_ONE)):
        for row in rows:
            keep(tx, *row)
        last = rows[-1].id
