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
