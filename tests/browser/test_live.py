"""What happens while a page is open, and what a device is told."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import expect

from node.actions.agreements import offer_help
from node.store import objects, pushes, web_sessions
from tests.browser.driving import Driver
from tests.browser.installed import CONTROLLED, Here, people, until

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def here(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Here]:
    async with people(tmp_path_factory.mktemp("live")) as there:
        yield there


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
