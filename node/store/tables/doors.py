"""What comes in and what goes out."""

from __future__ import annotations

import sqlalchemy as sa

from node.store.tables.base import Time, identity, metadata, partial, ref

journal = sa.Table(
    "journal",
    metadata,
    identity(),
    sa.Column("activity_uri", sa.Text, nullable=False, unique=True),  # with a digest of the body
    sa.Column("actor_uri", sa.Text, nullable=False),
    sa.Column("host", sa.Text, nullable=False),
    sa.Column("scheme", sa.Text, nullable=False),  # how it was signed
    sa.Column("body", sa.LargeBinary),  # dropped once it is handled and old
    sa.Column("state", sa.Text, nullable=False),  # pending | handled | aside
    sa.Column("note", sa.Text),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("next_at", Time, nullable=False),
    sa.Column("leased_until", Time, nullable=False, server_default="0"),
    sa.Column("fence", sa.Integer, nullable=False, server_default="0"),
    sa.Column("received_at", Time, nullable=False),
    partial("ix_journal_pending", "next_at", "id", where="state = 'pending'"),
    partial("ix_journal_aside", "id", where="state = 'aside'"),
    partial("ix_journal_bodies", "received_at", where="state = 'handled' AND body IS NOT NULL"),
)

outbox = sa.Table(
    "outbox",
    metadata,
    identity(),
    sa.Column("activity_uri", sa.Text, nullable=False, unique=True),
    ref("actor_id", "actors.id"),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("object_uri", sa.Text),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("public", sa.Boolean, nullable=False),  # listed in the actor's outbox collection
    sa.Column("sync", sa.Boolean, nullable=False),  # goes to followers: FEP-8fcf header
    sa.Column("created_at", Time, nullable=False),
    sa.Index("ix_outbox_actor_id_public_id", "actor_id", "public", "id"),
    sa.Index("ix_outbox_object_uri", "object_uri"),
)

deliveries = sa.Table(
    "deliveries",
    metadata,
    identity(),
    ref("outbox_id", "outbox.id"),
    sa.Column("inbox", sa.Text, nullable=False),
    sa.Column("host", sa.Text, nullable=False),
    sa.Column("order_key", sa.Text, nullable=False),  # order is kept per object and inbox
    sa.Column("urgent", sa.Integer, nullable=False),  # 0 | 1
    sa.Column("state", sa.Text, nullable=False),  # pending | dead
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("created_at", Time, nullable=False),
    sa.Column("next_at", Time, nullable=False),
    sa.Column("leased_until", Time, nullable=False, server_default="0"),
    sa.Column("fence", sa.Integer, nullable=False, server_default="0"),
    sa.Column("status", sa.Integer),
    sa.Column("error", sa.Text),
    sa.UniqueConstraint("outbox_id", "inbox"),
    sa.Index("ix_deliveries_due", "state", "urgent", "next_at", "id"),
    sa.Index("ix_deliveries_order", "inbox", "order_key", "id"),
    sa.Index("ix_deliveries_host_state", "host", "state"),
)

# A word of each transaction of the last minutes, so that it can be asked what became of one whose
# connection broke (PostgreSQL alone: see `store.postgres`).
commits = sa.Table(
    "commits",
    metadata,
    sa.Column("word", sa.Text, primary_key=True),
    sa.Column("at", Time, nullable=False),
)

# What is known of each server: how to sign for it, and whether it is well.
hosts = sa.Table(
    "hosts",
    metadata,
    sa.Column("host", sa.Text, primary_key=True),  # with its port
    sa.Column("scheme", sa.Text),
    sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
    sa.Column("failing_since", Time),
    sa.Column("open_until", Time),  # the breaker: left alone until then
    sa.Column("seen_at", Time),  # last wrote to us
)

facts = sa.Table(
    "facts",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)
