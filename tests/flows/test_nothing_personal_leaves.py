"""Nothing of a person leaves the node before they show it, by their own click, to one other
person: every byte that goes between servers, every public page and every log is searched for what
was planted; afterwards every table, too."""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from node.actions.neighbours import answer_neighbour, ask_neighbour
from node.aid.neighbours import Event
from node.clock import to_iso
from node.store import neighbours, objects
from tests.databases import new_sqlite
from tests.flows.asking import Asking, people
from tests.flows.attacking import whole_store
from tests.flows.neighbourhood import until
from tests.peers.peer import Peer
from tests.relay import Relay
from tests.serving import Serving, serving

pytestmark = pytest.mark.asyncio(loop_scope="module")

AMINA_CONTACT = "06 12 34 56 78, 7 montée Neyret"
BEA_CONTACT = "07 98 76 54 32, 3 place Bellecour"
EXACT = (45.7741237, 4.8284569)
NEVER = (
    "amina@example.org", "bea@example.org", "45.7741", "4.82845", "Colette Planchat",
    "sa fille Odile", "04 78 99 88 77", "elle est souvent absente le matin",
)  # fmt: skip
"""What nobody outside ever sees."""
UNTIL_SHOWN = (AMINA_CONTACT, "06 12 34 56 78", "montée Neyret", BEA_CONTACT, "place Bellecour")


@dataclass
class Street:
    """Amina's node and Bea's, each behind a relay; Zoe follows from a server that is neither."""

    here: Serving
    beside: Serving
    wires: tuple[Relay, Relay]
    zoe: Peer
    amina: Asking
    maud: Asking
    centre: Asking
    bea: Asking
    logs: logging.Handler
    said: list[str]

    def left(self) -> dict[str, bytes]:
        """Every byte that went between servers, by the wire it took."""
        ours, theirs = self.wires
        return {
            "answers of Amina's node": bytes(ours.out),
            "to Amina's node": bytes(ours.came),
            "answers of Bea's node": bytes(theirs.out),
            "to Bea's node": bytes(theirs.came),
            "to Zoe's server": b"\n".join(one.request.body for one in self.zoe.inbox_log),
            "the logs": "\n".join(self.said).encode(),
        }

    async def settled(self) -> None:
        for _ in range(2):
            await self.here.settled()
            await self.beside.settled()


class _Keeping(logging.Handler):
    def __init__(self, said: list[str]) -> None:
        super().__init__(logging.DEBUG)
        self._said = said

    def emit(self, record: logging.LogRecord) -> None:
        self._said.append(self.format(record))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def street(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Street]:
    one, two = (tmp_path_factory.mktemp(name) for name in ("croix-rousse", "presquile"))
    said: list[str] = []
    logs, root = _Keeping(said), logging.getLogger()
    level = root.level
    root.addHandler(logs)
    root.setLevel(logging.DEBUG)
    try:
        async with (
            Relay() as ours,
            Relay() as theirs,
            _behind(ours, one) as here,
            _behind(theirs, two, name="Presqu’île", latitude=45.760, longitude=4.834) as beside,
            people(here, amina="member", maud="mediator", centre="association") as at_home,
            people(beside, bea="member") as next_door,
            Peer("cavage", users=("zoe",)) as zoe,
        ):
            await ask_neighbour(here.store, here.here, here.node.remote, f"http://{theirs.domain}")
            await beside.settled()
            await until(lambda: _links(beside), ["asked"])
            await answer_neighbour(beside.store, beside.here, ours.domain, Event.WE_ACCEPT)
            await until(lambda: _links(here), ["joined"])
            await zoe.follow(here.here.quartier.uri)
            yield Street(
                here, beside, (ours, theirs), zoe, **at_home, **next_door, logs=logs, said=said
            )
    finally:
        root.removeHandler(logs)
        root.setLevel(level)


def _behind(relay: Relay, directory: Path, **node: Any) -> Any:
    """A node that has the relay's address and listens elsewhere."""
    return _Behind(
        relay, serving(new_sqlite(directory), directory, node={"domain": relay.domain} | node)
    )


class _Behind:
    def __init__(self, relay: Relay, node: Any) -> None:
        self._relay, self._node = relay, node

    async def __aenter__(self) -> Serving:
        served: Serving = await self._node.__aenter__()
        self._relay.to(int(served.base.rpartition(":")[2]))
        return served

    async def __aexit__(self, *error: Any) -> None:
        await self._node.__aexit__(*error)


