"""Who of ours reads somebody's words in their home, and who does not."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from node.ids import id_time, new_id
from node.store import mutes as mutes_store
from node.store.tables import (
    accounts,
    actors,
    blocks,
    domain_mutes,
    list_members,
    lists,
    mutes,
)
from node.store.transaction import Transaction


def willing(
    tx: Transaction,
    people: set[int],
    author_id: int,
    mentioned: Collection[str] = (),
) -> set[int]:
    """Without those who do not read the author or somebody who is named, or are not to be read."""
    if not people:
        return people
    who = list(people)
    now = id_time(new_id())
    about = actors.c.id == author_id
    if mentioned:
        about = sa.or_(about, actors.c.uri.in_(list(mentioned)))
    them = sa.select(actors.c.id).where(about).scalar_subquery()
    found = sa.union_all(
        sa.select(blocks.c.actor_id.label("who")).where(
            blocks.c.actor_id.in_(who), blocks.c.target_id.in_(them)
        ),
        sa.select(blocks.c.target_id.label("who")).where(
            blocks.c.actor_id == author_id, blocks.c.target_id.in_(who)
        ),
        sa.select(mutes.c.account_id.label("who")).where(
            mutes.c.account_id.in_(who), mutes.c.target_id.in_(them), mutes_store.in_force(now)
        ),
        sa.select(domain_mutes.c.account_id.label("who"))
        .join(actors, actors.c.domain == domain_mutes.c.domain)
        .where(
            actors.c.id == author_id,
            actors.c.local.is_(False),
            domain_mutes.c.account_id.in_(who),
        ),
    )
    return people - {row.who for row in tx.all(found)}


def read_in_list_only(tx: Transaction, people: set[int], author_id: int) -> set[int]:
    """Who has them in a list that keeps its members out of home."""
    if not people:
        return set()
    rows = tx.all(
        sa.select(lists.c.account_id)
        .join(list_members, list_members.c.list_id == lists.c.id)
        .where(
            list_members.c.actor_id == author_id,
            lists.c.exclusive.is_(True),
            lists.c.account_id.in_(list(people)),
        )
    )
    return {row.account_id for row in rows}


def accounts_among(tx: Transaction, ids: Collection[int]) -> set[int]:
    rows = tx.all(sa.select(accounts.c.actor_id).where(accounts.c.actor_id.in_(list(ids))))
    return {row.actor_id for row in rows}
