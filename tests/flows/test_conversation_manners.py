"""Nobody is written to endlessly, machines not at all, and what is private stays between two."""

from __future__ import annotations

import asyncio
from pathlib import Path

import aiohttp
import pytest

from node.actions.agreements import answerable
from node.actions.notes import write_direct
from node.social.notifications import Kind
from node.store import actors, blocks, moderation, objects
from tests.flows.conversing import Scene, Street, scene, street
from tests.peers.documents import Document, User
from tests.peers.mastodonlike import MastodonLike, create
from tests.serving import serving

__all__ = ["scene", "street"]

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_what_nobody_understands_is_answered_once_in_a_while(scene: Scene) -> None:
    """A first word gets the explanation; the next ones within five minutes get nothing."""
    await scene.write("Bonjour, c’est quoi ici ?")
    letter = await scene.letter(1)
    assert "on s’y aide entre voisins" in letter
    for text in ("Et encore ?", "azertyuiop", "🙂🙂🙂"):
        await scene.write(text)
    await scene.node.settled()
    assert len(_letters(scene)) == 1


async def test_thanks_ask_for_nothing(scene: Scene) -> None:
    await scene.write("Merci beaucoup !")
    await scene.node.settled()
    assert _letters(scene) == []


@pytest.mark.parametrize("kind", ["Service", "Group", "Application"])
async def test_machines_are_read_and_never_written_to(street: Street, kind: str) -> None:
    """A bot answers, asks and writes: it is kept, and nothing goes back."""
    node = street.node
    uri = await node.publish(street.amina, title="Courses")
    async with MastodonLike("robot") as server:
        robot = User(server.base, "robot", kind, keys=server.user.keys)
        server.users["robot"] = robot
        quartier = node.here.quartier.uri
        note = await server.write(robot, "Je viens", to=(street.amina.uri,), reply_to=uri)
        await server.write(robot, "aide", to=(quartier,))
        await server.write(robot, "#demande #courses #urgent Mes courses", to=(quartier,))
        await node.settled()
        assert server.letters == {}
        assert await node.store.read(objects.by_uri, note["id"]) is not None


async def test_two_quartiers_do_not_talk_to_each_other(street: Street, tmp_path: Path) -> None:
    """Each keeps what the other wrote and says nothing, whatever the words."""
    async with serving(f"sqlite:///{tmp_path / 'entraide.sqlite3'}", tmp_path) as other:
        node = street.node
        await node.node.remote.actor(other.here.quartier.uri)
        there = await node.store.read(actors.by_uri, other.here.quartier.uri)
        assert there is not None
        for text in ("aide", "oui", "#demande #courses Des courses", "stop"):
            await node.store.write(
                write_direct,
                node.here,
                node.here.quartier,
                there,
                html=f"<p>{text}</p>",
                language="fr",
                in_reply_to=None,
                context=None,
            )
        await node.settled()
        await other.settled()
        ours = await other.store.read(
            objects.latest, author_id=other.here.quartier.id, public_only=False
        )
        assert ours == []
        theirs = await other.store.read(objects.latest, local=False, public_only=False)
        assert len(theirs) == 4


async def test_a_person_who_answers_everything_is_not_answered_for_ever(scene: Scene) -> None:
    """Somebody's program, under a person's name, sends each letter back: it comes to rest."""
    await scene.write("aide")
    await scene.letter(1)
    for _ in range(6):
        last = _letters(scene)[-1]
        await scene.write(scene.mastodon.text(last), reply_to=last["id"])
        await scene.node.settled()
    assert len(_letters(scene)) <= 2


