"""What people publish, and what others do with it."""

from __future__ import annotations

import sqlalchemy as sa

from node.store.tables.base import Id, Time, identity, metadata, partial, ref

PUBLIC = "visibility = 'public' AND to_other IS false"
"""What public timelines show."""

objects = sa.Table(
    "objects",
    metadata,
    identity(),
    sa.Column("uri", sa.Text, nullable=False, unique=True),
    sa.Column("local", sa.Boolean, nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    ref("author_id", "actors.id"),
    sa.Column("visibility", sa.Text, nullable=False),
    sa.Column("name", sa.Text),
    sa.Column("content", sa.Text, nullable=False, server_default=""),  # cleaned HTML
    sa.Column("summary", sa.Text),
    sa.Column("language", sa.Text),
    sa.Column("sensitive", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("url", sa.Text),
    sa.Column("in_reply_to", sa.Text),
    sa.Column("context", sa.Text),
    sa.Column("published", Time, nullable=False),
    sa.Column("updated", Time),
    sa.Column("document", sa.Text, nullable=False),  # as received or as sent, proof and all
    sa.Column("parts", sa.Text),  # JSON: mentions, pictures, emojis… as apps show them
    sa.Column("quote_policy", sa.Text, nullable=False, server_default="public"),
    # Whether it answers somebody else than its author, and whether there are pictures with it:
    # what timelines are asked for.
    sa.Column("to_other", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("media", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Index("ix_objects_author_id_id", "author_id", "id"),
    sa.Index("ix_objects_local_id", "local", "id"),
    partial("ix_objects_public", "id", where=PUBLIC),
    partial("ix_objects_public_local", "id", where=f"{PUBLIC} AND local IS true"),
    partial("ix_objects_media", "author_id", "id", where="media IS true"),
    partial("ix_objects_in_reply_to", "in_reply_to", "id", where="in_reply_to IS NOT NULL"),
    partial("ix_objects_context", "context", "id", where="context IS NOT NULL"),
)

# Who a followers-only or direct object was addressed to, by IRI.
recipients = sa.Table(
    "recipients",
    metadata,
    ref("object_id", "objects.id", primary=True),
    sa.Column("uri", sa.Text, primary_key=True),
    sa.Index("ix_recipients_uri", "uri"),
)

hashtags = sa.Table(
    "hashtags",
    metadata,
    sa.Column("slug", sa.Text, primary_key=True),
    ref("object_id", "objects.id", primary=True),
    sa.Index("ix_hashtags_object_id", "object_id"),
)

# What was deleted or undone, remembered for ever: a late Create or a replay changes nothing.
graves = sa.Table(
    "graves",
    metadata,
    sa.Column("uri", sa.Text, primary_key=True),  # of the object or the activity
    sa.Column("by", sa.Text, primary_key=True),  # the actor who said so
    sa.Column("local_id", Id),  # of a local object: it answers 410 with a Tombstone
    sa.Column("type", sa.Text),  # its former type
    sa.Column("at", Time, nullable=False),
    sa.Index("ix_graves_local_id", "local_id"),
)

reactions = sa.Table(
    "reactions",
    metadata,
    identity(),
    ref("object_id", "objects.id"),
    ref("actor_id", "actors.id"),
    sa.Column("emoji", sa.Text, nullable=False, server_default=""),  # "" is a plain Like
    sa.Column("activity_uri", sa.Text, nullable=False),
    sa.UniqueConstraint("object_id", "actor_id", "emoji"),
    sa.Index("ix_reactions_activity_uri", "activity_uri"),
    sa.Index("ix_reactions_actor_id_id", "actor_id", "id"),
)

shares = sa.Table(
    "shares",
    metadata,
    identity(),
    ref("object_id", "objects.id"),
    ref("actor_id", "actors.id"),
    sa.Column("activity_uri", sa.Text, nullable=False),
    sa.Column("published", Time, nullable=False),
    sa.UniqueConstraint("object_id", "actor_id"),
    sa.Index("ix_shares_activity_uri", "activity_uri"),
    sa.Index("ix_shares_actor_id_id", "actor_id", "id"),
)

pins = sa.Table(
    "pins",
    metadata,
    ref("actor_id", "actors.id", primary=True),
    ref("object_id", "objects.id", primary=True),
    sa.Column("added_at", Time, nullable=False),
    sa.Index("ix_pins_object_id", "object_id"),
)
