"""Followers synchronisation (FEP-8fcf): each server says who it thinks follows, the other checks.

The digest is computed here as the FEP says, apart from the product.
"""

from __future__ import annotations

import base64
import hashlib
import re
import time
from collections.abc import AsyncIterator, Iterable
from email.utils import formatdate
from pathlib import Path
from urllib.parse import urlsplit

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from node.actions.follows import follow
from node.social.accounts import Actor
from node.store import actors, follows
from tests.databases import database_url, postgres_url, sqlite_url
from tests.flows.inboxes import until
from tests.peers.client import Answer
from tests.peers.documents import Document, User
from tests.peers.peer import Peer, Received
from tests.peers.verifying import Scheme
from tests.serving import Serving, serving

__all__ = ["database_url", "postgres_url", "sqlite_url"]

HEADER = "Collection-Synchronization"


@pytest.fixture
async def node(database_url: str, tmp_path: Path) -> AsyncIterator[Serving]:
    async with serving(database_url, tmp_path) as running:
        yield running


def digest_of(ids: Iterable[str]) -> str:
    """FEP-8fcf: the SHA-256 of each id, all of them XORed, in hexadecimal."""
    total = bytes(32)
    for one in ids:
        total = bytes(
            a ^ b for a, b in zip(total, hashlib.sha256(one.encode()).digest(), strict=True)
        )
    return total.hex()


def parts(header: str) -> dict[str, str]:
    return dict(re.findall(r'(\w+)="([^"]*)"', header))


def header_of(received: Received) -> str | None:
    found = [value for name, value in received.request.headers if name.lower() == HEADER.lower()]
    assert len(found) <= 1
    return found[0] if found else None


# ── what we say ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("speaks", ["cavage", "rfc9421-ed25519"])
async def test_what_goes_to_followers_says_who_they_are(node: Serving, speaks: Scheme) -> None:
    """With each post for followers goes a digest of those at that very server, under the
    signature; an Accept, which is for one, has none."""
    amina = await node.account("amina")
    async with Peer(speaks, users=["zoe", "yan"]) as one, Peer(speaks, users=["xenia"]) as other:
        for peer in (one, other):
            for name in peer.users.keys() - {"instance"}:
                await peer.follow(amina.uri, user=peer.users[name])
        await node.settled()
        await node.publish(amina)
        for peer in (one, other):
            create = await peer.received(lambda activity: activity["type"] == "Create")
            header = header_of(create)
            assert header is not None
            told = parts(header)
            ids = [user.id for name, user in peer.users.items() if name != "instance"]
            assert told["collectionId"] == (await peer.get(amina.uri))["followers"]
            assert told["digest"] == digest_of(ids)
            assert create.signed is not None
            assert HEADER.lower() in create.signed.covered
            partial = await peer.get(told["url"])
            assert partial["type"] == "OrderedCollection"
            assert sorted(partial["orderedItems"]) == sorted(ids)
            accept = await peer.received(lambda activity: activity["type"] == "Accept")
            assert header_of(accept) is None


async def test_each_server_sees_only_its_own_people(node: Serving) -> None:
    """Who follows from elsewhere is none of a server's business, and nobody's without a
    signature."""
    amina = await node.account("amina")
    async with Peer("cavage") as one, Peer("cavage") as other, Peer("cavage") as stranger:
        await one.follow(amina.uri)
        await other.follow(amina.uri)
        await node.settled()
        await node.publish(amina)
        create = await one.received(lambda activity: activity["type"] == "Create")
        url = parts(header_of(create) or "")["url"]
        assert (await one.get(url))["orderedItems"] == [one.user.id]
        # Servers ask in the name of their own actor, too.
        assert (await other.get(url, user=other.users["instance"]))["orderedItems"] == [
            other.user.id
        ]
        assert (await stranger.get(url)).get("orderedItems", []) == []
        accepted = {"Accept": "application/activity+json"}
        assert (await one.send("GET", url, accepted)).status == 401


# ── what we are told ─────────────────────────────────────────────────────────────────────────


