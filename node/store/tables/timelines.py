"""What a person reads, and what they set about their reading."""

from __future__ import annotations

import sqlalchemy as sa

from node.store.tables.base import Id, Time, identity, metadata, partial, ref

# Home: written when something is published, read by one index. `id` is that of the status or of
# the share, by which the page is ordered.
feed = sa.Table(
    "feed",
    metadata,
    ref("account_id", "accounts.actor_id", primary=True),
    sa.Column("id", Id, primary_key=True, autoincrement=False),
    ref("object_id", "objects.id"),
    ref("shared_by", "actors.id", null=True),
    sa.Index("ix_feed_account_id_object_id", "account_id", "object_id"),
    sa.Index("ix_feed_object_id", "object_id"),
    partial("ix_feed_shared_by", "shared_by", where="shared_by IS NOT NULL"),
)

# The same for each list: what its members wrote and shared.
list_feed = sa.Table(
    "list_feed",
    metadata,
    ref("list_id", "lists.id", primary=True),
    sa.Column("id", Id, primary_key=True, autoincrement=False),
    ref("object_id", "objects.id"),
    ref("shared_by", "actors.id", null=True),
    sa.Index("ix_list_feed_object_id", "object_id"),
    partial("ix_list_feed_shared_by", "shared_by", where="shared_by IS NOT NULL"),
)

bookmarks = sa.Table(
    "bookmarks",
    metadata,
    identity(),
    ref("account_id", "accounts.actor_id"),
    ref("object_id", "objects.id"),
    sa.UniqueConstraint("account_id", "object_id"),
    sa.Index("ix_bookmarks_account_id_id", "account_id", "id"),
    sa.Index("ix_bookmarks_object_id", "object_id"),
)

