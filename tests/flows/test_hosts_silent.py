"""Servers that hang, are down or fail do not delay the others, are left alone for a while, and
get everything when they are back."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from node.actions.proposals import close_proposal, edit_proposal
from node.outbox.hosts import PROBE_S
from node.store import actors
from tests.databases import database_url, postgres_url, sqlite_url
from tests.flows.inboxes import (
    Inboxes,
    followed,
    in_turn,
    many,
    queued,
    until,
    until_queued,
)
from tests.peers.keys import PeerKeys
from tests.peers.peer import Peer
from tests.peers.process import NodeProcess
from tests.serving import Serving, free_port, serving

__all__ = ["database_url", "postgres_url", "sqlite_url"]


@pytest.fixture(scope="module")
def keys() -> PeerKeys:
    return PeerKeys.generate()


@pytest.fixture
async def node(database_url: str, tmp_path: Path) -> AsyncIterator[Serving]:
    """A node with the real schedule of retries: what failed is not tried again in a test."""
    async with serving(database_url, tmp_path, federation={"retry_scale": 1.0}) as running:
        yield running


@pytest.fixture
async def hasty(database_url: str, tmp_path: Path) -> AsyncIterator[Serving]:
    """A node whose minutes of waiting are milliseconds."""
    async with serving(database_url, tmp_path, federation={"retry_scale": 0.001}) as running:
        yield running


async def test_silent_and_dead_servers_do_not_delay_the_living(
    database_url: str, tmp_path: Path, keys: PeerKeys
) -> None:
    """One server that accepts connections and never answers, and thirty that are down: every
    living server has all five posts before the first try at the silent one has even ended, and
    that one never has more than two posts waiting at it."""
    limits = {"deliver_seconds": 60.0}
    async with (
        many(10) as living,
        Inboxes() as silent,
        serving(database_url, tmp_path, limits=limits, federation={"retry_scale": 1.0}) as node,
    ):
        silent.open.clear()
        amina = await node.account("amina")
        await followed(node, amina, [silent.base], people=20, keys=keys)
        await followed(
            node, amina, [f"http://127.0.0.1:{free_port()}" for _ in range(30)], keys=keys
        )
        await followed(node, amina, [one.base for one in living], people=5, keys=keys)
        published = {await node.publish(amina, title=f"Courses n° {n}") for n in range(5)}
        await until(lambda: all(len(one.accepted) >= 25 for one in living))
        assert silent.waiting > 0
        assert silent.ended == 0
        assert silent.most_waiting <= 2
        for one in living:
            came = [(arrival.path, arrival.activity["object"]["id"]) for arrival in one.arrivals]
            assert sorted(came) == sorted(
                (f"/users/p{n}/inbox", uri) for n in range(5) for uri in published
            )
        silent.open.set()
        await until(lambda: len(silent.accepted) == 100)


async def test_hundreds_of_hanging_servers_leave_places_for_the_living(
    database_url: str, tmp_path: Path, keys: PeerKeys
) -> None:
    """Servers that hang hold no place but their own: with more of them than there are places,
    the living have theirs as soon as the hanging ones have been found out."""
    federation = {"retry_scale": 0.001, "deliveries_at_once": 8}
    limits = {"deliver_seconds": 0.3}
    async with (
        Inboxes() as living,
        many(12) as hanging,
        serving(database_url, tmp_path, limits=limits, federation=federation) as node,
    ):
        for one in hanging:
            one.open.clear()
        amina = await node.account("amina")
        await followed(node, amina, [one.base for one in hanging], people=10, keys=keys)
        await followed(node, amina, [living.base], people=20, keys=keys)
        await node.publish(amina)
        await until(lambda: len(living.accepted) == 20)
        await until(lambda: all(one.ended > 0 for one in hanging))
        tries = sum(one.ended for one in hanging)
        await node.publish(amina)
        await until(lambda: len(living.accepted) == 40)
        # Half of the places were theirs at most, and hardly a try there has ended meanwhile.
        assert sum(one.ended for one in hanging) - tries <= 8
        assert all(one.most_waiting <= 2 for one in hanging)


async def test_a_failing_server_is_left_alone_until_it_writes_to_us(node: Serving) -> None:
    """After five failures nothing is tried at a server for half an hour, what is published
    meanwhile neither; once it writes to us it has everything, without any waiting."""
    amina = await node.account("amina")
    async with Peer("cavage") as peer:
        await peer.follow(amina.uri)
        await peer.received(lambda activity: activity["type"] == "Accept")
        await node.settled()
        peer.mode = "500"
        began = time.time()
        uris = [await node.publish(amina, title=f"Courses n° {n}") for n in range(8)]
        lines = await until_queued(
            node,
            lambda found: (
                len(found) == 8 and all(line.next_at > began + PROBE_S * 0.9 for line in found)
            ),
            host=peer.domain,
        )
        attempted = sum(line.attempts for line in lines)
        assert 5 <= attempted <= 6  # one may have been under way as the fifth failed
        uris.append(await node.publish(amina, title="Une de plus", urgency="high"))
        later = await until_queued(
            node,
            lambda found: (
                len(found) == 9 and all(line.next_at > began + PROBE_S * 0.9 for line in found)
            ),
            host=peer.domain,
        )
        assert sum(line.attempts for line in later) == attempted
        peer.mode = "well"
        create = peer.publish(peer.user, "<p>Me revoilà</p>")
        assert (await peer.post(f"{node.base}/inbox", create)).status == 202
        for uri in uris:
            await peer.received(brings(uri))
        await node.settled()
        assert await queued(node, peer.domain) == []


async def test_a_server_left_alone_is_probed_with_one_post(hasty: Serving, keys: PeerKeys) -> None:
    """Every half hour one post is tried, not all that wait; when one goes through, all do."""
    amina = await hasty.account("amina")
    async with Inboxes(in_turn(*[500] * 7)) as inboxes:
        await followed(hasty, amina, [inboxes.base], people=30, keys=keys)
        await hasty.publish(amina)
        await until(lambda: len(inboxes.arrivals) == 37)
        statuses = [one.status for one in inboxes.arrivals]
        # Five failures and two probes; had all thirty been tried each time, far more than
        # two would have waited at once.
        assert statuses == [500] * 7 + [202] * 30
        assert len({one.path for one in inboxes.arrivals[7:]}) == 30
        assert inboxes.most_waiting <= 2


async def test_a_wish_to_wait_is_obeyed(node: Serving, keys: PeerKeys) -> None:
    """Retry-After of a 429 or 503 puts the next try off by as much, but by a day at most."""
    amina = await node.account("amina")
    async with (
        Inboxes(in_turn(503, Retry_After="7200")) as patient,
        Inboxes(in_turn(429, Retry_After="99999999")) as endless,
        Inboxes(in_turn(503, Retry_After="soon")) as unclear,
    ):
        await followed(node, amina, [one.base for one in (patient, endless, unclear)], keys=keys)
        began = time.time()
        await node.publish(amina)
        lines = await until_queued(node, lambda found: [one.attempts for one in found] == [1] * 3)
        wait = {line.host: line.next_at - began for line in lines}
        assert 7200 <= wait[patient.host] < 7300
        assert 86_400 <= wait[endless.host] < 86_500
        assert 48 <= wait[unclear.host] < 100  # a minute, ±20 %


async def test_an_actor_that_is_gone_is_forgotten(hasty: Serving, keys: PeerKeys) -> None:
    """410 of an inbox says that its actor is gone: it follows no more. 404 ends the delivery
    alone."""
    amina = await hasty.account("amina")
    async with Inboxes(in_turn(410)) as gone, Inboxes(in_turn(404)) as lost:
        [left] = await followed(hasty, amina, [gone.base], keys=keys)
        [stays] = await followed(hasty, amina, [lost.base], keys=keys)
        await hasty.publish(amina)
        await hasty.settled()
        assert await queued(hasty) == []
        forgotten = await hasty.store.read(actors.by_uri, left.id)
        assert forgotten is None or forgotten.gone
        kept = await hasty.store.read(actors.by_uri, stays.id)
        assert kept is not None
        assert not kept.gone
        await hasty.publish(amina)
        await hasty.settled()
        assert len(gone.arrivals) == 1
        assert [one.status for one in lost.arrivals] == [404, 202]


async def test_a_refusal_is_final(hasty: Serving, keys: PeerKeys) -> None:
    """A 403 is not tried again: it is listed as dead, with the reason, and stays so when the
    server takes something else. 425 and 408 are tried again."""
    amina = await hasty.account("amina")
    async with Inboxes(in_turn(403)) as refusing, Inboxes(in_turn(425, 408)) as hesitating:
        await followed(hasty, amina, [refusing.base, hesitating.base], keys=keys)
        uri = await hasty.publish(amina)
        await until(lambda: len(hesitating.accepted) == 1)
        await hasty.settled()
        await hasty.publish(amina)
        await hasty.settled()
        assert [one.status for one in refusing.arrivals] == [403, 202]
        [line] = await queued(hasty)
        assert (line.state, line.status, line.host) == ("dead", 403, refusing.host)
        assert refusing.arrivals[0].activity["object"]["id"] == uri


async def test_urgent_posts_go_first(hasty: Serving, keys: PeerKeys) -> None:
    """What is urgent overtakes what waits for the same server."""
    amina = await hasty.account("amina")
    async with Inboxes() as inboxes:
        await followed(hasty, amina, [inboxes.base], keys=keys)
        inboxes.open.clear()
        for n in range(6):
            await hasty.publish(amina, title=f"Courses n° {n}")
        await until(lambda: inboxes.waiting == 2)
        urgent = await hasty.publish(amina, title="De l’eau", urgency="critical")
        lines = await until_queued(hasty, lambda found: len(found) == 7)
        assert all(line.attempts == 0 for line in lines)
        await asyncio.sleep(0.2)  # until it is claimed, too
        inboxes.open.set()
        await until(lambda: len(inboxes.accepted) == 7)
        order = [activity["object"]["id"] for activity in inboxes.accepted]
        assert order.index(urgent) <= 3  # two were under way, and two end at the same time


async def test_activities_about_one_object_keep_their_order(hasty: Serving, keys: PeerKeys) -> None:
    """An Update does not overtake its Create, though that is tried again and again."""
    amina = await hasty.account("amina")
    async with Inboxes(in_turn(500, 503, 500)) as inboxes:
        await followed(hasty, amina, [inboxes.base], people=3, keys=keys)
        uri = await hasty.publish(amina)
        number = int(uri.rsplit("/", 1)[1])
        await hasty.store.write(edit_proposal, hasty.here, number, title="Autres courses")
        await hasty.store.write(close_proposal, hasty.here, number)
        await until(lambda: len(inboxes.accepted) == 9)
        for n in range(3):
            mine = [
                one.activity["type"]
                for one in inboxes.arrivals
                if one.status == 202 and one.path == f"/users/p{n}/inbox"
            ]
            assert mine == ["Create", "Update", "Update"]


async def test_what_was_given_up_is_listed_and_resumed(tmp_path: Path) -> None:
    """After seven days (here: less than a second) without success a delivery is dead: `entraide
    queue list` shows it and why. When its server writes to us again it goes on."""
    environment = {"ENTRAIDE_FEDERATION_RETRY_SCALE": "0.000001"}
    async with (
        NodeProcess(tmp_path / "node", environment=environment) as node,
        Peer("cavage") as peer,
    ):
        amina = await node.account("amina")
        await peer.follow(amina)
        await peer.received(lambda activity: activity["type"] == "Accept")
        await peer.close_port()
        uri = await node.publish("amina", title="Courses")
        dead = await until_listed(node, 1, "--state", "dead")
        assert [(one["host"], one["state"], one["type"]) for one in dead] == [
            (peer.domain, "dead", "Create")
        ]
        assert dead[0]["error"] == "no success within 7 days"
        assert "no success within 7 days" in await node.cli("queue", "list")
        await peer.open_port()
        create = peer.publish(peer.user, "<p>Me revoilà</p>")
        assert (await peer.post(f"{node.base}/inbox", create)).status == 202
        await peer.received(brings(uri))
        await until_listed(node, 0)


async def until_listed(node: NodeProcess, count: int, *options: str) -> list[dict[str, object]]:
    """What `queue list` says, once it says so much."""
    async with asyncio.timeout(30.0):
        while True:
            told = orjson.loads(await node.cli("queue", "list", "--json", *options))
            found: list[dict[str, object]] = told["deliveries"]
            if len(found) == count:
                return found
            await asyncio.sleep(0.1)


def brings(uri: str) -> Callable[[dict[str, Any]], bool]:
    return lambda activity: activity["type"] == "Create" and activity["object"]["id"] == uri
