"""Statuses as apps read them: every field, who may see what, and pages."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import orjson
import pytest
import pytest_asyncio

from node.actions.keeping import store_object
from node.activitypub.documents import ObjectDocument, parse_object
from node.ids import new_id
from node.social.accounts import Actor
from node.store import actors, follows
from node.store.transaction import Transaction
from tests.mastodon import shapes
from tests.mastodon.shapes import check
from tests.mastodon.signing_in import App, Town
from tests.mastodon.test_media import jpeg, send

pytestmark = pytest.mark.asyncio(loop_scope="module")

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
HOST = "https://loin.example"


@pytest_asyncio.fixture(loop_scope="module")
async def apps(fresh: Town) -> dict[str, App]:
    """Benoît follows Amina; Chloé is a stranger."""
    await fresh.node.account("chloe")
    made = {name: await fresh.app(name) for name in ("amina", "benoit", "chloe")}
    made[""] = await fresh.app()
    me = await made["amina"].get("/api/v1/accounts/verify_credentials")
    await made["benoit"].post(f"/api/v1/accounts/{me['id']}/follow")
    return made


async def seen_by(app: App, path: str, **query: Any) -> int:
    return (await app.ask("GET", path, params=query)).status


def far(tx: Transaction, /, text: str, number: int, **fields: Any) -> str:
    """A status of Zoé, who lives elsewhere; its id."""
    uri = f"{HOST}/users/zoe"
    zoe = actors.by_uri(tx, uri)
    if zoe is None:
        values = {
            "uri": uri,
            "local": False,
            "type": "Person",
            "username": "zoe",
            "domain": "loin.example",
            "name": "Zoé",
            "inbox": f"{uri}/inbox",
            "followers_uri": f"{uri}/followers",
            "also_known_as": [],
        }
        actors.put(tx, values=values, keys=(), now=1.0)
        zoe = actors.by_uri(tx, uri)
    assert isinstance(zoe, Actor)
    note = {
        "id": f"{HOST}/o/{number}",
        "type": "Note",
        "attributedTo": uri,
        "to": [PUBLIC],
        "content": text,
        **fields,
    }
    parsed = parse_object(note)
    assert isinstance(parsed, ObjectDocument)
    status = store_object(tx, parsed, zoe, orjson.dumps(note).decode(), now=2e9)
    assert status is not None
    return str(status.id)


# ── every field ──────────────────────────────────────────────────────────────────────────────


async def test_every_field(fresh: Town, apps: dict[str, App]) -> None:
    amina, benoit = apps["amina"], apps["benoit"]
    picture = (await send(amina, jpeg(), description="Un toit")).body
    first = await amina.post(
        "/api/v1/statuses",
        status="Bonjour @benoit #Lyon",
        media_ids=[picture["id"]],
        language="fr",
        spoiler_text="Toits",
    )
    check(first, shapes.OWN_STATUS)
    assert first["media_attachments"][0]["id"] == picture["id"]
    assert first["media_attachments"][0]["description"] == "Un toit"
    assert [one["acct"] for one in first["mentions"]] == ["benoit"]
    assert first["tags"] == [{"name": "lyon", "url": f"{fresh.node.base}/tags/lyon"}]
    assert first["application"] == {"name": "Une app", "website": "https://app.example"}
    assert (first["sensitive"], first["spoiler_text"], first["pinned"]) == (True, "Toits", False)
    poll = {"options": ["oui", "non"], "expires_in": 3600}
    asked = await benoit.post(
        "/api/v1/statuses", status="Et vous ?", in_reply_to_id=first["id"], poll=poll
    )
    check(asked, shapes.OWN_STATUS)
    assert asked["in_reply_to_id"] == first["id"]
    assert asked["in_reply_to_account_id"] == first["account"]["id"]
    assert [one["title"] for one in asked["poll"]["options"]] == ["oui", "non"]
    quoting = await benoit.post("/api/v1/statuses", status="Lisez", quoted_status_id=first["id"])
    assert quoting["quote"]["state"] == "accepted"
    assert quoting["quote"]["quoted_status"]["id"] == first["id"]
    twice = await amina.post("/api/v1/statuses", status="Aussi", quoted_status_id=quoting["id"])
    nested = twice["quote"]["quoted_status"]["quote"]
    assert nested == {"state": "accepted", "quoted_status_id": first["id"]}
    shared_one = await benoit.post(f"/api/v1/statuses/{first['id']}/reblog")
    check(shared_one, shapes.OWN_STATUS)
    assert shared_one["id"] != first["id"] == shared_one["reblog"]["id"]
    await benoit.post(f"/api/v1/statuses/{first['id']}/favourite")
    now = await benoit.get(f"/api/v1/statuses/{first['id']}")
    counts = ("replies_count", "reblogs_count", "favourites_count", "quotes_count")
    assert [now[name] for name in counts] == [1, 1, 1, 1]
    assert (now["favourited"], now["reblogged"], now["bookmarked"]) == (True, True, False)
    assert now["quote_approval"]["automatic"] == ["public"]
    assert "pinned" not in now
    for app in (amina, benoit, apps[""]):
        kind = shapes.STATUS if app is apps[""] else shapes.OWN_STATUS
        check(await app.get("/api/v1/timelines/public"), [kind])
        check(await app.get(f"/api/v1/statuses/{shared_one['id']}"), kind)
        whose = first["account"]["id"]
        check(await app.get(f"/api/v1/accounts/{whose}/statuses"), [kind])
        check(await app.get(f"/api/v1/statuses/{first['id']}/context"), shapes.CONTEXT)
        for what in ("favourited_by", "reblogged_by"):
            people = await app.get(f"/api/v1/statuses/{first['id']}/{what}")
            check(people, [shapes.ACCOUNT])
            assert [one["username"] for one in people] == ["benoit"]
    quotes = await amina.get(f"/api/v1/statuses/{first['id']}/quotes")
    assert [one["id"] for one in quotes] == [quoting["id"]]
    check(await amina.get(f"/api/v1/statuses/{first['id']}/source"), shapes.STATUS_SOURCE)
    several = await amina.get("/api/v1/statuses", **{"id[]": first["id"]})
    assert [one["id"] for one in several] == [first["id"]]


async def test_edits(apps: dict[str, App]) -> None:
    amina = apps["amina"]
    made = await amina.post("/api/v1/statuses", status="Un")
    assert made["edited_at"] is None
    path = f"/api/v1/statuses/{made['id']}"
    await amina.ask("PUT", path, json={"status": "Deux", "spoiler_text": "!"})
    now = await apps[""].get(path)
    assert now["edited_at"] is not None
    history = await apps[""].get(f"{path}/history")
    check(history, [shapes.STATUS_EDIT])
    assert [one["content"] for one in history] == ["<p>Un</p>", "<p>Deux</p>"]
    assert [one["spoiler_text"] for one in history] == ["", "!"]
    assert history[0]["created_at"] == made["created_at"]
    source = await amina.get(f"{path}/source")
    assert source == {"id": made["id"], "text": "Deux", "spoiler_text": "!"}
    assert await seen_by(apps["benoit"], f"{path}/source") == 404


async def test_from_elsewhere(fresh: Town, apps: dict[str, App]) -> None:
    base = fresh.node.base
    made = await fresh.node.store.write(
        far,
        "<p>Salut :chat: <script>x</script></p>",
        1,
        tag=[
            {"type": "Mention", "href": f"{base}/users/amina", "name": "@amina"},
            {"type": "Hashtag", "name": "#Jardin", "href": f"{HOST}/tags/jardin"},
            {"type": "Emoji", "name": ":chat:", "icon": {"type": "Image", "url": f"{HOST}/c.png"}},
        ],
        attachment=[
            {
                "type": "Document",
                "mediaType": "image/png",
                "url": f"{HOST}/a.png",
                "name": "Un chat",
                "width": 30,
                "height": 20,
                "focalPoint": [0.5, -0.5],
                "blurhash": "LEHV6nWB2yk8pyo0adR*.7kCMdnj",
            }
        ],
    )
    status = await apps["amina"].get(f"/api/v1/statuses/{made}")
    check(status, shapes.OWN_STATUS)
    assert status["content"] == "<p>Salut :chat: </p>"
    assert [one["username"] for one in status["mentions"]] == ["amina"]
    assert status["tags"] == [{"name": "jardin", "url": f"{base}/tags/jardin"}]
    assert [one["shortcode"] for one in status["emojis"]] == ["chat"]
    assert status["account"]["acct"] == "zoe@loin.example"
    picture = status["media_attachments"][0]
    assert picture["description"] == "Un chat"
    assert picture["meta"]["focus"] == {"x": 0.5, "y": -0.5}
    assert picture["meta"]["original"]["aspect"] == 1.5
    film = await fresh.node.store.write(
        far, "<p>Le jardin</p>", 2, type="Video", name="Un & deux", url=f"{HOST}/w/2"
    )
    shown = await apps[""].get(f"/api/v1/statuses/{film}")
    title = f'<p><a href="{HOST}/w/2" rel="nofollow noopener">Un &amp; deux</a></p>'
    assert shown["content"] == f"{title}<p>Le jardin</p>"


# ── who may see what ─────────────────────────────────────────────────────────────────────────


async def test_nothing_leaks(apps: dict[str, App]) -> None:
    amina = apps["amina"]
    me = await amina.get("/api/v1/accounts/verify_credentials")
    opening = await amina.post("/api/v1/statuses", status="Début #secret")
    for visibility, readers in (
        ("public", {"amina", "benoit", "chloe", ""}),
        ("unlisted", {"amina", "benoit", "chloe", ""}),
        ("private", {"amina", "benoit", "chloe"}),  # who is named reads it, too
        ("direct", {"amina", "chloe"}),
    ):
        made = await amina.post(
            "/api/v1/statuses",
            status="@chloe #secret",
            visibility=visibility,
            in_reply_to_id=opening["id"],
        )
        check(made, shapes.OWN_STATUS)
        assert made["visibility"] == visibility
        identifier = made["id"]
        for name, app in apps.items():
            may = name in readers
            one = f"/api/v1/statuses/{identifier}"
            for path in (one, f"{one}/context", f"{one}/history", f"{one}/reblogged_by"):
                assert (await seen_by(app, path)) == (200 if may else 404), (visibility, name)
            several = await app.get("/api/v1/statuses", **{"id[]": identifier})
            assert bool(several) is may
            context = await app.get(f"/api/v1/statuses/{opening['id']}/context")
            assert (identifier in {it["id"] for it in context["descendants"]}) is may
            listed = await app.get(f"/api/v1/accounts/{me['id']}/statuses", limit=40)
            assert (identifier in {it["id"] for it in listed}) is may
            tagged = await app.get("/api/v1/timelines/tag/secret")
            assert (identifier in {it["id"] for it in tagged}) is (visibility == "public")
            if name:
                home = await app.get("/api/v1/timelines/home")
                reads = name == "amina" or (name == "benoit" and visibility != "direct")
                assert (identifier in {it["id"] for it in home}) is reads, (visibility, name)


async def test_kept_and_then_hidden(apps: dict[str, App]) -> None:
    """What somebody marked is shown for as long as they may see it."""
    amina, benoit = apps["amina"], apps["benoit"]
    await benoit.post("/api/v1/statuses", status="De moi")
    made = await amina.post("/api/v1/statuses", status="Pour vous", visibility="private")
    path = f"/api/v1/statuses/{made['id']}"
    for deed, whole in (("bookmark", "bookmarks"), ("favourite", "favourites")):
        await benoit.post(f"{path}/{deed}")
        assert [one["id"] for one in await benoit.get(f"/api/v1/{whole}")][:1] == [made["id"]]
    whose = made["account"]["id"]
    await benoit.post(f"/api/v1/accounts/{whose}/unfollow")
    for whole in ("bookmarks", "favourites"):
        assert made["id"] not in {one["id"] for one in await benoit.get(f"/api/v1/{whole}")}
    home = await benoit.get("/api/v1/timelines/home")
    assert {one["account"]["username"] for one in home} == {"benoit"}
    await benoit.post(f"/api/v1/accounts/{whose}/follow")
    home = await benoit.get("/api/v1/timelines/home")
    assert made["id"] in {one["id"] for one in home}


async def test_blocked_and_muted(apps: dict[str, App]) -> None:
    chloe, amina = apps["chloe"], apps["amina"]
    await amina.post("/api/v1/statuses", status="Amina")
    made = await chloe.post("/api/v1/statuses", status="Chloé #bruit")
    whose = made["account"]["id"]
    pages = ("/api/v1/timelines/public", "/api/v1/timelines/tag/bruit")
    for deed in ("mute", "block"):
        await amina.post(f"/api/v1/accounts/{whose}/{deed}")
        for page in pages:
            assert made["id"] not in {one["id"] for one in await amina.get(page)}
            assert made["id"] in {one["id"] for one in await apps[""].get(page)}
        status = 200 if deed == "mute" else 404
        assert await seen_by(amina, f"/api/v1/statuses/{made['id']}") == status
        mine = (await amina.get("/api/v1/accounts/verify_credentials"))["id"]
        theirs = await chloe.get(f"/api/v1/accounts/{mine}/statuses")
        assert bool(theirs) is (deed == "mute")
        await amina.post(f"/api/v1/accounts/{whose}/un{deed}")
    for page in pages:
        assert made["id"] in {one["id"] for one in await amina.get(page)}


# ── pages ────────────────────────────────────────────────────────────────────────────────────


def links(headers: Any) -> dict[str, str]:
    found = re.findall(r'<([^>]+)>; rel="(\w+)"', headers.get("Link", ""))
    return {rel: url for url, rel in found}


async def test_links_lead_through_all_of_it(fresh: Town, apps: dict[str, App]) -> None:
    amina = apps["amina"]
    for number in range(7):
        await amina.post("/api/v1/statuses", status=f"{number} #pages")
    path = "/api/v1/timelines/tag/pages?limit=3&local=true"
    whole = [one["id"] for one in await amina.get("/api/v1/timelines/tag/pages")]
    found: list[str] = []
    url = path
    back = ""
    for _ in range(5):
        told = await amina.ask("GET", url)
        found += [one["id"] for one in told.body]
        back = links(told.headers).get("prev", back)
        assert "limit=3" in back
        assert "local=true" in back
        url = links(told.headers).get("next", "")
        if not url:
            break
        assert url.startswith(fresh.node.base)
    assert found == whole
    up = await amina.ask("GET", back)
    assert [one["id"] for one in up.body] == whole[3:6]


async def test_what_an_account_shows(apps: dict[str, App]) -> None:
    chloe, amina = apps["chloe"], apps["amina"]
    mine = (await chloe.get("/api/v1/accounts/verify_credentials"))["id"]
    path = f"/api/v1/accounts/{mine}/statuses"
    other = await amina.post("/api/v1/statuses", status="Autre")
    picture = (await send(chloe, jpeg())).body
    with_media = await chloe.post("/api/v1/statuses", status="Vu", media_ids=[picture["id"]])
    answer = await chloe.post("/api/v1/statuses", status="Oui", in_reply_to_id=other["id"])
    again = await chloe.post(
        "/api/v1/statuses", status="Et #suite", in_reply_to_id=with_media["id"]
    )
    shared_one = await chloe.post(f"/api/v1/statuses/{other['id']}/reblog")
    await chloe.post(f"/api/v1/statuses/{with_media['id']}/pin")

    async def shown(**query: str) -> set[str]:
        return {one["id"] for one in await amina.get(path, **query)}

    assert {with_media["id"], answer["id"], again["id"], shared_one["id"]} <= await shown()
    assert answer["id"] not in await shown(exclude_replies="true")
    assert again["id"] in await shown(exclude_replies="true")
    assert shared_one["id"] not in await shown(exclude_reblogs="true")
    assert await shown(only_media="true") == {with_media["id"]}
    assert await shown(pinned="true") == {with_media["id"]}
    assert await shown(tagged="Suite") == {again["id"]}
    assert await seen_by(amina, "/api/v1/accounts/1/statuses") == 404


async def test_what_is_kept_is_never_old(fresh: Town, apps: dict[str, App]) -> None:
    """Asked again at once after each change, by whoever made it and by another."""
    amina, benoit = apps["amina"], apps["benoit"]
    await amina.post("/api/v1/statuses", status="Ancien")
    for number in range(5):
        made = await amina.post("/api/v1/statuses", status=f"Nouveau {number}")
        path = f"/api/v1/statuses/{made['id']}"
        for app in (amina, benoit):
            home = await app.get("/api/v1/timelines/home")
            assert home[0]["id"] == made["id"]
            assert (await app.get(path))["favourites_count"] == 0
        await benoit.post(f"{path}/favourite")
        assert (await amina.get(path))["favourites_count"] == 1
        assert (await benoit.get("/api/v1/timelines/home"))[0]["favourited"] is True
        await amina.ask("DELETE", path)
        both = await asyncio.gather(*(app.ask("GET", path) for app in (amina, benoit)))
        assert [told.status for told in both] == [404, 404]
        assert (await benoit.get("/api/v1/timelines/home"))[0]["id"] != made["id"]


async def test_unknown_things(apps: dict[str, App]) -> None:
    for path in (
        "/api/v1/statuses/1",
        "/api/v1/statuses/x",
        f"/api/v1/statuses/{new_id()}/context",
        "/api/v1/timelines/list/7",
        "/api/v1/timelines/link",
    ):
        told = await apps["amina"].ask("GET", path)
        assert (told.status, told.body) == (404, {"error": "Record not found"}), path
    assert await seen_by(apps[""], "/api/v1/timelines/home") == 401
    assert await apps["amina"].get("/api/v1/trends/links") == []


async def test_embedded_elsewhere(apps: dict[str, App]) -> None:
    made = await apps["amina"].post("/api/v1/statuses", status="À montrer")
    shown = await apps[""].get("/api/oembed", url=made["url"])
    assert shown["type"] == "rich"
    assert "À montrer" in shown["html"]
    hidden = await apps["amina"].post("/api/v1/statuses", status="Non", visibility="private")
    assert await seen_by(apps[""], "/api/oembed", url=hidden["url"]) == 404


async def test_trends(apps: dict[str, App]) -> None:
    for name in ("amina", "benoit"):
        made = await apps[name].post("/api/v1/statuses", status=f"{name} #tendance")
    for name in ("amina", "chloe"):
        await apps[name].post(f"/api/v1/statuses/{made['id']}/favourite")
    tags = await apps[""].get("/api/v1/trends/tags")
    check(tags, [shapes.TAG])
    assert "tendance" in {one["name"] for one in tags}
    statuses = await apps[""].get("/api/v1/trends/statuses")
    check(statuses, [shapes.STATUS])
    assert made["id"] in {one["id"] for one in statuses}
    assert await apps[""].get("/api/v1/trends/tags", offset="40") == []


async def test_follows_state(fresh: Town, apps: dict[str, App]) -> None:
    """An account that nobody follows has nothing of others in home."""
    for name in ("amina", "chloe"):
        await apps[name].post("/api/v1/statuses", status=name)
    home = await apps["chloe"].get("/api/v1/timelines/home")
    assert {one["account"]["username"] for one in home} == {"chloe"}
    found = await fresh.node.store.read(follows.counts, int(home[0]["account"]["id"]))
    assert found[1] == 0


async def test_nothing_is_translated(fresh: Town) -> None:
    """404 as where no translator is set up, 403 for what is not public."""
    amina = await fresh.app("amina")
    for visibility, answers in (("public", 404), ("private", 403), ("direct", 403)):
        made = await amina.post("/api/v1/statuses", status="Bonjour", visibility=visibility)
        told = await amina.ask("POST", f"/api/v1/statuses/{made['id']}/translate")
        assert (told.status, set(told.body)) == (answers, {"error"})


async def test_each_version_of_a_quote_quotes(fresh: Town) -> None:
    amina = await fresh.app("amina")
    quoted = await amina.post("/api/v1/statuses", status="Bonjour")
    made = await amina.post("/api/v1/statuses", status="Oui", quoted_status_id=quoted["id"])
    one = f"/api/v1/statuses/{made['id']}"
    await amina.ask("PUT", one, json={"status": "Oui oui"})
    edits = await amina.get(f"{one}/history")
    assert [each["quote"]["quoted_status"]["id"] for each in edits] == [quoted["id"]] * 2
    check(edits, [shapes.STATUS_EDIT])
