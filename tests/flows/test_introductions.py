"""A neighbour tells us of another quartier; and what quartiers do that hand over what is not
theirs, introduce themselves, or answer what they were not asked."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import pytest_asyncio

from node.actions.neighbours import answer_neighbour
from node.actions.referrals import WAITING_MOST
from node.aid.neighbours import Event
from node.store import introductions, neighbours, referrals
from node.store.introductions import Introduction
from node.store.referrals import Referral
from tests.databases import new_sqlite
from tests.flows.asking import Asking, people
from tests.flows.neighbourhood import CONTEXT, HERE, Quartier, Town, state_of, town, until
from tests.peers.documents import Document, User


@dataclass(frozen=True, slots=True)
class Scene:
    town: Town
    ada: Asking
    maud: Asking

    @property
    def ours(self) -> str:
        return f"{self.town.node.base}/quartier"

    def offer(self, by: User, thing: Any, number: object, target: str | None = None) -> Document:
        return said("Offer", by, thing, number) | {"target": target or self.ours}

    async def introduced(self) -> list[Introduction]:
        return await self.town.node.store.read(introductions.listed, most=80)

    async def referred(self) -> list[Referral]:
        return await self.town.node.store.read(referrals.listed, most=80)

    async def number(self, other: Quartier) -> str:
        rows = await self.town.node.store.read(neighbours.every)
        return next(str(row.actor_id) for row in rows if row.actor_uri == other.quartier.id)


def said(kind: str, by: User, thing: Any, number: object = 1) -> Document:
    return {
        "@context": CONTEXT,
        "id": f"{by.id}#said/{kind}/{quote(str(number), safe='')}",
        "type": kind,
        "actor": by.id,
        "object": thing,
    }


@pytest_asyncio.fixture
async def s(tmp_path: Path) -> AsyncIterator[Scene]:
    """A town for each: what one neighbour floods, others would find."""
    async with contextlib.AsyncExitStack() as stack:
        made = await stack.enter_async_context(town(new_sqlite(tmp_path), tmp_path))
        who = await stack.enter_async_context(people(made.node, ada="admin", maud="mediator"))
        yield Scene(made, who["ada"], who["maud"])


# ── introductions ────────────────────────────────────────────────────────────────────────────


async def test_we_introduce_two_neighbours_to_each_other(s: Scene) -> None:
    """Both are told by one proven Offer, once; only an administrator does it, and with the two
    that are joined."""
    one, other = s.town.presquile, s.town.vaise
    pair = {"neighbour_id": await s.number(one), "other_id": await s.number(other)}
    status, _ = await s.maud.ask("POST", "/introductions", **pair)
    assert status == 403
    status, made = await s.ada.ask("POST", "/introductions", **pair)
    assert (status, made["state"], made["uri"]) == (201, "told", one.quartier.id)
    for each in (one, other):
        offer = (await each.received(lambda a: a["type"] == "Offer")).activity
        assert (offer["actor"], offer["object"], offer["target"]) == (
            s.ours,
            one.quartier.id,
            other.quartier.id,
        )
        assert offer["proof"]["type"] == "DataIntegrityProof"
    for again in (pair, {"neighbour_id": pair["other_id"], "other_id": pair["neighbour_id"]}):
        status, _ = await s.ada.ask("POST", "/introductions", **again)
        assert status == 409
    alone = {"neighbour_id": pair["other_id"], "other_id": pair["other_id"]}
    status, _ = await s.ada.ask("POST", "/introductions", **alone)
    assert status == 409
    status, _ = await s.ada.ask("POST", "/introductions", neighbour_id="1", other_id="2")
    assert status == 404
    status, _ = await s.ada.ask("POST", f"/introductions/{made['id']}/ask")
    assert status == 404, "it was ours to tell, not to answer"


@pytest.mark.parametrize("role", ["object", "target"])
async def test_a_neighbour_introduces_another(s: Scene, role: str) -> None:
    """Whichever of the two we are in it. Its name and territory are what it says itself; nothing
    happens until an administrator asks; one click asks to join."""
    near = s.town.presquile
    async with Quartier(place=HERE) as stranger:
        offer = s.offer(near.quartier, stranger.quartier.id, f"intro-{role}")
        if role == "object":
            offer |= {"object": s.ours, "target": stranger.quartier.id}
        assert await near.say(s.town.node, offer) == 202
        await s.town.settled()
        found = (await s.ada.get("/introductions"))[0]
        assert (found["uri"], found["domain"], found["state"], found["adjacent"]) == (
            stranger.quartier.id,
            stranger.domain,
            "heard",
            True,
        )
        assert found["by"]["uri"] == near.quartier.id
        assert ("introduction", {"introduction": found["id"], "domain": stranger.domain}) in (
            await s.ada.told()
        )
        assert "introduction" not in [kind for kind, _ in await s.maud.told()]
        assert await state_of(s.town.node, stranger) is None
        if role == "target":
            status, answered = await s.ada.ask("POST", f"/introductions/{found['id']}/ask")
            assert (status, answered["state"]) == (200, "asked")
            assert await state_of(s.town.node, stranger) in ("invited", "joined")
        else:
            status, answered = await s.ada.ask("POST", f"/introductions/{found['id']}/decline")
            assert (status, answered["state"]) == (200, "declined")
            assert await state_of(s.town.node, stranger) is None
        status, _ = await s.ada.ask("POST", f"/introductions/{found['id']}/ask")
        assert status == 409
        # The same again, in another Offer, is not heard again.
        count = len(await s.introduced())
        await near.say(s.town.node, offer | {"id": f"{offer['id']}-again"})
        await s.town.settled()
        assert len(await s.introduced()) == count
        if role == "target":
            node = s.town.node
            await answer_neighbour(node.store, node.here, stranger.domain, Event.WE_STOP)
            await s.town.settled()


async def test_introductions_that_are_none(s: Scene) -> None:
    """By a stranger, by a person, of oneself, of us, of whom we know, of somebody who is no
    quartier, of nobody: none is heard, however often."""
    near = s.town.presquile
    before = len(await s.introduced())
    async with Quartier("paul") as stranger, Quartier("zoe") as third:
        group = near.quartier
        for number in range(3):
            for by, who, thing, target in (
                (stranger, stranger.quartier, third.quartier.id, None),
                (stranger, stranger.quartier, stranger.quartier.id, None),
                (near, near.nadia, third.quartier.id, None),
                (near, group, group.id, None),
                (near, group, s.ours, group.id),
                (near, group, s.ours, s.ours),
                (near, group, s.town.vaise.quartier.id, None),
                (near, group, third.zoe.id, None),
                (near, group, third.node.id, None),
                (near, group, f"{third.base}/users/nobody", None),
                (near, group, third.quartier.id, stranger.quartier.id),
            ):
                offer = s.offer(who, thing, f"{number} {thing} {target}", target)
                assert await by.say(s.town.node, offer, by=who) == 202
        await s.town.settled()
        assert len(await s.introduced()) == before
        assert await state_of(s.town.node, third) is None
        assert not [one for one in third.activities if one["type"] == "Follow"]


async def test_an_introduction_is_taken_back(s: Scene) -> None:
    """By who made it, before it is answered; by nobody else."""
    near = s.town.presquile
    async with Quartier() as stranger:
        offer = s.offer(near.quartier, stranger.quartier.id, "back")
        await near.say(s.town.node, offer)
        await s.town.settled()
        known = [one.group_uri for one in await s.introduced()]
        assert stranger.quartier.id in known
        vaise = s.town.vaise
        await vaise.say(s.town.node, said("Undo", vaise.quartier, offer["id"]))
        await vaise.say(s.town.node, said("Undo", vaise.quartier, offer, 2))
        await s.town.settled()
        assert len(await s.introduced()) == len(known)
        await near.say(s.town.node, said("Undo", near.quartier, offer, 3))
        await s.town.settled()
        assert stranger.quartier.id not in [one.group_uri for one in await s.introduced()]


# ── referrals ────────────────────────────────────────────────────────────────────────────────


async def test_a_neighbour_refers_what_is_not_its_own(s: Scene) -> None:
    """Another's proposal, one of ours, a private one, a note, nothing; and by a person of its, or
    for somebody else: our mediators see none of it."""
    near, vaise = s.town.presquile, s.town.vaise
    nadia, viviane = near.nadia, vaise.viviane
    others = vaise.publish_at_home(vaise.proposal(viviane))
    own = near.publish_at_home(near.proposal(nadia))
    private = near.publish_at_home(near.proposal(nadia, to=[f"{nadia.id}/followers"], cc=[]))
    note = near.publish_at_home(
        {key: value for key, value in near.proposal(nadia).items() if key != "purpose"}
    )
    ours = await s.town.node.publish(s.maud.actor)
    for number, (by, thing, target) in enumerate(
        (
            (near.quartier, others["id"], None),
            (near.quartier, private["id"], None),
            (near.quartier, note["id"], None),
            (near.quartier, ours, None),
            (near.quartier, f"{near.base}/objects/none", None),
            (near.quartier, own["id"], vaise.quartier.id),
            (near.quartier, {"type": "Note"}, None),
            (nadia, own["id"], None),
            (near.node, own["id"], None),
        )
    ):
        offer = s.offer(by, thing, f"not {number}", target)
        await near.say(s.town.node, offer, by=by)
    forged = s.offer(near.quartier, own["id"], "forged")
    assert await vaise.say(s.town.node, forged, by=vaise.quartier) in (400, 401, 403)
    await s.town.settled()
    assert await s.referred() == []
    assert "referral-received" not in [kind for kind, _ in await s.maud.told()]


async def test_a_neighbour_refers_what_is_its_own(s: Scene) -> None:
    """Once, however often it is said; only who handed it over takes it back, and what is taken
    back does not come again. The words of the Offer change nothing of the proposal."""
    near, nadia = s.town.presquile, s.town.presquile.nadia
    note = near.publish_at_home(near.proposal(nadia, areaServed=_home_only()))
    forged = {"id": note["id"], "type": "Note", "name": "FAUX", "attributedTo": nadia.id}
    offer = s.offer(near.quartier, forged, "own")
    for _ in range(3):
        assert await near.say(s.town.node, offer) == 202
    await s.town.settled()
    (found,) = await s.referred()
    assert found.state == "handed-over"
    listed = (await s.maud.get("/referrals", direction="from"))[0]
    assert listed["title"] == note["name"]
    assert not await s.town.shown(note["id"])
    await s.maud.ask("POST", f"/referrals/{found.id}/accept")
    assert await s.town.shown(note["id"])
    answer = (await near.received(lambda a: a["type"] == "Accept" and _is(a, offer))).activity
    assert answer["actor"] == s.ours
    assert answer["proof"]["type"] == "DataIntegrityProof"
    assert s.town.vaise.was_told(note["id"]) == []

    vaise = s.town.vaise
    for number, (other, by) in enumerate(
        ((vaise, vaise.quartier), (near, nadia), (near, near.node))
    ):
        await other.say(s.town.node, said("Undo", by, offer["id"], f"u{number}"), by=by)
    await s.town.settled()
    assert await s.town.shown(note["id"])
    await near.say(s.town.node, said("Undo", near.quartier, offer, "true"))
    await until(partial(s.town.shown, note["id"]), False)
    await near.say(s.town.node, offer | {"content": "encore"})
    await s.town.settled()
    assert [one.state for one in await s.referred()] == ["withdrawn"]


def _home_only() -> dict[str, Any]:
    return {"type": "schema:GeoCircle", "schema:geoRadius": 0}


def _is(answer: Document, offer: Document) -> bool:
    return isinstance(answer["object"], dict) and answer["object"].get("id") == offer["id"]


async def test_only_the_one_that_was_asked_answers(s: Scene) -> None:
    """Not another neighbour, not a person there, not before it was asked; and no Accept of theirs
    makes anything of a request that was taken back."""
    near, vaise = s.town.presquile, s.town.vaise
    uri = await s.town.node.publish(s.maud.actor, title="Un rendez-vous")
    status = await s.town.status(uri)
    assert status is not None
    code, made = await s.maud.ask(
        "POST", "/referrals", proposal_id=str(status.id), neighbour_id=await s.number(near)
    )
    assert (code, made["state"]) == (201, "handed-over"), "who writes it agrees to it"
    offer = (await near.received(lambda a: a["type"] == "Offer" and a["object"] == uri)).activity

    async def at() -> str:
        found = await s.maud.get("/referrals", direction="to")
        return str(found[0]["state"])

    for number, (other, by, kind) in enumerate(
        (
            (vaise, vaise.quartier, "Accept"),
            (vaise, vaise.quartier, "Reject"),
            (near, near.nadia, "Accept"),
            (near, near.nadia, "Reject"),
            (near, near.node, "Reject"),
            (vaise, vaise.quartier, "Undo"),
            (near, near.quartier, "Undo"),
        )
    ):
        for thing in (offer["id"], offer):
            await other.say(s.town.node, said(kind, by, thing, f"{number}{type(thing)}"), by=by)
    await s.town.settled()
    assert await at() == "handed-over"
    await near.say(s.town.node, said("Accept", near.quartier, offer["id"], "true"))
    await until(at, "accepted")
    no = said("Reject", near.quartier, offer, "no") | {"content": "<p>Désolé <b>!</b></p>"}
    await near.say(s.town.node, no)
    await until(at, "declined")
    assert (await s.maud.get("/referrals", direction="to"))[0]["reason"] == "Désolé !"
    await near.say(s.town.node, said("Accept", near.quartier, offer["id"], "late"))
    await s.town.settled()
    assert await at() == "declined"
    stored = await s.town.stored(uri)
    assert stored is not None
    assert stored.state == "open"


async def test_a_flood_of_referrals(s: Scene) -> None:
    """So many wait and no more; the mediators' queue is not for one neighbour alone. When we part,
    nothing of it is left to answer."""
    near = s.town.vaise
    for number in range(WAITING_MOST + 5):
        note = near.publish_at_home(near.proposal(near.viviane, name=f"Demande {number}"))
        await near.say(s.town.node, s.offer(near.quartier, note["id"], f"flood {number}"))
    await s.town.settled()
    waiting = [one for one in await s.referred() if one.state == "handed-over"]
    assert len(waiting) == WAITING_MOST
    node = s.town.node
    await answer_neighbour(node.store, node.here, near.domain, Event.WE_STOP)
    assert not [one for one in await s.referred() if one.state == "handed-over"]
    code, _ = await s.maud.ask("POST", f"/referrals/{waiting[0].id}/accept")
    assert code == 409
