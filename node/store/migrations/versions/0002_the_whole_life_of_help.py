"""The whole life of help: agreements, membership, moderation, and all that hangs on them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision: str | None = "0001"


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("actor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.create_index("ix_audit_at", ["at"], unique=False)

    op.create_table(
        "commits",
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("word", name=op.f("pk_commits")),
    )
    op.create_table(
        "mails",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("to", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("headers", sa.JSON(), server_default="{}", nullable=False),
        sa.Column("urgent", sa.Integer(), server_default="0", nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("next_at", sa.Double(), nullable=False),
        sa.Column("leased_until", sa.Double(), server_default="0", nullable=False),
        sa.Column("fence", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mails")),
    )
    with op.batch_alter_table("mails", schema=None) as batch_op:
        batch_op.create_index(
            "ix_mails_state_urgent_next_at_id", ["state", "urgent", "next_at", "id"], unique=False
        )
        batch_op.create_index("ix_mails_to_created_at", ["to", "created_at"], unique=False)

    op.create_table(
        "topic_choices",
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("hidden", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_topic_choices")),
    )
    op.create_table(
        "dialogues",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column(
            "peer_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column(
            "speaker_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column(
            "subject_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("awaits", sa.Text(), server_default="", nullable=False),
        sa.Column("language", sa.Text(), server_default="fr", nullable=False),
        sa.Column("context", sa.Text(), nullable=True),
        sa.Column("last_note", sa.Text(), nullable=True),
        sa.Column("updated_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["peer_id"], ["actors.id"], name=op.f("fk_dialogues_peer_id_actors"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["speaker_id"],
            ["actors.id"],
            name=op.f("fk_dialogues_speaker_id_actors"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dialogues")),
    )
    with op.batch_alter_table("dialogues", schema=None) as batch_op:
        batch_op.create_index("ix_dialogues_last_note", ["last_note"], unique=False)
        batch_op.create_index(
            "ix_dialogues_peer_id_updated_at", ["peer_id", "updated_at"], unique=False
        )
        batch_op.create_index(
            "ix_dialogues_subject_subject_id", ["subject", "subject_id"], unique=False
        )

    op.create_table(
        "drafts",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column(
            "author_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column(
            "asked_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("asked_in", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("updated_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["actors.id"],
            name=op.f("fk_drafts_author_id_actors"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
    )
    with op.batch_alter_table("drafts", schema=None) as batch_op:
        batch_op.create_index("ix_drafts_author_id_id", ["author_id", "id"], unique=False)
        batch_op.create_index("ix_drafts_state_id", ["state", "id"], unique=False)

    op.create_table(
        "introductions",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("activity_uri", sa.Text(), nullable=False),
        sa.Column(
            "by_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("group_uri", sa.Text(), nullable=False),
        sa.Column("to_uri", sa.Text(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"], ["actors.id"], name=op.f("fk_introductions_by_id_actors"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_introductions")),
        sa.UniqueConstraint("activity_uri", name=op.f("uq_introductions_activity_uri")),
    )
    with op.batch_alter_table("introductions", schema=None) as batch_op:
        batch_op.create_index("ix_introductions_state_id", ["state", "id"], unique=False)

    op.create_table(
        "invitations",
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column(
            "inviter_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("kind", sa.Text(), server_default="resident", nullable=False),
        sa.Column("uses_left", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.Double(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("revoked_at", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(
            ["inviter_id"],
            ["actors.id"],
            name=op.f("fk_invitations_inviter_id_actors"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_invitations")),
    )
    with op.batch_alter_table("invitations", schema=None) as batch_op:
        batch_op.create_index("ix_invitations_inviter_id", ["inviter_id"], unique=False)

    op.create_table(
        "join_requests",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("locale", sa.Text(), server_default="fr", nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("decided_at", sa.Double(), nullable=True),
        sa.Column(
            "decided_by",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=True,
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"],
            ["actors.id"],
            name=op.f("fk_join_requests_decided_by_actors"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_join_requests")),
    )
    with op.batch_alter_table("join_requests", schema=None) as batch_op:
        batch_op.create_index("ix_join_requests_state_id", ["state", "id"], unique=False)
        batch_op.create_index(
            "ix_join_requests_waiting_email",
            ["email"],
            unique=True,
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )

    op.create_table(
        "mediator_notes",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("about_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "author_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=True,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["actors.id"],
            name=op.f("fk_mediator_notes_author_id_actors"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mediator_notes")),
    )
    with op.batch_alter_table("mediator_notes", schema=None) as batch_op:
        batch_op.create_index(
            "ix_mediator_notes_about_about_id_id", ["about", "about_id", "id"], unique=False
        )

    op.create_table(
        "on_behalf",
        sa.Column(
            "subject_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column(
            "writer_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("beneficiary", sa.Text(), nullable=False),
        sa.Column("consented_by", sa.Text(), nullable=False),
        sa.Column("consented_at", sa.Double(), nullable=False),
        sa.Column("consent_how", sa.Text(), nullable=False),
        sa.Column("call_back", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["writer_id"],
            ["actors.id"],
            name=op.f("fk_on_behalf_writer_id_actors"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("subject_id", name=op.f("pk_on_behalf")),
    )
    with op.batch_alter_table("on_behalf", schema=None) as batch_op:
        batch_op.create_index("ix_on_behalf_writer_id", ["writer_id"], unique=False)

    op.create_table(
        "pictures",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column(
            "owner_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("alt", sa.Text(), server_default="", nullable=False),
        sa.Column("object_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"],
            ["actors.id"],
            name=op.f("fk_pictures_owner_id_actors"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pictures")),
        sa.UniqueConstraint("name", name=op.f("uq_pictures_name")),
    )
    with op.batch_alter_table("pictures", schema=None) as batch_op:
        batch_op.create_index(
            "ix_pictures_object_id_position", ["object_id", "position"], unique=False
        )
        batch_op.create_index("ix_pictures_owner_id", ["owner_id"], unique=False)

    op.create_table(
        "series",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column(
            "author_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.Double(), nullable=False),
        sa.Column("lasts_s", sa.Double(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("made_until", sa.Double(), nullable=False),
        sa.Column("skipped", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["actors.id"],
            name=op.f("fk_series_author_id_actors"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series")),
    )
    with op.batch_alter_table("series", schema=None) as batch_op:
        batch_op.create_index("ix_series_author_id_id", ["author_id", "id"], unique=False)
        batch_op.create_index("ix_series_state_made_until", ["state", "made_until"], unique=False)

    op.create_table(
        "silences",
        sa.Column(
            "actor_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"],
            ["actors.id"],
            name=op.f("fk_silences_actor_id_actors"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("actor_id", name=op.f("pk_silences")),
    )
    op.create_table(
        "vouches",
        sa.Column(
            "account_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column(
            "voucher_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["actors.id"],
            name=op.f("fk_vouches_account_id_actors"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["voucher_id"],
            ["actors.id"],
            name=op.f("fk_vouches_voucher_id_actors"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("account_id", "voucher_id", name=op.f("pk_vouches")),
    )
    with op.batch_alter_table("vouches", schema=None) as batch_op:
        batch_op.create_index("ix_vouches_voucher_id", ["voucher_id"], unique=False)

    op.create_table(
        "held",
        sa.Column(
            "object_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column(
            "neighbour_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("since", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["neighbour_id"],
            ["neighbours.actor_id"],
            name=op.f("fk_held_neighbour_id_neighbours"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["object_id"],
            ["objects.id"],
            name=op.f("fk_held_object_id_objects"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("object_id", name=op.f("pk_held")),
    )
    with op.batch_alter_table("held", schema=None) as batch_op:
        batch_op.create_index("ix_held_neighbour_id", ["neighbour_id"], unique=False)
        batch_op.create_index("ix_held_state_object_id", ["state", "object_id"], unique=False)

    op.create_table(
        "mail_keys",
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column(
            "account_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("expires_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.actor_id"],
            name=op.f("fk_mail_keys_account_id_accounts"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_mail_keys")),
    )
    with op.batch_alter_table("mail_keys", schema=None) as batch_op:
        batch_op.create_index("ix_mail_keys_account_id", ["account_id"], unique=False)
        batch_op.create_index("ix_mail_keys_expires_at", ["expires_at"], unique=False)

    op.create_table(
        "neighbour_hours",
        sa.Column(
            "neighbour_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("began_at", sa.Double(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["neighbour_id"],
            ["neighbours.actor_id"],
            name=op.f("fk_neighbour_hours_neighbour_id_neighbours"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("neighbour_id", "direction", name=op.f("pk_neighbour_hours")),
    )
    op.create_table(
        "agreements",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("uri", sa.Text(), nullable=True),
        sa.Column("offer_uri", sa.Text(), nullable=False),
        sa.Column(
            "proposal_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column(
            "author_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column(
            "answerer_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("language", sa.Text(), server_default="fr", nullable=False),
        sa.Column("due", sa.Double(), nullable=True),
        sa.Column("accept_uri", sa.Text(), nullable=True),
        sa.Column("accepted_at", sa.Double(), nullable=True),
        sa.Column("handed_over_at", sa.Double(), nullable=True),
        sa.Column("returned_at", sa.Double(), nullable=True),
        sa.Column("confirmed_by_author_at", sa.Double(), nullable=True),
        sa.Column("confirmed_by_answerer_at", sa.Double(), nullable=True),
        sa.Column("ended_at", sa.Double(), nullable=True),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("updated_at", sa.Double(), nullable=False),
        sa.Column(
            "version",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            server_default="0",
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["answerer_id"],
            ["actors.id"],
            name=op.f("fk_agreements_answerer_id_actors"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["actors.id"],
            name=op.f("fk_agreements_author_id_actors"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["proposals.object_id"],
            name=op.f("fk_agreements_proposal_id_proposals"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreements")),
        sa.UniqueConstraint("offer_uri", name=op.f("uq_agreements_offer_uri")),
    )
    with op.batch_alter_table("agreements", schema=None) as batch_op:
        batch_op.create_index("ix_agreements_answerer_id_id", ["answerer_id", "id"], unique=False)
        batch_op.create_index("ix_agreements_author_id_id", ["author_id", "id"], unique=False)
        batch_op.create_index(
            "ix_agreements_proposal_id_state", ["proposal_id", "state"], unique=False
        )
        batch_op.create_index(
            "ix_agreements_state_updated_at", ["state", "updated_at"], unique=False
        )
        batch_op.create_index(
            "ix_agreements_uri",
            ["uri"],
            unique=True,
            sqlite_where=sa.text("uri IS NOT NULL"),
            postgresql_where=sa.text("uri IS NOT NULL"),
        )

    op.create_table(
        "referrals",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("activity_uri", sa.Text(), nullable=False),
        sa.Column(
            "proposal_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column(
            "neighbour_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("consented_at", sa.Double(), nullable=True),
        sa.Column("by_voice", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("updated_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["neighbour_id"],
            ["actors.id"],
            name=op.f("fk_referrals_neighbour_id_actors"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["proposals.object_id"],
            name=op.f("fk_referrals_proposal_id_proposals"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referrals")),
        sa.UniqueConstraint("activity_uri", name=op.f("uq_referrals_activity_uri")),
    )
    with op.batch_alter_table("referrals", schema=None) as batch_op:
        batch_op.create_index(
            "ix_referrals_direction_state_id", ["direction", "state", "id"], unique=False
        )
        batch_op.create_index("ix_referrals_proposal_id", ["proposal_id"], unique=False)

    op.create_table(
        "suggestions",
        sa.Column(
            "request_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column(
            "offer_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("dismissed_by_request_at", sa.Double(), nullable=True),
        sa.Column("dismissed_by_offer_at", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(
            ["offer_id"],
            ["proposals.object_id"],
            name=op.f("fk_suggestions_offer_id_proposals"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["proposals.object_id"],
            name=op.f("fk_suggestions_request_id_proposals"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("request_id", "offer_id", name=op.f("pk_suggestions")),
    )
    with op.batch_alter_table("suggestions", schema=None) as batch_op:
        batch_op.create_index("ix_suggestions_offer_id", ["offer_id"], unique=False)

    op.create_table(
        "agreement_events",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column(
            "agreement_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("activity_uri", sa.Text(), nullable=True),
        sa.Column(
            "actor_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=True,
        ),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"],
            ["actors.id"],
            name=op.f("fk_agreement_events_actor_id_actors"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["agreement_id"],
            ["agreements.id"],
            name=op.f("fk_agreement_events_agreement_id_agreements"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_events")),
        sa.UniqueConstraint("activity_uri", name=op.f("uq_agreement_events_activity_uri")),
    )
    with op.batch_alter_table("agreement_events", schema=None) as batch_op:
        batch_op.create_index(
            "ix_agreement_events_agreement_id_id", ["agreement_id", "id"], unique=False
        )

    op.create_table(
        "notifications",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column(
            "account_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("dedupe", sa.Text(), nullable=False),
        sa.Column(
            "actor_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=True,
        ),
        sa.Column(
            "object_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=True,
        ),
        sa.Column(
            "agreement_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=True,
        ),
        sa.Column("data", sa.JSON(), server_default="{}", nullable=False),
        sa.Column("urgent", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("read_at", sa.Double(), nullable=True),
        sa.Column("mailed_at", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.actor_id"],
            name=op.f("fk_notifications_account_id_accounts"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["actor_id"],
            ["actors.id"],
            name=op.f("fk_notifications_actor_id_actors"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["agreement_id"],
            ["agreements.id"],
            name=op.f("fk_notifications_agreement_id_agreements"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["object_id"],
            ["objects.id"],
            name=op.f("fk_notifications_object_id_objects"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notifications")),
        sa.UniqueConstraint(
            "account_id", "dedupe", name=op.f("uq_notifications_account_id_dedupe")
        ),
    )
    with op.batch_alter_table("notifications", schema=None) as batch_op:
        batch_op.create_index("ix_notifications_account_id_id", ["account_id", "id"], unique=False)
        batch_op.create_index("ix_notifications_agreement_id", ["agreement_id"], unique=False)
        batch_op.create_index("ix_notifications_object_id", ["object_id"], unique=False)

    op.create_table(
        "reveals",
        sa.Column(
            "agreement_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column(
            "actor_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("note_uri", sa.Text(), nullable=True),
        sa.Column("revealed_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["actors.id"], name=op.f("fk_reveals_actor_id_actors"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["agreement_id"],
            ["agreements.id"],
            name=op.f("fk_reveals_agreement_id_agreements"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("agreement_id", "actor_id", name=op.f("pk_reveals")),
    )
    with op.batch_alter_table("reveals", schema=None) as batch_op:
        batch_op.create_index("ix_reveals_actor_id", ["actor_id"], unique=False)

    op.drop_table("offers")
    with op.batch_alter_table("accounts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("contact", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("notify", sa.JSON(), server_default="{}", nullable=False))
        batch_op.add_column(sa.Column("unsubscribe_key", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("digest_at", sa.Double(), nullable=True))
        batch_op.add_column(sa.Column("calendar_hash", sa.Text(), nullable=True))
        batch_op.add_column(
            sa.Column(
                "invited_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
            )
        )
        batch_op.create_index(
            "ix_accounts_calendar_hash",
            ["calendar_hash"],
            unique=True,
            sqlite_where=sa.text("calendar_hash IS NOT NULL"),
            postgresql_where=sa.text("calendar_hash IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_accounts_digest_at",
            ["digest_at"],
            unique=False,
            sqlite_where=sa.text("digest_at IS NOT NULL"),
            postgresql_where=sa.text("digest_at IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_accounts_unsubscribe_key",
            ["unsubscribe_key"],
            unique=True,
            sqlite_where=sa.text("unsubscribe_key IS NOT NULL"),
            postgresql_where=sa.text("unsubscribe_key IS NOT NULL"),
        )

    with op.batch_alter_table("domain_blocks", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("private_reason", sa.Text(), server_default="", nullable=False)
        )
        batch_op.add_column(
            sa.Column("reject_media", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.add_column(
            sa.Column("reject_reports", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.add_column(
            sa.Column("obfuscate", sa.Boolean(), server_default=sa.false(), nullable=False)
        )

    with op.batch_alter_table("neighbours", schema=None) as batch_op:
        batch_op.add_column(sa.Column("topics", sa.JSON(), nullable=True))
        batch_op.add_column(
            sa.Column("least_urgency", sa.Text(), server_default="low", nullable=False)
        )
        batch_op.add_column(
            sa.Column("review", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.add_column(
            sa.Column("per_hour", sa.Integer(), server_default="120", nullable=False)
        )
        batch_op.add_column(sa.Column("takes", sa.JSON(), nullable=True))
        batch_op.add_column(
            sa.Column("waits", sa.Boolean(), server_default=sa.false(), nullable=False)
        )

    with op.batch_alter_table("proposals", schema=None) as batch_op:
        batch_op.add_column(sa.Column("cell_7", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("cell_5", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("words", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(
            sa.Column("to_match", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.add_column(sa.Column("starts_at", sa.Double(), nullable=True))
        batch_op.add_column(sa.Column("ends_at", sa.Double(), nullable=True))
        batch_op.add_column(sa.Column("languages", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(
            sa.Column("answerable", sa.Text(), server_default="anyone", nullable=False)
        )
        batch_op.add_column(
            sa.Column("gathering", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.add_column(
            sa.Column("standing", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.add_column(
            sa.Column(
                "asked_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
            )
        )
        batch_op.add_column(sa.Column("asked_in", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("opens_again_at", sa.Double(), nullable=True))
        batch_op.add_column(sa.Column("reason", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(
            sa.Column(
                "series_id",
                sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
                autoincrement=False,
                nullable=True,
            )
        )
        batch_op.add_column(sa.Column("occurrence", sa.Double(), nullable=True))
        batch_op.add_column(sa.Column("renewed_at", sa.Double(), nullable=True))
        batch_op.add_column(sa.Column("notice_at", sa.Double(), nullable=True))
        batch_op.add_column(sa.Column("closed_at", sa.Double(), nullable=True))
        batch_op.drop_index(batch_op.f("ix_proposals_cell"))
        batch_op.create_index("ix_proposals_cell", ["cell", "shown", "state"], unique=False)
        batch_op.create_index(
            "ix_proposals_closed_at",
            ["closed_at"],
            unique=False,
            sqlite_where=sa.text("closed_at IS NOT NULL"),
            postgresql_where=sa.text("closed_at IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_proposals_due",
            ["due"],
            unique=False,
            sqlite_where=sa.text("due IS NOT NULL"),
            postgresql_where=sa.text("due IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_proposals_notice_at",
            ["notice_at"],
            unique=False,
            sqlite_where=sa.text("notice_at IS NOT NULL"),
            postgresql_where=sa.text("notice_at IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_proposals_occurrence",
            ["series_id", "occurrence"],
            unique=True,
            sqlite_where=sa.text("series_id IS NOT NULL"),
            postgresql_where=sa.text("series_id IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_proposals_open",
            ["object_id"],
            unique=False,
            sqlite_where=sa.text(
                "shown IS 1 AND state IN ('open', 'partly-matched') AND object_id > 0"
            ),
            postgresql_where=sa.text(
                "shown IS true AND state IN ('open', 'partly-matched') AND object_id > 0"
            ),
        )
        batch_op.create_index(
            "ix_proposals_open_cell",
            ["cell", "object_id", "expires_at"],
            unique=False,
            sqlite_where=sa.text("shown IS 1 AND state IN ('open', 'partly-matched')"),
            postgresql_where=sa.text("shown IS true AND state IN ('open', 'partly-matched')"),
        )
        batch_op.create_index(
            "ix_proposals_open_cell_5",
            ["cell_5", "object_id"],
            unique=False,
            sqlite_where=sa.text("shown IS 1 AND state IN ('open', 'partly-matched')"),
            postgresql_where=sa.text("shown IS true AND state IN ('open', 'partly-matched')"),
        )
        batch_op.create_index(
            "ix_proposals_open_cell_7",
            ["cell_7", "object_id"],
            unique=False,
            sqlite_where=sa.text("shown IS 1 AND state IN ('open', 'partly-matched')"),
            postgresql_where=sa.text("shown IS true AND state IN ('open', 'partly-matched')"),
        )
        batch_op.create_index(
            "ix_proposals_open_match",
            ["topic", "purpose", "cell_7", "object_id"],
            unique=False,
            sqlite_where=sa.text("shown IS 1 AND state IN ('open', 'partly-matched')"),
            postgresql_where=sa.text("shown IS true AND state IN ('open', 'partly-matched')"),
        )
        batch_op.create_index(
            "ix_proposals_open_topic",
            ["topic", "object_id"],
            unique=False,
            sqlite_where=sa.text("shown IS 1 AND state IN ('open', 'partly-matched')"),
            postgresql_where=sa.text("shown IS true AND state IN ('open', 'partly-matched')"),
        )
        batch_op.create_index(
            "ix_proposals_open_urgency",
            ["urgency", "object_id"],
            unique=False,
            sqlite_where=sa.text("shown IS 1 AND state IN ('open', 'partly-matched')"),
            postgresql_where=sa.text("shown IS true AND state IN ('open', 'partly-matched')"),
        )
        batch_op.create_index(
            "ix_proposals_opens_again_at",
            ["opens_again_at"],
            unique=False,
            sqlite_where=sa.text("opens_again_at IS NOT NULL"),
            postgresql_where=sa.text("opens_again_at IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_proposals_starts_at",
            ["starts_at"],
            unique=False,
            sqlite_where=sa.text("starts_at IS NOT NULL"),
            postgresql_where=sa.text("starts_at IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_proposals_to_match",
            ["object_id"],
            unique=False,
            sqlite_where=sa.text("to_match IS 1"),
            postgresql_where=sa.text("to_match IS true"),
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_proposals_series_id_series"),
            "series",
            ["series_id"],
            ["id"],
            ondelete="CASCADE",
        )

    with op.batch_alter_table("reports", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("category", sa.Text(), server_default="other", nullable=False)
        )
        batch_op.add_column(
            sa.Column("forwarded", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.add_column(sa.Column("settled_at", sa.Double(), nullable=True))
        batch_op.add_column(
            sa.Column(
                "settled_by",
                sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
                autoincrement=False,
                nullable=True,
            )
        )
        batch_op.add_column(sa.Column("outcome", sa.Text(), server_default="", nullable=False))
        batch_op.create_foreign_key(
            batch_op.f("fk_reports_settled_by_actors"),
            "actors",
            ["settled_by"],
            ["id"],
            ondelete="CASCADE",
        )
