"""The whole life of a proposal by the interface, and what others see of it: drafts, review,
publication, edits, pauses, reminders, expiry and renewal."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from node.actions import renewal
from node.actions.agreements import offer_help
from node.actions.proposals import change_proposal, publish_proposal
from node.activitypub.html import plain_text
from node.aid.drafts import check_draft
from node.aid.lifecycle import State
from node.aid.proposals import DAY, Proposal
from node.clock import FixedClock, to_iso
from node.errors import Forbidden
from node.jobs import upkeep
from node.outbox.here import Here
from node.store import drafts, objects, proposals
from tests.databases import new_sqlite
from tests.flows.asking import Asking, people
from tests.peers.peer import Peer
from tests.serving import Serving, serving

WORDS: dict[str, Any] = {
    "purpose": "offer",
    "topic": "lending.tools",
    "title": "Perceuse",
    "text": "Avec ses mèches.",
}


@contextlib.asynccontextmanager
async def street(
    directory: Path, **tables: Any
) -> AsyncIterator[tuple[Serving, dict[str, Asking]]]:
    async with (
        serving(new_sqlite(directory), directory, **tables) as node,
        people(node, amina="member", bruno="member", mona="mediator") as cast,
    ):
        yield node, cast


async def stored(node: Serving, number: str) -> Proposal:
    found = await node.store.read(proposals.by_id, int(number))
    assert found is not None
    return found.proposal


async def published(who: Asking, **fields: Any) -> str:
    status, made = await who.ask("POST", "/proposals", **{**WORDS, **fields})
    assert status == 201, made
    return str(made["id"])


async def seen(node: Serving, session: aiohttp.ClientSession) -> list[str]:
    """Every public place that lists what is open and names the drill."""
    places = {
        "home": "/",
        "profile": "/@amina",
        "tag": "/tags/outils",
        "feed": "/feed.atom",
        "outbox": "/quartier/outbox?page=true",
    }
    found = []
    for name, path in places.items():
        accept = "application/activity+json" if name == "outbox" else "*/*"
        async with session.get(node.base + path, headers={"Accept": accept}) as answer:
            text = await answer.text()
            if "Perceuse" in text or (name == "outbox" and "/objects/" in text):
                found.append(name)
    return found


def later(node: Serving, days: float) -> Here:
    """The same node, so many days on."""
    return replace(node.here, clock=FixedClock(time.time() + days * DAY))


async def test_everything_that_one_can_say_is_kept_told_and_shown(tmp_path: Path) -> None:
    """From the interface to what a follower reads; what is better not told is warned of."""
    async with street(tmp_path) as (node, cast), Peer("cavage", users=("zoe",)) as zoe:
        await zoe.follow(f"{node.base}/users/amina")
        starts = datetime.fromtimestamp(time.time() + 3 * DAY, UTC).strftime("%Y-%m-%dT08:00:00Z")
        ends = starts.replace("T08", "T11")
        status, made = await cast["amina"].ask(
            "POST",
            "/proposals",
            purpose="offer",
            topic="collective.garden",
            title="Matinée au jardin",
            text="Appelez le 06 12 34 56 78.",
            quantity="12",
            gathering=True,
            starts=starts,
            ends=ends,
            languages=["ar", "en"],
            coarse=True,
            place={"latitude": 45.7741, "longitude": 4.8279},
        )
        assert status == 201
        assert [(one["kind"], one["found"]) for one in made["warnings"]] == [
            ("phone", "06 12 34 56 78")
        ]
        proposal = await stored(node, made["id"])
        assert (proposal.gathering, proposal.languages) == (True, ("ar", "en"))
        assert to_iso(proposal.starts_at or 0) == starts
        assert (proposal.expires_at, proposal.radius_m) == (proposal.ends_at, 1406)
        create = await zoe.received(lambda one: one["type"] == "Create")
        note = create.activity["object"]
        assert note["publishes"]["hasBeginning"] == starts
        assert note["publishes"]["hasEnd"] == ends
        assert note["inLanguage"] == ["fr", "ar", "en"]
        said = plain_text(note["content"]).replace("\u00a0", " ")
        assert "Places : 12." in said
        assert "On peut se parler en français, arabe et anglais." in said
        assert "Pour participer : répondez" in said
        assert "45.7741" not in str(create.activity)


async def test_what_does_not_fit_is_told_and_nothing_is_kept(tmp_path: Path) -> None:
    """In words, with what to do; and beforehand, who will see it."""
    async with street(tmp_path) as (_, cast):
        amina = cast["amina"]
        for fields, says in (
            ({"gathering": True}, "commence"),
            ({"starts": "2027-01-02T10:00", "ends": "2027-01-01T10:00"}, "après le début"),
            ({"ends": "2027-01-02T10:00"}, "commence"),
            ({"due": "2020-01-01T00:00:00Z"}, "passée"),
            ({"pictures": ["7"]}, "image"),
            ({"unit": "hour"}, "unité"),
            ({"purpose": "request", "expires": "none"}, "toujours une fin"),
        ):
            status, told = await amina.ask("POST", "/proposals", **{**WORDS, **fields})
            assert (status, says in told["error"]) == (422, True), (fields, told)
        _, look = await amina.ask("POST", "/drafts/check", title="Perceuse")
        assert "offre" in look["problem"]
        assert look["who_will_see"] is None
        _, look = await amina.ask("POST", "/drafts/check", **WORDS, reach="wide", reach_m=2500)
        assert look["problem"] is None
        assert "jusqu’à 2,5\u00a0km" in look["who_will_see"]
        assert await amina.get("/drafts") == []


async def test_who_is_suspended_publishes_nothing_by_any_way(tmp_path: Path) -> None:
    """Not by a command, not by a draft that waits for a mediator, nor by what was begun before."""
    async with street(tmp_path, node={"review_newcomers": True}) as (node, cast):
        amina, mona = cast["amina"], cast["mona"]
        status, waits = await amina.ask("POST", "/proposals", **WORDS)
        assert (status, waits["state"]) == (201, "review")
        suspend = f"/moderation/accounts/{amina.id}/suspend"
        assert (await mona.ask("POST", suspend, reason="Menaces"))[0] == 200
        assert (await mona.ask("POST", f"/review/{waits['id']}/approve"))[0] == 403
        draft = check_draft({**WORDS, "author": "amina"}, zone="Europe/Paris")
        with pytest.raises(Forbidden, match="suspendu"):
            await node.store.write(publish_proposal, node.here, amina.actor, draft)
        assert await node.store.read(objects.latest, author_id=amina.actor.id) == []


async def test_a_draft_is_its_author_s_alone_until_it_is_sent(tmp_path: Path) -> None:
    """Unfinished ones, too; its number becomes the proposal's."""
    async with street(tmp_path) as (node, cast):
        amina, bruno, mona = cast["amina"], cast["bruno"], cast["mona"]
        status, kept = await amina.ask("POST", "/drafts", title="Perceuse", expires="bientôt")
        assert status == 201
        path = f"/drafts/{kept['id']}"
        assert (await amina.ask("POST", f"{path}/submit"))[0] == 422
        for other in (bruno, mona):
            for method, body in (("GET", {}), ("PUT", WORDS), ("DELETE", {})):
                assert (await other.ask(method, path, **body))[0] == 404
            assert (await other.ask("POST", f"{path}/submit"))[0] == 404
            assert await other.get("/drafts") == []
        assert await mona.get("/review") == []
        async with amina.session.get(f"{node.base}/objects/{kept['id']}") as answer:
            assert answer.status == 404
        assert await seen(node, amina.session) == []

        status, kept = await amina.ask("PUT", path, **WORDS)
        assert (status, kept["fields"]["title"]) == (200, "Perceuse")
        status, made = await amina.ask("POST", f"{path}/submit")
        assert (status, made["state"], made["id"]) == (200, "open", kept["id"])
        assert (await stored(node, made["id"])).title == "Perceuse"
        assert (await amina.ask("GET", path))[0] == 404
        assert len(await seen(node, amina.session)) == 5


