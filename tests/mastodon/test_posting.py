"""Posting: the Note that other servers get, and what the app is answered."""

from __future__ import annotations

import orjson
import pytest

from node.activitypub.html import plain_text
from node.store import objects, revisions
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


async def test_the_same_key_is_one_post(shared: Town) -> None:
    amina, benoit = await shared.app("amina"), await shared.app("benoit")
    for text in ("Une seule fois", "Je donne un lit #offre"):
        key = {"Idempotency-Key": text.replace(" ", "-")}
        made = [
            await app.ask("POST", "/api/v1/statuses", json={"status": text}, headers=key)
            for app in (amina, amina, benoit)
        ]
        first, second, other = (one.body["id"] for one in made)
        assert first == second != other
        await amina.ask("DELETE", f"/api/v1/statuses/{first}")
        again = await amina.ask("POST", "/api/v1/statuses", json={"status": text}, headers=key)
        assert again.status == 200
        assert again.body["id"] != first


async def test_a_post_is_changed_and_deleted(shared: Town) -> None:
    amina, benoit = await shared.app("amina"), await shared.app("benoit")
    told = await amina.post("/api/v1/statuses", status="Premier jet #un", spoiler_text="Brouillon")
    one = f"/api/v1/statuses/{told['id']}"
    assert (await benoit.ask("PUT", one, json={"status": "x"})).status == 404
    assert (await benoit.ask("DELETE", one)).status == 404
    changed = await amina.ask("PUT", one, json={"status": "Second jet @benoit #deux"})
    assert changed.status == 200
    stored = await shared.node.store.read(objects.by_id, int(told["id"]))
    assert stored is not None
    assert stored.updated is not None
    note = orjson.loads(stored.document)
    assert "summary" not in note
    assert {tag["name"] for tag in note["tag"]} == {f"@benoit@{shared.node.domain}", "#deux"}
    before = await shared.node.store.read(revisions.of, stored.id)
    assert [(one.summary, plain_text(one.content)) for one in before] == [
        ("Brouillon", "Premier jet #un")
    ]
    gone = await amina.ask("DELETE", one)
    assert gone.body["text"] == "Second jet @benoit #deux"
    assert await shared.node.store.read(objects.by_id, stored.id) is None


@pytest.mark.parametrize(
    "fields",
    [
        {"status": ""},
        {"status": "x" * 5001},
        {"status": "x", "visibility": "everybody"},
        {"status": "x", "language": "!"},
        {"status": "x", "media_ids": ["1"]},
        {"status": "x", "poll": {"options": ["a"], "expires_in": 600}},
        {"status": "x", "poll": {"options": ["a", "a"], "expires_in": 600}},
        {"status": "x", "poll": {"options": ["a", "b"], "expires_in": 1}},
    ],
)
async def test_what_cannot_be_posted(shared: Town, fields: dict[str, object]) -> None:
    told = await (await shared.app("amina")).ask("POST", "/api/v1/statuses", json=fields)
    assert told.status == 422
    assert set(told.body) == {"error"}


async def test_what_it_answers_must_be_there(shared: Town) -> None:
    amina, benoit = await shared.app("amina"), await shared.app("benoit")
    secret = await amina.post("/api/v1/statuses", status="Pour moi", visibility="direct")
    for identifier in (secret["id"], "1", "x"):
        told = await benoit.ask(
            "POST", "/api/v1/statuses", json={"status": "?", "in_reply_to_id": identifier}
        )
        assert told.status == 404
