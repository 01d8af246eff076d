"""A quartier that keeps its announcements among members (`node.public_pages`): nobody reads them by
a program either."""

from __future__ import annotations

import re
from pathlib import Path

from node.api.routes import AREAS
from node.mastodon.routes import METHODS
from tests.mastodon.signing_in import App, Town, register, town

READ = [one for area in METHODS for one in area if one.who == "reader"]
TOLD = [one for area in AREAS for one in area if one.shows]
SECRET = "Une soupe secrète"
OPEN = {
    "/api/v1/apps",
    "/oauth/token",
    "/oauth/revoke",
    "/.well-known/oauth-authorization-server",
    "/api/v1/custom_emojis",
}


async def test_strangers_are_told_to_sign_in(tmp_path: Path) -> None:
    """By no method of apps, by no feed, calendar or interface is an announcement read; an app that
    nobody signed in to is a stranger as well. Members read them by all."""
    closed = {"public_pages": "members"}
    async with town(tmp_path, "benoit", node=closed) as here:
        amina = await here.node.account("amina")
        uri = await here.node.publish(amina, title=SECRET, text="#secret", urgency="high")
        stranger = await here.app()
        alone = await _alone(here)
        member = await here.app("benoit")
        numbers = {"id": uri.rsplit("/", 1)[1], "name": "secret", "hashtag": "secret"}
        paths = [(one.verb, _filled(one.path, numbers)) for one in READ]
        paths += [("GET", _filled(one.address, numbers | {"what": "care"})) for one in TOLD]
        assert len(paths) > 30
        for verb, path in paths:
            for app in (stranger, alone):
                told = await app.ask(verb, path)
                assert told.status == 401, (verb, path, told.status)
                assert SECRET not in str(told.body)
            assert (await member.ask(verb, path)).status != 401, path
        assert (await alone.ask("GET", "/api/v1/streaming/public")).status == 401
        assert SECRET in str(await member.get("/api/aid/v1/proposals"))
        assert SECRET in str((await member.ask("GET", "/feed.atom")).body)
        for page in ("/api/v1/timelines/public", f"/api/v1/statuses/{numbers['id']}"):
            assert SECRET in str(await member.get(page))
        asked = (await stranger.get("/api/v2/instance"))["configuration"]["timelines_access"]
        assert asked["live_feeds"] == {"local": "authenticated", "remote": "authenticated"}


def test_what_is_open_to_anybody_tells_of_nobody() -> None:
    """Who adds a method says to whom it is open: what stays open to all is the instance itself, and
    signing in."""
    anybody = {one.path for area in METHODS for one in area if one.who == "anybody"}
    assert {one for one in anybody if "/instance" not in one} == OPEN


async def _alone(here: Town) -> App:
    """An app with a token of its own, and nobody in it."""
    app = await register(here.node, here.web)
    told = await app.exchange(grant_type="client_credentials", code=None, code_verifier=None)
    assert told.status == 200, told.body
    app.token = told.body["access_token"]
    return app


def _filled(path: str, numbers: dict[str, str]) -> str:
    filled = re.sub(r"\{(\w+)[^}]*\}", lambda name: numbers.get(name[1], "1"), path)
    return f"{filled}?q=soupe&url={filled}" if "search" in path or "oembed" in path else filled
