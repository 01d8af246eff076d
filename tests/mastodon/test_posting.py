"""Posting: the Note that other servers get, and what the app is answered."""

from __future__ import annotations

import orjson
import pytest

from node.store import objects
from tests.mastodon.signing_in import Town

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_post_is_a_note(shared: Town) -> None:
    app = await shared.app("amina")
    told = await app.post(
        "/api/v1/statuses",
        status="Bonjour @benoit ! <b>Voir</b> https://www.lyon.example/a #Perceuse\n\nÀ demain",
        spoiler_text="Outils",
        language="fr",
        visibility="unlisted",
    )
    stored = await shared.node.store.read(objects.by_id, int(told["id"]))
    assert stored is not None
    note = orjson.loads(stored.document)
    base = shared.node.base
    assert note["type"] == "Note"
    assert note["to"] == [f"{base}/users/amina/followers"]
    assert note["cc"] == [
        "https://www.w3.org/ns/activitystreams#Public",
        f"{base}/users/benoit",
    ]
    assert note["summary"] == "Outils"
    assert note["sensitive"] is True
    assert set(note["contentMap"]) == {"fr"}
    assert "&lt;b&gt;Voir&lt;/b&gt;" in note["content"]
    assert note["content"].endswith("<p>À demain</p>")
    assert {(tag["type"], tag["name"]) for tag in note["tag"]} == {
        ("Mention", f"@benoit@{shared.node.domain}"),
        ("Hashtag", "#Perceuse"),
    }


async def test_what_is_done_with_a_post(shared: Town) -> None:
    amina, benoit = await shared.app("amina"), await shared.app("benoit")
    told = await amina.post("/api/v1/statuses", status="Un pique-nique samedi ?")
    one = f"/api/v1/statuses/{told['id']}"
    for deed, back in (
        ("favourite", "unfavourite"),
        ("reblog", "unreblog"),
        ("bookmark", "unbookmark"),
        ("mute", "unmute"),
    ):
        for _ in range(2):
            await benoit.post(f"{one}/{deed}")
        for _ in range(2):
            await benoit.post(f"{one}/{back}")
    for _ in range(2):
        await amina.post(f"{one}/pin")
    await amina.post(f"{one}/unpin")
    assert (await benoit.ask("POST", f"{one}/pin")).status == 422
    assert (await benoit.ask("POST", "/api/v1/statuses/1/favourite")).status == 404
