"""Who others are, what lies between them and oneself, lists of people."""

from __future__ import annotations

import pytest
import pytest_asyncio

from node.store import actors, silences
from node.store.moderation import suspend
from tests.mastodon.shapes import (
    ACCOUNT,
    CREDENTIAL_ACCOUNT,
    FAMILIAR_FOLLOWERS,
    FEATURED_TAG,
    LIST,
    MUTED_ACCOUNT,
    RELATIONSHIP,
    TAG,
    check,
)
from tests.mastodon.signing_in import App, Town

pytestmark = pytest.mark.asyncio(loop_scope="module")

NAMES = ("chloe", "david", "emma", "farid")


@pytest_asyncio.fixture(loop_scope="module")
async def ids(fresh: Town) -> dict[str, str]:
    """Account ids by name, of the two that are there and of four more."""
    for name in NAMES:
        await fresh.node.account(name)
    found = {}
    for name in ("amina", "benoit", *NAMES):
        actor = await fresh.node.store.read(actors.local_by_username, name)
        assert actor is not None
        found[name] = str(actor.id)
    return found


async def _relation(app: App, other: str) -> dict[str, object]:
    (found,) = await app.get("/api/v1/accounts/relationships", **{"id[]": other})
    check(found, RELATIONSHIP)
    return dict(found)


async def test_oneself_and_others(fresh: Town, ids: dict[str, str]) -> None:
    app = await fresh.app("amina")
    mine = await app.get("/api/v1/accounts/verify_credentials")
    check(mine, CREDENTIAL_ACCOUNT)
    assert (mine["id"], mine["acct"], mine["role"]["permissions"]) == (
        ids["amina"],
        "amina",
        "65536",
    )
    theirs = await app.get(f"/api/v1/accounts/{ids['benoit']}")
    check(theirs, ACCOUNT)
    for url in (theirs["avatar"], theirs["header"]):
        assert url.endswith("/original/missing.png")
        async with fresh.web.get(url) as answer:
            assert (answer.status, answer.content_type) == (200, "image/png")
    several = await app.get(
        "/api/v1/accounts", **{"id[]": [ids["benoit"], "1", ids["amina"], ids["benoit"]]}
    )
    assert [one["id"] for one in several] == [ids["benoit"], ids["amina"]]
    alone = await fresh.app()
    assert (await alone.get(f"/api/v1/accounts/{ids['amina']}"))["username"] == "amina"
    for wrong in ("1", "0", "x", "99999999999999999999999"):
        told = await app.ask("GET", f"/api/v1/accounts/{wrong}")
        assert (told.status, told.body) == (404, {"error": "Record not found"})


async def test_looked_up_by_name(fresh: Town, ids: dict[str, str]) -> None:
    app = await fresh.app()
    for acct in ("benoit", "@benoit", "Benoit", f"benoit@{fresh.node.domain}", "acct:benoit"):
        assert (await app.get("/api/v1/accounts/lookup", acct=acct))["id"] == ids["benoit"]
    for acct in ("nobody", "", "zoe@elsewhere.example"):
        assert (await app.ask("GET", f"/api/v1/accounts/lookup?acct={acct}")).status == 404


async def test_following(fresh: Town, ids: dict[str, str]) -> None:
    app = await fresh.app("chloe")
    david = ids["david"]
    path = f"/api/v1/accounts/{david}"
    before = await _relation(app, david)
    assert not any(before[name] for name in before if name != "id")
    followed = await app.post(f"{path}/follow", reblogs="false", languages=["fr", "pt-BR"])
    check(followed, RELATIONSHIP)
    assert followed["following"]
    assert not followed["showing_reblogs"]
    assert followed["languages"] == ["fr", "pt-BR"]
    changed = await app.post(f"{path}/follow", notify=True)
    assert changed["notifying"]
    assert not changed["showing_reblogs"]
    assert changed["languages"] == ["fr", "pt-BR"]
    assert (await app.get(path))["followers_count"] == 1
    own = await app.get("/api/v1/accounts/verify_credentials")
    assert own["following_count"] == 1
    told = await app.ask("GET", f"{path}/followers")
    check(told.body, [ACCOUNT])
    assert [one["username"] for one in told.body] == ["chloe"]
    assert 'rel="prev"' in told.headers["Link"]
    following = await app.get(f"/api/v1/accounts/{ids['chloe']}/following")
    assert [one["username"] for one in following] == ["david"]
    await app.post(f"{path}/unfollow")
    assert (await app.get(path))["followers_count"] == 0
    assert (await app.post(f"{path}/unfollow"))["following"] is False
    for other, status in ((ids["chloe"], 403), ("1", 404)):
        assert (await app.ask("POST", f"/api/v1/accounts/{other}/follow")).status == status


