"""Attacks by a neighbour on what it passes on: altered, forged, vouched for by the wrong one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from node.actions.neighbours import answer_neighbour
from node.aid.neighbours import Event
from node.store import actors, tables
from node.store.transaction import Transaction
from tests.databases import database_url, postgres_url, sqlite_url
from tests.flows.neighbourhood import CONTEXT, Quartier, Town, origin_of, state_of, town, until
from tests.peers.documents import Document
from tests.peers.keys import PeerKeys

__all__ = ["database_url", "postgres_url", "sqlite_url"]


@pytest.fixture
async def t(database_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    async with town(database_url, tmp_path) as made:
        yield made


async def test_the_honest_way(t: Town) -> None:
    """What these tests attack works: a proven Create is listed as confirmed, told once, passed on
    to the other neighbour with its author's document and our word for the node."""
    async with origin_of() as (origin, amina):
        note = origin.publish_at_home(origin.proposal(amina))
        create = origin.create(amina, note)
        await t.presquile.pass_on(t.node, create, origin.credential(amina))
        await until(lambda: t.voucher(note["id"]), "")
        await t.settled()
        assert await t.told(note["id"]) == 1
        [announce] = t.vaise.was_told(note["id"])
        assert announce["object"] == create
        assert t.presquile.was_told(note["id"]) == []


async def test_the_honest_way_while_the_origin_is_silent(t: Town) -> None:
    """A neighbour's word makes it shown, as unconfirmed, and not more."""
    async with origin_of() as (origin, amina):
        note = origin.proposal(amina)
        await origin.close_port()
        await t.presquile.pass_on(
            t.node,
            origin.create(amina, note),
            origin.credential(amina),
            t.presquile.statement(origin),
        )
        await until(lambda: t.voucher(note["id"]), t.presquile.base)


# ── a broken or foreign proof ────────────────────────────────────────────────────────────────


async def never_shown(t: Town, uri: str, origin: Quartier) -> None:
    """Neither while its origin answers nor while it is silent."""
    await t.tried()
    assert not await t.shown(uri)
    assert t.vaise.was_told(uri) == []


def altered(create: Document, **changes: Any) -> Document:
    return create | {"object": create["object"] | changes}


@pytest.mark.parametrize("silent", [False, True])
async def test_an_altered_create(t: Town, silent: bool) -> None:
    """With a word changed the proof is broken: what the origin says counts, and it says 404."""
    async with origin_of() as (origin, amina):
        note = origin.proposal(amina)
        forged = altered(origin.create(amina, note), name="FAUX")
        if silent:
            await origin.close_port()
        await t.presquile.pass_on(
            t.node, forged, origin.credential(amina), t.presquile.statement(origin)
        )
        await never_shown(t, note["id"], origin)


async def test_an_altered_create_of_what_there_is(t: Town) -> None:
    """What is listed is what its origin says, and the altered words are passed to nobody."""
    async with origin_of() as (origin, amina):
        note = origin.publish_at_home(origin.proposal(amina))
        forged = altered(origin.create(amina, note), name="FAUX")
        await t.presquile.pass_on(t.node, forged, origin.credential(amina))
        await until(lambda: t.title(note["id"]), note["name"])
        await t.settled()
        assert t.vaise.was_told(note["id"]) == []
        assert [one for one in t.vaise.inbox_log if one.error] == []


async def test_an_altered_update(t: Town) -> None:
    """The words of an Update with a broken proof count for nothing."""
    async with origin_of() as (origin, amina):
        note = origin.publish_at_home(origin.proposal(amina))
        await t.presquile.pass_on(t.node, origin.create(amina, note), origin.credential(amina))
        await until(lambda: t.title(note["id"]), note["name"])
        update = altered(origin.update(amina, note, name="Vrai"), name="FAUX")
        await t.presquile.pass_on(t.node, update, origin.credential(amina))
        await t.settled()
        assert await t.title(note["id"]) == note["name"]
        assert all("FAUX" not in str(one) for one in t.vaise.activities)


