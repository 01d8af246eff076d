"""Statuses and timelines, as apps read them."""

from __future__ import annotations

import pytest

from tests.mastodon.signing_in import Town

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_status_and_home(shared: Town) -> None:
    amina = await shared.app("amina")
    made = await amina.post("/api/v1/statuses", status="Bonjour #voisins")
    assert (await amina.get(f"/api/v1/statuses/{made['id']}"))["content"] == made["content"]
    home = await amina.get("/api/v1/timelines/home")
    assert [one["id"] for one in home] == [made["id"]]