async def _links(node: Serving) -> list[str]:
    return [row.state for row in await node.store.read(neighbours.every)]


async def _number(node: Serving, uri: str) -> int | None:
    status = await node.store.read(objects.by_uri, uri)
    return status.id if status is not None else None


async def _crawl(node: Serving, uri: str) -> list[tuple[str, bytes]]:
    """All that anybody can read: pages, feeds, calendars, lists, actors, collections."""
    number = await _number(node, uri)
    paths = [
        "/", f"/@amina/{number}", f"/proposals/{number}", "/@amina", "/@bea", "/@centre",
        "/metrics", "/health", "/nodeinfo/2.1", "/nodeinfo/2.0", "/.well-known/nodeinfo",
        "/tags/demande", f"/objects/{number}", f"/objects/{number}/replies",
        f"/objects/{number}/context", f"/objects/{number}/event",
    ]  # fmt: skip
    for actor in ("/users/amina", "/users/bea", "/users/centre", "/actor", "/quartier", "/urgent"):
        paths += [actor, f"{actor}/outbox", f"{actor}/outbox?page=true", f"{actor}/followers",
                  f"{actor}/following", f"{actor}/collections/featured"]  # fmt: skip
    host = node.here.settings.node.domain
    paths += [f"/.well-known/webfinger?resource=acct:{name}@{host}" for name in ("amina", "bea")]
    paths += [
        f"/api/aid/v1{path}"
        for path in (
            "/proposals", f"/proposals/{number}", "/proposals?q=Colette", "/proposals?q=Neyret",
            f"/proposals?near={EXACT[0]},{EXACT[1]}", "/feed.atom", "/feed/urgent.atom",
            "/feed/care.groceries.atom", "/calendar.ics", "/territory", "/topics", "/series",
            "/agreements", "/agreements/1", "/me", "/neighbours", "/accounts/1", "/suggestions",
            "/openapi.json",
        )
    ]  # fmt: skip
    found = []
    async with aiohttp.ClientSession() as session:
        for path in paths:
            for kind in ("text/html", "application/activity+json"):
                headers = {"Accept": kind, "Accept-Encoding": "identity"}
                async with session.get(node.base + path, headers=headers) as answer:
                    assert answer.status < 500, (path, answer.status)
                    found.append((path, await answer.read()))
    return found


def _holds(text: bytes, value: str) -> bool:
    return value.encode() in text or value.encode("unicode_escape") in text


async def _nothing_of(street: Street, uri: str, *planted: str) -> None:
    seen = list(street.left().items())
    for node in (street.here, street.beside):
        seen += await _crawl(node, uri)
    for value in planted:
        assert not [name for name, text in seen if _holds(text, value)], value


async def _rows(node: Serving) -> dict[str, str]:
    found = await node.store.read(whole_store, frozenset())
    return {table: "\n".join(rows) for table, rows in found.items()}


