"""Counts that are read with every page: kept as things happen, so that nothing is counted anew."""

from __future__ import annotations

import sqlalchemy as sa

from node.store.tables.base import Time, metadata, partial, ref

status_tallies = sa.Table(
    "status_tallies",
    metadata,
    ref("object_id", "objects.id", primary=True),
    sa.Column("replies", sa.Integer, nullable=False, server_default="0"),
    sa.Column("shares", sa.Integer, nullable=False, server_default="0"),
    sa.Column("likes", sa.Integer, nullable=False, server_default="0"),
    sa.Column("quotes", sa.Integer, nullable=False, server_default="0"),
)

actor_tallies = sa.Table(
    "actor_tallies",
    metadata,
    ref("actor_id", "actors.id", primary=True),
    sa.Column("statuses", sa.Integer, nullable=False, server_default="0"),
    sa.Column("followers", sa.Integer, nullable=False, server_default="0"),
    sa.Column("following", sa.Integer, nullable=False, server_default="0"),
    sa.Column("last_status_at", Time),
    partial(
        "ix_actor_tallies_last_status_at", "last_status_at", where="last_status_at IS NOT NULL"
    ),
)