async def test_a_newcomer_s_first_proposals_are_looked_at_first(tmp_path: Path) -> None:
    """By a mediator, who sends them back with a word, or publishes them with other words."""
    async with street(tmp_path, node={"review_newcomers": True}) as (node, cast):
        amina, bruno, mona = cast["amina"], cast["bruno"], cast["mona"]
        status, made = await amina.ask("POST", "/proposals", **WORDS)
        assert (status, made["state"], made["uri"]) == (201, "review", None)
        number = made["id"]
        assert await seen(node, amina.session) == []
        assert (await bruno.ask("GET", "/review"))[0] == 403
        assert (await mona.told())[-1][0] == "review-waiting"
        (waits,) = await mona.get("/review")
        assert (waits["id"], waits["author"]["name"]) == (number, "Amina")
        assert (await amina.ask("PUT", f"/drafts/{number}", **WORDS))[0] == 409
        status, _ = await bruno.ask("POST", f"/review/{number}/approve")
        assert status == 403

        assert (await mona.ask("POST", f"/review/{number}/return", reason=" "))[0] == 422
        status, _ = await mona.ask("POST", f"/review/{number}/return", reason="Et la caution ?")
        assert status == 204
        kind, data = (await amina.told())[-1]
        assert (kind, data["reason"]) == ("proposal-returned", "Et la caution ?")
        assert (await amina.get(f"/drafts/{number}"))["note"] == "Et la caution ?"
        assert (await mona.ask("POST", f"/review/{number}/approve"))[0] == 404

        assert (await amina.ask("POST", f"/drafts/{number}/submit"))[1]["state"] == "review"
        status, made = await mona.ask(
            "POST", f"/review/{number}/approve", changes={"title": "Perceuse à percussion"}
        )
        assert (status, made["state"], made["id"]) == (200, "open", number)
        proposal = await stored(node, number)
        assert (proposal.title, proposal.author_uri) == (
            "Perceuse à percussion",
            f"{node.base}/users/amina",
        )
        assert (await amina.told())[-1][0] == "proposal-published"
        changed = {"title": "Tout autre chose"}
        assert (await amina.ask("PATCH", f"/proposals/{number}", **changed))[0] == 200
        assert (await mona.told())[-1][0] == "reviewed-changed"

        _, second = await amina.ask("POST", "/proposals", **WORDS)
        status, _ = await mona.ask("POST", f"/review/{second['id']}/remove", reason="Doublon")
        assert status == 204
        kind, data = (await amina.told())[-1]
        assert (kind, data["title"], data["reason"]) == ("proposal-removed", "Perceuse", "Doublon")
        assert await node.store.read(drafts.by_id, int(second["id"])) is None
        assert (await mona.ask("POST", "/proposals", **WORDS))[1]["state"] == "open"


