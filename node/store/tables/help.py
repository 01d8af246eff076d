"""Proposals, and what hangs on them."""

from __future__ import annotations

import sqlalchemy as sa

from node.store.tables.base import Id, Time, identity, metadata, partial, ref

LISTED = "shown IS true AND state IN ('open', 'partly-matched')"
"""What is listed, in the words of the indexes that hold only that."""

proposals = sa.Table(
    "proposals",
    metadata,
    ref("object_id", "objects.id", primary=True),
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
    sa.Column("cell_7", sa.Text),  # the cells of these resolutions that hold it
    sa.Column("cell_5", sa.Text),
    sa.Column("words", sa.Text, nullable=False, server_default=""),  # that it is found by
    sa.Column("to_match", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("due", Time),
    sa.Column("starts_at", Time),  # when it takes place, or from when it is to be had
    sa.Column("ends_at", Time),
    sa.Column("languages", sa.Text, nullable=False, server_default=""),  # spoken, spaces between
    sa.Column("answerable", sa.Text, nullable=False, server_default="anyone"),
    sa.Column("gathering", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("standing", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("asked_by_id", Id),  # somebody elsewhere, for whom the quartier published it
    sa.Column("asked_in", sa.Text),  # the note in which they asked
    sa.Column("opens_again_at", Time),  # of `satisfied-for-now`
    sa.Column("reason", sa.Text, nullable=False, server_default=""),  # of `removed`
    ref("series_id", "series.id", null=True),
    sa.Column("occurrence", Time),  # which of its series
    sa.Column("renewed_at", Time),  # when its author last said that it is so; local ones
    sa.Column("notice_at", Time),  # when its author is next told of its end; local ones
    sa.Column("closed_at", Time),  # retention counts from here
    sa.Column("expires_at", Time),
    sa.Column("in_scope_of", sa.Text),  # IRI of a crisis
    sa.Column("origin", sa.Text, nullable=False),  # domain of the node where it was made
    # Remote ones are listed when a neighbour passed them to us, not merely when we have them.
    sa.Column("shown", sa.Boolean, nullable=False),
    # The activities as their author signed them, to be passed on as they are.
    sa.Column("create_activity", sa.Text),
    sa.Column("update_activity", sa.Text),
    sa.Index("ix_proposals_shown_state_object_id", "shown", "state", "object_id"),
    sa.Index("ix_proposals_state_expires_at", "state", "expires_at"),
    sa.Index("ix_proposals_cell", "cell", "shown", "state"),
    partial(
        "ix_proposals_occurrence",
        "series_id",
        "occurrence",
        where="series_id IS NOT NULL",
        unique=True,
    ),
    partial("ix_proposals_notice_at", "notice_at", where="notice_at IS NOT NULL"),
    partial("ix_proposals_opens_again_at", "opens_again_at", where="opens_again_at IS NOT NULL"),
    partial("ix_proposals_to_match", "object_id", where="to_match IS true"),
    # What people look for is open: these grow with that, not with all that ever was.
    # Says more than the others, so that no planner walks along all that is open for one cell.
    partial("ix_proposals_open", "object_id", where=f"{LISTED} AND object_id > 0"),
    partial("ix_proposals_open_cell", "cell", "object_id", "expires_at", where=LISTED),
    partial("ix_proposals_open_cell_7", "cell_7", "object_id", where=LISTED),
    partial("ix_proposals_open_cell_5", "cell_5", "object_id", where=LISTED),
    partial("ix_proposals_open_urgency", "urgency", "object_id", where=LISTED),
    partial("ix_proposals_open_topic", "topic", "object_id", where=LISTED),
    partial("ix_proposals_open_match", "topic", "purpose", "cell_7", "object_id", where=LISTED),
    partial("ix_proposals_closed_at", "closed_at", where="closed_at IS NOT NULL"),
    partial("ix_proposals_starts_at", "starts_at", where="starts_at IS NOT NULL"),
    partial("ix_proposals_due", "due", where="due IS NOT NULL"),
)

# What is written and not yet published: its author's own until it is sent, then the mediators'.
drafts = sa.Table(
    "drafts",
    metadata,
    identity(),  # the proposal's, once it is published
    ref("author_id", "actors.id"),
    sa.Column("state", sa.Text, nullable=False),  # draft | review
    sa.Column("fields", sa.JSON, nullable=False),  # as `aid.drafts.check_draft` reads them
    sa.Column("source", sa.Text, nullable=False),  # api | page | mention | on-behalf
    sa.Column("asked_by_id", Id),  # somebody elsewhere
    sa.Column("asked_in", sa.Text),  # the note in which they asked
    sa.Column("note", sa.Text, nullable=False, server_default=""),  # why a mediator sent it back
    sa.Column("created_at", Time, nullable=False),
    sa.Column("updated_at", Time, nullable=False),
    sa.Index("ix_drafts_author_id_id", "author_id", "id"),
    sa.Index("ix_drafts_state_id", "state", "id"),
)

# Recurring help: each occurrence is a proposal of its own, made a few weeks ahead.
series = sa.Table(
    "series",
    metadata,
    identity(),
    ref("author_id", "actors.id"),
    sa.Column("fields", sa.JSON, nullable=False),  # as `aid.drafts.check_draft` reads them
    sa.Column("rule", sa.Text, nullable=False),  # RFC 5545 RRULE
    sa.Column("starts_at", Time, nullable=False),  # of the first occurrence
    sa.Column("lasts_s", Time, nullable=False),
    sa.Column("zone", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),  # running | paused | ended
    sa.Column("made_until", Time, nullable=False),  # occurrences up to here were made
    sa.Column("skipped", sa.JSON, nullable=False, server_default="[]"),  # dates left out: seconds
    sa.Column("created_at", Time, nullable=False),
    sa.Index("ix_series_author_id_id", "author_id", "id"),
    sa.Index("ix_series_state_made_until", "state", "made_until"),
)

# A proposal and one answering person. The proposal's home decides; the other side has a copy.
agreements = sa.Table(
    "agreements",
    metadata,
    identity(),
    sa.Column("uri", sa.Text),  # given by the proposal's home when it accepts
    sa.Column("offer_uri", sa.Text, nullable=False, unique=True),  # the Offer that asked for it
    ref("proposal_id", "proposals.object_id"),
    ref("author_id", "actors.id"),  # of the proposal
    ref("answerer_id", "actors.id"),
    sa.Column("channel", sa.Text, nullable=False),  # vf | note: what the other side reads
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("quantity", sa.Text, nullable=False),
    sa.Column("unit", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False, server_default=""),  # what the answer said, plain
    sa.Column("reason", sa.Text, nullable=False, server_default=""),  # of a refusal, a dispute…
    sa.Column("language", sa.Text, nullable=False, server_default="fr"),
    sa.Column("due", Time),  # when a loan comes back
    sa.Column("accept_uri", sa.Text),
    sa.Column("accepted_at", Time),
    sa.Column("handed_over_at", Time),
    sa.Column("returned_at", Time),
    sa.Column("confirmed_by_author_at", Time),
    sa.Column("confirmed_by_answerer_at", Time),
    sa.Column("ended_at", Time),
    sa.Column("created_at", Time, nullable=False),
    sa.Column("updated_at", Time, nullable=False),
    sa.Column("version", Id, nullable=False, server_default="0"),
    partial("ix_agreements_uri", "uri", where="uri IS NOT NULL", unique=True),
    sa.Index("ix_agreements_proposal_id_state", "proposal_id", "state"),
    sa.Index("ix_agreements_author_id_id", "author_id", "id"),
    sa.Index("ix_agreements_answerer_id_id", "answerer_id", "id"),
    sa.Index("ix_agreements_state_updated_at", "state", "updated_at"),
)

# What happened to an agreement, in the order in which this node heard of it.
agreement_events = sa.Table(
    "agreement_events",
    metadata,
    identity(),
    ref("agreement_id", "agreements.id"),
    sa.Column("event", sa.Text, nullable=False),
    sa.Column("activity_uri", sa.Text, unique=True),
    ref("actor_id", "actors.id", null=True),
    sa.Column("text", sa.Text, nullable=False, server_default=""),
    sa.Column("at", Time, nullable=False),
    sa.Index("ix_agreement_events_agreement_id_id", "agreement_id", "id"),
)

# Contact details that one side showed the other; gone when the agreement ends.
reveals = sa.Table(
    "reveals",
    metadata,
    ref("agreement_id", "agreements.id", primary=True),
    ref("actor_id", "actors.id", primary=True),  # whose they are
    sa.Column("contact", sa.Text, nullable=False),
    sa.Column("note_uri", sa.Text),  # the direct note that carried them
    sa.Column("revealed_at", Time, nullable=False),
    sa.Index("ix_reveals_actor_id", "actor_id"),
)

# For whom a mediator or an association wrote. Never leaves this node; goes with the proposal.
on_behalf = sa.Table(
    "on_behalf",
    metadata,
    sa.Column("subject_id", Id, primary_key=True, autoincrement=False),  # draft or proposal
    ref("writer_id", "actors.id"),
    sa.Column("beneficiary", sa.Text, nullable=False),
    sa.Column("consented_by", sa.Text, nullable=False),
    sa.Column("consented_at", Time, nullable=False),
    sa.Column("consent_how", sa.Text, nullable=False),  # spoken | phone | paper | other
    sa.Column("call_back", sa.Text, nullable=False),
    sa.Column("created_at", Time, nullable=False),
    sa.Index("ix_on_behalf_writer_id", "writer_id"),
)

# A fitting pair, told to the two people concerned only.
suggestions = sa.Table(
    "suggestions",
    metadata,
    ref("request_id", "proposals.object_id", primary=True),
    ref("offer_id", "proposals.object_id", primary=True),
    sa.Column("reasons", sa.JSON, nullable=False),
    sa.Column("created_at", Time, nullable=False),
    sa.Column("dismissed_by_request_at", Time),
    sa.Column("dismissed_by_offer_at", Time),
    sa.Index("ix_suggestions_offer_id", "offer_id"),
)

# What an association changed about the topics of `aid/data/topics.json`.
topic_choices = sa.Table(
    "topic_choices",
    metadata,
    sa.Column("slug", sa.Text, primary_key=True),
    sa.Column("hidden", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("position", sa.Integer),
)

pictures = sa.Table(
    "pictures",
    metadata,
    identity(),
    ref("owner_id", "actors.id"),
    sa.Column("name", sa.Text, nullable=False, unique=True),  # random, 128 bits, of the file
    sa.Column("media_type", sa.Text, nullable=False),
    sa.Column("bytes", sa.Integer, nullable=False),
    sa.Column("width", sa.Integer, nullable=False),
    sa.Column("height", sa.Integer, nullable=False),
    sa.Column("alt", sa.Text, nullable=False, server_default=""),
    sa.Column("object_id", Id),  # what it belongs to; none yet when it was just sent
    sa.Column("position", sa.Integer, nullable=False, server_default="0"),
    sa.Column("created_at", Time, nullable=False),
    sa.Column("blurhash", sa.Text),
    sa.Column("focus_x", sa.Double),  # from -1, left, to 1
    sa.Column("focus_y", sa.Double),  # from -1, below, to 1
    sa.Column("preview", sa.Text),  # name of the file that stands for a film or a sound
    sa.Column("state", sa.Text, nullable=False, server_default="ready"),  # or waiting, refused
    sa.Column("why", sa.Text, nullable=False, server_default=""),  # it was refused
    sa.Index("ix_pictures_object_id_position", "object_id", "position"),
    sa.Index("ix_pictures_owner_id", "owner_id"),
    partial("ix_pictures_preview", "preview", where="preview IS NOT NULL"),
)

# A conversation in direct notes with somebody elsewhere: what was asked last.
dialogues = sa.Table(
    "dialogues",
    metadata,
    identity(),
    ref("peer_id", "actors.id"),
    ref("speaker_id", "actors.id"),  # who of ours writes: the quartier, or a person
    sa.Column("subject", sa.Text, nullable=False),  # agreement | draft | proposal | none
    sa.Column("subject_id", Id),
    sa.Column("awaits", sa.Text, nullable=False, server_default=""),  # the question that is open
    sa.Column("language", sa.Text, nullable=False, server_default="fr"),
    sa.Column("context", sa.Text),  # IRI of the thread
    sa.Column("last_note", sa.Text),  # IRI of the last note of the two
    sa.Column("updated_at", Time, nullable=False),
    sa.Index("ix_dialogues_peer_id_updated_at", "peer_id", "updated_at"),
    sa.Index("ix_dialogues_subject_subject_id", "subject", "subject_id"),
    sa.Index("ix_dialogues_last_note", "last_note"),
)
