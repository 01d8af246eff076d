"""What mediators keep."""

from __future__ import annotations

import sqlalchemy as sa

from node.store.tables.base import Id, Time, identity, metadata, ref

domain_blocks = sa.Table(
    "domain_blocks",
    metadata,
    sa.Column("domain", sa.Text, primary_key=True),
    sa.Column("severity", sa.Text, nullable=False),  # silence | suspend
    sa.Column("reason", sa.Text, nullable=False, server_default=""),  # for everybody
    sa.Column("private_reason", sa.Text, nullable=False, server_default=""),
    sa.Column("reject_media", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("reject_reports", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("obfuscate", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("created_at", Time, nullable=False),
)

reports = sa.Table(
    "reports",
    metadata,
    identity(),
    sa.Column("activity_uri", sa.Text, unique=True),
    ref("reporter_id", "actors.id"),
    ref("target_id", "actors.id", null=True),
    sa.Column("objects", sa.JSON, nullable=False),  # IRIs
    sa.Column("content", sa.Text, nullable=False, server_default=""),
    sa.Column("category", sa.Text, nullable=False, server_default="other"),
    sa.Column("forwarded", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("assigned_to", Id),  # the mediator who looks at it
    sa.Column("state", sa.Text, nullable=False),  # open | settled
    sa.Column("settled_at", Time),
    ref("settled_by", "actors.id", null=True),
    sa.Column("outcome", sa.Text, nullable=False, server_default=""),
    sa.Column("created_at", Time, nullable=False),
    sa.Index("ix_reports_state_id", "state", "id"),
)

# Silenced by our mediators: served, and left out of public lists.
silences = sa.Table(
    "silences",
    metadata,
    ref("actor_id", "actors.id", primary=True),
    sa.Column("reason", sa.Text, nullable=False, server_default=""),
    sa.Column("created_at", Time, nullable=False),
)

mediator_notes = sa.Table(
    "mediator_notes",
    metadata,
    identity(),
    sa.Column("about", sa.Text, nullable=False),  # actor | agreement | report | proposal
    sa.Column("about_id", Id, nullable=False),
    ref("author_id", "actors.id", null=True),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("created_at", Time, nullable=False),
    sa.Index("ix_mediator_notes_about_about_id_id", "about", "about_id", "id"),
)

# What people with a role did, for the others to see. Nothing is changed or taken out.
audit = sa.Table(
    "audit",
    metadata,
    identity(),
    sa.Column("actor_id", Id),  # NULL: by command, or the node itself
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("target", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False, server_default=""),
    sa.Column("at", Time, nullable=False),
    sa.Index("ix_audit_at", "at"),
)
