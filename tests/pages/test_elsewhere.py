"""Answering from an account elsewhere, coming from elsewhere, and following with an app."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web

from node.activitypub.intents import interaction, whereabouts
from tests.databases import new_sqlite
from tests.pages.reading import Read, reader
from tests.serving import Serving, free_port, serving

URI = "https://here.example/objects/7?a=b&c"
QUOTED = "https%3A%2F%2Fhere.example%2Fobjects%2F7%3Fa%3Db%26c"
OSTATUS = "http://ostatus.org/schema/1.0/subscribe"
INTENT = "https://w3id.org/fep/3b86/"


# ── what is typed, what servers name ─────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("@zoe@mastodon.example", "@zoe@mastodon.example"),
        (" zoe@Mastodon.Example ", "@zoe@mastodon.example"),
        ("acct:zoe@mastodon.example", "@zoe@mastodon.example"),
        ("mastodon.example", "mastodon.example"),
        ("https://mastodon.example/", "mastodon.example"),
        ("https://mastodon.example/@zoe", "@zoe@mastodon.example"),
        ("https://mastodon.example/about?x=1", "mastodon.example"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("127.0.0.1:8321", "127.0.0.1:8321"),
        ("zoe", None),
        ("", None),
        ("ftp://mastodon.example", None),
        ("javascript:alert(1)", None),
        ("https://zoe:secret@mastodon.example", None),
        ("@zoe@mastodon.example/x", None),
        ("a b.example", None),
        ("x" * 600 + ".example", None),
    ],
)
def test_what_people_type_is_understood(typed: str, meant: str | None) -> None:
    found = whereabouts(typed)
    assert (None if found is None else str(found)) == meant


@pytest.mark.parametrize(
    ("links", "page"),
    [
        (
            [{"rel": OSTATUS, "template": "https://m.example/authorize_interaction?uri={uri}"}],
            f"https://m.example/authorize_interaction?uri={QUOTED}",
        ),
        (
            [
                {"rel": OSTATUS, "template": "https://m.example/old?uri={uri}"},
                {"rel": f"{INTENT}Object", "template": "https://m.example/open?id={object}"},
            ],
            f"https://m.example/open?id={QUOTED}",
        ),
        (
            [
                {
                    "rel": f"{INTENT}Create",
                    "template": "https://m.example/new?to={inReplyTo}&text={content}&ok={on-success}",
                }
            ],
            f"https://m.example/new?to={QUOTED}&text=&ok=",
        ),
        # One that can only begin something new is no reply.
        (
            [
                {"rel": f"{INTENT}Create", "template": "https://m.example/share?text={content}"},
                {"rel": OSTATUS, "template": "https://m.example/a?uri={uri}"},
            ],
            f"https://m.example/a?uri={QUOTED}",
        ),
        ([{"rel": OSTATUS, "template": "javascript:alert('{uri}')"}], None),
        ([{"rel": OSTATUS, "template": "https://m.example/no-place"}], None),
        ([{"rel": OSTATUS, "href": "https://m.example/{uri}"}, "x", None, 3], None),
        ("nonsense", None),
        (None, None),
    ],
)
def test_the_nearest_page_to_a_reply_is_taken(links: object, page: str | None) -> None:
    assert interaction(links, URI) == page


# ── by pages ─────────────────────────────────────────────────────────────────────────────────


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def node(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Serving]:
    directory: Path = tmp_path_factory.mktemp("elsewhere")
    async with serving(new_sqlite(directory), directory) as serving_node:
        yield serving_node


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def proposal(node: Serving) -> str:
    author = await node.account("amina")
    return await node.publish(author, title="Des courses")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server() -> AsyncIterator[tuple[str, list[str]]]:
    """Another server: its domain, and the resources that it was asked for."""
    asked: list[str] = []
    port = free_port()
    domain = f"127.0.0.1:{port}"

    async def webfinger(request: web.Request) -> web.Response:
        resource = request.query["resource"]
        asked.append(resource)
        if "nobody" in resource:
            raise web.HTTPNotFound
        template = f"http://{domain}/authorize_interaction?uri={{uri}}"
        return web.json_response({"links": [{"rel": OSTATUS, "template": template}]})

    application = web.Application()
    application.router.add_get("/.well-known/webfinger", webfinger)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    yield domain, asked
    await runner.cleanup()


def onward(page: Read) -> str | None:
    found = page.soup.select_one(".answer a.button")
    return None if found is None else str(found["href"])


@pytest.mark.asyncio(loop_scope="module")
async def test_the_way_leads_through_ones_own_server(
    node: Serving, proposal: str, server: tuple[str, list[str]]
) -> None:
    """The link leads to the page that the server names, with the id of the announcement."""
    domain, asked = server
    path = f"/elsewhere/{proposal.rsplit('/', 1)[1]}"
    quoted = proposal.replace(":", "%3A").replace("/", "%2F")
    async with reader(node) as r:
        page = await r.get(path)
        assert page.h1 == "Répondre depuis un compte ailleurs"
        (copied,) = page.soup.select("input[readonly]")
        assert copied["value"] == proposal
        assert onward(page) is None
        for typed, resource in (
            (f"@zoe@{domain}", f"acct:zoe@{domain}"),
            (domain, f"http://{domain}/"),
        ):
            page = await r.submit(page, path, address=typed)
            assert onward(page) == f"http://{domain}/authorize_interaction?uri={quoted}"
            assert page.links[f"Continuer chez {domain}"]
            assert asked[-1] == resource


@pytest.mark.asyncio(loop_scope="module")
async def test_the_address_is_remembered_only_when_one_says_so(
    node: Serving, proposal: str, server: tuple[str, list[str]]
) -> None:
    domain, _ = server
    path = f"/elsewhere/{proposal.rsplit('/', 1)[1]}"
    async with reader(node) as r:
        await r.submit(await r.get(path), path, address=domain)
        page = await r.get(path)
        field = page.soup.select_one("[name=address]")
        assert field is not None
        assert field["value"] == ""
        page = await r.submit(page, path, address=f"zoe@{domain}", remember="on")
        (cookie,) = [one for one in page.headers.getall("Set-Cookie") if "elsewhere" in one]
        assert "HttpOnly" in cookie
        assert "Max-Age=31536000" in cookie
        page = await r.get(path)
        field = page.soup.select_one("[name=address]")
        assert field is not None
        assert field["value"] == f"@zoe@{domain}"
        await r.submit(page, path, remember=None)
        page = await r.get(path)
        field = page.soup.select_one("[name=address]")
        assert field is not None
        assert field["value"] == ""


@pytest.mark.asyncio(loop_scope="module")
async def test_without_an_answer_one_copies_the_address(
    node: Serving, proposal: str, server: tuple[str, list[str]]
) -> None:
    """Nobody of that name, a server that is none, one on a private network: told alike, and
    nothing is connected to that is not the node's to connect to."""
    domain, _ = server
    path = f"/elsewhere/{proposal.rsplit('/', 1)[1]}"
    async with reader(node) as r:
        page = await r.get(path)
        for typed in (f"nobody@{domain}", f"127.0.0.1:{free_port()}", "10.0.0.1", "[fe80::1]"):
            page = await r.submit(page, path, address=typed)
            assert page.status == 200, typed
            assert onward(page) is None
            assert "Copiez l’adresse ci-dessous" in page.text
        page = await r.submit(page, path, address="<script>alert(1)</script>")
        assert page.status == 422
        assert "Ce n’est pas une adresse" in page.problems[0]
        assert "<script>alert" not in page.html


