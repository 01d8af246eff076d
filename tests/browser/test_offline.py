"""What one has on a device without a connection, and what is sent when it is back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, expect

from node.actions.posts import write_to
from node.social.accounts import Actor
from node.store import conversations, objects, web_sessions
from tests.browser.driving import Driver
from tests.browser.installed import Here, installed, kept, people, until

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def here(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Here]:
    async with people(tmp_path_factory.mktemp("live")) as there:
        yield there


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
