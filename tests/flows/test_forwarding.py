"""Inbox forwarding (ActivityPub §7.1.2): a server hands on what another's person did. It is
believed by its own proof or by its origin, and never because of who hands it on."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from node.store import moderation, objects
from tests.flows.attacking import AS2, Scene, scene
from tests.peers.documents import Document
from tests.peers.signing import prove

pytestmark = pytest.mark.asyncio(loop_scope="module")

LD_SIGNATURE = {"type": "RsaSignature2017", "creator": "x", "created": "x", "signatureValue": "x"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def s(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    async with scene(tmp_path_factory.mktemp("forwarding")) as made:
        assert (await made.post(made.zoe, made.follow(made.zoe))).status == 202
        yield made


def proven(s: Scene, activity: Document) -> Document:
    return prove(activity, s.zoe.keys.ed25519, method=s.zoe.ed25519_key_id, now=time.time())


async def content_of(s: Scene, uri: str) -> str | None:
    await s.node.settled()
    status = await s.node.store.read(objects.by_uri, uri)
    return None if status is None else status.content


def serve(s: Scene, note: Document) -> None:
    s.honest.serves[note["id"].removeprefix(s.honest.base)] = {"@context": AS2, **note}


async def test_a_forwarded_activity_with_its_authors_proof_is_applied(s: Scene) -> None:
    """Mallory's server hands on what Zoe wrote; her proof stands for it."""
    create = proven(s, s.create(s.zoe, s.note(s.zoe, "par Zoé")))
    assert (await s.post(s.mallory, create)).status == 202
    assert await content_of(s, create["object"]["id"]) == "par Zoé"


async def test_a_forwarded_activity_that_was_altered_changes_nothing(s: Scene) -> None:
    """One word changed, and neither proof nor origin stands for it."""
    create = proven(s, s.create(s.zoe, s.note(s.zoe, "le vrai")))
    create["object"]["content"] = "le faux"
    async with s.unchanged("journal"):
        assert (await s.post(s.mallory, create)).status == 202
    assert await content_of(s, create["object"]["id"]) is None


async def test_what_leans_on_an_ld_signature_is_asked_of_its_origin(s: Scene) -> None:
    """Mastodon forwards replies so. What counts is what the origin says, not what was handed on."""
    note = s.note(s.zoe, "ce que dit l’origine")
    serve(s, note)
    create = s.create(s.zoe, {**note, "content": "ce que dit Mallory"}, signature=LD_SIGNATURE)
    assert (await s.post(s.mallory, create)).status == 202
    assert await content_of(s, note["id"]) == "ce que dit l’origine"


async def test_a_forwarded_delete_counts_when_the_origin_says_gone(s: Scene) -> None:
    """While the origin still has the note, nobody deletes it for Zoe; when it is gone there, it
    goes here too."""
    note = s.note(s.zoe, "à supprimer")
    serve(s, note)
    assert (await s.post(s.zoe, s.create(s.zoe, note))).status == 202
    assert await content_of(s, note["id"]) == "à supprimer"
    delete = {
        "@context": AS2,
        "id": f"{note['id']}#delete",
        "type": "Delete",
        "actor": s.zoe.id,
        "object": note["id"],
        "signature": LD_SIGNATURE,
    }
    assert (await s.post(s.mallory, delete)).status == 202
    assert await content_of(s, note["id"]) == "à supprimer"
    del s.honest.serves[note["id"].removeprefix(s.honest.base)]
    assert (await s.post(s.mallory, {**delete, "id": f"{note['id']}#delete2"})).status == 202
    assert await content_of(s, note["id"]) is None


async def test_what_brings_no_proof_at_all_is_refused_at_once(s: Scene) -> None:
    """Somebody else's name on a plain activity costs no fetch and leaves no row."""
    async with s.unchanged():
        await s.refused(await s.post(s.mallory, s.create(s.zoe, s.note(s.zoe))), 403)


async def test_nothing_comes_in_by_another_from_a_server_that_is_blocked(s: Scene) -> None:
    """Neither by its proof, nor by an Announce of its id."""
    note = s.note(s.zoe, "du serveur bloqué")
    serve(s, note)
    host = s.honest.base.split("://", 1)[1]
    await s.node.store.write(
        moderation.block_domain, domain=host, severity="suspend", reason="test", now=time.time()
    )
    try:
        create = proven(s, s.create(s.zoe, note))
        announce = {
            "@context": AS2,
            "id": f"{s.mallory.id}#announces/blocked",
            "type": "Announce",
            "actor": s.mallory.id,
            "object": note["id"],
        }
        assert (await s.post(s.mallory, create)).status == 202
        assert (await s.post(s.mallory, announce)).status == 202
        assert await content_of(s, note["id"]) is None
    finally:
        await s.node.store.write(moderation.unblock_domain, host)
