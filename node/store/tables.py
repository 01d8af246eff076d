"""Every table, as SQLAlchemy Core. Migrations are made from this; nothing else declares a column.

Times are seconds since the epoch (floats), ids are made in the process (`node.ids`), documents
are JSON text as sent or as received.
"""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite makes the rowid of an INTEGER PRIMARY KEY only, and its INTEGER has 64 bits.
_Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_Time = sa.Double


def _id() -> sa.Column[int]:
    return sa.Column("id", _Id, primary_key=True, autoincrement=False)


def _partial(name: str, *columns: str, where: str, unique: bool = False) -> sa.Index:
    """An index of the rows that `where` names; queries must say it in the same words.

    `IS true` in it is `IS 1` on SQLite.
    """
    return sa.Index(
        name,
        *columns,
        unique=unique,
        sqlite_where=sa.text(where.replace("IS true", "IS 1")),
        postgresql_where=sa.text(where),
    )


def _ref(name: str, target: str, *, null: bool = False, primary: bool = False) -> sa.Column[int]:
    return sa.Column(
        name,
        _Id,
        sa.ForeignKey(target, ondelete="CASCADE"),
        nullable=null,
        primary_key=primary,
        autoincrement=False,
    )


# ── who ──────────────────────────────────────────────────────────────────────────────────────