async def test_followers_come_in_pages(fresh: Town, ids: dict[str, str]) -> None:
    """Whoever walks down by Link, and up again, meets everybody once."""
    for name in NAMES:
        await (await fresh.app(name)).post(f"/api/v1/accounts/{ids['benoit']}/follow")
    app = await fresh.app()
    names: list[str] = []
    url: str | None = f"{fresh.node.base}/api/v1/accounts/{ids['benoit']}/followers?limit=1"
    last = ""
    while url is not None:
        told = await app.ask("GET", url)
        names += [one["username"] for one in told.body]
        last, url = url if told.body else last, _link(told.headers.get("Link", ""), "next")
    assert names == list(reversed(NAMES))
    back = []
    url = _link((await app.ask("GET", last)).headers["Link"], "prev")
    while url is not None:
        told = await app.ask("GET", url)
        back += [one["username"] for one in told.body]
        url = _link(told.headers.get("Link", ""), "prev")
    assert back == list(NAMES)[1:]


def _link(header: str, rel: str) -> str | None:
    for part in header.split(", "):
        url, _, name = part.partition("; ")
        if name == f'rel="{rel}"':
            return url.strip("<>")
    return None


async def test_asked_first(fresh: Town, ids: dict[str, str]) -> None:
    emma, farid = await fresh.app("emma"), await fresh.app("farid")
    patched = await emma.ask(
        "PATCH", "/api/v1/accounts/update_credentials", data={"locked": "true"}
    )
    assert patched.status == 200
    check(patched.body, CREDENTIAL_ACCOUNT)
    asked = await farid.post(f"/api/v1/accounts/{ids['emma']}/follow")
    assert (asked["requested"], asked["following"]) == (True, False)
    waiting = await emma.get("/api/v1/follow_requests")
    check(waiting, [ACCOUNT])
    assert [one["username"] for one in waiting] == ["farid"]
    own = await emma.get("/api/v1/accounts/verify_credentials")
    assert own["source"]["follow_requests_count"] == 1
    assert (await _relation(emma, ids["farid"]))["requested_by"] is True
    answered = await emma.post(f"/api/v1/follow_requests/{ids['farid']}/authorize")
    assert answered["followed_by"] is True
    again = await emma.ask("POST", f"/api/v1/follow_requests/{ids['farid']}/authorize")
    assert again.status == 404
    assert (await _relation(farid, ids["emma"]))["following"] is True
    gone = await emma.post(f"/api/v1/accounts/{ids['farid']}/remove_from_followers")
    assert gone["followed_by"] is False
    await farid.post(f"/api/v1/accounts/{ids['emma']}/follow")
    refused = await emma.post(f"/api/v1/follow_requests/{ids['farid']}/reject")
    assert refused["requested_by"] is False
    assert (await _relation(farid, ids["emma"]))["requested"] is False


