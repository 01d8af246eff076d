"""Whatever points at a person is thought of when they leave."""

from __future__ import annotations

from node.store.tables import metadata

GOES = {
    "account_notes.account_id", "account_notes.target_id", "accounts.actor_id",
    "actor_tallies.actor_id", "agreement_events.actor_id", "agreements.answerer_id",
    "agreements.author_id", "aliases.account_id", "authorizations.account_id", "blocks.actor_id",
    "bookmarks.account_id", "conversations.account_id", "dialogues.peer_id",
    "dialogues.speaker_id", "domain_mutes.account_id", "drafts.author_id",
    "endorsements.account_id", "endorsements.target_id", "featured_tags.actor_id",
    "feed.account_id", "feed.shared_by", "filters.account_id", "followed_tags.account_id",
    "follows.follower_id", "follows.target_id", "idempotency.account_id", "invitations.inviter_id",
    "join_requests.decided_by", "list_feed.shared_by", "list_members.actor_id", "lists.account_id",
    "mail_keys.account_id", "markers.account_id", "mediator_notes.author_id", "mutes.account_id",
    "mutes.target_id", "names.actor_id", "notification_policies.account_id",
    "notification_requests.account_id", "notification_requests.from_id",
    "notifications.account_id", "notifications.actor_id", "objects.author_id",
    "on_behalf.writer_id", "outbox.actor_id", "pictures.owner_id", "pins.actor_id",
    "poll_votes.actor_id", "push_subscriptions.account_id", "reactions.actor_id",
    "recovery_codes.account_id", "reveals.actor_id", "scheduled.account_id",
    "second_factors.account_id", "series.author_id", "shares.actor_id", "silences.actor_id",
    "thread_mutes.account_id", "tokens.account_id", "vouches.account_id", "vouches.voucher_id",
}  # fmt: skip
"""Deleted with the person, or emptied of them: `actions.deletion` and what it calls."""
STAYS = {
    "actor_keys.actor_id",  # they sign the farewells
    "blocks.target_id",  # who blocked them keeps the block
    "reports.reporter_id",  # that there was a report, without its words
    "reports.settled_by",
    "reports.target_id",
}
OF_OTHERS = {"introductions.by_id", "neighbours.actor_id", "referrals.neighbour_id"}
"""These point at quartiers, never at people."""


def test_every_column_that_points_at_a_person_is_known() -> None:
    """A new one stands in one of the lists above, once it is decided what becomes of it when the
    person leaves, and whether it is in what they take along (`node.store.personal`)."""
    pointing = {
        f"{table.name}.{column.name}"
        for table in metadata.sorted_tables
        for column in table.columns
        for key in column.foreign_keys
        if key.target_fullname in ("actors.id", "accounts.actor_id")
    }
    assert pointing == GOES | STAYS | OF_OTHERS
