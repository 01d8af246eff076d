"""What Mastodon.py has besides: streams, mediation, sign-up, requests of notifications; and that no
method of it was passed over without a reason."""

from __future__ import annotations

import ast
import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import mastodon
import pytest
import pytest_asyncio
import sqlalchemy as sa
from mastodon import Mastodon

from node.actions import membership
from node.store import actors
from node.store.tables import accounts
from node.store.transaction import Transaction
from tests.databases import new_sqlite
from tests.mastodon.clients.pictures import png
from tests.mastodon.signing_in import ALL, Town, town

SCOPES: Final = f"{ALL} admin:read admin:write"
NO_SUCH: Final = (mastodon.MastodonNotFoundError, mastodon.MastodonAPIError)

LEFT_OUT: Final = {
    # Nothing is asked of a server, or only what others here ask.
    "clear_caches": "forgets what the library kept",
    "get_approx_server_time": "reads the Date of the last answer",
    "get_status_length": "counts letters",
    "get_supported_version": "says which Mastodon the library knows",
    "set_language": "sets a parameter of the library",
    "persistable_login_credentials": "writes a file",
    "generate_media_edit_attributes": "makes a parameter",
    "push_subscription_decrypt_push": "decrypts; tests/mastodon/test_push.py does",
    "decode_blurhash": "paints",
    "filters_apply": "applies filters in the library",
    "get_async_refresh_info": "reads a header that is never sent here",
    "await_async_refresh": "waits for what that header names",
    "stream_open_websocket": "needs a library of its own; tests/mastodon/test_streaming.py does",
    # The library lets them go by https alone; tests/mastodon/test_oauth.py asks them.
    "oauth_userinfo": "wants https",
    # Gone from Mastodon before the version that is spoken here.
    "follows": "removed in 3.0",
    "search_v1": "removed in 3.0",
    "reports": "removed in 2.5",
    # Mastodon 4.6.
    "profile": "4.6",
    "profile_update": "4.6",
    # Undocumented.
    "instance_languages": "not in the documentation",
    # Asks elsewhere whether e-mail came; see docs/client-api.md.
    "email_resend_confirmation": "accounts are confirmed by a mediator or an invitation",
}
UNMEANT: Final = (
    # docs/client-api.md says why each cannot mean anything here.
    "admin_canonical_email_block", "admin_canonical_email_blocks",
    "admin_create_canonical_email_block", "admin_delete_canonical_email_block",
    "admin_test_canonical_email_block", "admin_domain_allow", "admin_domain_allows",
    "admin_create_domain_allow", "admin_delete_domain_allow", "admin_email_domain_block",
    "admin_email_domain_blocks", "admin_create_email_domain_block",
    "admin_delete_email_domain_block", "admin_ip_block", "admin_ip_blocks",
    "admin_create_ip_block", "admin_update_ip_block", "admin_delete_ip_block",
    "admin_dimensions", "admin_measures", "admin_retention", "admin_trending_links",
    "admin_trending_statuses", "admin_trending_tags", "admin_approve_trending_link",
    "admin_approve_trending_status", "admin_approve_trending_tag",
    "admin_reject_trending_link", "admin_reject_trending_status", "admin_reject_trending_tag",
    "announcement_reaction_create", "announcement_reaction_delete", "annual_report",
    "annual_report_generate", "annual_report_read", "annual_report_state", "annual_reports",
    "collection", "collection_create", "collection_delete", "collection_item_add",
    "collection_item_delete", "collection_item_revoke", "collection_update",
    "account_collections", "account_in_collections", "get_async_refresh_status",
)  # fmt: skip


class Cast:
    """Amina looks after the node; Benoît and Chloé live there, each with the app."""

    def __init__(self, here: Town, people: dict[str, Mastodon], ids: dict[str, Any]) -> None:
        self.here = here
        self.amina, self.benoit, self.chloe = (people[one] for one in ("amina", "benoit", "chloe"))
        self.ids = ids


@pytest_asyncio.fixture
async def cast(tmp_path: Path) -> AsyncIterator[Cast]:
    names = ("amina", "benoit", "chloe")
    async with town(tmp_path, *names, url=new_sqlite(tmp_path)) as here:
        await here.node.store.write(_promote, "amina")
        people, ids = {}, {}
        for name in names:
            app = await (await here.app(scopes=SCOPES)).sign_in(name, scope=SCOPES)
            people[name] = Mastodon(
                access_token=app.token,
                api_base_url=here.node.base,
                ratelimit_method="throw",
                request_timeout=10,
            )
            ids[name] = (await asyncio.to_thread(people[name].me)).id
        yield Cast(here, people, ids)


async def app_of(here: Town, name: str) -> Mastodon:
    """Somebody more."""
    await here.node.account(name)
    app = await here.app(name)
    return Mastodon(access_token=app.token, api_base_url=here.node.base, request_timeout=10)


