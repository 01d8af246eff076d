"""Apps that people use, and what they may do with them."""

from __future__ import annotations

import sqlalchemy as sa

from node.store.tables.base import Time, identity, metadata, ref

apps = sa.Table(
    "apps",
    metadata,
    identity(),
    sa.Column("client_id", sa.Text, nullable=False, unique=True),
    sa.Column("secret_hash", sa.Text, nullable=False),  # SHA-256, hex
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("website", sa.Text),
    sa.Column("redirect_uris", sa.JSON, nullable=False),
    sa.Column("scopes", sa.Text, nullable=False),
    sa.Column("created_at", Time, nullable=False),
)

# Codes of the authorization grant: once, and for a minute.
authorizations = sa.Table(
    "authorizations",
    metadata,
    sa.Column("hash", sa.Text, primary_key=True),  # SHA-256, hex
    ref("app_id", "apps.id"),
    ref("account_id", "accounts.actor_id"),
    sa.Column("redirect_uri", sa.Text, nullable=False),
    sa.Column("scopes", sa.Text, nullable=False),
    sa.Column("challenge", sa.Text),  # PKCE, S256
    sa.Column("created_at", Time, nullable=False),
    sa.Column("used_at", Time),
    sa.Column("token_hash", sa.Text),  # what it was given for: ended when it is used twice
    sa.Index("ix_authorizations_created_at", "created_at"),
)
