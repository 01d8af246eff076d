"""What the association changed about the topics: which are hidden, and in which order they come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from node.store.tables import topic_choices
from node.store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Choice:
    slug: str
    hidden: bool
    position: int | None
    """Among the topics that have one, which come first; None: where the table has it."""


_EVERY = sa.select(topic_choices.c.slug, topic_choices.c.hidden, topic_choices.c.position)


def every(tx: Transaction) -> dict[str, Choice]:
    return {row.slug: Choice(row.slug, bool(row.hidden), row.position) for row in tx.all(_EVERY)}


def is_hidden(tx: Transaction, slug: str) -> bool:
    return bool(tx.scalar(sa.select(topic_choices.c.hidden).where(topic_choices.c.slug == slug)))


def replace(tx: Transaction, choices: Sequence[Choice]) -> None:
    """These, and no others."""
    tx.execute(sa.delete(topic_choices))
    if choices:
        tx.execute(
            sa.insert(topic_choices),
            [{"slug": one.slug, "hidden": one.hidden, "position": one.position} for one in choices],
        )