def _promote(tx: Transaction, name: str) -> None:
    actor = actors.local_by_username(tx, name)
    assert actor is not None
    mine = accounts.c.actor_id == actor.id
    tx.execute(sa.update(accounts).where(mine).values(role="admin"))


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
async def test_streams(cast: Cast) -> None:
    """Each tells what happens, to a library that listens by server-sent events. (When the server
    ends, its threads complain.)"""

    def ask() -> None:
        a, b = cast.amina, cast.benoit
        a.account_follow(cast.ids["benoit"])
        circle = a.list_create("Amis")
        a.list_accounts_add(circle.id, [cast.ids["benoit"]])
        with heard(a.stream_public) as public, heard(a.stream_local) as local:
            with heard(lambda to, **how: a.stream_hashtag("jardin", to, **how)) as tag:
                with heard(lambda to, **how: a.stream_list(circle.id, to, **how)) as friends:
                    said = b.status_post("Un banc #jardin")
                    for one in (public, local, tag, friends):
                        assert one.wait("update").id == said.id
        with heard(a.stream_user_notifications) as news, heard(a.stream_direct) as letters:
            b.status_post("@amina entre nous", visibility="direct")
            assert news.wait("notification").type == "mention"
            assert letters.wait("conversation").last_status.visibility == "direct"

    await asyncio.to_thread(ask)


class Heard(mastodon.StreamListener):
    def __init__(self) -> None:
        self._told: dict[str, Any] = {}
        self._news = threading.Condition()
        self.open = threading.Event()

    def wait(self, what: str) -> Any:
        with self._news:
            assert self._news.wait_for(lambda: what in self._told, 10), f"{what} is not told"
            return self._told[what]

    def _tell(self, what: str, thing: Any) -> None:
        with self._news:
            self._told[what] = thing
            self._news.notify_all()

    def on_update(self, status: Any) -> None:
        self._tell("update", status)

    def on_notification(self, notification: Any) -> None:
        self._tell("notification", notification)

    def on_conversation(self, conversation: Any) -> None:
        self._tell("conversation", conversation)

    def handle_heartbeat(self) -> None:
        self.open.set()


@contextmanager
def heard(stream: Callable[..., Any]) -> Any:
    """A listener whose stream is open; the connection ends with the process, as it waits for the
    next word before it closes."""
    listener = Heard()
    stream(listener, run_async=True)
    assert listener.open.wait(10), "the stream does not open"
    yield listener


async def test_requests_of_notifications(cast: Cast) -> None:
    """What a policy holds back is asked for, taken or put away, one or several."""

    others = [await app_of(cast.here, name) for name in ("dora", "emile", "fanny")]

    def ask() -> None:
        b, c = cast.benoit, cast.chloe
        assert b.update_notifications_policy(for_not_following="filter").for_not_following
        c.status_post("@benoit bonjour")
        [request] = b.notification_requests()
        assert b.notification_request(request.id).account.acct == "chloe"
        b.dismiss_notification_request(request.id)
        answers: tuple[Callable[[Any], None], ...] = (
            lambda one: b.accept_notification_request(one),
            lambda one: b.accept_multiple_notification_requests([one]),
            lambda one: b.dismiss_multiple_notification_requests([one]),
        )
        for other, answer in zip(others, answers, strict=True):
            other.status_post("@benoit bonjour")
            [request] = b.notification_requests()
            answer(request.id)
            other.status_post("@benoit merci")
            assert b.notification_requests() == []
        b.update_notifications_policy(for_not_following="accept")

    await asyncio.to_thread(ask)


async def test_groups_of_notifications(cast: Cast) -> None:
    def ask() -> None:
        a, b = cast.amina, cast.benoit
        post = a.status_post("Bonjour")
        b.status_favourite(post.id)
        [group] = [
            one for one in a.grouped_notifications().notification_groups if one.type == "favourite"
        ]
        assert a.grouped_notification(group.group_key).notification_groups
        assert [one.acct for one in a.grouped_notification_accounts(group.group_key)] == ["benoit"]
        a.dismiss_grouped_notification(group.group_key)
        assert all(one.type != "favourite" for one in a.grouped_notifications().notification_groups)

    await asyncio.to_thread(ask)


async def test_mediation(cast: Cast) -> None:
    """Reports, people and servers, as the moderation screens of apps have them."""

    def ask() -> None:
        a, b, chloe = cast.amina, cast.benoit, cast.ids["chloe"]
        report = b.report(chloe, comment="Elle crie")
        assert [one.id for one in a.admin_reports()] == [report.id]
        assert a.admin_report(report.id).comment == "Elle crie"
        assert a.admin_report_assign(report.id).assigned_account["username"] == "amina"
        assert a.admin_report_unassign(report.id).assigned_account is None
        assert a.admin_report_resolve(report.id).action_taken
        assert not a.admin_report_reopen(report.id).action_taken
        for found in (a.admin_accounts(), a.admin_accounts_v1()):
            assert {"amina", "benoit", "chloe"} <= {one["username"] for one in found}
        assert a.admin_accounts_v2(origin="local", username="chloe")[0].id == chloe
        assert a.admin_account(chloe).account.acct == "chloe"
        a.admin_account_moderate(chloe, action="silence")
        assert not a.admin_account_unsilence(chloe).silenced
        a.admin_account_moderate(chloe, action="suspend")
        assert not a.admin_account_unsuspend(chloe).suspended
        a.admin_account_moderate(chloe, action="none", text="Doucement")
        a.admin_account_unsensitive(chloe)
        assert a.admin_account_enable(chloe).account.acct == "chloe"
        for unmeant in (a.admin_account_approve, a.admin_account_reject):
            with pytest.raises(mastodon.MastodonAPIError):
                unmeant(chloe)
        block = a.admin_create_domain_block("bruit.example", severity="silence")
        assert [one.domain for one in a.admin_domain_blocks()] == ["bruit.example"]
        assert a.admin_update_domain_block(block.id, severity="suspend").severity == "suspend"
        a.admin_delete_domain_block(block.id)
        a.admin_account_moderate(chloe, action="suspend")
        a.admin_account_delete(chloe)

    await asyncio.to_thread(ask)


