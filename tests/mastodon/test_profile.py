"""One's profile, as apps change it and as everybody then sees it."""

from __future__ import annotations

import io
from typing import Any

import aiohttp
import pytest
from PIL import Image

from tests.mastodon.shapes import ACCOUNT, CREDENTIAL_ACCOUNT, PREFERENCES, check
from tests.mastodon.signing_in import App, Town
from tests.serving import PASSWORD

pytestmark = pytest.mark.asyncio(loop_scope="module")

PATH = "/api/v1/accounts/update_credentials"


async def _change(app: App, **how: Any) -> dict[str, Any]:
    told = await app.ask("PATCH", PATH, **how)
    assert told.status == 200, told.body
    check(told.body, CREDENTIAL_ACCOUNT)
    return dict(told.body)


def _picture(colour: str, size: tuple[int, int] = (800, 600)) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", size, colour).save(made, "JPEG")
    return made.getvalue()


async def test_words(fresh: Town) -> None:
    app = await fresh.app("amina")
    note = "Voisine du 4e <script>\nhttps://amina.example/jardin #jardin @benoit @nobody"
    told = await _change(app, json={"display_name": "Amina  B.", "note": note})
    assert told["display_name"] == "Amina B."
    assert told["source"]["note"] == note
    assert "&lt;script&gt;<br>" in told["note"]
    assert 'href="https://amina.example/jardin"' in told["note"]
    assert f'href="{fresh.node.base}/tags/jardin"' in told["note"]
    assert f'href="{fresh.node.base}/@benoit"' in told["note"]
    assert "@nobody" in told["note"]
    async with fresh.web.get(
        f"{fresh.node.base}/users/amina", headers={"Accept": "application/activity+json"}
    ) as answer:
        actor = await answer.json(content_type=None)
    assert (actor["name"], actor["summary"]) == ("Amina B.", told["note"])
    for wrong in ({"display_name": "x" * 101}, {"note": "x" * 2001}):
        assert (await app.ask("PATCH", PATH, json=wrong)).status == 422


async def test_fields_come_in_every_shape(fresh: Town) -> None:
    app = await fresh.app("amina")
    form = {
        "fields_attributes[0][name]": "Site",
        "fields_attributes[0][value]": "https://amina.example",
        "fields_attributes[1][name]": "",
        "fields_attributes[1][value]": "",
    }
    told = await _change(app, data=form)
    assert [one["name"] for one in told["fields"]] == ["Site"]
    assert 'rel="nofollow noopener me"' in told["fields"][0]["value"]
    assert told["source"]["fields"][0]["value"] == "https://amina.example"
    for given in (
        [{"name": "Étage", "value": "4e"}],
        {"0": {"name": "Étage", "value": "4e"}},
        {"7": {"name": "Étage", "value": "4e"}},
    ):
        told = await _change(app, json={"fields_attributes": given})
        assert [(one["name"], one["value"]) for one in told["fields"]] == [("Étage", "4e")]
    five = [{"name": str(one), "value": "x"} for one in range(5)]
    assert (await app.ask("PATCH", PATH, json={"fields_attributes": five})).status == 422
    assert (await _change(app, json={"fields_attributes": []}))["fields"] == []


async def test_flags_and_how_one_posts(fresh: Town) -> None:
    app = await fresh.app("amina")
    flags = {"locked": "1", "bot": "true", "discoverable": "f", "indexable": True}
    told = await _change(app, json=flags)
    assert (told["locked"], told["bot"], told["discoverable"], told["indexable"]) == (
        True,
        True,
        False,
        True,
    )
    form = {
        "source[privacy]": "unlisted",
        "source[sensitive]": "true",
        "source[language]": "fr",
        "source[quote_policy]": "followers",
        "hide_collections": "true",
        "attribution_domains[]": "blog.example",
    }
    source = (await _change(app, data=form))["source"]
    assert source["privacy"] == "unlisted"
    assert source["sensitive"] is True
    assert source["quote_policy"] == "followers"
    assert source["attribution_domains"] == ["blog.example"]
    preferences = await app.get("/api/v1/preferences")
    check(preferences, PREFERENCES)
    assert preferences["posting:default:visibility"] == "unlisted"
    assert preferences["posting:default:language"] == "fr"
    other = await fresh.app("benoit")
    await app.post(f"/api/v1/accounts/{(await _own(other))['id']}/follow")
    mine = (await _own(app))["id"]
    assert len(await app.get(f"/api/v1/accounts/{mine}/following")) == 1
    assert await other.get(f"/api/v1/accounts/{mine}/following") == []
    for name, wrong in (
        ("source[privacy]", "secret"),
        ("source[language]", "?"),
        ("source[quote_policy]", "x"),
    ):
        assert (await app.ask("PATCH", PATH, data={name: wrong})).status == 422
    back = {"locked": "false", "bot": "false", "hide_collections": "false"}
    await _change(app, data=back | {"source[privacy]": "public", "source[sensitive]": "false"})


