"""Which signature a server gets: what it is known to read, else what everybody reads."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.databases import database_url, postgres_url, sqlite_url
from tests.flows.inboxes import followed
from tests.peers.keys import PeerKeys
from tests.peers.peer import Peer
from tests.peers.verifying import Scheme, read_signature
from tests.serving import Serving, serving

__all__ = ["database_url", "postgres_url", "sqlite_url"]


@pytest.fixture(scope="module")
def keys() -> PeerKeys:
    return PeerKeys.generate()


@pytest.fixture
async def node(database_url: str, tmp_path: Path) -> AsyncIterator[Serving]:
    async with serving(database_url, tmp_path) as running:
        yield running


def tries(peer: Peer) -> list[tuple[Scheme, int]]:
    """How each post of a Create was signed, and what the peer said to it."""
    return [
        (read_signature(one.request).scheme, one.status)
        for one in peer.inbox_log
        if b'"Create"' in one.request.body
    ]


async def test_an_unknown_server_gets_what_everybody_reads(node: Serving, keys: PeerKeys) -> None:
    """The first post to a server that never wrote is signed with draft-cavage RSA."""
    amina = await node.account("amina")
    async with Peer("rfc9421-ed25519", reads=["cavage", "rfc9421-rsa", "rfc9421-ed25519"]) as peer:
        await followed(node, amina, [peer.base], keys=keys)
        await node.publish(amina)
        await node.settled()
        assert tries(peer) == [("cavage", 202)]


async def test_a_server_that_reads_only_rfc9421_is_found_out_once(
    node: Serving, keys: PeerKeys
) -> None:
    """A 401 to draft-cavage is followed by RFC 9421 at once, and from then on it comes first."""
    amina = await node.account("amina")
    async with Peer("rfc9421-rsa") as peer:
        await followed(node, amina, [peer.base], keys=keys)
        await node.publish(amina)
        await node.settled()
        assert tries(peer) == [("cavage", 401), ("rfc9421-rsa", 202)]
        await node.publish(amina)
        await node.settled()
        assert tries(peer)[2:] == [("rfc9421-rsa", 202)]


async def test_what_was_found_out_outlives_the_process(
    sqlite_url: str, tmp_path: Path, keys: PeerKeys
) -> None:
    """After a restart a server gets the scheme that it was found to read."""
    async with Peer("rfc9421-rsa") as peer:
        async with serving(sqlite_url, tmp_path) as node:
            amina = await node.account("amina")
            await followed(node, amina, [peer.base], keys=keys)
            await node.publish(amina)
            await node.settled()
            port = int(node.base.rsplit(":", 1)[1])
        table = {"domain": f"127.0.0.1:{port}"}
        async with serving(sqlite_url, tmp_path, node=table, server={"port": port}) as again:
            await again.publish(amina)
            await again.settled()
        assert tries(peer) == [("cavage", 401), ("rfc9421-rsa", 202), ("rfc9421-rsa", 202)]


@pytest.mark.parametrize("speaks", ["cavage", "rfc9421-rsa", "rfc9421-ed25519"])
async def test_a_server_that_wrote_is_answered_as_it_signed(node: Serving, speaks: Scheme) -> None:
    """Who signs a Follow in one scheme gets its Accept, and all else, in the same, at once."""
    amina = await node.account("amina")
    async with Peer(speaks) as peer:
        await peer.follow(amina.uri)
        await peer.received(lambda activity: activity["type"] == "Accept")
        await node.publish(amina)
        await node.settled()
        assert tries(peer) == [(speaks, 202)]
        assert peer.refused == []


async def test_a_server_that_no_longer_reads_ed25519_is_found_out_once(node: Serving) -> None:
    """Who refuses Ed25519 after all gets draft-cavage, and is remembered for that."""
    amina = await node.account("amina")
    async with Peer("rfc9421-ed25519") as peer:
        await peer.follow(amina.uri)
        await peer.received(lambda activity: activity["type"] == "Accept")
        peer.reads = frozenset({"cavage"})
        await node.publish(amina)
        await node.settled()
        assert tries(peer) == [("rfc9421-ed25519", 401), ("cavage", 202)]
        await node.publish(amina)
        await node.settled()
        assert tries(peer)[2:] == [("cavage", 202)]