async def test_signing_up(cast: Cast) -> None:
    """An account is asked for; a mediator answers."""

    def ask() -> None:
        base = cast.here.node.base
        client_id, secret = Mastodon.create_app("Une app", api_base_url=base)
        client = Mastodon(client_id=client_id, client_secret=secret, api_base_url=base)
        with pytest.raises(mastodon.MastodonError, match="médiation"):
            client.create_account(
                "gaston", "une phrase assez longue", "gaston@example.org",
                agreement=True, reason="J’habite au 3", locale="fr",
            )  # fmt: skip
        asking = cast.amina.admin_accounts_v2(status="pending")
        assert [one.username for one in asking] == ["gaston"]
        assert cast.amina.admin_account_approve(asking[0].id)

    await asyncio.to_thread(ask)


async def test_by_invitation(cast: Cast) -> None:
    """Who was invited is in at once."""

    def invite(tx: Transaction) -> str:
        inviter = actors.local_by_username(tx, "benoit")
        assert inviter is not None
        return membership.invite(tx, cast.here.node.here, inviter)[1]

    assert await cast.here.node.store.write(invite)


async def test_the_rest(cast: Cast) -> None:
    def ask() -> None:
        a, b, benoit = cast.amina, cast.benoit, cast.ids["benoit"]
        a.account_follow(benoit)
        assert a.account_pin(benoit).endorsed
        assert not a.account_unpin(benoit).endorsed
        assert a.tag_feature("velo").name == "velo"
        assert [one.name for one in b.account_featured_tags(cast.ids["amina"])] == ["velo"]
        a.tag_unfeature("velo")
        post = a.toot("Bonjour #velo")
        a.status_update_quote_approval_policy(post.id, "public")
        quote = b.status_post("Je cite", quoted_status_id=post.id)
        assert quote.quote.quoted_status.id == post.id
        assert [one.id for one in a.status_quotes(post.id)] == [quote.id]
        assert a.status_quote_revoke(post.id, quote.id).quote.state == "revoked"
        picture = a.media_post(png(), "image/png", description="Un carré", synchronous=True)
        assert a.media(picture.id).id == picture.id
        filters = a.create_filter_v2("Bruit", ["home"], "hide")
        assert a.filter_v2(filters.id).title == "Bruit"
        marked = a.add_filter_status_v2(filters.id, post.id)
        assert a.filter_status_v2(marked.id).status_id == post.id
        asking = a.account_update_credentials(locked=True)
        assert asking.locked
        cast.chloe.account_follow(cast.ids["amina"])
        assert not a.follow_request_reject(cast.ids["chloe"]).followed_by
        assert [one.acct for one in a.search("benoit").accounts] == ["benoit"]
        assert a.trends() is not None
        assert a.suggestions_v2()[0].account.acct == "quartier"
        first = a.suggestions_v1()[0]
        a.suggestion_delete(first.id)
        assert first.id not in [one.id for one in a.suggestions_v1()]
        for number in range(5):
            b.status_post(f"Numéro {number}")
        page = a.timeline("home", limit=2)
        assert a.get_pagination_info(page, "next")
        assert len(list(a.pagination_iterator(page))) >= 6
        assert len(list(a.pagination_page_iterator(page))) >= 3
        assert a.timeline_is_available("public", with_auth=True)
        assert a.retrieve_mastodon_version().startswith("4.5")
        assert a.verify_minimum_version("4.5.0")
        for none in (
            lambda: a.status_translate(post.id),
            a.instance_terms_of_service,
            lambda: a.timeline_link("https://a.example/"),
            lambda: a.announcement_dismiss(1),
        ):
            with pytest.raises(NO_SUCH):
                none()

    await asyncio.to_thread(ask)


def test_no_method_is_passed_over() -> None:
    """Each public method of the library is called by this suite, or stands above with a reason."""
    called: set[str] = set()
    for path in Path(__file__).parent.glob("test_mastodon_py*.py"):
        called |= {
            one.attr
            for one in ast.walk(ast.parse(path.read_text()))
            if isinstance(one, ast.Attribute)
        }
    public = {
        name
        for name in dir(Mastodon)
        if not name.startswith("_") and callable(getattr(Mastodon, name))
    }
    left = set(LEFT_OUT) | set(UNMEANT)
    assert public - called - left == set()
    assert left & called == set()
    assert left <= public
