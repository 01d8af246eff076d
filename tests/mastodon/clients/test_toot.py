"""The command `toot`, unmodified: every command it has, against a node."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest_asyncio

from tests.databases import new_sqlite
from tests.mastodon.clients.pictures import png
from tests.mastodon.signing_in import App, Town, town

TOOT: Final = Path(sys.executable).parent / "toot"
# Asked of it in a process apart: what it imports is nothing for the other tests.
COMMANDS: Final = """
import json
from toot.cli import cli
shown = {name: one for name, one in cli.commands.items() if not one.hidden}
print(json.dumps([
    f"{name} {below}" if below else name
    for name, one in shown.items()
    for below in getattr(one, "commands", None) or [""]
]))
"""
LEFT_OUT: Final = {
    "tui": "fills a whole terminal; it asks what the other commands ask",
    "login": "opens a browser; `login_cli` and tests/mastodon/test_oauth.py sign in",
    "diag": "tells about the machine",
    "timelines link": "pages that are linked to are not looked at (docs/client-api.md)",
}


@dataclass
class Terminal:
    """Where somebody who is signed in types."""

    directory: Path
    called: set[str] = field(default_factory=set)

    async def __call__(self, *words: str, code: int = 0, typed: str = "") -> str:
        process = await asyncio.create_subprocess_exec(
            TOOT, "--no-color", *words,
            env={**os.environ, "XDG_CONFIG_HOME": str(self.directory), "PYTHONWARNINGS": ""},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        out, err = await asyncio.wait_for(process.communicate(typed.encode()), 30)
        assert process.returncode == code, (words, out.decode(), err.decode())
        self.called.add(" ".join(words[:2]))
        return out.decode() + err.decode() * (code != 0)

    async def json(self, *words: str) -> Any:
        return json.loads(await self(*words, "--json"))


def configured(directory: Path, here: Town, app: App, who: str) -> Terminal:
    """As `toot login` leaves it behind."""
    instance = here.node.domain
    user = f"{who}@{instance}"
    settings = {
        "active_user": user,
        "apps": {
            instance: {
                "instance": instance,
                "base_url": here.node.base,
                "client_id": app.client_id,
                "client_secret": app.client_secret,
            }
        },
        "users": {user: {"instance": instance, "username": who, "access_token": app.token}},
    }
    (directory / "toot").mkdir(parents=True)
    (directory / "toot" / "config.json").write_text(json.dumps(settings))
    return Terminal(directory)


@pytest_asyncio.fixture
async def here(tmp_path: Path) -> AsyncIterator[Town]:
    async with town(tmp_path, "amina", "benoit", url=new_sqlite(tmp_path)) as made:
        yield made


async def test_every_command(here: Town, tmp_path: Path) -> None:
    app = await here.app("amina")
    benoit = await here.app("benoit")
    toot = configured(tmp_path / "amina", here, app, "amina")
    picture = tmp_path / "carré.png"
    await asyncio.to_thread(picture.write_bytes, png())
    await _posts(toot, benoit, str(picture))
    await _people(toot, benoit)
    await _lists_and_tags(toot)
    await _what_is_told(toot, benoit)
    await _oneself(toot, here, str(picture))
    await _none_is_passed_over(toot.called)


async def _posts(toot: Terminal, benoit: App, picture: str) -> None:
    said = await toot.json("post", "Bonjour #jardin @benoit", "-l", "fr", "-v", "public")
    number = said["id"]
    reply = await toot.json("post", "Encore", "-r", number, "-p", "Suite", "-v", "unlisted")
    assert reply["in_reply_to_id"] == number
    shown = await toot.json("post", "Voyez", "-m", picture, "-d", "Un carré", "-s")
    assert shown["media_attachments"][0]["description"] == "Un carré"
    poll = await toot.json(
        "post", "Lundi ?", "--poll-option", "Oui", "--poll-option", "Non", "--poll-multiple"
    )
    later = (datetime.now(UTC) + timedelta(hours=2)).isoformat()
    assert (await toot.json("post", "Demain", "--scheduled-at", later))["params"]
    assert "Bonjour" in await toot("status", number)
    assert (await toot.json("status", number))["id"] == number
    assert "Encore" in await toot("thread", number)
    asked = await benoit.post(
        "/api/v1/statuses", status="Mardi ?", poll={"options": ["Oui", "Non"], "expires_in": 3600}
    )
    assert "Oui" in await toot("polls", "show", asked["poll"]["id"])
    assert "Oui" in await toot("polls", "show", poll["poll"]["id"])
    assert (await toot.json("polls", "vote", asked["poll"]["id"], "0"))["own_votes"] == [0]
    theirs = asked["id"]
    assert (await toot.json("favourite", theirs))["favourited"] is True
    assert "Mardi" in await toot("timelines", "favourites", "--no-pager")
    assert (await toot.json("unfavourite", theirs))["favourited"] is False
    assert (await toot.json("reblog", theirs))["reblogged"] is True
    assert "amina" in await toot("reblogged-by", theirs)
    assert (await toot.json("unreblog", theirs))["reblogged"] is False
    assert (await toot.json("bookmark", theirs))["bookmarked"] is True
    assert "Mardi" in await toot("bookmarks", "-1")
    assert (await toot.json("unbookmark", theirs))["bookmarked"] is False
    assert (await toot.json("pin", number))["pinned"] is True
    assert (await toot.json("unpin", number))["pinned"] is False
    for which in ("home", "public"):
        assert "Bonjour" in await toot("timelines", which, "--no-pager")
    assert "Bonjour" in await toot("timelines", "tag", "jardin", "--no-pager")
    assert "Bonjour" in await toot("timelines", "account", "amina", "--no-pager")
    await toot("timelines", "trending", "--no-pager")
    assert "Bonjour" in await toot("timeline", "--public", "-1")
    uploaded = await toot.json("upload", picture, "-d", "Un autre")
    assert uploaded["description"] == "Un autre"
    await toot("delete", reply["id"])
    assert "not found" in (await toot("status", reply["id"], code=1)).lower()


async def _people(toot: Terminal, benoit: App) -> None:
    assert (await toot.json("follow", "benoit"))["following"] is True
    assert "benoit" in await toot("following", "amina")
    me = await benoit.get("/api/v1/accounts/lookup", acct="amina")
    await benoit.post(f"/api/v1/accounts/{me['id']}/follow")
    assert "benoit" in await toot("followers", "amina")
    assert (await toot.json("unfollow", "benoit"))["following"] is False
    assert (await toot.json("mute", "benoit"))["muting"] is True
    assert "benoit" in await toot("muted")
    assert (await toot.json("unmute", "benoit"))["muting"] is False
    assert (await toot.json("block", "benoit"))["blocking"] is True
    assert "benoit" in await toot("blocked")
    assert (await toot.json("unblock", "benoit"))["blocking"] is False
    assert "benoit" in await toot("whois", "benoit")
    assert "benoit" in await toot("search", "benoit")
    found = await toot.json("search", "jardin")
    assert [one["name"] for one in found["hashtags"]] == ["jardin"]
    await toot("update-account", "--locked")
    for name, answer in (("accept", "accept"), ("reject", "reject")):
        await benoit.post(f"/api/v1/accounts/{me['id']}/unfollow")
        await benoit.post(f"/api/v1/accounts/{me['id']}/follow")
        assert "benoit" in await toot("follow-requests", "list"), name
        await toot("follow-requests", answer, "benoit")


async def _lists_and_tags(toot: Terminal) -> None:
    await toot("follow", "benoit")
    await toot("lists", "create", "Amis")
    assert "Amis" in await toot("lists", "list")
    await toot("lists", "add", "Amis", "benoit")
    assert "benoit" in await toot("lists", "accounts", "Amis")
    await toot("timelines", "list", "Amis", "--no-pager")
    await toot("lists", "remove", "Amis", "benoit")
    await toot("lists", "delete", "Amis")
    assert (await toot.json("tags", "follow", "jardin"))["following"] is True
    assert "jardin" in await toot("tags", "followed")
    assert "jardin" in await toot("tags", "info", "jardin")
    assert (await toot.json("tags", "unfollow", "jardin"))["following"] is False
    assert (await toot.json("tags", "feature", "jardin"))["name"] == "jardin"
    assert "jardin" in await toot("tags", "featured")
    await toot("tags", "unfeature", "jardin")


async def _what_is_told(toot: Terminal, benoit: App) -> None:
    await benoit.post("/api/v1/statuses", status="@amina coucou")
    assert "coucou" in await toot("notifications")
    assert [one["type"] for one in await toot.json("notifications", "-t", "mention")] == ["mention"]
    await toot("notifications", "--clear")
    assert await toot.json("notifications") == []


async def _oneself(toot: Terminal, here: Town, picture: str) -> None:
    assert "amina" in await toot("whoami")
    changed = await toot.json(
        "update-account", "--display-name", "Amina B.", "--note", "Bonjour", "--avatar", picture
    )
    assert changed["display_name"] == "Amina B."
    assert here.node.domain in await toot("instance", here.node.base)
    assert "amina" in await toot("auth")
    await toot("activate", f"amina@{here.node.domain}")
    refused = await toot(
        "login_cli", "-i", here.node.base, "-e", "amina@example.org", "-p", "x", code=1
    )
    assert refused
    await toot("logout", f"amina@{here.node.domain}")
    assert "amina" not in await toot("auth")


async def _none_is_passed_over(called: set[str]) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", COMMANDS, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    first = {one.split(" ")[0] for one in called}
    done = {one for one in json.loads(out) if one in called or one in first}
    assert set(json.loads(out)) - done == set(LEFT_OUT)