async def test_pause_enough_and_back(tmp_path: Path) -> None:
    """What is paused or enough for now is in no list; it comes back by a click, or by itself."""
    async with street(tmp_path) as (node, cast), Peer("cavage", users=("zoe",)) as zoe:
        amina, bruno = cast["amina"], cast["bruno"]
        await zoe.follow(f"{node.base}/users/amina")
        number = await published(amina)
        path = f"/proposals/{number}"
        assert (await bruno.ask("POST", f"{path}/pause"))[0] == 404
        assert (await amina.ask("POST", f"{path}/resume"))[1]["state"] == "open"
        assert (await amina.ask("POST", f"{path}/pause"))[1]["state"] == "paused"
        assert (await amina.ask("POST", f"{path}/pause"))[1]["state"] == "paused"
        assert await seen(node, amina.session) == []
        await zoe.received(
            lambda one: one["type"] == "Update" and "en pause" in one["object"]["content"]
        )
        assert (await amina.ask("POST", f"{path}/resume"))[1]["state"] == "open"
        assert len(await seen(node, amina.session)) == 5

        for until in ("2020-01-01T10:00", "2099-01-01T10:00"):
            assert (await amina.ask("POST", f"{path}/satisfied", until=until))[0] == 422
        until = to_iso(time.time() + 100 * DAY)
        status, told = await amina.ask("POST", f"{path}/satisfied", until=until)
        assert (status, told["state"], told["opens_again_at"]) == (200, "satisfied-for-now", until)
        assert told["expires_at"] > until, "it does not open only to be over"
        note = await node.store.read(objects.by_id, int(number))
        assert note is not None
        assert "Elle rouvrira le" in note.content
        assert await node.store.write(renewal.reopen_proposals, later(node, 99)) == 0
        assert await node.store.write(renewal.reopen_proposals, later(node, 101)) == 1
        assert (await stored(node, number)).state is State.OPEN
        assert (await amina.told())[-1][0] == "proposal-reopened"