async def test_blocked_and_muted(fresh: Town, ids: dict[str, str]) -> None:
    app, other = await fresh.app("david"), await fresh.app("emma")
    path = f"/api/v1/accounts/{ids['emma']}"
    await other.post(f"/api/v1/accounts/{ids['david']}/follow")
    assert (await app.post(f"{path}/block"))["blocking"] is True
    assert (await _relation(other, ids["david"]))["blocked_by"] is True
    assert (await _relation(other, ids["david"]))["following"] is False
    assert (await other.ask("POST", f"/api/v1/accounts/{ids['david']}/follow")).status == 403
    assert await other.get(f"/api/v1/accounts/{ids['david']}/followers") == []
    check(await app.get("/api/v1/blocks"), [ACCOUNT])
    assert [one["id"] for one in await app.get("/api/v1/blocks")] == [ids["emma"]]
    assert (await app.get("/api/v1/accounts/lookup", acct="emma"))["id"] == ids["emma"]
    assert (await app.post(f"{path}/unblock"))["blocking"] is False
    assert (await app.post(f"{path}/unblock"))["blocking"] is False
    muted = await app.post(f"{path}/mute", duration="3600", notifications="false")
    assert (muted["muting"], muted["muting_notifications"]) == (True, False)
    assert muted["muting_expires_at"]
    check(await app.get("/api/v1/mutes"), [MUTED_ACCOUNT])
    assert (await app.get("/api/v1/mutes"))[0]["mute_expires_at"] == muted["muting_expires_at"]
    for_good = await app.post(f"{path}/mute")
    assert (for_good["muting_notifications"], for_good["muting_expires_at"]) == (True, None)
    assert (await app.post(f"{path}/unmute"))["muting"] is False
    assert await app.get("/api/v1/mutes") == []
    assert (await app.ask("POST", f"/api/v1/accounts/{ids['david']}/block")).status == 403


async def test_whole_servers(fresh: Town) -> None:
    app = await fresh.app("amina")
    for domain in ("spam.example", "other.example"):
        assert await app.post("/api/v1/domain_blocks", domain=domain) == {}
    assert await app.get("/api/v1/domain_blocks") == ["other.example", "spam.example"]
    told = await app.ask("DELETE", "/api/v1/domain_blocks", data={"domain": "spam.example"})
    assert told.status == 200
    assert await app.get("/api/v1/domain_blocks") == ["other.example"]
    for wrong in ("", "not a name", fresh.node.domain):
        told = await app.ask("POST", "/api/v1/domain_blocks", json={"domain": wrong})
        assert told.status == 422


async def test_notes_and_those_one_shows(fresh: Town, ids: dict[str, str]) -> None:
    app = await fresh.app("amina")
    path = f"/api/v1/accounts/{ids['chloe']}"
    assert (await app.post(f"{path}/note", comment="du 4e étage"))["note"] == "du 4e étage"
    assert (await app.post(f"{path}/note", comment=""))["note"] == ""
    assert (await app.ask("POST", f"{path}/pin")).status == 422
    await app.post(f"{path}/follow")
    assert (await app.post(f"{path}/pin"))["endorsed"] is True
    for shown in ("/api/v1/endorsements", f"/api/v1/accounts/{ids['amina']}/endorsements"):
        assert [one["id"] for one in await app.get(shown)] == [ids["chloe"]]
    await app.post(f"{path}/unfollow")
    assert await app.get("/api/v1/endorsements") == []
    await app.post(f"/api/v1/accounts/{ids['farid']}/follow")
    await (await fresh.app("farid")).post(f"/api/v1/accounts/{ids['benoit']}/follow")
    familiar = await app.get(
        "/api/v1/accounts/familiar_followers", **{"id[]": [ids["benoit"], ids["david"]]}
    )
    check(familiar, [FAMILIAR_FOLLOWERS])
    assert [[one["username"] for one in some["accounts"]] for some in familiar] == [["farid"], []]


async def test_who_is_judged(fresh: Town, ids: dict[str, str]) -> None:
    store = fresh.node.store
    app = await fresh.app("amina")
    path = f"/api/v1/accounts/{ids['david']}"
    await store.write(silences.silence, int(ids["david"]), reason="", now=1.0)
    limited = await app.get(path)
    check(limited, ACCOUNT)
    assert limited["limited"] is True
    await store.write(silences.unsilence, int(ids["david"]))
    await store.write(suspend, int(ids["david"]), at=1.0)
    suspended = await app.get(path)
    check(suspended, ACCOUNT)
    assert (suspended["suspended"], suspended["display_name"]) == (True, "")
    assert (await app.ask("POST", f"{path}/follow")).status == 403
    await store.write(suspend, int(ids["david"]), at=None)


