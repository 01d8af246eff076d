"""What mediators do about other servers and the people there, and what those servers are sent."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pytest
import pytest_asyncio

from node.actions import blocklists
from node.actions.remote import Remote
from node.moderation.policy import DomainBlock
from node.social.accounts import Actor
from node.store import blocks, follows, neighbours, reports, tables
from node.store.transaction import Transaction
from tests.databases import new_sqlite
from tests.flows.asking import Asking, people
from tests.flows.neighbourhood import Quartier, Town, state_of, town, until
from tests.peers.documents import User

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass(frozen=True, slots=True)
class Scene:
    town: Town
    maud: Asking
    amina: Asking

    @property
    def node(self) -> Any:
        return self.town.node

    async def met(self, user: User) -> Actor:
        """Somebody elsewhere, known here."""
        remote: Remote = self.node.node.remote
        return await remote.actor(user.id)

    async def shown(self, home: Quartier, author: User, **more: Any) -> dict[str, Any]:
        """A proposal that its quartier passed on, and that we show."""
        note = home.publish_at_home(home.proposal(author, **more))
        await home.pass_on(self.node, home.create(author, note), home.credential(author))
        await until(lambda: self.town.shown(note["id"]), True)
        return note

    async def act(self, who: Asking, verb: str, whom: Actor) -> int:
        status, _ = await who.ask(
            "POST", f"/moderation/accounts/{whom.id}/{verb}", reason="Décidé à trois"
        )
        return status


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def s(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    directory = Path(tmp_path_factory.mktemp("elsewhere"))
    async with (
        town(new_sqlite(directory), directory) as made,
        people(made.node, maud="mediator", amina="member") as who,
    ):
        yield Scene(made, who["maud"], who["amina"])


async def test_a_report_is_sent_on_without_the_name_of_who_reports(s: Scene) -> None:
    """Only when they ticked it; in the node's name, to the inbox of the one who is reported."""
    home, nadia = s.town.presquile, s.town.presquile.nadia
    note = await s.shown(home, nadia)
    actor = await s.met(nadia)
    status = await s.town.status(note["id"])
    assert status is not None
    body = {"account_id": str(actor.id), "proposal_ids": [str(status.id)], "content": "Du bruit"}
    code, kept = await s.amina.ask("POST", "/reports", **body)
    assert (code, kept["forwarded"]) == (201, False)
    await s.node.settled()
    assert not [one for one in home.activities if one["type"] == "Flag"]
    code, sent = await s.amina.ask("POST", "/reports", **body, forward=True)
    assert (code, sent["forwarded"]) == (201, True)
    flag = (await home.received(lambda one: one["type"] == "Flag")).activity
    assert flag["actor"] == f"{s.node.base}/actor"
    assert flag["object"] == [nadia.id, note["id"]]
    assert flag["content"] == "Du bruit"
    assert "amina" not in orjson.dumps(flag).decode()


async def test_a_report_from_elsewhere_waits_in_the_queue(s: Scene) -> None:
    """Mastodon's form: the account and its posts; mediators are told; a replay is no second one;
    and nothing comes from a server of which that was decided."""
    home = s.town.vaise
    uri = await s.node.publish(s.amina.actor)

    def flag(number: int) -> dict[str, Any]:
        return {
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": f"{home.node.id}#flags/{number}",
            "type": "Flag",
            "actor": home.node.id,
            "content": "Spam <b>ici</b>",
            "object": [s.amina.actor.uri, uri],
        }

    async def count() -> int:
        found = await s.node.store.read(reports.listed, most=80)
        return sum(one.target_id == s.amina.actor.id for one in found)

    for _ in range(2):
        assert await home.say(s.node, flag(1), by=home.node) == 202
    await until(count, 1)
    found = (await s.maud.get("/reports", state="open"))[0]
    assert found["objects"] == [uri]
    assert found["content"] == "Spam ici"
    assert found["reporter"]["local"] is False
    assert ("report", {"report": found["id"], "category": "other"}) in await s.maud.told()

    deaf = DomainBlock(home.domain, "noop", reject_reports=True)
    await s.node.store.write(blocklists.block_domain, s.node.here, None, deaf)
    assert await home.say(s.node, flag(2), by=home.node) == 202
    await s.town.settled()
    assert await count() == 1
    await s.node.store.write(blocklists.unblock_domain, s.node.here, None, home.domain)


