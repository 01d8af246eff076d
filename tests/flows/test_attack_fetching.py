"""Attacks on what we fetch: a delivery makes the node ask a server for a key or an object, and
that server is Mallory's."""

from __future__ import annotations

import asyncio
import gzip
import re
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest
import pytest_asyncio

from node.store import objects
from tests.flows.attacking import AS2, PUBLIC, Raw, Scene, scene
from tests.flows.hostile import ACTIVITY, Asked, Hostile, answer, redirect
from tests.peers.documents import Document

pytestmark = pytest.mark.asyncio(loop_scope="module")

MIB = 1024 * 1024
LIMITS = {"fetch_total_s": 1.0, "fetch_read_s": 0.5, "fetch_connect_s": 0.5}
QUICK_S = 3.0  # twice the time for a fetch, and what a busy machine needs


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def s(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    directory = tmp_path_factory.mktemp("fetching")
    async with scene(directory, limits=LIMITS, federation={"retry_scale": 1.0}) as made:
        for user in (made.zoe, made.mallory):
            assert (await made.post(user, made.follow(user))).status == 202
        yield made


@pytest_asyncio.fixture(loop_scope="module")
async def trap() -> AsyncIterator[Hostile]:
    async with Hostile() as server:
        yield server


async def in_the_name_of(s: Scene, key_id: str) -> Raw:
    """A delivery signed by Mallory that names a key somewhere."""
    body = orjson.dumps(s.follow(s.mallory))
    headers = s.headers(s.mallory, body)
    headers["Signature"] = re.sub(r'keyId="[^"]*"', f'keyId="{key_id}"', headers["Signature"])
    return await s.send(body, headers)


def person(base: str, s: Scene, **more: Any) -> Document:
    id = f"{base}/u"
    return {
        "@context": [AS2, "https://w3id.org/security/v1"],
        "id": id,
        "type": "Person",
        "preferredUsername": "u",
        "inbox": f"{id}/inbox",
        "publicKey": {"id": f"{id}#k", "owner": id, "publicKeyPem": s.mallory.keys.pem},
    } | more


async def silent(asked: Asked, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(10.0)


async def endless(asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(f"HTTP/1.1 200 So\r\nContent-Type: {ACTIVITY}\r\n\r\n".encode())
    while not writer.is_closing():
        writer.write(b" " * 65536)
        await writer.drain()


async def dribbling(asked: Asked, writer: asyncio.StreamWriter) -> None:
    while not writer.is_closing():
        writer.write(b"H")
        await writer.drain()
        await asyncio.sleep(0.1)


TRAPS: dict[str, Any] = {
    "nothing there": answer(status=404),
    "an error": answer(status=500),
    "silence": silent,
    "without end": endless,
    "a byte now and then": dribbling,
    "a bomb": answer(gzip.compress(b" " * (100 * MIB), 1), Content_Encoding="gzip"),
    "too long": answer(b" " * (2 * MIB)),
    "too deep": answer(b"[" * 100_000),
    "no ActivityStreams": answer(b"<html>", kind="text/html"),
    "plain JSON": answer({"id": "x"}, kind="application/json"),
    "a redirect inside": redirect("http://169.254.169.254/latest/meta-data/iam/"),
    "a redirect in a circle": redirect("/u"),
    "not HTTP": b"SSH-2.0-OpenSSH_9\r\n",
}


@pytest.mark.parametrize("name", TRAPS)
async def test_a_key_that_is_a_trap(s: Scene, trap: Hostile, name: str) -> None:
    """Whatever stands where a key should be, the delivery is refused, soon, and is not worth a
    second question for ten minutes."""
    trap.says["/u"] = TRAPS[name]
    async with s.unchanged():
        began = time.monotonic()
        for _ in range(5):
            await s.refused(await in_the_name_of(s, trap["/u#k"]), 401)
        assert time.monotonic() - began < QUICK_S
    assert len(trap.asked) <= 4, trap.paths()  # one, with its redirects


@pytest.mark.parametrize("answers", ["zoe", "node", "other person", "no key", "other key"])
async def test_a_key_that_is_anothers(s: Scene, trap: Hostile, answers: str) -> None:
    """A document that says it is Zoe, or us, or whose key is another's, is no key."""
    wrong: dict[str, Document] = {
        "zoe": {"id": s.zoe.id},
        "node": {"id": s.amina.uri},
        "other person": {"id": trap["/other"]},
        "no key": {"publicKey": None},
        "other key": {"publicKey": {"id": s.zoe.rsa_key_id, "owner": s.zoe.id}},
    }
    trap.says["/u"] = answer(person(trap.base, s) | wrong[answers])
    async with s.unchanged():
        await s.refused(await in_the_name_of(s, trap["/u#k"]), 401)
    assert (await s.post(s.zoe, s.follow(s.zoe))).status == 202


async def test_many_who_wait_for_silent_servers(s: Scene, trap: Hostile) -> None:
    """A hundred deliveries that wait for keys of servers that say nothing hold up nobody else."""
    trap.says |= {f"/u{number}": silent for number in range(100)}
    waiting = [
        asyncio.create_task(in_the_name_of(s, trap[f"/u{number}#k"])) for number in range(100)
    ]
    await asyncio.sleep(0.2)
    began = time.monotonic()
    assert (await s.post(s.zoe, s.follow(s.zoe))).status == 202
    assert (await s.get("/health")).status == 200
    assert time.monotonic() - began < 1.0
    for answered in await asyncio.gather(*waiting):
        await s.refused(answered, 401)


OBJECT_TRAPS = [name for name in TRAPS if name not in ("an error", "silence", "not HTTP")]


@pytest.mark.parametrize("name", [n for n in OBJECT_TRAPS if n != "a byte now and then"])
async def test_an_object_that_is_a_trap(s: Scene, trap: Hostile, name: str) -> None:
    """Mallory shares and creates by name what is no object: nothing is stored."""
    trap.says["/u"] = TRAPS[name]
    for kind in ("Announce", "Create"):
        activity = s.follow(s.mallory) | {"type": kind, "object": trap["/u"], "to": [PUBLIC]}
        async with s.unchanged("journal"):
            assert (await s.post(s.mallory, activity)).status == 202


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": "http://127.0.0.1:1/n"},
        {"attributedTo": "http://127.0.0.1:1/u"},
        {"attributedTo": None},
        {"type": None},
        {"type": "Tombstone"},
    ],
)
async def test_an_object_that_is_anothers(s: Scene, trap: Hostile, wrong: Document) -> None:
    """What its origin serves must have its id, and an author of that origin."""
    good = {
        "@context": AS2, "id": trap["/n"], "type": "Note", "attributedTo": trap["/u"],
        "to": [PUBLIC], "content": "x",
    }  # fmt: skip
    trap.says |= {"/n": answer(good | wrong), "/u": answer(person(trap.base, s))}
    activity = s.follow(s.mallory) | {"type": "Announce", "object": trap["/n"], "to": [PUBLIC]}
    async with s.unchanged("journal"):
        assert (await s.post(s.mallory, activity)).status == 202


@pytest.mark.parametrize(
    "address",
    [
        "http://10.0.0.1/n", "http://169.254.169.254/latest/meta-data/", "http://[::ffff:7f00:1]/n",
        "http://192.168.0.1:22/", "http://0.0.0.0/n", "http://[fe80::1]/n",
    ],
)  # fmt: skip
async def test_objects_in_our_own_network(s: Scene, address: str) -> None:
    """Mallory cannot make the node look into the network it stands in."""
    for kind in ("Announce", "Create"):
        activity = s.follow(s.mallory) | {"type": kind, "object": address, "to": [PUBLIC]}
        began = time.monotonic()
        async with s.unchanged("journal"):
            await s.refused(await s.post(s.mallory, activity), 202, 400)
        assert time.monotonic() - began < QUICK_S


async def test_a_loud_server_does_not_delay_the_others(tmp_path: Path, trap: Hostile) -> None:
    """While thirty things that Mallory shared wait for a server that dribbles, what Zoe shares
    comes through."""
    async with scene(tmp_path, limits=LIMITS) as s:
        await loud_and_quiet(s, trap)


async def loud_and_quiet(s: Scene, trap: Hostile) -> None:
    trap.says |= {f"/n{number}": dribbling for number in range(30)}
    for number in range(30):
        activity = s.follow(s.mallory) | {"type": "Announce", "object": trap[f"/n{number}"]}
        assert (await s.post(s.mallory, activity)).status == 202
    note = s.note(s.zoe)
    s.honest.serves[note["id"].removeprefix(s.honest.base)] = {"@context": AS2, **note}
    began = time.monotonic()
    activity = s.follow(s.zoe) | {"type": "Announce", "object": note["id"], "to": [PUBLIC]}
    assert (await s.post(s.zoe, activity)).status == 202
    async with asyncio.timeout(QUICK_S):
        while await s.node.store.read(objects.by_uri, note["id"]) is None:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    assert time.monotonic() - began < QUICK_S
