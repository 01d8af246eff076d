"""Who there is: actors with their keys, accounts, tokens, follows and blocks."""

from __future__ import annotations

import sqlalchemy as sa

from node.store.tables.base import Id, Time, identity, metadata, partial, ref

actors = sa.Table(
    "actors",
    metadata,
    identity(),
    sa.Column("uri", sa.Text, nullable=False, unique=True),
    sa.Column("local", sa.Boolean, nullable=False),
    sa.Column("type", sa.Text, nullable=False),  # Person, Group, Organization, Application…
    sa.Column("kind", sa.Text),  # aid.md §2: resident, association…
    sa.Column("username", sa.Text, nullable=False),
    sa.Column("domain", sa.Text, nullable=False),  # the part after @ of its address
    sa.Column("name", sa.Text, nullable=False, server_default=""),
    sa.Column("summary", sa.Text, nullable=False, server_default=""),  # cleaned HTML
    sa.Column("inbox", sa.Text, nullable=False),
    sa.Column("shared_inbox", sa.Text),
    sa.Column("outbox", sa.Text),
    sa.Column("followers_uri", sa.Text),
    sa.Column("following_uri", sa.Text),
    sa.Column("featured_uri", sa.Text),
    sa.Column("url", sa.Text),
    sa.Column("icon_url", sa.Text),
    sa.Column("header_url", sa.Text),
    sa.Column("bot", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column(
        "fields", sa.JSON, nullable=False, server_default="[]"
    ),  # [{name, value, verified_at}]
    sa.Column("emojis", sa.JSON, nullable=False, server_default="[]"),  # of name and summary
    sa.Column("manually_approves", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("discoverable", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("indexable", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("moved_to", sa.Text),
    sa.Column("also_known_as", sa.JSON, nullable=False, server_default="[]"),
    sa.Column("territory", sa.Text),  # H3 cells of a quartier, as on the wire
    sa.Column("document", sa.Text),  # as received, with its proof; NULL for local ones
    sa.Column("suspended_at", Time),
    sa.Column("gone_at", Time),
    sa.Column("fetched_at", Time),
    sa.Column("created_at", Time, nullable=False),
    sa.Column("updated_at", Time, nullable=False),
    sa.Index("ix_actors_address", "domain", "username"),
    sa.Index("ix_actors_inbox", "inbox"),
    # Ours are written in lower case (`check_username`), so that nobody takes another's name.
    partial("ix_actors_local_username", "username", where="local IS true", unique=True),
)

actor_keys = sa.Table(
    "actor_keys",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),  # the key's IRI
    ref("actor_id", "actors.id"),
    sa.Column("algorithm", sa.Text, nullable=False),  # rsa | ed25519
    sa.Column("public", sa.Text, nullable=False),  # PEM | multibase
    sa.Column("private", sa.Text),  # PKCS#8 PEM, local actors only
    sa.Column("fetched_at", Time, nullable=False),
    sa.Index("ix_actor_keys_actor_id", "actor_id"),
)

accounts = sa.Table(
    "accounts",
    metadata,
    ref("actor_id", "actors.id", primary=True),
    sa.Column("email", sa.Text, nullable=False, unique=True),
    sa.Column("password_hash", sa.Text, nullable=False),  # argon2id
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("locale", sa.Text, nullable=False, server_default="fr"),
    sa.Column(
        "preferences", sa.JSON, nullable=False, server_default="{}"
    ),  # of posting and reading
    sa.Column("contact", sa.Text, nullable=False, server_default=""),  # what it may reveal
    sa.Column("notify", sa.JSON, nullable=False, server_default="{}"),  # kind → how, by mail
    sa.Column("unsubscribe_key", sa.Text),  # in the links of its mails
    sa.Column("digest_at", Time),  # when the next digest is due
    sa.Column("calendar_hash", sa.Text),  # SHA-256, hex, of what opens its calendar feed
    sa.Column("invited_by", Id),
    sa.Column("confirmed_at", Time),
    sa.Column("created_at", Time, nullable=False),
    partial(
        "ix_accounts_unsubscribe_key",
        "unsubscribe_key",
        where="unsubscribe_key IS NOT NULL",
        unique=True,
    ),
    partial("ix_accounts_digest_at", "digest_at", where="digest_at IS NOT NULL"),
    partial(
        "ix_accounts_calendar_hash",
        "calendar_hash",
        where="calendar_hash IS NOT NULL",
        unique=True,
    ),
)

tokens = sa.Table(
    "tokens",
    metadata,
    sa.Column("hash", sa.Text, primary_key=True),  # SHA-256, hex: the token itself is not kept
    ref("account_id", "accounts.actor_id", null=True),  # none: of an app alone
    ref("app_id", "apps.id", null=True),  # none: made by a command
    sa.Column("scopes", sa.Text, nullable=False),
    sa.Column("created_at", Time, nullable=False),
    sa.Column("revoked_at", Time),
    sa.Index("ix_tokens_account_id", "account_id"),
    sa.Index("ix_tokens_app_id", "app_id"),
)

follows = sa.Table(
    "follows",
    metadata,
    identity(),
    ref("follower_id", "actors.id"),
    ref("target_id", "actors.id"),
    sa.Column("state", sa.Text, nullable=False),  # pending | accepted
    sa.Column("activity_uri", sa.Text, nullable=False),
    # What of theirs stands in the home of a follower of ours
    sa.Column("shares", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("notify", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("languages", sa.JSON),  # none: all of them
    sa.Column("created_at", Time, nullable=False),
    sa.UniqueConstraint("follower_id", "target_id"),
    sa.Index("ix_follows_target_id_state_id", "target_id", "state", "id"),
    sa.Index("ix_follows_follower_id_state_id", "follower_id", "state", "id"),
    sa.Index("ix_follows_activity_uri", "activity_uri"),
)

blocks = sa.Table(
    "blocks",
    metadata,
    ref("actor_id", "actors.id", primary=True),
    ref("target_id", "actors.id", primary=True),
    sa.Column("activity_uri", sa.Text),
    sa.Column("created_at", Time, nullable=False),
    sa.Index("ix_blocks_target_id", "target_id"),
)

invitations = sa.Table(
    "invitations",
    metadata,
    sa.Column("hash", sa.Text, primary_key=True),  # SHA-256, hex, of the code
    ref("inviter_id", "actors.id"),
    sa.Column("kind", sa.Text, nullable=False, server_default="resident"),
    sa.Column("uses_left", sa.Integer, nullable=False),
    sa.Column("expires_at", Time, nullable=False),
    sa.Column("created_at", Time, nullable=False),
    sa.Column("revoked_at", Time),
    sa.Index("ix_invitations_inviter_id", "inviter_id"),
)

# Asked to join; a mediator answers.
join_requests = sa.Table(
    "join_requests",
    metadata,
    identity(),
    sa.Column("username", sa.Text, nullable=False),
    sa.Column("email", sa.Text, nullable=False),
    sa.Column("password_hash", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False, server_default=""),
    sa.Column("text", sa.Text, nullable=False, server_default=""),
    sa.Column("locale", sa.Text, nullable=False, server_default="fr"),
    sa.Column("state", sa.Text, nullable=False),  # waiting | accepted | declined
    sa.Column("created_at", Time, nullable=False),
    sa.Column("decided_at", Time),
    ref("decided_by", "actors.id", null=True),
    sa.Index("ix_join_requests_state_id", "state", "id"),
    partial("ix_join_requests_waiting_email", "email", where="state = 'waiting'", unique=True),
)

# Somebody stands up for somebody: by name and date, and it can be taken back.
vouches = sa.Table(
    "vouches",
    metadata,
    ref("account_id", "actors.id", primary=True),
    ref("voucher_id", "actors.id", primary=True),
    sa.Column("created_at", Time, nullable=False),
    sa.Index("ix_vouches_voucher_id", "voucher_id"),
)

notifications = sa.Table(
    "notifications",
    metadata,
    identity(),
    ref("account_id", "accounts.actor_id"),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("dedupe", sa.Text, nullable=False),  # the same is told once
    ref("actor_id", "actors.id", null=True),  # who caused it
    ref("object_id", "objects.id", null=True),
    ref("agreement_id", "agreements.id", null=True),
    sa.Column("data", sa.JSON, nullable=False, server_default="{}"),
    sa.Column("urgent", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("created_at", Time, nullable=False),
    sa.Column("read_at", Time),
    sa.Column("mailed_at", Time),
    # In apps: shown | waiting (who caused it is not let in yet) | said (by a note)
    sa.Column("state", sa.Text, nullable=False, server_default="shown"),
    sa.Column("group_key", sa.Text, nullable=False, server_default=""),  # "": stands alone
    sa.UniqueConstraint("account_id", "dedupe"),
    sa.Index("ix_notifications_account_id_id", "account_id", "id"),
    sa.Index("ix_notifications_account_id_state_id", "account_id", "state", "id"),
    partial(
        "ix_notifications_account_id_group_key",
        "account_id",
        "group_key",
        "id",
        where="group_key <> ''",
    ),
    sa.Index("ix_notifications_actor_id", "actor_id"),
    sa.Index("ix_notifications_object_id", "object_id"),
    sa.Index("ix_notifications_agreement_id", "agreement_id"),
)

# Keys that went by mail: a new password, a confirmed address. Each is good once, for a while.
mail_keys = sa.Table(
    "mail_keys",
    metadata,
    sa.Column("hash", sa.Text, primary_key=True),  # SHA-256, hex: the key itself is not kept
    ref("account_id", "accounts.actor_id"),
    sa.Column("purpose", sa.Text, nullable=False),  # password | email
    sa.Column("email", sa.Text, nullable=False),  # the address it went to
    sa.Column("created_at", Time, nullable=False),
    sa.Column("expires_at", Time, nullable=False),
    sa.Index("ix_mail_keys_account_id", "account_id"),
    sa.Index("ix_mail_keys_expires_at", "expires_at"),
)

# Mails to be sent. What was sent stays, without its words, as long as it counts for the rate.
mails = sa.Table(
    "mails",
    metadata,
    identity(),
    sa.Column("to", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("headers", sa.JSON, nullable=False, server_default="{}"),
    sa.Column("urgent", sa.Integer, nullable=False, server_default="0"),
    sa.Column("state", sa.Text, nullable=False),  # pending | sent | dead
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("error", sa.Text),
    sa.Column("created_at", Time, nullable=False),
    sa.Column("next_at", Time, nullable=False),
    sa.Column("leased_until", Time, nullable=False, server_default="0"),
    sa.Column("fence", sa.Integer, nullable=False, server_default="0"),
    sa.Index("ix_mails_state_urgent_next_at_id", "state", "urgent", "next_at", "id"),
    sa.Index("ix_mails_to_created_at", "to", "created_at"),
)