async def by_neighbour(origin: Quartier, t: Town, create: Document) -> Document:
    return t.presquile.proven(create, by=t.presquile.nadia)


async def by_group(origin: Quartier, t: Town, create: Document) -> Document:
    return t.presquile.proven(create, by=t.presquile.quartier)


async def by_node_of_origin(origin: Quartier, t: Town, create: Document) -> Document:
    return origin.proven(create, by=origin.node)


async def by_another_of_the_origin(origin: Quartier, t: Town, create: Document) -> Document:
    return origin.proven(create, by=origin.add_user("mallory"))


async def with_a_stolen_name(origin: Quartier, t: Town, create: Document) -> Document:
    """Nadia's key under the name of Amina's."""
    signed = t.presquile.proven(create, by=t.presquile.nadia)
    signed["proof"]["verificationMethod"] = f"{create['actor']}#ed25519-key"
    return signed


@pytest.mark.parametrize(
    "forge",
    [by_neighbour, by_group, by_node_of_origin, by_another_of_the_origin, with_a_stolen_name],
)
@pytest.mark.parametrize("silent", [False, True])
async def test_a_proof_by_another_than_the_author(
    t: Town, forge: Callable[..., Any], silent: bool
) -> None:
    """A good proof by a key that is not the author's is no proof of the author's."""
    async with origin_of() as (origin, amina):
        note = origin.proposal(amina)
        forged = await forge(origin, t, origin.create(amina, note))
        if silent:
            await origin.close_port()
        await t.presquile.pass_on(
            t.node,
            forged,
            origin.credential(amina),
            t.presquile.credential(t.presquile.nadia),
            t.presquile.statement(origin),
        )
        await never_shown(t, note["id"], origin)


# ── the author's document and the word for its node ──────────────────────────────────────────

Credentials = Callable[[Town, Quartier], list[Document]]


def forged_author(t: Town, origin: Quartier) -> list[Document]:
    """Signed by the neighbour's node, in place of the author's."""
    amina = origin.users["amina"]
    document = origin.credential(amina, by=t.presquile.node)
    return [document, t.presquile.statement(origin)]


def no_statement(t: Town, origin: Quartier) -> list[Document]:
    return [origin.credential(origin.users["amina"])]


def forged_statement(t: Town, origin: Quartier) -> list[Document]:
    statement = t.presquile.statement(origin)
    statement["published"] = "2026-01-01T00:00:00Z"
    return [*no_statement(t, origin), statement]


def anothers_statement(t: Town, origin: Quartier) -> list[Document]:
    """The other neighbour's word, which it did not give to us itself."""
    return [*no_statement(t, origin), t.vaise.statement(origin)]


def statement_in_anothers_name(t: Town, origin: Quartier) -> list[Document]:
    statement = t.presquile.statement(origin, subject=t.vaise.node.id)
    return [*no_statement(t, origin), statement]


def statement_by_a_person(t: Town, origin: Quartier) -> list[Document]:
    statement = t.presquile.proven(t.presquile.statement(origin), by=t.presquile.nadia)
    return [*no_statement(t, origin), statement]


def expired_statement(t: Town, origin: Quartier) -> list[Document]:
    statement = t.presquile.statement(origin)
    statement["proof"]["expires"] = "2026-01-01T00:00:00Z"
    return [*no_statement(t, origin), statement]


def statement_by_the_origin_itself(t: Town, origin: Quartier) -> list[Document]:
    return [*no_statement(t, origin), origin.statement(origin)]


def statement_of_another_key(t: Town, origin: Quartier) -> list[Document]:
    statement = t.presquile.statement(origin, multibase=t.presquile.node.keys.multibase)
    return [*no_statement(t, origin), statement]


