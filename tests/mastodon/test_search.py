"""People, tags and statuses are found: here, elsewhere, and only by who may see them. On both
databases."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from node.social import searching
from node.store import actors
from tests.mastodon.shapes import SEARCH, check
from tests.mastodon.signing_in import App, Town, town
from tests.peers.mastodonlike import MastodonLike

pytestmark = pytest.mark.asyncio


@dataclass(frozen=True, slots=True)
class Scene:
    town: Town
    amina: App
    benoit: App
    elsewhere: MastodonLike

    async def found(self, q: str, *, app: App | None = None, **more: Any) -> dict[str, Any]:
        told = await (app or self.amina).get("/api/v2/search", q=q, **more)
        check(told, SEARCH)
        return dict(told)

    async def texts(self, q: str, *, app: App | None = None, **more: Any) -> list[str]:
        found = await self.found(q, app=app, type="statuses", **more)
        return [one["content"] for one in found["statuses"]]


@pytest_asyncio.fixture
async def scene(tmp_path: Path, database_url: str) -> AsyncIterator[Scene]:
    async with contextlib.AsyncExitStack() as stack:
        here = await stack.enter_async_context(town(tmp_path, "amina", "benoit", url=database_url))
        elsewhere = await stack.enter_async_context(MastodonLike("zoe"))
        yield Scene(here, await here.app("amina"), await here.app("benoit"), elsewhere)


async def test_statuses_that_one_may_see(scene: Scene) -> None:
    post = scene.benoit.post
    benoit = (await scene.benoit.get("/api/v1/accounts/verify_credentials"))["id"]
    public = await post("/api/v1/statuses", status="Confiture de figues", spoiler_text="Recette")
    await post("/api/v1/statuses", status="Figues pour mes abonnés", visibility="private")
    await post("/api/v1/statuses", status="@amina des figues ?", visibility="direct")
    assert len(await scene.texts("figue", app=scene.benoit)) == 3
    # Benoît does not want to be found by everybody: what is addressed to her alone, then
    assert len(await scene.texts("figue")) == 1
    await scene.benoit.ask("PATCH", "/api/v1/accounts/update_credentials", json={"indexable": True})
    assert len(await scene.texts("figue")) == 2
    await scene.amina.post(f"/api/v1/accounts/{benoit}/follow")
    assert len(await scene.texts("Figues")) == 3
    assert await scene.texts("recette") == ["<p>Confiture de figues</p>"]
    assert await scene.texts("confitur") == ["<p>Confiture de figues</p>"]
    assert await scene.texts("cerises") == []
    assert len(await scene.texts("figues from:benoit")) == 3
    assert await scene.texts("figues from:me") == []
    assert len(await scene.texts("figues in:public")) == 1
    assert len(await scene.texts("figues in:library")) == 1
    assert await scene.texts("figues before:2020-01-01") == []
    assert len(await scene.texts("from:benoit is:sensitive")) == 1
    assert await scene.texts("figues has:media") == []
    page = await scene.texts("figues", limit="1", offset="1")
    assert page == ["<p>Figues pour mes abonnés</p>"]
    ids = [one["id"] for one in (await scene.found("figues"))["statuses"]]
    assert len(await scene.texts("figues", max_id=ids[0])) == 2
    assert len(await scene.texts("figues", min_id=ids[1])) == 1
    await scene.benoit.ask(
        "PUT", f"/api/v1/statuses/{public['id']}", json={"status": "Confiture de cerises"}
    )
    assert await scene.texts("cerises") == ["<p>Confiture de cerises</p>"]
    await scene.benoit.ask("DELETE", f"/api/v1/statuses/{public['id']}")
    assert await scene.texts("cerises") == []
    await scene.amina.post(f"/api/v1/accounts/{benoit}/block")
    assert await scene.texts("figues") == []
    anybody = await scene.town.app()
    assert (await scene.found("figues", app=anybody))["statuses"] == []
    refused = await anybody.ask("GET", "/api/v2/search?q=x&resolve=true")
    assert refused.status == 401


async def test_what_was_published_to_be_found(scene: Scene) -> None:
    benoit = await scene.town.node.store.read(actors.local_by_username, "benoit")
    assert benoit is not None
    await scene.town.node.publish(benoit, title="Prêter une échelle de six mètres")
    assert len(await scene.texts("echelle")) == 1


async def test_people_and_tags(scene: Scene) -> None:
    app = scene.amina
    await scene.benoit.ask(
        "PATCH", "/api/v1/accounts/update_credentials", json={"display_name": "Benoît Dupré"}
    )
    for q in ("ben", "@benoit", "dupre", "BENOÎT", f"benoit@{scene.town.node.domain}"):
        found = await scene.found(q, type="accounts")
        assert [one["username"] for one in found["accounts"]] == ["benoit"], q
        typed = await app.get("/api/v1/accounts/search", q=q)
        assert [one["username"] for one in typed] == ["benoit"], q
    assert await app.get("/api/v1/accounts/search", q="ben", following="true") == []
    hidden = {"discoverable": False}
    await scene.benoit.ask("PATCH", "/api/v1/accounts/update_credentials", json=hidden)
    assert (await scene.found("dupre"))["accounts"] == []
    assert len((await scene.found("benoit"))["accounts"]) == 1  # whoever knows the whole name
    await scene.benoit.post("/api/v1/statuses", status="#jardin #jardinage")
    await scene.benoit.post("/api/v1/statuses", status="#jardinsecret", visibility="private")
    for q in ("#jardin", "Jard"):
        found = await scene.found(q, type="hashtags")
        assert [one["name"] for one in found["hashtags"]] == ["jardin", "jardinage"]
    nothing = await scene.found("   ")
    assert nothing == {"accounts": [], "statuses": [], "hashtags": []}
    wrong = await app.ask("GET", "/api/v2/search?q=x&type=people")
    assert wrong.status == 422


async def test_what_lives_elsewhere(scene: Scene) -> None:
    zoe = f"@zoe@{scene.elsewhere.domain}"
    assert (await scene.found(zoe))["accounts"] == []
    found = await scene.found(zoe, resolve="true")
    assert [one["acct"] for one in found["accounts"]] == [zoe.removeprefix("@")]
    assert len((await scene.found(zoe))["accounts"]) == 1
    by_link = await scene.found(scene.elsewhere.user.id, resolve="true")
    assert by_link["accounts"][0]["id"] == found["accounts"][0]["id"]
    note = await scene.elsewhere.write(scene.elsewhere.user, "Bonjour de loin", visibility="public")
    uri = str(note["id"])
    assert (await scene.found(uri))["statuses"] == []
    for _ in range(2):
        led = await scene.found(uri, resolve="true")
        assert [one["uri"] for one in led["statuses"]] == [uri]
    assert (await scene.found("https://nobody.invalid/x", resolve="true"))["statuses"] == []
    own = await scene.benoit.post("/api/v1/statuses", status="À moi", visibility="private")
    for url in (own["uri"], own["url"]):
        assert (await scene.found(url, app=scene.benoit))["statuses"][0]["id"] == own["id"]
        assert (await scene.found(url))["statuses"] == []
    profile = f"{scene.town.node.base}/@benoit"
    assert (await scene.found(profile))["accounts"][0]["username"] == "benoit"


async def test_operators_are_read() -> None:
    query = searching.read("soupe from:@amina -has:media during:2026-11-23 language:FR x:y")
    assert (query.words, query.authors, query.language) == ("soupe x:y", ("amina",), "fr")
    assert query.has == (("media", False),)
    assert query.since is not None
    assert query.until == query.since + 86_400
    assert searching.read("before:yesterday has:wings").words == "before:yesterday has:wings"
    assert searching.read("mot ").words == "mot "
    assert not searching.read("mot").narrows