async def test_what_expires_leaves_every_list_and_is_renewed_in_one_click(tmp_path: Path) -> None:
    """Its author is told seven days and a day before, once each, and at the end."""
    async with street(tmp_path) as (node, cast), Peer("cavage", users=("zoe",)) as zoe:
        amina = cast["amina"]
        await zoe.follow(f"{node.base}/users/amina")
        number = await published(amina)
        ends = (await stored(node, number)).expires_at
        assert ends is not None
        for days, kinds in (
            (52, 0),
            (53.5, 1),
            (58, 1),
            (59.5, 2),
            (59.6, 2),
        ):
            await node.store.write(renewal.remind, later(node, days))
            told = [
                data["left"] for kind, data in await amina.told() if kind == "proposal-expiring"
            ]
            assert told == ["7d", "24h"][:kinds], days
        assert await node.store.write(renewal.expire_proposals, later(node, 59.9)) == 0
        assert await node.store.write(renewal.expire_proposals, later(node, 60.1)) == 1
        kind, data = (await amina.told())[-1]
        assert (kind, data["renew"]) == (
            "proposal-expired",
            f"/api/aid/v1/proposals/{number}/renew",
        )
        assert await seen(node, amina.session) == []
        note = await node.store.read(objects.by_id, int(number))
        assert note is not None
        assert "à son terme" in note.content
        expired = await stored(node, number)
        assert expired.closed_at is not None
        status, told = await amina.ask("POST", f"/proposals/{number}/renew")
        assert (status, told["state"]) == (200, "open")
        assert told["expires_at"] > to_iso(time.time() + 59 * DAY)
        assert (await stored(node, number)).closed_at is None
        assert len(await seen(node, amina.session)) == 5
        served = await zoe.get(f"{node.base}/objects/{number}")
        assert served["endTime"] == told["expires_at"]
        assert "répondez à ce" in served["content"]
        status, told = await amina.ask("POST", f"/proposals/{number}/renew", expires="3d")
        assert told["expires_at"] < to_iso(time.time() + 4 * DAY)


async def test_a_standing_offer_asks_and_pauses_when_nobody_answers(tmp_path: Path) -> None:
    """Every 90 days; after 14 more it pauses, and a click says that it is still so."""
    async with street(tmp_path) as (node, cast):
        amina = cast["amina"]
        number = await published(amina, expires="none")
        assert (await stored(node, number)).standing
        for days, asked in ((89, 0), (90.5, 1), (91, 1)):
            await node.store.write(renewal.remind, later(node, days))
            kinds = [kind for kind, _ in await amina.told()]
            assert kinds.count("proposal-asks") == asked
        await node.store.write(renewal.renew, later(node, 95), int(number))
        await node.store.write(renewal.remind, later(node, 105))
        assert (await stored(node, number)).state is State.OPEN
        for days in (186, 200):
            await node.store.write(renewal.remind, later(node, days))
        assert [kind for kind, _ in await amina.told()].count("proposal-asks") == 2
        assert (await stored(node, number)).state is State.PAUSED
        assert (await amina.ask("POST", f"/proposals/{number}/renew"))[1]["state"] == "open"