async def test_who_answers_too_much_in_a_day_is_told_to_wait(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Kindly, once in a while; the answer is not taken, and its server is not asked to send it
    again."""
    monkeypatch.setattr(answerable, "MOST_OF_A_PERSON", 1)
    (first, taken), (second, beyond) = await scene.publish(), await scene.publish()
    await scene.answer(first, "Je viens")
    assert "Je viens" in await scene.letter(1)
    await scene.answer(second, "Là aussi")
    assert "Merci de tant vouloir aider" in await scene.letter(2)
    await scene.node.settled()
    assert len(await scene.answers(taken)) == 1
    assert await scene.answers(beyond) == []


async def test_hostile_html_is_text_at_most(scene: Scene) -> None:
    """Huge, nested, scripted: an answer is its words, in letters as in what Amina reads."""
    uri, number = await scene.publish()
    note = await scene.mastodon.note(scene.mastodon.user, "x", to=(scene.amina.uri,), reply_to=uri)
    content = (
        "<p>Je <script>alert(1)</script><b onclick=x()>viens</b> &lt;img src=x&gt; "
        + "<div>" * 20_000
        + "{other} samedi"
        + "é" * 60_000
    )
    note |= {"content": content, "contentMap": {"fr": content}}
    await _send(scene, note)
    letter = await scene.mastodon.letter(scene.mastodon.user, 1)
    assert "<img" not in letter["content"]
    assert "script" not in letter["content"]
    assert len(letter["content"]) < 4_000
    [answer] = await scene.answers(number)
    assert answer.text.startswith("Je")
    assert len(answer.text) <= 5_000


async def test_a_note_that_names_fifty_people_is_one_note(scene: Scene) -> None:
    """Of all whom it names only ours are looked at, and one letter goes back."""
    uri, number = await scene.publish()
    note = await scene.mastodon.note(
        scene.mastodon.user, "Je viens !", to=(scene.amina.uri, scene.quartier), reply_to=uri
    )
    crowd = [f"https://social.example/users/p{at}" for at in range(50)]
    note["to"] += crowd
    note["tag"] += [{"type": "Mention", "href": one, "name": f"@{one[-3:]}"} for one in crowd]
    await _send(scene, note)
    await scene.letter(1)
    await scene.node.settled()
    assert len(await scene.answers(number)) == 1
    assert len(_letters(scene)) == 1


async def test_a_suspended_server_is_not_heard_and_not_written_to(scene: Scene) -> None:
    """Neither what it says, nor a letter that was to go there."""
    node, server = scene.node, scene.mastodon
    uri, _ = await scene.publish()
    await scene.answer(uri, "Je viens")
    await scene.letter(1)
    note = await server.note(server.user, "oui", to=(scene.quartier,))
    await node.store.write(
        moderation.block_domain, domain=server.domain, severity="suspend", now=1.0
    )
    try:
        await _eventually_refused(scene, note)
        zoe = await node.store.read(actors.by_uri, server.user.id)
        assert zoe is not None
        await node.store.write(
            write_direct,
            node.here,
            node.here.quartier,
            zoe,
            html="<p>Bonjour</p>",
            language="fr",
            in_reply_to=None,
            context=None,
        )
        await node.settled()
        assert len(_letters(scene)) == 1
    finally:
        await node.store.write(moderation.unblock_domain, server.domain)


async def test_whom_somebody_blocked_does_not_reach_them(scene: Scene) -> None:
    """No answer, no message, no notice; the sender is told nothing."""
    node = scene.node
    uri, number = await scene.publish()
    await scene.write("Merci")  # so that she is known
    zoe = await node.store.read(actors.by_uri, scene.mastodon.user.id)
    assert zoe is not None
    await node.store.write(
        blocks.put,
        actor_id=scene.amina.id,
        target_id=zoe.id,
        activity_uri=None,
        now=node.here.clock.now(),
    )
    await scene.answer(uri, "Je viens")
    await scene.write("Réponds-moi", to=(scene.amina.uri,))
    await node.settled()
    assert await scene.answers(number) == []
    assert await scene.told(scene.amina, Kind.MESSAGE) == []
    assert _letters(scene) == []


async def test_a_silenced_server_is_answered_and_shown_to_nobody(scene: Scene) -> None:
    """Its comments are told to nobody; what it asks for waits for a mediator."""
    node, server = scene.node, scene.mastodon
    uri, _ = await scene.publish()
    await node.store.write(
        moderation.block_domain, domain=server.domain, severity="silence", now=1.0
    )
    try:
        await scene.answer(uri, "Belle idée", visibility="public")
        await scene.write("#offre #outils Une perceuse")
        assert "va la relire" in await scene.letter(1)
        assert await scene.told(scene.amina, Kind.COMMENT) == []
    finally:
        await node.store.write(moderation.unblock_domain, server.domain)


async def test_letters_are_for_one_reader(scene: Scene) -> None:
    """No outbox lists them, no address shows them to anybody else."""
    await scene.write("aide")
    await scene.letter(1)
    letter = _letters(scene)[0]
    assert letter["to"] == [scene.mastodon.user.id]
    assert "cc" not in letter
    async with MastodonLike("eve") as other, aiohttp.ClientSession() as stranger:
        accept = {"Accept": "application/activity+json"}
        async with stranger.get(letter["id"], headers=accept) as answer:
            assert answer.status == 404
        assert (await other.ask(letter["id"])).status == 404
        listed = await other.read_collection(f"{scene.quartier}/outbox")
        assert letter["id"] not in str(listed.items)
    assert (await scene.mastodon.ask(letter["id"])).status == 200


def _letters(scene: Scene) -> list[Document]:
    return scene.mastodon.letters.get(scene.mastodon.user.id, [])


async def _send(scene: Scene, note: Document) -> None:
    scene.mastodon.serves[note["id"].removeprefix(scene.mastodon.base)] = note
    await scene.mastodon.deliver(scene.mastodon.user, create(note), (scene.quartier,))


async def _eventually_refused(scene: Scene, note: Document) -> None:
    """The door learns of a block a moment after it is written."""
    async with asyncio.timeout(5):
        while True:
            inbox = f"{scene.quartier}/inbox"
            answer = await scene.mastodon.post(inbox, create(note))
            if answer.status == 403:
                return
            await asyncio.sleep(0.02)
