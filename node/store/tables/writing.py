"""What is written with an app: polls, edits, what is to be published later."""

from __future__ import annotations

import sqlalchemy as sa

from node.store.tables.base import Id, Time, identity, metadata, partial, ref

polls = sa.Table(
    "polls",
    metadata,
    ref("object_id", "objects.id", primary=True),
    sa.Column("options", sa.JSON, nullable=False),  # [{title, votes}]
    sa.Column("multiple", sa.Boolean, nullable=False),
    sa.Column("hide_totals", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("expires_at", Time),
    sa.Column("closed_at", Time),
    sa.Column("voters", sa.Integer, nullable=False, server_default="0"),
    sa.Column("votes_untold_at", Time),  # since when others do not know of the latest votes
    sa.Index("ix_polls_closed_at_expires_at", "closed_at", "expires_at"),
    partial("ix_polls_votes_untold_at", "votes_untold_at", where="votes_untold_at IS NOT NULL"),
)

poll_votes = sa.Table(
    "poll_votes",
    metadata,
    ref("object_id", "polls.object_id", primary=True),
    ref("actor_id", "actors.id", primary=True),
    sa.Column("choice", sa.Integer, primary_key=True),
    sa.Column("uri", sa.Text),
    sa.Index("ix_poll_votes_actor_id", "actor_id"),
)

edits = sa.Table(
    "edits",
    metadata,
    identity(),
    ref("object_id", "objects.id"),
    sa.Column("content", sa.Text, nullable=False),
    sa.Column("summary", sa.Text),
    sa.Column("sensitive", sa.Boolean, nullable=False),
    sa.Column("attachments", sa.JSON, nullable=False, server_default="[]"),
    sa.Column("poll", sa.JSON),
    sa.Column("at", Time, nullable=False),
    sa.Index("ix_edits_object_id_id", "object_id", "id"),
)

# The text as it was typed, to be edited again.
sources = sa.Table(
    "sources",
    metadata,
    ref("object_id", "objects.id", primary=True),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("spoiler_text", sa.Text, nullable=False, server_default=""),
    sa.Column("app_id", Id),
)

scheduled = sa.Table(
    "scheduled",
    metadata,
    identity(),
    ref("account_id", "accounts.actor_id"),
    sa.Column("at", Time, nullable=False),
    sa.Column("fields", sa.JSON, nullable=False),
    sa.Column("app_id", Id),
    sa.Column("created_at", Time, nullable=False),
    sa.Index("ix_scheduled_account_id_id", "account_id", "id"),
    sa.Index("ix_scheduled_at", "at"),
)

# What was asked with an Idempotency-Key, for an hour.
idempotency = sa.Table(
    "idempotency",
    metadata,
    ref("account_id", "accounts.actor_id", primary=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("object_id", Id, nullable=False),
    sa.Column("scheduled", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("at", Time, nullable=False),
    sa.Index("ix_idempotency_at", "at"),
)

# Quotes (FEP-044f): who quotes whom, and whether they may.
quotes = sa.Table(
    "quotes",
    metadata,
    ref("object_id", "objects.id", primary=True),  # that quotes
    sa.Column("quoted_uri", sa.Text, nullable=False),
    sa.Column("quoted_id", Id),
    sa.Column("state", sa.Text, nullable=False),  # pending | accepted | rejected | revoked
    sa.Column("authorization_uri", sa.Text),
    sa.Column("request_uri", sa.Text),
    sa.Index("ix_quotes_quoted_id", "quoted_id"),
    sa.Index("ix_quotes_authorization_uri", "authorization_uri"),
    sa.Index("ix_quotes_request_uri", "request_uri"),
    partial(
        "ix_quotes_unverified",
        "object_id",
        where="state = 'pending' AND authorization_uri IS NOT NULL",
    ),
)