@pytest.mark.parametrize(
    "credentials",
    [
        forged_author,
        no_statement,
        forged_statement,
        anothers_statement,
        statement_in_anothers_name,
        statement_by_a_person,
        expired_statement,
        statement_by_the_origin_itself,
        statement_of_another_key,
    ],
)
async def test_a_chain_with_a_false_link(t: Town, credentials: Credentials) -> None:
    """While the origin is silent nothing less than the whole chain is believed."""
    async with origin_of() as (origin, amina):
        note = origin.proposal(amina)
        await origin.close_port()
        await t.presquile.pass_on(t.node, origin.create(amina, note), *credentials(t, origin))
        await never_shown(t, note["id"], origin)


async def test_a_word_about_us(t: Town) -> None:
    """Nobody passes on in our people's name, whatever key a neighbour says is ours."""
    amina = await t.node.account("amina")
    async with origin_of() as (origin, thief):
        note = origin.proposal(thief)
        uri = f"{t.node.base}/objects/1"
        ours = {"attributedTo": amina.uri, "id": uri, "url": uri}
        create = origin.activity("Create", thief, note | ours)
        create |= {"actor": amina.uri, "id": f"{t.node.base}/activities/1"}
        signed = origin.proven(create, by=thief)
        signed["proof"]["verificationMethod"] = f"{amina.uri}#ed25519-key"
        await t.presquile.pass_on(t.node, signed, t.presquile.statement(origin))
        await t.settled()
        assert not await t.shown(uri)


async def test_a_voucher_that_is_itself_only_vouched_for(t: Town) -> None:
    """Presqu'île vouches for a second node, which vouches for a third: a word has one step."""
    async with Quartier("paul") as second, origin_of() as (origin, amina):
        note = origin.proposal(amina)
        await origin.close_port()
        await t.presquile.pass_on(
            t.node,
            origin.create(amina, note),
            origin.credential(amina),
            t.presquile.statement(second),
            second.statement(origin),
        )
        await never_shown(t, note["id"], origin)


async def test_a_key_that_differs_from_the_one_we_met(t: Town) -> None:
    """Vaise is dead, and Presqu'île says that its node has another key: we have met Vaise."""
    vaise, thief = t.vaise, Quartier("viviane", place=(45.778, 4.805))
    await vaise.close_port()
    thief.port = vaise.port
    async with thief:
        note = thief.proposal(thief.viviane)
        create, author = thief.create(thief.viviane, note), thief.credential(thief.viviane)
        await thief.close_port()
        await t.presquile.pass_on(t.node, create, author, t.presquile.statement(thief))
        await t.tried()
        assert not await t.shown(note["id"])


# ── who passes it on ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("state", ["never", "asked", "paused", "stopped"])
async def test_a_word_of_one_who_is_not_joined(t: Town, state: str) -> None:
    """Only a joined neighbour is believed while the origin is silent, and lists anything here."""
    async with Quartier("paul") as stranger, origin_of() as (origin, amina):
        if state == "asked":
            await stranger.follow(f"{t.node.base}/quartier", user=stranger.quartier)
            await until(lambda: state_of(t.node, stranger), "asked")
        elif state != "never":
            await stranger.join(t.node)
            event = Event.WE_PAUSE if state == "paused" else Event.WE_STOP
            await answer_neighbour(t.node.store, t.node.here, stranger.domain, event)
        known, unknown = origin.publish_at_home(origin.proposal(amina)), origin.proposal(amina)
        await stranger.pass_on(t.node, origin.create(amina, known), origin.credential(amina))
        await t.settled()
        assert not await t.shown(known["id"])
        assert t.vaise.was_told(known["id"]) == []

    async with origin_of() as (origin, amina), Quartier() as stranger:
        await origin.close_port()
        await stranger.pass_on(
            t.node,
            origin.create(amina, unknown := origin.proposal(amina)),
            origin.credential(amina),
            stranger.statement(origin),
        )
        await never_shown(t, unknown["id"], origin)


