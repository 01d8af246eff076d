"""Nothing of a person leaves the node before they show it, by their own click, to one other
person: every byte that goes between servers, every page, feed, calendar and list that a stranger or
a member reads, every mail, every picture and every log is searched for what was planted; afterwards
every table, too."""

from __future__ import annotations

import functools
import time

import orjson
import pytest

from node.clock import to_iso
from tests.flows.attacking import whole_store
from tests.flows.neighbourhood import until
from tests.flows.photographed import pictures_of, send_photo
from tests.flows.searched import (
    AMINA_CONTACT,
    BEA_CONTACT,
    EXACT,
    NEVER,
    PROBE,
    UNTIL_SHOWN,
    Street,
    crawl,
    holds,
    nothing_of,
    number_of,
    street,
)
from tests.mailbox import Mailbox
from tests.serving import Serving

__all__ = ["street"]

pytestmark = pytest.mark.asyncio(loop_scope="module")


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
    for who in (s.amina, s.bea, s.maud):
        assert (await who.ask("PATCH", "/me", notify={"*": "now"}))[0] == 200
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
    await s.here.publish(
        s.amina.actor, title="Jardin du mardi", topic="collective.garden", mode="together",
        gathering=True, starts=time.time() + 3 * 86_400, quantity="5", place=list(EXACT),
    )  # fmt: skip
    uri = await s.here.publish(
        s.amina.actor, title="Courses pour moi", place=list(EXACT), urgency="high",
        pictures=[await send_photo(s.amina)],
    )  # fmt: skip
    await until(lambda: _known(s.beside, uri), True)
    await s.zoe.received(lambda one: one["type"] == "Announce" and one["object"] == uri)
    note = await s.zoe.get(uri)
    await s.zoe.get(note["attributedTo"])
    for picture in await pictures_of(note):
        assert not [value for value in NEVER if holds(picture, value)]
    await _it_was_looked_at(s, uri)
    await nothing_of(s, uri, *NEVER, *UNTIL_SHOWN)
    copy = await number_of(s.beside, uri)
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
    for box, name in zip(s.post, ("amina", "bea"), strict=True):
        await until(functools.partial(_mailed, box, name), True)
    await nothing_of(s, uri, *NEVER, *UNTIL_SHOWN)

    # Each shows their own, to the one other.
    ours, theirs = f"/agreements/{asked['id']}", f"/agreements/{answer['id']}"
    assert (await s.amina.ask("POST", f"{ours}/contact"))[0] == 200
    await s.settled()
    shown = await s.bea.get(theirs)
    assert [one["contact"] for one in shown["contacts"]] == [AMINA_CONTACT]
    found = {name for name, text in s.left().items() if holds(text, AMINA_CONTACT)}
    assert found == {"to Bea's node"}
    assert (await s.bea.ask("POST", f"{theirs}/contact"))[0] == 200
    await s.settled()
    shown = await s.amina.get(ours)
    assert {one["contact"] for one in shown["contacts"]} == {AMINA_CONTACT, BEA_CONTACT}
    found = {name for name, text in s.left().items() if holds(text, BEA_CONTACT)}
    assert found == {"to Amina's node"}
    posts = bytes(s.wires[1].came).count(b"POST ")
    bodies = [part for part in bytes(s.wires[1].came).split(b"POST ") if holds(part, AMINA_CONTACT)]
    assert posts > 1
    assert [part.split(b" ", 1)[0] for part in bodies] == [b"/users/bea/inbox"]
    for who in (s.bruno, s.centre):
        assert (await who.ask("GET", ours))[0] == 404
        assert await who.get("/agreements") == []
    # A mediator reads what is between the two, and how they reach each other no more than others.
    for told in (await s.maud.get(ours), await s.maud.get("/agreements", of="quartier")):
        assert not [v for v in UNTIL_SHOWN if holds(orjson.dumps(told), v)]
    for node in (s.here, s.beside):
        reader = s.bruno if node is s.here else None
        for _, page in await crawl(node, uri, reader):
            assert not [value for value in (*NEVER, *UNTIL_SHOWN) if holds(page, value)]
    assert not [v for v in (*NEVER, *UNTIL_SHOWN) if holds(s.left()["the logs"], v)]

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
    await nothing_of(s, uri, *NEVER)


async def _it_was_looked_at(s: Street, uri: str) -> None:
    """What may be told stands everywhere: the search did not go past it."""
    assert any(b"Courses pour moi" in text for text in s.left().values())
    assert f"DEBUG {PROBE}" in s.said
    assert any(line.startswith("INFO") for line in s.said)
    crawled = dict(await crawl(s.here, uri))
    for path in (
        "/", "/feed.atom", "/feed/urgent.atom", "/feed/care.groceries.atom",
        "/api/aid/v1/proposals", "/quartier/outbox?page=true",
    ):  # fmt: skip
        kind = "application/activity+json" if "outbox" in path else "text/html"
        text = crawled[f"{path} as {kind}"]
        about = uri if "outbox" in path else "Courses pour moi"
        assert about in text.decode(), path
    assert "Jardin du mardi" in crawled["/calendar.ics as text/html"].decode()
    assert b"Polygon" in crawled["/api/aid/v1/territory as text/html"]


async def _mailed(box: Mailbox, name: str) -> bool:
    return f"{name}@example.org" in box.recipients


async def _only_at_home(s: Street) -> None:
    """What was never shown stands where it was written, and Bea's node knows nothing of it."""
    homes: dict[str, set[str]] = {
        "amina@example.org": {"accounts", "mails"},
        "Colette Planchat": {"on_behalf"},
        "elle est souvent absente le matin": {"mediator_notes"},
        "45.7741": set(),
    }
    here, beside = await _rows(s.here), await _rows(s.beside)
    for value, wanted in homes.items():
        assert {table for table, text in here.items() if value in text} == wanted, value
        assert not {table for table, text in beside.items() if value in text}, value


def _escaped(value: str) -> str:
    return value.encode("unicode_escape").decode()


async def _known(node: Serving, uri: str) -> bool:
    return await number_of(node, uri) is not None
