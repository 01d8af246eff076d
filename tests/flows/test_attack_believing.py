"""Attacks on what is said: Mallory signs well, and says what is not Mallory's to say."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest
import pytest_asyncio

from node.actions.follows import follow
from node.store import actors, follows, objects
from tests.flows.attacking import AS2, PUBLIC, Scene, scene
from tests.peers.documents import Document, User

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def s(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    async with scene(tmp_path_factory.mktemp("believing")) as made:
        yield made


async def harmless(s: Scene, activity: Document, *, user: User | None = None) -> None:
    """Taken or refused, it changes nothing."""
    async with s.unchanged("journal"):
        await s.refused(await s.post(user or s.mallory, activity), 202, 400, 403)


async def stored(s: Scene, user: User, content: str = "Bonjour", **more: Any) -> Document:
    """A note of somebody's that is here and stands at its origin."""
    note = s.note(user, content, **more)
    peer = s.honest if user is s.zoe else s.evil
    peer.serves[note["id"].removeprefix(peer.base)] = {"@context": AS2, **note}
    assert (await s.post(user, s.create(user, note))).status == 202
    await s.node.settled()
    assert await content_of(s, note["id"]) == content
    return note


async def content_of(s: Scene, uri: str) -> str | None:
    status = await s.node.store.read(objects.by_uri, uri)
    return None if status is None else status.content


def said(s: Scene, kind: str, object: Any, *, user: User | None = None, **more: Any) -> Document:
    """An activity of Mallory's."""
    user = user or s.mallory
    return {
        "@context": AS2,
        "id": f"{user.id}#said/{kind}/{s.follow(user)['id'][-6:].strip('/')}",
        "type": kind,
        "actor": user.id,
        "to": [PUBLIC],
        "object": object,
    } | more


# ── Create ───────────────────────────────────────────────────────────────────────────────────


async def test_creating_what_another_would_have_written(s: Scene) -> None:
    """A note of Zoe's in Mallory's Create is asked of Zoe's server, which knows nothing of it."""
    await harmless(s, s.create(s.mallory, s.note(s.zoe, "FAUX")))


async def test_creating_what_another_wrote_otherwise(s: Scene) -> None:
    """Of a note that Zoe really wrote, it is her server's words that are kept."""
    note = s.note(s.zoe, "les mots de Zoe")
    s.honest.serves[note["id"].removeprefix(s.honest.base)] = {"@context": AS2, **note}
    assert (await s.post(s.mallory, s.create(s.mallory, note | {"content": "FAUX"}))).status == 202
    await s.node.settled()
    assert await content_of(s, note["id"]) == "les mots de Zoe"


async def test_creating_in_anothers_name_at_home(s: Scene) -> None:
    """A note at Mallory's server that says Zoe wrote it is believed by nobody, nor is one at
    Zoe's that says Mallory did."""
    note = s.note(s.mallory, "FAUX", attributedTo=s.zoe.id)
    s.evil.serves[note["id"].removeprefix(s.evil.base)] = {"@context": AS2, **note}
    await harmless(s, s.create(s.mallory, note))
    await harmless(s, s.create(s.mallory, s.note(s.zoe, "FAUX", attributedTo=s.mallory.id)))


async def test_creating_for_a_neighbour_of_the_same_server(s: Scene) -> None:
    """Mallory cannot write for Yan, though they share a server."""
    await harmless(s, s.create(s.mallory, s.note(s.yan, "FAUX")))
    await harmless(s, s.create(s.mallory, s.note(s.mallory, attributedTo=[s.yan.id, s.mallory.id])))


async def test_creating_what_is_ours(s: Scene) -> None:
    """Nobody outside creates, changes or deletes what has an address of this node."""
    proposal = await s.node.publish(s.amina)
    here = s.note(s.mallory, "FAUX", id=proposal, attributedTo=s.amina.uri)
    free = here | {"id": f"{s.node.base}/objects/1"}
    for note in (here, free, free | {"attributedTo": s.mallory.id}):
        await harmless(s, said(s, "Create", note))
        await harmless(s, said(s, "Update", note))
        await harmless(s, said(s, "Delete", note["id"]))
    await harmless(s, said(s, "Delete", s.amina.uri))
    await harmless(s, said(s, "Update", {"id": s.amina.uri, "type": "Person", "name": "FAUX"}))


