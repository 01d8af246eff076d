"""A gathering reaches calendars as an Event, and everybody else as the one post that it is."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from node.actions.proposals import change_proposal, delete_proposal
from node.activitypub.jsonld import check_safe
from node.aid.lifecycle import State
from tests.databases import new_sqlite
from tests.peers import documents
from tests.peers.documents import Document
from tests.peers.peer import Peer
from tests.serving import Serving, serving

DAY = 86_400.0


@pytest.fixture
async def node(tmp_path: Path) -> AsyncIterator[Serving]:
    async with serving(new_sqlite(tmp_path), tmp_path) as served:
        yield served


async def garden_day(node: Serving, **fields: object) -> tuple[int, str]:
    """A gathering of twelve in three days; its number and its address."""
    association = await node.account("jardin", kind="association")
    uri = await node.publish(
        association,
        **{
            "purpose": "request",
            "topic": "collective.garden",
            "mode": "together",
            "title": "Journée au jardin",
            "text": "Gants fournis.",
            "gathering": True,
            "starts": float(int(time.time() + 3 * DAY)),
            "ends": float(int(time.time() + 3 * DAY + 7200)),
            "quantity": "12",
            **fields,
        },
    )
    return int(uri.rpartition("/")[2]), uri


def about(uri: str, *kinds: str) -> Any:
    """Activities of these kinds about an object."""

    def wanted(activity: Document) -> bool:
        thing = activity["object"]
        named = thing.get("id") if isinstance(thing, dict) else thing
        return activity["type"] in kinds and named == uri

    return wanted


async def test_calendars_get_the_event_and_mastodon_does_not(node: Serving) -> None:
    """Gancio follows as one actor of the server's; Zoé follows from Mastodon. She sees the boost
    of the post and nothing else of it, Gancio the Event too, with a proof by the quartier."""
    async with Peer("cavage") as gancio, Peer("cavage") as mastodon:
        await gancio.follow(f"{node.base}/quartier", user=gancio.users["instance"])
        await mastodon.follow(f"{node.base}/quartier")
        await node.settled()
        _, uri = await garden_day(node)
        came = await gancio.received(about(f"{uri}/event", "Create"))
        await gancio.received(about(f"{uri}/event", "Announce"))
        await mastodon.received(about(uri, "Announce"))
        await node.settled()
        event = came.activity["object"]
        assert (event["type"], event["attributedTo"]) == ("Event", f"{node.base}/quartier")
        assert (event["name"], event["maximumAttendeeCapacity"]) == ("Journée au jardin", 12)
        assert [proof.error for proof in came.proofs] == [None, None]
        assert check_safe(event) == []
        assert [one for one in mastodon.activities if "/event" in orjson.dumps(one).decode()] == []


async def test_a_person_of_mobilizon_is_known_by_their_document(node: Serving) -> None:
    """Who follows from Mobilizon gets the Event as its servers do."""
    async with Peer("cavage", users=("sana",)) as mobilizon:
        sana = mobilizon.user
        document = documents.actor(sana, with_multikey=False)
        words = {"mz": "https://joinmobilizon.org/ns#", "discussions": "mz:discussions"}
        document["@context"] = [*document["@context"], words]
        mobilizon.serves[sana.path] = document
        await mobilizon.follow(f"{node.base}/quartier")
        await node.settled()
        _, uri = await garden_day(node)
        await mobilizon.received(about(f"{uri}/event", "Create"))


async def test_the_event_follows_the_gathering(node: Serving) -> None:
    """Places taken, called off, deleted: each is told, and stands at the Event's address."""
    async with Peer("cavage") as gancio:
        await gancio.follow(f"{node.base}/quartier", user=gancio.users["instance"])
        await node.settled()
        number, uri = await garden_day(node)
        address = f"{uri}/event"
        await gancio.received(about(address, "Create"))

        changes: dict[str, Any] = {"available": "9", "state": State.PARTLY_MATCHED}
        await node.store.write(lambda tx: change_proposal(tx, node.here, number, **changes))
        taken = await gancio.received(about(address, "Update"))
        assert taken.activity["object"]["remainingAttendeeCapacity"] == 9
        read = await gancio.get(address)
        assert read["participantCount"] == 3
        assert (await gancio.ask(address)).status == 200

        await node.store.write(
            lambda tx: change_proposal(tx, node.here, number, state=State.WITHDRAWN)
        )
        called_off = await gancio.received(
            lambda one: (
                about(address, "Update")(one) and one["object"]["eventStatus"] == "EventCancelled"
            )
        )
        assert called_off.activity["object"]["ical:status"] == "CANCELLED"

        await node.store.write(delete_proposal, node.here, number)
        gone = await gancio.received(about(address, "Delete"))
        assert gone.activity["object"]["type"] == "Event"
        answer = await gancio.ask(address)
        assert answer.status == 410
        assert orjson.loads(answer.body)["formerType"] == "Event"


async def test_who_asks_finds_the_event_and_people_find_the_page(node: Serving) -> None:
    """In the quartier's outbox and at its address; a browser is sent to the announcement. What is
    no gathering has no Event."""
    async with Peer("cavage") as peer:
        number, uri = await garden_day(node)
        outbox = await peer.read_collection(f"{node.base}/quartier/outbox")
        assert [one["object"]["id"] for one in outbox.items if one["type"] == "Create"] == [
            f"{uri}/event"
        ]
        event = await peer.get(f"{uri}/event")
        answer = await peer.send("GET", f"{uri}/event", {"Accept": "text/html"})
        assert (answer.status, answer.headers["location"]) == (303, event["url"])
        assert event["url"].endswith(f"/@jardin/{number}")
        plain = await node.publish(await node.account("amina"))
        for address in (f"{plain}/event", f"{node.base}/objects/1/event"):
            assert (await peer.ask(address)).status == 404


async def test_the_event_tells_no_more_of_the_place_than_the_note(node: Serving) -> None:
    """The coarse cell, whatever exact place was given."""
    exact = (45.77412345, 4.82856789)
    async with Peer("cavage") as peer:
        _, uri = await garden_day(node, place=exact)
        event, note = await peer.get(f"{uri}/event"), await peer.get(uri)
        for name in ("latitude", "longitude", "radius"):
            assert event["location"][name] == note["location"][name]
        assert "45.774123" not in orjson.dumps(event).decode()


async def test_who_joins_is_told_that_places_are_given_elsewhere(node: Serving) -> None:
    """An Ignore, as FEP-8a8e asks; nothing for a Join of what is no gathering."""
    async with Peer("cavage") as mobilizon:
        zoe = mobilizon.user
        _, uri = await garden_day(node)
        for number, target in enumerate((f"{uri}/event", f"{node.base}/objects/1/event")):
            join = {
                "@context": "https://www.w3.org/ns/activitystreams",
                "id": f"{zoe.id}#joins/{number}",
                "type": "Join",
                "actor": zoe.id,
                "object": target,
            }
            assert (await mobilizon.post(f"{node.base}/quartier/inbox", join)).status == 202
        await mobilizon.received(about(f"{zoe.id}#joins/0", "Ignore"))
        await node.settled()
        assert [one["object"] for one in mobilizon.activities] == [f"{zoe.id}#joins/0"]