class Teller:
    """A peer whose zoe people here follow, and who says who they are."""

    def __init__(self, peer: Peer, node: Serving) -> None:
        self.peer = peer
        self.zoe = peer.user
        self.path = f"{self.zoe.path}/followers_synchronization"
        self._node = node

    def lists(self, *people: str, **more: object) -> None:
        url = f"{self.peer.base}{self.path}"
        self.peer.serves[self.path] = {
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": url,
            "type": "OrderedCollection",
            "orderedItems": list(people),
            **more,
        }

    @property
    def asked(self) -> int:
        return sum(self.path in request.url for request in self.peer.reading_log)

    async def says(
        self,
        *people: str,
        collection: str | None = None,
        url: str | None = None,
        signed: bool = True,
    ) -> None:
        """A Create with the header that these people's digest makes."""
        header = (
            f'collectionId="{collection or f"{self.zoe.id}/followers"}", '
            f'url="{url or f"{self.peer.base}{self.path}"}", digest="{digest_of(people)}"'
        )
        create = self.peer.publish(self.zoe, "<p>Bonjour</p>")
        answer = await self._post(create, header, signed=signed)
        assert answer.status == 202

    async def _post(self, activity: Document, header: str, *, signed: bool) -> Answer:
        inbox = f"{self._node.base}/inbox"
        body = orjson.dumps(activity)
        return await self.peer.send(
            "POST", inbox, signed_with(self.zoe, inbox, body, header, signed=signed), body
        )


def signed_with(user: User, url: str, body: bytes, header: str, *, signed: bool) -> dict[str, str]:
    """Draft-cavage, as Mastodon signs its posts to followers."""
    where = urlsplit(url)
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    headers = {
        "Host": where.netloc,
        "Date": formatdate(time.time(), usegmt=True),
        "Digest": f"SHA-256={digest}",
        "Content-Type": "application/activity+json",
        HEADER: header,
    }
    names = ["host", "date", "digest", "content-type"] + [HEADER.lower()] * signed
    lowered = {name.lower(): value for name, value in headers.items()}
    base = "\n".join(
        [f"(request-target): post {where.path}", *(f"{name}: {lowered[name]}" for name in names)]
    )
    signature = base64.b64encode(user.keys.rsa.sign(base.encode(), PKCS1v15(), SHA256())).decode()
    headers["Signature"] = (
        f'keyId="{user.rsa_key_id}",algorithm="rsa-sha256",'
        f'headers="(request-target) {" ".join(names)}",signature="{signature}"'
    )
    return headers


@pytest.fixture
async def peer() -> AsyncIterator[Peer]:
    async with Peer("cavage") as one:
        yield one


@pytest.fixture
async def teller(node: Serving, peer: Peer) -> Teller:
    """Amina and Bruno follow Zoe, and have her Accepts."""
    zoe: Actor | None = None
    for name in ("amina", "bruno"):
        person = await node.account(name)
        if zoe is None:
            await peer.follow(person.uri)
            await node.settled()
            zoe = await node.store.read(actors.by_uri, peer.user.id)
        assert zoe is not None
        await node.store.write(follow, node.here, person, zoe)
    await until(lambda: len(peer.user.followers) == 2)
    made = Teller(peer, node)
    while len(await followers_here(node, made)) < 2:
        await node.settled()
    return made


async def followers_here(node: Serving, teller: Teller) -> list[str]:
    zoe = await node.store.read(actors.by_uri, teller.zoe.id)
    assert zoe is not None
    return sorted(await node.store.read(follows.local_follower_uris, zoe.id))


def person(node: Serving, name: str) -> str:
    return f"{node.base}/users/{name}"


async def test_the_same_digest_asks_nothing(node: Serving, teller: Teller) -> None:
    """Who agrees has nothing to talk about."""
    both = [person(node, "amina"), person(node, "bruno")]
    teller.lists()
    await teller.says(*both)
    await node.settled()
    assert teller.asked == 0
    assert await followers_here(node, teller) == both


