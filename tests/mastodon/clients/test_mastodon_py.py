"""Mastodon.py, unmodified: every method it has that a node can mean, against a node.

It parses each answer into its own classes of Mastodon's entities, and fails on what it cannot
read. It waits for its answers, so it runs in a thread beside the node.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import mastodon
import pytest_asyncio
from mastodon import Mastodon

from tests.databases import new_sqlite
from tests.mastodon.clients.pictures import png
from tests.mastodon.signing_in import Town, town


@dataclass(frozen=True, slots=True)
class Two:
    """Amina and Benoît, each with the app, and where their node is."""

    town: Town
    amina: Mastodon
    benoit: Mastodon
    benoit_id: Any


@pytest_asyncio.fixture
async def two(tmp_path: Path) -> AsyncIterator[Two]:
    async with town(tmp_path, "amina", "benoit", url=new_sqlite(tmp_path)) as here:
        first, second = await _client(here, "amina"), await _client(here, "benoit")
        found = await asyncio.to_thread(first.account_lookup, "benoit")
        yield Two(here, first, second, found["id"])


async def _client(here: Town, who: str) -> Mastodon:
    app = await here.app(who)
    return Mastodon(
        access_token=app.token, api_base_url=here.node.base, ratelimit_method="throw",
        request_timeout=10,
    )  # fmt: skip


async def test_signing_in_out_of_band(two: Two) -> None:
    """An app of its own is registered, the page gives a code, the code a token."""
    base = two.town.node.base

    def register() -> tuple[str, str]:
        made: tuple[str, str] = Mastodon.create_app("Une app", api_base_url=base)
        return made

    client_id, secret = await asyncio.to_thread(register)
    client = await asyncio.to_thread(
        Mastodon, client_id=client_id, client_secret=secret, api_base_url=base
    )
    address = await asyncio.to_thread(client.auth_request_url, allow_http=True)
    assert address.startswith(f"{base}/oauth/authorize?")
    app = await two.town.app()
    app.client_id = client_id
    code = await app.code(
        "amina", redirect_uri="urn:ietf:wg:oauth:2.0:oob", scope="read write follow push",
        code_challenge=None, code_challenge_method=None, state=None,
    )  # fmt: skip

    def enter() -> Any:
        client.log_in(code=code, scopes=["read", "write", "follow", "push"], allow_http=True)
        me = client.me()
        client.revoke_access_token(allow_http=True)
        return me

    assert (await asyncio.to_thread(enter))["acct"] == "amina"


async def test_the_node(two: Two) -> None:
    """What an app asks before anything else."""

    def ask() -> None:
        a = two.amina
        assert a.instance().domain == two.town.node.domain
        assert a.instance_v2().domain == two.town.node.domain
        assert a.instance_v1().urls
        assert a.instance_nodeinfo()["software"]["name"] == "entraide"
        assert a.instance_health() is True
        assert a.stream_healthy() is True
        for each in (
            a.instance_activity, a.instance_peers, a.instance_rules, a.instance_domain_blocks,
            a.instance_extended_description, a.instance_translation_languages, a.custom_emojis,
            a.announcements, a.trending_tags, a.trending_statuses, a.trending_links, a.directory,
            a.preferences, a.suggestions, a.app_verify_credentials,
            a.oauth_authorization_server_info,
        ):  # fmt: skip
            each()

    await asyncio.to_thread(ask)


async def test_posts(two: Two) -> None:
    """Written, edited, answered, liked, shared, kept, pinned, deleted; with pictures and polls;
    for later."""

    def ask() -> None:
        a, b = two.amina, two.benoit
        post = a.status_post("Bonjour #entraide @benoit", idempotency_key="one")
        assert a.status_post("Bonjour #entraide @benoit", idempotency_key="one").id == post.id
        assert a.status(post.id).content == post.content
        assert len(a.statuses([post.id])) == 1
        assert a.status_update(post.id, "Bonjour encore #entraide @benoit").edited_at
        assert len(a.status_history(post.id)) == 2
        assert a.status_source(post.id).text == "Bonjour encore #entraide @benoit"
        reply = b.status_reply(a.status(post.id), "Salut !")
        context = a.status_context(post.id)
        assert [one.id for one in context.descendants] == [reply.id]
        assert b.status_favourite(post.id).favourited
        assert [one.acct for one in a.status_favourited_by(post.id)] == ["benoit"]
        assert b.status_reblog(post.id).reblog.id == post.id
        assert [one.acct for one in a.status_reblogged_by(post.id)] == ["benoit"]
        assert b.status_bookmark(post.id).bookmarked
        assert [one.id for one in b.bookmarks()] == [post.id]
        assert [one.id for one in b.favourites()] == [post.id]
        assert not b.status_unreblog(post.id).reblogged
        assert not b.status_unfavourite(post.id).favourited
        assert not b.status_unbookmark(post.id).bookmarked
        assert a.status_pin(post.id).pinned
        assert not a.status_unpin(post.id).pinned
        assert a.status_mute(post.id).muted
        assert not a.status_unmute(post.id).muted
        assert a.status_quotes(post.id) == []
        assert a.status_card(post.id) is None
        poll = a.status_post("Lundi ?", poll=a.make_poll(["Oui", "Non"], 3_600)).poll
        assert b.poll_vote(poll.id, [0]).voted
        assert a.poll(poll.id).votes_count == 1
        later = a.status_post("Demain", scheduled_at=datetime.now(UTC) + timedelta(hours=2))
        assert [one.id for one in a.scheduled_statuses()] == [later.id]
        a.scheduled_status_update(later.id, datetime.now(UTC) + timedelta(hours=3))
        assert a.scheduled_status(later.id).params.text == "Demain"
        a.scheduled_status_delete(later.id)
        picture = a.media_post(png(), "image/png", description="Un carré", focus=(0.1, 0.2))
        assert (
            a.media_update(picture.id, description="Un carré brun").description == "Un carré brun"
        )
        shown = a.status_post("Voyez", media_ids=[picture.id], sensitive=True, spoiler_text="Image")
        assert shown.media_attachments[0].description == "Un carré brun"
        assert a.status_delete(post.id).text == "Bonjour encore #entraide @benoit"

    await asyncio.to_thread(ask)


async def test_timelines_and_lists(two: Two) -> None:
    """Home, local, public, tag and list; pages forth and back; markers; what one follows."""

    def ask() -> None:
        a, b = two.amina, two.benoit
        a.account_follow(two.benoit_id)
        posts = [b.status_post(f"Numéro {number} #jardin").id for number in range(5)]
        newest = posts[::-1]
        assert [one.id for one in a.timeline_home()][:5] == newest
        for page in (a.timeline_local, a.timeline_public):
            assert [one.id for one in page()][:5] == newest
        first: Any = a.timeline_hashtag("jardin", limit=2)
        second: Any = a.fetch_next(first)
        assert [one.id for one in (*first, *second)] == newest[:4]
        before: Any = a.fetch_previous(second)
        assert [one.id for one in before] == newest[:2]
        assert [one.id for one in a.fetch_remaining(first)] == newest
        assert [one.id for one in a.account_statuses(two.benoit_id, limit=3)] == newest[:3]
        circle = a.list_create("Amis")
        a.list_accounts_add(circle.id, [two.benoit_id])
        assert [one.acct for one in a.list_accounts(circle.id)] == ["benoit"]
        assert [one.title for one in a.account_lists(two.benoit_id)] == ["Amis"]
        late = b.status_post("Après").id
        assert late in [one.id for one in a.timeline_list(circle.id)]
        assert a.list_update(circle.id, "Voisins").title == "Voisins"
        assert a.list(circle.id).title == a.lists()[0].title
        a.list_accounts_delete(circle.id, [two.benoit_id])
        a.list_delete(circle.id)
        a.markers_set(["home"], [late])
        assert str(a.markers_get(["home"]).home.last_read_id) == str(late)
        assert a.tag_follow("jardin").following
        assert [one.name for one in a.followed_tags()] == ["jardin"]
        assert a.tag("jardin").following
        assert not a.tag_unfollow("jardin").following
        mine = a.featured_tag_create("jardin")
        assert [one.name for one in a.featured_tags()] == ["jardin"]
        a.featured_tag_delete(mine.id)
        a.featured_tag_suggestions()

    await asyncio.to_thread(ask)


async def test_people(two: Two) -> None:
    """Looked for, followed, noted, muted, blocked, reported; one's own profile."""

    def ask() -> None:
        a, b, other = two.amina, two.benoit, two.benoit_id
        me = a.account_verify_credentials()
        assert a.account(other).acct == "benoit"
        assert [one.acct for one in a.account_search("benoit")] == ["benoit"]
        assert [one.acct for one in a.search_v2("benoit").accounts] == ["benoit"]
        assert a.account_follow(other).following
        assert a.account_relationships([other])[0].following
        a.account_familiar_followers([other])
        assert [one.acct for one in a.account_following(me.id)] == ["benoit"]
        assert [one.acct for one in b.account_followers(other)] == ["amina"]
        assert a.account_note_set(other, "Du deuxième").note == "Du deuxième"
        assert a.account_endorse(other).endorsed
        assert [one.acct for one in a.endorsements()] == ["benoit"]
        assert not a.account_unendorse(other).endorsed
        assert a.account_mute(other, duration=60).muting
        assert [one.acct for one in a.mutes()] == ["benoit"]
        assert not a.account_unmute(other).muting
        assert a.account_block(other).blocking
        assert [one.acct for one in a.blocks()] == ["benoit"]
        assert not a.account_unblock(other).blocking
        a.account_follow(other)
        assert not b.account_remove_from_followers(me.id).followed_by
        assert not a.account_unfollow(other).following
        a.domain_block("bad.example")
        assert a.domain_blocks() == ["bad.example"]
        a.domain_unblock("bad.example")
        a.report(other, comment="Il crie")
        changed = a.account_update_credentials(
            display_name="Amina B.", note="Bonjour", fields=[("Site", "https://a.example")],
            avatar=png(), avatar_mime_type="image/png", header=png(), header_mime_type="image/png",
            locked=True,
        )  # fmt: skip
        assert (changed.display_name, changed.fields[0].name) == ("Amina B.", "Site")
        b.account_follow(me.id)
        asking = a.follow_requests()
        assert [one.acct for one in asking] == ["benoit"]
        assert a.follow_request_authorize(asking[0].id).followed_by
        a.account_delete_avatar()
        a.account_delete_header()

    await asyncio.to_thread(ask)


