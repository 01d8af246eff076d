"""Attacks on what is passed on: an Announce with somebody's activity in it, which is believed by
its proof or by its origin, and never because of who announces it."""

from __future__ import annotations

import copy
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio

from node.store import objects
from tests.flows.attacking import AS2, PUBLIC, Scene, scene
from tests.peers.documents import Document, User
from tests.peers.keys import PeerKeys
from tests.peers.signing import prove

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def s(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    async with scene(tmp_path_factory.mktemp("proofs")) as made:
        assert (await made.post(made.zoe, made.follow(made.zoe))).status == 202
        yield made


def proven(
    s: Scene,
    user: User,
    activity: Document,
    *,
    keys: PeerKeys | None = None,
    method: str | None = None,
) -> Document:
    return prove(
        activity,
        (keys or user.keys).ed25519,
        method=method or user.ed25519_key_id,
        now=time.time(),
    )


def announce(s: Scene, inside: Any, **more: Any) -> Document:
    return {
        "@context": [AS2, "https://w3id.org/security/data-integrity/v2"],
        "id": f"{s.mallory.id}#announces/{s.follow(s.mallory)['id'][-6:].strip('/')}",
        "type": "Announce",
        "actor": s.mallory.id,
        "to": [PUBLIC],
        "object": inside,
    } | more


def written(s: Scene, content: str = "le vrai") -> Document:
    """A Create of Zoe's with her proof, of a note that her server does not serve."""
    return proven(s, s.zoe, s.create(s.zoe, s.note(s.zoe, content)))


async def content_of(s: Scene, uri: str) -> str | None:
    status = await s.node.store.read(objects.by_uri, uri)
    return None if status is None else status.content


async def harmless(s: Scene, activity: Document) -> None:
    async with s.unchanged("journal"):
        await s.refused(await s.post(s.mallory, activity), 202, 400, 403)


async def test_what_is_proven_is_passed_on_by_anybody(s: Scene) -> None:
    """So that the attacks below fail for their own reason: a good proof is believed."""
    create = written(s)
    assert (await s.post(s.mallory, announce(s, create))).status == 202
    await s.node.settled()
    assert await content_of(s, create["object"]["id"]) == "le vrai"


def _content(create: Document) -> None:
    create["object"]["content"] = "FAUX"


def _more_text(create: Document) -> None:
    create["object"]["summary"] = "FAUX"


def _recipients(create: Document) -> None:
    create["object"]["to"] = [f"{create['actor']}/followers"]


def _id(create: Document) -> None:
    create["object"]["id"] += "0"


def _context(create: Document) -> None:
    create["@context"] = [*create["@context"], {"content": "as:summary"}]


def _context_of_the_proof(create: Document) -> None:
    _context(create)
    create["proof"]["@context"] = create["@context"]


def _type(create: Document) -> None:
    create["type"] = "Update"


def _value(create: Document) -> None:
    create["proof"]["proofValue"] = "z" + "1" * 64


def _two_values(create: Document) -> None:
    create["proof"] = [create["proof"] | {"proofValue": "z" + "1" * 64}, create["proof"]]
    create["object"]["content"] = "FAUX"


def _purpose(create: Document) -> None:
    create["proof"]["proofPurpose"] = "authentication"


def _domain(create: Document) -> None:
    create["proof"]["domain"] = "other.example"


def _suite(create: Document) -> None:
    create["proof"]["cryptosuite"] = "eddsa-rdfc-2022"


def _linked_data_signature(create: Document) -> None:
    create["signature"] = {"type": "RsaSignature2017", "creator": "x", "signatureValue": "eA=="}
    create["object"]["content"] = "FAUX"
    del create["proof"]


@pytest.mark.parametrize(
    "change",
    [
        _content, _more_text, _recipients, _id, _context, _context_of_the_proof, _type, _value,
        _two_values, _purpose, _domain, _suite, _linked_data_signature,
    ],
)  # fmt: skip
async def test_a_proven_activity_that_was_altered(
    s: Scene, change: Callable[[Document], None]
) -> None:
    """One word changed, in the activity, its context or its proof, and it is believed no more."""
    create = copy.deepcopy(written(s))
    change(create)
    await harmless(s, announce(s, create))


async def test_a_proof_by_a_strangers_key(s: Scene) -> None:
    """Zoe's activity with a proof by Mallory's key, under Mallory's name or under Zoe's."""
    create = s.create(s.zoe, s.note(s.zoe, "FAUX"))
    await harmless(s, announce(s, proven(s, s.mallory, create)))
    await harmless(s, announce(s, proven(s, s.zoe, create, keys=s.mallory.keys)))
    for fragment in ("#main-key", "", "#made-up"):
        method = f"{s.zoe.id}{fragment}"
        await harmless(s, announce(s, proven(s, s.zoe, create, keys=s.mallory.keys, method=method)))


async def test_a_key_that_travels_along(s: Scene) -> None:
    """Mallory sends Zoe's actor document with Mallory's key in it: nobody whom we met signed it."""
    create = proven(s, s.zoe, s.create(s.zoe, s.note(s.zoe, "FAUX")), keys=s.mallory.keys)
    actor = {
        "@context": AS2,
        "id": s.zoe.id,
        "type": "Person",
        "inbox": s.zoe.inbox,
        "assertionMethod": [
            {
                "id": s.zoe.ed25519_key_id, "type": "Multikey", "controller": s.zoe.id,
                "publicKeyMultibase": s.mallory.keys.multibase,
            }
        ],
    }  # fmt: skip
    node = s.evil.users["instance"]
    for signed in (actor, proven(s, node, actor), proven(s, s.mallory, actor)):
        await harmless(s, announce(s, create, attachment=[signed]))


async def test_a_proof_that_has_expired(s: Scene) -> None:
    """A proof says until when it counts."""
    create = s.create(s.zoe, s.note(s.zoe, "FAUX"))
    options = {"expires": "2026-01-01T00:00:00Z"}
    made = proven(s, s.zoe, create)
    await harmless(s, announce(s, made | {"proof": made["proof"] | options}))


async def test_a_proof_without_its_object(s: Scene) -> None:
    """A note's own proof, moved to the activity around it, proves nothing about the activity."""
    note = proven(s, s.zoe, {"@context": AS2, **s.note(s.zoe, "FAUX")})
    create = s.create(s.zoe, {key: value for key, value in note.items() if key != "proof"})
    await harmless(s, announce(s, create | {"proof": note["proof"]}))


async def test_no_proof(s: Scene) -> None:
    """Without a proof the origin is asked, and what it does not have is not there."""
    await harmless(s, announce(s, s.create(s.zoe, s.note(s.zoe, "FAUX"))))


async def test_no_proof_and_other_words(s: Scene) -> None:
    """Without a proof only the origin's words count."""
    note = s.note(s.zoe, "les mots de Zoe")
    s.honest.serves[note["id"].removeprefix(s.honest.base)] = {"@context": AS2, **note}
    await s.post(s.mallory, announce(s, s.create(s.zoe, note | {"content": "FAUX"})))
    await s.node.settled()
    assert await content_of(s, note["id"]) == "les mots de Zoe"


# ── one reader checks what another does not read ─────────────────────────────────────────────


async def test_a_second_object_under_another_name(s: Scene) -> None:
    """Beside a proven activity under `object`, a forged one under the same property's other names:
    what was proven is what counts."""
    for name in ("as:object", f"{AS2}#object"):
        forged = s.create(s.zoe, s.note(s.zoe, "FAUX"))
        await s.post(s.mallory, announce(s, written(s), **{name: forged}))
        await s.node.settled()
        assert await content_of(s, forged["object"]["id"]) is None


async def test_a_context_that_hides_what_was_proven(s: Scene) -> None:
    """The Announce's context makes `object` mean nothing, and another word mean it."""
    forged = s.create(s.zoe, s.note(s.zoe, "FAUX"))
    for word in ("o", "zzz"):
        hiding = {"object": "https://x.example/o", word: {"@id": "as:object", "@type": "@id"}}
        activity = announce(s, written(s), **{word: forged})
        activity["@context"] = [*activity["@context"], hiding]
        await s.post(s.mallory, activity)
        await s.node.settled()
        assert await content_of(s, forged["object"]["id"]) is None


async def test_a_context_around_what_was_proven(s: Scene) -> None:
    """The Announce's context turns the words of an activity that brings no context of its own:
    its author did not mean that."""
    bare = s.create(s.zoe, s.note(s.zoe, "le vrai", summary="FAUX"))
    del bare["@context"]
    create = proven(s, s.zoe, bare)
    activity = announce(s, create)
    activity["@context"] = [*activity["@context"], {"summary": "as:content", "content": "as:x"}]
    await s.post(s.mallory, activity)
    await s.node.settled()
    assert await content_of(s, create["object"]["id"]) in (None, "le vrai")


async def test_an_old_update_again(s: Scene) -> None:
    """A proof holds for ever; an edit that was overtaken does not come back by it."""
    note = s.note(s.zoe, "un", updated="2026-11-22T19:00:00Z")
    await s.post(s.zoe, s.create(s.zoe, note))
    newer = note | {"content": "deux", "updated": "2026-11-22T20:00:00Z"}
    old = proven(s, s.zoe, s.create(s.zoe, note, type="Update"))
    assert (await s.post(s.zoe, s.create(s.zoe, newer, type="Update"))).status == 202
    await s.node.settled()
    await s.post(s.mallory, announce(s, old))
    await s.node.settled()
    assert await content_of(s, note["id"]) == "deux"


async def test_a_create_again_after_its_delete(s: Scene) -> None:
    """What Zoe deleted does not come back because somebody kept her proven Create."""
    create = written(s)
    assert (await s.post(s.zoe, create)).status == 202
    gone = s.create(s.zoe, create["object"]["id"], type="Delete")
    assert (await s.post(s.zoe, gone)).status == 202
    await harmless(s, announce(s, create))


async def test_what_is_ours_comes_back_altered(s: Scene) -> None:
    """Nobody tells us what one of ours said."""
    uri = await s.node.publish(s.amina)
    forged = {
        "@context": AS2,
        "id": f"{s.node.base}/activities/1",
        "type": "Create",
        "actor": s.amina.uri,
        "to": [PUBLIC],
        "object": {
            "id": uri, "type": "Note", "attributedTo": s.amina.uri, "to": [PUBLIC],
            "content": "FAUX",
        },
    }  # fmt: skip
    for kind in ("Create", "Update", "Delete"):
        inside = forged | {"type": kind}
        await harmless(s, announce(s, inside))
        await harmless(
            s,
            announce(
                s,
                prove(
                    inside,
                    s.mallory.keys.ed25519,
                    method=f"{s.amina.uri}#ed25519-key",
                    now=time.time(),
                ),
            ),
        )


async def test_an_announce_in_an_announce(s: Scene) -> None:
    """Only what people wrote is passed on, not what others passed on, nor Follows and the like."""
    inner = announce(s, written(s)) | {"actor": s.zoe.id, "id": f"{s.zoe.id}#a"}
    await harmless(s, announce(s, proven(s, s.zoe, inner)))
    await harmless(s, announce(s, proven(s, s.zoe, s.follow(s.zoe))))
    await harmless(s, announce(s, [written(s), written(s)] * 20, id=f"{s.mallory.id}#many"))


async def test_hidden_recipients_are_passed_on_to_nobody(s: Scene) -> None:
    """A proven activity that names hidden recipients cannot be had without them: it stays out."""
    for key in ("bto", "bcc"):
        hidden: dict[str, Any] = {key: [f"{s.zoe.base}/users/hidden"]}
        outside = s.create(s.zoe, s.note(s.zoe), **hidden)
        inside = s.create(s.zoe, s.note(s.zoe, **hidden))
        for create in (outside, inside):
            await harmless(s, announce(s, proven(s, s.zoe, create)))


async def test_one_speaker_outside_and_another_within(s: Scene) -> None:
    """An activity that is one person's by the Announce's context and another's by its own is
    nobody's: a server that is blocked here must not come in behind one that is not."""
    activity = announce(s, written(s))
    activity["@context"] = [*activity["@context"], {"by": {"@id": "as:actor", "@type": "@id"}}]
    create = s.create(s.zoe, s.note(s.zoe, "FAUX"))
    del create["@context"], create["actor"]
    for more in ({"actor": s.zoe.id, "by": s.yan.id}, {"by": s.zoe.id, "actor": s.yan.id}):
        await harmless(s, activity | {"object": proven(s, s.zoe, create | more)})