async def test_a_person_of_the_neighbours_node_is_not_the_neighbour(t: Town) -> None:
    """What somebody at a joined neighbour's server announces is a boost, and no more."""
    async with origin_of() as (origin, amina):
        note = origin.publish_at_home(origin.proposal(amina))
        silent = origin.proposal(amina)
        await t.presquile.pass_on(
            t.node,
            origin.create(amina, note),
            origin.credential(amina),
            by=t.presquile.nadia,
        )
        await t.settled()
        assert not await t.shown(note["id"])
        await origin.close_port()
        await t.presquile.pass_on(
            t.node,
            origin.create(amina, silent),
            origin.credential(amina),
            t.presquile.statement(origin),
            by=t.presquile.nadia,
        )
        await t.tried()
        # Amina's key is known from her own node by now: her word is hers, and still not listed.
        assert not await t.shown(silent["id"])


# ── how far a word reaches ───────────────────────────────────────────────────────────────────


def impostor(t: Town, origin: Quartier) -> tuple[Document, Document, PeerKeys]:
    """An author's document of a node that we never met, with keys of the neighbour's making, and
    the neighbour's word for the node key that signed it."""
    forged, amina = Quartier("amina"), origin.users["amina"]
    forged.port = origin.port
    forged.add_user("instance", kind="Application")
    thief = forged.add_user("amina")
    assert thief.id == amina.id
    return forged.credential(thief), t.presquile.statement(forged), thief.keys


async def test_a_key_by_word_alone_signs_no_request(t: Town) -> None:
    """A neighbour that invents an author's key may say what an unconfirmed proposal says, and not
    speak as that author at our door."""
    async with origin_of() as (origin, amina):
        author, statement, keys = impostor(t, origin)
        note = origin.proposal(amina)
        real, amina.keys = amina.keys, keys
        create = origin.create(amina, note)
        await origin.close_port()
        await t.presquile.pass_on(t.node, create, author, statement)
        await until(lambda: t.voucher(note["id"]), t.presquile.base)

        follow = {
            "@context": CONTEXT,
            "id": f"{amina.id}#follows/1",
            "type": "Follow",
            "actor": amina.id,
            "object": f"{t.node.base}/quartier",
        }
        assert await t.presquile.say(t.node, follow, by=amina) == 401

        amina.keys = real
        await origin.open_port()
        origin.serve(amina)
        await until(lambda: t.shown(note["id"]), False)  # the origin knows nothing of it
        assert await t.presquile.say(t.node, follow, by=amina) == 202


async def test_a_word_against_an_author_known_from_home(t: Town) -> None:
    """Amina's own node told us her key; another key that a neighbour vouches for can neither add
    to what she wrote, nor change it, nor delete it."""
    async with origin_of() as (origin, amina):
        note = origin.publish_at_home(origin.proposal(amina))
        await t.presquile.pass_on(t.node, origin.create(amina, note))
        await until(lambda: t.voucher(note["id"]), "")
        author, statement, amina.keys = impostor(t, origin)
        await origin.close_port()
        more = origin.proposal(amina)
        for forged in (
            origin.create(amina, more),
            origin.update(amina, note, name="FAUX"),
            origin.delete(amina, note["id"]),
        ):
            await t.presquile.pass_on(t.node, forged, author, statement)
        await t.tried()
        assert await t.title(note["id"]) == note["name"]
        assert await t.voucher(note["id"]) == ""
        assert not await t.shown(more["id"])


async def test_one_neighbours_word_against_anothers(t: Town) -> None:
    """The key that was believed first is kept until the origin answers: a second neighbour cannot
    take over what the first one passed on."""
    async with origin_of() as (origin, amina):
        note = origin.proposal(amina)
        author, statement, keys = impostor(t, origin)
        honest, create = origin.credential(amina), origin.create(amina, note)
        update = origin.update(amina, note, name="Courses, et du pain")
        amina.keys, true_keys = keys, amina.keys
        forged = origin.update(amina, note, name="FAUX")
        gone = origin.delete(amina, note["id"])
        amina.keys = true_keys
        await origin.close_port()
        await t.vaise.pass_on(t.node, create, honest, t.vaise.statement(origin))
        await until(lambda: t.voucher(note["id"]), t.vaise.base)
        await t.presquile.pass_on(t.node, forged, author, statement)
        await t.presquile.pass_on(t.node, gone, author, statement)
        await t.tried()
        assert await t.title(note["id"]) == note["name"]
        await t.vaise.pass_on(t.node, update, honest, t.vaise.statement(origin))
        await until(lambda: t.title(note["id"]), "Courses, et du pain")
        assert await t.voucher(note["id"]) == t.vaise.base


