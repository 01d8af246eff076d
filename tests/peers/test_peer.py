"""The peers themselves: two of them talk, and one that reads another scheme refuses."""

from __future__ import annotations

import aiohttp
import pytest

from tests.peers.peer import Peer
from tests.peers.verifying import Scheme

SCHEMES: tuple[Scheme, ...] = ("cavage", "rfc9421-rsa", "rfc9421-ed25519")


@pytest.mark.parametrize("scheme", SCHEMES)
async def test_two_peers_of_one_scheme_follow_each_other(scheme: Scheme) -> None:
    """Found by WebFinger, followed, accepted, posted to, all of it signed, reading included."""
    async with (
        Peer(scheme, authorized_fetch=True) as one,
        Peer(scheme, users=("yan", "xena"), authorized_fetch=True) as other,
    ):
        yan = await one.webfinger(other.users["yan"].handle)
        follow = await one.follow(yan)
        accept = await one.received(lambda activity: activity["type"] == "Accept")
        assert accept.activity["object"]["id"] == follow["id"]
        assert accept.signed is not None
        assert accept.signed.scheme == scheme
        assert (await one.read_collection(f"{yan}/followers")).items == [one.user.id]

        create = other.publish(other.user, "<p>Bonjour</p>")
        assert (await other.post(one.user.inbox, create)).status == 202
        got = await one.received(lambda activity: activity["type"] == "Create")
        assert got.activity == create
        assert await one.get(create["object"]["id"])


@pytest.mark.parametrize("speaks", SCHEMES)
@pytest.mark.parametrize("reads", SCHEMES)
async def test_a_scheme_that_a_peer_cannot_read_is_answered_401(
    speaks: Scheme, reads: Scheme
) -> None:
    """So that a sender must choose."""
    async with Peer(speaks) as one, Peer(reads) as other:
        answer = await one.post(other.user.inbox, {"type": "Like"})
        assert answer.status == (202 if speaks == reads else 401)
        assert len(other.refused) == (0 if speaks == reads else 1)


async def test_a_peer_can_be_unwell() -> None:
    """Slow, failing, gone, with a closed port, and well again on the same one."""
    async with Peer() as one, Peer() as other:
        other.delay_s = 0.01
        for mode, status in (("slow", 202), ("500", 500), ("410", 410)):
            other.mode = mode  # type: ignore[assignment]
            assert (await one.post(other.user.inbox, {"type": "Like"})).status == status
        other.mode = "well"
        port = other.port
        await other.close_port()
        with pytest.raises(aiohttp.ClientConnectionError):
            await one.post(other.user.inbox, {"type": "Like"})
        await other.open_port()
        assert other.port == port
        assert (await one.post(other.user.inbox, {"type": "Like"})).status == 202


async def test_waiting_for_what_does_not_come_tells_what_came() -> None:
    """A failed wait names what arrived and what was refused."""
    async with Peer() as one, Peer() as other:
        await one.post(other.user.inbox, {"type": "Like", "id": "here"})
        with pytest.raises(AssertionError, match="Like here"):
            await other.received(lambda activity: activity["type"] == "Follow", timeout=0.05)
