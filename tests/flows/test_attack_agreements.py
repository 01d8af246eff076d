"""Attacks on agreements, over HTTP: who is not one of the two may do nothing, and who is one of
them may do no more than their part."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from node.actions import agreements as acting
from node.actions.agreements.answerable import MOST_A_DAY
from node.actions.agreements.hearing import LATE, MOST_WORDS
from node.actions.proposals import change_proposal
from node.aid.agreements import Agreement, State
from node.aid.lifecycle import State as Life
from node.outbox.here import Here
from node.store import actors, agreements, reveals
from node.store.transaction import Transaction
from tests.databases import new_sqlite
from tests.flows.attacking import whole_store
from tests.flows.bargaining import Bargain
from tests.flows.neighbourhood import town, until

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def s(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Bargain]:
    directory = tmp_path_factory.mktemp("bargain")
    async with town(new_sqlite(directory), directory) as made:
        amina, bruno = await made.node.account("amina"), await made.node.account("bruno")
        yield Bargain(made, amina, bruno, made.presquile.add_user("olga"))


async def agreed(s: Bargain, **fields: object) -> tuple[str, dict[str, Any], Agreement]:
    """A request of Amina's, Nadia's Offer, and the agreement that Amina made of it."""
    uri = await s.town.node.publish(s.amina, **fields)
    offer = await s.offer(s.nadia, uri)
    [asked] = await s.answers(uri)
    node = s.town.node
    await node.store.write(acting.accept, node.here, s.amina, asked.id)
    return uri, offer, await s.one(asked.id)


# ── at the node of the proposal ──────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "quantity",
    [
        "-1",
        "0",
        "NaN",
        "Infinity",
        "1e400",
        "1e-9",
        "1/3",
        "99999999999",
        "",
        None,
        True,
        {"@value": []},
    ],
)
async def test_no_quantity_at_all(quantity: Any, s: Bargain) -> None:
    """Less than nothing, no number, or a number that nobody means: no answer comes of it."""
    uri = await s.town.node.publish(s.amina)
    await s.offer(s.nadia, uri, quantity)
    assert await s.answers(uri) == []


@pytest.mark.parametrize(("quantity", "unit"), [("2", "one"), ("1", "hour"), ("1", "x" * 300)])
async def test_more_than_there_is_or_something_else(quantity: str, unit: str, s: Bargain) -> None:
    """Refused at once, kindly, and the proposal is as it was."""
    uri = await s.town.node.publish(s.amina)
    offer = await s.offer(s.nadia, uri, quantity, unit=unit)
    assert await s.states(uri) == [State.REFUSED]
    told = await s.town.presquile.received(
        lambda one: one["type"] == "Reject" and one["object"]["id"] == offer["id"]
    )
    assert "Merci" in told.activity["content"]
    stored = await s.town.stored(uri)
    assert stored is not None
    assert (stored.available, stored.state) == ("1", Life.OPEN)


async def test_what_takes_no_answers(s: Bargain) -> None:
    """Closed or paused: a kind no. Not there, a draft, another node's, one's own: nothing."""
    node = s.town.node
    for state in (Life.WITHDRAWN, Life.PAUSED, Life.EXPIRED):
        uri = await node.publish(s.amina)
        number = await s.number(uri)
        await node.store.write(_put, node.here, number, state)
        await s.offer(s.nadia, uri)
        assert await s.states(uri) == [State.REFUSED], state
    elsewhere = s.town.vaise.proposal(s.viviane)
    s.town.vaise.publish_at_home(elsewhere)
    await s.town.vaise.pass_on(node, s.town.vaise.create(s.viviane, elsewhere))
    await until(lambda: s.town.shown(elsewhere["id"]), True)
    for uri in (elsewhere["id"], f"{node.base}/objects/123", f"{node.base}/users/amina"):
        before = await _count(s)
        await s.offer(s.nadia, uri)
        assert await _count(s) == before


async def test_in_the_name_of_somebody_else(s: Bargain) -> None:
    """Of another server, of the same server, and of one of ours: no answer comes of it."""
    uri = await s.town.node.publish(s.amina)
    for name in (s.viviane.id, s.olga.id, s.bruno.uri, s.amina.uri):
        await s.offer(s.nadia, uri, actor=name)
        assert await s.answers(uri) == []


async def test_one_answer_of_a_person_and_not_hundreds(s: Bargain) -> None:
    """The first waits, the others hear so; after a day's worth nothing more is even kept, and
    the words of others still come in."""
    uri = await s.town.node.publish(s.amina)
    for _ in range(MOST_A_DAY + 5):
        await s.offer(s.olga, uri)
    states = await s.states(uri)
    assert states == [State.PROPOSED, *[State.REFUSED] * (MOST_A_DAY - 1)]
    await s.offer(s.viviane, uri)
    assert (await s.states(uri)).count(State.PROPOSED) == 2


async def test_an_offer_with_the_id_of_anothers(s: Bargain) -> None:
    """Viviane cannot take over Nadia's answer by sending it again, nor change it."""
    uri = await s.town.node.publish(s.amina, quantity="3")
    offer = await s.offer(s.nadia, uri)
    before = await s.answers(uri)
    await s.say(s.viviane, "Offer", s.agreement(uri, "3"), id=offer["id"])
    await s.say(s.olga, "Offer", s.agreement(uri, "3"), id=offer["id"])
    await s.say(s.nadia, "Offer", s.agreement(uri, "3"), id=offer["id"])
    assert await s.answers(uri) == before