async def test_from_the_first_word_to_the_last(street: Street) -> None:
    """Publishing, answering and saying yes show nothing. Each click shows one person's details to
    the one other, in one letter to one inbox; when it is done they are nowhere."""
    s = street
    # What is known at home, and only there.
    assert (await s.amina.ask("PATCH", "/me", contact=AMINA_CONTACT))[0] == 200
    assert (await s.bea.ask("PATCH", "/me", contact=BEA_CONTACT))[0] == 200
    for_colette = {
        "proposal": {
            "purpose": "request", "topic": "care.groceries", "title": "Deux sacs le mardi",
            "text": "Pain, lait.", "language": "fr", "place": list(EXACT),
        },
        "beneficiary": "Colette Planchat", "consented_by": "sa fille Odile",
        "consented_at": to_iso(time.time() - 3_600), "consent_how": "phone",
        "call_back": "04 78 99 88 77",
    }  # fmt: skip
    status, told = await s.centre.ask("POST", "/on-behalf", **for_colette)
    assert status == 201, told
    status, told = await s.maud.ask(
        "POST", "/moderation/notes", about="actor", about_id=s.amina.id,
        text="elle est souvent absente le matin",
    )  # fmt: skip
    assert status in (200, 201), told

    # Published, seen, answered, accepted.
    uri = await s.here.publish(s.amina.actor, title="Courses pour moi", place=list(EXACT))
    await until(lambda: _known(s.beside, uri), True)
    await s.zoe.received(lambda one: one["type"] == "Announce" and one["object"] == uri)
    note = await s.zoe.get(uri)
    await s.zoe.get(note["attributedTo"])
    copy = await _number(s.beside, uri)
    status, answer = await s.bea.ask("POST", f"/proposals/{copy}/answers", text="J’y vais.")
    assert status == 200, answer
    await s.settled()
    [asked] = await s.amina.get("/agreements", state="proposed")
    assert asked["text"] == "J’y vais."
    assert (await s.amina.ask("POST", f"/agreements/{asked['id']}/contact"))[0] == 409
    status, _ = await s.amina.ask("POST", f"/agreements/{asked['id']}/accept")
    assert status == 200
    await s.settled()
    assert (await s.bea.get(f"/agreements/{answer['id']}"))["state"] == "accepted"
    await _nothing_of(s, uri, *NEVER, *UNTIL_SHOWN)
    assert any(b"Courses pour moi" in text for text in s.left().values()), "it was looked at"
    assert s.said, "the logs were read"

    # Each shows their own, to the one other.
    ours, theirs = f"/agreements/{asked['id']}", f"/agreements/{answer['id']}"
    assert (await s.amina.ask("POST", f"{ours}/contact"))[0] == 200
    await s.settled()
    shown = await s.bea.get(theirs)
    assert [one["contact"] for one in shown["contacts"]] == [AMINA_CONTACT]
    found = {name for name, text in s.left().items() if _holds(text, AMINA_CONTACT)}
    assert found == {"to Bea's node"}
    assert (await s.bea.ask("POST", f"{theirs}/contact"))[0] == 200
    await s.settled()
    shown = await s.amina.get(ours)
    assert {one["contact"] for one in shown["contacts"]} == {AMINA_CONTACT, BEA_CONTACT}
    found = {name for name, text in s.left().items() if _holds(text, BEA_CONTACT)}
    assert found == {"to Amina's node"}
    posts = bytes(s.wires[1].came).count(b"POST ")
    bodies = [
        part for part in bytes(s.wires[1].came).split(b"POST ") if _holds(part, AMINA_CONTACT)
    ]
    assert posts > 1
    assert [part.split(b" ", 1)[0] for part in bodies] == [b"/users/bea/inbox"]
    for who in (s.maud, s.centre):
        assert (await who.ask("GET", ours))[0] == 404
        assert await who.get("/agreements") == []
    for node in (s.here, s.beside):
        for _, page in await _crawl(node, uri):
            assert not [value for value in (*NEVER, *UNTIL_SHOWN) if _holds(page, value)]
    assert not [v for v in (*NEVER, *UNTIL_SHOWN) if _holds(s.left()["the logs"], v)]

    # Done: both said so, with thanks; the details are gone on both nodes.
    assert (await s.amina.ask("POST", f"{ours}/confirm", text="Merci Béa !"))[0] == 200
    await s.settled()
    assert (await s.bea.ask("POST", f"{theirs}/confirm", text="Avec plaisir !"))[0] == 200
    await s.settled()
    for who, path in ((s.amina, ours), (s.bea, theirs)):
        over = await who.get(path)
        assert over["state"] == "confirmed"
        assert over["contacts"] == []
        thanks = {line["text"] for line in over["history"] if line["event"] == "confirm"}
        assert {"Merci Béa !", "Avec plaisir !"} <= thanks
    assert b'"Delete"' in bytes(s.wires[0].came)
    assert b'"Delete"' in bytes(s.wires[1].came)
    for node in (s.here, s.beside):
        for table, text in (await _rows(node)).items():
            if table == "accounts":
                continue  # where each keeps their own
            held = [value for value in UNTIL_SHOWN if value in text or _escaped(value) in text]
            assert not held, (table, held)
    await _only_at_home(s)
    await _nothing_of(s, uri, *NEVER)


async def _only_at_home(s: Street) -> None:
    """What was never shown stands where it was written, and Bea's node knows nothing of it."""
    homes: dict[str, set[str]] = {
        "amina@example.org": {"accounts"},
        "Colette Planchat": {"on_behalf"},
        "elle est souvent absente le matin": {"mediator_notes"},
        "45.7741": set(),
    }
    here, beside = await _rows(s.here), await _rows(s.beside)
    for value, tables in homes.items():
        assert {table for table, text in here.items() if value in text} == tables, value
        assert not {table for table, text in beside.items() if value in text}, value


def _escaped(value: str) -> str:
    return value.encode("unicode_escape").decode()


async def _known(node: Serving, uri: str) -> bool:
    return await _number(node, uri) is not None