actors = sa.Table(
    "actors",
    metadata,
    _id(),
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
    sa.Column("manually_approves", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("discoverable", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("indexable", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("moved_to", sa.Text),
    sa.Column("also_known_as", sa.JSON, nullable=False, server_default="[]"),
    sa.Column("territory", sa.Text),  # H3 cells of a quartier, as on the wire
    sa.Column("document", sa.Text),  # as received, with its proof; NULL for local ones
    sa.Column("suspended_at", _Time),
    sa.Column("gone_at", _Time),
    sa.Column("fetched_at", _Time),
    sa.Column("created_at", _Time, nullable=False),
    sa.Column("updated_at", _Time, nullable=False),
    sa.Index("ix_actors_address", "domain", "username"),
    sa.Index("ix_actors_inbox", "inbox"),
    # Ours are written in lower case (`check_username`), so that nobody takes another's name.
    _partial("ix_actors_local_username", "username", where="local IS true", unique=True),
)

actor_keys = sa.Table(
    "actor_keys",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),  # the key's IRI
    _ref("actor_id", "actors.id"),
    sa.Column("algorithm", sa.Text, nullable=False),  # rsa | ed25519
    sa.Column("public", sa.Text, nullable=False),  # PEM | multibase
    sa.Column("private", sa.Text),  # PKCS#8 PEM, local actors only
    sa.Column("fetched_at", _Time, nullable=False),
    sa.Index("ix_actor_keys_actor_id", "actor_id"),
)

accounts = sa.Table(
    "accounts",
    metadata,
    _ref("actor_id", "actors.id", primary=True),
    sa.Column("email", sa.Text, nullable=False, unique=True),
    sa.Column("password_hash", sa.Text, nullable=False),  # argon2id
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("locale", sa.Text, nullable=False, server_default="fr"),
    sa.Column("confirmed_at", _Time),
    sa.Column("created_at", _Time, nullable=False),
)

tokens = sa.Table(
    "tokens",
    metadata,
    sa.Column("hash", sa.Text, primary_key=True),  # SHA-256, hex: the token itself is not kept
    _ref("account_id", "accounts.actor_id"),
    sa.Column("scopes", sa.Text, nullable=False),
    sa.Column("created_at", _Time, nullable=False),
    sa.Column("revoked_at", _Time),
    sa.Index("ix_tokens_account_id", "account_id"),
)

follows = sa.Table(
    "follows",
    metadata,
    _id(),
    _ref("follower_id", "actors.id"),
    _ref("target_id", "actors.id"),
    sa.Column("state", sa.Text, nullable=False),  # pending | accepted
    sa.Column("activity_uri", sa.Text, nullable=False),
    sa.Column("created_at", _Time, nullable=False),
    sa.UniqueConstraint("follower_id", "target_id"),
    sa.Index("ix_follows_target_id_state_id", "target_id", "state", "id"),
    sa.Index("ix_follows_follower_id_state_id", "follower_id", "state", "id"),
    sa.Index("ix_follows_activity_uri", "activity_uri"),
)

blocks = sa.Table(
    "blocks",
    metadata,
    _ref("actor_id", "actors.id", primary=True),
    _ref("target_id", "actors.id", primary=True),
    sa.Column("activity_uri", sa.Text),
    sa.Column("created_at", _Time, nullable=False),
    sa.Index("ix_blocks_target_id", "target_id"),
)

# ── what ─────────────────────────────────────────────────────────────────────────────────────

objects = sa.Table(
    "objects",
    metadata,
    _id(),
    sa.Column("uri", sa.Text, nullable=False, unique=True),
    sa.Column("local", sa.Boolean, nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    _ref("author_id", "actors.id"),
    sa.Column("visibility", sa.Text, nullable=False),
    sa.Column("name", sa.Text),
    sa.Column("content", sa.Text, nullable=False, server_default=""),  # cleaned HTML
    sa.Column("summary", sa.Text),
    sa.Column("language", sa.Text),
    sa.Column("sensitive", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("url", sa.Text),
    sa.Column("in_reply_to", sa.Text),
    sa.Column("context", sa.Text),
    sa.Column("published", _Time, nullable=False),
    sa.Column("updated", _Time),
    sa.Column("document", sa.Text, nullable=False),  # as received or as sent, proof and all
    sa.Index("ix_objects_author_id_id", "author_id", "id"),
    sa.Index("ix_objects_local_id", "local", "id"),
    _partial("ix_objects_in_reply_to", "in_reply_to", "id", where="in_reply_to IS NOT NULL"),
    _partial("ix_objects_context", "context", "id", where="context IS NOT NULL"),
)

# Who a followers-only or direct object was addressed to, by IRI.
recipients = sa.Table(
    "recipients",
    metadata,
    _ref("object_id", "objects.id", primary=True),
    sa.Column("uri", sa.Text, primary_key=True),
    sa.Index("ix_recipients_uri", "uri"),
)

hashtags = sa.Table(
    "hashtags",
    metadata,
    sa.Column("slug", sa.Text, primary_key=True),
    _ref("object_id", "objects.id", primary=True),
    sa.Index("ix_hashtags_object_id", "object_id"),
)

# What was deleted or undone, remembered for ever: a late Create or a replay changes nothing.
graves = sa.Table(
    "graves",
    metadata,
    sa.Column("uri", sa.Text, primary_key=True),  # of the object or the activity
    sa.Column("by", sa.Text, primary_key=True),  # the actor who said so
    sa.Column("local_id", _Id),  # of a local object: it answers 410 with a Tombstone
    sa.Column("type", sa.Text),  # its former type
    sa.Column("at", _Time, nullable=False),
    sa.Index("ix_graves_local_id", "local_id"),
)

reactions = sa.Table(
    "reactions",
    metadata,
    _id(),
    _ref("object_id", "objects.id"),
    _ref("actor_id", "actors.id"),
    sa.Column("emoji", sa.Text, nullable=False, server_default=""),  # "" is a plain Like
    sa.Column("activity_uri", sa.Text, nullable=False),
    sa.UniqueConstraint("object_id", "actor_id", "emoji"),
    sa.Index("ix_reactions_activity_uri", "activity_uri"),
    sa.Index("ix_reactions_actor_id_id", "actor_id", "id"),
)

shares = sa.Table(
    "shares",
    metadata,
    _id(),
    _ref("object_id", "objects.id"),
    _ref("actor_id", "actors.id"),
    sa.Column("activity_uri", sa.Text, nullable=False),
    sa.Column("published", _Time, nullable=False),
    sa.UniqueConstraint("object_id", "actor_id"),
    sa.Index("ix_shares_activity_uri", "activity_uri"),
    sa.Index("ix_shares_actor_id_id", "actor_id", "id"),
)

pins = sa.Table(
    "pins",
    metadata,
    _ref("actor_id", "actors.id", primary=True),
    _ref("object_id", "objects.id", primary=True),
    sa.Column("added_at", _Time, nullable=False),
    sa.Index("ix_pins_object_id", "object_id"),
)

# ── help ─────────────────────────────────────────────────────────────────────────────────────

proposals = sa.Table(
    "proposals",
    metadata,
    _ref("object_id", "objects.id", primary=True),
    sa.Column("purpose", sa.Text, nullable=False),  # offer | request
    sa.Column("topic", sa.Text, nullable=False),
    sa.Column("mode", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False, server_default=""),  # plain, as written; local ones
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("urgency", sa.Text, nullable=False),
    sa.Column("reach", sa.Text, nullable=False),
    sa.Column("reach_m", sa.Integer),  # of `wide`
    sa.Column("quantity", sa.Text, nullable=False),
    sa.Column("available", sa.Text, nullable=False),
    sa.Column("unit", sa.Text, nullable=False),
    sa.Column("latitude", sa.Double),
    sa.Column("longitude", sa.Double),
    sa.Column("radius_m", sa.Integer),
    sa.Column("cell", sa.Text),  # H3, of the public place
    sa.Column("due", _Time),
    sa.Column("expires_at", _Time),
    sa.Column("in_scope_of", sa.Text),  # IRI of a crisis
    sa.Column("origin", sa.Text, nullable=False),  # domain of the node where it was made
    # Remote ones are listed when a neighbour passed them to us, not merely when we have them.
    sa.Column("shown", sa.Boolean, nullable=False),
    # The activities as their author signed them, to be passed on as they are.
    sa.Column("create_activity", sa.Text),
    sa.Column("update_activity", sa.Text),
    sa.Index("ix_proposals_shown_state_object_id", "shown", "state", "object_id"),
    sa.Index("ix_proposals_state_expires_at", "state", "expires_at"),
    sa.Index("ix_proposals_cell", "cell"),
)

# Offers of agreements (FEP-0837) and of referrals that other servers sent.
offers = sa.Table(
    "offers",
    metadata,
    _id(),
    sa.Column("activity_uri", sa.Text, nullable=False, unique=True),
    _ref("actor_id", "actors.id"),
    sa.Column("object_uri", sa.Text),
    sa.Column("target_uri", sa.Text),
    sa.Column("document", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),  # received | withdrawn | accepted | rejected
    sa.Column("created_at", _Time, nullable=False),
)

neighbours = sa.Table(
    "neighbours",
    metadata,
    _ref("actor_id", "actors.id", primary=True),  # their Group
    sa.Column("domain", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("territory", sa.Text, nullable=False, server_default=""),
    sa.Column("follow_uri", sa.Text),  # their Follow of our Group, to be accepted
    sa.Column("created_at", _Time, nullable=False),
    sa.Column("joined_at", _Time),
)

# Which neighbours are known to have an object: they sent it to us, or we to them.
passes = sa.Table(
    "passes",
    metadata,
    _ref("object_id", "objects.id", primary=True),
    _ref("neighbour_id", "neighbours.actor_id", primary=True),
    sa.Column("direction", sa.Text, nullable=False),  # to | from
    sa.Column("at", _Time, nullable=False),
    sa.Index("ix_passes_neighbour_id", "neighbour_id"),
)

node_keys = sa.Table(
    "node_keys",
    metadata,
    sa.Column("origin", sa.Text, primary_key=True),  # https://host[:port]
    sa.Column("key", sa.Text, primary_key=True),  # Ed25519, multibase
    sa.Column(
        "voucher", sa.Text, primary_key=True
    ),  # "" met by ourselves, or origin of a neighbour
    sa.Column("actor_uri", sa.Text, nullable=False),  # the node actor
    sa.Column("statement", sa.Text),  # the voucher's, with its proof
    sa.Column("seen_at", _Time, nullable=False),
)

# Believed by a neighbour's word alone, until the origin answers.
unconfirmed = sa.Table(
    "unconfirmed",
    metadata,
    _ref("object_id", "objects.id", primary=True),
    sa.Column("voucher", sa.Text, nullable=False),  # origin of the neighbour
    sa.Column("since", _Time, nullable=False),
    sa.Column("next_at", _Time, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Index("ix_unconfirmed_next_at", "next_at"),
)

# ── moderation ───────────────────────────────────────────────────────────────────────────────

domain_blocks = sa.Table(
    "domain_blocks",
    metadata,
    sa.Column("domain", sa.Text, primary_key=True),
    sa.Column("severity", sa.Text, nullable=False),  # silence | suspend
    sa.Column("reason", sa.Text, nullable=False, server_default=""),
    sa.Column("created_at", _Time, nullable=False),
)

reports = sa.Table(
    "reports",
    metadata,
    _id(),
    sa.Column("activity_uri", sa.Text, unique=True),
    _ref("reporter_id", "actors.id"),
    _ref("target_id", "actors.id", null=True),
    sa.Column("objects", sa.JSON, nullable=False),  # IRIs
    sa.Column("content", sa.Text, nullable=False, server_default=""),
    sa.Column("state", sa.Text, nullable=False),  # open | settled
    sa.Column("created_at", _Time, nullable=False),
    sa.Index("ix_reports_state_id", "state", "id"),
)

# ── doors ────────────────────────────────────────────────────────────────────────────────────

journal = sa.Table(
    "journal",
    metadata,
    _id(),
    sa.Column("activity_uri", sa.Text, nullable=False, unique=True),  # with a digest of the body
    sa.Column("actor_uri", sa.Text, nullable=False),
    sa.Column("host", sa.Text, nullable=False),
    sa.Column("scheme", sa.Text, nullable=False),  # how it was signed
    sa.Column("body", sa.LargeBinary),  # dropped once it is handled and old
    sa.Column("state", sa.Text, nullable=False),  # pending | handled | aside
    sa.Column("note", sa.Text),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("next_at", _Time, nullable=False),
    sa.Column("leased_until", _Time, nullable=False, server_default="0"),
    sa.Column("fence", sa.Integer, nullable=False, server_default="0"),
    sa.Column("received_at", _Time, nullable=False),
    _partial("ix_journal_pending", "next_at", "id", where="state = 'pending'"),
    _partial("ix_journal_aside", "id", where="state = 'aside'"),
    _partial("ix_journal_bodies", "received_at", where="state = 'handled' AND body IS NOT NULL"),
)

outbox = sa.Table(
    "outbox",
    metadata,
    _id(),
    sa.Column("activity_uri", sa.Text, nullable=False, unique=True),
    _ref("actor_id", "actors.id"),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("object_uri", sa.Text),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("public", sa.Boolean, nullable=False),  # listed in the actor's outbox collection
    sa.Column("sync", sa.Boolean, nullable=False),  # goes to followers: FEP-8fcf header
    sa.Column("created_at", _Time, nullable=False),
    sa.Index("ix_outbox_actor_id_public_id", "actor_id", "public", "id"),
    sa.Index("ix_outbox_object_uri", "object_uri"),
)

deliveries = sa.Table(
    "deliveries",
    metadata,
    _id(),
    _ref("outbox_id", "outbox.id"),
    sa.Column("inbox", sa.Text, nullable=False),
    sa.Column("host", sa.Text, nullable=False),
    sa.Column("order_key", sa.Text, nullable=False),  # order is kept per object and inbox
    sa.Column("urgent", sa.Integer, nullable=False),  # 0 | 1
    sa.Column("state", sa.Text, nullable=False),  # pending | dead
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("created_at", _Time, nullable=False),
    sa.Column("next_at", _Time, nullable=False),
    sa.Column("leased_until", _Time, nullable=False, server_default="0"),
    sa.Column("fence", sa.Integer, nullable=False, server_default="0"),
    sa.Column("status", sa.Integer),
    sa.Column("error", sa.Text),
    sa.UniqueConstraint("outbox_id", "inbox"),
    sa.Index("ix_deliveries_due", "state", "urgent", "next_at", "id"),
    sa.Index("ix_deliveries_order", "inbox", "order_key", "id"),
    sa.Index("ix_deliveries_host_state", "host", "state"),
)

# What is known of each server: how to sign for it, and whether it is well.
hosts = sa.Table(
    "hosts",
    metadata,
    sa.Column("host", sa.Text, primary_key=True),  # with its port
    sa.Column("scheme", sa.Text),
    sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
    sa.Column("failing_since", _Time),
    sa.Column("open_until", _Time),  # the breaker: left alone until then
    sa.Column("seen_at", _Time),  # last wrote to us
)

facts = sa.Table(
    "facts",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)