async def test_every_field_can_be_changed_but_not_what_is_promised(tmp_path: Path) -> None:
    """Null empties, what is not sent stays; quantities do not go below what is promised."""
    async with street(tmp_path) as (node, cast):
        amina, bruno, mona = cast["amina"], cast["bruno"], cast["mona"]
        number = await published(
            amina, topic="goods.books", quantity="5", languages=["ar"], due="2027-01-02T10:00"
        )
        path = f"/proposals/{number}"
        for other in (bruno, mona):
            assert (await other.ask("PATCH", path, title="Non"))[0] == 404
        status, _ = await amina.ask(
            "PATCH", path, title="Polars", urgency="high", due=None, languages=None,
            reach="quartier", coarse=True, expires="2d",
        )  # fmt: skip
        assert status == 200
        changed = await stored(node, number)
        assert (changed.title, changed.text, changed.quantity) == ("Polars", WORDS["text"], "5")
        assert (changed.due, changed.languages, changed.radius_m) == (None, (), 1406)
        assert changed.expires_at is not None
        assert changed.expires_at < time.time() + 2 * DAY + 60
        assert (await amina.ask("PATCH", path, purpose="request"))[0] == 409

        await node.store.write(
            lambda tx: change_proposal(
                tx, node.here, int(number), available="2", state=State.PARTLY_MATCHED
            )
        )
        assert (await amina.ask("PATCH", path, quantity="2"))[0] == 409
        assert (await amina.ask("PATCH", path, mode="swap"))[0] == 409
        status, told = await amina.ask("PATCH", path, quantity="3")
        assert (status, told["available"], told["state"]) == (200, "0", "matched")
        status, told = await amina.ask("PATCH", path, quantity="6")
        assert (status, told["available"], told["state"]) == (200, "3", "partly-matched")
        assert (await amina.ask("POST", f"{path}/withdraw"))[1]["state"] == "withdrawn"
        assert (await amina.ask("PATCH", path, title="x"))[0] == 409
        assert (await amina.ask("POST", f"{path}/renew"))[0] == 409
        assert (await amina.ask("POST", f"{path}/close"))[0] == 409
        assert (await amina.ask("DELETE", path))[0] == 204
        assert (await amina.ask("DELETE", path))[0] == 404


async def test_whoever_answered_is_told_when_it_ends(tmp_path: Path) -> None:
    """Withdrawn, expired or deleted: nobody waits for an answer that never comes."""
    async with street(tmp_path) as (node, cast):
        amina, bruno = cast["amina"], cast["bruno"]
        for count, end in enumerate(("withdraw", "expire", "delete"), 1):
            number = await published(amina)
            await node.store.write(offer_help, node.here, bruno.actor, int(number))
            match end:
                case "withdraw":
                    await amina.ask("POST", f"/proposals/{number}/withdraw")
                case "delete":
                    await amina.ask("DELETE", f"/proposals/{number}")
                case _:
                    await node.store.write(renewal.expire_proposals, later(node, 61))
            kinds = [kind for kind, _ in await bruno.told()]
            assert kinds.count("agreement-refused") == count, end


async def test_the_clock_s_work_is_done_in_steps_until_nothing_is_left(tmp_path: Path) -> None:
    """A node that slept for months ends, opens and reminds of all that came due meanwhile."""
    async with street(tmp_path) as (node, cast):
        amina = cast["amina"]
        over = [await published(amina) for _ in range(renewal.BATCH + 2)]
        again, asked = await published(amina), await published(amina, expires="none")
        until = to_iso(time.time() + 80 * DAY)
        await amina.ask("POST", f"/proposals/{again}/satisfied", until=until)
        job = asyncio.create_task(upkeep.expire(node.store, later(node, 92)))
        wanted = {*((number, State.EXPIRED) for number in over), (again, State.OPEN)}
        try:
            async with asyncio.timeout(20):
                while True:
                    found = {(n, (await stored(node, n)).state) for n in (*over, again)}
                    kinds = [kind for kind, _ in await amina.told()]
                    if found == wanted and kinds.count("proposal-asks") == 1:
                        break
                    await asyncio.sleep(0.05)
        finally:
            job.cancel()
            await asyncio.gather(job, return_exceptions=True)
        assert kinds.count("proposal-expired") == len(over)
        assert kinds.count("proposal-reopened") == 1
        assert (await stored(node, asked)).state is State.OPEN