@pytest.mark.asyncio(loop_scope="module")
async def test_who_comes_from_elsewhere_goes_on_here(node: Serving, proposal: str) -> None:
    """Our own WebFinger names our page; it leads to what is here, and asks before it fetches."""
    member = await node.account("benoit")
    async with reader(node, member) as r:
        finger = await r.get(f"/.well-known/webfinger?resource=acct:benoit@{node.domain}")
        assert f"{node.base}/authorize_interaction?uri={{uri}}" in finger.html
        page = await r.get(f"/authorize_interaction?uri={proposal}")
        assert page.h1 == "Des courses"
        page = await r.get(f"/authorize_interaction?uri={node.base}/users/amina")
        assert page.path == "/@amina"
        page = await r.get("/authorize_interaction?uri=http://127.0.0.1:9/x")
        page = await r.press(page, "Continuer ici")
        assert page.status == 404
        assert "n’est pas arrivé dans notre quartier" in page.text
    async with reader(node) as out:
        page = await out.get(f"/authorize_interaction?uri={proposal}")
        assert page.path.startswith("/signin?next=")


@pytest.mark.asyncio(loop_scope="module")
async def test_apps_are_told_what_to_type(node: Serving) -> None:
    """The addresses to follow, where to sign in, and codes to photograph, told in words, too."""
    async with reader(node) as r:
        page = await r.get("/apps")
        assert page.h1 == "Suivre avec une application"
        for said in (f"@quartier@{node.domain}", f"@urgent@{node.domain}", "#demande"):
            assert said in page.text
        codes = page.soup.select(".qr[role=img]")
        assert len(codes) == 2
        assert all(code["aria-label"] for code in codes)
        assert page.soup.select("[style]") == []
        assert len(page.html) < 60_000