async def test_anothers_id_before_they_use_it(s: Bargain) -> None:
    """Viviane, of another server, is first to send an Offer under an id of Nadia's server: it is
    none, and Nadia's is heard."""
    uri = await s.town.node.publish(s.amina)
    name = f"{s.town.presquile.base}/activities/to-be-said"
    await s.offer(s.viviane, uri, id=name)
    assert await s.answers(uri) == []
    await s.offer(s.nadia, uri, id=name)
    [asked] = await s.answers(uri)
    nadia = await s.town.node.store.read(actors.by_uri, s.nadia.id)
    assert nadia is not None
    assert asked.answerer_id == nadia.id


@pytest.mark.parametrize("language", ["x" * 5_000, "fr\r\nX: y", "", "fr-Latn-FR"])
async def test_a_language_that_is_none(language: str, s: Bargain) -> None:
    """Then it is the proposal's."""
    uri = await s.town.node.publish(s.amina, language="en")
    await s.offer(s.nadia, uri, content="Bonjour", contentMap={language: "Bonjour"})
    kept = [one.language for one in await s.answers(uri)]
    assert kept == ([language] if language == "fr-Latn-FR" else ["en"])


async def test_a_third_person_says_nothing_about_it(s: Bargain) -> None:
    """Neither somebody of another server, nor somebody of Nadia's own server, in any word."""
    uri, offer, made = await agreed(s)
    assert made.uri is not None
    for other in (s.viviane, s.olga):
        for name in ("confirmed", "returned", "no-show", "disputed", ""):
            await s.say(other, "Create", s.step(other, made.uri, name))
            await s.say(other, "Create", s.step(other, made.uri, name, attributedTo=s.nadia.id))
        await s.say(other, "Undo", {"id": offer["id"], "type": "Offer", "actor": other.id})
        await s.say(other, "Undo", offer["id"])
        await s.say(other, "Undo", made.accept_uri)
        await s.say(other, "Reject", offer["id"])
        await s.say(other, "Accept", offer["id"], result=s.result(other, uri, time.time()))
        await s.say(other, "Update", s.result(other, uri, time.time(), id=made.uri))
        await s.say(other, "Create", s.contact(other, made.uri, "04 00 00 00 00"))
    assert await s.one(made.id) == made
    assert await s.town.node.store.read(reveals.revealed, made.id) == []


async def test_who_answered_says_only_their_part(s: Bargain) -> None:
    """Nadia cannot accept or refuse for Amina, tell how it stands, or settle a dispute."""
    uri = await s.town.node.publish(s.amina)
    offer = await s.offer(s.nadia, uri)
    [asked] = await s.answers(uri)
    home = f"{s.town.node.base}/agreements/{asked.id}"
    now = time.time()
    await s.say(s.nadia, "Accept", offer["id"], result=s.result(s.nadia, uri, now))
    await s.say(s.nadia, "Accept", offer["id"], result=s.result(s.nadia, uri, now, id=home))
    await s.say(s.nadia, "Reject", offer["id"])
    await s.say(s.nadia, "Update", s.result(s.nadia, uri, now, id=home))
    await s.say(s.nadia, "Create", s.step(s.nadia, home))
    await s.say(s.nadia, "Create", s.contact(s.nadia, home, "04 00 00 00 00"))
    assert await s.one(asked.id) == asked

    node = s.town.node
    await node.store.write(acting.accept, node.here, s.amina, asked.id)
    made = await s.one(asked.id)
    assert made.uri == home
    confirmed = s.result(
        s.nadia, uri, now + 9, id=home, state="confirmed", confirmedBy=[s.amina.uri, s.nadia.id]
    )
    await s.say(s.nadia, "Update", confirmed)
    await s.say(s.nadia, "Undo", made.accept_uri)
    assert await s.one(asked.id) == made
    await node.store.write(acting.dispute, node.here, s.amina, asked.id)
    for name in ("confirmed", "returned", "handed over", "disputed"):
        await s.say(s.nadia, "Create", s.step(s.nadia, home, name))
    assert (await s.one(asked.id)).state is State.DISPUTED