async def test_ids_that_are_nobodys(s: Scene) -> None:
    """An object or activity whose id is no address, or is spelled to look like another's, is not
    stored under it."""
    host = s.honest.domain
    for bad in (
        "urn:uuid:1", "", "note", f"http://{host}@{s.evil.domain}/n", f"http://{host}\\@x/n",
        f"http://user:word@{host}/n", "http://127.0.0.1:0x50/n", f"//{host}/n",
        "data:text/plain,x", "http://\u202eelpmaxe.org/n", f"{s.evil.base}/{'x' * 3000}",
    ):  # fmt: skip
        await harmless(s, s.create(s.mallory, s.note(s.mallory, "FAUX", id=bad)))
        await harmless(s, s.follow(s.zoe, id=bad), user=s.mallory)


async def test_an_activity_with_an_id_of_another_origin(s: Scene) -> None:
    """An activity cannot have an id of Zoe's server, nor of ours: it could be taken for that one
    when it is answered or undone."""
    for base in (s.zoe.id, f"{s.node.base}/activities/1"):
        async with s.unchanged():
            await s.refused(await s.post(s.mallory, s.follow(s.mallory, id=f"{base}#f")), 400)


# ── Update ───────────────────────────────────────────────────────────────────────────────────


async def test_changing_what_another_wrote(s: Scene) -> None:
    """Zoe's note, and Yan's of the same server, stay as their origin has them."""
    for author in (s.zoe, s.yan):
        note = await stored(s, author, "le vrai")
        faked = note | {"content": "FAUX", "updated": "2026-11-22T19:00:00Z"}
        await s.post(s.mallory, said(s, "Update", faked))
        await s.post(s.mallory, said(s, "Update", faked | {"attributedTo": s.mallory.id}))
        await s.node.settled()
        assert await content_of(s, note["id"]) == "le vrai"


async def test_taking_over_what_another_wrote(s: Scene) -> None:
    """A server that later names another author of a note does not change whose it is here."""
    note = await stored(s, s.yan, "le vrai")
    s.evil.serves[note["id"].removeprefix(s.evil.base)] |= {
        "attributedTo": s.mallory.id,
        "content": "FAUX",
    }
    await harmless(s, said(s, "Update", note["id"]))
    await harmless(s, said(s, "Update", note | {"attributedTo": s.mallory.id}))


async def test_an_old_edit(s: Scene) -> None:
    """An edit that is older than what is here changes nothing, though its author signs it."""
    note = await stored(s, s.zoe, "le neuf", updated="2026-11-22T20:00:00Z")
    old = note | {"content": "le vieux", "updated": "2026-11-22T19:00:00Z"}
    await harmless(s, said(s, "Update", old, user=s.zoe), user=s.zoe)


async def test_changing_another_person(s: Scene) -> None:
    """Nobody but Zoe says who Zoe is, nor Yan's neighbour who Yan is."""
    for victim in (s.zoe, s.yan):
        await s.post(victim, s.follow(victim))
        known = await s.node.store.read(actors.by_uri, victim.id)
        faked = {
            "id": victim.id,
            "type": "Person",
            "preferredUsername": "zoe",
            "name": "FAUX",
            "inbox": f"{victim.id}/inbox",
            "publicKey": {
                "id": victim.rsa_key_id, "owner": victim.id, "publicKeyPem": s.mallory.keys.pem,
            },
        }  # fmt: skip
        await harmless(s, said(s, "Update", faked))
        assert await s.node.store.read(actors.by_uri, victim.id) == known
        assert (await s.post(victim, s.follow(victim), keys=s.mallory.keys)).status == 401


# ── Delete, Undo ─────────────────────────────────────────────────────────────────────────────


async def test_deleting_what_another_wrote(s: Scene) -> None:
    """Zoe's note stays, and Yan's too while its own server still has it."""
    for author in (s.zoe, s.yan):
        note = await stored(s, author)
        await harmless(s, said(s, "Delete", note["id"]))
        await harmless(s, said(s, "Delete", {"id": note["id"], "type": "Tombstone"}))


async def test_deleting_another_person(s: Scene) -> None:
    """Mallory deletes neither Zoe nor Yan, and neither does whoever signs as somebody else."""
    for victim in (s.zoe, s.yan):
        note = await stored(s, victim)
        known = await s.node.store.read(actors.by_uri, victim.id)
        async with s.unchanged("journal", "graves"):
            await s.post(s.mallory, said(s, "Delete", victim.id))
        assert await s.node.store.read(actors.by_uri, victim.id) == known
        assert await content_of(s, note["id"]) is not None
        assert (await s.post(victim, s.follow(victim))).status == 202