async def _own(app: App) -> dict[str, Any]:
    return dict(await app.get("/api/v1/accounts/verify_credentials"))


async def test_pictures(fresh: Town) -> None:
    app = await fresh.app("benoit")
    form = aiohttp.FormData()
    form.add_field("avatar", _picture("green"), filename="a.jpg", content_type="image/jpeg")
    form.add_field("header", _picture("blue", (3000, 1000)), filename="h.jpg")
    form.add_field("display_name", "Benoît")
    told = await _change(app, data=form)
    assert told["display_name"] == "Benoît"
    sizes = []
    for name in ("avatar", "header"):
        async with fresh.web.get(told[name]) as answer:
            assert answer.status == 200
            sizes.append(Image.open(io.BytesIO(await answer.read())).size)
    assert sizes == [(400, 300), (1500, 500)]
    first = told["avatar"]
    form = aiohttp.FormData()
    form.add_field("avatar", _picture("red"), filename="a.jpg")
    told = await _change(app, data=form)
    assert told["avatar"] != first
    async with fresh.web.get(first) as answer:
        assert answer.status == 404  # nobody keeps what was replaced
    for which in ("avatar", "header"):
        gone = await app.ask("DELETE", f"/api/v1/profile/{which}")
        assert gone.status == 200
        check(gone.body, CREDENTIAL_ACCOUNT)
        assert gone.body[which].endswith("/missing.png")
    form = aiohttp.FormData()
    form.add_field("avatar", b"no picture at all", filename="a.jpg")
    assert (await app.ask("PATCH", PATH, data=form)).status == 422
    check(await app.get(f"/api/v1/accounts/{told['id']}"), ACCOUNT)


async def test_coming_and_going(fresh: Town) -> None:
    """Benoît goes on as Amina says that she is he, too; Chloé's follow comes along."""
    await fresh.node.account("chloe")
    amina, benoit, chloe = [await fresh.app(one) for one in ("amina", "benoit", "chloe")]
    new, old = (await _own(amina))["uri"], await _own(benoit)
    await chloe.post(f"/api/v1/accounts/{old['id']}/follow")
    where = {"password": PASSWORD, "moved_to_uri": new}
    not_named = await benoit.ask("POST", "/api/v1/accounts/move", json=where)
    assert not_named.status == 422
    alias = await amina.ask(
        "POST", "/api/v1/accounts/alias", data={"also_known_as_uris[]": old["uri"]}
    )
    assert alias.status == 200
    check(alias.body, CREDENTIAL_ACCOUNT)
    for wrong, status in (
        (where | {"password": "wrong"}, 403),
        (where | {"moved_to_uri": "nobody"}, 422),
        (where | {"moved_to_uri": old["uri"]}, 422),
    ):
        assert (await benoit.ask("POST", "/api/v1/accounts/move", json=wrong)).status == status
    moved = await benoit.post("/api/v1/accounts/move", **where)
    check(moved, CREDENTIAL_ACCOUNT)
    assert moved["moved"]["uri"] == new
    assert (await benoit.ask("POST", "/api/v1/accounts/move", json=where)).status == 422
    shown = await chloe.get(f"/api/v1/accounts/{old['id']}")
    check(shown, ACCOUNT)
    assert shown["moved"]["username"] == "amina"
    mine = (await _own(chloe))["id"]
    following = await chloe.get(f"/api/v1/accounts/{mine}/following")
    assert [one["username"] for one in following] == ["amina"]
    assert (await chloe.ask("POST", f"/api/v1/accounts/{old['id']}/follow")).status == 403
