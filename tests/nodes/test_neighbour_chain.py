"""Help passes from quartier to quartier: Croix-Rousse – Presqu'île – Guillotière.

Each is joined with the next only. What is in reach of the third passes through the second.
"""

from __future__ import annotations

from typing import Any

import h3
import pytest

from tests.peers.lyon import Lyon
from tests.peers.peer import Peer
from tests.peers.process import NodeProcess

TITLE = "Courses pour une voisine"


async def a_chain(three: Lyon) -> None:
    """All started, joined A–B and B–C, with Amina at A."""
    await three.start()
    await three.croix_rousse.account("amina")
    await three.croix_rousse.join(three.presquile)
    await three.presquile.join(three.guillotiere)


async def ask_wide(three: Lyon, title: str = TITLE) -> str:
    return await three.croix_rousse.publish("amina", title=title, reach="wide")


async def territory(peer: Peer, node: NodeProcess) -> set[str]:
    """The H3 cells that a node says are its own."""
    quartier = await peer.get(f"{node.base}/quartier")
    return set(quartier["territory"])


def touch(one: set[str], other: set[str]) -> bool:
    return any(other.intersection(h3.grid_disk(cell, 1)) for cell in one)


async def announces(peer: Peer, node: NodeProcess, proposal: str) -> list[Any]:
    outbox = await peer.read_collection(f"{node.base}/quartier/outbox")
    return [
        item for item in outbox.items if item["type"] == "Announce" and item["object"] == proposal
    ]


async def test_a_proposal_passes_along_the_chain_and_its_changes_follow(three: Lyon) -> None:
    """Shown once at B and once at C, told once to their followers; edit and end follow."""
    await a_chain(three)
    a, b, c = three.nodes
    async with Peer("cavage") as mastodon:
        cells = [await territory(mastodon, node) for node in three.nodes]
        assert touch(cells[0], cells[1])
        assert touch(cells[1], cells[2])
        assert not touch(cells[0], cells[2]), "then nothing would have to be passed on"
        assert [one["adjacent"] for one in await b.neighbours()] == [True, True]
        follow = await mastodon.follow(f"{c.base}/quartier")
        await mastodon.received(lambda activity: activity["type"] == "Accept")

        proposal = await ask_wide(three)
        for node in (b, c):
            # At C it stands by B's word first, until A has been asked.
            line = await node.until_shows(proposal, lambda line: bool(line["confirmed"]))
            assert line["title"] == TITLE
            assert line["author"] == f"{a.base}/users/amina"
            assert line["origin"] == a.domain
            assert line["local"] is False
        announce = await mastodon.received(lambda one: one.get("object") == proposal)
        assert announce.activity["actor"] == follow["object"]

        await a.cli("proposal", "edit", proposal, "--title", "Courses, et du pain")
        for node in (b, c):
            await node.until_shows(
                proposal, lambda line: bool(line["title"] == "Courses, et du pain")
            )
        for node in three.nodes:
            assert len(await announces(mastodon, node, proposal)) == 1
        told = [one for one in mastodon.activities if one.get("object") == proposal]
        assert len(told) == 1

        await a.cli("proposal", "close", proposal)
        for node in (b, c):
            await node.until_hidden(proposal)


async def test_a_deletion_follows_along_the_chain(three: Lyon) -> None:
    """What its author deletes is gone at B and at C, and its announcements are taken back."""
    await a_chain(three)
    a, b, c = three.nodes
    proposal = await ask_wide(three)
    await c.until_shows(proposal)
    await a.cli("proposal", "delete", proposal)
    async with Peer("rfc9421-ed25519") as peer:
        for node in (b, c):
            await node.until_hidden(proposal)
            assert await announces(peer, node, proposal) == []
        assert proposal not in [line["id"] for line in await c.proposals("--all")]


async def test_what_is_out_of_reach_never_gets_there(three: Lyon) -> None:
    """`quartier` stays home, `adjacent` ends at B, also when C joins B only afterwards."""
    a, b, c = three.nodes
    await three.start()
    await a.account("amina")
    await a.join(b)
    home = await a.publish("amina", title="Pour le quartier", reach="quartier")
    adjacent = await a.publish("amina", title="Pour les voisins", reach="adjacent")
    before = await ask_wide(three, "Pour tous, avant")
    await b.until_shows(before)
    await b.join(c)
    await c.until_shows(before)
    later = await a.publish("amina", title="Encore pour les voisins", reach="adjacent")
    last = await ask_wide(three, "Pour tous, après")
    await b.until_shows(later)
    await c.until_shows(last)

    shown = {node.name: {line["id"] for line in await node.proposals("--all")} for node in (b, c)}
    assert shown[b.name] == {adjacent, before, later, last}
    assert shown[c.name] == {before, last}
    assert home in {line["id"] for line in await a.proposals()}


@pytest.mark.parametrize("end", ["SIGTERM", "SIGKILL"])
async def test_c_believes_by_proof_while_the_origin_is_silent(three: Lyon, end: str) -> None:
    """C joins B when A is down already and has never met A: B vouches for A's node, so C shows
    the proposal, as unconfirmed. When A is back it is confirmed, and what A says follows."""
    a, b, c = three.nodes
    await three.start(a, b)
    await a.account("amina")
    await a.join(b)
    proposal, second = await ask_wide(three), await ask_wide(three, "Un matelas")
    await b.until_shows(proposal)
    await b.until_shows(second)
    await (a.stop() if end == "SIGTERM" else a.kill())

    await c.start()
    await b.join(c)
    for one in (proposal, second):
        line = await c.until_shows(one)
        assert line["confirmed"] is False
        assert b.domain in line["vouched_by"]
    assert (await b.until_shows(proposal))["confirmed"] is True

    await a.start()
    await c.until_shows(proposal, lambda line: bool(line["confirmed"]))
    await a.cli("proposal", "edit", proposal, "--title", "Courses, et du pain")
    await c.until_shows(proposal, lambda line: bool(line["title"] == "Courses, et du pain"))
    await a.cli("proposal", "close", proposal)
    await a.cli("proposal", "delete", second)
    await c.until_hidden(proposal)
    await c.until_hidden(second)


async def test_c_was_away_when_it_was_published_and_the_origin_when_it_came_back(
    three: Lyon,
) -> None:
    """C is down when B has the proposal, and A is killed before C is back: B's delivery waits for
    C. What A then changes while it is alone reaches both when it is back."""
    await a_chain(three)
    a, b, c = three.nodes
    await c.stop()
    proposal = await ask_wide(three)
    await b.until_shows(proposal)
    await a.kill()
    await c.start()
    line = await c.until_shows(proposal)
    assert line["title"] == TITLE
    assert line["confirmed"] is False

    # Done beside the process that does not run, as people may: it is told when the node is back.
    await a.cli("proposal", "edit", proposal, "--title", "Courses, et du pain")
    assert (await c.until_shows(proposal))["title"] == TITLE
    await a.start()
    for node in (b, c):
        await node.until_shows(proposal, lambda line: bool(line["title"] == "Courses, et du pain"))
    await c.until_shows(proposal, lambda line: bool(line["confirmed"]))