async def test_burying_what_is_still_to_come(s: Scene) -> None:
    """Mallory's Delete of what Zoe has not written yet does not keep it out when she does."""
    note = s.note(s.zoe, "plus tard")
    s.honest.serves[note["id"].removeprefix(s.honest.base)] = {"@context": AS2, **note}
    await harmless(s, said(s, "Delete", note["id"]))
    await harmless(s, said(s, "Undo", note["id"]))
    await s.post(s.zoe, s.create(s.zoe, note))
    await s.node.settled()
    assert await content_of(s, note["id"]) == "plus tard"


async def test_burying_what_a_neighbour_will_write(s: Scene) -> None:
    """Mallory's Delete of what Yan, of the same server, has not written yet does not keep it out
    either: where two of one server contradict each other, the server is asked."""
    note = s.note(s.yan, "plus tard")
    s.evil.serves[note["id"].removeprefix(s.evil.base)] = {"@context": AS2, **note}
    await s.post(s.mallory, said(s, "Delete", note["id"]))
    await s.post(s.yan, s.create(s.yan, note))
    await s.node.settled()
    assert await content_of(s, note["id"]) == "plus tard"


async def test_a_late_create(s: Scene) -> None:
    """A note that its author deleted does not come back: not by the same Create, nor by another,
    nor by an Update, nor because somebody shares it."""
    note = await stored(s, s.zoe)
    assert (await s.post(s.zoe, said(s, "Delete", note["id"], user=s.zoe))).status == 202
    await s.node.settled()
    assert await content_of(s, note["id"]) is None
    for again in (s.create(s.zoe, note), said(s, "Update", note, user=s.zoe)):
        await harmless(s, again, user=s.zoe)
    await harmless(s, said(s, "Announce", note["id"]))
    await harmless(s, said(s, "Create", note["id"]))


async def test_undoing_what_another_did(s: Scene) -> None:
    """Zoe's Follow stays when Mallory undoes it: by its id, told anew, or as Mallory's own."""
    following = s.follow(s.zoe)
    assert (await s.post(s.zoe, following)).status == 202
    await harmless(s, said(s, "Undo", following["id"]))
    await harmless(s, said(s, "Undo", following))
    await harmless(s, said(s, "Undo", following | {"actor": s.mallory.id}))


async def test_undoing_a_like_of_another(s: Scene) -> None:
    """Zoe's Like and Announce stay when Mallory undoes them."""
    proposal = await s.node.publish(s.amina)
    for kind in ("Like", "Announce"):
        deed = said(s, kind, proposal, user=s.zoe)
        assert (await s.post(s.zoe, deed)).status == 202
        await harmless(s, said(s, "Undo", deed["id"]))
        await harmless(s, said(s, "Undo", deed | {"actor": s.mallory.id}))


# ── answers, and everything else that is somebody's own ──────────────────────────────────────


async def test_accepting_for_another(s: Scene) -> None:
    """What Amina asked of Zoe, Zoe answers: Mallory neither accepts nor refuses it."""
    s.honest.accepts_follows = False
    await s.post(s.zoe, s.follow(s.zoe))
    zoe = await s.node.store.read(actors.by_uri, s.zoe.id)
    assert zoe is not None
    await s.node.store.write(follow, s.node.here, s.amina, zoe)
    asked = await s.honest.received(lambda activity: activity["type"] == "Follow")
    for kind in ("Accept", "Reject"):
        await harmless(s, said(s, kind, asked.activity["id"]))
        await harmless(s, said(s, kind, asked.activity))
        await harmless(s, said(s, kind, asked.activity | {"object": s.mallory.id}))
    pending = await s.node.store.read(follows.between, s.amina.id, zoe.id)
    assert pending is not None
    assert pending.state == follows.PENDING


async def test_moving_another(s: Scene) -> None:
    """Mallory moves neither Zoe to Mallory nor Mallory to a Zoe who knows nothing of it."""
    await s.post(s.zoe, s.follow(s.zoe))
    await harmless(s, said(s, "Move", s.zoe.id, target=s.mallory.id))
    await harmless(s, said(s, "Move", s.mallory.id, target=s.zoe.id))
    for user in (s.zoe, s.mallory):
        known = await s.node.store.read(actors.by_uri, user.id)
        assert known is not None
        assert known.moved_to is None


