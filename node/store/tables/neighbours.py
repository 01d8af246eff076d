"""Neighbouring quartiers: links, what each has, whose keys are known."""

from __future__ import annotations

import sqlalchemy as sa

from node.store.tables.base import Time, identity, metadata, ref

neighbours = sa.Table(
    "neighbours",
    metadata,
    ref("actor_id", "actors.id", primary=True),  # their Group
    sa.Column("domain", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("territory", sa.Text, nullable=False, server_default=""),
    sa.Column("follow_uri", sa.Text),  # their Follow of our Group, to be accepted
    # What we take from it, and what we do with it
    sa.Column("topics", sa.JSON),  # slugs and groups; NULL for all
    sa.Column("least_urgency", sa.Text, nullable=False, server_default="low"),
    sa.Column("review", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("per_hour", sa.Integer, nullable=False, server_default="120"),
    sa.Column("takes", sa.JSON),  # what it takes from us, as it said; NULL for all
    # Something of ours waits until it takes more.
    sa.Column("waits", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("created_at", Time, nullable=False),
    sa.Column("joined_at", Time),
)

# Which neighbours are known to have an object: they sent it to us, or we to them.
passes = sa.Table(
    "passes",
    metadata,
    ref("object_id", "objects.id", primary=True),
    ref("neighbour_id", "neighbours.actor_id", primary=True),
    sa.Column("direction", sa.Text, nullable=False),  # to | from
    sa.Column("at", Time, nullable=False),
    sa.Index("ix_passes_neighbour_id", "neighbour_id"),
)

# How many went each way in the hour that began then.
neighbour_hours = sa.Table(
    "neighbour_hours",
    metadata,
    ref("neighbour_id", "neighbours.actor_id", primary=True),
    sa.Column("direction", sa.Text, primary_key=True),  # to | from
    sa.Column("began_at", Time, nullable=False),
    sa.Column("count", sa.Integer, nullable=False),
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
    sa.Column("seen_at", Time, nullable=False),
)

# Believed by a neighbour's word alone, until the origin answers.
unconfirmed = sa.Table(
    "unconfirmed",
    metadata,
    ref("object_id", "objects.id", primary=True),
    sa.Column("voucher", sa.Text, nullable=False),  # origin of the neighbour
    sa.Column("since", Time, nullable=False),
    sa.Column("next_at", Time, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Index("ix_unconfirmed_next_at", "next_at"),
)

# Proposals of neighbours that wait for a mediator's look, or that came over the agreed rate.
held = sa.Table(
    "held",
    metadata,
    ref("object_id", "objects.id", primary=True),
    ref("neighbour_id", "neighbours.actor_id"),
    sa.Column("why", sa.Text, nullable=False),  # review | rate
    sa.Column("state", sa.Text, nullable=False),  # waiting | shown | left: what a mediator said
    sa.Column("since", Time, nullable=False),
    sa.Index("ix_held_state_object_id", "state", "object_id"),
    sa.Index("ix_held_neighbour_id", "neighbour_id"),
)

# Quartiers that a neighbour told us about, and we it.
introductions = sa.Table(
    "introductions",
    metadata,
    identity(),
    sa.Column("activity_uri", sa.Text, nullable=False, unique=True),
    ref("by_id", "actors.id"),  # the Group that introduces
    sa.Column("group_uri", sa.Text, nullable=False),
    sa.Column("to_uri", sa.Text, nullable=False),  # the Group to whom: ours, when we heard it
    sa.Column("domain", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False, server_default=""),
    sa.Column("state", sa.Text, nullable=False),  # told | heard | asked | declined
    sa.Column("created_at", Time, nullable=False),
    sa.Index("ix_introductions_state_id", "state", "id"),
)

# A request handed to the node that can serve it (FEP-0837's Offer with a target).
referrals = sa.Table(
    "referrals",
    metadata,
    identity(),
    sa.Column("activity_uri", sa.Text, nullable=False, unique=True),
    ref("proposal_id", "proposals.object_id"),
    ref("neighbour_id", "actors.id"),  # the Group it was handed to, or that handed it to us
    sa.Column("direction", sa.Text, nullable=False),  # to | from
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("consented_at", Time),  # its author's consent, when it is ours
    sa.Column("by_voice", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("reason", sa.Text, nullable=False, server_default=""),
    sa.Column("created_at", Time, nullable=False),
    sa.Column("updated_at", Time, nullable=False),
    sa.Index("ix_referrals_proposal_id", "proposal_id"),
    sa.Index("ix_referrals_direction_state_id", "direction", "state", "id"),
)