async def test_lists(fresh: Town, ids: dict[str, str]) -> None:
    app, other = await fresh.app("emma"), await fresh.app("farid")
    made = await app.post("/api/v1/lists", title="Cage d’escalier", replies_policy="followed")
    check(made, LIST)
    path = f"/api/v1/lists/{made['id']}"
    assert await app.get(path) == made
    assert await app.get("/api/v1/lists") == [made]
    assert (await other.ask("GET", path)).status == 404
    changed = await app.ask("PUT", path, data={"exclusive": "true"})
    assert changed.body == made | {"exclusive": True}
    stranger = await app.ask("POST", f"{path}/accounts", json={"account_ids": [ids["chloe"]]})
    assert stranger.status == 404
    await app.post(f"/api/v1/accounts/{ids['chloe']}/follow")
    await app.post(f"/api/v1/accounts/{ids['benoit']}/follow")
    form = [("account_ids[]", ids["chloe"]), ("account_ids[]", ids["benoit"])]
    assert (await app.ask("POST", f"{path}/accounts", data=form)).status == 200
    for limit in ("0", "40"):
        members = await app.get(f"{path}/accounts", limit=limit)
        assert {one["username"] for one in members} == {"benoit", "chloe"}
    again = await app.ask("POST", f"{path}/accounts", json={"account_ids": [ids["chloe"]]})
    assert again.status == 422
    assert await app.get(f"/api/v1/accounts/{ids['chloe']}/lists") == [changed.body]
    out = await app.ask("DELETE", f"{path}/accounts", data={"account_ids[]": ids["benoit"]})
    assert out.status == 200
    await app.post(f"/api/v1/accounts/{ids['chloe']}/unfollow")
    assert await app.get(f"{path}/accounts") == []
    for wrong in ({"title": ""}, {"title": "x", "replies_policy": "all"}):
        assert (await app.ask("POST", "/api/v1/lists", json=wrong)).status == 422
    assert (await app.ask("DELETE", path)).status == 200
    assert (await app.ask("GET", path)).status == 404


async def test_tags(fresh: Town, ids: dict[str, str]) -> None:
    app = await fresh.app("benoit")
    alone = await fresh.app()
    bare = await alone.get("/api/v1/tags/Jardin")
    check(bare, TAG)
    assert "following" not in bare
    assert (bare["name"], len(bare["history"])) == ("jardin", 7)
    followed = await app.post("/api/v1/tags/Jardin/follow")
    check(followed, TAG)
    assert followed["following"] is True
    check(await app.get("/api/v1/followed_tags"), [TAG])
    assert (await app.post("/api/v1/tags/jardin/unfollow"))["following"] is False
    assert await app.get("/api/v1/followed_tags") == []
    assert (await app.ask("GET", "/api/v1/tags/not%20one")).status == 404
    await app.post("/api/v1/statuses", status="Au #Jardin, puis au #marché #jardin")
    await app.post("/api/v1/statuses", status="Encore au #jardin")
    used = await app.get("/api/v1/tags/jardin")
    assert used["history"][0]["uses"] == "2"
    assert used["history"][0]["accounts"] == "1"
    suggested = await app.get("/api/v1/featured_tags/suggestions")
    assert [one["name"] for one in suggested] == ["jardin", "marché"]
    shown = await app.post("/api/v1/featured_tags", name="Jardin")
    check(shown, FEATURED_TAG)
    assert (shown["name"], shown["statuses_count"]) == ("Jardin", "2")
    for path in ("/api/v1/featured_tags", f"/api/v1/accounts/{ids['benoit']}/featured_tags"):
        assert await app.get(path) == [shown]
    assert (await app.get("/api/v1/tags/jardin"))["featuring"] is True
    assert (await app.ask("DELETE", f"/api/v1/featured_tags/{shown['id']}")).status == 200
    assert (await app.ask("DELETE", f"/api/v1/featured_tags/{shown['id']}")).status == 404
    assert (await app.post("/api/v1/tags/marché/feature"))["featuring"] is True
    assert (await app.post("/api/v1/tags/marché/unfeature"))["featuring"] is False