async def test_an_update_alone_is_unconfirmed_too(t: Town) -> None:
    """A neighbour that passes on an Update of what was never here gives its word, no more."""
    async with origin_of() as (origin, amina):
        note = origin.proposal(amina)
        await origin.close_port()
        await t.presquile.pass_on(
            t.node,
            origin.update(amina, note),
            origin.credential(amina),
            t.presquile.statement(origin),
        )
        await until(lambda: t.voucher(note["id"]), t.presquile.base)


async def test_a_context_that_makes_the_author_another(t: Town) -> None:
    """A joined node signs a document that reads as its own author's, and means an honest person
    elsewhere when it is processed as JSON-LD: nobody's key is replaced."""
    presquile, nadia = t.presquile, t.presquile.nadia
    async with origin_of() as (origin, amina):
        note = origin.publish_at_home(origin.proposal(amina))
        await t.vaise.pass_on(t.node, origin.create(amina, note))
        await until(lambda: t.shown(note["id"]), True)
        mask = {"id": "http://nothing.example/id", "is": "@id"}
        masked = {"@context": [*CONTEXT, mask], "is": amina.id, "inbox": amina.inbox}
        author = presquile.proven(presquile.credential(nadia) | masked, by=presquile.node)
        fake = presquile.proposal(nadia)
        await presquile.pass_on(t.node, presquile.create(nadia, fake), author)
        await t.tried()
        known = await t.node.store.read(actors.by_uri, amina.id)
        assert known is not None
        keys = await t.node.store.read(actors.keys_of, known.id)
        assert {key.public for key in keys} == {amina.keys.multibase, amina.keys.pem}


async def test_an_old_document_of_an_author_with_a_new_key(t: Town) -> None:
    """Viviane's key was stolen and changed. Her old document, truly signed by her node then, is
    older than what her node told us since: the stolen key stays worthless."""
    vaise, viviane = t.vaise, t.vaise.viviane
    old = vaise.credential(viviane)
    stolen = viviane.keys
    await asyncio.sleep(1.1)
    viviane.keys = PeerKeys(stolen.rsa, Ed25519PrivateKey.generate())
    vaise.serve(viviane)
    note = vaise.publish_at_home(vaise.proposal(viviane))
    assert await vaise.say(t.node, vaise.create(viviane, note), by=viviane) == 202
    renewed, viviane.keys = viviane.keys, stolen
    forged = vaise.proposal(viviane)
    create = vaise.create(viviane, forged)
    viviane.keys = renewed
    await t.presquile.pass_on(t.node, create, old)
    await t.settled()
    assert not await t.shown(forged["id"])
    known = await t.node.store.read(actors.by_uri, viviane.id)
    assert known is not None
    keys = await t.node.store.read(actors.keys_of, known.id)
    assert stolen.multibase not in {key.public for key in keys}


@pytest.mark.parametrize("to", ["followers", "direct", "activity"])
async def test_what_is_not_public_is_never_listed(t: Town, to: str) -> None:
    """A neighbour passes on what was not for everybody: proven, and still not shown or told."""
    async with origin_of() as (origin, amina):
        closed = [f"{amina.id}/followers"] if to == "followers" else [f"{t.node.base}/users/x"]
        note = origin.proposal(amina)
        if to != "activity":
            note |= {"to": closed, "cc": []}
        origin.publish_at_home(note)
        create = origin.create(amina, note, to=closed)
        await t.presquile.pass_on(t.node, create, origin.credential(amina))
        await t.settled()
        assert not await t.shown(note["id"])
        silent = origin.proposal(amina) | ({} if to == "activity" else {"to": closed, "cc": []})
        create = origin.create(amina, silent, to=closed)
        await origin.close_port()
        await t.presquile.pass_on(
            t.node, create, origin.credential(amina), t.presquile.statement(origin)
        )
        await t.tried()
        for uri in (note["id"], silent["id"]):
            assert not await t.shown(uri)
            assert await t.told(uri) == 0
            assert t.vaise.was_told(uri) == []


