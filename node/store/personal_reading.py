"""What somebody set about their reading and keeps about others, to be handed to them. All of it
goes with the account's row."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from node.store.tables import (
    account_notes,
    actors,
    aliases,
    apps,
    bookmarks,
    conversations,
    domain_mutes,
    edits,
    endorsements,
    featured_tags,
    filter_keywords,
    filters,
    followed_tags,
    list_members,
    lists,
    mutes,
    objects,
    poll_votes,
    scheduled,
    sources,
    tokens,
)


def selects(actor_id: int) -> dict[str, sa.Select[Any]]:
    """By what they are."""
    handle = (actors.c.username + "@" + actors.c.domain).label("handle")
    own = sa.select(objects.c.id).where(objects.c.author_id == actor_id)
    return {
        "as_typed": sa.select(objects.c.uri, sources.c.text, sources.c.spoiler_text)
        .join(objects, objects.c.id == sources.c.object_id)
        .where(objects.c.author_id == actor_id),
        "edits": sa.select(edits).where(edits.c.object_id.in_(own)),
        "poll_votes": sa.select(objects.c.uri, poll_votes.c.choice)
        .join(objects, objects.c.id == poll_votes.c.object_id)
        .where(poll_votes.c.actor_id == actor_id),
        "scheduled": sa.select(scheduled.c.at, scheduled.c.fields, scheduled.c.created_at).where(
            scheduled.c.account_id == actor_id
        ),
        "bookmarks": sa.select(objects.c.uri)
        .join(bookmarks, bookmarks.c.object_id == objects.c.id)
        .where(bookmarks.c.account_id == actor_id),
        "lists": sa.select(lists.c.id, lists.c.title, lists.c.replies_policy).where(
            lists.c.account_id == actor_id
        ),
        "list_members": sa.select(list_members.c.list_id, handle)
        .join(lists, lists.c.id == list_members.c.list_id)
        .join(actors, actors.c.id == list_members.c.actor_id)
        .where(lists.c.account_id == actor_id),
        "mutes": sa.select(handle, mutes.c.notifications, mutes.c.expires_at)
        .join(mutes, mutes.c.target_id == actors.c.id)
        .where(mutes.c.account_id == actor_id),
        "muted_servers": sa.select(domain_mutes.c.domain, domain_mutes.c.created_at).where(
            domain_mutes.c.account_id == actor_id
        ),
        "notes_about_others": sa.select(handle, account_notes.c.text)
        .join(account_notes, account_notes.c.target_id == actors.c.id)
        .where(account_notes.c.account_id == actor_id),
        "shown_on_profile": sa.select(handle)
        .join(endorsements, endorsements.c.target_id == actors.c.id)
        .where(endorsements.c.account_id == actor_id),
        "featured_tags": sa.select(featured_tags.c.name).where(
            featured_tags.c.actor_id == actor_id
        ),
        "followed_tags": sa.select(followed_tags.c.slug).where(
            followed_tags.c.account_id == actor_id
        ),
        "filters": sa.select(
            filters.c.id, filters.c.title, filters.c.contexts, filters.c.action
        ).where(filters.c.account_id == actor_id),
        "filter_keywords": sa.select(
            filter_keywords.c.filter_id, filter_keywords.c.keyword, filter_keywords.c.whole_word
        )
        .join(filters, filters.c.id == filter_keywords.c.filter_id)
        .where(filters.c.account_id == actor_id),
        "conversations": sa.select(conversations.c.context, conversations.c.participants).where(
            conversations.c.account_id == actor_id
        ),
        "aliases": sa.select(aliases.c.uri, aliases.c.acct).where(aliases.c.account_id == actor_id),
        "apps": sa.select(apps.c.name, tokens.c.scopes, tokens.c.created_at)
        .join(tokens, tokens.c.app_id == apps.c.id)
        .where(tokens.c.account_id == actor_id),
    }