async def test_pinning_for_another(s: Scene) -> None:
    """Nothing is pinned to Zoe's profile but by Zoe, and nothing of hers to another's."""
    note = await stored(s, s.zoe)
    featured = f"{s.zoe.id}/collections/featured"
    await s.post(s.zoe, said(s, "Add", note["id"], user=s.zoe, target=featured))
    await harmless(s, said(s, "Add", note["id"], target=featured))
    await harmless(s, said(s, "Remove", note["id"], target=featured))
    await harmless(s, said(s, "Add", note["id"], target=f"{s.mallory.id}/collections/featured"))


async def test_sharing_what_is_private(s: Scene) -> None:
    """Mallory cannot share what Zoe told her followers alone, nor learn of it by liking it."""
    private = await stored(s, s.zoe, "secret", to=[f"{s.zoe.id}/followers"], cc=[])
    await harmless(s, said(s, "Announce", private["id"]))
    await harmless(s, said(s, "Like", private["id"]))


async def test_blocking_for_another(s: Scene) -> None:
    """A Block that names Zoe as the one who blocks, but comes from Mallory, is refused."""
    async with s.unchanged():
        blocking = said(s, "Block", s.amina.uri, actor=s.zoe.id, id=f"{s.zoe.id}#b")
        await s.refused(await s.post(s.mallory, blocking), 403)


async def test_an_activity_of_two(s: Scene) -> None:
    """An activity of two actors is nobody's, however the second one is named."""
    two: list[dict[str, Any]] = [
        {"actor": [s.mallory.id, s.zoe.id]},
        {"actor": [s.zoe.id, {"id": s.mallory.id}]},
        {"as:actor": s.zoe.id},
        {f"{AS2}#actor": {"@id": s.zoe.id}},
    ]
    async with s.unchanged():
        for more in two:
            await s.refused(await s.post(s.mallory, s.follow(s.mallory, **more)), 400, 403)


async def test_several_things_at_once(s: Scene) -> None:
    """A document of two activities is refused: which one would count?"""
    for key in ("@graph", "@included"):
        both = {"@context": AS2, key: [s.follow(s.mallory), s.follow(s.zoe)]}
        async with s.unchanged():
            await s.refused(await s.post(s.mallory, both), 400, 403)
    array = orjson.dumps([s.follow(s.mallory), s.follow(s.zoe)])
    async with s.unchanged():
        await s.refused(await s.post(s.mallory, array), 400)


# ── contexts that turn words round ───────────────────────────────────────────────────────────

NOTHING = "https://nothing.example/"


async def test_a_context_that_gives_actor_another_meaning(s: Scene) -> None:
    """Who `actor` is, is judged by what the context makes of it: hiding Mallory under another
    word and Zoe under the right one helps nobody."""
    turned = [AS2, {"actor": f"{NOTHING}a", "who": {"@id": "as:actor", "@type": "@id"}}]
    async with s.unchanged():
        activity = s.follow(s.mallory) | {"@context": turned, "who": s.zoe.id}
        await s.refused(await s.post(s.mallory, activity), 400, 403)


@pytest.mark.parametrize(
    "context",
    [
        {"type": f"{NOTHING}t"},
        {"id": f"{NOTHING}i"},
        {"Follow": f"{AS2}#Delete"},
        {"object": {"@id": "as:actor", "@type": "@id"}, "actor": {"@id": "as:object"}},
        {"@vocab": NOTHING},
        {"@base": "http://other.example/"},
        {"as": NOTHING},
        {"actor": {"@reverse": "as:object"}},
        {"object": {"@id": "as:object", "@container": "@graph"}},
        None,
        "https://unknown.example/context",
    ],
)
async def test_contexts_that_turn_words_round(s: Scene, context: Any) -> None:
    """However a context twists a Follow, Zoe is not the one who follows, and nothing else of
    hers changes."""
    zoe = await s.node.store.read(actors.by_uri, s.zoe.id)
    before = None if zoe is None else await s.node.store.read(follows.between, zoe.id, s.amina.id)
    activity = s.follow(s.mallory) | {
        "@context": [AS2, context] if context is not None else None,
        "who": s.zoe.id,
    }
    await s.refused(await s.post(s.mallory, activity), 202, 400, 403)
    await s.node.settled()
    zoe = await s.node.store.read(actors.by_uri, s.zoe.id)
    after = None if zoe is None else await s.node.store.read(follows.between, zoe.id, s.amina.id)
    assert before == after
