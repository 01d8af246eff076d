"""Polls, and what is to be published later."""

from __future__ import annotations

import re
from typing import Any

import orjson
import pytest

from node.clock import to_iso
from node.jobs import writing
from node.store import objects, scheduled
from node.store.tables import polls as polls_table
from node.store.tables import scheduled as scheduled_table
from node.store.transaction import Transaction
from tests.mastodon.signing_in import App, Town

pytestmark = pytest.mark.asyncio(loop_scope="module")

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
POLL = {"options": ["Samedi", "Dimanche", "Jamais"], "expires_in": 600}


async def asked(app: App, **changes: Any) -> tuple[str, dict[str, Any]]:
    """The path of a new poll, and the Question."""
    told = await app.post("/api/v1/statuses", status="Quand ?", poll=POLL | changes)
    stored = await app.node.store.read(objects.by_id, int(told["id"]))
    assert stored is not None
    return f"/api/v1/polls/{told['id']}", orjson.loads(stored.document)


async def test_a_poll_is_a_question_and_is_voted_in(shared: Town) -> None:
    amina, benoit = await shared.app("amina"), await shared.app("benoit")
    path, question = await asked(amina)
    assert question["type"] == "Question"
    assert [one["name"] for one in question["oneOf"]] == POLL["options"]
    assert question["votersCount"] == 0
    shown = await benoit.get(path)
    assert MOMENT.fullmatch(shown["expires_at"])
    assert shown | {"expires_at": None} == {
        "id": path.rsplit("/", 1)[1],
        "expires_at": None,
        "expired": False,
        "multiple": False,
        "votes_count": 0,
        "voters_count": 0,
        "options": [{"title": one, "votes_count": 0} for one in POLL["options"]],
        "emojis": [],
        "voted": False,
        "own_votes": [],
    }
    for wrong in ([], [3], ["x"], [0, 1], [-1]):
        told = await benoit.ask("POST", f"{path}/votes", json={"choices": wrong})
        assert told.status == 422, wrong
    voted = await benoit.post(f"{path}/votes", choices=[1])
    assert (voted["voted"], voted["own_votes"], voted["voters_count"]) == (True, [1], 1)
    assert [one["votes_count"] for one in voted["options"]] == [0, 1, 0]
    for again in (benoit, amina):
        assert (await again.ask("POST", f"{path}/votes", json={"choices": [0]})).status == 422
    nobody = await (await shared.app()).ask("GET", path)
    assert nobody.status == 200
    assert "voted" not in nobody.body


async def test_several_answers_and_hidden_totals(shared: Town) -> None:
    amina, benoit = await shared.app("amina"), await shared.app("benoit")
    path, question = await asked(amina, multiple=True, hide_totals=True)
    assert len(question["anyOf"]) == 3
    voted = await benoit.post(f"{path}/votes", choices=["0", "2"])
    assert voted["own_votes"] == [0, 2]
    assert {one["votes_count"] for one in voted["options"]} == {None}
    own = await amina.get(path)
    assert [one["votes_count"] for one in own["options"]] == [1, 0, 1]
    assert (own["votes_count"], own["voters_count"]) == (2, 1)


async def test_a_poll_ends(shared: Town) -> None:
    amina, benoit = await shared.app("amina"), await shared.app("benoit")
    path, _ = await asked(amina)
    await benoit.post(f"{path}/votes", choices=[0])
    await shared.node.store.write(_over, int(path.rsplit("/", 1)[1]))
    assert await writing.once(shared.node.store, shared.node.here, shared.node.node.remote) >= 1
    shown = await benoit.get(path)
    assert shown["expired"] is True
    stored = await shared.node.store.read(objects.by_id, int(shown["id"]))
    assert stored is not None
    question = orjson.loads(stored.document)
    assert question["closed"]
    assert question["oneOf"][0]["replies"]["totalItems"] == 1
    assert stored.updated is None
    late = await amina.ask("POST", f"{path}/votes", json={"choices": [0]})
    assert late.status == 422


def _over(tx: Transaction, identifier: int) -> None:
    tx.execute(
        polls_table.update().where(polls_table.c.object_id == identifier).values(expires_at=1.0)
    )


async def test_what_is_for_later(shared: Town) -> None:
    amina, benoit = await shared.app("amina"), await shared.app("benoit")
    now = shared.node.here.clock.now()
    fields = {
        "status": "Demain, on se retrouve @benoit",
        "visibility": "private",
        "spoiler_text": "Rendez-vous",
        "scheduled_at": to_iso(now + 3600),
    }
    key = {"Idempotency-Key": "plus tard"}
    made = [
        (await amina.ask("POST", "/api/v1/statuses", json=fields, headers=key)).body
        for _ in range(2)
    ]
    assert made[0] == made[1]
    assert set(made[0]) == {"id", "scheduled_at", "params", "media_attachments"}
    assert made[0]["params"]["visibility"] == "private"
    assert made[0]["params"]["text"] == fields["status"]
    one = f"/api/v1/scheduled_statuses/{made[0]['id']}"
    assert await amina.get("/api/v1/scheduled_statuses") == [made[0]]
    assert (await benoit.ask("GET", one)).status == 404
    moved = await amina.ask("PUT", one, json={"scheduled_at": to_iso(now + 7200)})
    assert moved.body["scheduled_at"] == to_iso(now + 7200).replace("Z", ".000Z")
    for wrong in ("", "demain", to_iso(now + 60)):
        assert (await amina.ask("PUT", one, json={"scheduled_at": wrong})).status == 422
    await shared.node.store.write(_due)
    assert await writing.once(shared.node.store, shared.node.here, shared.node.node.remote) >= 1
    assert (await amina.ask("GET", one)).status == 404
    found = await shared.node.store.read(objects.latest, public_only=False, most=1)
    assert found[0].summary == "Rendez-vous"
    assert found[0].visibility == "followers"
    gone = await amina.post("/api/v1/statuses", status="Non", scheduled_at=to_iso(now + 3600))
    assert (await amina.ask("DELETE", f"/api/v1/scheduled_statuses/{gone['id']}")).body == {}
    assert await shared.node.store.read(scheduled.due, 1e12) == []


def _due(tx: Transaction) -> None:
    tx.execute(scheduled_table.update().values(at=1.0))