async def test_a_block_is_told_as_mastodon_tells_it(s: Scene) -> None:
    """The follows both ways end, the other server gets a Block, and its Undo when it is over."""
    home = s.town.presquile
    zoe = home.add_user("zoe")
    await home.follow(s.amina.actor.uri, user=zoe)
    actor = await s.met(zoe)
    await until(lambda: _follows(s, actor), True)
    assert (await s.amina.ask("POST", "/blocks", account_id=str(actor.id)))[0] == 200
    block = (await home.received(lambda one: one["type"] == "Block")).activity
    assert (block["actor"], block["object"]) == (s.amina.actor.uri, zoe.id)
    assert await _follows(s, actor) is False
    assert (await s.amina.ask("DELETE", f"/blocks/{actor.id}"))[0] == 204
    undo = await home.received(
        lambda one: one["type"] == "Undo" and one["object"]["type"] == "Block"
    )
    assert undo.activity["object"]["id"] == block["id"]
    # The other way round: what they block is blocked here, until they take it back.
    theirs = {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": f"{zoe.id}#blocks/1",
        "type": "Block",
        "actor": zoe.id,
        "object": s.amina.actor.uri,
    }
    assert await home.say(s.node, theirs, by=zoe) == 202
    await until(lambda: _blocked(s, actor), True)
    taken_back = {**theirs, "id": f"{zoe.id}#undo/1", "type": "Undo", "object": theirs}
    assert await home.say(s.node, taken_back, by=zoe) == 202
    await until(lambda: _blocked(s, actor), False)


async def test_somebody_elsewhere_is_silenced_and_heard_again(s: Scene) -> None:
    """Out of the lists and not passed on, now and when they publish anew."""
    home, nadia = s.town.presquile, s.town.presquile.nadia
    note = await s.shown(home, nadia)
    actor = await s.met(nadia)
    assert await s.act(s.maud, "silence", actor) == 200
    assert not await s.town.shown(note["id"])
    later = home.publish_at_home(home.proposal(nadia))
    await home.pass_on(s.node, home.create(nadia, later), home.credential(nadia))
    await s.town.settled()
    assert not await s.town.shown(later["id"])
    assert s.town.vaise.was_told(later["id"]) == []
    assert await s.act(s.maud, "unsilence", actor) == 200
    assert await s.town.shown(note["id"])


async def test_somebody_elsewhere_is_suspended_and_may_come_back(s: Scene) -> None:
    """Nothing of theirs is shown or taken; what a neighbour had passed on is shown again."""
    home = s.town.presquile
    yann = home.add_user("yann")
    await home.follow(s.amina.actor.uri, user=yann)
    note = await s.shown(home, yann)
    actor = await s.met(yann)
    await until(lambda: _follows(s, actor), True)
    assert await s.act(s.maud, "suspend", actor) == 200
    assert not await s.town.shown(note["id"])
    assert await _follows(s, actor) is False
    await home.received(lambda one: one["type"] == "Reject" and one["actor"] == s.amina.actor.uri)
    later = home.publish_at_home(home.proposal(yann))
    assert await home.say(s.node, home.create(yann, later), by=yann) in (202, 403)
    await home.pass_on(s.node, home.create(yann, later), home.credential(yann))
    await s.town.settled()
    assert await s.town.status(later["id"]) is None
    assert await s.act(s.maud, "unsuspend", actor) == 200
    assert await s.town.shown(note["id"])


async def test_a_removed_copy_does_not_come_back_by_another_way(s: Scene) -> None:
    """Off our lists for good, whoever passes it on again; its home is not told what we think."""
    home, nadia = s.town.presquile, s.town.presquile.nadia
    note = await s.shown(home, nadia)
    status = await s.town.status(note["id"])
    assert status is not None
    path = f"/moderation/proposals/{status.id}/remove"
    assert (await s.maud.ask("POST", path, reason="Faux"))[0] == 204
    assert (await s.maud.ask("POST", path, reason="Faux"))[0] == 409
    assert not await s.town.shown(note["id"])
    await home.pass_on(s.node, home.create(nadia, note), home.credential(nadia))
    await home.pass_on(s.node, home.update(nadia, note, name="Encore"), home.credential(nadia))
    await s.town.settled()
    assert not await s.town.shown(note["id"])
    assert not any("Faux" in orjson.dumps(one).decode() for one in home.activities)


