"""What open pages are told, by whom it is heard and when it ends; the site as an app."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from PIL import Image

from node.actions.agreements import offer_help
from node.actions.posts import write_to
from node.actions.publishing import publish_proposal
from node.aid.drafts import check_draft
from node.social.accounts import Actor
from node.store import objects, pushes, web_sessions
from node.store.engine import Store
from node.web.live import hub as hubs
from tests.databases import new_sqlite
from tests.mastodon.push_service import push_service, until
from tests.pages.reading import Reader, reader, session_of
from tests.serving import Serving, serving

pytestmark = pytest.mark.asyncio(loop_scope="module")

SOON_S = 5.0


class Stream:
    """One page's server-sent events, as they come."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.headers = answer.headers

    async def next(self, only: str = "") -> tuple[str, str]:
        """(event, data), of any event or of those of one name."""
        event = ""
        async with asyncio.timeout(SOON_S):
            while True:
                line = (await self.answer.content.readline()).decode()
                if not line:
                    raise EOFError
                if line.startswith("event: "):
                    event = line[7:].strip()
                if line.startswith("data: ") and only in ("", event):
                    return event, line[6:].strip()

    async def nothing(self, seconds: float, only: str = "") -> bool:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.next(only)
                return False
        return True

    async def ended(self) -> bool:
        try:
            while True:
                await self.next()
        except EOFError:
            return True


@contextlib.asynccontextmanager
async def listening(who: Reader) -> AsyncIterator[Stream]:
    async with who.session.get(f"{who.base}/live") as answer:
        assert answer.status == 200, await answer.text()
        assert answer.content_type == "text/event-stream"
        yield Stream(answer)


@dataclass(frozen=True, slots=True)
class Here:
    node: Serving
    amina: Actor
    benoit: Actor


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def here(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Here]:
    directory: Path = tmp_path_factory.mktemp("live")
    async with serving(new_sqlite(directory), directory) as node:
        yield Here(node, await node.account("amina"), await node.account("benoit"))


async def number(node: Serving, uri: str) -> int:
    status = await node.store.read(objects.by_uri, uri)
    assert status is not None
    return status.id


# ── what is told ─────────────────────────────────────────────────────────────────────────────


async def test_new_announcements_of_every_process_are_told(
    tmp_path: Path, database_url: str
) -> None:
    """Also what another process wrote into the same database."""
    async with serving(database_url, tmp_path) as node:
        amina = await node.account("amina")
        async with reader(node) as stranger, listening(stranger) as stream:
            assert await stream.next() == ("cards", "0")
            made = await number(node, await node.publish(amina))
            assert await stream.next() == ("cards", str(made))
            other = await Store.open(node.node.settings.database.url or database_url)
            try:
                draft = check_draft(
                    {
                        "author": "amina",
                        "purpose": "offer",
                        "topic": "goods.books",
                        "title": "Des livres",
                    }
                )
                made = (await other.write(publish_proposal, node.here, amina, draft)).id
            finally:
                await other.close()
            assert await stream.next() == ("cards", str(made))


async def test_many_at_once_are_one_word(here: Here) -> None:
    async with reader(here.node) as stranger, listening(stranger) as stream:
        await stream.next()
        for count in range(8):
            await here.node.publish(here.amina, title=f"Une chaise {count}")
        assert (await stream.next())[0] == "cards"
        assert await stream.nothing(hubs.TOGETHER_S * 2)


async def test_news_are_told_to_their_person_alone(here: Here) -> None:
    dora, emil = await here.node.account("dora"), await here.node.account("emil")
    made = await number(here.node, await here.node.publish(dora))
    async with (
        reader(here.node, dora) as one,
        reader(here.node, emil) as other,
        listening(one) as hers,
        listening(other) as his,
    ):
        for stream in (hers, his):
            _, data = await stream.next("news")
            assert data == '{"unread": 0, "said": "0 nouvelle"}'
        await here.node.store.write(offer_help, here.node.here, emil, made, text="Je peux.")
        _, data = await hers.next("news")
        assert json.loads(data) == {"unread": 1, "said": "1 nouvelle"}
        assert await his.nothing(hubs.TOGETHER_S * 2, "news")


async def test_what_is_not_for_everybody_is_told_to_nobody(here: Here) -> None:
    async with reader(here.node) as stranger, listening(stranger) as stream:
        await stream.next()
        await here.node.store.write(
            write_to, here.node.here, here.benoit, [here.amina], "Bonjour", language="fr"
        )
        assert await stream.nothing(hubs.TOGETHER_S * 2)


async def test_among_members_strangers_hear_nothing(tmp_path: Path) -> None:
    closed = {"public_pages": "members"}
    async with serving(new_sqlite(tmp_path), tmp_path, node=closed) as node:
        amina = await node.account("amina")
        async with reader(node) as stranger, listening(stranger) as stream:
            await node.publish(amina)
            assert await stream.nothing(hubs.TOGETHER_S * 2)
            for path in ("/paper/board", "/paper/strips"):
                assert (await stranger.get(path)).status == 403
        async with reader(node, amina) as member:
            assert (await member.get("/paper/board")).status == 200


# ── when it ends ─────────────────────────────────────────────────────────────────────────────