async def test_details_before_and_after(s: Bargain) -> None:
    """A reveal has its place between the yes and the end, and in no other note's name."""
    uri = await s.town.node.publish(s.amina)
    offer = await s.offer(s.nadia, uri)
    [asked] = await s.answers(uri)
    node, home = s.town.node, f"{s.town.node.base}/agreements/{asked.id}"

    async def shown() -> list[str]:
        return [one.contact for one in await node.store.read(reveals.revealed, asked.id)]

    await s.say(s.nadia, "Create", s.contact(s.nadia, home, "trop tôt"))
    await node.store.write(acting.accept, node.here, s.amina, asked.id)
    assert await shown() == []
    note = s.contact(s.nadia, home, "04 11 22 33 44")
    await s.say(s.nadia, "Create", note)
    assert await shown() == ["04 11 22 33 44"]
    for other in (s.viviane, s.olga):
        await s.say(other, "Delete", {"id": note["id"], "type": "Tombstone"})
    assert await shown() == ["04 11 22 33 44"]
    await s.say(s.nadia, "Create", s.contact(s.nadia, home, "\u202e" + "9" * 5_000))
    assert [set(one) for one in await shown()] == [{"9"}]
    assert len((await shown())[0]) <= 500
    await s.say(s.nadia, "Undo", offer["id"])
    assert (await s.one(asked.id)).state is State.CANCELLED
    await s.say(s.nadia, "Create", s.contact(s.nadia, home, "trop tard"))
    assert await shown() == []
    assert await _nowhere(s, "04 11 22 33 44", "trop tard")


async def test_words_without_end(s: Bargain) -> None:
    """Steps that have no place are kept for what they say, and not by the thousand; the author
    still has the last word."""
    _, _, made = await agreed(s)
    assert made.uri is not None
    for _ in range(MOST_WORDS + 5):
        await s.say(s.nadia, "Create", s.step(s.nadia, made.uri, "returned"))
    node = s.town.node
    history = await node.store.read(agreements.history, made.id)
    assert len([line for line in history if line.event == LATE]) < MOST_WORDS
    assert (await s.one(made.id)).state is State.ACCEPTED
    await node.store.write(acting.cancel, node.here, s.amina, made.id)
    assert (await s.one(made.id)).state is State.CANCELLED


async def test_only_the_two_read_it(s: Bargain) -> None:
    """Whoever else asks for an agreement learns in the same words that there is none."""
    _, _, made = await agreed(s)
    assert made.uri is not None
    presquile, vaise = s.town.presquile, s.town.vaise
    found = await presquile.get(made.uri, user=s.nadia)
    assert (found["id"], found["state"]) == (made.uri, "accepted")
    missing = f"{s.town.node.base}/agreements/{made.id + 1}"
    seen = set()
    for peer, user in ((vaise, s.viviane), (presquile, s.olga), (presquile, presquile.quartier)):
        for uri in (made.uri, missing):
            answer = await peer.ask(uri, user=user)
            seen.add((answer.status, answer.body))
    headers = {"Accept": "application/activity+json"}
    for uri in (made.uri, missing):
        unsigned = await vaise.send("GET", uri, headers)
        seen.add((unsigned.status, unsigned.body))
    assert len(seen) == 1, seen
    assert seen.pop()[0] == 404


# ── at the node of who answered ──────────────────────────────────────────────────────────────


async def answered(s: Bargain) -> tuple[str, Agreement]:
    """A request of Nadia's in Presqu'île, and Amina's answer to it, which Presqu'île got."""
    note = s.town.presquile.proposal(s.nadia)
    s.town.presquile.publish_at_home(note)
    node = s.town.node
    await s.town.presquile.pass_on(node, s.town.presquile.create(s.nadia, note))
    await until(lambda: s.town.shown(note["id"]), True)
    uri: str = note["id"]
    made = await node.store.write(acting.offer_help, node.here, s.amina, await s.number(uri))
    await s.town.presquile.received(
        lambda one: one["type"] == "Offer" and one["id"] == made.offer_uri
    )
    return uri, made