async def test_an_update_for_fewer_people(t: Town) -> None:
    """A public proposal that its author then addresses to followers leaves the list, and its new
    words are shown to nobody."""
    async with origin_of() as (origin, amina):
        note = origin.publish_at_home(origin.proposal(amina))
        await t.presquile.pass_on(t.node, origin.create(amina, note))
        await until(lambda: t.shown(note["id"]), True)
        update = origin.update(amina, note, name="SECRET", to=[f"{amina.id}/followers"], cc=[])
        await t.presquile.pass_on(t.node, update)
        await t.settled()
        status = await t.status(note["id"])
        assert status is None or status.name != "SECRET"


async def test_one_origin_with_an_id_at_another(t: Town) -> None:
    """A proposal at Presqu'île that says Amina wrote it, one of Amina's node that Nadia claims,
    and an activity whose id lies elsewhere: nobody's."""
    async with origin_of() as (origin, amina):
        presquile, nadia = t.presquile, t.presquile.nadia
        at_presquile = presquile.proposal(amina)
        at_origin = origin.proposal(nadia)
        third = presquile.proposal(nadia)
        author = presquile.credential(nadia)
        for forged in (
            presquile.create(nadia, at_presquile),
            presquile.create(nadia, at_origin),
            presquile.create(nadia, third, id=f"{origin.base}/activities/7"),
        ):
            await presquile.pass_on(t.node, forged, author)
        await t.settled()
        for uri in (at_presquile["id"], at_origin["id"], third["id"]):
            assert not await t.shown(uri)


async def test_a_create_that_names_anothers_proposal(t: Town) -> None:
    """Nadia's own proven Create of what Amina wrote is not passed on in place of Amina's."""
    async with origin_of() as (origin, amina):
        note = origin.publish_at_home(origin.proposal(amina))
        assert await origin.say(t.node, origin.create(amina, note), by=amina) == 202
        presquile, nadia = t.presquile, t.presquile.nadia
        await presquile.pass_on(
            t.node, presquile.create(nadia, note["id"]), presquile.credential(nadia)
        )
        await t.settled()
        assert t.vaise.was_told(note["id"]) == []
        await presquile.pass_on(t.node, create := origin.create(amina, note))
        await t.settled()
        assert [one["object"] for one in t.vaise.was_told(note["id"])] == [create]


@pytest.mark.parametrize("how", ["suspended", "blocked"])
async def test_somebody_we_hear_no_more(t: Town, how: str) -> None:
    """Whom the moderators do not hear does not get in by way of a neighbour."""
    async with origin_of() as (origin, amina):
        note = origin.publish_at_home(origin.proposal(amina))
        await t.presquile.pass_on(t.node, origin.create(amina, note))
        await until(lambda: t.shown(note["id"]), True)
        await t.node.store.write(_silence, how, amina.id, origin.domain)
        other = origin.publish_at_home(origin.proposal(amina))
        await t.presquile.pass_on(t.node, origin.create(amina, other))
        await t.settled()
        assert not await t.shown(other["id"])
        assert t.vaise.was_told(other["id"]) == []


def _silence(tx: Transaction, how: str, actor: str, domain: str) -> None:
    if how == "suspended":
        tx.execute(
            sa.update(tables.actors).where(tables.actors.c.uri == actor).values(suspended_at=1.0)
        )
    else:
        tx.execute(
            sa.insert(tables.domain_blocks).values(
                domain=domain, severity="suspend", created_at=1.0
            )
        )
