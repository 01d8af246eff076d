"""What happens while a page is open, and on a device without a connection."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, Page, expect

from node.actions.agreements import offer_help
from node.actions.posts import write_to
from node.social.accounts import Actor
from node.store import conversations, objects, pushes, web_sessions
from tests.browser.driving import Driver
from tests.databases import new_sqlite
from tests.serving import Serving, serving

pytestmark = pytest.mark.asyncio(loop_scope="module")

CONTROLLED = "() => navigator.serviceWorker.controller !== null"


@dataclass(frozen=True, slots=True)
class Here:
    node: Serving
    amina: Actor
    benoit: Actor


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def here(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Here]:
    directory: Path = tmp_path_factory.mktemp("live")
    async with serving(new_sqlite(directory), directory) as node:
        amina, benoit = await node.account("amina"), await node.account("benoit")
        await node.publish(amina, title="Une échelle", topic="lending.tools")
        yield Here(node, amina, benoit)


async def installed(browser: Driver, here: Here, actor: Actor | None, path: str) -> Page:
    """A page that the service worker serves."""
    page = await browser.visit(here.node, path, actor)
    await page.wait_for_function(CONTROLLED)
    await page.reload()
    await page.wait_for_load_state("load")
    return page


async def until(page: Page, script: str, arg: object = None) -> None:
    """Wait until an asynchronous function of the page says yes."""
    async with asyncio.timeout(10):
        while not await page.evaluate(script, arg):
            await page.wait_for_timeout(30)


async def kept(page: Page, path: str) -> None:
    """Wait until there is a copy."""
    await until(page, "async path => Boolean(await (await caches.open('pages')).match(path))", path)


# ── new cards and news ───────────────────────────────────────────────────────────────────────


async def test_new_cards_wait_until_one_wants_them(browser: Driver, here: Here) -> None:
    page = await browser.visit(here.node, "/")
    async with page.expect_response("**/live"):
        pass
    before = await page.locator(".card").count()
    await here.node.publish(here.benoit, title="Un escabeau", topic="lending.tools")
    button = page.get_by_role("status").get_by_role("button")
    await expect(button).to_have_text("1 nouvelle annonce : la voir")
    assert await page.locator("main .card").count() == before
    await here.node.publish(here.benoit, title="Un tabouret", topic="lending.tools")
    await expect(button).to_have_text("2 nouvelles annonces : les voir")
    await button.click()
    assert await page.locator("main .card").count() == before + 2
    await expect(page.get_by_role("link", name="Un tabouret", exact=True)).to_be_focused()
    assert await button.count() == 0
    await page.context.close()


async def test_news_are_counted_beside_my_help(browser: Driver, here: Here) -> None:
    celia = await here.node.account("celia")
    uri = await here.node.publish(celia, title="Un marteau", topic="lending.tools")
    status = await here.node.store.read(objects.by_uri, uri)
    assert status is not None
    page = await browser.visit(here.node, "/me", celia)
    async with page.expect_response("**/live"):
        pass
    mine = page.locator('.top nav a[href="/me"]')
    await expect(mine).to_have_text("Mon entraide")
    await here.node.store.write(
        offer_help, here.node.here, here.benoit, status.id, text="J’en ai un."
    )
    await expect(mine).to_contain_text("(1)")
    await expect(mine).to_contain_text("1 nouvelle")
    await page.context.close()


async def test_a_page_that_nobody_looks_at_hears_nothing(browser: Driver, here: Here) -> None:
    page = await browser.visit(here.node, "/display")
    await page.wait_for_timeout(1300)
    # Nobody signed in, no cards: there is nothing to hear.
    assert not await page.evaluate(
        "performance.getEntriesByType('resource').some(e => e.name.endsWith('/live'))"
    )
    await page.context.close()


# ── without a connection ─────────────────────────────────────────────────────────────────────


async def test_what_one_saw_is_there_without_a_connection(browser: Driver, here: Here) -> None:
    page = await installed(browser, here, here.amina, "/")
    await kept(page, "/")
    await page.goto(f"{here.node.base}/me")
    await kept(page, "/me")
    await kept(page, "/offline")
    await page.context.set_offline(True)
    await page.goto(f"{here.node.base}/")
    await expect(page.get_by_text("Hors ligne : voici la page vue le")).to_be_visible()
    await expect(page.get_by_role("link", name="Une échelle", exact=True)).to_be_visible()
    await page.goto(f"{here.node.base}/display")
    await expect(page.get_by_role("heading", name="Hors ligne")).to_be_visible()
    await expect(page.locator("#seen").get_by_role("link", name="Mon entraide")).to_be_visible()
    await page.goto(f"{here.node.base}/")
    await page.context.set_offline(False)
    await page.get_by_role("link", name="La connexion est revenue").click()
    await expect(page.get_by_role("link", name="Une échelle", exact=True)).to_be_visible()
    assert await page.get_by_text("Hors ligne").count() == 0
    await page.context.close()


async def test_nobody_finds_copies_of_another(browser: Driver, here: Here) -> None:
    """Signing out empties them, and so does a page of somebody else, however they came in."""
    page = await installed(browser, here, here.amina, "/me")
    await kept(page, "/me")
    await page.goto(f"{here.node.base}/me/security")
    await page.goto(f"{here.node.base}/me")
    await sign_in(page.context, here, here.benoit)
    await page.goto(f"{here.node.base}/")
    await kept(page, "/")
    found = await page.evaluate(
        "async () => (await (await caches.open('pages')).keys()).map(e => new URL(e.url).pathname)"
    )
    assert sorted(found) == ["/", "/-/who", "/offline"]
    await page.goto(f"{here.node.base}/me")
    await kept(page, "/me")
    async with page.expect_navigation():
        await page.evaluate(
            """() => {
                const form = document.createElement("form");
                form.method = "post"; form.action = "/signout";
                document.body.append(form); form.submit();
            }"""
        )
    await until(page, "async () => !(await (await caches.open('pages')).match('/me'))")
    await page.context.close()


async def sign_in(context: BrowserContext, here: Here, actor: Actor) -> None:
    token = f"token-of-{actor.username}"
    now = here.node.here.clock.now()
    await here.node.store.write(
        web_sessions.begin, token, actor.id, device="Firefox, Linux", now=now
    )
    await context.add_cookies([{"name": "entraide", "value": token, "url": here.node.base}])


async def test_what_locks_an_account_is_never_kept(browser: Driver, here: Here) -> None:
    page = await installed(browser, here, here.amina, "/me/security")
    await page.goto(f"{here.node.base}/")
    await kept(page, "/")
    assert not await page.evaluate(
        "async () => Boolean(await (await caches.open('pages')).match('/me/security'))"
    )
    await page.context.close()


async def test_what_could_not_be_sent_is_sent_once(browser: Driver, here: Here) -> None:
    node = here.node
    await node.store.write(
        write_to, node.here, here.benoit, [here.amina], "Bonjour !", language="fr"
    )
    (thread,) = await node.store.read(
        conversations.page, here.amina.id, below=None, above=None, upward=False, most=1
    )
    path = f"/me/messages/{thread.id}"
    page = await installed(browser, here, here.amina, path)
    await kept(page, "/offline")
    await page.context.set_offline(True)
    await page.locator("textarea[name=text]").fill("À samedi, dix heures.")
    await page.get_by_role("button", name="Envoyer").click()
    await page.wait_for_url("**/offline?kept=1")
    waiting = page.locator(".warning").filter(has_text="Gardé sur cet appareil")
    await expect(waiting).to_contain_text("À samedi, dix heures.")
    await page.context.set_offline(False)
    await expect(page.get_by_text("C’est parti :")).to_be_visible()
    await expect(waiting).to_have_count(0)
    await asyncio.gather(*(page.evaluate("Outbox.send()") for _ in range(3)))
    said = await node.store.read(conversations.statuses, here.amina, thread.id, most=50)
    texts = await node.store.read(objects.by_ids, said)
    assert sum("À samedi" in one.content for one in texts.values()) == 1
    await page.context.close()


async def test_what_arrived_although_no_answer_came_is_not_sent_twice(
    browser: Driver, here: Here
) -> None:
    """The key of the form is what counts: the same form again changes nothing."""
    node = here.node
    uri = await node.publish(here.benoit, title="Une brouette", topic="lending.tools")
    status = await node.store.read(objects.by_uri, uri)
    assert status is not None
    page = await installed(browser, here, here.amina, f"/@benoit/{status.id}")
    fields = await page.evaluate(
        """() => [...new FormData(document.querySelector("form[action^='/comment/']"))]
            .filter(([name]) => name !== "_form")"""
    )
    fields = [[name, "Elle a une roue ?" if name == "text" else value] for name, value in fields]
    one = {
        "key": "k", "what": "Une brouette", "who": str(here.amina.id), "page": "/",
        "action": f"{node.base}/comment/{status.id}", "fields": fields, "at": 4e12,
        "refused": False,
    }  # fmt: skip
    script = """async one => {
        const form = new FormData();
        for (const [name, value] of one.fields) form.append(name, value);
        form.append("_outbox", one.key);
        for (const name of ["what", "who", "page"]) form.append("_outbox_" + name, one[name]);
        await Outbox.keep(one.action, form);
        await Outbox.send();
        return (await Outbox.all()).length;
    }"""
    assert await page.evaluate(script, one) == 0
    assert await page.evaluate(script, one) == 0
    answers = await node.store.read(objects.replies, uri, after=None, most=10)
    assert len(answers) == 1
    await page.context.close()


async def test_what_is_refused_is_not_lost(browser: Driver, here: Here) -> None:
    page = await installed(browser, here, here.amina, "/")
    await page.evaluate(
        """async who => {
            const form = new FormData();
            for (const [name, value] of Object.entries({text: "Mon texte", _outbox: "r",
                _outbox_what: "Une annonce", _outbox_who: who, _outbox_page: "/"}))
                form.append(name, value);
            await Outbox.keep(location.origin + "/comment/12", form);
            await Outbox.send();
        }""",
        str(here.amina.id),
    )
    refused = page.locator(".warning").filter(has_text="N’a pas pu être envoyé")
    await expect(refused).to_contain_text("Mon texte")
    await refused.get_by_role("button", name="Effacer").click()
    await expect(refused).to_have_count(0)
    await page.context.close()


# ── notifications ────────────────────────────────────────────────────────────────────────────

SUBSCRIBED = """() => {
    let made = null;
    const fake = {
        endpoint: "https://push.example/abc",
        toJSON: () => ({endpoint: "https://push.example/abc", keys: {
            p256dh: "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7" +
                "Vd8pZGH6SRpkNtoIAiw4",
            auth: "BTBZMqHH6r4Tts7J_aSIgg"}}),
        unsubscribe: async () => { made = null; return true; },
    };
    PushManager.prototype.subscribe = async options => {
        window.key = new Uint8Array(options.applicationServerKey).length;
        return made = fake;
    };
    PushManager.prototype.getSubscription = async () => made;
    Notification.requestPermission = async () => "granted";
    Object.defineProperty(Notification, "permission", {get: () => "granted"});
}"""


async def test_one_is_told_on_this_device_and_no_more(browser: Driver, here: Here) -> None:
    context = await browser.person(here.node, here.amina)
    await context.add_init_script(f"({SUBSCRIBED})()")
    page = await context.new_page()
    await page.goto(f"{here.node.base}/me/settings")
    await page.get_by_role("button", name="Être prévenu sur cet appareil").click()
    await expect(page.get_by_text("cet appareil vous préviendra")).to_be_visible()
    assert await page.evaluate("window.key") == 65
    cookie = next(one for one in await context.cookies() if one.get("name") == "entraide")
    session = web_sessions.hash_of(str(cookie.get("value")))
    found = await here.node.store.read(pushes.of_token, session)
    assert found is not None
    assert found.endpoint == "https://push.example/abc"
    assert found.standard
    assert {name for name, wanted in found.alerts.items() if wanted} == {
        "mention",
        "update",
        "status",
    }
    await page.get_by_role("button", name="Ne plus être prévenu").click()
    await expect(page.get_by_text("ne vous préviendra plus")).to_be_visible()
    assert await here.node.store.read(pushes.of_token, session) is None
    await context.close()


async def test_a_notification_says_what_happened_and_leads_there(
    browser: Driver, here: Here
) -> None:
    context = await browser.person(here.node, here.amina)
    await context.grant_permissions(["notifications"], origin=here.node.base)
    page = await context.new_page()
    await page.goto(f"{here.node.base}/")
    await page.wait_for_function(CONTROLLED)
    tools = await context.new_cdp_session(page)
    found: list[str] = []
    tools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: found.extend(one["registrationId"] for one in event["registrations"]),
    )
    await tools.send("ServiceWorker.enable")
    async with asyncio.timeout(5):
        while not found:
            await page.wait_for_timeout(50)
    told = {
        "notification_id": "12",
        "notification_type": "update",
        "title": "Benoît a répondu",
        "body": "Un marteau",
        "preferred_locale": "fr",
    }
    await tools.send(
        "ServiceWorker.deliverPushMessage",
        {"origin": here.node.base, "registrationId": found[-1], "data": json.dumps(told)},
    )
    await until(
        page,
        "async () => (await (await navigator.serviceWorker.ready).getNotifications()).length",
    )
    shown = await page.evaluate(
        "async () => (await (await navigator.serviceWorker.ready).getNotifications())"
        ".map(one => [one.title, one.body, one.data])"
    )
    assert shown == [["Benoît a répondu", "Un marteau", "/me/news/12"]]
    await context.close()
