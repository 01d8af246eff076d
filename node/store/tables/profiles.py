"""What people say of themselves and keep about others."""

from __future__ import annotations

import sqlalchemy as sa

from node.store.tables.base import Time, identity, metadata, ref

# Private words of one about another.
account_notes = sa.Table(
    "account_notes",
    metadata,
    ref("account_id", "accounts.actor_id", primary=True),
    ref("target_id", "actors.id", primary=True),
    sa.Column("text", sa.Text, nullable=False),
    sa.Index("ix_account_notes_target_id", "target_id"),
)

endorsements = sa.Table(
    "endorsements",
    metadata,
    identity(),
    ref("account_id", "accounts.actor_id"),
    ref("target_id", "actors.id"),
    sa.UniqueConstraint("account_id", "target_id"),
    sa.Index("ix_endorsements_target_id", "target_id"),
)

featured_tags = sa.Table(
    "featured_tags",
    metadata,
    identity(),
    ref("actor_id", "actors.id"),
    sa.Column("slug", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.UniqueConstraint("actor_id", "slug"),
)

domain_mutes = sa.Table(
    "domain_mutes",
    metadata,
    identity(),
    ref("account_id", "accounts.actor_id"),
    sa.Column("domain", sa.Text, nullable=False),
    sa.Column("created_at", Time, nullable=False),
    sa.UniqueConstraint("account_id", "domain"),
)

# What a profile or a status was before.
aliases = sa.Table(
    "aliases",
    metadata,
    identity(),
    ref("account_id", "accounts.actor_id"),
    sa.Column("uri", sa.Text, nullable=False),
    sa.Column("acct", sa.Text, nullable=False),
    sa.Column("created_at", Time, nullable=False),
    sa.UniqueConstraint("account_id", "uri"),
)
