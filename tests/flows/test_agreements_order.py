"""Words about agreements that overtake each other, come again, or cross on their way: two nodes,
and a test that says what arrives when."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

import orjson
import pytest
import pytest_asyncio

from node.actions import agreements as acting
from node.aid.agreements import Agreement, State
from node.clock import FixedClock
from node.social.accounts import Actor
from node.store import accounts, agreements, objects, proposals, reveals
from tests.flows.postmen import Letter, World, world

YEAR = 365 * 86_400.0
pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass
class Two:
    """Amina asks at home, Bea answers from the east; Maud mediates at home."""

    town: World
    clocks: dict[str, FixedClock]
    amina: Actor
    bea: Actor
    maud: Actor

    def later(self, seconds: float) -> None:
        for clock in self.clocks.values():
            clock.advance(seconds)

    async def asked(self, **fields: object) -> tuple[Agreement, Agreement]:
        """Bea's answer, as it is here and as it is there."""
        uri = await self.town.publish("home", "amina", **fields)
        status = await self.town["east"].read(objects.by_uri, uri)
        made = await self.town["east"].write(acting.offer_help, self.bea, status.id)
        await self.all_arrives()
        return await self.both(made.offer_uri)

    async def agreed(self, **fields: object) -> tuple[Agreement, Agreement]:
        ours, theirs = await self.asked(**fields)
        await self.home(acting.accept, self.amina, ours.id)
        await self.all_arrives()
        return await self.both(theirs.offer_uri)

    async def both(self, offer_uri: str) -> tuple[Agreement, Agreement]:
        return (
            await self.town["home"].read(agreements.by_offer, offer_uri),
            await self.town["east"].read(agreements.by_offer, offer_uri),
        )

    async def home(self, unit: Any, *args: Any, **words: Any) -> Any:
        return await self.town["home"].write(unit, *args, **words)

    async def east(self, unit: Any, *args: Any, **words: Any) -> Any:
        return await self.town["east"].write(unit, *args, **words)

    async def all_arrives(self) -> None:
        await self.town.collect()
        await self.town.deliver_all()

    async def letter(self, kind: str) -> Letter:
        """The newest on its way with this type, or whose object has it; no longer in the heap."""
        await self.town.collect()
        found = [
            one
            for one in self.town.heap
            if kind in (one.activity["type"], _type(one.activity["object"]))
        ][-1]
        self.town.heap.remove(found)
        return found

    async def arrives(self, *letters: Letter) -> None:
        for one in letters:
            await self.town.deliver(one, keep=True)
        await self.town.collect()

    async def shown(self, place: str, agreement: Agreement) -> list[str]:
        found = await self.town[place].read(reveals.revealed, agreement.id)
        return [one.contact for one in found]

    async def left(self, place: str, agreement: Agreement) -> tuple[str, str]:
        """Of the proposal, as a node has it."""
        stored = await self.town[place].read(proposals.by_id, agreement.proposal_id)
        return stored.proposal.available, stored.proposal.state

    async def equal(self, offer_uri: str) -> Agreement:
        """That there is as it is here."""
        ours, theirs = await self.both(offer_uri)
        assert _told(ours) == _told(theirs)
        return ours


def _told(one: Agreement) -> tuple[object, ...]:
    both = (one.confirmed_by_author_at is None, one.confirmed_by_answerer_at is None)
    return (one.state, one.uri, one.quantity, one.ended_at is None, *both)


def _type(thing: Any) -> str:
    return thing.get("type", "") if isinstance(thing, dict) else ""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def two(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Two]:
    async with world(tmp_path_factory.mktemp("order"), "home", "east") as town:
        amina, maud = [await town.add_person("home", name) for name in ("amina", "maud")]
        await town["home"].node.store.write(accounts.set_role, maud.id, "mediator")
        clocks = {name: FixedClock(time.time()) for name in town.places}
        for name, place in town.places.items():
            here = replace(place.node.here, clock=clocks[name])
            place.node = replace(place.node, here=here)
        yield Two(town, clocks, amina, await town.add_person("east", "bea"), maud)


# ── contact details ──────────────────────────────────────────────────────────────────────────


async def test_details_before_the_yes(two: Two) -> None:
    """They are kept, and shown once the yes is there; nothing of them is a letter."""
    ours, theirs = await two.asked()
    await two.home(acting.accept, two.amina, ours.id)
    yes = await two.letter("Accept")
    await two.home(acting.reveal_contact, two.amina, ours.id, "06 11 11 11 11")
    details = await two.letter("Note")
    await two.arrives(details)
    theirs = (await two.both(theirs.offer_uri))[1]
    assert theirs.state is State.PROPOSED
    assert not theirs.shows_contact
    assert await two.town["east"].read(objects.by_uri, details.activity["object"]["id"]) is None
    await two.arrives(yes)
    theirs = (await two.both(theirs.offer_uri))[1]
    assert theirs.shows_contact
    assert await two.shown("east", theirs) == ["06 11 11 11 11"]


