"""What the pages need for those who use them without an app."""

from __future__ import annotations

import sqlalchemy as sa

from node.store.tables.base import Time, metadata, ref

# Of a token that is a browser's: what tells its owner which one it is.
web_sessions = sa.Table(
    "web_sessions",
    metadata,
    sa.Column("hash", sa.Text, sa.ForeignKey("tokens.hash", ondelete="CASCADE"), primary_key=True),
    sa.Column("device", sa.Text, nullable=False),  # "Firefox, Linux"
    sa.Column("seen_at", Time, nullable=False),  # to the day
)

# The second factor of signing in (RFC 6238), of those who want one.
second_factors = sa.Table(
    "second_factors",
    metadata,
    ref("account_id", "accounts.actor_id", primary=True),
    sa.Column("secret", sa.Text, nullable=False),  # base32
    sa.Column("confirmed_at", Time),  # none: not in force yet
    sa.Column("last_step", sa.Integer, nullable=False, server_default="0"),  # none twice
)

recovery_codes = sa.Table(
    "recovery_codes",
    metadata,
    ref("account_id", "accounts.actor_id", primary=True),
    sa.Column("hash", sa.Text, primary_key=True),  # SHA-256, hex
)

# What the association says of itself, and where it lies, where it was said on the pages: it wins
# over the settings.
house = sa.Table(
    "house",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),  # texts | territory
    sa.Column("value", sa.Text, nullable=False),
)
