"""A proposal changes, and the next quartier sees it: further, less far, over, and renewed."""

from __future__ import annotations

import contextlib
import io
import json
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
from PIL import Image

from node.actions import renewal
from node.actions.neighbours import answer_neighbour, ask_neighbour
from node.actions.proposals import close_proposal, edit_proposal
from node.aid.lifecycle import State
from node.aid.neighbours import Event
from node.aid.proposals import DAY
from node.clock import FixedClock
from node.social.statuses import Status
from node.store import neighbours, objects, proposals
from node.store.proposals import Stored
from tests.databases import new_sqlite
from tests.flows.asking import Asking, people
from tests.flows.neighbourhood import until
from tests.serving import Serving, serving


@contextlib.asynccontextmanager
async def two(directory: Path) -> AsyncIterator[tuple[Serving, Serving, Asking]]:
    here_, next_ = directory / "here", directory / "next"
    for one in (here_, next_):
        one.mkdir()
    beside = {"name": "Presqu’île", "latitude": 45.760, "longitude": 4.834}
    async with (
        serving(new_sqlite(here_), here_) as here,
        serving(new_sqlite(next_), next_, node=beside) as next_door,
        people(here, amina="member") as cast,
    ):
        await ask_neighbour(here.store, here.here, here.node.remote, next_door.base)
        await next_door.settled()
        await until(lambda: links(next_door), ["asked"])
        await answer_neighbour(next_door.store, next_door.here, here.domain, Event.WE_ACCEPT)
        await until(lambda: links(here), ["joined"])
        yield here, next_door, cast["amina"]


async def links(node: Serving) -> list[str]:
    return [row.state for row in await node.store.read(neighbours.every)]


async def listed(node: Serving) -> list[str]:
    found = await node.store.read(proposals.listed, now=node.here.clock.now())
    return [one.proposal.title for one in found]


async def copy(node: Serving, uri: str) -> Stored:
    status: Status | None = await node.store.read(objects.by_uri, uri)
    assert status is not None
    found = await node.store.read(proposals.by_id, status.id)
    assert found is not None
    return found


async def announced(node: Serving) -> bool:
    """Whether the quartier's outbox shows anything."""
    address = f"{node.base}/quartier/outbox?page=true"
    headers = {"Accept": "application/activity+json"}
    async with aiohttp.ClientSession() as session, session.get(address, headers=headers) as answer:
        return "/objects/" in await answer.text()


async def test_reach_and_end_are_the_same_next_door(tmp_path: Path) -> None:
    """Wider: it gets there. Narrower: it leaves. Its end comes there though nothing is said, and
    a renewal brings it back."""
    async with two(tmp_path) as (here, next_door, amina):
        uri = await here.publish(amina.actor, reach="quartier", languages=["ar"], expires="10d")
        number = int(uri.rpartition("/")[2])
        await here.settled()
        assert await listed(next_door) == []

        await here.store.write(edit_proposal, here.here, number, reach="adjacent")
        await until(lambda: listed(next_door), ["Courses pour une voisine"])
        stored = await copy(next_door, uri)
        assert (stored.proposal.languages, stored.proposal.state) == (("ar",), State.OPEN)

        await here.store.write(edit_proposal, here.here, number, reach="quartier")
        await until(lambda: listed(next_door), [])
        await here.store.write(edit_proposal, here.here, number, reach="adjacent", title="Courses")
        await until(lambda: listed(next_door), ["Courses"])
        assert await announced(next_door)

        over = replace(next_door.here, clock=FixedClock(time.time() + 11 * DAY))
        assert await next_door.store.write(renewal.expire_proposals, over) == 1
        assert await listed(next_door) == []
        assert not await announced(next_door)
        stored = await copy(next_door, uri)
        assert stored.proposal.state is State.EXPIRED
        assert stored.proposal.closed_at is not None

        await here.store.write(renewal.renew, here.here, number)
        await until(lambda: listed(next_door), ["Courses"])
        assert await announced(next_door)
        assert (await copy(next_door, uri)).proposal.closed_at is None

        await here.store.write(renewal.pause, here.here, number)
        await until(lambda: listed(next_door), [])
        await here.store.write(renewal.resume, here.here, number)
        await until(lambda: listed(next_door), ["Courses"])
        await here.store.write(close_proposal, here.here, number)
        await until(lambda: listed(next_door), [])
        stored = await copy(next_door, uri)
        assert (stored.proposal.state, stored.proposal.closed_at is None) == (State.DONE, False)


async def test_pictures_come_and_go_with_the_proposal(tmp_path: Path) -> None:
    """Sent first, named by their numbers, shown here and next door; another's are refused."""
    async with two(tmp_path) as (here, next_door, amina):
        sent = [await picture(here, amina, f"Image {n}") for n in range(2)]
        fields: dict[str, Any] = {
            "purpose": "offer", "topic": "goods.books", "title": "Livres", "pictures": sent,
        }  # fmt: skip
        status, made = await amina.ask("POST", "/proposals", **fields)
        assert status == 201, made
        await until(lambda: listed(next_door), ["Livres"])
        assert await alts(next_door, made["uri"]) == ["Image 0", "Image 1"]
        assert (await amina.ask("POST", "/proposals", **fields))[0] == 422, "they are taken"
        path = f"/proposals/{made['id']}"
        assert (await amina.ask("PATCH", path, pictures=[sent[1]]))[0] == 200
        await until(lambda: alts(next_door, made["uri"]), ["Image 1"])
        assert (await amina.ask("PATCH", path, title="Vieux livres"))[0] == 200
        await until(lambda: listed(next_door), ["Vieux livres"])
        assert await alts(next_door, made["uri"]) == ["Image 1"], "what is not named stays"


async def picture(node: Serving, who: Asking, alt: str) -> str:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), (200, 0, 0)).save(out, "PNG")
    form = aiohttp.FormData()
    form.add_field("file", out.getvalue(), filename="a.png", content_type="image/png")
    form.add_field("alt", alt)
    async with who.session.post(
        f"{node.base}/api/aid/v1/pictures",
        data=form,
        headers={"Authorization": f"Bearer {who.token}"},
    ) as answer:
        assert answer.status == 201
        return str((await answer.json())["id"])


async def alts(node: Serving, uri: str) -> list[str]:
    """Of the pictures in the Note as this node has it."""
    status: Status | None = await node.store.read(objects.by_uri, uri)
    assert status is not None
    return [str(one["name"]) for one in json.loads(status.document)["attachment"]]
