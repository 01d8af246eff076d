"""Between an app here and somebody on a Mastodon elsewhere: what is written, liked, boosted, voted
and quoted arrives on both sides. On both databases."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from node.actions.deletion import delete_account
from node.aid.agreements import State
from node.jobs import writing
from node.store import agreements, objects, polls, quotes, tallies
from node.store.tables import polls as polls_table
from node.store.transaction import Transaction
from tests.mastodon.signing_in import App, town
from tests.peers.documents import PUBLIC, Document
from tests.peers.mastodonlike import MastodonLike
from tests.serving import Serving

pytestmark = pytest.mark.asyncio


@dataclass(frozen=True, slots=True)
class Scene:
    """Amina has an app; Zoé, on a Mastodon, follows her."""

    node: Serving
    app: App
    mastodon: MastodonLike

    @property
    def zoe(self) -> str:
        return f"@zoe@{self.mastodon.domain}"

    @property
    def amina(self) -> str:
        return self.node.here.addresses.user("amina")

    async def post(self, text: str, **fields: Any) -> dict[str, Any]:
        told: dict[str, Any] = await self.app.post("/api/v1/statuses", status=text, **fields)
        return told

    async def send(self, kind: str, thing: Any, **more: Any) -> Document:
        user = self.mastodon.user
        activity = {
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": self.mastodon.new_id(user, kind),
            "type": kind,
            "actor": user.id,
            "object": thing,
            **more,
        }
        await self.mastodon.deliver(user, activity, [self.amina])
        await self.node.settled()
        return activity

    async def arrived(self, kind: str, **where: Any) -> Document:
        """The activity of that kind, whose object has such values."""

        def fits(activity: Document) -> bool:
            if activity["type"] != kind:
                return False
            inside = activity.get("object")
            told = inside if isinstance(inside, dict) else {"id": inside}
            return all(told.get(name) == value for name, value in where.items())

        found = await self.mastodon.received(fits)
        return found.activity

    async def id_of(self, uri: str) -> int:
        status = await self.node.store.read(objects.by_uri, uri)
        assert status is not None
        return status.id


@pytest_asyncio.fixture
async def scene(tmp_path: Path, database_url: str) -> AsyncIterator[Scene]:
    async with contextlib.AsyncExitStack() as stack:
        here = await stack.enter_async_context(town(tmp_path, "amina", url=database_url))
        mastodon = await stack.enter_async_context(MastodonLike("zoe"))
        app = await here.app("amina")
        scene = Scene(here.node, app, mastodon)
        await mastodon.follow(scene.amina)
        await here.node.settled()
        yield scene


async def test_what_is_written_here_is_read_there(scene: Scene) -> None:
    told = await scene.post(f"Bonjour {scene.zoe} ! #fête", language="fr")
    uri = scene.node.here.addresses.object(int(told["id"]))
    note = (await scene.arrived("Create", id=uri))["object"]
    assert note["to"] == [PUBLIC]
    assert scene.mastodon.user.id in note["cc"]
    assert f'<a href="{scene.mastodon.base}/@zoe" class="u-url mention">' in note["content"]
    assert await scene.mastodon.get(uri)
    one = f"/api/v1/statuses/{told['id']}"
    await scene.app.ask("PUT", one, json={"status": "Bonsoir", "spoiler_text": "Le soir"})
    update = await scene.arrived("Update", id=uri)
    assert (update["object"]["summary"], update["object"]["content"]) == (
        "Le soir",
        "<p>Bonsoir</p>",
    )
    await scene.app.ask("DELETE", one)
    assert (await scene.arrived("Delete", id=uri))["object"]["type"] == "Tombstone"

    secret = await scene.post(f"{scene.zoe} entre nous", visibility="direct")
    secret = await scene.post(f"{scene.zoe} entre nous", visibility="direct")
    uri = scene.node.here.addresses.object(int(secret["id"]))
    create = await scene.arrived("Create", id=uri)
    assert create["to"] == create["object"]["to"] == [scene.mastodon.user.id]
    assert "cc" not in create
    await scene.app.ask("DELETE", f"/api/v1/statuses/{secret['id']}")
    assert (await scene.arrived("Delete", id=uri))["to"] == [scene.mastodon.user.id]
    assert not scene.mastodon.refused


async def test_who_leaves_takes_letters_back_from_who_had_them_alone(scene: Scene) -> None:
    """A follower never learns, by their end either, that there were letters to somebody else."""
    async with MastodonLike("noor") as other:
        letter = await scene.post(f"@noor@{other.domain} entre nous", visibility="direct")
        uri = scene.node.here.addresses.object(int(letter["id"]))
        await other.received(lambda one: one["type"] == "Create")
        await scene.node.store.write(delete_account, scene.node.here, "amina")
        await scene.arrived("Delete", id=scene.amina)
        await other.received(
            lambda one: (
                one["type"] == "Delete"
                and isinstance(one["object"], dict)
                and one["object"]["id"] == uri
            )
        )
        await scene.node.settled()
        assert uri not in str(scene.mastodon.activities)


async def test_what_is_done_with_posts_goes_both_ways(scene: Scene) -> None:
    theirs = await scene.mastodon.write(
        scene.mastodon.user, "Salut", to=[scene.amina], visibility="public"
    )
    await scene.node.settled()
    number = await scene.id_of(theirs["id"])
    for deed, kind in (("favourite", "Like"), ("reblog", "Announce")):
        await scene.app.post(f"/api/v1/statuses/{number}/{deed}")
        done = await scene.arrived(kind, id=theirs["id"])
        await scene.app.post(f"/api/v1/statuses/{number}/un{deed}")
        await scene.arrived("Undo", id=done["id"], type=kind)
    ours = await scene.post("À nous")
    uri = scene.node.here.addresses.object(int(ours["id"]))
    like = await scene.send("Like", uri)
    share = await scene.send("Announce", uri, to=[PUBLIC], published="2026-11-23T10:00:00Z")
    ids = [int(ours["id"])]
    counted = await scene.node.store.read(tallies.of_statuses, ids)
    assert (counted[ids[0]].likes, counted[ids[0]].shares) == (1, 1)
    for activity in (like, share):
        inside = {name: activity[name] for name in ("id", "type", "actor", "object")}
        await scene.send("Undo", inside)
    counted = await scene.node.store.read(tallies.of_statuses, ids)
    assert (counted[ids[0]].likes, counted[ids[0]].shares) == (0, 0)


async def test_votes_go_both_ways(scene: Scene) -> None:
    ours = await scene.post("Quand ?", poll={"options": ["Samedi", "Dimanche"], "expires_in": 600})
    number = int(ours["id"])
    uri = scene.node.here.addresses.object(number)
    user = scene.mastodon.user
    for title in ("Dimanche", "Samedi", "Jamais"):  # the first counts
        vote = {
            "id": scene.mastodon.new_id(user, "votes"),
            "type": "Note",
            "name": title,
            "attributedTo": user.id,
            "inReplyTo": uri,
            "to": scene.amina,
        }
        await scene.send("Create", vote, to=scene.amina)
    poll = await scene.node.store.read(polls.by_id, number)
    assert poll is not None
    assert ([one.votes for one in poll.options], poll.voters) == ([0, 1], 1)
    await scene.node.store.write(_a_while_ago)
    await writing.once(scene.node.store, scene.node.here, scene.node.node.remote)
    update = await scene.arrived("Update", id=uri)
    assert update["object"]["votersCount"] == 1

    theirs = await scene.mastodon.write(
        user,
        "Lequel ?",
        to=[scene.amina],
        visibility="public",
        type="Question",
        oneOf=[
            {"type": "Note", "name": name, "replies": {"type": "Collection", "totalItems": many}}
            for name, many in (("Thé", 3), ("Café", 4))
        ],
        endTime="2099-01-01T00:00:00Z",
        votersCount=7,
    )
    await scene.node.settled()
    path = f"/api/v1/polls/{await scene.id_of(theirs['id'])}"
    shown = await scene.app.post(f"{path}/votes", choices=[1])
    assert [one["votes_count"] for one in shown["options"]] == [3, 5]
    vote = (await scene.arrived("Create", inReplyTo=theirs["id"]))["object"]
    assert (vote["name"], vote["to"]) == ("Café", [user.id])
    assert "content" not in vote
    fresh = theirs | {"votersCount": 9}
    fresh["oneOf"][0]["replies"]["totalItems"] = 4
    await scene.send("Update", fresh)
    shown = await scene.app.get(path)
    assert [one["votes_count"] for one in shown["options"]] == [4, 4]
    assert (shown["voters_count"], shown["own_votes"]) == (9, [1])


def _a_while_ago(tx: Transaction) -> None:
    tx.execute(polls_table.update().values(votes_untold_at=1.0))


async def test_quotes_are_asked_for_and_given(scene: Scene) -> None:
    user = scene.mastodon.user
    theirs = await scene.mastodon.write(user, "À citer", to=[scene.amina], visibility="public")
    await scene.node.settled()
    number = await scene.id_of(theirs["id"])
    told = await scene.post("Voyez", quoted_status_id=str(number))
    request = await scene.arrived("QuoteRequest", id=theirs["id"])
    assert request["instrument"]["quote"] == theirs["id"]
    assert "quoteAuthorization" not in request["instrument"]
    proof = f"{user.id}/quotes/1"
    await scene.send("Accept", request["id"], result=proof)
    quote = await scene.node.store.read(quotes.by_object, int(told["id"]))
    assert quote is not None
    assert (quote.state, quote.authorization_uri) == ("accepted", proof)
    uri = scene.node.here.addresses.object(int(told["id"]))
    update = await scene.arrived("Update", id=uri)
    assert update["object"]["quoteAuthorization"] == proof
    await scene.send("Delete", proof)
    quote = await scene.node.store.read(quotes.by_object, int(told["id"]))
    assert quote is not None
    assert quote.state == "revoked"

    for policy, answer in (("public", "Accept"), ("nobody", "Reject")):
        ours = await scene.post("À nous", quote_approval_policy=policy)
        uri = scene.node.here.addresses.object(int(ours["id"]))
        note = await scene.mastodon.note(user, "Je cite", to=[scene.amina], visibility="public")
        note["quote"] = uri
        context = [
            "https://www.w3.org/ns/activitystreams",
            {
                "QuoteRequest": "https://w3id.org/fep/044f#QuoteRequest",
                "quote": {"@id": "https://w3id.org/fep/044f#quote", "@type": "@id"},
            },
        ]
        asked = {"@context": context, "instrument": note}
        sent = await scene.send("QuoteRequest", uri, **asked)
        answered = await scene.arrived(answer, id=sent["id"])
        if policy == "public":
            given = await scene.mastodon.get(answered["result"])
            assert given["type"] == "QuoteAuthorization"
            assert given["interactingObject"] == note["id"]
            assert given["interactionTarget"] == uri
            one = f"/api/v1/statuses/{ours['id']}/quotes/{await scene.id_of(note['id'])}/revoke"
            await scene.app.post(one)
            await scene.arrived("Delete", id=answered["result"])
            gone = await scene.mastodon.ask(answered["result"])
            assert gone.status == 404


async def test_a_whole_help_between_an_app_and_a_mastodon(scene: Scene) -> None:
    """Who asks has an app here, who helps lives elsewhere; neither sees anything else."""
    told = await scene.post("Je cherche une perceuse pour samedi. #demande #outils")
    uri = scene.node.here.addresses.object(int(told["id"]))
    await scene.mastodon.write(
        scene.mastodon.user, "J’en ai une, je passe !", to=[scene.amina], reply_to=uri
    )
    await scene.node.settled()

    async def only() -> State:
        found = await scene.node.store.read(agreements.of_proposal, int(told["id"]))
        assert len(found) == 1
        return found[0].state

    assert await only() is State.PROPOSED
    quartier = scene.node.here.quartier

    async def say(words: str) -> None:
        letters = await scene.node.store.read(_letters, quartier.id, scene.amina)
        await scene.post(f"@quartier {words}", in_reply_to_id=str(letters[0]), visibility="direct")

    await say("oui, merci")
    assert await only() is State.ACCEPTED
    for _ in range(4):
        if await only() is State.CONFIRMED:
            break
        await say("fait, mille mercis")
        await scene.node.settled()
        letter = scene.mastodon.letters[scene.mastodon.user.id][-1]["id"]
        await scene.mastodon.write(scene.mastodon.user, "fait", to=[quartier.uri], reply_to=letter)
        await scene.node.settled()
    assert await only() is State.CONFIRMED


def _letters(tx: Transaction, author_id: int, uri: str) -> list[int]:
    return [
        one.id
        for one in objects.latest(tx, author_id=author_id, public_only=False, most=100)
        if uri in objects.recipients_of(tx, one.id)
    ]