async def test_a_server_is_silenced_then_suspended_then_free(s: Scene) -> None:
    """Silenced: out of the lists. Suspended: the neighbours part, the follows end, nothing comes
    in. Free again: they may ask anew; what they passed on before is not shown by itself."""
    async with Quartier("olga", place=(45.765, 4.80)) as home:
        await home.join(s.node)
        await home.follow(s.amina.actor.uri, user=home.olga)
        note = await s.shown(home, home.olga)
        olga = await s.met(home.olga)
        await until(lambda: _follows(s, olga), True)

        async def decide(severity: Any) -> None:
            block = DomainBlock(home.domain, severity)
            await s.node.store.write(blocklists.block_domain, s.node.here, s.maud.actor, block)

        await decide("silence")
        assert not await s.town.shown(note["id"])
        assert await state_of(s.node, home) == "joined"
        assert await _follows(s, olga) is True
        await decide("noop")
        assert await s.town.shown(note["id"])

        await decide("suspend")
        assert not await s.town.shown(note["id"])
        assert await _follows(s, olga) is False
        assert await state_of(s.node, home) == "stopped"
        refused = home.create(home.olga, home.proposal(home.olga))
        like = home.activity("Like", home.olga, s.amina.actor.uri)
        await until(lambda: home.say(s.node, like, by=home.olga), 403)
        assert await home.say(s.node, refused, by=home.olga) == 403
        await s.town.settled()
        assert await s.town.status(refused["object"]["id"]) is None
        assert await s.node.store.read(_waiting_for, home.domain) == 0

        await s.node.store.write(blocklists.unblock_domain, s.node.here, s.maud.actor, home.domain)
        assert not await s.town.shown(note["id"])
        assert await s.node.store.read(neighbours.by_actor, olga.id) is None
        lines = await s.maud.get("/audit", target=home.domain)
        assert [one["action"] for one in lines] == [
            "domain.unblock",
            "domain.suspend",
            "domain.limit",
            "domain.silence",
            "neighbour.accept",
        ]


@pytest.mark.parametrize("reject", [False, True])
async def test_pictures_of_other_servers_are_neither_shown_nor_fetched(
    s: Scene, reject: bool
) -> None:
    """Whether or not mediators want none of a server: no page, list, feed or calendar leads to
    one, and the node asks for none."""
    home, nadia = s.town.presquile, s.town.presquile.nadia
    block = DomainBlock(home.domain, "noop", reject_media=reject)
    await s.node.store.write(blocklists.block_domain, s.node.here, s.maud.actor, block)
    picture = f"{home.base}/pictures/drill.png"
    note = await s.shown(
        home,
        nadia,
        content=f'<p>Perceuse <img src="{picture}" alt="x"></p>',
        contentMap={"fr": f'<p>Perceuse <img src="{picture}" alt="x"></p>'},
        attachment=[{"type": "Image", "url": picture, "mediaType": "image/png", "name": "x"}],
        image={"type": "Image", "url": picture},
    )
    status = await s.town.status(note["id"])
    assert status is not None
    for path in (
        "/", f"/proposals/{status.id}", "/feed.atom", "/calendar.ics",
        "/api/aid/v1/proposals", f"/api/aid/v1/proposals/{status.id}",
    ):  # fmt: skip
        async with s.amina.session.get(s.node.base + path) as answer:
            assert answer.status == 200, path
            text = await answer.text()
        assert path == "/calendar.ics" or "Courses pour une voisine" in text, path
        assert "drill.png" not in text, path
    assert not [one for one in home.reading_log if "drill.png" in str(one)]
    await s.node.store.write(blocklists.unblock_domain, s.node.here, s.maud.actor, home.domain)


async def _follows(s: Scene, actor: Actor) -> bool:
    found = await s.node.store.read(follows.between, actor.id, s.amina.actor.id)
    return found is not None


async def _blocked(s: Scene, actor: Actor) -> bool:
    found: bool = await s.node.store.read(blocks.between, actor.id, s.amina.actor.id)
    return found


def _waiting_for(tx: Transaction, host: str) -> int:
    table = tables.deliveries
    return len(tx.all(table.select().where(table.c.host == host, table.c.state == "pending")))