async def test_who_is_not_listed_follows_no_more(node: Serving, teller: Teller) -> None:
    """Zoe's server counts Amina alone: Bruno's follow ends here, too, or he would wait for
    posts that never come."""
    amina = person(node, "amina")
    teller.lists(amina)
    await teller.says(amina)
    await until(lambda: teller.asked == 1)
    while await followers_here(node, teller) != [amina]:
        await node.settled()
    # The list is asked for in our own name: Zoe's server tells each only of its own people.
    [asking] = [request for request in teller.peer.reading_log if teller.path in request.url]
    signed = await teller.peer.verify(asking)
    assert signed.key_id.startswith(f"{node.base}/actor")


async def test_who_does_not_follow_is_taken_off_the_list(node: Serving, teller: Teller) -> None:
    """Zoe's server counts somebody who does not follow: an Undo tells it so. Strangers and people
    of other servers on the list are nobody's business."""
    carla = await node.account("carla")
    both = [person(node, "amina"), person(node, "bruno")]
    nobody = [person(node, "personne"), "https://ailleurs.example/users/x"]
    teller.lists(*both, carla.uri, *nobody)
    await teller.says(*both, carla.uri, nobody[0])
    undo = await teller.peer.received(lambda activity: activity["type"] == "Undo")
    assert undo.activity["actor"] == carla.uri
    assert undo.activity["object"]["type"] == "Follow"
    assert undo.activity["object"]["actor"] == carla.uri
    assert undo.activity["object"]["object"] == teller.zoe.id
    await node.settled()
    assert await followers_here(node, teller) == both
    assert [one["type"] for one in teller.peer.activities].count("Undo") == 1


async def test_it_is_asked_once_an_hour(node: Serving, teller: Teller) -> None:
    """A server whose digests never agree does not make us fetch with each of its posts."""
    amina = person(node, "amina")
    teller.lists(amina)
    await teller.says(amina)
    await until(lambda: teller.asked == 1)
    for _ in range(3):
        await teller.says("https://ailleurs.example/users/x")
    await node.settled()
    assert teller.asked == 1


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"signed": False}, id="not under the signature"),
        pytest.param(
            {"collection": "https://ailleurs.example/followers"}, id="another's followers"
        ),
        pytest.param({"url": "http://127.0.0.1:9/sync"}, id="a list elsewhere"),
    ],
)
async def test_what_is_not_its_own_to_say_is_not_heard(
    node: Serving, teller: Teller, wrong: dict[str, object]
) -> None:
    """A header that nobody signed, about somebody else, or that leads elsewhere: nothing is
    asked, nothing changes."""
    both = await followers_here(node, teller)
    teller.lists()
    await teller.says(**wrong)  # type: ignore[arg-type]  # as the parameters say
    await node.settled()
    assert teller.asked == 0
    assert await followers_here(node, teller) == both


async def test_a_list_that_cannot_be_had_changes_nothing(node: Serving, teller: Teller) -> None:
    """No list, or something else in its place, is no reason to end anybody's follow."""
    both = await followers_here(node, teller)
    await teller.says()
    await until(lambda: teller.asked == 1)
    await node.settled()
    assert await followers_here(node, teller) == both


async def test_a_list_that_is_cut_off_changes_nothing(node: Serving, teller: Teller) -> None:
    """The digest tells how the whole list reads: who is missing from a part has not left."""
    both = await followers_here(node, teller)
    teller.lists(both[0])
    await teller.says(*both, person(node, "carla"))
    await until(lambda: teller.asked == 1)
    await node.settled()
    assert await followers_here(node, teller) == both


async def test_a_request_whose_answer_was_lost_is_accepted(node: Serving, teller: Teller) -> None:
    """Zoe's server counts Carla, who still waits here for the Accept: now she follows."""
    carla = await node.account("carla")
    zoe = await node.store.read(actors.by_uri, teller.zoe.id)
    assert zoe is not None
    await node.store.write(
        follows.put,
        follower_id=carla.id,
        target_id=zoe.id,
        state=follows.PENDING,
        activity_uri=f"{node.base}/activities/1",
        now=time.time(),
    )
    both = [person(node, "amina"), person(node, "bruno")]
    teller.lists(*both, carla.uri)
    await teller.says(*both, carla.uri)
    await until(lambda: teller.asked == 1)
    while carla.uri not in await followers_here(node, teller):
        await node.settled()