async def test_signing_out_ends_the_stream(here: Here) -> None:
    token = await session_of(here.node, here.amina)
    async with reader(here.node) as amina:
        amina.session.cookie_jar.update_cookies({"entraide": token})
        async with listening(amina) as stream:
            await stream.next()
            await here.node.store.write(
                web_sessions.end, here.amina.id, web_sessions.hash_of(token), now=1.0
            )
            assert await stream.ended()


async def test_a_node_that_stops_waits_for_no_page(tmp_path: Path) -> None:
    async with contextlib.AsyncExitStack() as stack:
        node_is_up = contextlib.AsyncExitStack()
        node = await node_is_up.enter_async_context(serving(new_sqlite(tmp_path), tmp_path))
        stranger = await stack.enter_async_context(reader(node))
        stream = await stack.enter_async_context(listening(stranger))
        await stream.next()
        async with asyncio.timeout(SOON_S):
            await node_is_up.aclose()
        assert await stream.ended()


async def test_pages_are_not_open_without_end(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hubs, "PER_NETWORK", 2)
    monkeypatch.setattr(hubs, "PER_PERSON", 1)
    async with contextlib.AsyncExitStack() as stack:
        stranger = await stack.enter_async_context(reader(here.node))
        amina = await stack.enter_async_context(reader(here.node, here.amina))
        for who in (stranger, stranger, amina):
            await (await stack.enter_async_context(listening(who))).next()
        for who in (stranger, amina):
            refused = await who.get("/live")
            assert refused.status == 429
            assert refused.headers["Retry-After"]
    async with reader(here.node) as stranger, listening(stranger) as stream:
        assert await stream.next()


# ── the site as an app ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("language", "said"), [("fr", "Demander"), ("en", "Ask")])
async def test_the_manifest_makes_an_app_of_it(here: Here, language: str, said: str) -> None:
    async with reader(here.node, language=language) as stranger:
        page = await stranger.get("/manifest.webmanifest")
        made = json.loads(page.html)
        assert page.headers["Content-Type"].startswith("application/manifest+json")
        assert "Croix-Rousse" in made["name"]
        assert made["lang"] == language
        assert made["shortcuts"][0]["name"].startswith(said)
        assert [one["url"] for one in made["shortcuts"]] == ["/ask", "/offer", "/me"]
        for icon in made["icons"]:
            async with stranger.session.get(stranger.base + icon["src"]) as answer:
                assert answer.content_type == "image/png"
                drawn = Image.open(io.BytesIO(await answer.read()))
            assert f"{drawn.width}x{drawn.height}" == icon["sizes"]
            if icon["purpose"] == "maskable":  # whatever shape it is cut into, it is filled
                assert drawn.convert("RGBA").getpixel((0, 0)) == (0x9C, 0x3F, 0x17, 255)


async def test_the_worker_is_always_the_newest(here: Here) -> None:
    async with reader(here.node) as stranger:
        page = await stranger.get("/sw.js")
        assert page.headers["Cache-Control"] == "no-cache"
        assert page.headers["Content-Type"].startswith("text/javascript")
        assert page.html.startswith('const VERSION = "')
        assert "/static/outbox.js?v=" in page.html


async def test_a_mark_for_a_form_is_ones_own(here: Here) -> None:
    async with reader(here.node, here.amina) as amina, reader(here.node, here.benoit) as benoit:
        mine = json.loads((await amina.get("/live/mark")).html)
        assert mine["who"] == str(here.amina.id)
        right = await amina.post("/me/push/off", {}, headers={"X-Form": mine["mark"]})
        assert right.status == 204
        other = await benoit.post("/me/push/off", {}, headers={"X-Form": mine["mark"]})
        assert other.status == 403
        wrong = await amina.post("/me/push", {"endpoint": "x"}, headers={"X-Form": mine["mark"]})
        assert wrong.status == 422


async def test_a_device_is_told_in_words_until_its_person_signs_out(here: Here) -> None:
    celia = await here.node.account("celia")
    token = await session_of(here.node, celia)
    async with push_service() as service, reader(here.node) as reads:
        reads.session.cookie_jar.update_cookies({"entraide": token})
        given = json.loads((await reads.get("/live/mark")).html)
        device = service.device("phone")
        keys = device.subscription(standard=True)["keys"]
        said = await reads.post(
            "/me/push", {"endpoint": device.endpoint, **keys}, headers={"X-Form": given["mark"]}
        )
        assert said.status == 204
        assert json.loads((await reads.get("/me/push")).html)["endpoint"] == device.endpoint
        made = await number(here.node, await here.node.publish(celia, title="Une lampe"))
        await here.node.store.write(
            offer_help, here.node.here, here.benoit, made, text="J’en ai une."
        )
        await until(lambda: device.read)
        (told,) = device.read
        assert told["title"] == "Croix-Rousse"
        assert told["body"] == "Benoit a répondu à votre annonce « Une lampe »."
        assert "J’en ai une" not in str(told)
        page = await reads.get(f"/me/news/{told['notification_id']}")
        assert page.path.startswith("/me/agreements/")
        hashed = web_sessions.hash_of(token)
        await here.node.store.write(web_sessions.end, celia.id, hashed, now=1.0)
        assert await here.node.store.read(pushes.of_token, hashed) is None