async def test_filters_old_and_new(two: Two) -> None:
    """Made, read, changed, deleted; what they match is marked."""

    def ask() -> None:
        a = two.amina
        post = a.status_post("Du spam, encore")
        made = a.create_filter_v2(
            "Bruit", ["home"], "warn",
            keywords_attributes=[{"keyword": "spam", "whole_word": True}],
        )  # fmt: skip
        assert a.timeline_home()[0].filtered[0].filter.title == "Bruit"
        assert a.update_filter_v2(made.id, title="Trop").title == "Trop"
        word = a.add_filter_keyword_v2(made.id, "encore")
        assert len(a.filter_keywords_v2(made.id)) == 2
        a.delete_filter_keyword_v2(word.id)
        one = a.add_filter_status_v2(made.id, post.id)
        assert len(a.filter_statuses_v2(made.id)) == 1
        a.delete_filter_status_v2(one.id)
        assert [each.id for each in a.filters_v2()] == [made.id]
        a.delete_filter_v2(made.id)
        old = a.filter_create("vieux", ["home"])
        assert a.filter(old.id).phrase == "vieux"
        assert a.filter_update(old.id, phrase="neuf", context=["home"]).phrase == "neuf"
        assert len(a.filters()) == 1
        a.filter_delete(old.id)

    await asyncio.to_thread(ask)


