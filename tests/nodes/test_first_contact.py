"""A server that reads one scheme of signatures only meets a node for the first time.

Everything that it gets is verified by code of the tests' own (`tests/peers`).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.peers.documents import PUBLIC, Document
from tests.peers.peer import Peer, Received
from tests.peers.process import NodeProcess
from tests.peers.verifying import Scheme

SCHEMES: tuple[Scheme, ...] = ("cavage", "rfc9421-rsa", "rfc9421-ed25519")


async def follow_both(peer: Peer, node: NodeProcess) -> tuple[str, str]:
    """Find the quartier and Amina by WebFinger, follow them, get both Accepts."""
    found = []
    for name in ("quartier", "amina"):
        actor = await peer.webfinger(f"@{name}@{node.domain}")
        follow = await peer.follow(actor)
        accept = await peer.received(accepts(follow))
        assert accept.activity["actor"] == actor
        assert_well_signed(accept, by=actor, peer=peer)
        found.append(actor)
    return found[0], found[1]


def accepts(follow: Document) -> Callable[[Document], bool]:
    def wanted(activity: Document) -> bool:
        told = activity.get("object")
        return activity["type"] == "Accept" and (
            told == follow["id"] or (isinstance(told, dict) and told.get("id") == follow["id"])
        )

    return wanted


def about(kind: str, proposal: str) -> Callable[[Document], bool]:
    """Activities of a type about an object, embedded or named."""

    def wanted(activity: Document) -> bool:
        told: Any = activity.get("object")
        return activity["type"] == kind and (
            told == proposal or (isinstance(told, dict) and told.get("id") == proposal)
        )

    return wanted


def assert_well_signed(received: Received, *, by: str, peer: Peer) -> None:
    """In the peer's own scheme, by the actor itself, and every proof in it holds."""
    assert received.signed is not None
    assert received.signed.scheme == peer.speaks
    assert received.signed.key_id.partition("#")[0] == by
    assert [proof for proof in received.proofs if proof.error] == []


@pytest.mark.parametrize("speaks", SCHEMES)
async def test_a_server_of_one_scheme_follows_and_has_a_new_proposal(
    speaks: Scheme, croix_rousse: NodeProcess
) -> None:
    """Found, followed, accepted; then the proposal from its author and announced by the quartier,
    its edit, its end and its deletion: each signed so that this server can read it, and proven."""
    async with Peer(speaks) as peer:
        quartier, amina = await follow_both(peer, croix_rousse)

        proposal = await croix_rousse.publish("amina", title="Courses pour une voisine")
        published = time.time()
        create = await peer.received(about("Create", proposal))
        announce = await peer.received(about("Announce", proposal))
        # Told (pytest -rP), not asserted: the wait has an end, and the clock of a busy machine is
        # no judge. Below zero: it was here before the command had ended.
        print(f"Create after {create.at - published:.3f} s, Announce {announce.at - published:.3f}")
        assert_well_signed(create, by=amina, peer=peer)
        assert {proof.path for proof in create.proofs} >= {"/", "/object"}
        assert create.activity["actor"] == create.activity["object"]["attributedTo"] == amina
        assert PUBLIC in create.activity["to"]
        assert_well_signed(announce, by=quartier, peer=peer)
        assert announce.activity["object"] == proposal

        # What it would show: the object itself, from its origin, says the same.
        fetched = await peer.get(proposal)
        assert fetched["id"] == proposal
        assert fetched["type"] == "Note"
        assert fetched["content"] == create.activity["object"]["content"]
        assert_all_hold(await peer.verify_proofs(fetched), at_least=1)

        await croix_rousse.cli("proposal", "edit", proposal, "--title", "Courses, et du pain")
        update = await peer.received(about("Update", proposal))
        assert_well_signed(update, by=amina, peer=peer)
        assert update.activity["object"]["name"] == "Courses, et du pain"
        assert {proof.path for proof in update.proofs} >= {"/", "/object"}

        await croix_rousse.cli("proposal", "delete", proposal)
        delete = await peer.received(about("Delete", proposal))
        assert_well_signed(delete, by=amina, peer=peer)
        assert "/" in {proof.path for proof in delete.proofs}
        assert (await peer.ask(proposal)).status == 410

        assert [one.error for one in peer.refused] == [], "a known server got another scheme"
        # The node asks for its keys with signatures, too.
        assert peer.reading_log
        for request in peer.reading_log:
            await peer.verify(request)


def assert_all_hold(proofs: tuple[Any, ...], *, at_least: int) -> None:
    assert len(proofs) >= at_least
    assert [proof for proof in proofs if proof.error] == []