async def test_a_yes_to_something_else(s: Bargain) -> None:
    """Other quantities, another proposal, another origin, another author, no agreement at all,
    or another's id: it is no yes to what Amina said."""
    uri, made = await answered(s)
    now = time.time()
    theirs = await agreed(s)
    other_quantity = s.agreement(uri, "3")["stipulates"]
    other_unit = s.agreement(uri, "1", "hour")["stipulates"]
    elsewhere = s.agreement(f"{s.town.presquile.base}/objects/77")["stipulates"]
    for result in (
        s.result(s.nadia, uri, now, stipulates=other_quantity),
        s.result(s.nadia, uri, now, stipulates=other_unit),
        s.result(s.nadia, uri, now, stipulates=elsewhere),
        s.result(s.nadia, uri, now, id=f"{s.town.vaise.base}/agreements/1"),
        s.result(s.nadia, uri, now, id=theirs[2].uri),
        s.result(s.nadia, uri, now, attributedTo=s.viviane.id),
        s.result(s.nadia, uri, now, state="proposed"),
        s.result(s.nadia, uri, now, state="withdrawn"),
        s.result(s.nadia, uri, now, type="Note"),
        "https://presquile.example/agreements/1",
        None,
    ):
        await s.say(s.nadia, "Accept", made.offer_uri, result=result)
        assert await s.one(made.id) == made, result


async def test_another_says_yes_or_no(s: Bargain) -> None:
    """Only Nadia answers what was said to her."""
    uri, made = await answered(s)
    for other in (s.viviane, s.olga):
        await s.say(other, "Accept", made.offer_uri, result=s.result(other, uri, time.time()))
        await s.say(other, "Reject", made.offer_uri)
        await s.say(other, "Undo", {"id": f"{other.id}#a", "type": "Accept", "actor": other.id,
                                    "object": made.offer_uri})  # fmt: skip
    assert await s.one(made.id) == made
    await s.say(s.nadia, "Accept", made.offer_uri, result=s.result(s.nadia, uri, time.time()))
    assert (await s.one(made.id)).state is State.ACCEPTED


async def test_a_yes_that_was_taken_back_stays_so(s: Bargain) -> None:
    """The same Accept again, by the same or by a new activity, brings nothing back; neither does
    an older word of how it stands."""
    uri, made = await answered(s)
    result = s.result(s.nadia, uri, time.time())
    yes = await s.say(s.nadia, "Accept", made.offer_uri, result=result)
    assert (await s.one(made.id)).state is State.ACCEPTED
    await s.say(s.nadia, "Undo", yes)
    over = await s.one(made.id)
    assert over.state is State.CANCELLED
    await s.say(s.nadia, "Accept", made.offer_uri, id=yes["id"], result=result)
    await s.say(s.nadia, "Accept", made.offer_uri, result=result)
    await s.say(s.nadia, "Update", result)
    assert (await s.one(made.id)).state is State.CANCELLED


async def test_one_agreement_for_two_answers(s: Bargain) -> None:
    """An id is given once: a second answer that is accepted under it stays unanswered."""
    first_uri, first = await answered(s)
    second_uri, second = await answered(s)
    result = s.result(s.nadia, first_uri, time.time())
    await s.say(s.nadia, "Accept", first.offer_uri, result=result)
    stolen = s.result(s.nadia, second_uri, time.time(), id=result["id"])
    await s.say(s.nadia, "Accept", second.offer_uri, result=stolen)
    assert (await s.one(first.id)).state is State.ACCEPTED
    assert await s.one(second.id) == second


async def test_words_of_the_author_before_the_yes(s: Bargain) -> None:
    """A Document or details for an agreement that Amina knows nothing of are no agreement."""
    _, made = await answered(s)
    unknown = f"{s.town.presquile.base}/agreements/unknown"
    await s.say(s.nadia, "Create", s.step(s.nadia, unknown))
    await s.say(s.nadia, "Create", s.contact(s.nadia, unknown, "04 55 55 55 55"))
    assert await s.one(made.id) == made
    assert await s.town.node.store.read(reveals.revealed, made.id) == []


def _put(tx: Transaction, here: Here, number: int, state: Life) -> None:
    change_proposal(tx, here, number, state=state)


async def _count(s: Bargain) -> int:
    return await s.town.node.store.read(agreements.answers_since, 0.0)


async def _nowhere(s: Bargain, *planted: str) -> bool:
    """No table has it, in any column."""
    found = await s.town.node.store.read(whole_store, frozenset())
    rows = "\n".join(row for rows in found.values() for row in rows)
    return not any(one in rows for one in planted)