async def test_details_before_the_word_that_it_goes_on(two: Two) -> None:
    """Nobody came, they quarrelled, Maud settled it, and Amina's details overtake her word. With
    the next end they are gone; and those of before the quarrel do not come back."""
    ours, theirs = await two.agreed()
    two.later(60)
    await two.home(acting.reveal_contact, two.amina, ours.id, "06 00 00 00 00")
    early = await two.letter("Note")
    two.later(60)
    await two.home(acting.no_show, two.amina, ours.id)
    await two.all_arrives()
    await two.arrives(early)
    assert await two.shown("east", theirs) == []
    await two.east(acting.dispute, two.bea, theirs.id)
    await two.all_arrives()
    assert (await two.both(theirs.offer_uri))[1].state is State.DISPUTED
    two.later(60)
    await two.home(acting.settle, two.maud, ours.id, outcome="goes-on")
    goes_on = await two.letter("Agreement")
    await two.home(acting.reveal_contact, two.amina, ours.id, "06 22 22 22 22")
    await two.arrives(early, await two.letter("Note"))
    assert await two.shown("east", theirs) == ["06 22 22 22 22"]
    assert not (await two.both(theirs.offer_uri))[1].shows_contact
    await two.arrives(goes_on)
    theirs = (await two.both(theirs.offer_uri))[1]
    assert theirs.state is State.ACCEPTED
    assert await two.shown("east", theirs) == ["06 22 22 22 22"]
    await two.home(acting.cancel, two.amina, ours.id)
    await two.all_arrives()
    assert await two.shown("east", theirs) == []


# ── late, again, and in another order ────────────────────────────────────────────────────────


ENDS: dict[str, list[tuple[str, Any, str]]] = {
    "confirmed": [("home", acting.confirm, ""), ("east", acting.confirm, "")],
    "cancelled": [("east", acting.confirm, ""), ("east", acting.cancel, "")],
    "no-show": [("home", acting.no_show, "")],
    "settled": [("east", acting.dispute, ""), ("home", acting.settle, "cancelled")],
    "done": [("home", acting.no_show, ""), ("east", acting.dispute, ""),
             ("home", acting.settle, "done")],
}  # fmt: skip


@pytest.mark.parametrize("end", ENDS)
async def test_all_of_it_again_after_the_end(end: str, two: Two) -> None:
    """Every word of a whole life once more, from the last to the first and under new names, at
    both nodes: what is over stays over, as it was."""
    said: list[Letter] = []
    ours, theirs = await two.asked()
    await two.home(acting.accept, two.amina, ours.id)
    for place, step, outcome in [("", None, ""), *ENDS[end]]:
        if step is not None:
            mine = ours if place == "home" else theirs
            who = two.maud if outcome else two.amina if place == "home" else two.bea
            words = {"outcome": outcome} if outcome else {}
            await two.town[place].write(step, who, mine.id, **words)
        await two.town.collect()
        said += two.town.heap
        await two.all_arrives()
        two.later(1)
    over = await two.equal(theirs.offer_uri)
    assert over.ended_at is not None
    before = await two.both(theirs.offer_uri)
    proposal = await two.left("home", over), await two.left("east", before[1])
    for n, letter in enumerate(reversed(said)):
        await two.arrives(_renamed(letter, n))
    await two.all_arrives()
    after = await two.both(theirs.offer_uri)
    assert [_told(one) for one in after] == [_told(one) for one in before]
    assert (await two.left("home", over), await two.left("east", before[1])) == proposal


async def test_steps_that_come_too_late(two: Two) -> None:
    """Both said that it is done: a quarrel, a cancelling or a "nobody came" that Bea says before
    she hears of it has no place any more, and her node learns how it stands."""
    for step in (acting.dispute, acting.cancel, acting.no_show):
        ours, theirs = await two.agreed()
        await two.east(acting.confirm, two.bea, theirs.id)
        await two.all_arrives()
        await two.home(acting.confirm, two.amina, ours.id)
        await two.east(step, two.bea, theirs.id)
        await two.all_arrives()
        assert (await two.equal(theirs.offer_uri)).state is State.CONFIRMED, step


async def test_clocks_that_are_a_year_off(two: Two) -> None:
    """The home's clock ran a year ahead when it said yes and was then put right; the other's is
    a year behind. What the home says counts in the order in which it says it, whatever the
    order in which it comes."""
    two.clocks["home"].advance(YEAR)
    two.clocks["east"].advance(-YEAR)
    ours, theirs = await two.agreed(mode="loan", topic="lending.tools", purpose="offer")
    two.clocks["home"].advance(-YEAR)
    await two.home(acting.hand_over, two.amina, ours.id)
    await two.home(acting.give_back, two.amina, ours.id)
    await two.home(acting.confirm, two.amina, ours.id)
    await two.town.collect()
    two.town.heap.reverse()
    await two.all_arrives()
    assert (await two.equal(theirs.offer_uri)).state is State.RETURNED
    await two.east(acting.confirm, two.bea, theirs.id)
    await two.all_arrives()
    assert (await two.equal(theirs.offer_uri)).state is State.CONFIRMED
    two.clocks["east"].advance(YEAR)


async def test_nobody_thanks_in_anothers_name(two: Two) -> None:
    """Amina's node says that Bea confirmed, who did not: on her own node she has not, and still
    can when it is open."""
    ours, theirs = await two.agreed()
    two.later(5)
    await two.home(acting.confirm, two.amina, ours.id)
    standing = await two.letter("Agreement")
    forged = standing.activity
    forged["object"]["confirmedBy"] = [two.amina.uri, two.bea.uri]
    await two.arrives(replace(standing, body=orjson.dumps(forged)))
    theirs = (await two.both(theirs.offer_uri))[1]
    assert theirs.confirmed_by_author_at is not None
    assert theirs.confirmed_by_answerer_at is None
    await two.east(acting.confirm, two.bea, theirs.id)
    await two.all_arrives()
    assert (await two.equal(theirs.offer_uri)).state is State.CONFIRMED


def _renamed(letter: Letter, number: int) -> Letter:
    """The same word in an activity that nobody has seen yet."""
    activity = letter.activity
    activity["id"] += f"-again-{number}"
    return replace(letter, body=orjson.dumps(activity))
