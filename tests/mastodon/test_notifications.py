"""What apps are told, and how far somebody read."""

from __future__ import annotations

import pytest

from tests.mastodon.signing_in import Town

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_markers_are_kept_and_counted(shared: Town) -> None:
    app = await shared.app("amina")
    assert await app.get("/api/v1/markers") == {}
    first = await app.post("/api/v1/markers", home={"last_read_id": "17"})
    assert first["home"]["last_read_id"] == "17"
    assert first["home"]["version"] == 0
    form = {"home[last_read_id]": "18", "notifications[last_read_id]": "3"}
    second = (await app.ask("POST", "/api/v1/markers", data=form)).body
    assert second["home"]["version"] == 1
    found = await app.get("/api/v1/markers", **{"timeline[]": "home"})
    assert list(found) == ["home"]
    assert found["home"]["last_read_id"] == "18"


async def test_nothing_was_told_yet(shared: Town) -> None:
    app = await shared.app("benoit")
    assert await app.get("/api/v1/notifications") == []
    assert await app.get("/api/v1/notifications/unread_count") == {"count": 0}
    assert (await app.ask("GET", "/api/v1/notifications/5")).status == 404


async def test_what_others_do_is_told(shared: Town) -> None:
    amina, benoit = await shared.app("amina"), await shared.app("benoit")
    status = await amina.post("/api/v1/statuses", status="Qui a une échelle ? @benoit")
    (mention,) = await benoit.get("/api/v1/notifications")
    assert mention["type"] == "mention"
    assert mention["status"]["id"] == status["id"]
    assert mention["account"]["username"] == "amina"
    await benoit.post(f"/api/v1/statuses/{status['id']}/favourite")
    await benoit.post(f"/api/v1/statuses/{status['id']}/favourite")
    await benoit.post(f"/api/v1/statuses/{status['id']}/reblog")
    found = await amina.get("/api/v1/notifications")
    assert [one["type"] for one in found] == ["reblog", "favourite"]
    await benoit.post(f"/api/v1/statuses/{status['id']}/unfavourite")
    found = await amina.get("/api/v1/notifications")
    assert [one["type"] for one in found] == ["reblog"]
    assert await amina.get("/api/v1/notifications", **{"types[]": "follow"}) == []