@pytest.mark.parametrize("speaks", SCHEMES)
async def test_a_server_of_one_scheme_reads_every_collection(
    speaks: Scheme, croix_rousse: NodeProcess
) -> None:
    """All actors of the node, with proofs by the node's key, and all pages of what they list."""
    async with Peer(speaks, users=("zoe", "yan")) as peer:
        quartier, amina = await follow_both(peer, croix_rousse)
        proposals = [
            await croix_rousse.publish("amina", title=f"Annonce {number}") for number in range(3)
        ]
        await peer.received(about("Announce", proposals[-1]))

        node = f"{croix_rousse.base}/actor"
        urgent = f"{croix_rousse.base}/urgent"
        listed: dict[str, list[Any]] = {}
        for address in (quartier, amina, node, urgent):
            actor = await peer.get(address)
            assert actor["id"] == address
            assert_all_hold(await peer.verify_proofs(actor), at_least=1)
            for name in ("outbox", "followers", "following", "featured"):
                collection = await peer.read_collection(actor[name])
                assert collection.total == len(collection.items), actor[name]
                listed[f"{address} {name}"] = collection.items
                for item in collection.items:
                    assert_all_hold(await peer.verify_proofs({"item": item}), at_least=0)

        for address in (quartier, amina):
            assert listed[f"{address} followers"] == [peer.user.id]
        created = [item for item in listed[f"{amina} outbox"] if item["type"] == "Create"]
        assert [item["object"]["id"] for item in created] == proposals[::-1]
        for item in created:
            assert_all_hold(await peer.verify_proofs(item), at_least=2)
        announced = [item for item in listed[f"{quartier} outbox"] if item["type"] == "Announce"]
        assert [item["object"] for item in announced] == proposals[::-1]

        for proposal in proposals:
            note = await peer.get(proposal)
            assert (await peer.read_collection(note["replies"])).items == []
            context = await peer.read_collection(note["context"])
            assert context.total in (None, len(context.items))
            assert note["id"] == proposal
        for item in created:
            assert (await peer.get(item["id"]))["id"] == item["id"]
        statements = await peer.read_collection((await peer.get(node))["neighbours"])
        assert statements.items == []


@pytest.mark.parametrize("speaks", ["cavage", "rfc9421-rsa"])
async def test_a_server_that_asks_who_reads_is_met_as_well(
    speaks: Scheme, croix_rousse: NodeProcess
) -> None:
    """Authorised fetch: the node's own GETs are signed, and in the other scheme after a 401."""
    async with Peer(speaks, authorized_fetch=True) as peer:
        await follow_both(peer, croix_rousse)
        proposal = await croix_rousse.publish("amina", title="Une échelle", purpose="offer")
        await peer.received(about("Create", proposal))


@pytest.mark.parametrize("speaks", SCHEMES)
async def test_two_people_of_one_server_get_one_copy(
    speaks: Scheme, croix_rousse: NodeProcess
) -> None:
    """Deliveries to one server are merged at its shared inbox."""
    async with Peer(speaks, users=("zoe", "yan")) as peer:
        amina = await peer.webfinger(f"@amina@{croix_rousse.domain}")
        for user in (peer.users["zoe"], peer.users["yan"]):
            follow = await peer.follow(amina, user=user)
            await peer.received(accepts(follow))
        first = await croix_rousse.publish("amina", title="Un vélo", purpose="offer")
        create = await peer.received(about("Create", first))
        assert create.path == "/inbox"
        second = await croix_rousse.publish("amina", title="Un autre", purpose="offer")
        await peer.received(about("Create", second))
        assert len([one for one in peer.activities if about("Create", first)(one)]) == 1


async def test_a_servers_post_is_received_by_a_node_in_every_scheme(
    croix_rousse: NodeProcess,
) -> None:
    """A public note that mentions Amina is read and kept, whichever way it was signed."""
    for speaks in SCHEMES:
        async with Peer(speaks) as peer:
            _, amina = await follow_both(peer, croix_rousse)
            create = peer.publish(
                peer.user,
                "<p>Merci <a href='#'>@amina</a> !</p>",
                to=[PUBLIC],
                cc=[amina],
                tag=[{"type": "Mention", "href": amina, "name": "@amina"}],
            )
            inbox = (await peer.get(amina))["inbox"]
            assert (await peer.post(inbox, create)).status == 202
            await until_kept(croix_rousse, create["object"]["id"])


async def until_kept(node: NodeProcess, uri: str, *, tries: int = 20) -> None:
    for _ in range(tries):
        if uri in await node.cli("statuses", "--json"):
            return
    raise AssertionError(f"{node.name} did not keep {uri}")