mutes = sa.Table(
    "mutes",
    metadata,
    identity(),
    ref("account_id", "accounts.actor_id"),
    ref("target_id", "actors.id"),
    sa.Column("notifications", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("expires_at", Time),
    sa.UniqueConstraint("account_id", "target_id"),
    sa.Index("ix_mutes_target_id", "target_id"),
    partial("ix_mutes_expires_at", "expires_at", where="expires_at IS NOT NULL"),
)

thread_mutes = sa.Table(
    "thread_mutes",
    metadata,
    ref("account_id", "accounts.actor_id", primary=True),
    sa.Column("context", sa.Text, primary_key=True),
)

lists = sa.Table(
    "lists",
    metadata,
    identity(),
    ref("account_id", "accounts.actor_id"),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("replies_policy", sa.Text, nullable=False, server_default="list"),
    sa.Column("exclusive", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Index("ix_lists_account_id_id", "account_id", "id"),
)

list_members = sa.Table(
    "list_members",
    metadata,
    ref("list_id", "lists.id", primary=True),
    ref("actor_id", "actors.id", primary=True),
    sa.Column("id", Id, nullable=False),
    sa.Index("ix_list_members_list_id_id", "list_id", "id"),
    sa.Index("ix_list_members_actor_id", "actor_id"),
)

filters = sa.Table(
    "filters",
    metadata,
    identity(),
    ref("account_id", "accounts.actor_id"),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("contexts", sa.JSON, nullable=False),  # home, notifications, public, thread, account
    sa.Column("action", sa.Text, nullable=False),  # warn | hide | blur
    sa.Column("expires_at", Time),
    sa.Index("ix_filters_account_id", "account_id"),
)

filter_keywords = sa.Table(
    "filter_keywords",
    metadata,
    identity(),
    ref("filter_id", "filters.id"),
    sa.Column("keyword", sa.Text, nullable=False),
    sa.Column("whole_word", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Index("ix_filter_keywords_filter_id", "filter_id"),
)

filter_statuses = sa.Table(
    "filter_statuses",
    metadata,
    identity(),
    ref("filter_id", "filters.id"),
    ref("object_id", "objects.id"),
    sa.UniqueConstraint("filter_id", "object_id"),
    sa.Index("ix_filter_statuses_object_id", "object_id"),
)

markers = sa.Table(
    "markers",
    metadata,
    ref("account_id", "accounts.actor_id", primary=True),
    sa.Column("timeline", sa.Text, primary_key=True),  # home | notifications
    sa.Column("last_read_id", Id, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("updated_at", Time, nullable=False),
)

# Direct threads, one row for each person of ours who is in it.
conversations = sa.Table(
    "conversations",
    metadata,
    identity(),
    ref("account_id", "accounts.actor_id"),
    sa.Column("context", sa.Text, nullable=False),
    ref("last_object_id", "objects.id"),
    sa.Column("unread", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("participants", sa.JSON, nullable=False),  # ids of actors
    sa.UniqueConstraint("account_id", "context"),
    sa.Index("ix_conversations_account_id_last_object_id", "account_id", "last_object_id"),
    sa.Index("ix_conversations_last_object_id", "last_object_id"),
)

followed_tags = sa.Table(
    "followed_tags",
    metadata,
    identity(),
    ref("account_id", "accounts.actor_id"),
    sa.Column("slug", sa.Text, nullable=False),
    sa.UniqueConstraint("account_id", "slug"),
    sa.Index("ix_followed_tags_slug", "slug"),
)

push_subscriptions = sa.Table(
    "push_subscriptions",
    metadata,
    identity(),
    sa.Column(
        "token_hash",
        sa.Text,
        sa.ForeignKey("tokens.hash", ondelete="CASCADE"),
        nullable=False,
        unique=True,
    ),
    ref("account_id", "accounts.actor_id"),
    sa.Column("endpoint", sa.Text, nullable=False),
    sa.Column("p256dh", sa.Text, nullable=False),
    sa.Column("auth", sa.Text, nullable=False),
    sa.Column("alerts", sa.JSON, nullable=False),
    sa.Column("policy", sa.Text, nullable=False, server_default="all"),
    sa.Column("standard", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
    sa.Column("created_at", Time, nullable=False),
    sa.Index("ix_push_subscriptions_account_id", "account_id"),
)

# What is to be pushed, for as long as it is.
pushes = sa.Table(
    "pushes",
    metadata,
    identity(),
    ref("subscription_id", "push_subscriptions.id"),
    ref("notification_id", "notifications.id"),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("created_at", Time, nullable=False),
    sa.Column("next_at", Time, nullable=False),
    sa.Column("leased_until", Time, nullable=False, server_default="0"),
    sa.Column("fence", sa.Integer, nullable=False, server_default="0"),
    sa.Index("ix_pushes_next_at_id", "next_at", "id"),
    sa.Index("ix_pushes_subscription_id", "subscription_id"),
    sa.Index("ix_pushes_notification_id", "notification_id"),
)

notification_policies = sa.Table(
    "notification_policies",
    metadata,
    ref("account_id", "accounts.actor_id", primary=True),
    sa.Column("rules", sa.JSON, nullable=False),  # for_… → accept | filter | drop
)

# Whose notifications wait to be let in, and those that were decided on.
notification_requests = sa.Table(
    "notification_requests",
    metadata,
    identity(),
    ref("account_id", "accounts.actor_id"),
    ref("from_id", "actors.id"),
    sa.Column("state", sa.Text, nullable=False),  # waiting | dismissed | accepted
    ref("last_object_id", "objects.id", null=True),
    sa.Column("count", sa.Integer, nullable=False, server_default="0"),
    sa.Column("created_at", Time, nullable=False),
    sa.Column("updated_at", Time, nullable=False),
    sa.UniqueConstraint("account_id", "from_id"),
    sa.Index("ix_notification_requests_account_id_state_id", "account_id", "state", "id"),
    sa.Index("ix_notification_requests_from_id", "from_id"),
)

# Keys of the node that are made once: by name.
node_secrets = sa.Table(
    "node_secrets",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)