async def test_what_is_told(two: Two) -> None:
    """Notifications, one by one and in groups; conversations; streams; push."""
    heard: list[Any] = []
    enough = threading.Event()

    class Listener(mastodon.StreamListener):
        def on_update(self, status: Any) -> None:
            heard.append(status.content)

        def on_notification(self, notification: Any) -> None:
            heard.append(notification.type)
            enough.set()

    def ask() -> None:
        a, b = two.amina, two.benoit
        a.account_follow(two.benoit_id)
        post = a.status_post("Qui vient ?")
        stream = a.stream_user(Listener(), run_async=True)
        b.status_favourite(post.id)
        assert enough.wait(10), "the stream is silent"
        closing = threading.Thread(target=stream.close)  # it waits for the next word
        closing.start()
        b.status_post("@amina moi !")
        closing.join()
        b.status_post("@amina entre nous", visibility="direct")
        told = a.notifications()
        assert {one.type for one in told} == {"favourite", "mention"}
        assert a.notifications(types=["favourite"])[0].status.id == post.id
        assert a.notifications_unread_count().count == len(told)
        assert a.grouped_notifications().notification_groups
        assert a.unread_grouped_notifications_count()
        a.notifications_dismiss(told[0].id)
        a.notifications_policy()
        assert a.notification_requests() == []
        assert a.notifications_merged()
        a.notifications_clear()
        assert a.notifications() == []
        talk = a.conversations()
        assert talk[0].unread
        assert not a.conversations_read(talk[0].id).unread
        _, public = a.push_subscription_generate_keys()
        a.push_subscription_set("https://push.example/x", public, mention_events=True)
        assert a.push_subscription().alerts.mention
        a.push_subscription_update(follow_events=True)
        a.push_subscription_delete()

    await asyncio.to_thread(ask)
    assert "favourite" in heard
