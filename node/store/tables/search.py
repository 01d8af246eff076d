"""What people search in, beside proposals: which the database indexes by itself."""

from __future__ import annotations

import sqlalchemy as sa

from node.store.tables.base import metadata, ref

# The words of a status, folded (`store.status_search`); written with it, gone with it.
texts = sa.Table(
    "texts",
    metadata,
    ref("object_id", "objects.id", primary=True),
    sa.Column("words", sa.Text, nullable=False),
)

# The words by which somebody is found: name, address. Only of those who want to be.
names = sa.Table(
    "names",
    metadata,
    ref("actor_id", "actors.id", primary=True),
    sa.Column("words", sa.Text, nullable=False),
)
